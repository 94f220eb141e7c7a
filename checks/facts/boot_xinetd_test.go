package facts

import "testing"

func TestBootXinetd(t *testing.T) {
	const service = "service telnet\n{\n socket_type=stream\n server=/usr/sbin/telnetd\n}\n"
	conf := func(text string) map[string]string { return map[string]string{"etc/xinetd.conf": text} }
	base := map[string]string{"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nxinetd\n", "usr/sbin/xinetd": "", "etc/xinetd.d/telnet": service}
	testBoot(t, base, []bootCase{
		{"a folder", conf("defaults\n{\n log_type = SYSLOG\n}\nincludedir /etc/xinetd.d\n"), "telnetd xinetd", 0},
		{"enabled", conf("defaults\n{\n enabled = telnet\n}\nincludedir /etc/xinetd.d\n"), "telnetd xinetd", 0},
		{"another is disabled", conf("defaults\n{\n disabled = ftp\n}\nincludedir /etc/xinetd.d\n"), "telnetd xinetd", 0},

		{"disabled", conf("defaults\n{\n disabled += ftp telnet\n}\nincludedir /etc/xinetd.d\n"), "xinetd", 0},
		{"another is enabled", conf("defaults\n{\n enabled = ftp\n}\nincludedir /etc/xinetd.d\n"), "xinetd", 0},
		{"by its id", map[string]string{"etc/xinetd.conf": "defaults\n{\n disabled = x\n}\nincludedir /etc/xinetd.d\n", "etc/xinetd.d/telnet": "service telnet\n{\n id = x\n server = /usr/sbin/telnetd\n}\n"}, "xinetd", 0},
		{"no folder", conf("defaults\n{\n}\n"), "xinetd", 0},
		{"a file that is left", map[string]string{"etc/xinetd.conf": "includedir /etc/xinetd.d\n", "etc/xinetd.d/telnet": "# none\n", "etc/xinetd.d/telnet.bak": service}, "xinetd", 0},
	})
}
