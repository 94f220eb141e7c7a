package facts

import "testing"

func TestBootMessageBus(t *testing.T) {
	const services = "usr/share/dbus-1/system-services/"
	base := map[string]string{"etc/inittab": toRcS, "usr/bin/dbus-daemon": "", "etc/init.d/rcS": "#!/bin/sh\ndbus-daemon --system\n"}
	systemd := mergedFiles(systemdBase, map[string]string{
		"etc/inittab": "-", "lib/systemd/system/dbus.service": "[Service]\nExecStart=/usr/bin/dbus-daemon --system --address=systemd: --nofork\n",
		"etc/systemd/system/multi-user.target.wants/dbus.service": "-> /lib/systemd/system/dbus.service",
	})
	service := func(lines string) map[string]string {
		return map[string]string{services + "org.x.T.service": "[D-BUS Service]\nName=org.x.T\n" + lines}
	}
	testBoot(t, base, []bootCase{
		{"on request", service("Exec=/usr/sbin/telnetd -F\nUser=root\n"), "telnetd?", 0},
		{"by systemd", mergedFiles(systemd, service("Exec=/bin/false\nSystemdService=telnet.service\n")), "dbus telnetd?", 0},
		{"by systemd, by an alias", mergedFiles(systemd, service("Exec=/bin/false\nSystemdService=dbus-org.x.T.service\n"), map[string]string{"etc/systemd/system/dbus-org.x.T.service": "-> /lib/systemd/system/telnet.service"}), "dbus telnetd?", 0},

		{"an alias that was not enabled", mergedFiles(systemd, service("Exec=/bin/false\nSystemdService=dbus-org.x.T.service\n")), "dbus", 0},
		{"no bus", mergedFiles(service("Exec=/usr/sbin/telnetd -F\n"), map[string]string{"etc/init.d/rcS": "#!/bin/sh\n:\n"}), "", 0},
		{"of a session", map[string]string{"usr/share/dbus-1/services/org.x.T.service": "[D-BUS Service]\nName=org.x.T\nExec=/usr/sbin/telnetd\n"}, "", 0},
		{"a file of the same name", mergedFiles(service("Exec=/usr/sbin/telnetd\n"), map[string]string{"usr/local/share/dbus-1/system-services/a.service": "[D-BUS Service]\nName=org.x.T\nExec=/usr/sbin/vsftpd\n"}), "vsftpd?", 0},
		{"a comment", service("#Exec=/usr/sbin/telnetd\n"), "", 0},

		{"a command that nobody knows", service("Exec=/bin/sh -c \"$(nvram get x)\"\n"), "", 1},
	})
}

func TestBootCompositors(t *testing.T) {
	start := func(line string, more ...string) map[string]string {
		files := map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + line + "\n", "opt/app.sh": "#!/bin/sh\ntelnetd\n", "usr/bin/weston": "", "usr/bin/sway": "", "usr/bin/cage": ""}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const launch = "[core]\nidle-time=0\n[autolaunch]\npath=/opt/app.sh\n"
	testBoot(t, map[string]string{"etc/inittab": toRcS}, []bootCase{
		{"weston", start("weston --tty=1 &", "etc/xdg/weston/weston.ini", launch), "telnetd weston", 0},
		{"weston, of another user", start("su - app -c weston", "etc/passwd", "app:x:1:1::/srv/app:/bin/sh\n", "srv/app/.config/weston.ini", launch), "telnetd", 0},
		{"weston, by a flag", start("weston -c /opt/w.ini", "opt/w.ini", launch, "etc/xdg/weston/weston.ini", "[core]\n"), "telnetd", 0},
		{"sway", start("sway", "etc/sway/config", "set $mod Mod4\nexec --no-startup-id /opt/app.sh\n"), "telnetd", 0},
		{"cage", start("cage -d -- /opt/app.sh"), "telnetd", 0},

		{"a button of weston", start("weston", "etc/xdg/weston/weston.ini", "[launcher]\npath=/opt/app.sh\n"), "", 0},
		{"a key of sway", start("sway", "etc/sway/config", "bindsym $mod+Return exec /opt/app.sh\n# exec /opt/app.sh\n"), "", 0},
		{"nobody starts it", start(":", "etc/xdg/weston/weston.ini", launch), "", 0},
	})
}
