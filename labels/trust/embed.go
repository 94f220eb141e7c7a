package trust

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"time"
)

// Embedded is what the browser verifier holds of one issuer: plain values, to be
// written into the page when it is built. An issuer that signs with workflows
// only has no key and no entry, as a page verifies no certificates.
type Embedded struct {
	Issuer       string        `json:"issuer"` // display name
	Address      string        `json:"address,omitempty"`
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
// them, and what was not seen is no pass.
func (p *Policy) Embed() []Embedded {
	list := []Embedded{}
	for _, i := range p.Issuers {
		if len(i.Keys) == 0 || i.Require.Timestamp > 0 || i.Require.Log > 0 {
			continue
		}
		e := Embedded{
			Issuer: i.Display, Address: i.Address, Schemes: i.Schemes, MaxLevel: i.MaxLevel, Prefixes: i.Prefixes,
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
