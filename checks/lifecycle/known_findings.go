package lifecycle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/advisories"
)

// known is a vulnerability of a component, with what the maker says about it.
type known struct {
	advisories.Vulnerability
	severity assay.Severity
	vex      *statement // nil if the maker says nothing
}

// vulnerabilities puts a report into findings: for each component one for all
// vulnerabilities of a severity, and one for each that is exploited, so that a
// thousand known ones do not hide the one that is used. A kernel is one line.
// What the maker says stands apart and changes no severity to a lesser one.
func vulnerabilities(r advisories.Report, said statements) []assay.Finding {
	var found []assay.Finding
	room := maxEvidenceInAll
	for _, component := range r.Affected {
		called := identifiersOf(component)
		groups := map[string][]known{}
		var keys []string
		for _, v := range component.Known {
			k := judged(component, v, said.on(called, v))
			key := k.group(component)
			if groups[key] == nil {
				keys = append(keys, key)
			}
			groups[key] = append(groups[key], k)
		}
		for _, key := range keys {
			f := finding(component, groups[key], max(1, min(room, maxEvidence)))
			room -= len(f.Evidence)
			found = append(found, f)
		}
	}
	return found
}

// judged rates a vulnerability. By the version of a project alone it is potential,
// and a note: whoever built it may have repaired it without a new number. What is
// exploited is graver by a step.
func judged(c advisories.Component, v advisories.Vulnerability, said *statement) known {
	k := known{Vulnerability: v, vex: said}
	switch {
	case c.Potential && (k.vex == nil || k.vex.status != vexAffected):
		k.severity = assay.Low
		if v.Exploited != "" {
			k.severity = assay.Medium
		}
	case v.Exploited != "":
		k.severity = assay.High
	default:
		k.severity = map[advisories.Rating]assay.Severity{
			advisories.Critical: assay.High, advisories.High: assay.High, advisories.Low: assay.Low, advisories.Negligible: assay.Low,
		}[v.Rating]
		if k.severity == 0 {
			k.severity = assay.Medium
		}
	}
	return k
}

// group says with which others a vulnerability is told.
func (k known) group(c advisories.Component) string {
	said := ""
	if k.vex != nil {
		said = k.vex.status
	}
	switch {
	case c.Kernel != "" && said != vexAffected:
		return said
	case k.Exploited != "":
		return said + " exploited " + k.ID
	}
	return said + " " + k.severity.String()
}

// Limits of the evidence. A finding says how much there is besides.
const (
	maxEvidence      = 200 // pieces of one finding
	maxEvidenceInAll = 10_000
)

// finding tells one group, with so many pieces of evidence at the most: the gravest
// vulnerabilities and the first places. What the maker says stands beside what it answers.
func finding(c advisories.Component, group []known, room int) assay.Finding {
	slices.SortStableFunc(group, func(a, b known) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), strings.Compare(b.Exploited, a.Exploited),
			cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
	})
	f := assay.Finding{Severity: group[0].severity, Message: message(c, group), Evidence: []assay.Evidence{}}
	told := group
	if c.Kernel != "" { // one line
		told = slices.DeleteFunc(slices.Clone(group), func(k known) bool { return k.Exploited == "" })
	}
	for i, k := range told {
		if len(f.Evidence) >= room {
			last := &f.Evidence[len(f.Evidence)-1]
			last.Note += more(len(told) - i)
			break
		}
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindObserved, Note: k.note(c), Location: c.Places[0]})
		if k.vex != nil {
			f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindDeclared, Note: k.ID + ": " + k.vex.note(), Location: k.vex.place})
		}
	}
	if len(f.Evidence) == 0 {
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindObserved, Note: "by the records of " + c.By, Location: c.Places[0]})
	}
	for i, l := range c.Places[1:] {
		e := assay.Evidence{Kind: assay.KindObserved, Location: l}
		if i+1 >= room {
			e.Note = "one of the places" + more(len(c.Places)-2-i)
			f.Evidence = append(f.Evidence, e)
			break
		}
		f.Evidence = append(f.Evidence, e)
	}
	return f
}

// message names component and vulnerabilities, the gravest first.
func message(c advisories.Component, group []known) string {
	text := c.Name + " " + c.Version + ": "
	var ids []string
	grave, unrated, exploited := 0, 0, []string{}
	for _, k := range group {
		ids = append(ids, k.ID)
		if k.Rating == advisories.Critical || k.Rating == advisories.High {
			grave++
		}
		if k.Rating == "" {
			unrated++
		}
		if k.Exploited != "" {
			exploited = append(exploited, k.ID)
		}
	}
	switch {
	case c.Kernel != "" && !(len(group) == 1 && group[0].vex != nil):
		text += fmt.Sprintf("%s of branch %s, %d of them high or critical", counted(len(group), c.Potential), c.Kernel, grave)
		if unrated > 0 {
			text += fmt.Sprintf(", %d rated by nobody", unrated)
		}
		if len(exploited) > 0 {
			text += fmt.Sprintf(", %d exploited (%s)", len(exploited), some(exploited))
		}
	case len(group) == 1:
		text += ids[0]
		if c.Potential && (group[0].vex == nil || group[0].vex.status != vexAffected) {
			text += " (potential)"
		}
		if len(exploited) > 0 {
			text += " (exploited)"
		}
	default:
		text += counted(len(group), c.Potential && (group[0].vex == nil || group[0].vex.status != vexAffected)) + " (" + some(ids) + ")"
	}
	if v := group[0].vex; v != nil {
		text += ", " + v.words()
	}
	return text
}

func counted(n int, potential bool) string {
	word := "known"
	if potential {
		word = "potential"
	}
	if n == 1 {
		return "1 " + word + " vulnerability"
	}
	return fmt.Sprintf("%d %s vulnerabilities", n, word)
}

// named is how many ids a message names.
const named = 5

func some(ids []string) string {
	if len(ids) <= named {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:named], ", "), len(ids)-named)
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}

// note says what is recorded about a vulnerability.
func (k known) note(c advisories.Component) string {
	words := []string{k.ID}
	if k.Rating != "" {
		words = append(words, string(k.Rating))
	}
	if k.Score > 0 {
		words = append(words, fmt.Sprintf("CVSS %.1f", k.Score))
	}
	if k.EPSS > 0 {
		words = append(words, fmt.Sprintf("EPSS %.3f", k.EPSS))
	}
	if k.Exploited != "" {
		words = append(words, "exploited since "+k.Exploited)
	}
	if k.Fixed != "" {
		words = append(words, "repaired in "+k.Fixed)
	}
	return strings.Join(append(words, "by the records of "+c.By), ", ")
}
