package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestOwnersOfPasswords(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a section":            {"app/ipc.ini", "[user0]\nusername = admin\npassword = admin\n", "admin"},
		"no blanks":            {"app/user.ini", "[user0]\nname=admin\npwd=888888\n", "admin"},
		"objects in a line":    {"app/users.json", `{"users":[{"name":"root","password":"vizxv"},{"username":"admin","password":"admin"}]}`, "root,admin"},
		"an object over lines": {"app/users.json", "{\n \"users\": [\n  {\n   \"username\": \"admin\",\n   \"password\": \"admin12\"\n  }\n ]\n}\n", "admin"},
		"a broker":             {"app/a.ini", "[mqtt]\nhost = mq.vendor.example\nusername = admin\npassword = admin\n", ""},
		"a broker, JSON":       {"app/a.json", `{"mqtt":{"server":"mq.vendor.example","username":"admin","password":"admin"}}`, ""},
		"a data base":          {"app/a.ini", "[db]\ndatabase = app\nuser = root\npassword = root\n", ""},
		"another section":      {"app/a.ini", "[a]\nusername = admin\n\n[b]\npassword = admin\n", ""},
		"two users":            {"app/a.ini", "username = admin\nlogin = guest\npassword = admin\n", ""},
		"another machine's":    {"app/a.ini", "[a]\nusername = admin\nmqtt_password = admin\n", ""},
	} {
		got := ""
		for _, s := range textSecrets(Text{File: &firmware.File{Name: tc.file, Path: tc.file}, Content: tc.content}) {
			if s.User != "" {
				if got != "" {
					got += ","
				}
				got += s.User
			}
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}
