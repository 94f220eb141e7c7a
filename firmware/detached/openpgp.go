package detached

import (
	"bytes"
	"context"
	"crypto"
	"io"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/openpgp"
)

// IsOpenPGP reports whether bytes are a detached signature of OpenPGP, as they
// are or in ASCII armour.
func IsOpenPGP(b []byte) bool {
	packets, err := packetsOf(b)
	return err == nil && len(packets) > 0 && !slices.ContainsFunc(packets, func(p openpgp.Packet) bool { return !isSignature(p) })
}

// packetsOf gives the packets that bytes consist of, without armour.
func packetsOf(b []byte) ([]openpgp.Packet, error) {
	if text := bytes.TrimLeft(b, " \r\n"); bytes.HasPrefix(text, []byte("-----BEGIN PGP ")) {
		kind, content, _, err := openpgp.Armour(text)
		if err != nil || kind != openpgp.SignatureArmour {
			return nil, errNoOpenPGP
		}
		b = content
	}
	return openpgp.Packets(b)
}

// isSignature tells a signature packet, also one of a version that is not read.
func isSignature(p openpgp.Packet) bool {
	return p.Kind == openpgp.SignaturePacket && len(p.Body) > 3 && p.Body[0] >= 2 && p.Body[0] <= 6
}

// OpenPGP makes a signature of each packet, with the key that it names.
func OpenPGP(kind string, b []byte) []format.Signature {
	packets, err := packetsOf(b)
	var all []format.Signature
	for i, p := range packets {
		if !isSignature(p) {
			packets, err = packets[:i], errNoOpenPGP
			break
		}
	}
	for _, p := range packets {
		s := format.Signature{Kind: kind, Algorithm: format.OpenPGP, Value: p.Whole, Length: int64(len(b))}
		if parsed, err := openpgp.ParseSignature(p.Body); err == nil {
			s.KeyName = parsed.Issuer
		}
		if err != nil {
			s.Problem = "something that is no signature follows"
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		all = append(all, format.Signature{Kind: kind, Algorithm: format.OpenPGP, Value: b, Length: int64(len(b)), Problem: errNoOpenPGP.Error()})
	}
	return all
}

// Cover says that a signature is over runs of an input, as Signature.Cover does;
// of one of OpenPGP, Digest is that of the runs and of what its packet says of
// itself.
func Cover(ctx context.Context, s *format.Signature, in format.Input, spans []format.Span, hashes ...crypto.Hash) error {
	if err := s.Cover(ctx, in, spans, hashes...); err != nil || s.Algorithm != format.OpenPGP {
		return err
	}
	return seal(s, func(w io.Writer) error { return format.CopySpans(ctx, w, in, spans) })
}

// seal computes the digest that a signature of OpenPGP is of.
func seal(s *format.Signature, write func(io.Writer) error) error {
	packets, err := openpgp.Packets(s.Value)
	if err != nil || len(packets) != 1 {
		return nil // it has its Problem
	}
	parsed, err := openpgp.ParseSignature(packets[0].Body)
	if err != nil {
		return nil // whoever verifies it says so
	}
	s.Digest, err = parsed.Sum(write)
	s.Signed = nil // the digest is all that is asked for
	return err
}

// Clear makes signatures of a text that is signed in clear; in is that text.
func Clear(kind string, in []byte) []format.Signature {
	c, err := openpgp.ParseClear(in)
	if err != nil {
		return []format.Signature{{Kind: kind, Algorithm: format.OpenPGP, Value: in, Length: int64(len(in)), Problem: err.Error()}}
	}
	all := OpenPGP(kind, c.Packed)
	for i := range all {
		s := &all[i]
		s.Offset, s.Length = int64(c.At), int64(c.Rest-c.At)
		s.Covers = []format.Span{{Length: int64(c.At)}}
		s.Message = c.Text
		s.Leave(int64(len(in)))
		_ = seal(s, func(w io.Writer) error { _, err := w.Write(c.Text); return err })
	}
	return all
}
