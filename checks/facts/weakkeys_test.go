package facts

import (
	"crypto/rand"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
)

func prime(t *testing.T, bits int) *big.Int {
	t.Helper()
	p, err := rand.Prime(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// nextPrime gives the first prime above n.
func nextPrime(n *big.Int) *big.Int {
	p := new(big.Int).Add(n, big.NewInt(2))
	for !p.ProbablyPrime(20) {
		p.Add(p, big.NewInt(2))
	}
	return p
}

func publicPEM(t *testing.T, n *big.Int, e int64) string {
	t.Helper()
	der, err := asn1.Marshal(pkcs1Public{n, big.NewInt(e)})
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: der}))
}

// rocaPrime makes a prime of the form k*M + (65537^a mod M), as the library of
// CVE-2017-15361 does.
func rocaPrime(t *testing.T, bits int) *big.Int {
	t.Helper()
	m := big.NewInt(2)
	for _, p := range smallPrimes {
		m.Mul(m, big.NewInt(p))
	}
	power := new(big.Int).Exp(big.NewInt(65537), big.NewInt(1234567), m)
	for k := new(big.Int).Rsh(new(big.Int).Lsh(big.NewInt(3), uint(bits-2)), uint(m.BitLen()-1)); ; k.Add(k, big.NewInt(1)) {
		if p := new(big.Int).Add(new(big.Int).Mul(k, m), power); p.ProbablyPrime(20) {
			return p
		}
	}
}

func TestWeakKeys(t *testing.T) {
	product := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	p, q, r, s := prime(t, 1024), prime(t, 1024), prime(t, 1024), prime(t, 1024)
	roca := rocaPrime(t, 1024)
	o := observeFiles(t, map[string]string{
		"etc/good.pem":        publicPEM(t, product(s, prime(t, 1024)), 65537),
		"etc/small.pem":       publicPEM(t, product(prime(t, 512), prime(t, 512)), 65537),
		"etc/exponent.pem":    publicPEM(t, product(prime(t, 1024), prime(t, 1024)), 3),
		"etc/close.pem":       publicPEM(t, product(r, nextPrime(r)), 65537),
		"etc/first.pem":       publicPEM(t, product(p, q), 65537),
		"etc/second.pem":      publicPEM(t, product(p, prime(t, 1024)), 65537),
		"etc/factor.pem":      publicPEM(t, product(big.NewInt(101), prime(t, 2045)), 65537),
		"etc/roca.pem":        publicPEM(t, product(roca, nextROCA(t, roca)), 65537),
		"etc/ssl/certs/a.pem": publicPEM(t, product(prime(t, 256), prime(t, 256)), 65537),
	}, WeakKeys)
	var got []string
	for _, w := range valueOf(t, o, WeakKeys) {
		name := w.Locations[0].Path
		got = append(got, string(w.Weakness)+" "+name[strings.LastIndex(name, "!")+1:])
	}
	slices.Sort(got)
	want := []string{
		"ROCA etc/roca.pem", "close primes etc/close.pem", "shared prime etc/first.pem", "shared prime etc/second.pem", "small etc/small.pem",
		"small exponent etc/exponent.pem", "small factor etc/factor.pem",
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// nextROCA gives another prime of the same form.
func nextROCA(t *testing.T, p *big.Int) *big.Int {
	t.Helper()
	m := big.NewInt(2)
	for _, s := range smallPrimes {
		m.Mul(m, big.NewInt(s))
	}
	for n := new(big.Int).Add(p, m); ; n.Add(n, m) {
		if n.ProbablyPrime(20) && new(big.Int).Sub(n, p).BitLen() > 500 {
			return n
		}
		n.Add(n, new(big.Int).Lsh(m, 300))
	}
}
