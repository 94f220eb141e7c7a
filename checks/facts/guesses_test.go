package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-crypt/x/crypt"

	"github.com/assay-iot/assay/checks/facts/hashes"
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

func tryOn(kind HashKind, rounds int, hash string, words []string, budget int) Guess {
	account := Account{Name: "root", Password: Hashed, HashKind: kind, Rounds: rounds, Hash: NewSecret(string(kind), hash)}
	return guessEach([]Account{account}, budget, func([]Account) []string { return words })[0]
}

func md5Of(password string) string {
	return "$1$ab$" + string(crypt.KeyMD5Crypt([]byte(password), []byte("ab")))
}

// A slow hash gets fewer tries, by count, and says so.
func TestGuessBudget(t *testing.T) {
	hash := "$2b$08$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"
	g := tryOn(hashes.Bcrypt, 8, hash, []string{"1", "2", "3", "4", "5"}, 3*80<<8)
	if g.Tried != 3 || g.Of != 5 || g.Short == "" {
		t.Errorf("tried %d of %d, because %q; want 3 of 5 and a reason", g.Tried, g.Of, g.Short)
	}
}

// The budget is that of the image: many slow hashes share it, the superuser's
// gets most, and of each it is said how far its words were tried.
func TestGuessBudgetIsShared(t *testing.T) {
	var accounts []Account
	add := func(name string, uid int, login bool) {
		hash := "$6$" + name + "$" + strings.Repeat("a", 86)
		accounts = append(accounts, Account{
			Name: name, UID: uid, Login: login, Password: Hashed,
			HashKind: hashes.SHA512Crypt, Rounds: 5000, Hash: NewSecret("sha512crypt", hash),
		})
	}
	for i := range 60 {
		add(fmt.Sprintf("user%02d", i), 1000+i, true)
	}
	add("daemon", 1, false)
	add("toor", 0, true)
	words := strings.Fields(strings.Repeat("w ", 100))
	for i := range words {
		words[i] += fmt.Sprint(i)
	}
	cost, _, _ := hashes.Cost(hashes.SHA512Crypt, 5000, "")
	guesses := guessEach(accounts, 150*cost, func([]Account) []string { return words })
	all, tried := 0, map[string]int{}
	for _, g := range guesses {
		all += g.Tried
		tried[g.Name] = g.Tried
		if g.Tried < g.Of && g.Short == "" {
			t.Errorf("%s: %d of %d tried and no word why", g.Name, g.Tried, g.Of)
		}
	}
	if all != 150 {
		t.Errorf("%d tries, the budget is for 150", all)
	}
	if tried["toor"] < 52 || tried["user00"] == 0 || tried["user59"] == 0 || tried["daemon"] > tried["user59"] {
		t.Errorf("shared as %v", tried)
	}
}

// A hash that several files and accounts have is tried once, with the words of
// all of them.
func TestGuessOnce(t *testing.T) {
	hash := NewSecret("sha512crypt", sha512Vector)
	accounts := []Account{
		{Name: "zoe", Login: true, Password: Hashed, HashKind: hashes.SHA512Crypt, Rounds: 5000, Hash: hash},
		{Name: "root", Login: true, Password: Hashed, HashKind: hashes.SHA512Crypt, Rounds: 5000, Hash: hash},
	}
	jobs, of := guessings(accounts)
	if len(jobs) != 1 || of[0] != of[1] || of[0].users[0].Name != "root" {
		t.Errorf("%d hashes, the first user is %s", len(jobs), of[0].users[0].Name)
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
	} {
		kind, rounds := hashes.KindOf(hash)
		if kind == "" {
			t.Errorf("%s: not recognised", hash)
			continue
		}
		if g := tryOn(kind, rounds, hash, []string{"a", "b"}, budgetOfList); g.Tried != 0 || g.Short == "" {
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
	words := list.words([]string{"metering"}, nil)
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
		if got := list.words([]string{user}, []string{"meter-7"}); !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %q first, want %q", user, got[:len(want)], want)
		}
	}
	if i := slices.Index(list.words([]string{"root"}, nil), "changeme"); i > 40 {
		t.Errorf("changeme is number %d", i)
	}
}

func BenchmarkGuesses(b *testing.B) {
	accounts := []Account{{Name: "root", Password: Hashed, HashKind: hashes.MD5Crypt, Rounds: 1000, Hash: NewSecret("md5crypt", md5Of("not on any list 8841"))}}
	for b.Loop() {
		guessAll(accounts, nil)
	}
}
