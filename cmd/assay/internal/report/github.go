package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/assay-iot/assay"
)

// GitHub writes annotations as workflow commands, and a job summary in
// Markdown. Without details both give counts for each principle only: in a
// public repository a finding with its place, published before the fix, harms
// the maker's users.
type GitHub struct {
	Assessment assay.Assessment
	ImageLine  map[string]assay.Location
	Default    assay.Location
	Details    bool
}

// annotationLimit is how many annotations of one kind GitHub shows for a step.
const annotationLimit = 10

// Annotations writes the workflow commands.
func (g GitHub) Annotations(w io.Writer) error {
	b := &strings.Builder{}
	if g.Details {
		g.detailed(b)
	} else {
		g.counted(b)
	}
	for _, c := range g.Assessment.Conclusions {
		kind := map[assay.Outcome]string{assay.Met: "notice", assay.NotMet: "error"}[c.Outcome]
		if kind == "" {
			kind = "warning"
		}
		b.WriteString(annotation(kind, g.Default, c.Scheme, fmt.Sprintf("%s (%s): %s", c.Title, c.Edition, c.Outcome)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (g GitHub) detailed(b *strings.Builder) {
	problems := Gravest(g.Assessment.Results)
	for i, p := range problems {
		if i == annotationLimit-1 && len(problems) > annotationLimit-1 {
			b.WriteString(annotation("notice", g.Default, "assay", fmt.Sprintf("%d more findings; see the report", len(problems)-i)))
			break
		}
		kind := "warning"
		if p.Finding.Severity >= assay.High {
			kind = "error"
		}
		b.WriteString(annotation(kind, g.place(p), string(p.Result.Check), Clean(inImage(p.Finding)+p.Finding.Message+excepted(p.Finding))))
	}
}

func (g GitHub) counted(b *strings.Builder) {
	for _, p := range assay.Principles() {
		n := Tally(ofPrinciple(g.Assessment.Results, p))
		if n[assay.Fail] > 0 {
			b.WriteString(annotation("error", g.Default, p.Title(), fmt.Sprintf("%s failed", count(n[assay.Fail], "check"))))
		}
	}
}

func (g GitHub) place(p Problem) assay.Location {
	for _, e := range p.Finding.Evidence {
		if e.Kind != assay.KindObserved {
			return e.Location
		}
	}
	if l, ok := g.ImageLine[p.Result.Firmware]; ok {
		return l
	}
	return g.Default
}

func inImage(f assay.Finding) string {
	for _, e := range f.Evidence {
		if e.Kind == assay.KindObserved {
			return e.Location.String() + ": "
		}
	}
	return ""
}

// excepted says that the maker wrote an exception for a finding.
func excepted(f assay.Finding) string {
	if f.Exception == nil {
		return ""
	}
	return "; exception of the maker: " + ExceptionText(*f.Exception)
}

// Summary writes the job summary: one table of the nine principles, what
// follows for each scheme, and with details the gravest findings.
func (g GitHub) Summary(w io.Writer) error {
	b := &strings.Builder{}
	a := g.Assessment
	fmt.Fprintf(b, "## %s\n\n", markdown(a.Product.Name))
	for _, c := range a.Conclusions {
		fmt.Fprintf(b, "- %s **%s** %s: **%s**\n", outcomeMarks[c.Outcome][0], markdown(c.Scheme), markdown(c.Edition), c.Outcome)
	}
	b.WriteString("\n| principle | passed | failed | inconclusive | not applicable |\n|---|--:|--:|--:|--:|\n")
	for _, p := range assay.Principles() {
		n := Tally(ofPrinciple(a.Results, p))
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d |\n", p.Title(), n[assay.Pass], n[assay.Fail], n[assay.Inconclusive], n[assay.NotApplicable])
	}
	for _, img := range a.Images {
		fmt.Fprintf(b, "\n%s: examined %s of %s.\n", markdown(img.Path), Bytes(img.Coverage.Examined()), Bytes(img.Coverage.Bytes))
	}
	fmt.Fprintf(b, "\nAs of %s. A pass means: no indication that the product differs from what is demanded or declared.\n", a.AsOf)
	if problems := Gravest(a.Results); g.Details && len(problems) > 0 {
		b.WriteString("\n<details><summary>Findings</summary>\n\n")
		for i, p := range problems {
			if i == 20 {
				fmt.Fprintf(b, "- … and %d more\n", len(problems)-i)
				break
			}
			fmt.Fprintf(b, "- **%s** `%s` %s\n", p.Finding.Severity, p.Result.Check, markdown(inImage(p.Finding)+p.Finding.Message+excepted(p.Finding)))
		}
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func ofPrinciple(results []assay.Result, p assay.Principle) []assay.Result {
	var mine []assay.Result
	for _, r := range results {
		if strings.HasPrefix(string(r.Check), string(p)+"/") {
			mine = append(mine, r)
		}
	}
	return mine
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// markdown makes hostile text plain in Markdown.
func markdown(s string) string {
	s = html.EscapeString(Clean(s))
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`).Replace(s)
}
