package scheme

import (
	"fmt"
	"strconv"
	"time"

	"github.com/assay-iot/assay"
)

// Day is a calendar day, written YYYY-MM-DD, or a month, written YYYY-MM, where
// nothing finer is known. The empty Day is open.
type Day string

// First is the first day that d can mean.
func (d Day) First() (time.Time, error) {
	if t, err := time.ParseInLocation("2006-01", string(d), time.UTC); err == nil {
		return t, nil
	}
	t, err := assay.Date(string(d))
	if err != nil {
		return t, fmt.Errorf("%q is no date: write YYYY-MM-DD, or YYYY-MM", string(d))
	}
	return t, nil
}

// Last is the last day that d can mean.
func (d Day) Last() (time.Time, error) {
	t, err := d.First()
	if err == nil && len(d) == len("2006-01") {
		t = t.AddDate(0, 1, -1)
	}
	return t, err
}

// Period is a length of time: a number and y, m or d, as "2y". The zero Period
// sets no bound.
type Period string

// maxPeriod is far longer than any scheme asks, and short enough for dates to
// stay dates.
const maxPeriod = 36500

func (p Period) split() (n int, unit byte, err error) {
	if len(p) > 1 {
		n, err = strconv.Atoi(string(p[:len(p)-1]))
		unit = p[len(p)-1]
	}
	if err != nil || n < 1 || n > maxPeriod || (unit != 'y' && unit != 'm' && unit != 'd') {
		return 0, 0, fmt.Errorf("%q is no length of time: write a number and y, m or d, as 2y", string(p))
	}
	return n, unit, nil
}

// After gives the day that lies p after t; t itself for the zero Period.
func (p Period) After(t time.Time) time.Time {
	n, unit, err := p.split()
	switch {
	case err != nil:
		return t
	case unit == 'y':
		return t.AddDate(n, 0, 0)
	case unit == 'm':
		return t.AddDate(0, n, 0)
	}
	return t.AddDate(0, 0, n)
}

// Years gives p in whole years, rounded up, for those who count in years.
func (p Period) Years() int {
	n, unit, err := p.split()
	switch {
	case err != nil:
		return 0
	case unit == 'm':
		return (n + 11) / 12
	case unit == 'd':
		return (n + 364) / 365
	}
	return n
}
