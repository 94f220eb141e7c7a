package updates

import (
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

// unchecked says how an updater comes to take any certificate for an address,
// and where that is set; empty if nothing says so. In a script it is the command
// that fetches, among the settings of an updater any of its files; the switch of a command
// that fetches is that of its own line alone.
func unchecked(all []facts.Unverified, u facts.Updater, a facts.Address) (how string, at assay.Location) {
	i := slices.IndexFunc(all, func(v facts.Unverified) bool {
		if u.Name == "own" || v.ByCommand() {
			return v.Location.Path == a.Location.Path && v.Location.Line == a.Location.Line
		}
		return v.Location.Path == a.Location.Path || slices.ContainsFunc(u.Places, func(l assay.Location) bool { return l.Path == v.Location.Path })
	})
	if i < 0 {
		return "", at
	}
	return all[i].How, all[i].Location
}

// exposed reports whether anybody on the way of an update can change it.
func exposed(c *checks.Context, u facts.Updater) bool {
	all := checks.Ask(c, facts.UnverifiedTLS)
	return slices.ContainsFunc(u.Addresses, func(a facts.Address) bool {
		how, _ := unchecked(all, u, a)
		return how != "" || inClear(a)
	})
}
