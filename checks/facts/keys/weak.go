package keys

import (
	"cmp"
	"math/big"
	"sync"
)

// fermatTries is how far from the root of a modulus its primes are looked for.
const fermatTries = 200

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

// HasSmallFactor reports whether a prime below 65536 divides a number: keys do
// not come so, but damaged ones do.
func HasSmallFactor(n *big.Int) bool {
	rest := new(big.Int).Mod(smallProduct(), n)
	return n.Bit(0) == 0 || rest.GCD(nil, nil, rest, n).Cmp(big.NewInt(1)) > 0
}

// HasClosePrimes tries Fermat's method: n = a² - b² with a close to its root.
func HasClosePrimes(n *big.Int) bool {
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

// IsROCA tells the moduli of the library of CVE-2017-15361 (Nemec and others,
// "The Return of Coppersmith's Attack", 2017): modulo each small prime they are
// powers of 65537.
func IsROCA(n *big.Int) bool {
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

// SharedPrimes tells which moduli have a factor in common with another one: for
// the product P of all, gcd(n, P/n) is not 1 (Heninger and others, "Mining Your
// Ps and Qs", 2012). A nil stands for none.
func SharedPrimes(moduli []*big.Int) []bool {
	shared := make([]bool, len(moduli))
	product, used := big.NewInt(1), 0
	for _, n := range moduli {
		if n != nil && used < maxShared {
			product.Mul(product, n)
			used++
		}
	}
	if used < 2 {
		return shared
	}
	rest, square := new(big.Int), new(big.Int)
	for i, n := range moduli {
		if n == nil {
			continue
		}
		rest.Mod(product, square.Mul(n, n))
		rest.Div(rest, n)
		d := new(big.Int).GCD(nil, nil, rest, n)
		shared[i] = d.Cmp(big.NewInt(1)) > 0 && cmp.Compare(d.BitLen(), 16) > 0
	}
	return shared
}
