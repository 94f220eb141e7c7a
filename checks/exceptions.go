package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/product"
)

// MarkExceptions marks the findings that the maker's exceptions speak of, and
// lists those that count. A marked finding stays what it is, and so does every
// verdict. An exception that has ended, or that speaks of nothing that was found,
// is a note of its own in the result of its check.
func MarkExceptions(results []assay.Result, p *product.Product, asOf time.Time) []assay.Marked {
	var counting []assay.Marked
	for _, e := range p.Exceptions {
		m := assay.Marked{Subject: e.Check, Path: e.Path, Reason: e.Reason, Author: e.Author, Expires: string(e.Expires), Declared: Place(e.Range)}
		note := ""
		switch {
		case e.Expires.Time().Before(asOf):
			note = fmt.Sprintf("the exception of %s ended on %s: it counts no more", e.Author, e.Expires)
		case mark(results, m) == 0:
			note = fmt.Sprintf("the exception of %s speaks of nothing that was found", e.Author)
			if strings.ContainsAny(e.Path, "*?[") {
				note += ": its path is that of a file or folder, and no pattern"
			}
		}
		if note == "" {
			counting = append(counting, m)
			continue
		}
		for i := range results {
			if r := &results[i]; string(r.Check) == e.Check {
				r.Findings = append(r.Findings, Misdeclared(assay.Low, note, e.Range))
				assay.SortFindings(r.Findings)
				break
			}
		}
	}
	return counting
}

// mark marks the findings of a check, and counts them. The first of several
// exceptions stays.
func mark(results []assay.Result, m assay.Marked) int {
	n := 0
	for i := range results {
		for k := range results[i].Findings {
			f := &results[i].Findings[k]
			if string(results[i].Check) != m.Subject || !speaksOf(m, *f) {
				continue
			}
			if n++; f.Exception == nil {
				f.Exception = &m
			}
		}
	}
	return n
}

// speaksOf reports whether a place of a finding in the image is the path of an
// exception, or below it; one without a path speaks of all findings of its check.
func speaksOf(m assay.Marked, f assay.Finding) bool {
	if m.Path == "" {
		return true
	}
	want := strings.Trim(path.Clean("/"+m.Path), "/")
	return slices.ContainsFunc(f.Evidence, func(e assay.Evidence) bool {
		name := assay.Inside(e.Location.Path)
		return e.Kind == assay.KindObserved && (name == want || strings.HasPrefix(name, want+"/"))
	})
}
