package apk

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
)

// Signed is the package of apk-tools 2, and its index of packages, with a
// signature in front: three streams of gzip, one behind another, that unpack to
// one tar archive. The first holds the signature, whose name says which key it is
// of; it is over the bytes of the second, which holds what the package is and the
// SHA-256 of the third. The streams are a part of it.
//
// The format is that of Alpine's "Apk spec" (wiki.alpinelinux.org).
var Signed = &format.Format{
	Name: "apk", Magics: []format.Magic{{Bytes: "\x1f\x8b\x08"}}, Anywhere: true, Probe: probeSigned, Open: openSigned,
}

const (
	signPrefix   = ".SIGN."
	maxSignature = 16 << 10
	maxControl   = 16 << 20 // bytes of what the second stream unpacks to
	infoFile     = ".PKGINFO"
	dataHash     = "datahash = "
)

// schemes are the kinds of signatures, by the word in their names.
var schemes = map[string]struct {
	algorithm string
	hash      crypto.Hash
}{
	"RSA": {format.RSASHA1, crypto.SHA1}, "RSA256": {format.RSASHA256, crypto.SHA256}, "RSA512": {format.RSASHA512, crypto.SHA512},
}

// probeSigned wants a first file that is a signature by its name.
func probeSigned(in format.Input) format.Likeness {
	if stream.Gzip.Probe(in) == format.No || !bytes.HasPrefix(stream.Gzip.Peek(in), []byte(signPrefix)) {
		return format.No
	}
	return format.Sure
}

// streams reads streams of gzip one by one.
type streams struct {
	under *bytes.Reader // a gzip.Reader takes no more than it needs from this
	gzip  *gzip.Reader
	size  int64
}

// next unpacks one stream, and gives where it ends.
func (s *streams) next(most int64) (b []byte, end int64, err error) {
	if s.gzip == nil {
		s.gzip, err = gzip.NewReader(s.under)
	} else {
		err = s.gzip.Reset(s.under)
	}
	if err != nil {
		return nil, 0, err
	}
	s.gzip.Multistream(false)
	b, err = io.ReadAll(io.LimitReader(s.gzip, most+1))
	if err == nil && int64(len(b)) > most {
		err = format.ErrLimit
	}
	return b, s.size - int64(s.under.Len()), err
}

func openSigned(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	whole, err := in.Bytes(0, min(in.Size, b.FileBytes))
	if err != nil {
		return nil, err
	}
	s := &streams{under: bytes.NewReader(whole), size: int64(len(whole))}
	first, at, err := s.next(maxSignature * 2)
	if err != nil {
		return nil, err
	}
	all, err := signatureFiles(first, at)
	if err != nil {
		return nil, err
	}
	control, data, err := s.next(maxControl)
	if err != nil {
		return nil, format.Errorf(at, "the signed part cannot be read: %w", err)
	}
	o := &format.Opened{Attributes: map[string]string{"version": "2"}}
	end := s.end(ctx, data)
	o.Length = end
	o.Parts = []format.Part{{Length: end}}
	through, err := contents(ctx, in, o, control, data)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if err := cover(ctx, in, &all[i], at, data); err != nil {
			return nil, err
		}
		all[i].Through = through
		all[i].Leave(end)
		for k := range all[i].Leaves {
			all[i].Leaves[k].Used = all[i].Leaves[k].Offset >= data // it is unpacked
		}
	}
	o.Signatures = all
	return o, nil
}

// cover says that a signature, of the kind in its name, is over the second stream.
func cover(ctx context.Context, in format.Input, s *format.Signature, from, to int64) error {
	kind, key, _ := strings.Cut(strings.TrimPrefix(s.Name, signPrefix), ".")
	s.KeyName = key
	scheme, known := schemes[kind]
	if s.Algorithm = scheme.algorithm; !known {
		s.Algorithm, s.Problem, scheme.hash = kind, "a signature of an unknown kind", crypto.SHA256
	}
	return s.Cover(ctx, in, []format.Span{{Offset: from, Length: to - from}}, scheme.hash)
}

// end finds where the third stream ends, which an index has not.
func (s *streams) end(ctx context.Context, from int64) int64 {
	const piece, most = 1 << 20, 1 << 12
	if s.gzip.Reset(s.under) != nil {
		return from
	}
	s.gzip.Multistream(false)
	for range most {
		if ctx.Err() != nil {
			return from
		}
		_, err := io.CopyN(io.Discard, s.gzip, piece)
		if err == io.EOF {
			return s.size - int64(s.under.Len())
		}
		if err != nil {
			return from
		}
	}
	return from
}

// signatureFiles reads the files of an archive that has no end, each of which is a
// signature. apk takes the first whose key it has.
func signatureFiles(b []byte, length int64) (all []format.Signature, err error) {
	r := tar.NewReader(bytes.NewReader(b))
	for {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF) && len(all) > 0:
			return all, nil
		case err != nil:
			return nil, format.Errorf(0, "no signature")
		case !strings.HasPrefix(h.Name, signPrefix) || h.Size > maxSignature || len(all) == maxSignatures:
			return nil, format.Errorf(0, "%q among the signatures, or too many of them", h.Name)
		}
		value, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all = append(all, format.Signature{Kind: "apk", Name: h.Name, Length: length, Value: value})
	}
}

// contents compares the digest of the third stream, which the second holds. It gives
// that stream if it holds.
func contents(ctx context.Context, in format.Input, o *format.Opened, control []byte, data int64) ([]format.Span, error) {
	third := format.Span{Offset: data, Length: o.Length - data}
	r := tar.NewReader(bytes.NewReader(control))
	for {
		h, err := r.Next()
		if err != nil {
			return nil, nil // an index, or an archive without an end
		}
		if h.Name != infoFile {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(r, maxControl))
		if err != nil {
			return nil, nil
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			for key, name := range map[string]string{"pkgname = ": "name", "pkgver = ": "version-of-package", "arch = ": "architecture"} {
				if v, ok := strings.CutPrefix(line, key); ok {
					o.Attributes[name] = v[:min(len(v), maxText)]
				}
			}
			want, ok := strings.CutPrefix(line, dataHash)
			if !ok {
				continue
			}
			if third.Length <= 0 {
				o.Damage = append(o.Damage, format.Damage{Offset: data, Reason: "the data, of which the control part has a hash, are not here or are broken"})
				return nil, nil
			}
			var sum format.Signature
			if err := sum.Cover(ctx, in, []format.Span{third}, crypto.SHA256); err != nil {
				return nil, err
			}
			hash := format.Hash{Name: "data", Algorithm: "sha256", Span: third, OK: strings.EqualFold(want, hex.EncodeToString(sum.Digest))}
			if o.Hashes = append(o.Hashes, hash); hash.OK {
				return []format.Span{third}, nil
			}
			return nil, nil
		}
		return nil, nil
	}
}
