package verify

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/assay-iot/assay/labels"
)

// lines is the text of a report. All that a report shows comes from strangers, be it
// signed or not: so it is made safe for a terminal here, line by line, and nowhere else.
type lines struct{ text strings.Builder }

func (l *lines) line(format string, args ...any) {
	l.text.WriteString(labels.Visible(fmt.Sprintf(format, args...)))
	l.text.WriteByte('\n')
}

// table writes rows in columns; those without a value are left out.
func (l *lines) table(fill func(row func(what, value string))) {
	t := tabwriter.NewWriter(&l.text, 0, 0, 2, ' ', 0)
	fill(func(what, value string) {
		if value != "" {
			fmt.Fprintf(t, "  %s\t%s\n", labels.Visible(what), labels.Visible(value))
		}
	})
	_ = t.Flush() // into a strings.Builder
}

func (l *lines) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, l.text.String())
	return err
}
