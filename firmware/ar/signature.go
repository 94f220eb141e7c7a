package ar

import (
	"bytes"
	"context"
	"strings"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// Members of a Debian package that sign the others, as debsigs(1) writes them:
// OpenPGP over debian-binary, control and data, one behind another.
const (
	signer       = "_gpg" // and what the signer is: origin, maint, …
	clearSigned  = "-----BEGIN PGP SIGNED MESSAGE-----"
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
		if e.Err != nil || !strings.HasPrefix(e.Name, signer) {
			continue
		}
		value, err := a.in.Bytes(e.Offset, min(e.Size, maxSignature))
		if err != nil {
			return err
		}
		for _, s := range read(value) {
			s.Name, s.Offset, s.Length = e.Name, e.Offset, e.Size
			if err := s.Cover(ctx, a.in, over); err != nil {
				return err
			}
			o.Signatures = append(o.Signatures, s)
		}
		if len(o.Signatures) > maxSignatures {
			break
		}
	}
	return nil
}

const maxSignatures = 64

func read(value []byte) []format.Signature {
	if bytes.HasPrefix(value, []byte(clearSigned)) {
		return []format.Signature{{Kind: "deb", Algorithm: format.OpenPGP, Value: value, Problem: "a signed list of digests (dpkg-sig), which is not read"}}
	}
	return detached.OpenPGP("deb", value)
}
