package facts

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

func TestSaltedDigests(t *testing.T) {
	m := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	s1 := func(s string) string { h := sha1.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	s2 := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	for name, tc := range map[string]struct{ content, want string }{
		"salt before":            {`{"user":"admin","salt":"x7Kq","password_hash":"` + s2("x7Kqadmin") + `"}`, "admin salted-digest opened"},
		"salt behind, line next": {"[u]\nuser=admin\npassword=" + m("adminx7Kq") + "\npassword_salt=x7Kq\n", "admin salted-digest opened"},
		"salt of bytes":          {"user: admin\nsalt: 0a1b2c3d\nhash: " + s1("\x0a\x1b\x2c\x3dadmin") + "\n", "admin salted-digest opened"},
		"the user and a realm":   {"user = admin\nrealm = \"My Cam\"\npassword = " + m("admin:My Cam:admin") + "\n", "admin salted-digest opened"},
		"the user":               {"user = admin\npassword = " + m("admin:admin") + "\n", "admin salted-digest opened"},
		"of two salts that fits": {`{"user":"a","salt":"aaaa","pwd_md5":"` + m("aaaa1234") + `"},{"user":"b","salt":"bbbb","pwd_md5":"` + m("bbbb1234") + `"}`, "a salted-digest opened, b salted-digest opened"},
		"not on the list":        {`{"user":"admin","salt":"x7Kq","password_md5":"` + m("x7Kqhj6Tz0") + `"}`, "admin salted-digest"},
		// Without its salt, of something else, and far from it.
		"no salt":              {`{"user":"admin","password":"` + m("x7Kqadmin") + `"}`, ""},
		"a checksum":           {"salt=x7Kq\nhash=" + s2("some file") + "\n", ""},
		"another name":         {"salt=x7Kq\nbuild=" + m("x7Kqadmin") + "\npass=\n", ""},
		"behind an empty line": {"salt=x7Kq\n\nuser=admin\npassword=" + m("x7Kqadmin") + "\n", ""},
		"a key of a network":   {"salt=x7Kq\nwpa_psk=" + s2("x7Kqadmin") + "\n", ""},
	} {
		var got []string
		for _, g := range observed(t, Guesses, map[string]string{"opt/u.conf": tc.content + "\n"}) {
			s := g.Name + " " + string(g.HashKind)
			if g.Opened {
				s += " opened"
			}
			got = append(got, s)
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

// However many digests a file holds, so many are tried with salts.
func TestManySaltedDigests(t *testing.T) {
	var b strings.Builder
	for i := range maxSalted + 50 {
		h := md5.Sum([]byte(fmt.Sprintf("%dxy", i)))
		fmt.Fprintf(&b, "user=u%d\nsalt=s%d\npassword_md5=%x\n\n", i, i, h)
	}
	salted := 0
	for _, g := range observed(t, Guesses, map[string]string{"opt/u.conf": b.String()}) {
		if g.HashKind == hashes.SaltedDigest {
			salted++
		}
	}
	if salted != maxSalted {
		t.Errorf("%d digests with salts, want %d", salted, maxSalted)
	}
}
