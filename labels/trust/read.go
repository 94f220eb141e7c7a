package trust

import (
	"crypto/x509"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/verify"
)

// reader turns blocks into a policy and collects every mistake.
type reader struct {
	file  hcl.Range // its beginning, for what has no place
	diags hcl.Diagnostics
}

func (r *reader) no(at hcl.Range, todo, format string, args ...any) {
	r.diags = append(r.diags, mistake(at, todo, format, args...))
}

func (r *reader) policy(raw *fileBlock) *Policy {
	p := new(Policy)
	if len(raw.Issuers) == 0 {
		r.no(r.file, "Write an issuer block.", "the policy names no issuer, so no label would count")
	}
	if len(raw.Issuers)+len(raw.Assessors) > MaxIssuers {
		r.no(raw.Issuers[0].Range, "Split the policy.", "more than %d issuers and assessors", MaxIssuers)
		return p
	}
	for i := range raw.Issuers {
		p.Issuers = append(p.Issuers, r.issuer(&raw.Issuers[i]))
	}
	for i := range raw.Assessors {
		p.Assessors = append(p.Assessors, r.issuer(&raw.Assessors[i]))
	}
	r.once(raw.Issuers, p.Issuers)
	r.once(raw.Assessors, p.Assessors)
	r.assessors(raw, p)
	if s := raw.Sigstore; s != nil {
		if !json.Valid([]byte(s.TrustedRoot)) {
			r.no(s.Range, `Name a trusted_root.json: trusted_root = file("trusted_root.json").`, "this is not a Sigstore trusted root in JSON")
		}
		p.Root = s.TrustedRoot
	}
	for i := range raw.Stampers {
		p.Stampers = append(p.Stampers, r.stamper(&raw.Stampers[i]))
	}
	r.logs(raw, p)
	r.witnesses(raw, p)
	return p
}

var idForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$`) })

func (r *reader) issuer(b *issuerBlock) Issuer {
	i := Issuer{
		ID: b.ID, Display: strings.Join(strings.Fields(b.Display), " "), Address: b.Address, Lists: b.Lists,
		Schemes: b.Schemes, MaxLevel: b.MaxLevel, Prefixes: b.Prefixes, Assessors: b.Assessors,
	}
	if !isIssuerID(b.ID) {
		r.no(b.IDRange, "Use small letters, digits, dots and hyphens, as \"tuv-example\".", "%q is no id of an issuer", b.ID)
	}
	if why := displayWrong(i.Display); why != "" {
		r.no(b.DisplayRange, "Write the name that people know the issuer by.", "%s", why)
	}
	if b.Address != "" && !labels.IsPlainAddress(b.Address) {
		r.no(b.AddressRange, "Write it as https://labels.example/, the host in small ASCII letters (that of other letters as xn--…).", "%q is not a plain https address", b.Address)
	}
	for _, l := range b.Lists {
		if !isPlaceOfLists(l) || len(b.Lists) > MaxKeys {
			r.no(b.ListsRange, "Write folders where its status lists lie, as https://status.example/lists/, at most 64.", "%q is no plain https address of a folder, with / at its end", l)
		}
	}
	r.list(b.SchemesRange, "scheme", b.Schemes, func(s string) bool { return idForm().MatchString(s) })
	for _, s := range b.Schemes {
		if err := labels.CheckSchemeID(s); err != nil {
			r.no(b.SchemesRange, "Give a scheme of your own an id that holds none of another's.", "%v", err)
		}
	}
	r.list(b.PrefixesRange, "GTIN prefix", b.Prefixes, prefix)
	if !isLevel(b.MaxLevel) {
		r.no(b.LevelRange, "Write a number from 1 to 99, or leave it out to allow no level.", "%d is no level", b.MaxLevel)
	}
	i.Keys, i.Keyless, i.Require = r.keys(b), r.keyless(b), r.require(&b.Require)
	if len(i.Keys)+len(i.Keyless) == 0 {
		r.no(b.Range, "Write a key block, or a keyless block.", "nothing says what the signatures of issuer %q look like", b.ID)
	}
	return i
}

func prefix(s string) bool {
	if s == EveryProduct {
		return true
	}
	return len(s) >= 3 && len(s) <= 14 && strings.Trim(s, "0123456789") == ""
}

// list demands at least one entry, each of the right form and once.
func (r *reader) list(at hcl.Range, what string, entries []string, right func(string) bool) {
	if len(entries) == 0 || len(entries) > MaxEntries {
		r.no(at, "Name those that the issuer may judge.", "%d entries; an empty list allows nothing, and more than %d are too many", len(entries), MaxEntries)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		switch {
		case !right(e):
			r.no(at, "Write ids of schemes as \"assay schemes\" lists them, and GTIN prefixes as 3 to 14 digits, or \"*\" for every product.", "%q is no %s", e, what)
		case seen[e]:
			r.no(at, "Take one away.", "%q stands there twice", e)
		}
		seen[e] = true
	}
}

func (r *reader) keys(b *issuerBlock) (keys []Key) {
	if len(b.Keys)+len(b.Keyless) > MaxKeys {
		r.no(b.Range, "Take old ones away.", "more than %d keys and workflows", MaxKeys)
		return nil
	}
	for _, k := range b.Keys {
		key := Key{Name: k.Name}
		parsed, err := verify.ParseKey([]byte(k.PublicKey))
		switch {
		case err != nil:
			r.no(k.PublicRange, `Name a public key file: public_key = file("NAME.pub").`, "this is no key that can sign labels: %v", err)
		case parsed.ID == demo.KeyID:
			r.no(k.PublicRange, "Take it out; use assay verify --allow-demo to look at a demo.", "this is the published demo key, which anybody can sign with")
		default:
			key.verifier, key.KeyID = parsed, parsed.ID
			key.Public, _ = x509.MarshalPKIXPublicKey(parsed.Public) // parsed from the same form
		}
		key.NotBefore, key.NotAfter = r.period(k.NotBefore, k.FromRange, k.NotAfter, k.UntilRange)
		keys = append(keys, key)
	}
	return keys
}

// period reads a time of validity. The end is the first second in which it is
// over.
func (r *reader) period(from string, fromAt hcl.Range, until string, untilAt hcl.Range) (start, end time.Time) {
	start, end = r.time(from, fromAt), r.time(until, untilAt)
	if !start.IsZero() && !end.IsZero() && !start.Before(end) {
		r.no(untilAt, "Write a time after not_before.", "it ends at %s, before it begins", until)
	}
	return start, end
}

func (r *reader) time(s string, at hcl.Range) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Nanosecond() != 0 {
		r.no(at, "Write it as 2026-01-01T00:00:00Z.", "%q is not a time", s)
		return time.Time{}
	}
	return t.UTC()
}

func (r *reader) require(b *requireBlock) Require {
	q := Require{Timestamp: b.Timestamp, Log: b.Log}
	for _, n := range []struct {
		n  int
		at hcl.Range
	}{{b.Timestamp, b.StampRange}, {b.Log, b.LogRange}} {
		if !isThreshold(n.n) {
			r.no(n.at, "Write how many must be there; 0 for none.", "%d is no number from 0 to %d", n.n, MaxThreshold)
		}
	}
	if b.StatusMaxAge == "none" {
		return q
	}
	days, err := strconv.Atoi(strings.TrimSuffix(b.StatusMaxAge, "d"))
	if err != nil || days < 1 || days > maxStatusAge || !strings.HasSuffix(b.StatusMaxAge, "d") {
		r.no(b.StatusRange, `Write a number of days, as "7d", or "none".`, "%q is no age of a status list", b.StatusMaxAge)
	}
	q.StatusMaxAge = int64(days) * secondsOfDay
	return q
}

func (r *reader) stamper(b *stamperBlock) Stamper {
	s := Stamper{Name: b.Name, Certificates: []byte(b.Certificates)}
	s.NotBefore, s.NotAfter = r.period(b.NotBefore, b.FromRange, b.NotAfter, b.UntilRange)
	if why := s.certificatesWrong(); why != "" {
		r.no(b.CertRange, `Name a file of certificates in PEM, the signing one first and the root last: certificates = file("tsa.pem").`, "%s", why)
	}
	return s
}
