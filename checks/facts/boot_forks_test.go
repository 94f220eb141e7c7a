package facts

import (
	"encoding/binary"
	"maps"
	"testing"
)

// waiter is a program that calls listen of the C library.
var waiter = string(elfImage(32, binary.LittleEndian, []string{"libc.so.0"}, 0))

func TestBootForks(t *testing.T) {
	const inScript = "#!/bin/sh\ncase \"$1\" in\nstart)\n\techo starting\n\t/usr/bin/acmed\n\t;;\nesac\n"
	base := map[string]string{"etc/inittab": toRcS, "sbin/init": "-> ../bin/busybox", "etc/init.d/rcS": "#!/bin/sh\nfor i in /etc/init.d/S??*; do $i start; done\n", "usr/bin/acmed": waiter, "usr/bin/python3": ""}
	testBoot(t, base, []bootCase{
		{"a script of SysV", map[string]string{"etc/init.d/S90acme": inScript}, "acmed", 0},
		{"a script of OpenWrt", map[string]string{
			"etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n", "sbin/procd": "", "etc/init.d/rcS": "-", "etc/rc.common": "#!/bin/sh\n",
			"etc/rc.d/S90acme": "-> ../init.d/acme", "etc/init.d/acme": "#!/bin/sh /etc/rc.common\nSTART=90\nstart() {\n /usr/bin/acmed\n}\n",
		}, "acmed", 0},
		{"inittab", map[string]string{"etc/inittab": "::sysinit:/usr/bin/acmed -d\n"}, "acmed", 0},
		{"an interpreter", map[string]string{"etc/init.d/S90acme": "#!/bin/sh\npython3 /opt/srv.py\n", "opt/srv.py": "s.bind(('', 1))\ns.listen(5)\n"}, "python3", 0},

		{"to stop it", map[string]string{"etc/init.d/S90acme": "#!/bin/sh\n[ \"$1\" = stop ] && /usr/bin/acmed -k\n"}, "", 0},
		{"a program that does not wait", map[string]string{"etc/init.d/S90acme": inScript, "usr/bin/acmed": ""}, "", 0},
		{"an interpreter that ends", map[string]string{"etc/init.d/S90acme": "#!/bin/sh\npython3 /opt/once.py\n", "opt/once.py": "print(1)\n"}, "", 0},
	})
	units := maps.Clone(systemdBase)
	units["usr/bin/acmed"] = waiter
	testBoot(t, units, []bootCase{
		{"a unit that remains", wantedUnit("[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/acmed\n", nil), "r", 0},
		{"a unit that ends", wantedUnit("[Service]\nType=oneshot\nExecStart=/usr/bin/acmed\n", nil), "", 0},
		{"before the start", wantedUnit("[Service]\nExecStartPre=/usr/bin/acmed\nType=oneshot\nExecStart=/bin/true\n", nil), "", 0},
	})
}
