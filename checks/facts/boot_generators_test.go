package facts

import "testing"

func TestBootGenerators(t *testing.T) {
	const sysv, rcLocal = "lib/systemd/system-generators/systemd-sysv-generator", "lib/systemd/system-generators/systemd-rc-local-generator"
	const script = "#!/bin/sh\ncase $1 in start) telnetd;; esac\n"
	const unit = "[Unit]\nConditionFileIsExecutable=/etc/rc.local\n[Service]\nType=forking\nExecStart=/etc/rc.local start\n"
	testBoot(t, systemdBase, []bootCase{
		{"sysv", map[string]string{sysv: "", "etc/init.d/t": script, "etc/rc3.d/S20t": "-> ../init.d/t"}, "telnetd", 0},
		{"rc.local", map[string]string{rcLocal: "", "etc/rc.local": "#!/bin/sh\ntelnetd\n", "lib/systemd/system/rc-local.service": unit}, "telnetd", 0},

		{"no generator", map[string]string{"etc/init.d/t": script, "etc/rc3.d/S20t": "-> ../init.d/t", "etc/rc.local": "#!/bin/sh\ntelnetd\n"}, "", 0},
		{"masked generator", map[string]string{sysv: "", "etc/systemd/system-generators/systemd-sysv-generator": "-> /dev/null", "etc/init.d/t": script, "etc/rc3.d/S20t": "-> ../init.d/t"}, "", 0},
		{"a unit takes its place", map[string]string{sysv: "", "etc/init.d/t": script, "etc/rc3.d/S20t": "-> ../init.d/t", "etc/systemd/system/t.service": "-> /dev/null"}, "", 0},
		{"another level", map[string]string{sysv: "", "etc/init.d/t": script, "etc/rc5.d/S20t": "-> ../init.d/t", "etc/rc0.d/S20t": "-> ../init.d/t"}, "", 0},
		{"no link", map[string]string{sysv: "", "etc/init.d/t": script}, "", 0},
		{"a stop", map[string]string{sysv: "", "etc/init.d/t": script, "etc/rc3.d/K20t": "-> ../init.d/t"}, "", 0},
		{"rc.local is not executable", map[string]string{rcLocal: "", "etc/rc.local": "telnetd\n", "lib/systemd/system/rc-local.service": unit}, "", 0},

		{"a generator of the vendor", map[string]string{"lib/systemd/system-generators/acme-generator": ""}, "", 1},
	})
}
