// Package publishedkeys lists keys whose private half is public: test and example keys
// of tools and platforms, and those that a maker gave away. Whatever they sign, anybody
// may have signed.
package publishedkeys

import (
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // by which Android's tools name keys
	"crypto/x509"
	_ "embed"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
)

// Key is a key of the list: what it is called, and the address where it was published.
type Key struct{ Name, Source string }

// Text is the list as it is built in, a key to a line.
func Text() string { return text }

//go:embed publishedkeys.txt
var text string

// published are the keys of the list, by digest.
var published = sync.OnceValue(func() map[assay.Digest]Key {
	list := map[assay.Digest]Key{}
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) == 3 && !strings.HasPrefix(line, "#") {
			list[digestNamed(fields[0])] = Key{fields[1], fields[2]}
		}
	}
	return list
})

// Of gives the key whose public half, as SubjectPublicKeyInfo, has a digest.
func Of(d assay.Digest) (k Key, ok bool) {
	k, ok = published()[d]
	return k, ok
}

// digestNamed tells a digest's kind by its length.
func digestNamed(hex string) assay.Digest {
	if len(hex) == 2*sha1.Size {
		return assay.Digest("sha1:" + hex)
	}
	return assay.Digest("sha256:" + hex)
}

// AndroidDigest is the digest by which Android's avbtool names an RSA key: SHA-1
// over the key as the boot loader wants it. It is empty for other keys.
func AndroidDigest(spki []byte) assay.Digest {
	key, err := x509.ParsePKIXPublicKey(spki)
	k, ok := key.(*rsa.PublicKey)
	if err != nil || !ok || k.N.Bit(0) == 0 {
		return ""
	}
	word := new(big.Int).Lsh(big.NewInt(1), 32)
	inverse := new(big.Int).Sub(word, new(big.Int).ModInverse(k.N, word))
	square := new(big.Int).Lsh(big.NewInt(1), uint(2*8*k.Size()))
	square.Mod(square, k.N)
	head := binary.BigEndian.AppendUint32(nil, uint32(8*k.Size()))
	head = binary.BigEndian.AppendUint32(head, uint32(inverse.Uint64()))
	n := make([]byte, k.Size())
	sum := sha1.Sum(slices.Concat(head, k.N.FillBytes(n), square.FillBytes(make([]byte, k.Size())))) //nolint:gosec // see above
	return assay.Digest(fmt.Sprintf("sha1:%x", sum))
}
