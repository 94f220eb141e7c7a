package facts

import "testing"

// Where /etc is filled by the start, the table and scripts of init lie in another folder.
func TestBootShippedFolders(t *testing.T) {
	const rcS = "#!/bin/sh\ntelnetd\n"
	base := map[string]string{"sbin/init": "-> ../bin/busybox"}
	testBoot(t, base, []bootCase{
		{"Ralink", map[string]string{"etc_ro/inittab": "::sysinit:/etc_ro/rcS\n", "etc_ro/rcS": rcS}, "telnetd", 0},
		{"as the device has it", map[string]string{"rom/etc/inittab": toRcS, "rom/etc/init.d/rcS": rcS}, "telnetd", 0},
		{"by a shell", map[string]string{"usr/etc/inittab": "::sysinit:/bin/sh /etc/rcS\n", "usr/etc/rcS": rcS}, "telnetd", 0},
		{"a script alone", map[string]string{"etc.default/init.d/rcS": rcS}, "telnetd", 0},
		{"a script that is not there", map[string]string{"etc_ro/inittab": toRcS}, "", 1},
		{"nothing at all", map[string]string{}, "", 1},

		{"a table in its place", map[string]string{"etc/inittab": "::sysinit:/bin/busybox true\n", "etc_ro/inittab": "::sysinit:/etc_ro/rcS\n", "etc_ro/rcS": rcS}, "", 0},
		{"rcS in its place", map[string]string{"etc/init.d/rcS": "#!/bin/sh\nvsftpd\n", "etc_ro/rcS": rcS}, "vsftpd", 0},
		{"which of the two", map[string]string{"etc/init.d/rcS": "#!/bin/sh\nvsftpd\n", "etc_ro/inittab": "::sysinit:/etc_ro/rcS\n", "etc_ro/rcS": rcS}, "telnetd? vsftpd", 0},
		{"an example", map[string]string{"etc/init.d/rcS": "#!/bin/sh\nvsftpd\n", "usr/share/doc/etc/inittab": toRcS, "usr/share/doc/etc/rcS": rcS}, "vsftpd", 0},
	})
}
