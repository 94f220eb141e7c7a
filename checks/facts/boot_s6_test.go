package facts

import "testing"

// s6Init is the shape of the script by which s6-overlay begins.
const s6Init = "#!/bin/sh -e\nPATH=/command:/usr/bin:/bin\nexec s6-overlay-suexec ' /package/admin/s6-overlay-3.1.6.2/libexec/preinit' '' /package/admin/s6-overlay-3.1.6.2/libexec/stage0 \"$@\"\n"

func TestBootS6Overlay(t *testing.T) {
	const d = "etc/s6-overlay/s6-rc.d/"
	testBoot(t, map[string]string{"init": s6Init}, []bootCase{
		{"the older folder", map[string]string{"etc/services.d/t/run": "#!/command/with-contenv sh\nexec telnetd -F\n", "etc/services.d/v/run": "#!/bin/sh\nexec vsftpd\n"}, "telnetd vsftpd", 0},
		{"execline", map[string]string{"etc/services.d/t/run": "#!/command/execlineb -P\ns6-setuidgid root telnetd -F\n"}, "telnetd", 0},
		{"a program in another language", map[string]string{"etc/services.d/t/run": "#!/usr/bin/python3\n"}, "t", 0},
		{"before the services", map[string]string{"etc/cont-init.d/10-t": "#!/bin/sh\ntelnetd\n"}, "telnetd", 0},
		{"a service of s6-rc", map[string]string{d + "user/type": "bundle\n", d + "user/contents.d/t": "x", d + "t/type": "longrun\n", d + "t/run": "#!/bin/sh\nexec telnetd -F\n"}, "telnetd", 0},
		{"what it depends on", map[string]string{d + "user/type": "bundle", d + "user/contents": "t\n", d + "t/type": "oneshot\n", d + "t/up": "/etc/t.sh\n", "etc/t.sh": "#!/bin/sh\ntelnetd\n", d + "t/dependencies.d/v": "x", d + "v/type": "longrun", d + "v/run": "#!/bin/sh\nexec vsftpd\n"}, "telnetd vsftpd", 0},
		{"services that need each other", map[string]string{d + "user/type": "bundle", d + "user/contents.d/t": "x", d + "t/type": "longrun", d + "t/run": "#!/bin/sh\nexec telnetd\n", d + "t/dependencies.d/user": "x"}, "telnetd", 0},

		{"in no bundle", map[string]string{d + "user/type": "bundle\n", d + "user/contents.d/v": "x", d + "t/type": "longrun\n", d + "t/run": "#!/bin/sh\nexec telnetd -F\n"}, "", 0},
		{"down", map[string]string{"etc/services.d/t/run": "#!/bin/sh\nexec telnetd\n", "etc/services.d/t/down": "x"}, "", 0},
		{"at the end", map[string]string{"etc/cont-finish.d/t": "#!/bin/sh\ntelnetd\n", "etc/services.d/v/run": "#!/bin/sh\nexec vsftpd\n", "etc/services.d/v/finish": "#!/bin/sh\ntelnetd\n"}, "vsftpd", 0},
		{"a line that nobody follows", map[string]string{d + "user/type": "bundle\n", d + "user/contents.d/t": "x", d + "t/type": "oneshot\n", d + "t/up": "foreground { $x }\n"}, "", 1},
	})
}

// What is not in the image does not end the graph in silence.
func TestBootEndings(t *testing.T) {
	tab := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nvsftpd\n"}
	testBoot(t, nil, []bootCase{
		{"init becomes what is not there", map[string]string{"init": "#!/bin/sh\nmount -a\nexec /opt/vendor/init\n"}, "", 1},
		{"through another script", map[string]string{"init": "#!/bin/sh\nexec /etc/stage2\n", "etc/stage2": "#!/bin/sh\nexec /opt/init\n"}, "", 1},
		{"an applet that busybox was not built with", map[string]string{"init": "#!/bin/sh\nexec busybox init\n", "bin/busybox": "\x7fELF\x00[\x00[[\x00ash\x00cat\x00cp\x00dd\x00httpd\x00ls\x00mv\x00sh\x00"}, "", 1},
		{"a first script that is not there", mergedFiles(tab, map[string]string{"etc/init.d/rcS": "-"}), "", 1},
		{"given to a shell", mergedFiles(tab, map[string]string{"etc/inittab": "::sysinit:/bin/sh /etc/rc.start\n"}), "", 1},
		{"a program of the maker as init", map[string]string{"sbin/init": "-> rc", "sbin/rc": "", "etc/init.d/rcS": "#!/bin/sh\nvsftpd\n"}, "vsftpd", 1},
		{"an init in another language", map[string]string{"init": "#!/usr/bin/python3\nimport os\n"}, "", 1},
		{"systemd without a target", mergedFiles(systemdBase, map[string]string{"lib/systemd/system/default.target": "-"}), "", 1},

		{"under a condition that fails", map[string]string{"init": "#!/bin/sh\n[ -x /opt/init ] && exec /opt/init\ntelnetd\n"}, "telnetd", 0},
		{"a link to a program in another language", mergedFiles(tab, map[string]string{"etc/inittab": "::sysinit:/etc/init.d/rc 3\n", "etc/init.d/rc": "#!/bin/sh\n:\n", "etc/rc3.d/S10x": "-> ../init.d/x", "etc/init.d/x": "#!/usr/bin/python3\n"}), "", 0},
		{"a command of a script", mergedFiles(tab, map[string]string{"etc/init.d/rcS": "#!/bin/sh\n/opt/none\nvsftpd\n"}), "vsftpd", 0},
		{"a tool that was left out", mergedFiles(tab, map[string]string{"etc/inittab": "::sysinit:/sbin/swapon -a\n::sysinit:/bin/mount -a\n" + toRcS}), "vsftpd", 0},
		{"a program that init would keep alive", mergedFiles(tab, map[string]string{"etc/inittab": toRcS + "::respawn:/opt/app\nttyS0::respawn:/sbin/getty ttyS0\n"}), "vsftpd", 0},
		{"when the device ends", mergedFiles(tab, map[string]string{"etc/inittab": toRcS + "::shutdown:/etc/init.d/rcK\n"}), "vsftpd", 0},
		{"a target of the kernel command line", mergedFiles(systemdBase, map[string]string{"lib/systemd/system/default.target": "-", "boot/cmdline.txt": "systemd.unit=multi-user.target\n"}), "", 0},
	})
}
