package elf

import (
	"bytes"
	"slices"
)

// Guarded reports whether the stack protector is in use. A program without a
// dynamic string table shows it by the message that the C library prints.
func (e *File) Guarded() bool {
	if e.hasName("__stack_chk_fail") || e.hasName("__stack_smash_handler") || e.hasName("__stack_chk_guard") {
		return true
	}
	return len(e.names) == 0 && bytes.Contains(e.Data, []byte("stack smashing detected"))
}

// checkedTwins are functions of glibc that become checked ones in every program
// that is built with _FORTIFY_SOURCE=2, whatever they are called with.
var checkedTwins = []string{"printf", "fprintf", "sprintf", "snprintf", "vsnprintf", "vfprintf", "vsprintf", "syslog"}

// Fortifiable reports whether a function is called that a fortified program
// would not call. Of the C libraries only glibc has checked functions.
func (e *File) Fortifiable() bool {
	return e.Needs("libc.so.6") && slices.ContainsFunc(checkedTwins, e.hasName)
}

// CodeSize gives the bytes of the segments that may be executed.
func (e *File) CodeSize() int64 {
	var n int64
	for _, s := range e.Segments {
		if s.Kind == Load && s.Flags&1 != 0 {
			n += int64(min(s.Size, 1<<30))
		}
	}
	return n
}
