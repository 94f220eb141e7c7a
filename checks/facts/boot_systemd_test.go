package facts

import "testing"

func TestBootUnitsByEvents(t *testing.T) {
	udev := map[string]string{"lib/systemd/systemd-udevd": ""}
	rule := func(text string) map[string]string {
		return map[string]string{"lib/systemd/systemd-udevd": udev["lib/systemd/systemd-udevd"], "lib/udev/rules.d/99-x.rules": text}
	}
	testBoot(t, systemdBase, []bootCase{
		{"a unit starts one", wantedUnit("[Service]\nType=oneshot\nExecStart=/bin/sh -c \"systemctl --no-block start telnet\"\n", nil), "telnetd", 0},
		{"under a condition", wantedUnit("[Service]\nType=oneshot\nExecStart=/bin/sh -c \"nvram get x && systemctl enable --now telnet.service\"\n", nil), "telnetd?", 0},
		{"systemd-run", wantedUnit("[Service]\nType=oneshot\nExecStart=/usr/bin/systemd-run --unit=x -p Nice=5 /usr/sbin/telnetd -F\n", map[string]string{"usr/bin/systemd-run": ""}), "telnetd", 0},
		{"OnFailure", wantedUnit("[Unit]\nOnFailure=telnet.service\n[Service]\nType=oneshot\nExecStart=/bin/false\n", nil), "telnetd?", 0},
		{"after the start", wantedUnit("[Service]\nType=oneshot\nExecStart=/bin/true\n", map[string]string{"etc/systemd/system/service.d/10.conf": "[Service]\nExecStartPost=/usr/sbin/telnetd\n"}), "telnetd", 0},
		{"a folder to start in", wantedUnit("[Service]\nType=oneshot\nWorkingDirectory=/opt\nExecStart=/bin/sh -c ./a.sh\n", map[string]string{"opt/a.sh": "#!/bin/sh\ntelnetd\n"}), "telnetd", 0},
		{"udev runs it", rule("ACTION==\"add\", RUN+=\"/usr/sbin/telnetd\"\n"), "telnetd?", 0},
		{"udev runs a line", rule("ACTION==\"add\", \\\n RUN+=\"/bin/sh -c 'telnetd -p %n'\"\n"), "telnetd?", 0},
		{"udev wants it", rule("TAG+=\"systemd\", ENV{SYSTEMD_WANTS}+=\"telnet.service\"\n"), "telnetd?", 0},

		{"stop", wantedUnit("[Service]\nType=oneshot\nExecStart=/bin/sh -c \"systemctl stop telnet; systemctl status telnet\"\nExecStop=/usr/sbin/telnetd\n", nil), "", 0},
		{"rules without udev", map[string]string{"lib/udev/rules.d/99-x.rules": "RUN+=\"/usr/sbin/telnetd\"\n"}, "", 0},
		{"a rule that is a comment", rule("# RUN+=\"/usr/sbin/telnetd\"\nRUN{builtin}+=\"telnetd\"\n"), "", 0},
		{"rules that are hidden", map[string]string{"lib/systemd/systemd-udevd": "", "lib/udev/rules.d/99-x.rules": "RUN+=\"/usr/sbin/telnetd\"\n", "etc/udev/rules.d/99-x.rules": "-> /dev/null"}, "", 0},
		{"another folder", wantedUnit("[Service]\nType=oneshot\nExecStart=/bin/sh -c ./a.sh\n", map[string]string{"opt/a.sh": "#!/bin/sh\ntelnetd\n"}), "", 0},

		{"a unit that nobody knows", wantedUnit("[Service]\nType=oneshot\nExecStart=/bin/sh -c 'systemctl start $(nvram get u)'\n", nil), "", 1},
		{"a home to start in", wantedUnit("[Service]\nType=oneshot\nWorkingDirectory=~\nExecStart=/bin/sh -c ./a.sh\n", nil), "", 1},
	})
}

func TestBootConfinedUnits(t *testing.T) {
	for settings, reachable := range map[string]bool{
		"PrivateNetwork=yes":                                false,
		"PrivateNetwork=no":                                 true,
		"IPAddressDeny=any\nIPAddressAllow=localhost":       false,
		"IPAddressDeny=any\nIPAddressAllow=127.0.0.0/8 ::1": false,
		"IPAddressDeny=any\nIPAddressAllow=192.168.0.0/16":  true,
		"IPAddressDeny=10.0.0.0/8":                          true,
		"RestrictAddressFamilies=AF_UNIX":                   false,
		"RestrictAddressFamilies=AF_UNIX AF_INET":           true,
		"RestrictAddressFamilies=~AF_INET6":                 true,
	} {
		files := wantedUnit("[Service]\nExecStart=/usr/sbin/telnetd -F\n"+settings+"\n", map[string]string{"usr/sbin/telnetd": ""})
		for k, v := range systemdBase {
			files[k] = v
		}
		for _, s := range bootOf(t, files).Services {
			if s.Reachable() != reachable {
				t.Errorf("%s: reachable %t", settings, s.Reachable())
			}
		}
	}
}
