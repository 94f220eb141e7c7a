package heap

import (
	"runtime"
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page, and of its alignment, on most machines that
// have them; where it is larger the kernel ignores what does not fit.
const hugePage = 2 << 20

// space is where the heap's first startHeap bytes, and so those of most images, come
// to lie: as an address only, which keeps nothing alive.
var space struct{ start, end uintptr }

// reserve has the heap grow at once to what it may take before garbage is collected.
// Nothing of it is touched, so it takes no memory yet, but it is one piece.
func reserve() {
	piece := make([]byte, startHeap-startHeap/4)
	first := uintptr(unsafe.Pointer(unsafe.SliceData(piece)))
	space.start = (first + hugePage - 1) &^ (hugePage - 1)
	space.end = (first + uintptr(len(piece))) &^ (hugePage - 1)
	runtime.KeepAlive(piece)
	runtime.GC() // the heap is empty yet
}

// Huge asks for huge pages where the heap is going to grow, for a run that is going to
// need most of it: the kernel then hands out 2 MiB at the first touch, and not ten
// thousand times 4 KiB. It is a wish, and may be without effect.
func Huge() {
	if space.end > space.start {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, space.start, space.end-space.start, syscall.MADV_HUGEPAGE)
	}
}
