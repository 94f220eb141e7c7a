package facts

import "testing"

// A getty that logs somebody in without a password, by whatever order of options.
func TestBootGettyOptions(t *testing.T) {
	for process, want := range map[string]string{
		`/sbin/getty -L ttyS0 115200 vt100 -n root -I "Auto login as root ..."`: "ttyS0",
		`/sbin/getty -n root -L ttyS0 115200 vt100`:                             "ttyS0",
		`/sbin/getty -L -n -l /bin/sh ttyS0 115200`:                             "ttyS0",
		`/sbin/getty -nl/bin/sh 115200 ttyS0`:                                   "ttyS0",
		`/sbin/getty -l "/bin/login -f root" -n 115200 ttyS0`:                   "ttyS0",
		`/sbin/getty 115200 ttyS0 -n -l /usr/bin/autologin`:                     "ttyS0",
		`/sbin/agetty -aroot ttyS0`:                                             "ttyS0",
		`/sbin/agetty -8La root ttyS0`:                                          "ttyS0",
		`/sbin/agetty ttyS0 --autologin=root`:                                   "ttyS0",
		`/sbin/agetty -n -o '-p -f root' ttyS0 115200`:                          "ttyS0",
		`/sbin/agetty --login-options "-f root" ttyS0`:                          "ttyS0",
		`/bin/login -f root`:                                                    "ttyS0",
		`/bin/login -pf root`:                                                   "ttyS0",
		`/bin/login -froot`:                                                     "ttyS0",

		`/sbin/getty -n -L 115200 ttyS0`:                 "",
		`/sbin/getty -L ttyS0 115200 vt100 -I "-a root"`: "",
		`/sbin/getty -n ttyS0 115200 root`:               "",
		`/sbin/getty -n -l /bin/login 115200 ttyS0`:      "",
		`/sbin/agetty -o '-p -- \\u' --noclear ttyS0`:    "",
		`/sbin/agetty -H autofs -f /etc/issue ttyS0`:     "",
		`/bin/login -h -f`:                               "",
		`/bin/login`:                                     "",
		`/sbin/mgetty -a ttyS0`:                          "",
	} {
		g := bootOf(t, map[string]string{
			"etc/inittab": "ttyS0::respawn:" + process + "\n", "bin/sh": "-> busybox", "bin/login": "-> busybox", "sbin/getty": "-> ../bin/busybox",
			"sbin/agetty": "", "sbin/mgetty": "", "usr/bin/autologin": "",
		})
		if got := shellsOn(g); got != want {
			t.Errorf("%s: a shell on %q, want %q: %+v", process, got, want, g.Consoles)
		}
	}
}
