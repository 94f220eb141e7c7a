package facts

import "testing"

func TestBootSupervisors(t *testing.T) {
	const run = "#!/bin/sh\nexec telnetd -F\n"
	base := map[string]string{"usr/bin/runsvdir": "", "usr/bin/runsv": "", "bin/s6-svscan": "", "usr/bin/svscan": "", "sbin/init": "-> ../bin/busybox"}
	testBoot(t, base, []bootCase{
		{"runsvdir", map[string]string{"etc/inittab": "::respawn:/usr/bin/runsvdir -P /etc/sv log\n", "etc/sv/t/run": run}, "runsvdir telnetd", 0},
		{"from a script", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\ncd /etc\nrunsvdir sv &\n", "etc/sv/t/run": run}, "runsvdir telnetd", 0},
		{"a link to the folder of the service", map[string]string{"etc/inittab": "::respawn:runsvdir /etc/service\n", "etc/service/t": "-> ../sv/t", "etc/sv/t/run": run}, "runsvdir telnetd", 0},
		{"s6", map[string]string{"etc/inittab": "::respawn:/bin/s6-svscan -t0 /etc/s6\n", "etc/s6/t/run": run}, "s6-svscan telnetd", 0},
		{"one service", map[string]string{"etc/inittab": "::respawn:runsv /etc/sv/t\n", "etc/sv/t/run": run}, "runsv telnetd", 0},
		{"its folder is where a service starts", map[string]string{"etc/inittab": "::respawn:svscan /etc/sv\n", "etc/sv/t/run": "#!/bin/sh\nexec ./go\n", "etc/sv/t/go": run}, "svscan telnetd", 0},
		{"execline", map[string]string{"etc/inittab": "::respawn:s6-svscan /etc/s6\n", "etc/s6/t/run": "#!/bin/execlineb -P\nfdmove -c 2 1\ns6-setuidgid root telnetd -F\n"}, "s6-svscan telnetd", 0},
		{"a folder that the boot makes", map[string]string{"etc/inittab": "::respawn:runsvdir /var/service\n", "etc/runit/runsvdir/default/t/run": run}, "runsvdir telnetd?", 0},

		{"a service that is down", map[string]string{"etc/inittab": "::respawn:runsvdir /etc/sv\n", "etc/sv/t/run": run, "etc/sv/t/down": "\n"}, "runsvdir", 0},
		{"a service that is not executable", map[string]string{"etc/inittab": "::respawn:runsvdir /etc/sv\n", "etc/sv/t/run": "exec telnetd\n"}, "runsvdir", 0},
		{"another folder", map[string]string{"etc/inittab": "::respawn:runsvdir /etc/sv\n", "etc/sv/x/x": "x", "etc/available/t/run": run}, "runsvdir", 0},
		{"no supervisor is started", map[string]string{"etc/inittab": "# ::respawn:runsvdir /etc/sv\n", "etc/sv/t/run": run}, "", 0},
		{"the supervisor is not in the image", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nsvscanboot /etc/sv\n", "etc/sv/t/run": run}, "", 0},

		{"a folder that is not in the image", map[string]string{"etc/inittab": "::respawn:runsvdir /data/sv\n"}, "runsvdir", 1},
		{"a folder that nobody knows", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nrunsvdir $(nvram get d)\n"}, "", 1},
		{"execline that nobody follows", map[string]string{"etc/inittab": "::respawn:s6-svscan /etc/s6\n", "etc/s6/t/run": "#!/bin/execlineb -P\nfdmove -c 2 1 $x\n"}, "s6-svscan", 1},
	})
}
