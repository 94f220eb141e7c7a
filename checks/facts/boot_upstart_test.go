package facts

import "testing"

func TestBootUpstart(t *testing.T) {
	base := map[string]string{
		"sbin/init": "", "bin/sh": "-> busybox", "sbin/getty": "",
		"etc/init/rc-sysinit.conf": "start on filesystem\nstop on runlevel\ntask\nscript\n  telinit 2\nend script\n",
	}
	job := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/init/t.conf": text}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const exec = "respawn\nexec /usr/sbin/telnetd -F\n"
	testBoot(t, base, []bootCase{
		{"a run level", job("description \"x\"\nstart on runlevel [2345]\nstop on runlevel [!2345]\n" + exec), "telnetd", 0},
		{"a line of a shell", job("start on runlevel [!06]\nenv D=telnetd\nexec $D -F\n"), "telnetd", 0},
		{"a script", job("start on (local-filesystems\n  and net-device-up IFACE!=lo)\nscript\n  [ -x /usr/sbin/telnetd ] || exit 0\n  exec telnetd -F\nend script\n"), "telnetd", 0},
		{"before the main program", job("start on startup\npre-start exec telnetd\nexec vsftpd\n"), "telnetd vsftpd", 0},
		{"after another job", job("start on started rc-sysinit\n" + exec), "telnetd", 0},
		{"after one that is not sure", job("start on started v\n"+exec, "etc/init/v.conf", "start on key-pressed\nexec vsftpd\n"), "telnetd? vsftpd?", 0},
		{"an event that may never come", job("start on usb-plugged\n" + exec), "telnetd?", 0},
		{"an override", job("start on never\n"+exec, "etc/init/t.override", "start on runlevel [2]\n"), "telnetd", 0},

		{"by hand, and a script does", job(exec, "etc/init/s.conf", "start on startup\ntask\nexec start t\n", "sbin/start", ""), "telnetd", 0},
		{"by hand", job(exec), "", 0},
		{"an override that takes it back", job("start on runlevel [2345]\n"+exec, "etc/init/t.override", "manual\n"), "", 0},
		{"another run level", job("start on runlevel [016]\nexec vsftpd\n"), "", 0},
		{"a comment", job("start on startup\ntask\n# exec telnetd\nexec /bin/true\n", "bin/true", ""), "", 0},
		{"at the end", job("start on startup\npost-stop exec telnetd\npre-stop script\n exec telnetd\nend script\nexec vsftpd\n"), "vsftpd", 0},

		{"a program that nobody knows", job("start on startup\nscript\n$(nvram get x)\nend script\n"), "", 1},
	})
	for text, want := range map[string]string{
		"start on startup\nconsole owner\nexec /bin/sh\n":             "console",
		"start on startup\nexec /bin/sh\n":                            "",
		"start on startup\nexec /sbin/getty -n -l /bin/sh 9600 ttyS0": "ttyS0",
		"start on startup\nexec /sbin/getty 9600 ttyS0":               "",
	} {
		files := mergedFiles(base, job(text))
		if got := shellsOn(bootOf(t, files)); got != want {
			t.Errorf("%s: a shell on %q, want %q", text, got, want)
		}
	}
}
