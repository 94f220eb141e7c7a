package facts

import (
	"strings"
	"testing"
)

// A script that is too long, or that has other bytes behind its lines, may start
// anything: so it is named, and nothing that nobody runs is.
func TestBootIllegible(t *testing.T) {
	long := "#!/bin/sh\n" + strings.Repeat("# a line\n", MaxText/9+1) + "telnetd\n"
	packed := "#!/bin/sh\ntelnetd\nexit\n\x00\x01\x02\x1f\x8b"
	base := map[string]string{
		"bin/busybox": "\x7fELF", "sbin/init": "-> /bin/busybox", "usr/sbin/telnetd": "-> ../../bin/busybox",
		"etc/inittab": "::sysinit:/etc/init.d/rcS\n", "etc/init.d/rcS": "#!/bin/sh\n/etc/start\n",
	}
	testBoot(t, base, []bootCase{
		{"too long", map[string]string{"etc/start": long}, "", 1},
		{"something behind it", map[string]string{"etc/start": packed}, "", 1},
		{"rcS itself", map[string]string{"etc/init.d/rcS": packed}, "", 1},
		{"a program", map[string]string{"etc/start": "\x7fELF\x00\x01"}, "", 0},
		{"nobody runs it", map[string]string{"etc/start": "#!/bin/sh\n", "etc/other": packed}, "", 0},
	})
}
