package mender

import (
	"context"
	"crypto"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// compare compares the files that a manifest lists. It gives the members that
// are covered by what holds.
func (a *artifact) compare(ctx context.Context, name string) ([]format.Span, error) {
	text, ok := a.text(name)
	if !ok {
		return nil, nil
	}
	broken := map[int]bool{} // members of which a file does not hold
	listed := map[string]bool{}
	whole := map[int]bool{}
	for line := range strings.Lines(text) {
		sum, about, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		want, err := hex.DecodeString(sum)
		switch {
		case strings.TrimSpace(line) == "":
			continue
		case !ok || err != nil || len(want) != 32 || len(listed) == maxFiles:
			a.damage(a.members[a.named[name]], "%s has a line that is none", name)
			continue
		case listed[about]:
			a.damage(a.members[a.named[name]], "%s lists %q twice", name, about)
		}
		listed[about] = true
		h, member, err := a.hash(ctx, about, want)
		if err != nil {
			return nil, err
		}
		a.opened.Hashes = append(a.opened.Hashes, h)
		if member >= 0 {
			whole[member] = true
			broken[member] = broken[member] || !h.OK
		}
	}
	for about, f := range a.payload {
		broken[f.member] = broken[f.member] || !listed[about] // something that nobody lists
	}
	var through []format.Span
	for i, e := range a.members {
		if whole[i] && !broken[i] {
			through = append(through, span(e))
		}
	}
	return through, nil
}

// hash compares one file: a member, or a file in the data.
func (a *artifact) hash(ctx context.Context, about string, want []byte) (format.Hash, int, error) {
	h := format.Hash{Name: about, Algorithm: "sha256", Span: format.Span{Path: about}}
	if f, ok := a.payload[about]; ok {
		h.OK = string(f.sum[:]) == string(want)
		h.Span = span(a.members[f.member])
		return h, f.member, nil
	}
	i, ok := a.named[about]
	if !ok {
		h.Problem = "not in the artifact"
		a.damage(a.members[0], "a manifest lists %q, which is not in the artifact", about)
		return h, -1, nil
	}
	h.Span = span(a.members[i])
	var sum format.Signature
	if err := sum.Cover(ctx, a.in, []format.Span{h.Span}, crypto.SHA256); err != nil {
		return h, i, err
	}
	h.OK = string(sum.Digest) == string(want)
	return h, i, nil
}

const (
	p256Signature  = 64 // two numbers of 32 bytes
	minRSA, maxRSA = 128, 1024
)

// sign adds the signature, if there is one.
func (a *artifact) sign(ctx context.Context, through []format.Span) error {
	text, ok := a.text(manifestSig)
	if !ok {
		return nil
	}
	e := a.members[a.named[manifestSig]]
	s := format.Signature{Kind: "mender", Offset: e.Offset, Length: e.Size, Through: through}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	switch {
	case err != nil:
		s.Problem = "the signature is no base64"
	case len(raw) == p256Signature:
		s.Algorithm = format.ECDSASHA256
		s.Value, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:p256Signature/2]), new(big.Int).SetBytes(raw[p256Signature/2:])})
	case isDER(raw):
		s.Algorithm, s.Value = format.ECDSASHA256, raw
	case len(raw) >= minRSA && len(raw) <= maxRSA:
		s.Algorithm, s.Value = format.RSASHA256, raw
	default:
		s.Problem = "a signature of an unknown kind"
	}
	i, ok := a.named[manifest]
	if err != nil || !ok {
		if s.Problem == "" {
			s.Problem = "there is no manifest"
		}
		a.opened.Signatures = []format.Signature{s}
		return nil
	}
	if err := s.Cover(ctx, a.in, []format.Span{span(a.members[i])}, crypto.SHA256); err != nil {
		return err
	}
	a.leave(&s)
	a.opened.Signatures = []format.Signature{s}
	return nil
}

func isDER(b []byte) bool {
	var v struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(b, &v)
	return err == nil && len(rest) == 0
}

// leave lists the members that are not covered.
func (a *artifact) leave(s *format.Signature) {
	taken := map[int64]bool{s.Offset: true}
	for _, c := range append(s.Through, s.Covers...) {
		taken[c.Offset] = true
	}
	for _, e := range a.members {
		if e.Mode.IsRegular() && e.Size > 0 && !taken[e.Offset] {
			left := span(e)
			left.Used = packed(e.Name) // by its name alone
			s.Leaves = append(s.Leaves, left)
		}
	}
}
