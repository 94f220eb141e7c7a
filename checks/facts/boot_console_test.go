package facts

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// shellsOn lists the terminals on which a boot gives a shell without a password, a ?
// behind those that are not sure.
func shellsOn(g BootGraph) string {
	var got []string
	for _, k := range g.Consoles {
		name := k.Device
		if name == "" {
			name = "console"
		}
		if k.Uncertain {
			name += "?"
		}
		if k.Shell == Yes {
			got = append(got, name)
		}
	}
	return strings.Join(got, " ")
}

// What init keeps alive on a terminal gives a shell there, by whatever scripts.
func TestBootRespawnedScripts(t *testing.T) {
	for script, want := range map[string]string{
		"exec /bin/sh":                         "ttyS0",
		"exec /bin/login -f root":              "ttyS0",
		"mount -a\nwhile :; do sh -l; done":    "ttyS0",
		"exec /opt/inner.sh":                   "ttyS0",
		"sh /opt/inner.sh":                     "ttyS0",
		". /opt/inner.sh":                      "ttyS0",
		"su - root":                            "ttyS0",
		"exec su user":                         "ttyS0",
		"sh 2>&1 | tee /tmp/log":               "ttyS0",
		"exec login":                           "",
		"exec sulogin":                         "",
		"[ -e /etc/debug ] || exit 0\nexec sh": "",
		"echo true | sh":                       "",
		"sh </etc/commands":                    "",
		"sh &\nwait":                           "",
		"sh /etc/none":                         "",
		"su - user -c /bin/true":               "",
		"read p; [ \"$p\" = x ] && exec sh":    "",
	} {
		for _, process := range []string{"/etc/c.sh", "/bin/sh /etc/c.sh", "/bin/sh -c '/etc/c.sh'", "/usr/bin/setsid /etc/c.sh"} {
			if strings.Contains(script, "tee") && process != "/etc/c.sh" {
				continue // behind another script it is not followed through a pipeline
			}
			g := bootOf(t, map[string]string{
				"etc/inittab": "ttyS0::respawn:" + process + "\n", "etc/c.sh": "#!/bin/sh\n" + script + "\n", "opt/inner.sh": "#!/bin/sh\nexec sh\n",
				"bin/sh": "-> busybox", "bin/login": "-> busybox", "sbin/sulogin": "-> ../bin/busybox", "bin/su": "-> busybox",
			})
			if got := shellsOn(g); got != want {
				t.Errorf("%q by %q: a shell on %q, want %q: %+v", script, process, got, want, g.Consoles)
			}
		}
	}
}

func TestBootConsolesByAction(t *testing.T) {
	const script = "#!/bin/sh\ntelnetd\nexec sh\n"
	for tab, want := range map[string]string{
		"::respawn:/etc/c.sh":  "telnetd on console",
		"::askfirst:/etc/c.sh": "telnetd? on console",
		"::sysinit:/etc/c.sh":  "telnetd on console",
		"::wait:/etc/c.sh":     "telnetd on console",
		"::once:/etc/c.sh":     "telnetd on console",
		"tty1::wait:/etc/c.sh": "telnetd on tty1",
		"::shutdown:/etc/c.sh": " on ",
		"# ::wait:/etc/c.sh":   " on ",
	} {
		g := bootOf(t, map[string]string{"etc/inittab": tab + "\n", "etc/c.sh": script, "bin/sh": "-> busybox", "usr/sbin/telnetd": ""})
		if got := started(g) + " on " + shellsOn(g); got != want {
			t.Errorf("%s: %q, want %q", tab, got, want)
		}
	}
}

// A unit's programs read nothing unless the unit gives them a terminal.
func TestBootUnitTerminals(t *testing.T) {
	for service, want := range map[string]string{
		"ExecStart=-/bin/sh\nStandardInput=tty-force\nTTYPath=/dev/ttyS0":       "ttyS0",
		"ExecStart=/etc/c.sh\nStandardInput=tty":                                "console",
		"ExecStart=/bin/sh -c 'exec sh'\nStandardInput=tty\nTTYPath=/dev/tty9":  "tty9",
		"ExecStart=/bin/login -f root\nStandardInput=tty\nTTYPath=/dev/console": "console",
		"ExecStart=/sbin/agetty -a root ttyS1":                                  "ttyS1",
		"ExecStart=/usr/bin/openvt -c 3 /bin/sh":                                "tty3",
		"ExecStart=-/bin/sh":                                                    "",
		"ExecStart=/etc/c.sh":                                                   "",
		"ExecStart=/etc/c.sh\nStandardInput=null\nTTYPath=/dev/ttyS0":           "",
		"ExecStart=/sbin/agetty ttyS1":                                          "",
		"ExecStart=/bin/sh /etc/none\nStandardInput=tty":                        "",
	} {
		files := wantedUnit("[Service]\n"+service+"\n", map[string]string{"etc/c.sh": "#!/bin/sh\nexec sh\n", "bin/sh": "-> busybox", "bin/login": "", "sbin/agetty": "", "usr/bin/openvt": ""})
		maps.Copy(files, systemdBase)
		if got := shellsOn(bootOf(t, files)); got != want {
			t.Errorf("%s: a shell on %q, want %q", service, got, want)
		}
	}
}

// A procd service has no terminal, and its init gives none to the scripts that it runs.
func TestBootProcdConsoles(t *testing.T) {
	g := bootOf(t, map[string]string{
		"etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n::askconsole:/usr/libexec/login.sh\n", "sbin/procd": "", "bin/sh": "-> busybox", "bin/login": "-> busybox",
		"usr/libexec/login.sh": "#!/bin/sh\nexec /bin/login\n", "etc/rc.common": "#!/bin/sh\n",
		"etc/rc.d/S50t": "-> ../init.d/t", "etc/init.d/t": "#!/bin/sh /etc/rc.common\nSTART=50\nUSE_PROCD=1\nstart_service() {\n procd_open_instance\n procd_set_param command /bin/sh\n procd_close_instance\n}\n",
	})
	if got := shellsOn(g); got != "" {
		t.Errorf("a shell on %q: %s", got, fmt.Sprint(g.Consoles))
	}
}
