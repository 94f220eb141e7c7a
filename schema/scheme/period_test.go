package scheme_test

import (
	"testing"
	"time"

	"github.com/assay-iot/assay/schema/scheme"
)

func TestDay(t *testing.T) {
	for day, want := range map[scheme.Day][2]string{
		"2024-09":    {"2024-09-01", "2024-09-30"},
		"2024-02":    {"2024-02-01", "2024-02-29"},
		"2024-04-29": {"2024-04-29", "2024-04-29"},
	} {
		first, err1 := day.First()
		last, err2 := day.Last()
		if err1 != nil || err2 != nil || first.Format(time.DateOnly) != want[0] || last.Format(time.DateOnly) != want[1] {
			t.Errorf("%s: got %s to %s (%v, %v), want %v", day, first, last, err1, err2, want)
		}
	}
	for _, d := range []scheme.Day{"", "2024", "2024-13", "2023-02-29", "1 May 2024"} {
		if _, err := d.First(); err == nil {
			t.Errorf("%q is a day", d)
		}
	}
}

func TestPeriod(t *testing.T) {
	for p, want := range map[scheme.Period]struct {
		after string
		years int
	}{
		"":    {"2026-11-22", 0},
		"2y":  {"2028-11-22", 2},
		"18m": {"2028-05-22", 2},
		"30d": {"2026-12-22", 1},
		"x":   {"2026-11-22", 0},
	} {
		if got := p.After(day).Format(time.DateOnly); got != want.after || p.Years() != want.years {
			t.Errorf("%q: got %s and %d years, want %v", p, got, p.Years(), want)
		}
	}
}
