package facts

import (
	"strings"
	"testing"
)

func TestBootGetopts(t *testing.T) {
	script := "#!/bin/sh\nP=telnetd\nwhile getopts c:jl o; do\n case $o in\n c) COUNT=$OPTARG ;;\n j) P=vsftpd ;;\n l) P= ;;\n esac\ndone\n$P -F\n"
	for args, want := range map[string]string{"-c 7 x": "telnetd", "-j": "vsftpd", "-c7 -j x": "vsftpd", "-cj x": "telnetd", "x -j": "telnetd", "-- -j": "telnetd"} {
		g := bootOf(t, map[string]string{
			"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n/usr/bin/start " + args + "\n", "usr/bin/start": script,
			"usr/sbin/telnetd": "-> ../../bin/busybox", "usr/sbin/vsftpd": "",
		})
		if got := started(g); got != want || len(g.Inits[0].Unjudged) > 0 {
			t.Errorf("%s: started %q, want %q; not known: %v", args, got, want, g.Inits[0].Unjudged)
		}
	}
}

func TestBootEval(t *testing.T) {
	for text, unjudged := range map[string]int{
		`eval $(apt-config shell Age APT::Periodic::MaxAge)`:           0,
		`eval $(apt-config shell Age APT::Periodic::MaxAge; /tmp/x)`:   1,
		`eval $(nvram get command)`:                                    1,
		`x=$(date); eval "Back${x}=/var/$x/"`:                          0,
		`x=$(date); eval "$x=1"`:                                       0,
		`lsblk -P | while read vars; do eval "$vars"; done`:            0,
		`nvram show | while read vars; do eval "$vars"; done`:          1,
		`x=$(date); eval "$x"`:                                         1,
		`x=$(date); eval "$x a=1"`:                                     1,
		`if [ -x "$(command -v telnetd)" ]; then L=telnetd; fi; $L -F`: 0,
	} {
		g := bootOf(t, map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + text + "\n", "usr/sbin/telnetd": "-> ../../bin/busybox"})
		if got := g.Inits[0].Unjudged; len(got) != unjudged {
			t.Errorf("%s: not known %v, want %d", text, got, unjudged)
		}
	}
}

func TestBootUnknownInstances(t *testing.T) {
	for _, tc := range []struct {
		start, exec string
		unjudged    int
	}{
		{"systemctl start a@$1.service", "/usr/sbin/telnetd -F -p %i", 0},
		{"systemctl start $(systemd-escape --template a@.service $1)", "/usr/sbin/telnetd -F", 0},
		{"systemctl start a@$1.service", "/bin/sh -c %i", 1},
		{"systemctl start a@$1.service", "/usr/sbin/%i", 1},
		{"systemctl start b@$1.service", "/usr/sbin/telnetd -F", 1},
		{"systemctl start $1", "/usr/sbin/telnetd -F", 1},
	} {
		g := bootOf(t, map[string]string{
			"lib/systemd/systemd": "", "usr/sbin/telnetd": "", "lib/systemd/system/default.target": "-> multi-user.target", "lib/systemd/system/multi-user.target": "[Unit]\n",
			"etc/systemd/system/multi-user.target.wants/s.service": "-> ../s.service", "etc/systemd/system/s.service": "[Service]\nExecStart=/usr/bin/s\n",
			"usr/bin/s": "#!/bin/sh\nread 1\nset -- $(hostname)\n[ -d /run/systemd/system ] && " + tc.start + "\n", "lib/systemd/system/a@.service": "[Service]\nExecStart=" + tc.exec + "\n",
		})
		if got := g.Inits[0].Unjudged; len(got) != tc.unjudged {
			t.Errorf("%s of %s: not known %v, want %d", tc.start, tc.exec, got, tc.unjudged)
		}
		if got := strings.Contains(started(g), "telnetd"); got != (tc.unjudged == 0) {
			t.Errorf("%s of %s: started %q", tc.start, tc.exec, started(g))
		}
	}
}
