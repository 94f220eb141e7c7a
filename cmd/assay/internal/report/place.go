package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// maxPlaces is how many places of a finding a table shows.
const maxPlaces = 4

// sharedImage gives what the paths of all that was seen in images begin with, the
// name of the image and a "!", or "" where there are several images. A table
// leaves it out: its head names the image, and `inspect --cat` finds the rest.
func sharedImage(results []assay.Result) string {
	shared := ""
	for _, r := range results {
		for _, f := range r.Findings {
			for _, e := range f.Evidence {
				image, _, inside := strings.Cut(e.Location.Path, "!")
				switch {
				case !inside:
				case shared == "":
					shared = image + "!"
				case shared != image+"!":
					return ""
				}
			}
		}
	}
	return shared
}

// writePlaces writes a line for each place of a finding, the word for its kind
// once for those that follow each other.
func (t *table) writePlaces(evidence []assay.Evidence) {
	type place struct{ word, where string }
	var places []place
	for _, e := range evidence {
		p := place{evidenceWord(e.Kind), t.shorten(e.Location.String())}
		if !slices.Contains(places[max(0, len(places)-maxPlaces):], p) {
			places = append(places, p)
		}
	}
	word := ""
	for i, p := range places {
		if left := len(places) - i; i == maxPlaces && left > 1 {
			t.line("%s … and %d more places", strings.Repeat(" ", len(word)), left)
			break
		}
		shown := p.word
		if shown == word {
			shown = strings.Repeat(" ", len(word))
		}
		t.line("%s %s", t.paint(faint, shown), Short(Clean(p.where)))
		word = p.word
	}
}

// line writes a line below a finding.
func (t *table) line(format string, args ...any) {
	fmt.Fprintf(t, "               "+format+"\n", args...)
}

// shorten leaves out the name of the image that all places share.
func (t *table) shorten(place string) string { return strings.TrimPrefix(place, t.image) }

func evidenceWord(k assay.EvidenceKind) string {
	switch k {
	case assay.KindDeclared:
		return "declared in"
	case assay.KindAbsent:
		return "missing from"
	}
	return "seen in"
}
