package esp

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/elliptic"
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

// SecureBootV1 is the signature of secure boot v1, which stands behind what it
// covers. The image says what that is; the container only names it.
var SecureBootV1 = &format.Format{
	Name: "esp-secure-boot-v1",
	Probe: func(in format.Input) format.Likeness {
		if in.Size == v1Size && isV1(in.Head(v1Size)) {
			return format.Sure
		}
		return format.No
	},
	Open: func(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
		if in.Size != v1Size || !isV1(in.Head(v1Size)) {
			return nil, format.Errorf(0, "no signature")
		}
		return &format.Opened{Length: v1Size, Attributes: map[string]string{"algorithm": format.ECDSASHA256, "curve": "P-256"}}, nil
	},
}

// SecureBootV2 is the sector with the signature blocks of secure boot v2.
var SecureBootV2 = &format.Format{
	Name:     "esp-secure-boot-v2",
	Magics:   []format.Magic{{Bytes: "\xe7\x02\x00\x00"}, {Bytes: "\xe7\x03\x00\x00"}, {Bytes: "\xe7\x03\x01\x00"}},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		if b, ok := block(in.Head(blockSize)); ok && b.problem == "" {
			return format.Sure
		}
		return format.No
	},
	Open: openV2,
}

const (
	v1Size = 4 + 64

	maxBlocks      = 3
	blockSize      = 1216
	blockSummed    = 1196 // the CRC of so many bytes follows them
	blockMagic     = 0xe7
	versionRSA     = 2
	versionECDSA   = 3
	rsaSize        = 384
	maxPadding     = 64 << 10 // between an image and its signature
	minDistinct    = 16       // of the bytes of a signature, which are like random ones
	trailerChecked = 12
)

// openV2 names the blocks of a sector. Signatures belong to the image in front of
// it, which they cover.
func openV2(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	o := &format.Opened{Attributes: map[string]string{}}
	for i := range int64(maxBlocks) {
		raw := in.Peek(i*blockSize, blockSize)
		b, ok := block(raw)
		if !ok || len(raw) < blockSize || b.problem != "" && i == 0 {
			break
		}
		o.Length = (i + 1) * blockSize
		name := "block-" + strconv.Itoa(int(i))
		o.Attributes[name] = cmp.Or(b.problem, b.algorithm+b.curve+", key "+fmt.Sprintf("%x", sha256.Sum256(b.key)))
	}
	if o.Length == 0 {
		return nil, format.Errorf(0, "no signature block")
	}
	if rest := in.Peek(o.Length, int(sector-o.Length)); erased(rest) {
		o.Length += int64(len(rest))
	}
	return o, nil
}

// sign finds the signatures behind an image, or behind what else ends at the
// length of o, and takes them into it.
func sign(ctx context.Context, in format.Input, o *format.Opened) error {
	if err := signV1(ctx, in, o, o.Length); err != nil || len(o.Signatures) > 0 {
		return err
	}
	return signV2(ctx, in, o)
}

// isV1 reports whether bytes are a version of 0 and two numbers that an ECDSA
// signature over P-256 can have.
func isV1(b []byte) bool {
	if len(b) < v1Size || le.Uint32(b) != 0 {
		return false
	}
	var seen [256]bool
	distinct := 0
	for _, c := range b[4:v1Size] {
		if !seen[c] {
			seen[c] = true
			distinct++
		}
	}
	n := elliptic.P256().Params().N
	r, s := new(big.Int).SetBytes(b[4:36]), new(big.Int).SetBytes(b[36:68])
	return distinct >= minDistinct && r.Sign() > 0 && s.Sign() > 0 && r.Cmp(n) < 0 && s.Cmp(n) < 0
}

// signV1 takes a signature of secure boot v1 at a place. Nothing but padding may
// follow it.
func signV1(ctx context.Context, in format.Input, o *format.Opened, at int64) error {
	b := in.Peek(at, v1Size)
	behind := in.Peek(at+v1Size, trailerChecked)
	if !isV1(b) || !erased(behind) && len(bytes.Trim(behind, "\x00")) > 0 {
		return nil
	}
	sum, err := digest(ctx, in, at)
	if err != nil {
		return err
	}
	o.Signatures = append(o.Signatures, format.Signature{
		Kind: SecureBootV1.Name, Offset: at, Length: v1Size,
		Algorithm: format.ECDSASHA256, Digest: sum,
		Value:  der(new(big.Int).SetBytes(b[4:36]), new(big.Int).SetBytes(b[36:68])),
		Covers: []format.Span{{Length: at}},
	})
	o.Parts = append(o.Parts, format.Part{Name: "signature", Offset: at, Length: v1Size, Role: format.Data})
	o.Length = at + v1Size
	return nil
}

// der is an ECDSA signature in the form of RFC 3279.
func der(r, s *big.Int) []byte {
	b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		panic(err) // two numbers can be written
	}
	return b
}

// signV2 takes the blocks of the first sector behind the image that is not
// erased, if they are blocks. All of them count, also the broken ones.
func signV2(ctx context.Context, in format.Input, o *format.Opened) error {
	at := (o.Length + sector - 1) &^ (sector - 1)
	if !blank(in.Peek(o.Length, int(at-o.Length))) {
		return nil
	}
	for end := at + maxPadding; at < end; at += sector {
		if head := in.Peek(at, sector); len(head) < sector || !blank(head) {
			break
		}
	}
	sums := &sums{ctx: ctx, in: in, n: at}
	for i := range int64(maxBlocks) {
		raw := in.Peek(at+i*blockSize, blockSize)
		b, ok := block(raw)
		if !ok {
			if i > 0 && !erased(raw) {
				o.Damage = append(o.Damage, format.Damage{Offset: at + i*blockSize, Length: int64(len(raw)), Reason: fmt.Sprintf("signature block %d has no magic number", i)})
			}
			continue
		}
		sum, err := sums.of(b.algorithm)
		if err != nil {
			return err
		}
		s, h := b.signature(sum, int(i), at)
		o.Signatures, o.Hashes = append(o.Signatures, s), append(o.Hashes, h)
	}
	if len(o.Signatures) == 0 {
		return nil
	}
	size := min(sector, in.Size-at)
	o.Parts = append(o.Parts, format.Part{Name: "signature", Offset: at, Length: size, Role: format.Data})
	o.Length = at + size
	return nil
}

// blank reports whether bytes are only zeros or only erased.
func blank(b []byte) bool { return erased(b) || len(bytes.Trim(b, "\x00")) == 0 }

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
