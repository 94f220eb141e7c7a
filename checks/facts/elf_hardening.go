package facts

import (
	"bytes"
	"slices"
)

// guarded reports whether the stack protector is in use. A program without a
// dynamic string table shows it by the message that the C library prints.
func (e *elfFile) guarded() bool {
	if e.hasName("__stack_chk_fail") || e.hasName("__stack_smash_handler") || e.hasName("__stack_chk_guard") {
		return true
	}
	return len(e.names) == 0 && bytes.Contains(e.data, []byte("stack smashing detected"))
}

// checkedTwins are functions of glibc that become checked ones in every program
// that is built with _FORTIFY_SOURCE=2, whatever they are called with.
var checkedTwins = []string{"printf", "fprintf", "sprintf", "snprintf", "vsnprintf", "vfprintf", "vsprintf", "syslog"}

// fortifiable reports whether a function is called that a fortified program
// would not call. Of the C libraries only glibc has checked functions.
func (e *elfFile) fortifiable() bool {
	return needsLibrary(e.needed, "libc.so.6") && slices.ContainsFunc(checkedTwins, e.hasName)
}

// languageGo is the language of programs that Go's linker made.
const languageGo = "go"

// languageWords are what the linkers or run-time libraries of languages that guard
// memory themselves leave in every program: of Go, and two of Rust.
var languageWords = newLiterals([]string{goBuild, "RUST_BACKTRACE", "/rustc/"})

// languageOf recognises such programs by those words.
func languageOf(words sights) string {
	switch {
	case words.has(0, 1):
		return languageGo
	case words.has(1, 2) && words.has(2, 3):
		return "rust"
	}
	return ""
}

// codeSize gives the bytes of the segments that may be executed.
func (e *elfFile) codeSize() int64 {
	var n int64
	for _, s := range e.segments {
		if s.kind == ptLoad && s.flags&1 != 0 {
			n += int64(min(s.size, 1<<30))
		}
	}
	return n
}
