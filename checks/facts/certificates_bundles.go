package facts

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay"
)

// Programs bring the root certificates of others with them, as Node.js and programs in
// Go do, one behind the other. They are no more the product's than those in the folder
// of the system.
const (
	leastBundle  = 20       // certificates of authorities behind each other; the lists of browsers have more than a hundred
	bundleGap    = 16 << 10 // bytes from the start of one to that of the next
	leastSelfOwn = 3        // of four of them are signed by themselves: intermediates are some
)

// bundleCertificates marks the certificates of authorities that stand in a list. One
// whose private key is in the image stays the device's own.
func bundleCertificates(all []KeyMaterial) []KeyMaterial {
	byFile, private := map[string][]int{}, map[assay.Digest]bool{}
	for i, m := range all {
		if c := m.Certificate; c != nil && c.CA && c.Err == "" {
			byFile[c.Location.Path] = append(byFile[c.Location.Path], i)
		} else if m.Key != nil && m.Key.Private {
			private[m.Key.Public] = true
		}
	}
	cloned := false
	mark := func(run []int) {
		own := 0
		for _, i := range run {
			if all[i].Certificate.SelfSigned {
				own++
			}
		}
		if len(run) < leastBundle || 4*own < leastSelfOwn*len(run) {
			return
		}
		if !cloned {
			all, cloned = slices.Clone(all), true
		}
		for _, i := range run {
			c := *all[i].Certificate
			if private[c.Public] {
				continue
			}
			c.Bundled, all[i].Certificate = true, &c
		}
	}
	for _, in := range byFile {
		at := func(i int) int64 { return all[i].Certificate.Location.Offset }
		slices.SortFunc(in, func(a, b int) int { return cmp.Compare(at(a), at(b)) })
		start := 0
		for i := 1; i <= len(in); i++ {
			if i == len(in) || at(in[i])-at(in[i-1]) > bundleGap {
				mark(in[start:i])
				start = i
			}
		}
	}
	return all
}

// OfOthers reports whether it is one among the root certificates of others.
func (m KeyMaterial) OfOthers() bool {
	if m.Key != nil && m.Key.Private || m.Certificate != nil && m.Certificate.Named {
		return false
	}
	return ClassOf(m.Location().Path) == CABundles || m.Certificate != nil && m.Certificate.Bundled
}
