package facts

import "testing"

// flagged is a root whose start asks for a file that the image does not hold.
func flagged(script string, more map[string]string) map[string]string {
	files := map[string]string{
		"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + script + "\n", "usr/sbin/telnetd": "-> ../../bin/busybox", "usr/sbin/vsftpd": "", "usr/sbin/acmed": "",
		"etc/fstab": "/dev/root / ext4 rw 0 1\n",
	}
	for name, content := range more {
		files[name] = content
	}
	return files
}

const readOnlyRoot = "/dev/root / ext4 ro 0 1\n"

func TestFilesThatMayCome(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a flag on a root that is written", flagged("[ -f /etc/app/debug ] && telnetd -l /bin/sh", nil), "telnetd?"},
		{"in an if", flagged("if test -e /etc/app/debug; then telnetd; fi", nil), "telnetd?"},
		{"a script that ends without it", flagged("[ -f /etc/app/debug ] || exit 0\ntelnetd", nil), "telnetd?"},
		{"a variable that it sets", flagged("[ -f /etc/app/debug ] && DEBUG=1\n[ \"$DEBUG\" = 1 ] && telnetd", nil), "telnetd?"},
		{"settings that may come", flagged("[ -f /etc/app.conf ] && . /etc/app.conf\n[ \"$TELNET\" = yes ] && telnetd", nil), "telnetd?"},
		{"an empty file", flagged("[ -s /etc/app/debug ] && telnetd", map[string]string{"etc/app/debug": "\n"}), "telnetd"},
		{"in memory", flagged("[ -f /tmp/debug ] && telnetd", map[string]string{"etc/fstab": readOnlyRoot}), "telnetd?"},
		{"by a link into memory", flagged("[ -f /etc/app/debug ] && telnetd", map[string]string{"etc/fstab": readOnlyRoot, "etc/app": "-> /var/app", "var": "-> /tmp"}), "telnetd?"},
		{"on a place that is mounted by hand", flagged("[ -f /persist/debug ] && telnetd", map[string]string{"etc/fstab": readOnlyRoot + "/dev/mmcblk0p5 /persist ext4 noauto,rw 0 0\n"}), "telnetd?"},
		{"a root that is read", flagged("[ -f /etc/app/debug ] && telnetd", map[string]string{"etc/fstab": readOnlyRoot}), ""},
		{"a root that a page mounts to write", flagged("[ -f /etc/app/debug ] && telnetd", map[string]string{"etc/fstab": readOnlyRoot, "www/cgi-bin/dbg": "#!/bin/sh\nmount -o remount,rw /\n"}), "telnetd?"},
		{"a remount that is a comment", flagged("[ -f /etc/app/debug ] && telnetd", map[string]string{"etc/fstab": readOnlyRoot, "www/cgi-bin/dbg": "#!/bin/sh\n# mount -o remount,rw /\n"}), ""},
		{"a program that is not there", flagged("[ -x /usr/sbin/in.telnetd ] || exit 0\nin.telnetd", nil), ""},
		{"a program that is asked for", flagged("[ -x /usr/bin/acme ] && telnetd", nil), ""},
		{"its own settings", flagged("[ -f /etc/vsftpd.conf ] && vsftpd", nil), ""},
		{"a flag for FTP", flagged("[ -f /etc/app/debug ] && vsftpd", nil), "vsftpd?"},
		{"a program of no kind", flagged("[ -f /etc/app/debug ] && acmed &", nil), ""},
		{"started in any case", flagged("[ -f /etc/default/telnetd ] && . /etc/default/telnetd\ntelnetd $OPTIONS", nil), "telnetd"},
		{"the absence is asked for", flagged("[ -f /etc/app/locked ] || telnetd", nil), "telnetd"},
		{"a unit", map[string]string{
			"lib/systemd/systemd": "", "usr/sbin/telnetd": "", "etc/fstab": "# none\n",
			"etc/systemd/system/multi-user.target.wants/d.service": "-> ../d.service", "lib/systemd/system/default.target": "-> multi-user.target", "lib/systemd/system/multi-user.target": "[Unit]\n",
			"etc/systemd/system/d.service": "[Unit]\nConditionPathExists=/etc/debug\n[Service]\nExecStart=/usr/sbin/telnetd -F\n",
		}, "telnetd?"},
		{"a unit that asks for an absence", map[string]string{
			"lib/systemd/systemd": "", "usr/sbin/telnetd": "", "etc/fstab": "# none\n",
			"etc/systemd/system/multi-user.target.wants/d.service": "-> ../d.service", "lib/systemd/system/default.target": "-> multi-user.target", "lib/systemd/system/multi-user.target": "[Unit]\n",
			"etc/systemd/system/d.service": "[Unit]\nConditionPathExists=!/etc/locked\n[Service]\nExecStart=/usr/sbin/telnetd -F\n",
		}, "telnetd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := started(bootOf(t, tc.files)); got != tc.want {
				t.Errorf("started %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLaysOverRoot(t *testing.T) {
	for line, want := range map[string]bool{
		"mount -t overlay overlay -o lowerdir=/,upperdir=/rw/u,workdir=/rw/w /newroot": true,
		"  mount -t overlayfs -o lowerdir=/,upperdir=/o overlayfs:/o /mnt || exit 1":   true,
		"mount -t overlay overlay -o lowerdir=/etc,upperdir=/rw/etc /etc":              false,
		"# mount -t overlay overlay /newroot":                                          false,
		"mount -t ext4 /dev/sda1 /newroot":                                             false,
	} {
		if got := laysOverRoot(line); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}
