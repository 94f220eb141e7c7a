package huge

import (
	"syscall"
	"unsafe"
)

// page is the size of a huge page, and of its alignment, on most machines that have
// them; where it is larger the kernel ignores what does not fit.
const page = 2 << 20

// reserved is how many bytes the heap grows by at once: what most images need, and less
// than what may be taken before garbage is collected. It is the size of a stack, and
// those are powers of two.
const reserved = 64 << 20

// init has the heap grow by one piece, and asks for huge pages in it: the kernel then
// hands out 2 MiB at the first touch, and not ten thousand times 4 KiB. It is a wish,
// and may be without effect. Nothing of the piece is touched, so it takes no memory yet.
//
// The piece is the stack of a goroutine. Stacks lie in the heap, and one so large goes
// back to it as soon as its goroutine ends; anything else would have to be collected as
// garbage, which takes a millisecond. If that changes, huge pages are lost, and nothing
// else.
func init() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		grow(nil)
		var here byte
		top := uintptr(unsafe.Pointer(&here)) // but for what was called to come here
		start, end := (top-reserved+page-1)&^(page-1), (top+page-1)&^(page-1)
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, start, end-start, syscall.MADV_HUGEPAGE)
	}()
	<-done
}

// ballast is what no call passes. One that would holds it twice, which is more than half
// of reserved: such a stack must be of reserved bytes.
type ballast [reserved * 3 / 8]byte

// grow has the goroutine get a stack of reserved bytes: it would need one if never were
// not nil. It calls nothing, and so leaves all but the top of it untouched.
//
//go:noinline
func grow(never *ballast) {
	if never != nil {
		pass(*never)
	}
}

//go:noinline
func pass(ballast) {}
