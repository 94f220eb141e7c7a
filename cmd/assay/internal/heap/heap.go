// Package heap puts off the collection of garbage. It does so while packages are
// initialized: most of what "assay verify" allocates is allocated then, by the modules
// that are linked in. Packages come in the order of their paths, and this one, which
// needs none but the standard library's, before most. Done in main it came after a first
// collection, which took a tenth of such a run.
//
// Huge pages are not asked for. They made a run a tenth shorter where one follows
// another, but on a virtual machine that gives free memory back to its host each of them
// has to be brought anew after a pause of seconds, and a run took a third longer.
package heap

import (
	"math"
	"runtime"
	"runtime/debug"
)

// startHeap is how many bytes the process may take before garbage is collected
// for the first time. Most images need less in all, and then no time is spent on
// it; the collector's own start is at 4 MiB.
const startHeap = 96 << 20

// laterPercent is how much garbage, in percent of what is in use, may gather
// before a later collection: less than the usual 100, as an image that needs more
// than startHeap has much to hold.
const laterPercent = 40

// init puts off the first collection, and has the later ones earlier.
func init() {
	percent := debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(startHeap)
	if percent != 100 || limit != math.MaxInt64 { // GOGC or GOMEMLIMIT: somebody knows better
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		return
	}
	first := new([16]byte)
	runtime.AddCleanup(first, func(int) {
		debug.SetGCPercent(laterPercent)
		debug.SetMemoryLimit(limit)
	}, 0)
}
