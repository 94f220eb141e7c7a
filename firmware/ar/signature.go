package ar

import (
	"context"
	"crypto"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/openpgp"
)

// Members of a Debian package that sign the others, as debsigs(1) writes them:
// OpenPGP over debian-binary, control and data, one behind another. dpkg-sig(1)
// signs in clear a list of their digests instead.
const (
	signer       = "_gpg" // and what the signer is: origin, maint, …
	maxSignature = 64 << 10
)

// sign adds the signatures of a Debian package.
func (a *archive) sign(ctx context.Context, o *format.Opened) error {
	var over []format.Span
	for _, e := range a.entries {
		if e.Err == nil && !strings.HasPrefix(e.Name, "_") {
			over = append(over, format.Span{Offset: e.Offset, Length: e.Size, Path: e.Name})
		}
	}
	for _, e := range a.entries {
		if !strings.HasPrefix(e.Name, signer) {
			continue
		}
		if e.Err != nil {
			o.Signatures = append(o.Signatures, format.Signature{Kind: "deb", Name: e.Name, Offset: max(0, e.Offset), Problem: "it cannot be read: " + e.Err.Error()})
			continue
		}
		value, err := a.in.Bytes(e.Offset, min(e.Size, maxSignature))
		if err != nil {
			return err
		}
		found, listed, err := a.read(ctx, value, e, over)
		if err != nil {
			return err
		}
		o.Hashes = append(o.Hashes, listed...)
		for _, s := range found {
			s.Name = e.Name
			o.Signatures = append(o.Signatures, s)
		}
		if len(o.Signatures) > maxSignatures {
			break
		}
	}
	return nil
}

const maxSignatures = 64

// read makes the signatures of one member.
func (a *archive) read(ctx context.Context, value []byte, e format.Entry, over []format.Span) ([]format.Signature, []format.Hash, error) {
	if openpgp.IsClear(value) {
		found := detached.Clear("deb", value)
		listed, err := a.listed(ctx, string(found[0].Message), over)
		for i := range found {
			s := &found[i]
			s.Offset += e.Offset
			for k := range s.Covers {
				s.Covers[k].Offset += e.Offset
			}
			for _, h := range listed {
				if h.OK {
					s.Through = append(s.Through, h.Span)
				}
			}
			s.Leaves = slices.DeleteFunc(slices.Clone(over), func(sp format.Span) bool { return slices.Contains(s.Through, sp) })
		}
		return found, listed, err
	}
	found := detached.OpenPGP("deb", value)
	for i := range found {
		found[i].Offset, found[i].Length = e.Offset, e.Size
		if err := detached.Cover(ctx, &found[i], a.in, over); err != nil {
			return nil, nil, err
		}
	}
	return found, nil, nil
}

// listed compares the members with a list of dpkg-sig: lines of MD5, SHA-1, size
// and name.
func (a *archive) listed(ctx context.Context, text string, over []format.Span) ([]format.Hash, error) {
	var all []format.Hash
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) != 4 || len(f[1]) != 2*crypto.SHA1.Size() || len(all) == maxSignatures {
			continue
		}
		h := format.Hash{Name: f[3], Algorithm: "sha1", Problem: "not in the package"}
		for _, sp := range over {
			if sp.Path != f[3] {
				continue
			}
			var sum format.Signature
			if err := sum.Cover(ctx, a.in, []format.Span{sp}, crypto.SHA1); err != nil {
				return nil, err
			}
			h.Span, h.Problem = sp, ""
			h.OK = hex.EncodeToString(sum.Digest) == strings.ToLower(f[1]) && strconv.FormatInt(sp.Length, 10) == f[2]
		}
		all = append(all, h)
	}
	return all, nil
}
