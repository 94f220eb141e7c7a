package facts

import "testing"

func TestBootWrappers(t *testing.T) {
	script := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + text + "\n"}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const starts = "#!/bin/sh\ntelnetd\n"
	base := map[string]string{"etc/inittab": toRcS, "sbin/init": "-> ../bin/busybox", "usr/bin/flock": "", "usr/bin/ip": "", "usr/bin/own": "", "usr/bin/at": "", "usr/sbin/atd": ""}
	testBoot(t, base, []bootCase{
		{"flock", script("flock -n /var/lock/t telnetd -F"), "telnetd", 0},
		{"a command line of flock", script("flock /var/lock/t -c 'telnetd -F'"), "telnetd", 0},
		{"a name space", script("ip netns exec mgmt telnetd"), "telnetd", 0},
		{"find", script("find /etc/start -name '*.sh' -exec sh {} \\;", "etc/start/t.sh", starts), "telnetd", 0},
		{"find that runs them", script("find /etc/start -type f -exec {} start \\;", "etc/start/t", starts), "telnetd", 0},
		{"ls and xargs", script("ls /etc/start/*.sh | xargs -n1 sh", "etc/start/t.sh", starts), "telnetd", 0},
		{"find and xargs", script("find /etc/start -name '*.sh' | xargs -I% sh %", "etc/start/t.sh", starts), "telnetd", 0},
		{"echo and xargs", script("echo /etc/start/t.sh | xargs sh", "etc/start/t.sh", starts), "telnetd", 0},
		{"awk", script("awk 'BEGIN{system(\"telnetd -F\")}'"), "telnetd?", 0},
		{"a file of awk", script("awk -f /etc/t.awk", "etc/t.awk", "BEGIN { system(\"telnetd\") }\n"), "telnetd?", 0},
		{"at", script("echo telnetd -F | at now + 1 minute"), "telnetd", 0},
		{"itself again", script("[ \"$HAS_FRONTEND\" ] || exec own \"$0\" \"$@\"\ntelnetd"), "telnetd", 0},
		{"another name of busybox", script("/bin/busybox.nosuid telnetd -F", "bin/busybox.nosuid", ""), "telnetd", 0},

		{"flock alone", script("flock 9\nflock -u 9"), "", 0},
		{"other files", script("find /etc/start -name '*.txt' -exec sh {} \\;", "etc/start/t.sh", starts), "", 0},
		{"find that removes", script("find /etc/start -name '*.sh' -exec rm {} \\;\nfind /tmp -mtime +1 | xargs rm -f", "etc/start/t.sh", starts), "", 0},
		{"awk that prints", script("awk '/telnetd/ { print $1 }' /etc/x\nps | awk '{ print $1 }' | xargs kill"), "", 0},
		{"awk that runs a tool", script("awk '{ system(\"mkdir -p \" $2) }' /etc/dirs"), "", 0},
		{"at without its daemon", script("echo telnetd | at now", "usr/sbin/atd", "-"), "", 0},
		{"a name in an argument", script("logger -t telnetd started\npidof telnetd\nchmod +x /usr/sbin/telnetd\nkillall telnetd\nupdate-rc.d telnetd defaults"), "", 0},

		{"what another program prints", script("own -l | xargs sh"), "", 1},
		{"lines that only the device knows", script("own -l | xargs -I{} sh -c '{}'"), "", 1},
		{"awk that runs what it reads", script("awk '{ system($0) }' /tmp/x"), "", 1},
		{"a wrapper of the maker's", script("own -x telnetd -F"), "", 1},
		{"a script for a program of the maker's", script("own --on-event=/etc/start/t.sh", "etc/start/t.sh", starts), "", 1},
	})
}

func TestBootOtherRoot(t *testing.T) {
	script := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + text + "\n", "mnt/app/etc/x": "y\n"}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	base := map[string]string{"etc/inittab": toRcS, "sbin/init": "-> ../bin/busybox"}
	const starts = "#!/bin/sh\ntelnetd\n"
	testBoot(t, base, []bootCase{
		{"a daemon below", script("chroot /mnt/app /usr/sbin/vsftpd", "mnt/app/usr/sbin/vsftpd", ""), "vsftpd", 0},
		{"by its name", script("chroot /mnt/app vsftpd -x", "mnt/app/usr/sbin/vsftpd", ""), "vsftpd", 0},
		{"the root itself", script("chroot / telnetd"), "telnetd", 0},
		{"an applet", script("chroot /mnt/app busybox telnetd", "mnt/app/bin/busybox", ""), "telnetd", 0},

		{"not there", script("chroot /mnt/app vsftpd"), "", 0},
		{"a tool", script("chroot /mnt/app /sbin/ldconfig", "mnt/app/sbin/ldconfig", ""), "", 0},

		{"a script below", script("chroot /mnt/app /start.sh", "mnt/app/start.sh", starts), "", 1},
		{"by start-stop-daemon", script("start-stop-daemon -S --chroot /mnt/app --exec /start.sh", "mnt/app/start.sh", starts), "", 1},
		{"a shell below", script("chroot /mnt/app /bin/sh -c telnetd", "mnt/app/bin/sh", ""), "", 1},
		{"what is mounted there", script("mount /dev/sda1 /mnt/app\nchroot /mnt/app /start.sh"), "", 1},
		{"a folder that nobody knows", script("chroot $(nvram get r) /start.sh"), "", 1},
	})
	testBoot(t, systemdBase, []bootCase{
		{"a unit", wantedUnit("[Service]\nRootDirectory=/mnt/app\nExecStart=/usr/sbin/vsftpd\n", map[string]string{"mnt/app/usr/sbin/vsftpd": ""}), "vsftpd", 0},
		{"a script of a unit", wantedUnit("[Service]\nType=oneshot\nRootDirectory=/mnt/app\nExecStart=/start.sh\n", map[string]string{"mnt/app/start.sh": starts}), "", 1},
		{"an image of a unit", wantedUnit("[Service]\nType=oneshot\nRootImage=/opt/app.img\nExecStart=/start.sh\n", nil), "", 1},
	})
}
