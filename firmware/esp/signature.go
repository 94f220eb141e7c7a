package esp

import (
	"bytes"
	"cmp"
	"context"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
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
	for i := range o.Signatures {
		leave(&o.Signatures[i], at, at+size)
	}
	o.Parts = append(o.Parts, format.Part{Name: "signature", Offset: at, Length: size, Role: format.Data})
	o.Length = at + size
	return nil
}

// leave notes what of the sector of the signatures is not one of them.
func leave(s *format.Signature, from, to int64) {
	for _, l := range []format.Span{{Offset: from, Length: s.Offset - from}, {Offset: s.Offset + s.Length, Length: to - s.Offset - s.Length}} {
		if l.Length > 0 {
			s.Leaves = append(s.Leaves, l)
		}
	}
}

// blank reports whether bytes are only zeros or only erased.
func blank(b []byte) bool { return erased(b) || len(bytes.Trim(b, "\x00")) == 0 }
