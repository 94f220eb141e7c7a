package checks

import (
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
)

// NoneStarted judges a search among the things that the image starts: like
// None, but inconclusive where no init system was found, or where it could not
// be followed whole.
func (c *Context) NoneStarted(findings []assay.Finding, inits []facts.Init) Judgement {
	var places []assay.Location
	for _, i := range inits {
		if i.Kind != "" {
			places = append(places, i.Location)
		}
	}
	j := c.None(findings, places...)
	if j.Verdict != assay.Pass {
		return j
	}
	if gap := Unfollowed(inits); gap != "" {
		j := c.Inconclusive("%s", gap).With(findings...)
		j.Examined = unjudgedPlaces(inits)
		return j
	}
	return j
}

// unjudgedPlaces are the commands of the boot that could not be judged.
func unjudgedPlaces(inits []facts.Init) []assay.Location {
	var places []assay.Location
	for _, i := range inits {
		for _, u := range i.Unjudged {
			places = append(places, u.Location)
		}
	}
	return places
}

// Unfollowed says in words why it is not known what an image starts; empty if
// it is known.
func Unfollowed(inits []facts.Init) string {
	found := false
	for _, i := range inits {
		switch {
		case i.Kind == "":
		case i.Problem != "":
			return "the boot of " + i.Root + " could not be followed whole: " + i.Problem
		case len(i.Unjudged) > 0:
			u := i.Unjudged[0]
			line := ""
			if u.Location.Line > 0 { // a compiled program has none
				line = fmt.Sprintf(" in line %d", u.Location.Line)
			}
			return fmt.Sprintf("what %s starts%s is not known: %s%s", u.Location.Path, line, u.Reason, more(len(i.Unjudged)-1))
		default:
			found = true
		}
	}
	switch {
	case len(inits) == 0:
		return "no root file system was found, so what the device starts is not known"
	case !found:
		return "no init system was found in " + inits[0].Root + ", so what the device starts is not known"
	}
	return ""
}

// OddScripts notes the scripts of the boot that are no plain text and were read as a
// shell reads them.
func OddScripts(inits []facts.Init) []assay.Finding {
	var notes []assay.Finding
	for _, i := range inits {
		for _, o := range i.Odd {
			notes = append(notes, Observed(assay.Info, "a script of the boot is no plain text: "+o.Reason, o.Location))
		}
	}
	return notes
}
