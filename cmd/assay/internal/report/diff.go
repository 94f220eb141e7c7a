package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/assay-iot/assay/cmd/assay/internal/compare"
)

// maxChanges is the number of changes of one kind that a table shows.
const maxChanges = 40

var effectMarks = map[string][2]string{
	compare.Worse: {"✗", red}, compare.Better: {"✓", green}, compare.Unclear: {"?", yellow}, "": {"·", faint},
}

// Diff writes what changed, for a terminal.
func Diff(w io.Writer, d compare.Diff, paint Painter) error {
	b := &strings.Builder{}
	for _, s := range []struct {
		word string
		side compare.Side
	}{{"old", d.Old}, {"new", d.New}} {
		fmt.Fprintf(b, "%s: %s %s, as of %s, assay %s\n", s.word, s.side.Kind, Clean(s.side.Name), Clean(s.side.AsOf), Clean(s.side.Tool.Version))
	}
	for _, s := range d.Sections {
		writeSection(b, s, paint)
	}
	fmt.Fprintf(b, "\n%d worse, %d better, %d not known any more\n", d.Worse, d.Better, d.Unclear)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeSection(b *strings.Builder, s compare.Section, paint Painter) {
	if len(s.Changes) == 0 && s.NotCompared == "" {
		return
	}
	fmt.Fprintf(b, "\n%s\n", paint(bold, strings.ToUpper(s.Name[:1])+s.Name[1:]))
	if s.NotCompared != "" {
		fmt.Fprintf(b, "  not compared: %s\n", Clean(s.NotCompared))
	}
	for _, c := range s.Changes[:min(len(s.Changes), maxChanges)] {
		mark := effectMarks[c.Effect]
		fmt.Fprintf(b, "  %s %s: %s\n", paint(mark[1], mark[0]), Clean(c.What), changed(c))
	}
	if more := len(s.Changes) - maxChanges; more > 0 {
		fmt.Fprintf(b, "  … and %d more; --format json lists all\n", more)
	}
}

func changed(c compare.Change) string {
	switch {
	case c.Old == "":
		return "new, " + Clean(c.New)
	case c.New == "":
		return "gone, was " + Clean(c.Old)
	}
	return Clean(c.Old) + " → " + Clean(c.New)
}
