package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// Painter colours text; see Plain.
type Painter func(color, text string) string

// Plain leaves text as it is.
func Plain(_, text string) string { return text }

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
	faint  = "2"
)

var verdictMarks = map[assay.Verdict][2]string{
	assay.Pass:          {"✓", green},
	assay.Fail:          {"✗", red},
	assay.Inconclusive:  {"?", yellow},
	assay.NotApplicable: {"–", faint},
}

var outcomeMarks = map[assay.Outcome][2]string{
	assay.Met:          {"✓", green},
	assay.NotMet:       {"✗", red},
	assay.Undecided:    {"?", yellow},
	assay.DoesNotApply: {"–", faint},
}

// Results writes results grouped by principle, with their findings, for a
// terminal. Everything that came from an image or a product file is cleaned of
// control characters.
func Results(w io.Writer, results []assay.Result, paint Painter) error {
	t := &table{paint: paint, image: sharedImage(results), told: map[string]string{}}
	for _, p := range assay.Principles() {
		var mine []assay.Result
		for _, r := range results {
			if strings.HasPrefix(string(r.Check), string(p)+"/") {
				mine = append(mine, r)
			}
		}
		if len(mine) == 0 {
			continue
		}
		fmt.Fprintf(t, "\n%s\n", paint(bold, p.Title()))
		for _, r := range mine {
			t.writeResult(r)
		}
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// table is the text of results as it grows.
type table struct {
	strings.Builder
	paint Painter
	image string            // what all places begin with and no line repeats
	told  map[string]string // the check that a reason was written for
}

// minRepeated is from how many characters on a reason is written once, and checks
// with the same one name the first.
const minRepeated = 60

func (t *table) writeResult(r assay.Result) {
	mark := verdictMarks[r.Verdict]
	name := string(r.Check)
	if r.Firmware != "" {
		name += " (" + r.Firmware + ")"
	}
	words := r.Verdict.String()
	if r.Verdict == assay.Pass {
		words += ", " + r.Proof.String()
	}
	first, again := t.told[r.Reason]
	if again {
		words += ", for the reason of " + first
	}
	fmt.Fprintf(t, "  %s %-42s %s\n", t.paint(mark[1], mark[0]), Clean(name), words)
	if r.Reason != "" && !again {
		fmt.Fprintf(t, "      %s\n", t.paint(faint, Short(Clean(r.Reason))))
		if len(r.Reason) >= minRepeated {
			t.told[r.Reason] = Clean(name)
		}
	}
	for i, f := range r.Findings {
		if i == maxFindings {
			fmt.Fprintf(t, "      … and %d more; --format json lists them all\n", len(r.Findings)-i)
			break
		}
		fmt.Fprintf(t, "      %s %s\n", t.paint(severityColor(f.Severity), fmt.Sprintf("%-8s", f.Severity)), Short(Clean(f.Message)))
		spans, others := spansOf(f.Evidence, t.image)
		t.writePlaces(others)
		for _, line := range spans {
			t.line("%s", t.paint(faint, Clean(line)))
		}
		if f.Exception != nil {
			t.line("%s %s", t.paint(faint, "exception of the maker:"), Clean(ExceptionText(*f.Exception)))
		}
	}
}

// spansOf takes the evidence that says which bytes a signature is over from the
// rest, and gives a line for each kind of it: how many bytes, and where they begin
// and how many follow there. Paths lose the name of the image before them.
func spansOf(evidence []assay.Evidence, image string) (lines []string, others []assay.Evidence) {
	for _, note := range []string{assay.NoteCovered, assay.NoteHashed, assay.NoteLeftOut} {
		n, total, words, last := 0, int64(0), []string{}, ""
		for _, e := range evidence {
			if e.Note != note {
				continue
			}
			n++
			total += e.Location.Length
			if n > maxPlaces {
				continue
			}
			place := fmt.Sprintf("0x%x+%d", e.Location.Offset, e.Location.Length)
			if e.Location.Path != last {
				place, last = strings.TrimPrefix(e.Location.Path, image)+" "+place, e.Location.Path
			}
			words = append(words, place)
		}
		if n > maxPlaces {
			words = append(words, fmt.Sprintf("and %d more", n-maxPlaces))
		}
		if n > 0 {
			lines = append(lines, fmt.Sprintf("%s: %d bytes, %s", note, total, strings.Join(words, ", ")))
		}
	}
	for _, e := range evidence {
		if e.Note != assay.NoteCovered && e.Note != assay.NoteHashed && e.Note != assay.NoteLeftOut {
			others = append(others, e)
		}
	}
	return lines, others
}

// ExceptionText says why the maker thinks that a finding can stay, who says so,
// and until when it counts.
func ExceptionText(m assay.Marked) string {
	by := cmp.Or(m.Author, m.Declared.Path)
	if m.Expires != "" {
		by = strings.TrimPrefix(m.Author+", until "+m.Expires, ", ")
	}
	text := fmt.Sprintf("%s (%s)", m.Reason, by)
	if m.Path != "" {
		text = m.Path + ": " + text
	}
	return text
}

// maxFindings is how many findings of a check a table shows.
const maxFindings = 12

func severityColor(s assay.Severity) string {
	switch {
	case s >= assay.High:
		return red
	case s == assay.Medium:
		return yellow
	}
	return faint
}

// Conclusions writes what follows for each scheme.
func Conclusions(w io.Writer, conclusions []assay.Conclusion, paint Painter) error {
	b := &strings.Builder{}
	for _, c := range conclusions {
		mark := outcomeMarks[c.Outcome]
		fmt.Fprintf(b, "\n%s %s\n", paint(mark[1], mark[0]), paint(bold, fmt.Sprintf("%s (%s): %s", Clean(c.Title), Clean(c.Edition), c.Outcome)))
		met, shown := 0, 0
		for _, r := range c.Requirements {
			if r.Outcome == assay.Met || r.Outcome == assay.DoesNotApply {
				met++
				continue
			}
			if !r.Mandatory {
				continue
			}
			shown++
			m := outcomeMarks[r.Outcome]
			fmt.Fprintf(b, "  %s %-8s %s\n", paint(m[1], m[0]), Clean(r.ID), Clean(r.Title))
			if r.Reason != "" {
				fmt.Fprintf(b, "             %s\n", paint(faint, Clean(r.Reason)))
			}
		}
		fmt.Fprintf(b, "  %d of %d requirements met or not applicable", met, len(c.Requirements))
		if shown > 0 {
			fmt.Fprintf(b, "; %d mandatory open", shown)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Coverage writes one line on how much of an image was examined, and the parts
// that were not.
func Coverage(w io.Writer, name string, c assay.Coverage) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: examined %s of %s", Clean(name), Bytes(c.Examined()), Bytes(c.Bytes))
	if c.DeclaredOpaque > 0 {
		fmt.Fprintf(b, ", declared opaque %s", Bytes(c.DeclaredOpaque))
	}
	if c.Unexplained > 0 {
		fmt.Fprintf(b, ", unexplained %s", Bytes(c.Unexplained))
	}
	b.WriteString("\n")
	for i, s := range c.Skipped {
		if i == maxFindings {
			fmt.Fprintf(b, "  … and %d more\n", len(c.Skipped)-i)
			break
		}
		fmt.Fprintf(b, "  not examined: %s: %s\n", Short(Clean(s.Path)), Short(Clean(s.Reason)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Containers writes the table of containers with offset, size and type.
func Containers(w io.Writer, containers []assay.Container) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%12s %12s  %-12s %s\n", "offset", "length", "type", "path")
	holds := map[string]bool{}
	for _, c := range containers {
		for at := range c.Path {
			if c.Path[at] == '!' {
				holds[c.Path[:at]] = true
			}
		}
	}
	few := 0
	for _, c := range containers {
		if slices.Contains(singles, c.Type) && !holds[c.Path] && strings.Count(c.Path, "!") > 1 {
			if few++; few > maxSingles {
				continue
			}
		}
		fmt.Fprintf(b, "%#12x %12d  %-12s %s\n", c.Offset, c.Length, Clean(c.Type), Short(Clean(c.Path)))
	}
	if few > maxSingles {
		fmt.Fprintf(b, "  … and %d more compressed files and archives\n", few-maxSingles)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// singles are the containers that hold one file and no name, and the archives of programs,
// of which a root file system may have thousands: maxSingles of them are shown.
var singles = []string{"zip", "gzip", "xz", "bzip2", "zstd", "lzma", "lz4", "lzop", "zlib", "compress"}

const maxSingles = 8

// maxRanges is how many ranges a table shows.
const maxRanges = 40

// Ranges writes what became of the bytes of an image, in order.
func Ranges(w io.Writer, ranges []assay.Range, paint Painter) error {
	b := &strings.Builder{}
	if len(ranges) > 0 {
		fmt.Fprintf(b, "\n%12s %12s  %-12s %s\n", "offset", "length", "coverage", "what")
	}
	for i, r := range ranges {
		if i == maxRanges {
			fmt.Fprintf(b, "  … and %d more\n", len(ranges)-i)
			break
		}
		fmt.Fprintf(b, "%#12x %12d  %s %s\n", r.Offset, r.Length, paint(classColors[r.Class], fmt.Sprintf("%-12s", r.Class)), Short(Clean(r.What)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Bytes writes a number of bytes for people: "14.1 MB", powers of ten.
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// Clean makes hostile text safe for a terminal.
func Clean(s string) string { return labels.Visible(s) }

// Path makes a path of an image safe for a terminal, and so that it can be told
// from every other: a backslash of its own is doubled.
func Path(s string) string { return Clean(strings.ReplaceAll(s, `\`, `\\`)) }

// maxShown is how many characters of a text of an image a line of a table shows.
const maxShown = 300

// Short cuts the middle out of a long text.
func Short(s string) string {
	if len(s) <= maxShown {
		return s
	}
	r := []rune(s)
	if len(r) <= maxShown {
		return s
	}
	return string(r[:maxShown/2]) + "…" + string(r[len(r)-maxShown/2:])
}

// Tally counts results by verdict.
func Tally(results []assay.Result) map[assay.Verdict]int {
	n := map[assay.Verdict]int{}
	for _, r := range results {
		n[r.Verdict]++
	}
	return n
}

// Gravest lists the findings that fail their checks, gravest first, each with
// its result.
func Gravest(results []assay.Result) []Problem {
	var all []Problem
	for _, r := range results {
		for _, f := range r.Findings {
			if f.Severity.Fails() {
				all = append(all, Problem{r, f})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(b.Finding.Severity, a.Finding.Severity), cmp.Compare(a.Result.Check, b.Result.Check))
	})
	return all
}

// Problem is a finding with the result that it belongs to.
type Problem struct {
	Result  assay.Result
	Finding assay.Finding
}
