package facts

import (
	"slices"
	"strings"
	"testing"
)

func TestGuesses(t *testing.T) {
	o := observeFiles(t, map[string]string{
		"etc/hostname":   "Meter-7\n",
		"etc/passwd":     "a:x:1:1::/:/bin/sh\nsupport:x:2:2::/:/bin/sh\nc:x:3:3::/:/bin/sh\nd:x:4:4::/:/bin/sh\ne:x:5:5::/:/bin/sh\n",
		"etc/shadow":     "a:" + sha512Vector + ":::::::\nsupport:aBmE9xr..b1X.:::::::\nc:!:::::::\nd:" + md5Of("meter-7") + ":::::::\ne:" + md5Of("not on any list 8841") + ":::::::\n",
		"etc/other/file": "",
	}, Guesses)
	var got []string
	for _, g := range valueOf(t, o, Guesses) {
		line := g.Name
		if g.Opened {
			line += " opened"
		}
		if g.Tried == g.Of {
			line += " all"
		}
		got = append(got, line)
	}
	want := []string{"a opened", "support opened", "d opened", "e all"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func md5Of(password string) string { return "$1$ab$" + md5Crypt("$1$", password, "ab") }

// A slow hash gets fewer tries, by count, and says so.
func TestGuessBudget(t *testing.T) {
	hash := "$2b$08$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"
	g := tryAll(Bcrypt, 8, hash, []string{"1", "2", "3", "4", "5"}, 3*80<<8)
	if g.Tried != 3 || g.Of != 5 || g.Short == "" {
		t.Errorf("tried %d of %d, because %q; want 3 of 5 and a reason", g.Tried, g.Of, g.Short)
	}
}

// Numbers in a hash must not cost memory or time before they were looked at.
func TestGuessHostile(t *testing.T) {
	for _, hash := range []string{
		"$y$jzz$F5Jx5fExrKuPp53xLKQ..1$" + strings.Repeat("a", 43),
		"$y$z9T$F5Jx5fExrKuPp53xLKQ..1$" + strings.Repeat("a", 43),
		"$y$j$F5Jx5fExrKuPp53xLKQ..1$" + strings.Repeat("a", 43),
		"$7$zzzzzzzzzzzsalt$" + strings.Repeat("a", 43),
		"$2b$31$" + strings.Repeat("a", 53),
		"$2b$39$" + strings.Repeat("a", 53),
		"$6$rounds=9999999999$salt$" + strings.Repeat("a", 86),
		"$sha1$4294967295$salt$" + strings.Repeat("a", 28),
		"_zzzzzzzz" + strings.Repeat("a", 11),
		"$3$$" + strings.Repeat("a", 32),
	} {
		kind, rounds := HashKindOf(hash)
		if kind == "" {
			t.Errorf("%s: not recognised", hash)
			continue
		}
		if g := tryAll(kind, rounds, hash, []string{"a", "b"}, budgetPerHash); g.Tried != 0 || g.Short == "" {
			t.Errorf("%s: tried %d, because %q", hash, g.Tried, g.Short)
		}
	}
}

func TestDefaultsList(t *testing.T) {
	if !strings.Contains(defaultsText, "# version "+strings.TrimPrefix(DefaultsList, "assay-defaults ")+" ") {
		t.Errorf("the list is not %s", DefaultsList)
	}
	list := readDefaults(defaultsText)
	if n := len(list.others); n < 250 {
		t.Errorf("the list has %d pairs", n)
	}
	words := list.words("metering", nil)
	if len(words) != len(slices.Compact(slices.Sorted(slices.Values(words)))) {
		t.Error("words are tried twice")
	}
	for user, passwords := range list.pairs {
		if s := slices.Sorted(slices.Values(passwords)); len(slices.Compact(s)) != len(passwords) {
			t.Errorf("a pair of %s is there twice", user)
		}
	}
}

// What is most likely comes first: a slow hash gets a few dozen tries.
func TestOrderOfWords(t *testing.T) {
	list := readDefaults(defaultsText)
	for user, want := range map[string][]string{
		"pi":       {"raspberry", "pi", ""},
		"metering": {"metering", "", "meter-7", "admin", "password"},
		"root":     {"admin", "password", "1234"},
	} {
		if got := list.words(user, []string{"meter-7"}); !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %q first, want %q", user, got[:len(want)], want)
		}
	}
	if i := slices.Index(list.words("root", nil), "changeme"); i > 40 {
		t.Errorf("changeme is number %d", i)
	}
}

func BenchmarkGuesses(b *testing.B) {
	accounts := []Account{{Name: "root", Password: Hashed, HashKind: MD5Crypt, Rounds: 1000, Hash: NewSecret("md5crypt", md5Of("not on any list 8841"))}}
	for b.Loop() {
		guessAll(accounts, nil)
	}
}
