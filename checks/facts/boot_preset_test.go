package facts

import "testing"

func TestBootPresets(t *testing.T) {
	const preset = "lib/systemd/system-preset/90-default.preset"
	first := map[string]string{"etc/machine-id": "uninitialized\n"}
	with := func(more map[string]string) map[string]string {
		m := map[string]string{}
		for _, from := range []map[string]string{first, more} {
			for k, v := range from {
				m[k] = v
			}
		}
		return m
	}
	testBoot(t, systemdBase, []bootCase{
		{"enabled", with(map[string]string{preset: "# x\nenable telnet.service\ndisable *\n"}), "telnetd", 0},
		{"no machine-id", map[string]string{"etc/machine-id": "-", preset: "enable tel*.service\ndisable *\n"}, "telnetd", 0},
		{"by name of the file", with(map[string]string{preset: "disable *\n", "etc/systemd/system-preset/00-x.preset": "enable telnet.service\n"}), "telnetd", 0},
		{"a file hides one of its name", with(map[string]string{preset: "disable *\n", "etc/systemd/system-preset/90-default.preset": "enable telnet.service\n"}), "telnetd", 0},
		{"an instance", with(map[string]string{preset: "enable t@.service a b\ndisable *\n", "lib/systemd/system/t@.service": "[Service]\nExecStart=/usr/sbin/telnetd -p 2%i\n[Install]\nWantedBy=multi-user.target\n"}), "telnetd telnetd", 0},
		{"an alias", with(map[string]string{preset: "enable telnet.service\ndisable *\n", "lib/systemd/system/telnet.service": "[Service]\nExecStart=/usr/sbin/telnetd\n[Install]\nAlias=remote.service\n", "lib/systemd/system/multi-user.target": "[Unit]\nWants=remote.service\n"}), "telnetd", 0},
		{"also", with(map[string]string{preset: "enable a.service\ndisable *\n", "lib/systemd/system/a.service": "[Service]\nExecStart=/bin/true\n[Install]\nAlso=telnet.service\n"}), "telnetd", 0},
		{"no rule speaks of it", with(map[string]string{preset: "disable x.service\n"}), "telnetd?", 0},

		{"no presets at all", map[string]string{"etc/machine-id": "-"}, "", 0},
		{"not the first start", map[string]string{preset: "enable *\n"}, "", 0},
		{"an empty machine-id", map[string]string{"etc/machine-id": "\n", preset: "enable *\n"}, "", 0},
		{"disabled", with(map[string]string{preset: "disable telnet.*\nenable *\n"}), "", 0},
		{"masked preset", with(map[string]string{preset: "enable telnet.service\n", "etc/systemd/system-preset/90-default.preset": "-> /dev/null", "lib/systemd/system-preset/99-d.preset": "disable *\n"}), "", 0},
		{"masked unit", with(map[string]string{preset: "enable telnet.service\n", "etc/systemd/system/telnet.service": "-> /dev/null"}), "", 0},
		{"another ending", with(map[string]string{preset: "disable *\n", "lib/systemd/system-preset/00-x.preset.bak": "enable telnet.service\n"}), "", 0},
		{"for users", with(map[string]string{preset: "disable *\n", "lib/systemd/user-preset/00-x.preset": "enable telnet.service\n"}), "", 0},
		{"wanted by what is not reached", with(map[string]string{preset: "enable *\n", "lib/systemd/system/telnet.service": "[Service]\nExecStart=/usr/sbin/telnetd\n[Install]\nWantedBy=rescue.target\n"}), "", 0},
		{"static", with(map[string]string{preset: "enable *\n", "lib/systemd/system/telnet.service": "[Service]\nExecStart=/usr/sbin/telnetd\n"}), "", 0},
	})
}
