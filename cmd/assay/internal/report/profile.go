package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/assay-iot/assay/checks/facts"
)

// Profile holds the times of a run; it is there only with --profile. Guesses is
// the part of the judging that went into guessing passwords.
type Profile struct {
	ObserveMS int64  `json:"observe_ms"`
	JudgeMS   int64  `json:"judge_ms"`
	GuessesMS int64  `json:"guesses_ms"`
	Facts     []Took `json:"facts"`
	Checks    []Took `json:"checks"`
}

// Took is the time of one fact or check in microseconds, without what it asked for.
type Took struct {
	Name string `json:"name"`
	US   int64  `json:"us"`
}

// NewProfile sorts the times of facts and checks.
func NewProfile(observe, judge time.Duration, times []facts.Took) *Profile {
	p := &Profile{ObserveMS: observe.Milliseconds(), JudgeMS: judge.Milliseconds(), Facts: []Took{}, Checks: []Took{}}
	for _, t := range times {
		took := Took{t.Name, t.Time.Microseconds()}
		switch {
		case strings.Contains(t.Name, "/"):
			p.Checks = append(p.Checks, took)
		case t.Name == facts.Guesses.Name:
			p.GuessesMS = t.Time.Milliseconds()
		default:
			p.Facts = append(p.Facts, took)
		}
	}
	return p
}

// Write writes the times for people.
func (p *Profile) Write(w io.Writer) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "observed in %d ms, judged in %d ms, of which password guesses %d ms\n", p.ObserveMS, p.JudgeMS, p.GuessesMS)
	for _, part := range []struct {
		what string
		took []Took
	}{{"fact", p.Facts}, {"check", p.Checks}} {
		fmt.Fprintf(b, "%12s  %s\n", "ms", part.what)
		for _, t := range part.took {
			fmt.Fprintf(b, "%12.3f  %s\n", float64(t.US)/1000, t.Name)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
