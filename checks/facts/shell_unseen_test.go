package facts

import "testing"

// What a script takes in from a place that the device fills may change its variables.
func TestBootUnseenSettings(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"a default before":     {"TELNET=0\n. /data/app.conf\n[ \"$TELNET\" = 1 ] && telnetd -l /bin/sh", "telnetd?"},
		"if it is there":       {"TELNET=0\n[ -f /data/app.conf ] && . /data/app.conf\n[ \"$TELNET\" = 1 ] && telnetd -l /bin/sh", "telnetd?"},
		"by if":                {"TELNET=0\nif [ -f /data/app.conf ]; then . /data/app.conf; fi\nif [ \"$TELNET\" = 1 ]; then telnetd -l /bin/sh; fi", "telnetd?"},
		"after one of its own": {". /etc/app.conf\n. /data/app.conf\n[ \"$TELNET\" = 1 ] && telnetd -l /bin/sh", "telnetd?"},
		"set afterwards":       {". /data/app.conf\nTELNET=0\n[ \"$TELNET\" = 1 ] && telnetd -l /bin/sh", ""},
		"of the image":         {"TELNET=1\n. /etc/app.conf\n[ \"$TELNET\" = 1 ] && telnetd -l /bin/sh", ""},
		"never there":          {"TELNET=0\n. /lib/app.conf\n[ \"$TELNET\" = 1 ] && telnetd -l /bin/sh", ""},
		"a program's name":     {"DAEMON=/usr/sbin/telnetd\n. /etc/app.conf\n$DAEMON", "telnetd"},
		"another's name":       {"DAEMON=/usr/sbin/telnetd\n[ -f /data/app.conf ] && . /data/app.conf\n$DAEMON", "telnetd"},
	} {
		t.Run(name, func(t *testing.T) {
			g := bootOf(t, map[string]string{
				"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + c.script + "\n", "usr/sbin/telnetd": "-> ../../bin/busybox", "etc/app.conf": "TELNET=0\n",
			})
			if got := started(g); got != c.want {
				t.Errorf("started %q, want %q", got, c.want)
			}
			if len(g.Inits[0].Unjudged) > 0 {
				t.Errorf("not known: %v", g.Inits[0].Unjudged)
			}
		})
	}
}
