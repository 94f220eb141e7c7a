package facts

import "testing"

func TestBootFinit(t *testing.T) {
	base := map[string]string{"sbin/init": "-> finit", "sbin/finit": "", "bin/sh": "-> busybox", "etc/init.d/t": "#!/bin/sh\ncase $1 in start) telnetd;; stop) vsftpd;; esac\n"}
	conf := func(lines string, more ...string) map[string]string {
		files := map[string]string{"etc/finit.conf": lines}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	testBoot(t, base, []bootCase{
		{"a service", conf("service [2345] <pid/zebra> /usr/sbin/telnetd -F -- Telnet\n"), "telnetd", 0},
		{"with options", conf("service log:prio:user,tag:x name:tel pid:!/run/t.pid :1 [S12345] @root:root telnetd -F -- Telnet\n"), "telnetd", 0},
		{"a task", conf("task [S] /bin/sh -c 'telnetd; vsftpd &'\n"), "telnetd vsftpd", 0},
		{"a script of SysV", conf("sysv [2345] /etc/init.d/t\n"), "telnetd", 0},
		{"an enabled one", conf("runlevel 3\n", "etc/finit.d/enabled/t.conf", "-> ../available/t.conf", "etc/finit.d/available/t.conf", "service [3] telnetd -F\n"), "telnetd", 0},
		{"a static one, of an instance", conf("#\n", "etc/finit.d/t@in.telnetd.conf", "service /usr/sbin/%i\n", "usr/sbin/in.telnetd", ""), "telnetd", 0},
		{"included", conf("include /etc/more.conf\n", "etc/more.conf", "run telnetd\n"), "telnetd", 0},
		{"scripts of a folder", conf("runparts /etc/start.d\n", "etc/start.d/S10t", "-> ../init.d/t"), "telnetd", 0},
		{"variables of a file", conf("service env:-/etc/default/t $DAEMON -F\n", "etc/default/t", "DAEMON=telnetd\n"), "telnetd", 0},
		{"rc.local", conf("#\n", "etc/rc.local", "#!/bin/sh\ntelnetd\n"), "telnetd", 0},
		{"a folder without a main file", map[string]string{"etc/finit.d/t.conf": "service telnetd -F\n"}, "telnetd", 0},
		{"when the network is there", conf("service [2345] <net/eth0/up> telnetd -F\n"), "telnetd?", 0},
		{"another file of the name", conf("#\n", "lib/finit/system/t.conf", "service telnetd\n", "etc/finit.d/t.conf", "service vsftpd\n"), "vsftpd", 0},

		{"a script of a hook", conf("#\n", "libexec/finit/hook/net/up/t.sh", "#!/bin/sh\ntelnetd\n", "lib/finit/plugins/hook-scripts.so", ""), "telnetd", 0},
		{"a script of a hook, and no plugin", conf("#\n", "usr/libexec/finit/hook/net/up/t.sh", "#!/bin/sh\ntelnetd\n"), "telnetd?", 0},
		{"a script of the end", conf("#\n", "libexec/finit/hook/sys/shutdown/t.sh", "#!/bin/sh\ntelnetd\n", "lib/finit/plugins/hook-scripts.so", ""), "", 0},

		{"another level", conf("service [0!6] telnetd\ntask [06] telnetd\n"), "", 0},
		{"by hand", conf("service manual:yes telnetd -F\n"), "", 0},
		{"by hand, and a script does", conf("service manual:yes telnetd -F\nrun [S] /bin/sh -c 'initctl start telnetd'\n", "sbin/initctl", ""), "telnetd", 0},
		{"by hand, and a script stops it", conf("service manual:yes telnetd -F\nrun [S] initctl -b stop telnetd\n", "sbin/initctl", ""), "", 0},
		{"a comment", conf("# service telnetd -F\n"), "", 0},
		{"only there to be enabled", conf("#\n", "etc/finit.d/available/t.conf", "service telnetd -F\n"), "", 0},
		{"in the description", conf("service vsftpd -- telnetd\n"), "vsftpd", 0},

		{"a program that nobody knows", conf("task [S] /bin/sh -c 'eval \"$(nvram get x)\"'\n"), "", 1},
	})
}

func TestBootFinitTerminals(t *testing.T) {
	for line, want := range map[string]string{
		"tty [12345] /dev/ttyAMA0 115200 nologin vt220":      "ttyAMA0",
		"tty [12345] @console nologin":                       "console",
		"tty [12345] notty":                                  "console",
		"service [12345] /bin/sh -l":                         "console",
		"tty [12345] /sbin/agetty -a root ttyS1 nowait":      "ttyS1",
		"tty [12345] /dev/ttyAMA0 115200 noclear vt220":      "",
		"tty [12345] /sbin/getty -L 115200 /dev/ttyS0 vt100": "",
		"tty [12345] notty rescue":                           "",
		"tty [06] notty":                                     "",
	} {
		g := bootOf(t, map[string]string{"sbin/init": "-> finit", "sbin/finit": "", "bin/sh": "-> busybox", "sbin/agetty": "", "sbin/getty": "", "etc/finit.conf": line + "\n"})
		if got := shellsOn(g); got != want || g.Inits[0].Kind != "finit" {
			t.Errorf("%s: a shell on %q, want %q; %+v", line, got, want, g.Inits)
		}
	}
}
