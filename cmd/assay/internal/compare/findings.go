package compare

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
)

// told is a finding as it is compared.
type told struct {
	there    bool
	severity assay.Severity
	check    assay.CheckID
	result   string // the name of its result
	words    string // as it is shown
	loose    string // its name without the containers around its places
}

// findingsOf gives the findings by names that last from one build, and one day, to
// the next.
func findingsOf(results []assay.Result, asOf string) map[string]told {
	all := map[string]told{}
	for _, r := range results {
		for _, f := range r.Findings {
			message, t := lasting(f.Message, asOf)+numbersOf(f), told{there: true, severity: f.Severity, check: r.Check, result: keyOf(r)}
			t.words, t.loose = nameOf(r, f.Message, f, Inside), nameOf(r, message, f, assay.Inside)
			if key := nameOf(r, message, f, Inside); all[key].severity <= t.severity {
				all[key] = t
			}
		}
	}
	return all
}

// findings names those that are new, those that are gone, and those that are graver
// or less grave. What is of medium severity or graver has an effect; that one is gone
// whose check does not decide any more, or was not asked, is no better.
func findings(before, after Side) []Change {
	a, b := findingsOf(before.Results, before.AsOf), findingsOf(after.Results, after.AsOf)
	a = align(a, b, func(key string) string { return cmp.Or(a[key].loose, b[key].loose) })
	now := each(after.Results, func(r assay.Result) string { return r.Verdict.String() })
	var changes []Change
	for key, is := range b {
		if was := a[key]; was.there != is.there || was.severity != is.severity {
			changes = append(changes, Change{What: is.words, Old: severityOf(was), New: severityOf(is), Effect: effectOf(was, is)})
		}
	}
	for key, was := range a {
		if _, still := b[key]; still {
			continue
		}
		c := Change{What: was.words, Old: severityOf(was), Effect: effectOf(was, told{})}
		if c.Effect != "" && !decided(now[was.result]) {
			c.Effect = Unclear
		}
		changes = append(changes, c)
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return changes
}

// effectOf compares two severities, of which none is that of no finding. Those below
// medium decide nothing.
func effectOf(was, is told) string {
	switch {
	case max(was.severity, is.severity) < assay.Medium:
		return ""
	case is.severity > was.severity:
		return Worse
	}
	return Better
}

func severityOf(t told) string {
	if !t.there {
		return ""
	}
	return t.severity.String()
}

// decided reports an answer: one that is inconclusive, or not there, is none.
func decided(verdict string) bool { return verdictRank[verdict] != 0 && verdictRank[verdict] != 2 }

// ofAll is the number of all of which some are told.
var ofAll = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b([0-9]+) of [0-9]+ `) })

// lasting is a message without what changes though the finding is the same: the day
// of the judgement, and how many others are in order.
func lasting(message, asOf string) string {
	if asOf != "" {
		message = strings.ReplaceAll(message, asOf, "the day")
	}
	return ofAll().ReplaceAllString(message, "$1 of all ")
}

// vulnerability is the number of one, as the records of most sources give it.
var vulnerability = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(CVE-[0-9]+-[0-9]+|GHSA(-[0-9a-z]{4}){3})\b`) })

// numbersOf lists the vulnerabilities that a finding tells in its evidence: of many, the
// message names the first, and how many more.
func numbersOf(f assay.Finding) string {
	var all []string
	for _, e := range f.Evidence {
		if e.Kind == assay.KindObserved {
			all = append(all, vulnerability().FindAllString(e.Note, -1)...)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// nameOf names a finding by its check, its words and its places, but not by line,
// offset or the name of the image: those change with every build.
func nameOf(r assay.Result, message string, f assay.Finding, inside func(string) string) string {
	var places []string
	for _, e := range f.Evidence {
		if e.Kind == assay.KindObserved {
			places = append(places, inside(e.Location.Path))
		}
	}
	slices.Sort(places)
	name := keyOf(r) + ": " + message
	if places = slices.Compact(places); len(places) > 0 {
		name += " [" + strings.Join(places, " ") + "]"
	}
	return name
}

// align gives the first table with the names of the second: what has no namesake there
// is called like what is left over and has the same loose name. So a release that is
// packed otherwise is compared file by file.
func align[V any](a, b map[string]V, loose func(string) string) map[string]V {
	left := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if _, both := a[key]; !both {
			left[loose(key)] = append(left[loose(key)], key)
		}
	}
	aligned := make(map[string]V, len(a))
	for _, key := range slices.Sorted(maps.Keys(a)) {
		name := key
		if _, both := b[key]; !both {
			if same := left[loose(key)]; len(same) > 0 {
				name, left[loose(key)] = same[0], same[1:]
			}
		}
		aligned[name] = a[key]
	}
	return aligned
}

// looseFile is the name of a file with its firmware, without the containers around it.
func looseFile(key string) string {
	if label, path, ok := strings.Cut(key, ": "); ok {
		return label + ": " + assay.Inside(path)
	}
	return assay.Inside(key)
}

// Inside is a path without the name of the image.
func Inside(path string) string {
	if _, rest, ok := strings.Cut(path, "!"); ok {
		return rest
	}
	return path
}
