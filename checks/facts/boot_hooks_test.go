package facts

import (
	"fmt"
	"strings"
	"testing"
)

func TestBootHooks(t *testing.T) {
	const starts = "#!/bin/sh\n[ \"$ACTION\" = add ] && telnetd\n"
	script := func(text string, more map[string]string) map[string]string {
		files := map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + text + "\n"}
		for k, v := range more {
			files[k] = v
		}
		return files
	}
	base := map[string]string{
		"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS, "sbin/mdev": "-> ../bin/busybox", "sbin/udhcpc": "-> ../bin/busybox", "usr/sbin/ntpd": "",
		"sbin/ifup": "-> ../bin/busybox", "etc/t.sh": starts,
	}
	testBoot(t, base, []bootCase{
		{"mdev", script("mdev -s", map[string]string{"etc/mdev.conf": "# x\neth0 root:root 600 @/etc/t.sh\n"}), "telnetd?", 0},
		{"mdev with a node", script("mdev -d", map[string]string{"etc/mdev.conf": "-SUBSYSTEM=net;.* 0:0 660 >net/ *telnetd\n"}), "telnetd?", 0},
		{"udhcpc", script("udhcpc -i eth0 -s /etc/u.sh", map[string]string{"etc/u.sh": "#!/bin/sh\ncase $1 in bound) telnetd;; esac\n"}), "telnetd?", 0},
		{"its usual script", script("udhcpc -i eth0", map[string]string{"usr/share/udhcpc/default.script": starts}), "telnetd?", 0},
		{"the kernel's", script("echo /etc/t.sh > /proc/sys/kernel/hotplug", nil), "telnetd?", 0},
		{"the kernel's by sysctl", script("sysctl -w kernel.hotplug=/etc/t.sh", nil), "telnetd?", 0},
		{"interfaces", script("ifup -a", map[string]string{"etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n\tpost-up telnetd\n"}), "telnetd?", 0},
		{"when an interface is up", script("ifup -a", map[string]string{"etc/network/if-up.d/t": starts}), "telnetd?", 0},
		{"dhclient", script("dhclient eth0", map[string]string{"sbin/dhclient": "", "etc/dhcp/dhclient-exit-hooks.d/t": "telnetd\n"}), "telnetd?", 0},
		{"acpid", script("acpid", map[string]string{"usr/sbin/acpid": "", "etc/acpi/events/p": "event=button/power.*\naction=/etc/t.sh %e\n"}), "telnetd?", 0},
		{"triggerhappy", script("thd --triggers /etc/triggerhappy/triggers.d/ /dev/input/event0 &", map[string]string{"usr/sbin/thd": "", "etc/triggerhappy/triggers.d/t.conf": "KEY_POWER 1 /etc/t.sh\n"}), "telnetd? thd", 0},
		{"incron", script("incrond", map[string]string{"usr/sbin/incrond": "", "etc/incron.d/t": "/data IN_CREATE telnetd\n"}), "telnetd?", 0},
		{"watchdog", script("watchdog", map[string]string{"usr/sbin/watchdog": "", "etc/watchdog.conf": "max-load-1 = 24\nrepair-binary = /etc/t.sh\n"}), "telnetd?", 0},

		{"a comment of triggerhappy", script("thd &", map[string]string{"usr/sbin/thd": "", "etc/triggerhappy/triggers.d/t.conf": "# KEY_POWER 1 /etc/t.sh\n"}), "thd", 0},
		{"acpid's event", script("acpid", map[string]string{"usr/sbin/acpid": "", "etc/acpi/events/p": "event=telnetd\n#action=telnetd\n"}), "", 0},
		{"hooks that nobody runs", script(":", map[string]string{"etc/dhcp/dhclient-exit-hooks.d/t": "telnetd\n"}), "", 0},
		{"mdev is not run", script(":", map[string]string{"etc/mdev.conf": "eth0 root:root 600 @/etc/t.sh\n"}), "", 0},
		{"a comment of mdev", script("mdev -s", map[string]string{"etc/mdev.conf": "#eth0 root:root 600 @/etc/t.sh\nnull 0:0 666\n"}), "", 0},
		{"another script is named", script("udhcpc -s /etc/none.sh", map[string]string{"usr/share/udhcpc/default.script": starts}), "", 0},
		{"no interface comes up", script(":", map[string]string{"etc/network/interfaces": "iface eth0 inet dhcp\n\tpost-up telnetd\n"}), "", 0},
		{"when it goes down", script("ifup -a", map[string]string{"etc/network/interfaces": "iface eth0 inet dhcp\n\tpre-down telnetd\n"}), "", 0},

		{"a script that nobody knows", script("udhcpc -s $(nvram get s)", nil), "", 1},
	})
}

func TestBootOpenWrtEvents(t *testing.T) {
	base := map[string]string{"etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n", "sbin/procd": "", "etc/rc.common": "#!/bin/sh\n", "sbin/init": ""}
	testBoot(t, base, []bootCase{
		{"hotplug", map[string]string{"etc/hotplug.d/iface/99-t": "[ \"$ACTION\" = ifup ] && telnetd\n"}, "telnetd?", 0},
		{"a button", map[string]string{"etc/rc.button/wps": "#!/bin/sh\n[ \"$ACTION\" = pressed ] && telnetd\n"}, "telnetd?", 0},
		{"nothing of it", map[string]string{"etc/hotplug.d/iface/99-t": "# telnetd\nlogger telnetd\n", "usr/share/doc/99-t": "telnetd\n"}, "", 0},
	})
}

func TestBootFirstScripts(t *testing.T) {
	const apply = "#!/bin/sh /etc/rc.common\nuci_apply_defaults() {\n\tcd /etc/uci-defaults || return 0\n\tfiles=\"$(ls)\"\n\t[ -z \"$files\" ] && return 0\n\tfor file in $files; do\n\t\t( . \"./$(basename $file)\" ) && rm -f \"$file\"\n\tdone\n}\nboot() { uci_apply_defaults; }\n"
	const loop = "#!/bin/sh /etc/rc.common\nboot() { find /etc/uci-defaults -type f | while read f; do . $f; done; }\n"
	const service = "#!/bin/sh /etc/rc.common\nSTART=50\nUSE_PROCD=1\nstart_service() {\n procd_open_instance\n procd_set_param command /usr/sbin/telnetd -F\n procd_close_instance\n}\n"
	base := map[string]string{
		"etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n", "sbin/procd": "", "etc/rc.common": "#!/bin/sh\n", "sbin/init": "",
		"etc/init.d/boot": apply, "etc/rc.d/S10boot": "-> ../init.d/boot", "etc/init.d/telnet": service,
	}
	testBoot(t, base, []bootCase{
		{"with #!", map[string]string{"etc/uci-defaults/10-t": "#!/bin/sh\ntelnetd\n"}, "telnetd", 0},
		{"without", map[string]string{"etc/uci-defaults/10-t": "telnetd\nexit 0\n"}, "telnetd", 0},
		{"start", map[string]string{"etc/uci-defaults/10-t": "/etc/init.d/telnet start\n"}, "telnetd", 0},
		{"enable", map[string]string{"etc/uci-defaults/10-t": "/etc/init.d/telnet enable\n"}, "telnetd", 0},
		{"enable under a condition", map[string]string{"etc/uci-defaults/10-t": "[ \"$(nvram get t)\" = 1 ] && /etc/init.d/telnet enable\n"}, "telnetd?", 0},
		{"a way that is not followed", map[string]string{"etc/init.d/boot": loop, "etc/uci-defaults/10-t": "telnetd\n"}, "telnetd?", 0},

		{"enable and disable", map[string]string{"etc/uci-defaults/10-t": "/etc/init.d/telnet enable\n/etc/init.d/telnet disable\n"}, "", 0},
		{"disable", map[string]string{"etc/uci-defaults/10-t": "/etc/init.d/telnet disable\n"}, "", 0},
		{"the boot does not take them in", map[string]string{"etc/init.d/boot": "#!/bin/sh /etc/rc.common\nboot() { :; }\n", "etc/uci-defaults/10-t": "telnetd\n"}, "", 0},
		{"a folder beside it", map[string]string{"etc/uci-defaults/10-x": ":\n", "etc/uci-defaults.bak/10-t": "telnetd\n"}, "", 0},
	})
}

// A variable that a script of an event sets is its own, unless it asks the event for it first.
func TestBootHookVariables(t *testing.T) {
	const lib = "CLI=/sbin/wpa_cli\nbegin () {\n[ -n \"$S\" ] || return 0\nstart-stop-daemon --start --startas $CLI --pidfile /run/$IFACE -- -p /run -a $S\n}\n"
	for name, tc := range map[string]struct {
		script, want string
		unjudged     int
	}{
		"set":                {"S=/sbin/act\nbegin\n", "telnetd?", 0},
		"set in a branch":    {"if [ -n \"$IF_S\" ]; then S=/sbin/act; fi\nbegin\n", "telnetd?", 0},
		"asked for before":   {"[ -n \"$S\" ] || S=/sbin/act\nbegin\n", "telnetd?", 1},
		"only asked for":     {"begin\n", "", 1},
		"beside many others": {"if [ -n \"$IF_S\" ]; then S=/sbin/act A=1 B=$(x) C=1 D=$(x) E=$(x); fi\n[ -n \"$S\" ] && $CLI $A $B $C $D $E -a $S\n", "telnetd?", 0},
		"set by what is not": {". /mnt/data/other.sh\nif [ -n \"$IF_S\" ]; then S=/sbin/act; fi\nbegin\n", "telnetd?", 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := bootOf(t, map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nifup -a\n", "etc/network/if-up.d/x": "#!/bin/sh\n. /etc/lib.sh\n" + tc.script, "etc/lib.sh": lib, "sbin/wpa_cli": "\x7fELF", "sbin/act": "#!/bin/sh\ntelnetd\n", "sbin/start-stop-daemon": "", "sbin/ifup": "", "usr/sbin/telnetd": "-> ../../bin/busybox"})
			if got := started(g); got != tc.want || len(g.Inits[0].Unjudged) != tc.unjudged {
				t.Errorf("started %q, want %q; %v", got, tc.want, g.Inits[0].Unjudged)
			}
		})
	}
}

// A command with more variables in doubt than there are ways is still walked.
func TestBootManyDoubtfulWords(t *testing.T) {
	var set, use strings.Builder
	for i := range 80 {
		fmt.Fprintf(&set, "V%d=1 ", i)
		fmt.Fprintf(&use, " $V%d", i)
	}
	g := bootOf(t, map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nif [ \"$(nvram get x)\" = 1 ]; then " + set.String() + "; fi\ntelnetd" + use.String() + "\n", "usr/sbin/telnetd": "-> ../../bin/busybox"})
	if got := started(g); !strings.HasSuffix(got, " telnetd") {
		t.Errorf("started %q", got)
	}
}
