package advisories

import (
	"slices"

	"github.com/assay-iot/assay/checks/facts/advisories/versions"
)

// Affects asks of one version. fixed is the first version in which it is repaired,
// if the record says one.
func (a *Affected) Affects(version string, order versions.Order) (yes bool, fixed string) {
	yes = slices.ContainsFunc(a.Versions, func(v string) bool { return order(v, version) == 0 }) ||
		slices.ContainsFunc(a.Ranges, func(r Range) bool { return r.holds(version, order) })
	if yes {
		fixed = a.repaired(version, order)
	}
	return yes, fixed
}

// holds goes through the events in the order of their versions.
func (r *Range) holds(version string, order versions.Order) bool {
	if slices.ContainsFunc(r.Except, func(v string) bool { return order(v, version) == 0 }) {
		return false
	}
	limited := func(e Event) bool { return e.Limit != "" }
	if slices.ContainsFunc(r.Events, limited) && !slices.ContainsFunc(r.Events, func(e Event) bool {
		return limited(e) && (e.Limit == "*" || bound(order, version, e.Limit) < 0)
	}) {
		return false
	}
	events := slices.DeleteFunc(slices.Clone(r.Events), limited)
	slices.SortStableFunc(events, func(a, b Event) int { return bound(order, a.version(), b.version()) })
	affected := false
	for _, e := range events {
		d := bound(order, version, e.version())
		switch {
		case e.Introduced != "" && d >= 0:
			affected = true
		case e.Fixed != "" && d >= 0, e.LastAffected != "" && d > 0:
			affected = false
		}
	}
	return affected
}

// dated reports whether any version of a package is a date.
func (a *Affected) dated() bool {
	return slices.ContainsFunc(a.Versions, versions.IsDate) || slices.ContainsFunc(a.Ranges, func(r Range) bool {
		return slices.ContainsFunc(r.Events, func(e Event) bool { return versions.IsDate(e.version()) })
	})
}

// bound compares; an event at "0" comes before every version.
func bound(order versions.Order, a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "0":
		return -1
	case b == "0":
		return 1
	}
	return order(a, b)
}

// repaired is the least version after one in which a range ends.
func (a *Affected) repaired(version string, order versions.Order) string {
	best := ""
	for _, r := range a.Ranges {
		for _, e := range r.Events {
			if e.Fixed != "" && order(e.Fixed, version) > 0 && (best == "" || order(e.Fixed, best) < 0) {
				best = e.Fixed
			}
		}
	}
	return best
}

// maxTrim bounds the work on one package; above it nothing is left out.
const maxTrim = 1_000_000

// trim leaves out listed versions that the ranges hold anyway: distributions list
// every one.
func (a *Affected) trim(order versions.Order) {
	events := 0
	for _, r := range a.Ranges {
		events += len(r.Events)
	}
	if events > 0 && events*len(a.Versions) < maxTrim {
		a.Versions = slices.DeleteFunc(a.Versions, func(v string) bool {
			return slices.ContainsFunc(a.Ranges, func(r Range) bool { return r.holds(v, order) })
		})
	}
	slices.Sort(a.Versions)
	a.Versions = slices.Compact(a.Versions)
}
