package trust_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/log"
	"github.com/assay-iot/assay/labels/trust"
)

// seeded gives a key that is the same in every run.
func seeded(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func publicPEM(t testing.TB, pub crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// files are those that the policies of these tests name.
func files(t testing.TB) func(string) ([]byte, error) {
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{
		"body.pub": publicPEM(t, labeltest.Key().Public()), "other.pub": publicPEM(t, seeded(7).Public()), "lab.pub": publicPEM(t, seeded(8).Public()),
		"demo.pub": demo.PublicKey, "p224.pub": publicPEM(t, p224.Public()), "root.json": []byte("{}"), "short.pub": []byte("-----BEGIN PUBLIC KEY-----\nMCkwBQYDK2VwAyAA\n-----END PUBLIC KEY-----\n"),
		"private.key": []byte("-----BEGIN PRIVATE KEY-----\n"),
	}
	return func(name string) ([]byte, error) {
		if data, ok := all[name]; ok {
			return data, nil
		}
		return nil, fs.ErrNotExist
	}
}

const policy = `
issuer "body" {
  display       = "Example Body"
  address       = "https://body.example/labels"
  schemes       = ["platform-statement", "uk-psti"]
  max_level     = 2
  gtin_prefixes = ["09506000"]
  assessors     = ["lab"]
  key "2026a" {
    public_key = file("body.pub")
    not_before = "2026-01-01T00:00:00Z"
    not_after  = "2029-01-01T00:00:00Z"
  }
  require {
    timestamp      = 0
    log            = 0
    status_max_age = "7d"
  }
}
assessor "lab" {
  display       = "Example Lab"
  schemes       = ["platform-statement", "uk-psti", "etsi-en-303-645"]
  gtin_prefixes = ["*"]
  key "l" {
    public_key = file("lab.pub")
    not_before = "2026-01-01T00:00:00Z"
    not_after  = "2029-01-01T00:00:00Z"
  }
  require {
    timestamp      = 0
    log            = 0
    status_max_age = "none"
  }
}
`

const run = `
  keyless {
    issuer        = "https://token.actions.githubusercontent.com"
    workflow      = "assay-iot/assay/.github/workflows/label.yml"
    ref           = "refs/tags/v*"
    repository_id = 123456789
    owner_id      = 987654
    trigger       = "release"
  }
`

// logBlock names a log.
var logBlock = fmt.Sprintf("log \"body.example/log\" {\n  key = %q\n}\n", log.VerifierKey(make(ed25519.PublicKey, ed25519.PublicKeySize), "body.example/log"))

// keyless is the policy with a workflow instead of the body's key.
func keyless() string {
	from := strings.Index(policy, "  key \"2026a\"")
	until := strings.Index(policy, "  require")
	return policy[:from] + run + policy[until:] + "\nsigstore {\n  trusted_root = file(\"root.json\")\n}\n"
}

func parse(t testing.TB, src string) *trust.Policy {
	t.Helper()
	p, diags := trust.Parse("trust.hcl", []byte(src), files(t))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func TestPolicy(t *testing.T) {
	p := parse(t, policy)
	if len(p.Keys()) != 1 || len(p.AssessorKeys()) != 1 || p.Issuers[0].Require.StatusMaxAge != 7*24*3600 {
		t.Errorf("policy %+v", p)
	}
	e := p.Embed()
	if len(e) != 1 || e[0].Keys[0].Algorithm != "EdDSA" || e[0].Keys[0].ID != p.Keys()[0].ID || len(e[0].Keys[0].SPKI) == 0 {
		t.Errorf("embedded %+v", e)
	}
	if r := parse(t, keyless()).Issuers[0].Keyless; len(r) != 1 || r[0].RepositoryID != "123456789" {
		t.Errorf("keyless %+v", r)
	}
}

// Every mistake is told with its line.
func TestMistakes(t *testing.T) {
	second := strings.NewReplacer(`"body"`, `"two"`, "Example Body", "Two", "body.pub", "other.pub").Replace(policy[:strings.Index(policy, "assessor \"lab\"")])
	for name, c := range map[string]struct{ src, want string }{
		"empty":                {"", "names no issuer"},
		"no display":           {without("display       = \"Example Body\""), `"display" is required`},
		"no schemes":           {without(`schemes       = ["platform-statement", "uk-psti"]`), `"schemes" is required`},
		"no prefixes":          {without(`gtin_prefixes = ["09506000"]`), `"gtin_prefixes" is required`},
		"no end of a key":      {without(`not_after  = "2029-01-01T00:00:00Z"`), `"not_after" is required`},
		"no require":           {with("require {", "require_not {"), "require"},
		"no timestamp":         {without("timestamp      = 0"), `"timestamp" is required`},
		"no status age":        {without(`status_max_age = "7d"`), `"status_max_age" is required`},
		"unknown attribute":    {with("max_level ", "max_levels "), "max_levels"},
		"empty schemes":        {with(`["platform-statement", "uk-psti"]`, "[]"), "an empty list allows nothing"},
		"scheme twice":         {with(`"uk-psti"]`, `"platform-statement"]`), "twice"},
		"level":                {with("max_level     = 2", "max_level     = 100"), "no level"},
		"prefix":               {with(`"09506000"`, `"095x"`), "no GTIN prefix"},
		"bad id":               {with(`issuer "body"`, `issuer "Body!"`), "no id"},
		"the id self":          {with(`issuer "body"`, `issuer "self"`), "no id"},
		"address":              {with("https://body", "http://body"), "is not a plain https address"},
		"scheme like another":  {with(`"etsi-en-303-645"`, `"x-etsi-en-303-645"`), "looks like etsi-en-303-645"},
		"lists of a host":      {with(`"https://body.example/labels"`, "\"https://body.example/labels\"\n  status_lists = [\"https://lists.example\"]"), "no plain https address of a folder"},
		"address of letters":   {with("https://body.example", "https://bücher.example"), "is not a plain https address"},
		"direction":            {with("Example Body", "Body \u202eGmbH"), "U+202E"},
		"unknown assessor":     {with(`["lab"]`, `["labo"]`), `no assessor "labo"`},
		"demo key":             {with("body.pub", "demo.pub"), "demo key"},
		"P-224":                {with("body.pub", "p224.pub"), "no key that can sign labels"},
		"log, none named":      {with("log            = 0", "log            = 1"), "log proofs are required, and no log is named"},
		"too few logs":         {with("log            = 0", "log            = 2") + logBlock, "2 log proofs are required, and 1 logs are named"},
		"an assessor's log":    {strings.Replace(with("log            = 0", "log            = 1"), "log            = 0", "log            = 1", 1) + logBlock, "no log is named"},
		"log, another name":    {policy + strings.Replace(logBlock, `log "body.example`, `log "lab.example`, 1), `the log is called "lab.example/log", and its key is that of "body.example/log"`},
		"log twice":            {policy + logBlock + logBlock, `"body.example/log" stands there twice, or`},
		"log under two names":  {policy + logBlock + fmt.Sprintf("log \"other.example/log\" {\n  key = %q\n}\n", log.VerifierKey(make(ed25519.PublicKey, ed25519.PublicKeySize), "other.example/log")), "another one has its key"},
		"log without a key":    {policy + strings.Replace(logBlock, "+", "", 1), "no verifier key of a log"},
		"log with a label key": {policy + "log \"a\" {\n  key = file(\"body.pub\")\n}\n", "no verifier key of a log"},
		"wrong length":         {with("body.pub", "short.pub"), "no key that can sign labels"},
		"private key in file":  {with("body.pub", "private.key"), "private key"},
		"private key inside":   {policy + "# -----BEGIN PRIVATE KEY-----", "private key"},
		"no such file":         {with("body.pub", "none.pub"), "not exist"},
		"no key":               {with(`file("body.pub")`, `"MCow"`), "not PEM"},
		"time":                 {with("2026-01-01T00:00:00Z", "2026-01-01"), "not a time"},
		"ends before":          {with("2029-01-01T00:00:00Z", "2025-01-01T00:00:00Z"), "before it begins"},
		"age":                  {with(`"7d"`, `"week"`), "no age"},
		"computed":             {with("= 2\n", "= 1 + 1\n"), "computes nothing"},
		"template":             {with(`"Example Body"`, `"Example ${"B"}ody"`), "computes nothing"},
		"loop":                 {with(`["lab"]`, `[for x in ["lab"] : x]`), "computes nothing"},
		"deep":                 {with(`["lab"]`, strings.Repeat("[", 40)+strings.Repeat("]", 40)), "inside one another"},
		"large":                {policy + strings.Repeat("#\n", trust.MaxBytes), "more than"},
		"timestamps of nobody": {with("timestamp      = 0", "timestamp      = 1"), "no authority is named"},
		"logs of nobody":       {with("log            = 0", "log            = 1"), "no log is named"},
		"too many logs":        {with("log            = 0", "log            = 9"), "no number"},
		"same id":              {policy + strings.ReplaceAll(second, `"two"`, `"body"`), "stands there twice"},
		"look-alike name":      {policy + strings.ReplaceAll(second, `"Two"`, `"Exаmple Body"`), "names that look alike"},
		"same name":            {policy + strings.ReplaceAll(second, `"Two"`, `"example   BODY"`), `issuers "body" (line 2) and "two" have one name, or names that look alike: "Example Body" and "example BODY"`},
		"same key":             {policy + strings.ReplaceAll(second, "other.pub", "body.pub"), "same key or workflow"},
		"no root":              {strings.Replace(keyless(), "sigstore {", "sigstores {", 1), "sigstores"},
		"root is no JSON":      {strings.Replace(keyless(), "root.json", "body.pub", 1), "not a Sigstore trusted root"},
		"no repository":        {strings.Replace(keyless(), "    repository_id = 123456789\n", "", 1), `"repository_id" is required`},
		"no owner":             {strings.Replace(keyless(), "    owner_id      = 987654\n", "", 1), `"owner_id" is required`},
		"no trigger":           {strings.Replace(keyless(), "    trigger       = \"release\"\n", "", 1), `"trigger" is required`},
		"branch":               {strings.Replace(keyless(), "refs/tags/v*", "refs/heads/main", 1), "not a tag"},
		"any tag":              {strings.Replace(keyless(), "refs/tags/v*", "refs/tags/*", 1), "neither one tag nor v*"},
		"expression of a tag":  {strings.Replace(keyless(), "refs/tags/v*", "refs/tags/v1.*", 1), "neither one tag nor v*"},
		"expression":           {strings.Replace(keyless(), "label.yml", ".*", 1), "not the path of a workflow"},
		"workflow with a ref":  {strings.Replace(keyless(), "label.yml", "label.yml@v1", 1), "not the path of a workflow"},
		"pull request":         {strings.Replace(keyless(), `"release"`, `"pull_request_target"`, 1), "nobody has accepted"},
		"issuer of tokens":     {strings.Replace(keyless(), "https://token.actions.githubusercontent.com", "https://.*", 1), "not the address"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := trust.Parse("trust.hcl", []byte(c.src), files(t))
			if !diags.HasErrors() {
				t.Fatal("no mistake is found")
			}
			var all []string
			for _, d := range diags {
				all = append(all, d.Summary+" "+d.Detail)
				if d.Subject == nil {
					t.Errorf("%s: no place", d.Summary)
				}
			}
			if !strings.Contains(strings.Join(all, "\n"), c.want) {
				t.Errorf("%q, want %q", all, c.want)
			}
		})
	}
}

func without(line string) string { return with(line+"\n", "\n") }

func with(old, replaced string) string {
	if !strings.Contains(policy, old) {
		panic("the policy holds no " + old)
	}
	return strings.Replace(policy, old, replaced, 1)
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(policy))
	f.Add([]byte(keyless()))
	f.Add([]byte("issuer \"a\" {\n  schemes = [[[\"\"]]]\n}"))
	read := files(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		p, diags := trust.Parse("trust.hcl", src, read)
		if (p == nil) != diags.HasErrors() {
			t.Error("neither a policy nor a mistake")
		}
		for _, i := range issuers(p) {
			if len(i.Schemes) == 0 || len(i.Prefixes) == 0 || len(i.Keys)+len(i.Keyless) == 0 {
				t.Errorf("a constraint is missing: %+v", i)
			}
		}
	})
}

func issuers(p *trust.Policy) []trust.Issuer {
	if p == nil {
		return nil
	}
	return p.Issuers
}
