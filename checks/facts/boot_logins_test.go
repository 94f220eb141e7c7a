package facts

import "testing"

func TestBootLogins(t *testing.T) {
	tab := func(entry string, more ...string) map[string]string {
		files := map[string]string{"etc/inittab": toRcS + entry + "\n", "etc/init.d/rcS": "#!/bin/sh\n:\n", "bin/sh": "", "sbin/getty": "", "sbin/agetty": ""}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const script = "#!/bin/sh\ntelnetd\nexec /bin/sh\n"
	testBoot(t, nil, []bootCase{
		{"profile of a shell that comes by itself", tab("::respawn:-/bin/sh", "etc/profile", "telnetd\n"), "telnetd", 0},
		{"by a flag", tab("ttyS0::respawn:/bin/sh -l", "etc/profile", ". /opt/x\n", "opt/x", "telnetd\n"), "telnetd", 0},
		{"who presses a key gets it", tab("::askfirst:-/bin/sh", "etc/profile", "telnetd\n"), "", 0},
		{"autologin", tab("ttyS0::respawn:/sbin/agetty --autologin root ttyS0", "root/.profile", "telnetd\n"), "telnetd", 0},
		{"a script as login", tab("ttyS0::respawn:/sbin/getty -n -l /opt/l.sh 115200 ttyS0", "opt/l.sh", script), "telnetd", 0},
		{"a script after a name", tab("ttyS0::respawn:/sbin/getty -l /opt/l.sh 115200 ttyS0", "opt/l.sh", script), "telnetd?", 0},

		{"a shell that is no login shell", tab("::respawn:/bin/sh", "etc/profile", "telnetd\n"), "", 0},
		{"a login that asks", tab("ttyS0::respawn:/sbin/getty 115200 ttyS0", "etc/profile", "telnetd\n"), "", 0},
		{"a comment in it", tab("::respawn:-/bin/sh", "etc/profile", "# telnetd\nexport PATH=/bin\n"), "", 0},
	})
}

func TestBootKernelHooks(t *testing.T) {
	rcS := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + text + "\n", "opt/t.sh": "#!/bin/sh\ntelnetd\n", "sbin/sysctl": "", "sbin/modprobe": ""}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	testBoot(t, nil, []bootCase{
		{"core_pattern", rcS("echo '|/opt/t.sh %p' > /proc/sys/kernel/core_pattern"), "telnetd?", 0},
		{"core_pattern that is a file", rcS("echo '/opt/t.sh' > /proc/sys/kernel/core_pattern"), "", 0},
		{"sysctl", rcS("sysctl -w kernel.hotplug=/opt/t.sh"), "telnetd?", 0},
		{"sysctl.conf", rcS("sysctl -p", "etc/sysctl.conf", "kernel.core_pattern = |/opt/t.sh\n"), "telnetd?", 0},
		{"sysctl.d", rcS("sysctl --system", "etc/sysctl.d/x.conf", "kernel/hotplug=/opt/t.sh\n"), "telnetd?", 0},
		{"sysctl.conf that nothing loads", rcS(":", "etc/sysctl.conf", "kernel.hotplug=/opt/t.sh\n"), "", 0},
		{"another setting", rcS("sysctl -p", "etc/sysctl.conf", "kernel.domainname=/opt/t.sh\n"), "", 0},
		{"hotplug.json", rcS(":", "sbin/procd", "", "etc/hotplug.json", `[ "case", "X", { "a": [ [ "exec", "/opt/t.sh", "%A%" ] ] } ]`), "telnetd?", 0},
		{"hotplug.json of hotplug-call", rcS(":", "sbin/procd", "", "sbin/hotplug-call", "#!/bin/sh\n. /etc/hotplug.d/$1/x\n", "etc/hotplug.json", `[ [ "exec", "/sbin/hotplug-call", "%SUBSYSTEM%" ] ]`), "", 0},
	})
}
