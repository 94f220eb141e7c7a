package weakkeys

import (
	"crypto/rand"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/factstest"
	"github.com/assay-iot/assay/firmware/firmwaretest"
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

// primesOfROCA are the odd primes by which the form is told, all below 168.
func primesOfROCA() (primes []int64) {
	for p := int64(3); p < 168; p += 2 {
		if big.NewInt(p).ProbablyPrime(0) {
			primes = append(primes, p)
		}
	}
	return primes
}

func publicPEM(t *testing.T, n *big.Int, e int64) string {
	t.Helper()
	der, err := asn1.Marshal(struct{ N, E *big.Int }{n, big.NewInt(e)})
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
	for _, p := range primesOfROCA() {
		m.Mul(m, big.NewInt(p))
	}
	power := new(big.Int).Exp(big.NewInt(65537), big.NewInt(1234567), m)
	for k := new(big.Int).Rsh(new(big.Int).Lsh(big.NewInt(3), uint(bits-2)), uint(m.BitLen()-1)); ; k.Add(k, big.NewInt(1)) {
		if p := new(big.Int).Add(new(big.Int).Mul(k, m), power); p.ProbablyPrime(20) {
			return p
		}
	}
}

func TestKeys(t *testing.T) {
	product := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	p, q, r, s := prime(t, 1024), prime(t, 1024), prime(t, 1024), prime(t, 1024)
	roca := rocaPrime(t, 1024)
	found := factstest.Seen(t, Keys, map[string]string{
		"etc/good.pem":        publicPEM(t, product(s, prime(t, 1024)), 65537),
		"etc/small.pem":       publicPEM(t, product(prime(t, 512), prime(t, 512)), 65537),
		"etc/exponent.pem":    publicPEM(t, product(prime(t, 1024), prime(t, 1024)), 3),
		"etc/close.pem":       publicPEM(t, product(r, nextPrime(r)), 65537),
		"etc/first.pem":       publicPEM(t, product(p, q), 65537),
		"etc/second.pem":      publicPEM(t, product(p, prime(t, 1024)), 65537),
		"etc/factor.pem":      publicPEM(t, product(big.NewInt(101), prime(t, 2045)), 65537),
		"etc/middle.pem":      publicPEM(t, product(big.NewInt(65521), prime(t, 2045)), 65537),
		"etc/roca.pem":        publicPEM(t, product(roca, nextROCA(t, roca)), 65537),
		"etc/ssl/certs/a.pem": publicPEM(t, product(prime(t, 256), prime(t, 256)), 65537),
	})
	var got []string
	for _, w := range found {
		name := w.Locations[0].Path
		got = append(got, string(w.Weakness)+" "+name[strings.LastIndex(name, "!")+1:])
	}
	slices.Sort(got)
	want := []string{
		"ROCA etc/roca.pem", "close primes etc/close.pem", "shared prime etc/first.pem", "shared prime etc/second.pem", "small etc/small.pem",
		"small exponent etc/exponent.pem", "small factor etc/factor.pem",
		"small factor etc/middle.pem",
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
	for _, s := range primesOfROCA() {
		m.Mul(m, big.NewInt(s))
	}
	for n := new(big.Int).Add(p, m); ; n.Add(n, m) {
		if n.ProbablyPrime(20) && new(big.Int).Sub(n, p).BitLen() > 500 {
			return n
		}
		n.Add(n, new(big.Int).Lsh(m, 300))
	}
}

// TestVerifyingKeys has a boot loader that trusts a key that can be factored,
// and a good one that is only small, of which another check speaks.
func TestVerifyingKeys(t *testing.T) {
	p := prime(t, 1024)
	for name, c := range map[string]struct {
		n    *big.Int
		want Weakness
	}{
		"close primes": {new(big.Int).Mul(p, nextPrime(p)), ClosePrimes},
		"good":         {new(big.Int).Mul(prime(t, 1024), prime(t, 1024)), ""},
		"small":        {new(big.Int).Mul(prime(t, 512), prime(t, 512)), ""},
	} {
		files := map[string]string{"boot/u-boot.dtb": string(firmwaretest.BootTree(c.n.Bytes()))}
		if keys := factstest.Seen(t, facts.BootKeys, files); len(keys) != 1 || keys[0].Public == "" || keys[0].Number == "" {
			t.Fatalf("%s: %+v", name, keys)
		}
		got := Weakness("")
		for _, w := range factstest.Seen(t, Keys, files) {
			got += w.Weakness
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
