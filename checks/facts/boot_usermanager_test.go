package facts

import "testing"

func TestBootUserManagers(t *testing.T) {
	const unit = "[Service]\nExecStart=%h/t\n"
	base := mergedFiles(systemdBase, map[string]string{
		"lib/systemd/system/user@.service": "[Service]\nUser=%i\nExecStart=-/lib/systemd/systemd --user\n", "etc/passwd": "root:x:0:0::/root:/bin/sh\napp:x:100:100::/srv/app:/bin/sh\n",
		"usr/lib/systemd/user/default.target": "[Unit]\nRequires=basic.target\n", "srv/app/t": "#!/bin/sh\nexec telnetd -F\n",
	})
	user := func(name string, files map[string]string) map[string]string {
		return mergedFiles(files, map[string]string{"var/lib/systemd/linger/" + name: "x"})
	}
	own := map[string]string{"srv/app/.config/systemd/user/t.service": unit, "srv/app/.config/systemd/user/default.target.wants/t.service": "-> ../t.service"}
	all := map[string]string{"usr/lib/systemd/user/t.service": unit, "etc/systemd/user/default.target.wants/t.service": "-> /usr/lib/systemd/user/t.service"}
	testBoot(t, base, []bootCase{
		{"a unit of the user", user("app", own), "telnetd", 0},
		{"a unit of all users", user("app", all), "telnetd", 0},
		{"a socket of the user", user("app", map[string]string{"etc/systemd/user/sockets.target.wants/v.socket": "-> /usr/lib/systemd/user/v.socket", "usr/lib/systemd/user/v.socket": "[Socket]\nListenStream=2121\n", "usr/lib/systemd/user/v.service": "[Service]\nExecStart=/usr/sbin/vsftpd\n"}), "vsftpd", 0},

		{"nobody stays", own, "", 0},
		{"a unit of another user", user("root", own), "", 0},
		{"a unit of the system", user("app", map[string]string{"etc/systemd/user/default.target.wants/telnet.service": "-> /lib/systemd/system/none.service"}), "", 0},
		{"no manager for users", user("app", mergedFiles(own, map[string]string{"lib/systemd/system/user@.service": "-"})), "", 0},

		{"a command that nobody knows", user("app", map[string]string{"etc/systemd/user/default.target.wants/t.service": "-> /usr/lib/systemd/user/t.service", "usr/lib/systemd/user/t.service": "[Service]\nExecStart=/bin/sh -c \"$(nvram get x)\"\n"}), "", 1},
	})
	for _, s := range bootOf(t, mergedFiles(base, user("app", own), map[string]string{"usr/sbin/telnetd": ""})).Services {
		if s.Name == "telnetd" && s.User != "app" {
			t.Errorf("telnetd runs as %q", s.User)
		}
	}
}
