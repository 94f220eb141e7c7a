package suit

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"slices"

	"github.com/assay-iot/assay/firmware/cbor"
	"github.com/assay-iot/assay/firmware/format"
)

// Tags of COSE messages, and keys of their headers (RFC 9052).
const (
	tagMac0         = 17
	tagSign1        = 18
	tagMac          = 97
	tagSign         = 98
	headerAlgorithm = 1
	headerKey       = 4
)

// maxBlocks is how many signatures an envelope has at most.
const maxBlocks = 64

// algorithms are those of RFC 9053 and RFC 9864: what the seam calls them, their
// hash, and of ECDSA the bytes of a number.
var algorithms = map[int64]struct {
	name  string
	hash  func() hash.Hash
	width int
}{
	-7: {format.ECDSASHA256, sha256.New, 32}, -9: {format.ECDSASHA256, sha256.New, 32},
	-35: {format.ECDSASHA384, sha512.New384, 48}, -51: {format.ECDSASHA384, sha512.New384, 48},
	-36: {format.ECDSASHA512, sha512.New, 66}, -52: {format.ECDSASHA512, sha512.New, 66},
	-8: {format.Ed25519, nil, 0}, -19: {format.Ed25519, nil, 0},
	-37: {format.RSAPSSSHA256, sha256.New, 0}, -38: {format.RSAPSSSHA384, sha512.New384, 0}, -39: {format.RSAPSSSHA512, sha512.New, 0},
	-257: {format.RSASHA256, sha256.New, 0}, -258: {format.RSASHA384, sha512.New384, 0}, -259: {format.RSASHA512, sha512.New, 0},
}

// vouched compares the manifest's digest and parses what vouches for it.
func (r *reader) vouched(auth, manifest member) error {
	list, err := r.decode(auth)
	if err == nil && (list.Kind != cbor.Array || len(list.Items) == 0 || len(list.Items) > maxBlocks+1) {
		err = format.Errorf(auth.data.Offset, "no list of a digest and up to %d signatures", maxBlocks)
	}
	if err != nil {
		r.unreadable(auth, err)
		return nil
	}
	first := list.Items[0]
	d, ok := digest{}, false
	if first.Kind == cbor.Bytes {
		if item, err := cbor.Decode(first.Bytes); err == nil {
			d, ok = readDigest(item)
		}
	}
	if !ok {
		r.unreadable(auth, format.Errorf(auth.data.Offset, "the list does not begin with a digest"))
		return nil
	}
	if err := r.compare("manifest", d, manifest.all); err != nil {
		return err
	}
	if h := r.last(); !h.OK && r.problem == "" {
		r.problem = "the digest that it is over is not the manifest's"
		if h.Problem != "" {
			r.problem += ", or cannot be compared: " + h.Problem
		}
	}
	r.blocks(auth, manifest, list.Items[1:], first)
	return nil
}

// unreadable notes that nobody can tell who vouches for the manifest.
func (r *reader) unreadable(auth member, err error) {
	r.broken(err, auth.all)
	r.o.Signatures = append(r.o.Signatures, format.Signature{Kind: suitName, Offset: auth.data.Offset, Length: auth.data.Length, Problem: err.Error()})
}

// blocks parses the signatures. They are over the digest of the manifest.
func (r *reader) blocks(auth, manifest member, blocks []cbor.Item, over cbor.Item) {
	covers := []format.Span{{Offset: auth.data.Offset + int64(over.Content()), Length: int64(len(over.Bytes))}, manifest.all}
	for _, b := range blocks {
		at := format.Span{Offset: auth.data.Offset + int64(b.Content()), Length: int64(len(b.Bytes))}
		signatures, err := cose(b.Bytes, over.Bytes, r.o.Attributes)
		if err != nil || b.Kind != cbor.Bytes {
			r.o.Signatures = append(r.o.Signatures, format.Signature{Algorithm: format.COSE, Problem: fmt.Sprintf("it cannot be read: %v", err)})
			signatures = r.o.Signatures[len(r.o.Signatures)-1:]
			r.o.Signatures = r.o.Signatures[:len(r.o.Signatures)-1]
		}
		for _, s := range signatures {
			s.Kind, s.Offset, s.Length, s.Covers, s.Through, s.Leaves = suitName, at.Offset, at.Length, covers, r.through(), r.leaves()
			if len(r.o.Signatures) > 0 {
				s.Name = fmt.Sprint(len(r.o.Signatures))
			}
			s.Doubt = r.doubt
			if s.Problem == "" {
				s.Problem = r.problem
			}
			r.o.Signatures = append(r.o.Signatures, s)
		}
	}
}

// through are the contents of the members that the manifest binds by a digest.
func (r *reader) through() (spans []format.Span) {
	for _, m := range r.members {
		if r.compared[m.title()] {
			spans = append(spans, m.all)
		}
	}
	return spans
}

// leaves are the members that the manifest does not bind by a digest.
func (r *reader) leaves() (spans []format.Span) {
	for _, m := range r.members {
		if m.name == "" && (m.key == keyAuth || m.key == keyManifest) || r.compared[m.title()] {
			continue
		}
		left := m.all
		left.Used = m.name != "" && r.fetched[m.name]
		spans = append(spans, left)
	}
	return spans
}

var errCOSE = errors.New("not a COSE message")

// cose parses a COSE message: one signature, or one of each signer.
func cose(raw, payload []byte, attributes map[string]string) ([]format.Signature, error) {
	message, err := cbor.Decode(raw)
	if err != nil {
		return nil, err
	}
	if message.Kind != cbor.Tag || message.Items[0].Kind != cbor.Array || len(message.Items[0].Items) < 4 {
		return nil, errCOSE
	}
	parts := message.Items[0].Items
	if parts[0].Kind != cbor.Bytes || parts[1].Kind != cbor.Map {
		return nil, errCOSE
	}
	detached := parts[2].Kind == cbor.Simple && parts[2].Number == cbor.Null
	if !detached && !slices.Equal(parts[2].Bytes, payload) {
		return nil, errors.New("it brings a message of its own, which is not the digest")
	}
	switch message.Number {
	case tagSign1:
		s := one(parts[0], parts[1], parts[3], structure("Signature1", payload, parts[0].Bytes))
		return []format.Signature{s}, nil
	case tagSign:
		var all []format.Signature
		for _, signer := range parts[3].Items {
			p := signer.Items
			if len(p) != 3 || p[0].Kind != cbor.Bytes {
				return nil, errCOSE
			}
			all = append(all, one(p[0], p[1], p[2], structure("Signature", payload, parts[0].Bytes, p[0].Bytes)))
		}
		return all, nil
	case tagMac0, tagMac:
		attributes["mac"] = "true"
		return nil, nil
	}
	return nil, errCOSE
}

// structure is the Sig_structure of RFC 9052, 4.4, without external data.
func structure(context string, payload []byte, protected ...[]byte) []byte {
	s := cbor.Head(cbor.Array, uint64(len(protected)+3))
	s = append(append(s, cbor.Head(cbor.Text, uint64(len(context)))...), context...)
	for _, b := range append(slices.Clone(protected), nil, payload) {
		s = append(append(s, cbor.Head(cbor.Bytes, uint64(len(b)))...), b...)
	}
	return s
}

// one parses a signature of which the message is known.
func one(protected, unprotected, signature cbor.Item, message []byte) format.Signature {
	s := format.Signature{Algorithm: format.COSE, Value: signature.Bytes, Message: message}
	headers, err := cbor.Decode(protected.Bytes)
	if err != nil || headers.Kind != cbor.Map {
		s.Problem = "its protected headers cannot be read"
		return s
	}
	for _, h := range []cbor.Item{unprotected, headers} {
		if key, ok := h.Get(headerKey); ok && key.Kind == cbor.Bytes {
			s.KeyName = readable(key.Bytes)
		}
	}
	item, _ := headers.Get(headerAlgorithm)
	id, ok := item.Int()
	known, found := algorithms[id]
	if !ok || !found {
		s.Algorithm = fmt.Sprintf("COSE algorithm %d", id)
		s.Problem = "an algorithm that is not known, or not protected"
		return s
	}
	s.Algorithm = known.name
	if known.hash != nil {
		sum := known.hash()
		_, _ = sum.Write(message)
		s.Digest = sum.Sum(nil)
	}
	if known.width > 0 {
		if len(s.Value) != 2*known.width {
			s.Problem = fmt.Sprintf("signature of %d bytes, not %d", len(s.Value), 2*known.width)
			return s
		}
		s.Value, _ = asn1.Marshal(struct{ R, S *big.Int }{
			new(big.Int).SetBytes(s.Value[:known.width]), new(big.Int).SetBytes(s.Value[known.width:]),
		})
	}
	return s
}
