package esp

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"hash/crc32"
	"math/big"
	"slices"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// sums are the digests of the covered bytes, as far as a block needs them.
type sums struct {
	ctx            context.Context
	in             format.Input
	n              int64
	sha256, sha384 []byte
}

func (s *sums) of(algorithm string) ([]byte, error) {
	kept, h := &s.sha256, sha256.New()
	if algorithm == format.ECDSASHA384 {
		kept, h = &s.sha384, sha512.New384()
	}
	if *kept == nil {
		if err := pieces(s.ctx, s.in, 0, s.n, func(b []byte) { _, _ = h.Write(b) }); err != nil {
			return nil, err
		}
		*kept = h.Sum(nil)
	}
	return *kept, nil
}

// v2 is a signature block. Its numbers are little endian.
type v2 struct {
	algorithm string
	curve     string
	digest    []byte // of the image
	key       []byte // the bytes of which the chip has burnt the digest
	public    []byte // SubjectPublicKeyInfo
	value     []byte
	problem   string
}

// block reads a block that has the magic number and a known version.
func block(raw []byte) (b v2, ok bool) {
	if len(raw) < 4 || raw[0] != blockMagic || raw[1] != versionRSA && raw[1] != versionECDSA {
		return b, false
	}
	if len(raw) < blockSize {
		return v2{problem: "the signature block is cut off"}, true
	}
	if raw[1] == versionRSA {
		b.rsa(raw)
	} else {
		b.ecdsa(raw)
	}
	if sum := crc32.ChecksumIEEE(raw[:blockSummed]); sum != le.Uint32(raw[blockSummed:]) {
		b.problem = "the checksum of the signature block differs"
	}
	return b, true
}

// signature says what the block covers, and compares the digest in it.
func (b *v2) signature(sum []byte, i int, at int64) (format.Signature, format.Hash) {
	covers := format.Span{Length: at}
	s := format.Signature{
		Kind: SecureBootV2.Name, Name: strconv.Itoa(i), Offset: at + int64(i)*blockSize, Length: blockSize,
		Algorithm: b.algorithm, Value: b.value, PublicKey: b.public, Digest: sum,
		Covers: []format.Span{covers}, Problem: b.problem,
	}
	h := format.Hash{Name: fmt.Sprintf("signature block %d", i), Algorithm: "sha256", Span: covers}
	if b.algorithm == format.ECDSASHA384 {
		h.Algorithm = "sha384"
	}
	h.OK = bytes.Equal(b.digest, s.Digest)
	switch {
	case b.digest == nil:
		h.Problem = b.problem
	case !h.OK && s.Problem == "":
		s.Problem = "the digest in the signature block is not that of the image"
	}
	return s, h
}

// little reads a number.
func little(b []byte) *big.Int {
	b = bytes.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

// The places in a block with an RSA key.
const (
	rsaModulus   = 36
	rsaExponent  = rsaModulus + rsaSize
	rsaR         = rsaExponent + 4
	rsaM         = rsaR + rsaSize
	rsaSignature = rsaM + 4
)

func (b *v2) rsa(raw []byte) {
	b.algorithm, b.digest, b.key = format.RSAPSSSHA256, raw[4:36], raw[rsaModulus:rsaSignature]
	b.value = bytes.Clone(raw[rsaSignature:blockSummed])
	slices.Reverse(b.value)
	n, e := little(raw[rsaModulus:rsaExponent]), le.Uint32(raw[rsaExponent:])
	if n.Bit(0) == 0 || e == 0 || e > 1<<31-1 {
		b.problem = "the RSA key in the signature block is none"
		return
	}
	if public, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: int(e)}); err == nil {
		b.public = public
	}
	if !montgomery(n, little(raw[rsaR:rsaM]), le.Uint32(raw[rsaM:])) {
		b.problem = "the precalculated numbers in the signature block do not belong to its key"
	}
}

// montgomery checks the numbers that spare the chip a part of the work: 2 to the
// 6144 modulo n, and the negative inverse of n modulo 2 to the 32.
func montgomery(n, r *big.Int, m uint32) bool {
	want := new(big.Int).Lsh(big.NewInt(1), 2*8*rsaSize)
	want.Mod(want, n)
	low := uint32(new(big.Int).And(n, big.NewInt(0xffffffff)).Uint64())
	return want.Cmp(r) == 0 && low*m == 0xffffffff
}

// curve is a curve that a block may use.
type curve struct {
	name string
	size int
	oid  asn1.ObjectIdentifier
	on   ecdh.Curve // nil where none checks the key
}

// curves are by their number in the block.
var curves = map[byte]*curve{
	1: {"P-192", 24, asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 1}, nil},
	2: {"P-256", 32, asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, ecdh.P256()},
	3: {"P-384", 48, asn1.ObjectIdentifier{1, 3, 132, 0, 34}, ecdh.P384()},
}

var ecPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

// ecdsa reads a block with a key of a curve. The byte that is padding with RSA
// says which hash is used; with the longer hash the fields are longer too.
func (b *v2) ecdsa(raw []byte) {
	hash, field := sha256.Size, 64
	b.algorithm = format.ECDSASHA256
	if raw[2] == 1 {
		hash, field, b.algorithm = sha512.Size384, 96, format.ECDSASHA384
	}
	b.digest = raw[4 : 4+hash]
	at := 4 + hash
	b.key = raw[at : at+1+field]
	c := curves[raw[at]]
	if c == nil || 2*c.size > field || raw[2] > 1 {
		b.problem = fmt.Sprintf("curve %d with hash %d in the signature block is not known", raw[at], raw[2])
		return
	}
	b.curve = " " + c.name
	x, y := little(raw[at+1:][:c.size]), little(raw[at+1+c.size:][:c.size])
	sig := raw[at+1+field:]
	b.value = der(little(sig[:c.size]), little(sig[c.size:2*c.size]))
	point := make([]byte, 1+2*c.size)
	point[0] = 4 // not compressed
	x.FillBytes(point[1 : 1+c.size])
	y.FillBytes(point[1+c.size:])
	if c.on != nil {
		if _, err := c.on.NewPublicKey(point); err != nil {
			b.problem = "the key in the signature block is not on its curve"
			return
		}
	}
	b.public = c.public(point)
}

// public is a SubjectPublicKeyInfo.
func (c *curve) public(point []byte) []byte {
	type algorithm struct{ Algorithm, Curve asn1.ObjectIdentifier }
	b, err := asn1.Marshal(struct {
		Algorithm algorithm
		Key       asn1.BitString
	}{algorithm{ecPublicKey, c.oid}, asn1.BitString{Bytes: point, BitLength: 8 * len(point)}})
	if err != nil {
		panic(err) // plain values can be written
	}
	return b
}
