package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
)

//go:embed report.html.tmpl
var htmlSource string

var htmlPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Funcs(template.FuncMap{
		"bytes": Bytes, "clean": Clean,
		"mark":        func(v assay.Verdict) string { return verdictMarks[v][0] },
		"outcomeMark": func(o assay.Outcome) string { return outcomeMarks[o][0] },
		"of":          ofPrinciple,
		"place":       func(l assay.Location) string { return Clean(l.String()) },
		"share": func(part, all int64) float64 {
			if all == 0 {
				return 0
			}
			return 100 * float64(part) / float64(all)
		},
		"lower":     strings.ToLower,
		"exception": func(m *assay.Marked) string { return ExceptionText(*m) },
	}).Parse(htmlSource))
})

// HTML writes an assessment as one page that needs no script and no network.
// Everything in it is escaped: the content of an image is hostile.
func HTML(w io.Writer, a assay.Assessment) error {
	return htmlPage().Execute(w, struct {
		assay.Assessment
		Principles []assay.Principle
	}{a, assay.Principles()})
}
