package labels

import (
	"fmt"
	"time"
)

// Seal is what the signature of a label's PDF says to people, and the time of the
// certificate that a key makes for itself. Readers of PDF show it as it is, so it follows from
// the label and is never free.
type Seal struct {
	Name, Reason string
	From, Until  time.Time // of the signature, and to the end of the label
}

// Seal gives what the signature of the label's PDF says.
func (l *Label) Seal() (Seal, error) {
	s := Seal{Name: l.Issuer.Name, Reason: "issues this security label"}
	if l.Demo {
		s.Name, s.Reason = "DEMO: proves nothing", "shows what a label looks like"
	}
	var err error
	if s.From, err = Noon(l.Issued); err == nil {
		s.Until, err = Noon(l.ValidUntil)
	}
	return s, err
}

// Noon is the hour that stands in files which know a day only.
func Noon(day string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return t, fmt.Errorf("%q is no day: %w", day, err)
	}
	return t.Add(12 * time.Hour), nil
}
