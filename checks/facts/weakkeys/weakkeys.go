// Package weakkeys finds the keys of an image that can be broken by arithmetic, or are too
// small to last. Among them are those that it is signed with: the room stands
// above that of signatures.
package weakkeys

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/checks/facts/signing"
)

// Weakness says in what way a key is weak.
type Weakness string

// The ways.
const (
	SmallKey      Weakness = "small"
	SmallExponent Weakness = "small exponent"
	ClosePrimes   Weakness = "close primes" // found by Fermat's method
	SharedPrime   Weakness = "shared prime" // with another key of the image
	ROCA          Weakness = "ROCA"         // the form of CVE-2017-15361
	SmallFactor   Weakness = "small factor" // one that trial division finds
	WeakCurve     Weakness = "outdated curve"
)

// Key is a key, or the key of a certificate, that can be broken or is too
// small to last.
type Key struct {
	Weakness    Weakness         `json:"weakness"`
	Algorithm   string           `json:"algorithm"`
	Bits        int              `json:"bits"`
	Exponent    string           `json:"exponent,omitempty"` // if small
	Private     bool             `json:"private,omitempty"`
	Certificate bool             `json:"certificate,omitempty"`
	InKernel    bool             `json:"in_kernel,omitempty"`
	Locations   []assay.Location `json:"locations"`
}

// Keys are the keys and certificates of the image that are weak.
var Keys = &facts.Fact[[]Key]{
	Name:    "weak-keys",
	Doc:     "Keys and certificates that are small, have a small exponent, close or shared primes, the form of ROCA, or an outdated curve.",
	Version: 4,
	Needs:   []facts.Node{facts.KeysAndCertificates, signing.Signatures, facts.BootKeys},
	Observe: func(o *facts.Observer) ([]Key, error) {
		all, err := facts.KeysAndCertificates.Of(o)
		if err != nil {
			return nil, err
		}
		verifying, err := verifyingKeys(o)
		if err != nil {
			return nil, err
		}
		candidates := keyCandidates(all, verifying)
		shared := keys.SharedPrimes(moduliOf(candidates))
		weak := []Key{}
		for i, c := range candidates {
			for _, w := range weaknesses(c, shared[i]) {
				w.Private, w.Certificate, w.InKernel, w.Locations = c.private, c.certificate, c.inKernel, c.places
				weak = append(weak, w)
			}
		}
		return weak, nil
	},
}

// keyCandidate is one public half with all the places where it stands.
type keyCandidate struct {
	algorithm            string
	bits                 int
	rsa                  *keys.RSAPublic
	private, certificate bool
	inKernel             bool
	verifies             bool // it is only what a container is signed with, or what the boot loader trusts
	places               []assay.Location
}

// verifyingKeys are the RSA keys that containers bring along with their signatures,
// and those of the boot loader.
func verifyingKeys(o *facts.Observer) (all []facts.KeyMaterial, err error) {
	add := func(spki []byte, l assay.Location) {
		if k, ok := keys.ParseSPKI(spki); ok && k.RSA() != nil {
			k.Location = l
			all = append(all, facts.KeyMaterial{Key: k})
		}
	}
	signatures, err := signing.Signatures.Of(o)
	if err != nil {
		return nil, err
	}
	for _, s := range signatures {
		add(s.PublicKey, s.Location)
	}
	boot, err := facts.BootKeys.Of(o)
	for _, k := range boot {
		add(k.SPKI(), k.Location)
	}
	return all, err
}

// keyCandidates groups what was found by its public half; certificates of
// other people's authorities are left out.
func keyCandidates(all, verifying []facts.KeyMaterial) []*keyCandidate {
	var candidates []*keyCandidate
	by := map[assay.Digest]*keyCandidate{}
	for i, m := range slices.Concat(all, verifying) {
		if m.OfOthers() {
			continue
		}
		id, n := candidateOf(m)
		if id == "" || n.algorithm == "" {
			continue
		}
		c := by[id]
		if c == nil {
			c = &n
			c.inKernel, c.verifies = true, i >= len(all)
			by[id] = c
			candidates = append(candidates, c)
		}
		c.private = c.private || n.private
		c.certificate = c.certificate || n.certificate
		c.inKernel = c.inKernel && m.Key != nil && m.Key.InKernel
		c.places = append(c.places, m.Location())
	}
	for _, c := range candidates {
		slices.SortFunc(c.places, assay.Location.Compare)
	}
	slices.SortStableFunc(candidates, func(a, b *keyCandidate) int { return a.places[0].Compare(b.places[0]) })
	return candidates
}

func candidateOf(m facts.KeyMaterial) (assay.Digest, keyCandidate) {
	if k := m.Key; k != nil {
		return k.Same, keyCandidate{algorithm: k.Algorithm, bits: k.Bits, rsa: k.RSA(), private: k.Private}
	}
	c := m.Certificate
	return c.Public, keyCandidate{algorithm: c.Algorithm, bits: c.Bits, rsa: c.RSA(), certificate: true}
}

const (
	leastRSA   = 2048 // bits of RSA and DSA
	leastCurve = 224
)

// moduliOf gives the modulus of each, nil of a key that is not RSA.
func moduliOf(candidates []*keyCandidate) []*big.Int {
	moduli := make([]*big.Int, len(candidates))
	for i, c := range candidates {
		if c.rsa != nil {
			moduli[i] = c.rsa.N
		}
	}
	return moduli
}

// weaknesses judges one key.
func weaknesses(c *keyCandidate, shares bool) []Key {
	var weak []Key
	add := func(w Weakness) { weak = append(weak, Key{Weakness: w, Algorithm: c.algorithm, Bits: c.bits}) }
	switch {
	case c.verifies: // updates/signature-strength says so
	case (c.algorithm == "RSA" || c.algorithm == "DSA") && c.bits > 0 && c.bits < leastRSA:
		add(SmallKey)
	case c.algorithm == "EC" && c.bits > 0 && c.bits < leastCurve:
		add(WeakCurve)
	}
	if c.rsa == nil {
		return weak
	}
	if !c.verifies && c.rsa.E.Cmp(big.NewInt(65537)) < 0 {
		add(SmallExponent)
		weak[len(weak)-1].Exponent = strconv.FormatInt(c.rsa.E.Int64(), 10)
	}
	switch {
	case keys.HasSmallFactor(c.rsa.N):
		add(SmallFactor)
	case keys.HasClosePrimes(c.rsa.N):
		add(ClosePrimes)
	case shares:
		add(SharedPrime)
	case keys.IsROCA(c.rsa.N):
		add(ROCA)
	}
	return weak
}
