package facts

import "testing"

func TestBootInitScripts(t *testing.T) {
	base := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nvsftpd\n"}
	testBoot(t, base, []bootCase{
		{"before the init", map[string]string{"sbin/init": "#!/bin/sh\nmount -t proc proc /proc\ntelnetd\nexec /bin/busybox init\n"}, "telnetd vsftpd", 0},
		{"what the kernel names", map[string]string{"init": "#!/bin/sh\ntelnetd\nfor i in $(cat /proc/cmdline); do case $i in init=*) init=${i#init=};; esac; done\nexec $init\n"}, "telnetd vsftpd", 0},
		{"where it writes only", map[string]string{"sbin/init": "#!/bin/sh\nexec >/dev/console\ntelnetd\nexec /bin/busybox init\n"}, "telnetd vsftpd", 0},
		{"another place", map[string]string{"etc/init": "#!/bin/sh\ntelnetd\nexec /sbin/init2\n", "sbin/init2": "-> ../bin/busybox"}, "telnetd vsftpd", 0},
		{"of an initramfs", map[string]string{"sbin/init": "-> ../bin/busybox", "init": "#!/bin/sh\ntelnetd\nexec /sbin/init\n"}, "telnetd? vsftpd", 0},
		{"of a kernel command line", map[string]string{"sbin/init": "-> ../bin/busybox", "boot/cmdline.txt": "console=ttyS0 init=/etc/rc.boot ro\n", "etc/rc.boot": "#!/bin/sh\ntelnetd\nexec /sbin/init\n"}, "telnetd? vsftpd", 0},

		{"a comment of a boot loader", map[string]string{"sbin/init": "-> ../bin/busybox", "boot/cmdline.txt": "# init=/etc/rc.boot\n", "etc/rc.boot": "#!/bin/sh\ntelnetd\n"}, "vsftpd", 0},
		{"a program", map[string]string{"sbin/init": "-> ../bin/busybox"}, "vsftpd", 0},
		{"not executable", map[string]string{"sbin/init": "telnetd\n"}, "vsftpd", 0},
		{"an example", map[string]string{"sbin/init": "-> ../bin/busybox", "usr/share/doc/init": "#!/bin/sh\ntelnetd\n"}, "vsftpd", 0},
		{"hands over only", map[string]string{"sbin/init": "#!/bin/sh\nexec /bin/busybox init\n"}, "vsftpd", 0},
	})
}

func TestBootFolders(t *testing.T) {
	rcS := func(text string) map[string]string {
		return map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + text + "\n"}
	}
	base := map[string]string{"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS, "etc/start.d/t.sh": "#!/bin/sh\ntelnetd\n", "t2.sh": "#!/bin/sh\nvsftpd\n"}
	testBoot(t, base, []bootCase{
		{"a command", rcS("cd /etc/start.d\n./t.sh"), "telnetd", 0},
		{"a file of a shell", rcS("cd /etc/start.d && sh t.sh"), "telnetd", 0},
		{"a file that is taken in", rcS("cd /etc/start.d\n. ./t.sh"), "telnetd", 0},
		{"a pattern", rcS("cd /etc/start.d\nfor i in *.sh; do ./$i; done"), "telnetd", 0},
		{"a list", rcS("cd /etc/start.d\nfor i in $(ls); do sh ./$i; done"), "telnetd", 0},
		{"a test", rcS("cd /etc\n[ -x start.d/t.sh ] && start.d/t.sh\n[ -x start.d/none ] && vsftpd"), "telnetd", 0},
		{"two steps", rcS("cd /etc\ncd start.d\n./t.sh"), "telnetd", 0},
		{"where the script is", rcS("D=$(cd /etc/start.d && pwd)\n$D/t.sh"), "telnetd", 0},
		{"the variable", rcS("cd /etc/start.d\n$PWD/t.sh"), "telnetd", 0},
		{"the root at first", rcS("./t2.sh"), "vsftpd", 0},
		{"a shell of its own", rcS("( cd /etc/start.d )\n./t2.sh"), "vsftpd", 0},

		{"another folder", rcS("cd /etc\n./t.sh"), "", 0},
		{"a folder that nobody knows", rcS("cd $(nvram get d)\n./t.sh"), "", 1},
		{"taken in from a folder that nobody knows", rcS("cd $(nvram get d)\n. ./t.sh"), "", 1},
	})
}

func TestBootTrapsAndAliases(t *testing.T) {
	rcS := func(text string) map[string]string {
		return map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + text + "\n"}
	}
	base := map[string]string{"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS}
	testBoot(t, base, []bootCase{
		{"at the end", rcS("trap telnetd EXIT\nexit 0"), "telnetd", 0},
		{"with variables of the end", rcS("trap '$D' 0\nD=telnetd"), "telnetd", 0},
		{"on a signal", rcS("trap 'telnetd' USR1"), "telnetd?", 0},
		{"an alias", rcS("alias t='telnetd -p 1'\nt -F"), "telnetd", 0},

		{"taken back", rcS("trap telnetd EXIT\ntrap - EXIT"), "", 0},
		{"another in its place", rcS("trap telnetd EXIT\ntrap : EXIT"), "", 0},
		{"nothing on a signal", rcS("trap '' INT TERM"), "", 0},
		{"an alias that is not used", rcS("alias t=telnetd\ntt"), "", 0},
	})
}
