package facts

import (
	"strings"
	"testing"
)

// A shell leaves NUL bytes out and reads nothing behind its exit, so neither hides what
// a script starts.
func TestBootOddScripts(t *testing.T) {
	base := map[string]string{
		"bin/busybox": "\x7fELF", "sbin/init": "-> /bin/busybox",
		"etc/inittab": "::sysinit:/etc/init.d/rcS\n", "etc/init.d/rcS": "#!/bin/sh\n/etc/start\n",
	}
	tail := "\x00\x01\x02\x1f\x8b'\"$((`" + strings.Repeat("\x00\x03<\xff", 100)
	long := strings.Repeat("\x1f\x8b\x00abc", MaxText/6)
	telnet := "telnetd"
	testBoot(t, base, []bootCase{
		{"NUL at the end", map[string]string{"etc/start": "#!/bin/sh\ntelnetd\n\x00\x00\n"}, telnet, 0},
		{"NUL in a word", map[string]string{"etc/start": "#!/bin/sh\ntel\x00netd\n"}, telnet, 0},
		{"in rcS", map[string]string{"etc/init.d/rcS": "#!/bin/sh\n\x00telnetd\n"}, telnet, 0},
		{"behind the exit", map[string]string{"etc/start": "#!/bin/sh\ntelnetd\nexit 0\n" + tail}, telnet, 0},
		{"long, behind the exit", map[string]string{"etc/start": "#!/bin/sh\ntelnetd\nexit\n" + long}, telnet, 0},
		{"behind exec", map[string]string{"etc/start": "#!/bin/sh\nexec telnetd -F\n" + tail}, telnet, 0},
		{"nothing started", map[string]string{"etc/start": "#!/bin/sh\necho telnetd\nexit 0\n" + tail}, "", 0},
		{"an exit that may not be", map[string]string{"etc/start": "#!/bin/sh\ntelnetd\n[ -e /x ] && exit\n" + long}, "", 1},
	})
	g := bootOf(t, map[string]string{"bin/busybox": "\x7fELF", "sbin/init": "-> /bin/busybox", "etc/inittab": "::sysinit:/etc/init.d/rcS\n", "etc/init.d/rcS": "#!/bin/sh\n\x00\x00cat x\n\x00id\n"})
	if len(g.Inits) != 1 || len(g.Inits[0].Odd) != 1 || !strings.Contains(g.Inits[0].Odd[0].Reason, "3 NUL bytes") {
		t.Errorf("no note: %+v", g.Inits)
	}
	if last := g.Commands[len(g.Commands)-1]; last.Location.Offset != 19 || last.Location.Line != 3 {
		t.Errorf("a command behind NUL bytes is at %+v", last.Location)
	}
}

// A script that is too long, or that has other bytes behind its lines, may start
// anything: so it is named, and nothing that nobody runs is.
func TestBootIllegible(t *testing.T) {
	long := "#!/bin/sh\n" + strings.Repeat("# a line\n", MaxText/9+1) + "telnetd\n"
	packed := "#!/bin/sh\ntelnetd\n" + strings.Repeat("\x01\x02\x1f\x8b", 9)
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
