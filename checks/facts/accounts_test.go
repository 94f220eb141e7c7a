package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/checks/facts/hashes"
	"github.com/assay-iot/assay/firmware"
)

// observeFiles observes a folder with these files.
func observeFiles(t testing.TB, files map[string]string, nodes ...Node) *Observation {
	t.Helper()
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	o, err := Observe(context.Background(), firmware.Source{Name: "root", Folder: folder, Modes: true}, firmware.Options{}, nodes...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// value asks an observation for a fact.
func valueOf[T any](t testing.TB, o *Observation, f Source[T]) T {
	t.Helper()
	v, err := f.Of(o.For("test", []Node{f}))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const sha512Vector = "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"

func TestAccounts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string // per account: place, name, uid, state, kind, whether one gets in
	}{
		{"shadow decides", map[string]string{
			"etc/passwd": "root:x:0:0:root:/root:/bin/sh\n# comment\nnobody:*:65534:65534::/:/bin/false\n",
			"etc/shadow": "root::19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n",
		}, "etc/shadow:1 root 0 empty in\netc/shadow:2 nobody 65534 locked"},
		{"x without shadow is not empty", map[string]string{
			"etc/passwd": "installer:x:1:1::/:/bin/network-console\n",
		}, "etc/passwd:1 installer 1 locked"},
		{"no shadow file", map[string]string{
			"etc/passwd": "root::0:0:root:/root:\nadmin:" + sha512Vector + ":0:0::/:/bin/sh\nold:abJnggxhB/yWI:5:5::/:/bin/sh\n",
		}, "etc/passwd:1 root 0 empty in\netc/passwd:2 admin 0 hashed sha512crypt in\netc/passwd:3 old 5 hashed descrypt in"},
		{"locks", map[string]string{
			"etc/passwd": "a:x:1:1::/:/bin/sh\nb:x:2:2::/:/bin/sh\nc:x:3:3::/:/bin/sh\nd:x:4:4::/:/bin/sh\ne:x:5:5::/:/bin/sh\nf:x:6:6::/:/bin/sh\n",
			"etc/shadow": "a:!:::::::\nb:!!:::::::\nc:*LK*:::::::\nd:!" + sha512Vector + ":::::::\ne:x:::::::\nf:" + sha512Vector + ":::::::\n",
		}, "etc/shadow:1 a 1 locked\netc/shadow:2 b 2 locked\netc/shadow:3 c 3 locked\netc/shadow:4 d 4 locked\netc/shadow:5 e 5 locked\netc/shadow:6 f 6 hashed sha512crypt in"},
		{"every folder of settings", map[string]string{
			"etc_ro/passwd":         "root:x:0:0::/:/bin/sh\n",
			"etc_ro/shadow":         "root::::::::\n",
			"rom/etc/passwd":        "root::0:0::/:/bin/ash\n",
			"etc/passwd.default":    "root:x:0:0::/:/bin/sh\n",
			"etc/shadow.default":    "root:$1$ab$oKsM6dtDD2L1bKowOBX.7.:::::::\n",
			"usr/bin/passwd":        "\x7fELF root::0:0::/:/bin/sh",
			"etc/pam.d/passwd":      "auth required pam_unix.so\n",
			"usr/share/passwd.html": "root::0:0::/:/bin/sh\n",
		}, "etc/shadow.default:1 root 0 hashed md5crypt in\netc_ro/shadow:1 root 0 empty in\nrom/etc/passwd:1 root 0 empty in"},
		{"a backup is superseded", map[string]string{
			"etc/passwd": "root:x:0:0::/:/bin/sh\n", "etc/shadow": "root:!:::::::\n",
			"etc/passwd-": "root:x:0:0::/:/bin/sh\n", "etc/shadow-": "root::::::::\nold::::::::\n",
		}, "etc/shadow:1 root 0 locked\netc/shadow-:1 root 0 empty superseded\netc/shadow-:2 old -1 empty"},
		{"shadow alone", map[string]string{
			"etc/shadow": "root::::::::\n",
		}, "etc/shadow:1 root -1 empty in"},
		{"nobody of that name", map[string]string{
			"etc/passwd": "root:!:0:0::/:/bin/sh\n", "etc/shadow": "ghost::::::::\n",
		}, "etc/passwd:1 root 0 locked\netc/shadow:1 ghost -1 empty"},
		{"brokers and web servers", map[string]string{
			"etc/mosquitto/pwfile": "hub:" + "$7$101$c2FsdHNhbHRzYWx0$FCG7EBo8zJik0YXy2GHzSQZMIgRMOw788yO4Bu88kcpfFKpL26d4kQZwYWnUrhm5QP8Ay4tRcegPZigCc1KVBg==" + "\n",
			"www/.htpasswd":        "admin:" + "$apr1$abcdefgh$FBwExRW4dCc8aL.OvjpIE1" + "\nold:abJnggxhB/yWI\n",
			"etc/words":            "old:abJnggxhB/yWI\n",
			"etc/start":            "echo 'root:" + sha512Vector + "' >/etc/shadow\n",
		}, "etc/mosquitto/pwfile:1 hub -1 hashed mosquitto-pbkdf2 in\nwww/.htpasswd:1 admin -1 hashed apr1 in\nwww/.htpasswd:2 old -1 hashed descrypt in"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			accounts := valueOf(t, observeFiles(t, tt.files, Accounts), Accounts)
			var got []string
			for _, a := range accounts {
				place := strings.TrimPrefix(a.Location.String(), "root!")
				line := fmt.Sprintf("%s %s %d %s", place, a.Name, a.UID, a.Password)
				if a.HashKind != "" {
					line += " " + string(a.HashKind)
				}
				if a.CanLogIn() {
					line += " in"
				}
				if a.Superseded {
					line += " superseded"
				}
				got = append(got, line)
			}
			if g := strings.Join(got, "\n"); g != tt.want {
				t.Errorf("got\n%s\nwant\n%s", g, tt.want)
			}
		})
	}
}

func TestAccountsBehindLinks(t *testing.T) {
	folder := fstest.MapFS{
		"etc/passwd":      {Data: []byte("../data/users"), Mode: fs.ModeSymlink | 0o777},
		"etc/shadow":      {Data: []byte("/tmp/nowhere"), Mode: fs.ModeSymlink | 0o777},
		"data/users":      {Data: []byte("root::0:0::/:/bin/sh\n")},
		"etc/loop/passwd": {Data: []byte("passwd"), Mode: fs.ModeSymlink | 0o777},
	}
	o, err := Observe(t.Context(), firmware.Source{Name: "root", Folder: folder}, firmware.Options{}, Accounts, AccountFiles)
	if err != nil {
		t.Fatal(err)
	}
	accounts := valueOf(t, o, Accounts)
	if len(accounts) != 1 || accounts[0].Password != Empty || accounts[0].Location.Path != "root!data/users" {
		t.Errorf("got %+v", accounts)
	}
}

// A location must lead back to the line that it speaks of.
func TestAccountPlace(t *testing.T) {
	content := "root:x:0:0::/:/bin/sh\nadmin::0:0::/:/bin/sh\n"
	accounts := valueOf(t, observeFiles(t, map[string]string{"etc/passwd": content}, Accounts), Accounts)
	l := accounts[1].Location
	if got := content[l.Offset : l.Offset+l.Length]; got != "admin::0:0::/:/bin/sh" {
		t.Errorf("the place of admin holds %q", got)
	}
}

func TestAccountsKeepSecretsIn(t *testing.T) {
	o := observeFiles(t, map[string]string{"etc/passwd": "root:" + sha512Vector + ":0:0::/:/bin/sh\n"}, Accounts, Guesses)
	stored, err := json.Marshal(o.Store(Accounts, Guesses, accountScan))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Store(Accounts, Guesses, accountScan) {
		stored = append(stored, s.Value...)
	}
	if strings.Contains(string(stored), "qFmFH") {
		t.Errorf("the hash is stored: %s", stored)
	}
}

func FuzzAccountLines(f *testing.F) {
	for _, s := range []string{"root:x:0:0:root:/root:/bin/sh\n", "root::::::::\n", "hub:$7$101$a$b\n", "admin:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n", "a:_J9..rasmEedsvB6g8/6:1:1:::\n"} {
		for _, name := range []string{"etc/passwd", "etc/shadow", ".htpasswd", "other"} {
			f.Add(name, s)
		}
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		file := &firmware.File{Path: "x!" + name, Name: name, Size: int64(len(content))}
		lines := accountLines(file, accountForm(name), []byte(content))
		lines = append(lines, compiledAccounts(file, []byte(content), hashAnchors.Sights([]byte(content)))...)
		for _, a := range joinAccounts(lines) {
			if a.Location.Offset+a.Location.Length > int64(len(content)) {
				t.Errorf("place outside the file: %+v", a.Location)
			}
			if a.Password == Hashed {
				hashes.Cost(a.HashKind, a.Rounds, mustReveal(t, a.Hash))
			}
		}
	})
}

func mustReveal(t *testing.T, s Secret) string {
	v, ok := s.Reveal()
	if !ok {
		t.Fatal("the secret is gone")
	}
	return v
}

// Two forms of hash have commas of their own; elsewhere what follows one is the
// password's age.
func TestCommasInHashes(t *testing.T) {
	for field, want := range map[string]HashKind{
		"$md5,rounds=904$abcdefgh$$rp6oWbLxmkMVnlDU7WKVI/":                  hashes.SunMD5,
		"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA": hashes.Argon2,
		"abmF1QH4PEr.E,.z8.": hashes.DES,
	} {
		var a Account
		a.setPassword(field, hashes.KindOf)
		if a.Password != Hashed || a.HashKind != want {
			t.Errorf("%s: %s %s, want %s", field, a.Password, a.HashKind, want)
		}
	}
}

// TestIsAccountName compares the names of accounts with their form.
func TestIsAccountName(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_.@-]{0,63}\$?$`)
	for _, name := range []string{"", "$", "root", "_apt", ".x", "-x", "@x", "a-b@c.d", "PC$", "PC$$", "a b", "a:", "ä", strings.Repeat("a", 64), strings.Repeat("a", 64) + "$", strings.Repeat("a", 65), "root\n"} {
		if got, want := isAccountName(name), form.MatchString(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}
