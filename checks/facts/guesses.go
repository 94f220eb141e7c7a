package facts

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/hashes"
	"github.com/assay-iot/assay/firmware"
)

//go:embed defaults.txt
var defaultsText string

// HashKind is the format of a password hash.
type HashKind = hashes.Kind

// DefaultsList names the built-in list of default passwords and its version, as
// a finding shows it.
const DefaultsList = "assay-defaults 1"

// DefaultPasswords is the built-in list of default passwords.
func DefaultPasswords() string { return defaultsText }

// Guess is the outcome of trying default passwords on one account.
type Guess struct {
	Name     string
	Kind     AccountKind
	HashKind HashKind
	Opened   bool
	// Tried is the number of passwords that were tried; where one fits it is
	// counted in groups, so that it does not tell which one.
	Tried int
	Of    int    // the number of passwords that were worth trying
	Short string // why fewer were tried than were worth it, if so
	// Superseded is that of the account.
	Superseded bool
	Location   assay.Location
}

// Guesses are the outcomes of trying default passwords on all hashes.
var Guesses = &Fact[[]Guess]{
	Name:    "guesses",
	Version: 3,
	Doc:     "Which accounts a list of default passwords opens, and how many were tried.",
	Needs:   []Node{Accounts, Texts},
	Observe: func(o *Observer) ([]Guess, error) {
		accounts, err := Accounts.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		return guessAll(accounts, hostNames(texts)), nil
	},
}

// guessAll tries each distinct hash once, whatever the number of files and
// accounts that have it.
func guessAll(accounts []Account, hosts map[string][]string) []Guess {
	list := readDefaults(defaultsText)
	return guessEach(accounts, budgetOfList, func(same []Account) []string {
		var users, names []string
		for _, a := range same {
			image, _, _ := cutLast(a.Entry.Path, "!")
			users, names = append(users, a.Name), append(names, hosts[image]...)
		}
		return list.words(users, names)
	})
}

// TryWords tries further words on accounts, such as the product's name and
// maker; the answers are in the order of the accounts. They have a budget of
// their own, so that they take nothing from the list.
func TryWords(accounts []Account, words []string) []Guess {
	return guessEach(accounts, budgetOfWords, func([]Account) []string { return words })
}

// defaults is the built-in list.
type defaults struct {
	common []string            // for any user
	pairs  map[string][]string // by user
	others []string            // passwords of pairs of other users
	all    []string            // common and others, each once
}

func readDefaults(text string) defaults {
	d := defaults{pairs: map[string][]string{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		user, password, ok := strings.Cut(line, ":")
		switch {
		case !ok || strings.HasPrefix(line, "#"):
		case user == "*":
			d.common = append(d.common, password)
		default:
			d.pairs[user] = append(d.pairs[user], password)
			d.others = append(d.others, password)
		}
	}
	d.all = once(slices.Concat(d.common, d.others), nil)
	return d
}

// Pairs, users and common passwords that come before everything else, so that a
// slow hash does not lose them.
const (
	firstPairs  = 8
	firstUsers  = 4
	firstCommon = 40
)

// words are the passwords for those who have one hash, in the order of trying:
// pairs of these users, the users' names, nothing, the host names, common
// passwords, the other pairs of the users, the other common ones, and the
// passwords of all other pairs.
func (d defaults) words(users, hosts []string) []string {
	var pairs []string
	for _, user := range users {
		pairs = append(pairs, d.pairs[user]...)
	}
	rank := func(w string) int {
		if i := slices.Index(d.common, w); i >= 0 {
			return i
		}
		return len(d.common)
	}
	slices.SortStableFunc(pairs, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	likely := once(slices.Concat(
		pairs[:min(firstPairs, len(pairs))], users[:min(firstUsers, len(users))], []string{""}, hosts,
		d.common[:min(firstCommon, len(d.common))], pairs, users), nil)
	return append(likely, once(d.all, likely)...)
}

// once leaves out of words what stands before, in them or in others.
func once(words, others []string) []string {
	seen := make(map[string]bool, len(words)+len(others))
	for _, w := range others {
		seen[w] = true
	}
	kept := make([]string, 0, len(words))
	for _, w := range words {
		if !seen[w] {
			kept = append(kept, w)
			seen[w] = true
		}
	}
	return kept
}

// hostNames are the names that the settings of a container give the device, by
// the container's path.
func hostNames(texts *TextSet) map[string][]string {
	names := map[string][]string{}
	for _, t := range texts.Where(func(f *firmware.File) bool { return strings.HasPrefix(f.Name, "etc/") }) {
		switch t.File.Name {
		case "etc/hostname", "etc/HOSTNAME", "etc/sysname":
			c := t.File.Container.Path
			if name := strings.TrimSpace(t.Content); name != "" && len(name) < 64 {
				names[c] = append(names[c], caseForms(name)...)
			}
		case "etc/config/system":
			c := t.File.Container.Path
			for l := range t.Lines() {
				field := strings.Fields(l.Text)
				if len(field) == 3 && field[0] == "option" && field[1] == "hostname" {
					names[c] = append(names[c], caseForms(strings.Trim(field[2], `'"`))...)
				}
			}
		}
	}
	return names
}

// caseForms are a word as written and in lower case.
func caseForms(w string) []string {
	if lower := strings.ToLower(w); lower != w {
		return []string{w, lower}
	}
	return []string{w}
}
