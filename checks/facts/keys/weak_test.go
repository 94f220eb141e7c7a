package keys

import (
	"crypto/rand"
	"math/big"
	"slices"
	"testing"
)

// Moduli that can be factored, each by its own method only, beside sound ones.
func TestWeakModuli(t *testing.T) {
	prime := func() *big.Int {
		p, err := rand.Prime(rand.Reader, 512)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	times := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	p, q := prime(), prime()
	next := new(big.Int).Add(p, big.NewInt(2))
	for !next.ProbablyPrime(20) {
		next.Add(next, big.NewInt(2))
	}
	for name, tc := range map[string]struct {
		n             *big.Int
		factor, close bool
	}{
		"sound":             {times(p, q), false, false},
		"close primes":      {times(p, next), false, true},
		"the largest prime": {times(p, big.NewInt(65521)), true, false},
		"even":              {times(p, big.NewInt(2)), true, false},
	} {
		if HasSmallFactor(tc.n) != tc.factor || HasClosePrimes(tc.n) != tc.close || IsROCA(tc.n) {
			t.Errorf("%s: small factor %t, close primes %t, ROCA %t", name, HasSmallFactor(tc.n), HasClosePrimes(tc.n), IsROCA(tc.n))
		}
	}
	if got := SharedPrimes([]*big.Int{times(p, q), nil, times(q, prime()), times(prime(), prime())}); !slices.Equal(got, []bool{true, false, true, false}) {
		t.Errorf("shared primes: %t", got)
	}
	if got := SharedPrimes([]*big.Int{times(p, q), nil}); got[0] {
		t.Error("a modulus shares primes with itself")
	}
}
