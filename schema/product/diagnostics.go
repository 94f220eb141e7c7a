package product

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// fix marks a diagnostic of ours: its Detail says what to do.
type fix struct{}

// SaysWhatToDo tells Print that the Detail is a fix.
func (fix) SaysWhatToDo() {}

// maxDiagnostics bounds how many mistakes one run reports.
const maxDiagnostics = 500

// mistake makes an error: what is wrong, where, and what to do about it.
func mistake(at hcl.Range, todo, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  fmt.Sprintf(format, args...),
		Detail:   todo,
		Subject:  &at,
		Extra:    fix{},
	}
}

// warning is as mistake, of something that stands in nobody's way.
func warning(at hcl.Range, todo, format string, args ...any) *hcl.Diagnostic {
	d := mistake(at, todo, format, args...)
	d.Severity = hcl.DiagWarning
	return d
}

// tidy puts diagnostics in the order of the files and keeps the first for each
// place: what follows on the same place is noise.
func tidy(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Subject == nil {
			d.Subject = &hcl.Range{Start: hcl.InitialPos, End: hcl.InitialPos}
		}
	}
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte),
			cmp.Compare(a.Subject.End.Byte, b.Subject.End.Byte),
			cmp.Compare(a.Severity, b.Severity), // errors first
			cmp.Compare(a.Summary, b.Summary))
	})
	var kept hcl.Diagnostics
	for _, d := range diags {
		if n := len(kept); n > 0 && sameBytes(*kept[n-1].Subject, *d.Subject) && d.Subject.Start.Byte < d.Subject.End.Byte {
			continue
		}
		kept = append(kept, d)
	}
	if more := len(kept) - maxDiagnostics; more > 0 {
		at := *kept[maxDiagnostics].Subject
		kept = append(kept[:maxDiagnostics:maxDiagnostics], mistake(at, "Correct those above first.", "there are %d mistakes more from here on", more))
	}
	return kept
}

func sameBytes(a, b hcl.Range) bool {
	return a.Filename == b.Filename && a.Start.Byte == b.Start.Byte && a.End.Byte == b.End.Byte
}

// quoted shortens and quotes what somebody wrote, for a message.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// either lists values for a message: "a, b or c".
func either(values []string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}
