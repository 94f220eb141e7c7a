package compare

import (
	"cmp"
	"slices"
)

// Claim is one thing that a label says. Where both labels rank it, the higher rank
// is better; 0 is no rank.
type Claim struct {
	Text string
	Rank int
	// Counts says that to have the claim is better than not to have it.
	Counts bool
	// Open says that the answer is inconclusive: to have had one, whichever, and now
	// this is to know less, not to be worse.
	Open bool
}

// claims gives what two labels say differently.
func claims(before, after map[string]Claim) []Change {
	var changes []Change
	for key, old := range before {
		c, there := after[key]
		if old.Text != c.Text {
			changes = append(changes, Change{What: key, Old: old.Text, New: c.Text, Effect: effect(old, c, true, there)})
		}
	}
	for key, c := range after {
		if _, there := before[key]; !there {
			changes = append(changes, Change{What: key, New: c.Text, Effect: effect(Claim{}, c, false, true)})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.What, b.What) })
	return changes
}

func effect(old, now Claim, was, is bool) string {
	switch {
	case was && is && now.Open && !old.Open:
		return Unclear
	case !is && old.Counts, is && was && old.Rank > 0 && 0 < now.Rank && now.Rank < old.Rank:
		return Worse
	case !was && now.Counts, is && was && 0 < old.Rank && old.Rank < now.Rank:
		return Better
	}
	return ""
}
