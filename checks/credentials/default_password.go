package credentials

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/internal/lazyregexp"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed default_password.md
var defaultPasswordDoc string

// DefaultPassword fails an image in which a well-known password opens an account.
var DefaultPassword = &checks.Check{
	ID:        "credentials/default-password",
	Title:     "no account has a well-known password",
	Doc:       defaultPasswordDoc,
	Remedy:    "Lock the account, or give each device a random password of its own.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Critical,
	Provision: []string{"5.1-1"},
	Version:   8,
	Needs:     checks.Needs(facts.CutScripts, facts.Accounts, facts.AccountFiles, facts.PasswordWrites, facts.Guesses, facts.PlainSecrets),
	Run:       defaultPassword,
}

func defaultPassword(c *checks.Context) checks.Judgement {
	accounts := checks.Ask(c, facts.Accounts)
	words := productWords(c.Product)
	var found []assay.Finding
	var closed []string
	for _, g := range withWords(checks.Ask(c, facts.Guesses), accounts, words) {
		a := accountOf(accounts, g)
		tried := fmt.Sprintf("tried %d of %d", g.Tried, g.Of)
		switch {
		case g.Opened:
			found = append(found, checks.Noted(opened(a), who(a)+" has a default password",
				"list "+facts.DefaultsList+", "+tried, a.Location))
		case g.Short != "":
			closed = append(closed, who(a)+": "+tried+", "+g.Short)
		default:
			closed = append(closed, who(a)+": "+tried)
		}
	}
	for _, s := range checks.Ask(c, facts.PlainSecrets) {
		if s.Off {
			continue // credentials/plaintext notes it
		}
		if s.Embedded && s.OnList && !s.Wifi {
			found = append(found, checks.Noted(assay.Critical, s.Name+" is a default password", "list "+facts.DefaultsList, s.Location))
		} else if s.OnList && slices.Contains(deviceUsers, strings.ToLower(s.User)) {
			found = append(found, checks.Noted(checks.Graded(assay.Critical, s.Location), "the login "+s.User+" in "+assay.Inside(s.Location.Path)+" has a default password", "list "+facts.DefaultsList, s.Location))
		} else if s.OnList && !s.Wifi && deviceLogin.MatchString(s.Name) {
			found = append(found, checks.Noted(checks.Graded(assay.Critical, s.Location), "the setting "+s.Name+" is a default password", "list "+facts.DefaultsList, s.Location))
		}
	}
	j := judge(c, found, checks.Ask(c, facts.AccountFiles))
	if j.Verdict == assay.Pass && len(closed) > 0 {
		slices.Sort(closed)
		return c.Inconclusive("no password of the list %s fits, which does not make the others good (%s)",
			facts.DefaultsList, someOf(slices.Compact(closed)))
	}
	return orUnclear(c, j)
}

// deviceLogin is the name of a setting that holds the password of a login to the device
// itself, as in the defaults of a router. Those of other machines have more in their name.
var deviceLogin = lazyregexp.New(`(?i)^(?:(?:http|https|httpd|web|www|admin|root|telnet|telnetd|ssh|sshd|sys|system|super|suser|supervisor|login)[._-]?)+(?:user|account)?[._-]?(?:password|passwd|passwrd|pass|pwd)$`)

// deviceUsers are names of those who log in to a device itself.
var deviceUsers = []string{"admin", "administrator", "root", "user", "guest", "operator", "service", "support", "installer", "supervisor", "superuser", "telecomadmin"}

// opened grades a known password: where there is no shell, some service may
// still take it.
func opened(a facts.Account) assay.Severity {
	switch {
	case a.Superseded:
		return assay.Low
	case !a.Login:
		return checks.Graded(assay.Medium, a.Location)
	}
	return checks.Graded(assay.Critical, a.Location)
}

func accountOf(accounts []facts.Account, g facts.Guess) facts.Account {
	for _, a := range accounts {
		if a.Name == g.Name && a.Location == g.Location {
			return a
		}
	}
	return facts.Account{Name: g.Name, Kind: g.Kind, Location: g.Location, Login: true, Superseded: g.Superseded}
}

// maxClosed is the number of accounts that a reason names.
const maxClosed = 20

func someOf(closed []string) string {
	if n := len(closed) - maxClosed; n > 0 {
		closed = append(slices.Clone(closed[:maxClosed]), fmt.Sprintf("and %d more accounts", n))
	}
	return strings.Join(closed, "; ")
}

// withWords tries further words on the accounts that the list did not open.
func withWords(guesses []facts.Guess, accounts []facts.Account, words []string) []facts.Guess {
	if len(words) == 0 {
		return guesses
	}
	guesses = slices.Clone(guesses)
	var closed []int // places in guesses
	var whose []facts.Account
	for i, g := range guesses {
		if a := accountOf(accounts, g); !g.Opened && a.BuiltIn() {
			closed, whose = append(closed, i), append(whose, a)
		}
	}
	for i, more := range facts.TryWords(whose, words) {
		guesses[closed[i]] = with(guesses[closed[i]], more)
	}
	return guesses
}

// with adds a second round of guesses to the first.
func with(g, more facts.Guess) facts.Guess {
	g.Opened = more.Opened
	g.Tried += more.Tried
	g.Of += more.Of
	if g.Short == "" {
		g.Short = more.Short
	}
	return g
}

// productWords are passwords that the declaration suggests: the names of
// product, models and maker, in the forms that people make of them.
func productWords(p *product.Product) []string {
	if p == nil {
		return nil
	}
	names := append([]string{p.Name, p.ID}, p.Models...)
	if p.Manufacturer != nil {
		names = append(names, p.Manufacturer.Name, p.Manufacturer.ID)
	}
	var words []string
	add := func(w string) {
		if w != "" && len(w) <= 64 && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for _, name := range names[:min(len(names), 20)] {
		first, _, _ := strings.Cut(name, " ")
		for _, w := range []string{name, first, strings.Join(strings.Fields(name), ""), strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)} {
			for _, suffix := range []string{"", "123", "1234", "admin"} {
				add(w + suffix)
				add(strings.ToLower(w) + suffix)
			}
		}
	}
	return words
}
