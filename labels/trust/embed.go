package trust

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"time"

	"github.com/assay-iot/assay/labels/compact"
)

// Embedded is what the browser verifier holds of one issuer: plain values, to be
// written into the page when it is built. An issuer that signs with workflows
// only has no key and no entry, as a page verifies no certificates.
type Embedded struct {
	Issuer       string        `json:"issuer"` // display name
	Address      string        `json:"address,omitempty"`
	Lists        []string      `json:"statusLists,omitempty"` // beside those on the host of Address
	Schemes      []string      `json:"schemes"`
	MaxLevel     int           `json:"maxLevel,omitempty"`
	Prefixes     []string      `json:"prefixes"`
	StatusMaxAge int64         `json:"statusMaxAge,omitempty"` // seconds; zero if any will do
	Keys         []EmbeddedKey `json:"keys"`
}

// EmbeddedKey is a public key in the form that WebCrypto imports as "spki".
type EmbeddedKey struct {
	ID        string `json:"id"`        // base64 of the SHA-256 of SPKI
	Algorithm string `json:"algorithm"` // ES256, ES384 or EdDSA, as COSE names them
	SPKI      []byte `json:"spki"`
	NotBefore string `json:"notBefore"` // RFC 3339, UTC
	NotAfter  string `json:"notAfter"`
}

// Embed gives what the browser verifier holds of the policy, in its order. An
// issuer that demands timestamps or log proofs is left out: a page cannot check
// them, and what was not seen is no pass. [Policy.LeftOut] names those.
func (p *Policy) Embed() []Embedded {
	list := []Embedded{}
	for _, i := range p.Issuers {
		if i.notInPage() != "" {
			continue
		}
		e := Embedded{
			Issuer: i.Display, Address: i.Address, Lists: i.Lists, Schemes: i.Schemes, MaxLevel: i.MaxLevel, Prefixes: i.Prefixes,
			StatusMaxAge: i.Require.StatusMaxAge,
		}
		for _, k := range i.Keys {
			e.Keys = append(e.Keys, EmbeddedKey{
				ID: k.KeyID, Algorithm: k.algorithm(), SPKI: k.Public,
				NotBefore: k.NotBefore.Format(time.RFC3339), NotAfter: k.NotAfter.Format(time.RFC3339),
			})
		}
		list = append(list, e)
	}
	return list
}

// LeftOut says, for each issuer that a page cannot know, why: a sentence.
func (p *Policy) LeftOut() []string {
	var list []string
	for _, i := range p.Issuers {
		if why := i.notInPage(); why != "" {
			list = append(list, i.Display+" is left out: "+why)
		}
	}
	return list
}

func (i *Issuer) notInPage() string {
	_, err := compact.IssuerAt(i.Address)
	switch {
	case len(i.Keys) == 0:
		return "it signs with workflows only, whose labels hold no code that a page can verify"
	case i.Require.Timestamp > 0 || i.Require.Log > 0:
		return "the policy demands timestamps or proofs of a log, which a code has no room for"
	case err != nil:
		return "the policy says no address of it, by which a code names its issuer"
	}
	return ""
}

func (k *Key) algorithm() string {
	switch pub := k.verifier.Public.(type) {
	case *ecdsa.PublicKey:
		if pub.Curve == elliptic.P384() {
			return "ES384"
		}
		return "ES256"
	case ed25519.PublicKey:
		return "EdDSA"
	}
	return ""
}
