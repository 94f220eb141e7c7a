package facts

import "testing"

func TestBootOpenRC(t *testing.T) {
	base := map[string]string{
		"sbin/init": "-> ../bin/busybox", "sbin/openrc": "", "etc/inittab": "::sysinit:/sbin/openrc sysinit\n::wait:/sbin/openrc default\n",
		"etc/runlevels/default/t": "-> /etc/init.d/t", "etc/init.d/t": "#!/sbin/openrc-run\ncommand=/usr/sbin/telnetd\ncommand_args=\"-F $T_OPTS\"\n",
	}
	const starts = "#!/sbin/openrc-run\ndepend() {\n need net\n after x\n}\nstart() {\n ebegin x\n start-stop-daemon --start --exec /usr/sbin/vsftpd\n eend $?\n}\n"
	testBoot(t, base, []bootCase{
		{"command", nil, "telnetd", 0},
		{"start", map[string]string{"etc/init.d/t": starts}, "vsftpd", 0},
		{"a need", map[string]string{"etc/init.d/t": starts, "etc/init.d/net": "#!/sbin/openrc-run\ncommand=telnetd\n", "etc/init.d/x": "#!/sbin/openrc-run\ncommand=sshd\n", "usr/sbin/sshd": ""}, "telnetd vsftpd", 0},
		{"settings", map[string]string{"etc/init.d/t": "#!/sbin/openrc-run\ncommand=/usr/sbin/$NAME\n", "etc/conf.d/t": "NAME=vsftpd\n"}, "vsftpd", 0},
		{"supervise-daemon", map[string]string{"etc/init.d/t": "#!/sbin/openrc-run\nstart() { supervise-daemon t --start -p /run/t.pid /usr/sbin/telnetd -- -F; }\n"}, "telnetd", 0},
		{"the first program", map[string]string{"sbin/init": "-> openrc-init", "sbin/openrc-init": "", "etc/inittab": "-"}, "telnetd", 0},
		{"a level in a level", map[string]string{"etc/runlevels/default/t": "-", "etc/runlevels/default/more/x": "x", "etc/runlevels/more/t": "-> /etc/init.d/t"}, "telnetd", 0},

		{"another level", map[string]string{"etc/runlevels/default/t": "-", "etc/runlevels/nonetwork/t": "-> /etc/init.d/t"}, "", 0},
		{"in no level", map[string]string{"etc/runlevels/default/t": "-", "etc/runlevels/default/x": "x"}, "", 0},
		{"only stop", map[string]string{"etc/init.d/t": "#!/sbin/openrc-run\nstart() { :; }\nstop() { telnetd; }\n"}, "", 0},
		{"not executable", map[string]string{"etc/init.d/t": "command=/usr/sbin/telnetd\n"}, "", 0},

		{"a command that nobody knows", map[string]string{"etc/init.d/t": "#!/sbin/openrc-run\ncommand=\"$(cat /data/c)\"\n"}, "", 1},
	})
}
