package facts

import "testing"

func TestBootDinit(t *testing.T) {
	base := map[string]string{
		"sbin/init": "-> dinit", "sbin/dinit": "", "bin/sh": "-> busybox",
		"etc/dinit.d/boot": "type = internal\nwaits-for.d = boot.d\ndepends-on: base\n", "etc/dinit.d/base": "type = internal\n",
		"etc/dinit.d/t": "# Telnet\ntype = process\ncommand = /usr/sbin/telnetd -F\n",
	}
	wanted := func(more ...string) map[string]string {
		files := map[string]string{"etc/dinit.d/boot.d/t": "-> ../t"}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	testBoot(t, base, []bootCase{
		{"a service", wanted(), "telnetd", 0},
		{"what it depends on", wanted("etc/dinit.d/t", "type: scripted\ncommand = /bin/true\ndepends-ms = v\n", "lib/dinit.d/v", "type = bgprocess\ncommand = /usr/sbin/vsftpd\npid-file = /run/v.pid\n", "bin/true", ""), "vsftpd", 0},
		{"a script", wanted("etc/dinit.d/t", "type = scripted\ncommand = /etc/t.sh start\nstop-command = /usr/sbin/vsftpd\n", "etc/t.sh", "#!/bin/sh\n[ $1 = start ] && telnetd\n"), "telnetd", 0},
		{"an argument", map[string]string{"etc/dinit.d/boot.d/p@telnetd": "x", "etc/dinit.d/p": "command = /usr/sbin/$1 -F\n"}, "telnetd", 0},
		{"variables of a file", wanted("etc/dinit.d/t", "command = /usr/sbin/${D} -F\nenv-file = /etc/default/t\n", "etc/default/t", "D=vsftpd\n"), "vsftpd", 0},
		{"after another one", wanted("etc/dinit.d/t", "type = scripted\ncommand = /bin/true\nchain-to = v\n", "etc/dinit.d/v", "command = vsftpd\n"), "vsftpd?", 0},
		{"services that need each other", wanted("etc/dinit.d/base", "type = internal\ndepends-on = boot\n"), "telnetd", 0},
		{"included", wanted("etc/dinit.d/t", "@include /etc/common\n", "etc/common", "command = telnetd\n"), "telnetd", 0},

		{"a script starts it", wanted("etc/dinit.d/boot.d/t", "-", "etc/dinit.d/base", "type = scripted\ncommand = /bin/sh -c \"[ $(nvram get x) ] && dinitctl start t\"\n", "sbin/dinitctl", ""), "telnetd?", 0},
		{"that nothing wants", nil, "", 0},
		{"a comment", wanted("etc/dinit.d/t", "#command = telnetd\n"), "", 0},
		{"an internal one", wanted("etc/dinit.d/t", "type = internal\ncommand = telnetd\n"), "", 0},

		{"no service boot", wanted("etc/dinit.d/boot", "-"), "", 1},
		{"a command that nobody knows", wanted("etc/dinit.d/t", "command = /bin/sh -c \"$(nvram get x)\"\n"), "", 1},
	})
}

func TestBootDinitConsoles(t *testing.T) {
	for settings, want := range map[string]string{
		"command = /bin/sh\noptions = runs-on-console":            "console",
		"command = /etc/c.sh\noptions: shares-console kill-all":   "console",
		"command = /sbin/agetty -a root ttyS0\n":                  "ttyS0",
		"command = /bin/sh\n":                                     "",
		"command = /sbin/agetty ttyS0\noptions = runs-on-console": "",
	} {
		g := bootOf(t, map[string]string{"sbin/init": "-> dinit", "sbin/dinit": "", "bin/sh": "-> busybox", "sbin/agetty": "", "etc/c.sh": "#!/bin/sh\nexec sh\n", "etc/dinit.d/boot": settings + "\n"})
		if got := shellsOn(g); got != want || g.Inits[0].Kind != "dinit" {
			t.Errorf("%s: a shell on %q, want %q; %+v", settings, got, want, g.Inits)
		}
	}
}
