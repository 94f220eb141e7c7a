package facts

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
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
	mu   sync.Mutex
	took map[string]time.Duration
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
