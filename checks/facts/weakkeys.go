package facts

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"sync"

	"github.com/assay-iot/assay"
)

// KeyWeakness says in what way a key is weak.
type KeyWeakness string

// The ways.
const (
	SmallKey      KeyWeakness = "small"
	SmallExponent KeyWeakness = "small exponent"
	ClosePrimes   KeyWeakness = "close primes" // found by Fermat's method
	SharedPrime   KeyWeakness = "shared prime" // with another key of the image
	ROCA          KeyWeakness = "ROCA"         // the form of CVE-2017-15361
	SmallFactor   KeyWeakness = "small factor" // one that trial division finds
	WeakCurve     KeyWeakness = "outdated curve"
)

// WeakKey is a key, or the key of a certificate, that can be broken or is too
// small to last.
type WeakKey struct {
	Weakness    KeyWeakness      `json:"weakness"`
	Algorithm   string           `json:"algorithm"`
	Bits        int              `json:"bits"`
	Exponent    string           `json:"exponent,omitempty"` // if small
	Private     bool             `json:"private,omitempty"`
	Certificate bool             `json:"certificate,omitempty"`
	InKernel    bool             `json:"in_kernel,omitempty"`
	Locations   []assay.Location `json:"locations"`
}

// WeakKeys are the keys and certificates of the image that are weak.
var WeakKeys = &Fact[[]WeakKey]{
	Name:    "weak-keys",
	Doc:     "Keys and certificates that are small, have a small exponent, close or shared primes, the form of ROCA, or an outdated curve.",
	Version: 4,
	Needs:   []Node{keysAndCertificates, Signatures, BootKeys},
	Observe: func(o *Observer) ([]WeakKey, error) {
		all, err := keysAndCertificates.Of(o)
		if err != nil {
			return nil, err
		}
		verifying, err := verifyingKeys(o)
		if err != nil {
			return nil, err
		}
		candidates := keyCandidates(all, verifying)
		shared := sharedPrimes(candidates)
		weak := []WeakKey{}
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
	rsa                  *pkcs1Public
	private, certificate bool
	inKernel             bool
	verifies             bool // it is only what a container is signed with, or what the boot loader trusts
	places               []assay.Location
}

// verifyingKeys are the RSA keys that containers bring along with their signatures,
// and those of the boot loader.
func verifyingKeys(o *Observer) (all []keyMaterial, err error) {
	add := func(spki []byte, l assay.Location) {
		if k, ok := parseSPKI(spki); ok && k.rsa != nil {
			k.Location = l
			all = append(all, keyMaterial{Key: k})
		}
	}
	signatures, err := Signatures.Of(o)
	if err != nil {
		return nil, err
	}
	for _, s := range signatures {
		add(s.PublicKey, s.Location)
	}
	boot, err := BootKeys.Of(o)
	for _, k := range boot {
		add(k.spki, k.Location)
	}
	return all, err
}

// keyCandidates groups what was found by its public half; certificates of
// other people's authorities are left out.
func keyCandidates(all, verifying []keyMaterial) []*keyCandidate {
	var candidates []*keyCandidate
	by := map[assay.Digest]*keyCandidate{}
	for i, m := range slices.Concat(all, verifying) {
		if m.ofOthers() {
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

func candidateOf(m keyMaterial) (assay.Digest, keyCandidate) {
	if k := m.Key; k != nil {
		return k.Same, keyCandidate{algorithm: k.Algorithm, bits: k.Bits, rsa: k.rsa, private: k.Private}
	}
	c := m.Certificate
	return c.Public, keyCandidate{algorithm: c.Algorithm, bits: c.Bits, rsa: c.rsa, certificate: true}
}

const (
	leastRSA    = 2048 // bits of RSA and DSA
	leastCurve  = 224
	fermatTries = 200
)

// weaknesses judges one key.
func weaknesses(c *keyCandidate, shares bool) []WeakKey {
	var weak []WeakKey
	add := func(w KeyWeakness) { weak = append(weak, WeakKey{Weakness: w, Algorithm: c.algorithm, Bits: c.bits}) }
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
	case hasSmallFactor(c.rsa.N):
		add(SmallFactor)
	case hasClosePrimes(c.rsa.N):
		add(ClosePrimes)
	case shares:
		add(SharedPrime)
	case isROCA(c.rsa.N):
		add(ROCA)
	}
	return weak
}

// smallPrimes are the odd primes below 168; ROCA is told by them.
var smallPrimes = []int64{
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149,
	151, 157, 163, 167,
}

// smallProduct is the product of all odd primes below 65536.
var smallProduct = sync.OnceValue(func() *big.Int {
	const limit = 1 << 16
	composite := make([]bool, limit)
	var primes []*big.Int
	for p := 3; p < limit; p += 2 {
		if composite[p] {
			continue
		}
		primes = append(primes, big.NewInt(int64(p)))
		for m := p * p; m < limit; m += 2 * p {
			composite[m] = true
		}
	}
	for len(primes) > 1 { // two by two, for numbers of the same size multiply fast
		var next []*big.Int
		for i := 0; i+1 < len(primes); i += 2 {
			next = append(next, primes[i].Mul(primes[i], primes[i+1]))
		}
		primes = append(next, primes[len(primes)&^1:]...)
	}
	return primes[0]
})

// hasSmallFactor reports whether a prime below 65536 divides a number: keys do
// not come so, but damaged ones do.
func hasSmallFactor(n *big.Int) bool {
	rest := new(big.Int).Mod(smallProduct(), n)
	return n.Bit(0) == 0 || rest.GCD(nil, nil, rest, n).Cmp(big.NewInt(1)) > 0
}

// hasClosePrimes tries Fermat's method: n = a² - b² with a close to its root.
func hasClosePrimes(n *big.Int) bool {
	a := new(big.Int).Sqrt(n)
	if new(big.Int).Mul(a, a).Cmp(n) < 0 {
		a.Add(a, big.NewInt(1))
	}
	b2, root, one := new(big.Int), new(big.Int), big.NewInt(1)
	for range fermatTries {
		b2.Sub(b2.Mul(a, a), n)
		if root.Sqrt(b2); new(big.Int).Mul(root, root).Cmp(b2) == 0 {
			return true
		}
		a.Add(a, one)
	}
	return false
}

// isROCA tells the moduli of the library of CVE-2017-15361 (Nemec and others,
// "The Return of Coppersmith's Attack", 2017): modulo each small prime they are
// powers of 65537.
func isROCA(n *big.Int) bool {
	rest := new(big.Int)
	for _, p := range smallPrimes {
		r, ok := rest.Mod(n, big.NewInt(p)).Int64(), false
		for power, i := int64(1), int64(0); i < p; i++ {
			if power == r {
				ok = true
				break
			}
			power = power * 65537 % p
		}
		if !ok {
			return false
		}
	}
	return true
}

// maxShared is the number of moduli that are compared with each other.
const maxShared = 2000

// sharedPrimes tells which moduli have a factor in common with another one: for
// the product P of all, gcd(n, P/n) is not 1 (Heninger and others, "Mining Your
// Ps and Qs", 2012).
func sharedPrimes(candidates []*keyCandidate) []bool {
	shared := make([]bool, len(candidates))
	product, used := big.NewInt(1), 0
	for _, c := range candidates {
		if c.rsa != nil && used < maxShared {
			product.Mul(product, c.rsa.N)
			used++
		}
	}
	if used < 2 {
		return shared
	}
	rest, square := new(big.Int), new(big.Int)
	for i, c := range candidates {
		if c.rsa == nil {
			continue
		}
		rest.Mod(product, square.Mul(c.rsa.N, c.rsa.N))
		rest.Div(rest, c.rsa.N)
		d := new(big.Int).GCD(nil, nil, rest, c.rsa.N)
		shared[i] = d.Cmp(big.NewInt(1)) > 0 && cmp.Compare(d.BitLen(), 16) > 0
	}
	return shared
}
