package facts

import (
	"strings"
	"testing"
)

const (
	md5OfAdmin    = "21232f297a57a5a743894a0e4a801fc3"
	sha1OfAdmin   = "d033e22ae348aeb5660fc2140aec35850c4da997"
	sha256OfAdmin = "8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918"
	md5OfNothing  = "d41d8cd98f00b204e9800998ecf8427e"
	md5OfOther    = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
)

func TestHashesInSettings(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"MD5 of a default":             {"opt/u.json", `{"username":"admin","password":"` + md5OfAdmin + `"}`, "admin md5 opened"},
		"SHA-1 in capitals":            {"opt/u.json", `{"username":"admin","password":"` + strings.ToUpper(sha1OfAdmin) + `"}`, "admin sha1-digest opened"},
		"SHA-256 by name":              {"opt/u.json", `{"username":"admin","password_sha256":"` + sha256OfAdmin + `"}`, "admin sha256-digest opened"},
		"an element":                   {"etc/u.xml", `<user><name>admin</name><password>` + md5OfAdmin + `</password></user>`, "admin md5 opened"},
		"UCI":                          {"etc/config/acme", "config user\n\toption username 'admin'\n\toption password '" + md5OfAdmin + "'\n", "admin md5 opened"},
		"a line of settings":           {"etc/nvram.default", "http_passwd=" + md5OfAdmin, "http_passwd md5 opened"},
		"the user a line before":       {"etc/a.ini", "[login]\nuser = admin\npassword = " + md5OfAdmin, "admin md5 opened"},
		"the user of another":          {"etc/a.ini", "[a]\nuser = bob\n[b]\npassword = " + md5OfAdmin, "password md5 opened"},
		"named hash":                   {"opt/u.json", `{"user":"admin","hash":"` + sha256OfAdmin + `"}`, "admin sha256-digest opened"},
		"a program that compares":      {"www/login.php", "<?php $password_hash = '" + md5OfAdmin + "';", "password_hash md5 opened"},
		"not on the list, by name":     {"opt/u.json", `{"user":"admin","password_md5":"` + md5OfOther + `"}`, "admin md5"},
		"not on the list":              {"opt/u.json", `{"user":"admin","password":"` + md5OfOther + `"}`, ""},
		"not on the list, a program":   {"www/login.php", "<?php $password_md5 = '" + md5OfOther + "';", ""},
		"a checksum":                   {"opt/m.json", `{"file":"fw.bin","hash":"` + sha256OfAdmin[1:] + `0"}`, ""},
		"of an empty file":             {"opt/m.json", `{"file":"a","hash":"` + md5OfNothing + `"}`, ""},
		"a key of a network":           {"etc/w.conf", "wpa_psk=" + sha256OfAdmin, ""},
		"a digest of another name":     {"opt/m.json", `{"build":"` + md5OfAdmin + `"}`, ""},
		"too long for a digest":        {"opt/u.json", `{"password":"` + md5OfAdmin + `00"}`, ""},
		"a page":                       {"www/i.html", `<input password="` + md5OfAdmin + `">`, ""},
		"a comment":                    {"etc/a.ini", "# password = " + md5OfAdmin, ""},
		"argon2":                       {"opt/u.json", `{"user":"admin","hash":"$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$` + strings.Repeat("Ab3", 15)[:43] + `"}`, "admin argon2"},
		"Werkzeug":                     {"opt/u.json", `{"user":"admin","hash":"pbkdf2:sha256:1000$abcdefgh$` + strings.Repeat("a1", 32) + `"}`, "admin pbkdf2"},
		"Werkzeug's, a default":        {"opt/u.json", `{"user":"admin","hash":"pbkdf2:sha256:1000$abcdefgh$` + werkzeugOfAdmin + `"}`, "admin pbkdf2 opened"},
		"Django's, a default":          {"opt/u.json", `{"user":"admin","password":"pbkdf2_sha256$1000$abcdefgh$` + djangoOfAdmin + `"}`, "admin pbkdf2 opened"},
		"Werkzeug's scrypt":            {"opt/u.json", `{"user":"admin","hash":"scrypt:32768:8:1$abcdefgh$` + strings.Repeat("a1", 64) + `"}`, "admin unknown-hash"},
		"a database with a clear word": {"opt/u.json", `{"user":"admin","password":"Tz8kq2pW"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, g := range observed(t, Guesses, map[string]string{tc.file: tc.content + "\n"}) {
				s := g.Name + " " + string(g.HashKind)
				if g.Opened {
					s += " opened"
				}
				got = append(got, s)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// PBKDF2 with HMAC-SHA-256 of "admin", salt "abcdefgh", 1000 rounds; as Python's
// hashlib.pbkdf2_hmac computes it.
const (
	werkzeugOfAdmin = "84132985c7fe4641d78d9e97158f4358b9546ac1d09bbbe436a0615a0d873f5a"
	djangoOfAdmin   = "hBMphcf+RkHXjZ6XFY9DWLlUasHQm7vkNqBhWg2HP1o="
)

// What is surely the digest of a password is no password in clear.
func TestDigestIsNoClearText(t *testing.T) {
	for content, want := range map[string]string{
		`{"password":"` + md5OfAdmin + `"}`: "",
		`{"password":"` + md5OfOther + `"}`: "password",
		`{"password":"admin"}`:              "password",
	} {
		if got := secretsOf(t, "opt/u.json", content+"\n"); got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
}
