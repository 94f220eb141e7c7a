package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress tells how far a long run is: a bar on a terminal, a line now and then
// elsewhere.
type progress struct {
	out      io.Writer
	bar      bool
	what     string
	total    int
	before   int // done by an earlier run
	started  time.Time
	lastLine time.Time
}

const (
	barWidth  = 30
	lineEvery = 10 * time.Second
)

func (p *program) progress(what string, total int) *progress {
	f, ok := p.rawErr.(*os.File)
	now := time.Now()
	return &progress{
		out: p.rawErr, bar: ok && p.getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())),
		what: what, total: total, started: now, lastLine: now,
	}
}

// at tells that n are done.
func (g *progress) at(n int) { g.atTime(n, time.Now()) }

func (g *progress) atTime(n int, now time.Time) {
	text := g.text(n, now.Sub(g.started))
	switch {
	case g.bar:
		full := barWidth * n / max(g.total, 1)
		fmt.Fprintf(g.out, "\r\x1b[K[%s%s] %s", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), text)
		if n == g.total {
			fmt.Fprintln(g.out)
		}
	case now.Sub(g.lastLine) >= lineEvery:
		g.lastLine = now
		fmt.Fprintln(g.out, text)
	}
}

func (g *progress) text(n int, took time.Duration) string {
	text := fmt.Sprintf("%d of %d %s", n, g.total, g.what)
	if rate := float64(n-g.before) / took.Seconds(); rate > 0 && took > time.Second {
		left := time.Duration(float64(g.total-n)/rate) * time.Second
		text += fmt.Sprintf(", %.0f a second, %s left", rate, left)
	}
	return text
}

// pause puts the bar away, for a line of another kind.
func (g *progress) pause() {
	if g.bar {
		fmt.Fprint(g.out, "\r\x1b[K")
	}
}
