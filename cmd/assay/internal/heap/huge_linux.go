package heap

import (
	"runtime"
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page, and of its alignment, on most machines that
// have them; where it is larger the kernel ignores what does not fit.
const hugePage = 2 << 20

// reserve has the heap grow at once to what it may take before garbage is collected.
// Nothing of it is touched, so it takes no memory yet, but it is one piece, and huge
// pages are asked for in it: the kernel then hands out 2 MiB at the first touch, and
// not ten thousand times 4 KiB. It is a wish, and may be without effect.
func reserve() {
	piece := make([]byte, startHeap-startHeap/4)
	first := uintptr(unsafe.Pointer(unsafe.SliceData(piece)))
	start, end := (first+hugePage-1)&^(hugePage-1), (first+uintptr(len(piece)))&^(hugePage-1)
	if end > start {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, start, end-start, syscall.MADV_HUGEPAGE)
	}
	runtime.KeepAlive(piece)
	runtime.GC() // the heap is empty yet
}
