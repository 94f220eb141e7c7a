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
		"place":       func(image string, l assay.Location) string { return Clean(strings.TrimPrefix(l.String(), image)) },
		"path":        func(image, path string) string { return Clean(strings.TrimPrefix(path, image)) },
		"seen":        evidenceWord,
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
// Everything in it is escaped: the content of an image is hostile. The name of the
// image stands in its head, and not before each path, where there is one only.
func HTML(w io.Writer, a assay.Assessment) error {
	return htmlPage().Execute(w, struct {
		assay.Assessment
		Principles []assay.Principle
		Image      string // what the paths of all that was seen begin with
	}{a, assay.Principles(), sharedImage(a.Results)})
}
