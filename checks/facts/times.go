package facts

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Took is the time that was spent on a fact or a check itself, without the facts
// that it asked for. A scan works in several goroutines: its times are added.
type Took struct {
	Name string
	Time time.Duration
}

// clock adds up the times of an observation.
type clock struct {
	mu    sync.Mutex
	took  map[string]time.Duration
	scans bool // are timed as well
}

type timedKey struct{}

// WithTimes has an observation take the times of its scans too. Who does not want to
// see them is spared a hundred thousand looks at the clock.
func WithTimes(ctx context.Context) context.Context {
	return context.WithValue(ctx, timedKey{}, true)
}

// lap is a stretch of time that may be taken.
type lap struct{ began time.Time }

// begin starts a lap, if scans are timed.
func (c *clock) begin() (l lap) {
	if c.scans {
		l.began = time.Now()
	}
	return l
}

// end adds the lap to a sum of nanoseconds.
func (l lap) end(sum *atomic.Int64) {
	if !l.began.IsZero() {
		sum.Add(int64(time.Since(l.began)))
	}
}

func (c *clock) add(name string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.took == nil {
		c.took = map[string]time.Duration{}
	}
	c.took[name] += max(d, 0)
}

// Spend adds the time since a moment to a name, without what the asker spent
// waiting for facts.
func (o *Observer) Spend(name string, since time.Time) {
	o.clock.add(name, time.Since(since)-time.Duration(o.waited.Load()))
}

// Times lists what took how long, the longest first.
func Times(observations ...*Observation) []Took {
	sum := map[string]time.Duration{}
	for _, o := range observations {
		if o == nil {
			continue
		}
		o.clock.mu.Lock()
		for name, d := range o.clock.took {
			sum[name] += d
		}
		o.clock.mu.Unlock()
	}
	var all []Took
	for _, name := range slices.Sorted(maps.Keys(sum)) {
		all = append(all, Took{name, sum[name]})
	}
	slices.SortStableFunc(all, func(a, b Took) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), strings.Compare(a.Name, b.Name))
	})
	return all
}
