package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// startHeap is how many bytes the process may take before garbage is collected
// for the first time. Most images need less in all, and then no time is spent on
// it; the collector's own start is at 4 MiB.
const startHeap = 64 << 20

// collectLate puts off the first collection; later ones come as always.
func collectLate() {
	percent := debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(startHeap)
	if percent < 0 || limit != math.MaxInt64 { // GOGC=off or GOMEMLIMIT: somebody knows better
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		return
	}
	first := new([16]byte)
	runtime.AddCleanup(first, func(int) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}, 0)
}
