package main

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/page"
	"github.com/assay-iot/assay/labels/trust"
)

// pageOfPolicy puts into a page whom a trust policy trusts, and says who is left
// out.
func (p *program) pageOfPolicy(t *page.Trust, f pageFlags) error {
	if f.name != "" || f.address != "" || f.demo || len(f.keys)+len(f.schemes)+len(f.prefixes) > 0 {
		return badInput("leave out --name, --address, --key, --demo, --scheme and --gtin-prefix", "--trust names the issuers and what they may label")
	}
	policy, err := p.loadTrust(f.trust)
	if err != nil {
		return err
	}
	for _, why := range policy.policy.LeftOut() {
		fmt.Fprintf(p.err, "note: %s\n", why)
	}
	for _, e := range policy.policy.Embed() {
		i, err := embedded(e, f.lists)
		if err != nil {
			return err
		}
		t.Issuers = append(t.Issuers, i)
	}
	if len(t.Issuers) == 0 {
		return badInput("write an issuer with a key and an address, that demands neither timestamps nor log proofs", "%s names no issuer whose labels a page can judge", f.trust)
	}
	if policy.list != nil {
		t.Until = policy.list.Expires
	}
	return nil
}

// embedded is an issuer of a policy as a page takes it. Its status lists lie on
// its own host, where the policy says, or below more.
func embedded(e trust.Embedded, more []string) (i page.Issuer, err error) {
	i = page.Issuer{Name: e.Issuer, MaxAge: e.StatusMaxAge}
	if i.ID, err = compact.IssuerAt(e.Address); err != nil {
		return i, err
	}
	i.Lists = slices.Concat([]string{"https://" + i.ID + "/"}, e.Lists, more)
	for _, id := range e.Schemes {
		i.Schemes = append(i.Schemes, page.Scheme{ID: id, Level: e.MaxLevel})
	}
	for _, prefix := range e.Prefixes {
		if prefix == trust.EveryProduct {
			prefix = "" // every GTIN begins with it, and none too
		}
		i.Prefixes = append(i.Prefixes, prefix)
	}
	for _, k := range e.Keys {
		key, err := pageKey(k)
		if err != nil {
			return i, err
		}
		i.Keys = append(i.Keys, key)
	}
	return i, nil
}

func pageKey(k trust.EmbeddedKey) (key page.Key, err error) {
	if key.Public, err = x509.ParsePKIXPublicKey(k.SPKI); err != nil {
		return key, err
	}
	if key.From, err = time.Parse(time.RFC3339, k.NotBefore); err != nil {
		return key, err
	}
	key.Until, err = time.Parse(time.RFC3339, k.NotAfter)
	return key, err
}

// trusting says whom a page trusts.
func trusting(issuers []page.Issuer) string {
	keys := 0
	for _, i := range issuers {
		keys += len(i.Keys)
	}
	if len(issuers) == 1 {
		return count(keys, "key") + " of " + issuers[0].Name
	}
	return count(keys, "key") + " of " + count(len(issuers), "issuer")
}
