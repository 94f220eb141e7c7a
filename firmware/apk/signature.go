package apk

import (
	"context"
	"crypto"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// A signature block of a package of version 3 is two bytes, version and kind of
// digest, sixteen that number the key (of the SHA-512 over its public half), then
// the signature. It is over the kind of the database ("pckg"), the head of the
// block, and the SHA-512 of the database.
const (
	signatureHead = 2 + 16
	maxSignatures = 16
	digestSHA512  = 4 // the only kind that is in use

	kindAt, kindSize = 4, 4 // of the database, in the package
)

// sign reads the signature blocks between database and contents.
func (a *archive) sign(ctx context.Context, o *format.Opened, database block) error {
	var through []format.Span
	if next, err := readBlock(a.in, database.next); err == nil && next.kind == blockSignature {
		if through, o.Hashes, err = a.compare(ctx); err != nil {
			return err
		}
	}
	for at := database.next; at < a.in.Size && len(o.Signatures) < maxSignatures; {
		b, err := readBlock(a.in, at)
		if err != nil || b.kind != blockSignature {
			break
		}
		s, err := a.signature(ctx, database, b)
		if err != nil {
			return err
		}
		s.Through = through
		s.Leave(o.Length)
		o.Signatures = append(o.Signatures, s)
		at = b.next
	}
	return nil
}

// compare compares the contents with their digests in the database. It gives the
// blocks of those that hold.
func (a *archive) compare(ctx context.Context) (through []format.Span, hashes []format.Hash, err error) {
	for i, e := range a.entries {
		block, ok := a.blocks[i]
		if !ok || len(a.sums[i]) == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		h := format.Hash{Name: e.Name, Algorithm: fmt.Sprintf("digest of %d bytes", len(a.sums[i])), Span: block}
		switch content, err := a.in.Bytes(e.Offset, e.Size); {
		case err != nil:
			h.Problem = err.Error()
		case holds(a.sums[i], content):
			h.OK = true
			through = append(through, block)
		}
		hashes = append(hashes, h)
	}
	return through, hashes, nil
}

func (a *archive) signature(ctx context.Context, database, b block) (format.Signature, error) {
	s := format.Signature{Kind: "apk", Name: fmt.Sprintf("block at 0x%x", b.start), Offset: b.start, Length: b.end - b.start}
	raw, err := a.in.Bytes(b.start, min(s.Length, maxSignature))
	if err != nil {
		return s, err
	}
	if len(raw) <= signatureHead || raw[0] != 0 {
		s.Problem = "a signature block of an unknown form"
		return s, nil
	}
	s.KeyName, s.Value = hex.EncodeToString(raw[2:signatureHead]), raw[signatureHead:]
	if raw[1] != digestSHA512 {
		s.Problem = fmt.Sprintf("digest of the kind %d", raw[1])
		return s, nil
	}
	s.Algorithm = format.RSASHA512
	if isDER(s.Value) {
		s.Algorithm = format.ECDSASHA512
	}
	over := format.Span{Offset: database.start, Length: database.end - database.start}
	if err := s.Cover(ctx, a.in, []format.Span{over}, crypto.SHA512); err != nil {
		return s, err
	}
	s.Covers = []format.Span{{Offset: kindAt, Length: kindSize}, over}
	s.Message = slices.Concat(a.in.Peek(kindAt, kindSize), raw[:signatureHead], s.Digest)
	s.Signed = nil
	sum := crypto.SHA512.New()
	_, _ = sum.Write(s.Message)
	s.Digest = sum.Sum(nil)
	return s, nil
}

func isDER(b []byte) bool {
	var v struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(b, &v)
	return err == nil && len(rest) == 0
}
