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
	Date    string            // YYYY-MM-DD, when this was so
	Issuers []Issuer          // at least one
	Names   map[string]string // of schemes, by id; an id without one stands for itself
}

// Issuer is an issuer and what it may label. What is not allowed is refused: an
// issuer without schemes or prefixes labels nothing.
type Issuer struct {
	ID       string   // as labels name it: the host of its address
	Name     string   // for people
	Schemes  []Scheme // by which it may label
	Prefixes []string // beginnings of the GTINs, of 14 digits, that it may label; "" is every product
	Lists    []string // beginnings of the addresses of its status lists; none is asked else
	Keys     []Key
}

// Scheme is a scheme and the highest level that an issuer may give by it. The
// id "*" is every scheme.
type Scheme struct {
	ID    string `json:"id"`
	Level int    `json:"level"`
}

// Key is a key of an issuer, for labels issued from one day to another.
type Key struct {
	Public crypto.PublicKey
	From   string // YYYY-MM-DD; empty: always
	Until  string // last day; empty: always
	Demo   bool   // the published demo key, whose labels prove nothing
}

// languages are the languages of the page.
var languages = []string{"en", "de", "fr", "ja", "ar"}

//go:embed source
var source embed.FS

// Build makes the page. The same trust gives the same bytes.
func Build(t Trust) ([]byte, error) {
	trust, err := t.script()
	if err != nil {
		return nil, fmt.Errorf("verifier page: %w", err)
	}
	words, err := words()
	if err != nil {
		return nil, err
	}
	script := fmt.Sprintf("\"use strict\";(()=>{\nconst TRUST=%s,WORDS=%s;\n%s%s})();\n", trust, words, lean("verifier.js"), lean("page.js"))
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
func Verifier() []byte { return []byte(lean("verifier.js")) }

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

// lean gives a source file without its comments and indentation.
func lean(name string) string {
	data, err := source.ReadFile("source/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func words() (string, error) {
	var b strings.Builder
	for _, l := range languages {
		data, err := source.ReadFile("source/words/" + l + ".json")
		if err != nil {
			return "", err
		}
		var w map[string]string
		if err := json.Unmarshal(data, &w); err != nil {
			return "", fmt.Errorf("words/%s.json: %w", l, err)
		}
		text, err := literal(w)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s:%s,\n", l, text)
	}
	return "{" + b.String() + "}", nil
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
	Names   map[string]string `json:"names"`
	Issuers []issuerScript    `json:"issuers"`
}

type issuerScript struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Schemes  []Scheme    `json:"schemes"`
	Prefixes []string    `json:"prefixes"`
	Lists    []string    `json:"lists"`
	Keys     []keyScript `json:"keys"`
}

type keyScript struct {
	ID    string         `json:"id"`
	Alg   cose.Algorithm `json:"alg"`
	SPKI  []byte         `json:"spki"`
	From  string         `json:"from,omitempty"`
	Until string         `json:"until,omitempty"`
	Demo  bool           `json:"demo,omitempty"`
}

func (t Trust) script() (string, error) {
	if !isDate(t.Date) {
		return "", fmt.Errorf("the date %q is not a date (YYYY-MM-DD)", t.Date)
	}
	if len(t.Issuers) == 0 {
		return "", errors.New("no issuer is trusted")
	}
	s := trustScript{Date: t.Date, Names: t.Names}
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
		Prefixes: append([]string{}, i.Prefixes...), Lists: append([]string{}, i.Lists...),
	}
	switch {
	case strings.Contains(i.ID, "/") || !labels.IsPlainAddress("https://"+i.ID):
		return s, errors.New("its id is not the host of an address")
	case strings.TrimSpace(i.Name) == "":
		return s, errors.New("it has no name")
	case len(i.Keys) == 0:
		return s, errors.New("it has no key")
	}
	for _, l := range i.Lists {
		if u, err := url.Parse(l); err != nil || !labels.IsPlainAddress(l) || u.Path == "" {
			return s, fmt.Errorf("status lists at %q: not a plain https address with a path", l)
		}
	}
	for _, k := range i.Keys {
		key, err := k.script()
		if err != nil {
			return s, err
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
	if k.From != "" && !isDate(k.From) || k.Until != "" && !isDate(k.Until) {
		return keyScript{}, fmt.Errorf("key %x: from %q until %q: not dates (YYYY-MM-DD)", id, k.From, k.Until)
	}
	return keyScript{ID: hex.EncodeToString(id), Alg: alg, SPKI: der, From: k.From, Until: k.Until, Demo: k.Demo}, nil
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
