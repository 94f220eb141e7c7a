package storage

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

// publishedKey is a key whose private half is public.
type publishedKey struct{ name, source string }

// PublishedKeys is the list of keys whose private half is public, as it is built in.
func PublishedKeys() string { return publishedKeys }

//go:embed published_keys.txt
var publishedKeys string

// published are the keys of the list, by digest.
var published = sync.OnceValue(func() map[assay.Digest]publishedKey {
	list := map[assay.Digest]publishedKey{}
	for line := range strings.Lines(publishedKeys) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) == 3 && !strings.HasPrefix(line, "#") {
			list[digestNamed(fields[0])] = publishedKey{fields[1], fields[2]}
		}
	}
	return list
})

// Published names the key of a digest, if its private half is public.
func Published(d assay.Digest) (name string, ok bool) {
	p, ok := published()[d]
	return p.name, ok
}

// digestNamed tells a digest's kind by its length.
func digestNamed(hex string) assay.Digest {
	if len(hex) == 2*sha1.Size {
		return assay.Digest("sha1:" + hex)
	}
	return assay.Digest("sha256:" + hex)
}

// androidDigest is the digest by which Android's avbtool names an RSA key: SHA-1
// over the key as the boot loader wants it. It is empty for other keys.
func androidDigest(spki []byte) assay.Digest {
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
