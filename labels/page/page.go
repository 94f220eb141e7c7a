// Package page builds the verifier for the browser: one HTML file that checks
// what a QR code holds, on the device, without a network.
//
// The page is static. It holds its styles, its words in five languages, its own
// small verifier in JavaScript, and the issuers and keys that it trusts, with
// their date. The signature is checked by the browser's WebCrypto. A content
// security policy lets run nothing but the one script, known by its hash, and
// lets ask nothing but the status lists of the issuers. Neither a key nor a word
// comes from the address: only the fragment is judged.
//
// Put the page where the issuer's address leads, with whatever path behind it,
// or open it as a file.
package page

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/cose"
)

// Trust is whom a page trusts.
type Trust struct {
	Date    string    // YYYY-MM-DD, when this was so
	Until   time.Time // from then on the page says no more that a label is valid; zero for no end
	Issuers []Issuer  // at least one
	// Languages of the page, those of [Languages] if there is none. Each takes
	// about 4 kB.
	Languages []string
	// Names of schemes, by id. An id without one stands for itself: labels bear no other
	// words than the page has.
	Names map[string]string
}

// Issuer is an issuer and what it may label. What is not allowed is refused: an
// issuer without schemes or prefixes labels nothing.
type Issuer struct {
	ID       string   // as labels name it: the host of its address
	Name     string   // for people
	Schemes  []Scheme // by which it may label
	Prefixes []string // beginnings of the GTINs, of 14 digits, that it may label; "" is every product
	Lists    []string // beginnings of the addresses of its status lists; none is asked else
	MaxAge   int64    // seconds that a status list may be old; zero if any will do
	Keys     []Key
}

// Scheme is a scheme and the highest level that an issuer may give by it. The
// id "*" is every scheme.
type Scheme struct {
	ID    string `json:"id"`
	Level int    `json:"level"`
}

// Key is a key of an issuer and the time in which it may sign. Once that is over
// its labels and lists count no more: a code holds no timestamp that would show
// when it was signed. Zero times set no bound.
type Key struct {
	Public crypto.PublicKey
	From   time.Time
	Until  time.Time // the first moment in which it is over
	Demo   bool      // the published demo key, whose labels prove nothing
}

// Languages are the languages that a page can have.
func Languages() []string { return []string{"en", "de", "fr", "ja", "ar"} }

// languages are those of this page, the first of which stands for all that a
// reader may have set and the page has not.
func (t Trust) languages() ([]string, error) {
	if len(t.Languages) == 0 {
		return Languages(), nil
	}
	for i, l := range t.Languages {
		if !slices.Contains(Languages(), l) || slices.Contains(t.Languages[:i], l) {
			return nil, fmt.Errorf("the language %q: a page has each of %s once", l, strings.Join(Languages(), " "))
		}
	}
	return t.Languages, nil
}

// The script and the styles are shortened when they are changed, not when a page is
// built: what is embedded is what the tests run.
//
//go:generate go test . -run TestLean -update
//go:embed source/page.html source/words source/lean
var source embed.FS

// Build makes the page. The same trust gives the same bytes.
func Build(t Trust) ([]byte, error) {
	trust, err := t.script()
	if err != nil {
		return nil, fmt.Errorf("verifier page: %w", err)
	}
	chosen, err := t.languages()
	if err != nil {
		return nil, fmt.Errorf("verifier page: %w", err)
	}
	texts, err := words(chosen)
	if err != nil {
		return nil, err
	}
	script := fmt.Sprintf("\"use strict\";(()=>{\nconst TRUST=%s,TEXTS=%s,%s;\n%s})();\n", trust, texts, data(), lean("page.js"))
	style := lean("page.css")
	html, err := template.New("page.html").ParseFS(source, "source/page.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = html.Execute(&b, map[string]string{"Policy": policy(style, script, t.origins()), "Style": style, "Script": script})
	return b.Bytes(), err
}

// Verifier gives the part of the script that knows no page: node can run it.
func Verifier() []byte { return []byte("const " + data() + ";\n" + lean("verifier.js")) }

// data are the tables that the script judges names by.
func data() string {
	phrases := map[string]string{}
	for scheme, list := range labels.Never() {
		phrases[scheme] = strings.Join(list, "|")
	}
	before, behind := labels.Denials()
	editions, numbers := labels.Editions()
	var b strings.Builder
	for _, t := range []struct {
		name string
		of   any
	}{
		{"NEVER", phrases},
		{"LEVELS", labels.Levels()},
		{"DENIALS", strings.Join(before, "|")},
		{"BEHIND", strings.Join(behind, "|")},
		{"LOOKS", letters()},
		{"EDITIONS", editions},
		{"NUMBERS", numbers},
		{"EDITION", labels.EditionForm},
		{"NOEDITION", labels.NotEdition},
		{"CHARACTERS", labels.Characters},
		{"STARS", labels.Stars},
		{"RATED", labels.Rated},
	} {
		text, err := literal(t.of)
		if err != nil {
			panic(err) // they are texts
		}
		b.WriteString(t.name + "=" + text + ",")
	}
	return strings.TrimSuffix(b.String(), ",")
}

// letters gives the letters that look like a Latin one behind that one, in groups; the
// large ones only where the small one does not look the same.
func letters() string {
	table, groups := labels.Looks(), map[string][]string{}
	for from, to := range table {
		if small := strings.ToLower(from); small == from || table[small] != to {
			groups[to] = append(groups[to], from)
		}
	}
	var list []string
	for _, to := range slices.Sorted(maps.Keys(groups)) {
		slices.Sort(groups[to])
		list = append(list, to+strings.Join(groups[to], ""))
	}
	return strings.Join(list, " ")
}

// policy allows the one script and the one style, by their hashes, and the
// status lists' origins (Content Security Policy Level 3).
func policy(style, script string, origins []string) string {
	connect := "'none'"
	if len(origins) > 0 {
		connect = strings.Join(origins, " ")
	}
	return "default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style) + "; connect-src " + connect +
		"; base-uri 'none'; form-action 'none'"
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// lean gives a source file in its short form, without comments and long names.
func lean(name string) string {
	data, err := source.ReadFile("source/lean/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(data)
}

// words writes the words of languages: the names of all, once and in order, then
// for each language its tag and the words in that order; "|" parts them.
func words(chosen []string) (string, error) {
	var names, lists []string
	for _, l := range chosen {
		data, err := source.ReadFile("source/words/" + l + ".json")
		if err != nil {
			return "", err
		}
		var w map[string]string
		if err := json.Unmarshal(data, &w); err != nil {
			return "", fmt.Errorf("words/%s.json: %w", l, err)
		}
		if names == nil {
			names = slices.Sorted(maps.Keys(w))
			lists = append(lists, strings.Join(names, "|"))
		}
		list := []string{l}
		for _, name := range names {
			list = append(list, w[name])
		}
		text := strings.Join(list, "|")
		if strings.Count(text, "|") != len(names) {
			return "", fmt.Errorf("words/%s.json: a word holds what parts them, |", l)
		}
		lists = append(lists, text)
	}
	return literal(lists)
}

// literal writes v as JSON that may stand in a script: "<" is escaped, so that
// nothing can end it.
func literal(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}

// trustScript, issuerScript and keyScript are the forms that the script reads.
type trustScript struct {
	Date    string            `json:"date"`
	Until   int64             `json:"until,omitempty"`
	Names   map[string]string `json:"names"`
	Issuers []issuerScript    `json:"issuers"`
}

type issuerScript struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Schemes  []Scheme    `json:"schemes"`
	Prefixes []string    `json:"prefixes"`
	Lists    []string    `json:"lists"`
	MaxAge   int64       `json:"maxAge,omitempty"`
	Keys     []keyScript `json:"keys"`
}

type keyScript struct {
	ID    string         `json:"id"`
	Alg   cose.Algorithm `json:"alg"`
	SPKI  []byte         `json:"spki"`
	From  int64          `json:"from,omitempty"`
	Until int64          `json:"until,omitempty"`
	Demo  bool           `json:"demo,omitempty"`
}

func (t Trust) script() (string, error) {
	if !isDate(t.Date) {
		return "", fmt.Errorf("the date %q is not a date (YYYY-MM-DD)", t.Date)
	}
	if len(t.Issuers) == 0 {
		return "", errors.New("no issuer is trusted")
	}
	s := trustScript{Date: t.Date, Until: seconds(t.Until), Names: t.Names}
	if s.Names == nil {
		s.Names = map[string]string{}
	}
	for _, i := range t.Issuers {
		issuer, err := i.script()
		if err != nil {
			return "", fmt.Errorf("issuer %q: %w", i.ID, err)
		}
		s.Issuers = append(s.Issuers, issuer)
	}
	return literal(s)
}

func (i Issuer) script() (issuerScript, error) {
	s := issuerScript{
		ID: i.ID, Name: i.Name, Schemes: append([]Scheme{}, i.Schemes...),
		Prefixes: append([]string{}, i.Prefixes...), Lists: append([]string{}, i.Lists...), MaxAge: i.MaxAge,
	}
	switch {
	case strings.Contains(i.ID, "/") || !labels.IsPlainAddress("https://"+i.ID):
		return s, errors.New("its id is not the host of an address")
	case strings.TrimSpace(i.Name) == "":
		return s, errors.New("it has no name")
	case labels.CheckText(i.Name) != nil:
		return s, fmt.Errorf("its name: %w", labels.CheckText(i.Name))
	case len(i.Keys) == 0:
		return s, errors.New("it has no key")
	case i.MaxAge < 0:
		return s, fmt.Errorf("status lists of %d seconds", i.MaxAge)
	}
	for _, l := range i.Lists {
		if u, err := url.Parse(l); err != nil || !labels.IsPlainAddress(l) || u.Path == "" {
			return s, fmt.Errorf("status lists at %q: not a plain https address with a path", l)
		}
	}
	for _, scheme := range i.Schemes {
		if err := labels.CheckSchemeID(scheme.ID); err != nil {
			return s, err
		}
	}
	for _, p := range i.Prefixes {
		if len(p) > 14 || strings.Trim(p, "0123456789") != "" {
			return s, fmt.Errorf("%q is no beginning of a GTIN of 14 digits", p)
		}
	}
	for _, k := range i.Keys {
		key, err := k.script()
		if err != nil {
			return s, err
		}
		if slices.ContainsFunc(s.Keys, func(other keyScript) bool { return other.ID == key.ID }) {
			return s, fmt.Errorf("the key %s is there twice", key.ID)
		}
		s.Keys = append(s.Keys, key)
	}
	return s, nil
}

func (k Key) script() (keyScript, error) {
	alg, err := cose.AlgorithmOf(k.Public)
	if err != nil {
		return keyScript{}, err
	}
	id, err := cose.KeyID(k.Public)
	if err != nil {
		return keyScript{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(k.Public)
	if err != nil {
		return keyScript{}, err
	}
	from, until := seconds(k.From), seconds(k.Until)
	if until != 0 && until <= from || from < 0 || until < 0 {
		return keyScript{}, fmt.Errorf("key %x: valid from %v to %v", id, k.From, k.Until)
	}
	return keyScript{ID: hex.EncodeToString(id), Alg: alg, SPKI: der, From: from, Until: until, Demo: k.Demo}, nil
}

// seconds since 1970; zero for the zero time.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func isDate(s string) bool {
	t, err := assay.Date(s)
	return err == nil && t.Format(time.DateOnly) == s
}

// origins are those of the status lists, for the policy.
func (t Trust) origins() []string {
	var list []string
	for _, i := range t.Issuers {
		for _, l := range i.Lists {
			if u, err := url.Parse(l); err == nil {
				list = append(list, "https://"+u.Host)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
