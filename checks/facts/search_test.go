package facts

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/wordsearch"
	"github.com/assay-iot/assay/firmware"
)

// sight is a word at a place.
type sight struct{ at, word int }

// lister is a scan that tells of all its words.
func lister(name string, words ...string) *Scan[sight] {
	return &Scan[sight]{
		Name: name, Doc: "Its words.", Words: newLiterals(words),
		Spot: func(_ *firmware.File, _ []byte, words sights) (all []sight) {
			words.Each(func(word, at int) bool { all = append(all, sight{at, word}); return true })
			return all
		},
	}
}

// TestSearch has scans whose words overlap, and one with more of them than are
// kept: each sees what it would have found alone.
func TestSearch(t *testing.T) {
	content := []byte("factory reset, Factory Reset; " + strings.Repeat("reset ", wordsearch.MaxSights+10) + "factory")
	scans := []*Scan[sight]{lister("one", "factory", "Reset"), lister("two", "reset", "factory reset"), lister("none", "absent")}
	plain := &Scan[int]{Name: "plain", Doc: "Sizes.", See: func(_ *firmware.File, b []byte) []int { return []int{len(b)} }}
	nodes := []Node{scans[0], plain, scans[1], scans[2]}
	o, err := Observe(t.Context(), firmware.Bytes("text.txt", content), firmware.Options{}, nodes...)
	if err != nil {
		t.Fatal(err)
	}
	as := o.For("test", nodes)
	for _, scan := range scans {
		var want []sight
		scan.Words.Find(content, func(word, at int) bool { want = append(want, sight{at, word}); return true })
		got, err := scan.Of(as)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %d places (%v), want %d", scan.Name, len(got), err, len(want))
		}
	}
	if sizes, err := plain.Of(as); err != nil || len(sizes) != 1 || sizes[0] != len(content) {
		t.Errorf("plain: %v, %v", sizes, err)
	}
}

// TestNamesNetwork compares the search with the expression that it stands for.
func TestNamesNetwork(t *testing.T) {
	form := regexp.MustCompile(`(?m)^\s*ssid2?=`)
	for _, text := range []string{
		"", "ssid=x", "ssid2=x", "ssid3=x", "a\n \t ssid=x", "a ssid=x", "bssid=x\nssid=y", "#ssid=x\nssid\nssid =", "\r\nssid=", "x\fssid=", "\n\f\vssid=", "ssid22=",
	} {
		if got, want := namesNetwork(text), form.MatchString(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestVersionOfDropbear compares the search with the expression alone.
func TestVersionOfDropbear(t *testing.T) {
	for _, text := range []string{
		"", "SSH-2.0-dropbear_2014.65\r\n", "x.12\x00SSH-2.0-dropbear_2014.65\x00", "\x002017.75\x00\x002019.78\x00", "\x000.52\x00", "\x001.52\x00",
		"2014.65\x00", "SSH-2.0-dropbear_2014.65", "SSH-2.0-dropbear_2014.6", "...\x002020.81\x00", ".12\x002020.81\r",
	} {
		got, want := versionOfDropbear([]byte(text)), dropbearVersion.Get().FindSubmatch([]byte(text))
		if len(got) != len(want) || len(got) > 0 && string(got[0]) != string(want[0]) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestMayHoldHash wants the question asked before hashAssignment to be true wherever
// that finds something.
func TestMayHoldHash(t *testing.T) {
	salt := strings.Repeat("Ab0./", 8)
	for _, value := range []string{
		"$1$" + salt, "$2y$10$" + salt, "$5$rounds=5000$" + salt, "$6$" + salt, "$y$j9T$" + salt, "$gy$j9T$" + salt, "$sha1$24680$" + salt, "$apr1$" + salt,
		"$argon2id$v=19$m=65536,t=3,p=4$" + salt, "$argon2i$m=512,t=2,p=2$" + salt, "pbkdf2:sha256:260000$" + salt, "pbkdf2_sha256$260000$" + salt, "scrypt:32768:8:1$" + salt,
	} {
		for _, line := range []string{"password=" + value, "a=$X; b=$$; hash: '" + value + "'"} {
			if !hashAssignment.Get().MatchString(line) {
				t.Fatalf("%q is no case of the expression", line)
			}
			if !mayHoldHash(line) {
				t.Errorf("%q is passed over", line)
			}
		}
	}
	for _, line := range []string{"", "$", "pass=$1", "pass=$$", "pass=$pass $user", "pass=${x}$y"} {
		if mayHoldHash(line) {
			t.Errorf("%q costs an expression", line)
		}
	}
}
