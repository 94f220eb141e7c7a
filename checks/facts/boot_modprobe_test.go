package facts

import "testing"

func TestBootModprobe(t *testing.T) {
	base := map[string]string{"etc/inittab": toRcS, "sbin/modprobe": "-> ../bin/kmod", "bin/kmod": "", "etc/init.d/rcS": "#!/bin/sh\nmodprobe foo-bar debug=1\n"}
	conf := func(lines string, more ...string) map[string]string {
		files := map[string]string{"etc/modprobe.d/x.conf": lines}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	load := map[string]string{
		"etc/inittab": "-", "lib/systemd/systemd-modules-load": "", "lib/systemd/system/m.service": "[Service]\nType=oneshot\nExecStart=/lib/systemd/systemd-modules-load\n",
		"etc/systemd/system/sysinit.target.wants/m.service": "-> /lib/systemd/system/m.service",
	}
	testBoot(t, base, []bootCase{
		{"a module that a script loads", conf("install foo_bar modprobe --ignore-install foo_bar $CMDLINE_OPTS; telnetd\n"), "telnetd", 0},
		{"a pattern, in two lines", conf("install foo* \\\n /bin/sh -c telnetd\n"), "telnetd", 0},
		{"an alias", conf("alias foo_bar other\ninstall other telnetd\n"), "telnetd", 0},
		{"removed", conf("remove foo_bar telnetd\n", "etc/init.d/rcS", "#!/bin/sh\nmodprobe -r foo_bar\n"), "telnetd", 0},
		{"under a condition", conf("install foo_bar telnetd\n", "etc/init.d/rcS", "#!/bin/sh\n[ $(nvram get x) ] && modprobe foo_bar\n"), "telnetd?", 0},
		{"a list of modules", mergedFiles(systemdBase, load, conf("install foo telnetd\n", "etc/modules-load.d/x.conf", "# x\nfoo\n")), "telnetd", 0},
		{"/etc/modules, read by a script", conf("install foo telnetd\n", "etc/modules", "foo opt=1\n", "etc/init.d/rcS", "#!/bin/sh\nwhile read m a; do modprobe $m $a; done </etc/modules\n"), "telnetd?", 0},
		{"a module that a device may ask for", conf("install snd_usb telnetd\n"), "telnetd?", 0},
		{"commands that run each other", conf("install foo_bar modprobe foo_bar; modprobe two\ninstall two modprobe foo_bar; telnetd\n"), "telnetd", 0},

		{"that loads nothing", conf("install usb_storage /bin/true\nblacklist x\noptions foo_bar run=telnetd\n"), "", 0},
		{"a comment", conf("# install foo_bar telnetd\n"), "", 0},
		{"removed by nobody", conf("remove foo_bar telnetd\n"), "", 0},
		{"ignored", conf("remove foo_bar telnetd\n", "etc/init.d/rcS", "#!/bin/sh\nmodprobe -r --ignore-remove foo_bar\n"), "", 0},
		{"busybox", conf("install foo_bar telnetd\n", "sbin/modprobe", "-> ../bin/busybox"), "", 0},
		{"a file that is hidden", conf("#\n", "lib/modprobe.d/x.conf", "install foo_bar telnetd\n"), "", 0},

		{"a command that nobody knows", conf("install foo_bar eval \"$(nvram get x)\"\n"), "", 1},
	})
}
