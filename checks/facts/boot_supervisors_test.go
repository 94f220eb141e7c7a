package facts

import "testing"

func TestBootProcessSupervisors(t *testing.T) {
	files := func(rcS string, more ...string) map[string]string {
		m := map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + rcS + "\n"}
		for i := 0; i+1 < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	base := map[string]string{"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS, "usr/bin/supervisord": "#!/usr/bin/python3\n", "usr/bin/python3": "", "usr/bin/monit": ""}
	testBoot(t, base, []bootCase{
		{"supervisord", files("supervisord -c /etc/s.conf", "etc/s.conf", "[supervisord]\n[program:t]\ncommand=/usr/sbin/telnetd -F ; x\n"), "telnetd", 0},
		{"by its interpreter", files("python3 /usr/bin/supervisord", "etc/supervisord.conf", "[program:t]\ncommand=/usr/sbin/telnetd -F\n"), "telnetd", 0},
		{"included", files("supervisord", "etc/supervisord.conf", "[include]\nfiles = conf.d/*.conf\n", "etc/conf.d/t.conf", "[program:t]\ncommand=telnetd\n"), "telnetd", 0},
		{"monit", files("monit -c /etc/monitrc", "etc/monitrc", "check process t with pidfile /run/t\n  start program = \"/usr/sbin/telnetd\"\n  stop program = \"/bin/kill\"\n"), "telnetd", 0},
		{"monit when something happens", files("monit", "etc/monitrc", "check file x with path /x\n  if changed then exec \"/usr/sbin/telnetd -F\"\n"), "telnetd?", 0},

		{"not started by itself", files("supervisord", "etc/supervisord.conf", "[program:t]\ncommand=telnetd\nautostart=false\n"), "", 0},
		{"a comment", files("supervisord", "etc/supervisord.conf", "[program:t]\n;command=telnetd\n"), "", 0},
		{"another section", files("supervisord", "etc/supervisord.conf", "[group:t]\ncommand=telnetd\n"), "", 0},
		{"nobody starts it", files(":", "etc/supervisord.conf", "[program:t]\ncommand=telnetd\n", "etc/monitrc", "check process t with pidfile /run/t\n start program = \"/usr/sbin/telnetd\"\n"), "", 0},
		{"monit stops it", files("monit", "etc/monitrc", "check process t with pidfile /run/t\n stop program = \"/usr/sbin/telnetd\"\n# start program = \"/usr/sbin/telnetd\"\n"), "", 0},

		{"no settings", files("supervisord -c /data/s.conf"), "", 1},
		{"no settings of monit", files("monit -c /data/m"), "", 1},
	})
}
