package rpm

import (
	"bytes"
	"context"
	"encoding/base64"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// signatureTags are the tags of signatures: those over the header, which holds the
// digest of the payload, and the older ones over header and payload.
var signatureTags = []struct {
	tag    uint32
	name   string
	header bool
}{
	{267, "DSA", true}, {268, "RSA", true}, {278, "OpenPGP", true}, {1002, "PGP", false}, {1005, "GPG", false},
}

const (
	tagOpenPGP    = 278
	maxSignatures = 64
)

// sign adds the signatures in the signature header.
func (f *file) sign(ctx context.Context, o *format.Opened) error {
	for _, k := range signatureTags {
		for _, value := range f.values(k.tag) {
			for _, s := range detached.OpenPGP("rpm", value) {
				if len(o.Signatures) == maxSignatures {
					return nil
				}
				s.Name, s.Offset, s.Length = k.name, leadSize, f.signature.end-leadSize
				over := format.Span{Offset: f.header.at, Length: f.payload - f.header.at}
				if !k.header {
					over.Length = f.end - f.header.at
				}
				if k.header && f.holds {
					s.Through = []format.Span{{Offset: f.payload, Length: f.end - f.payload}}
				}
				if err := detached.Cover(ctx, &s, f.in, []format.Span{over}); err != nil {
					return err
				}
				s.Leave(f.end)
				o.Signatures = append(o.Signatures, s)
			}
		}
	}
	return nil
}

// values gives the signatures under a tag: packets as they are, or texts of
// base64.
func (f *file) values(tag uint32) [][]byte {
	if tag != tagOpenPGP {
		if b := f.signature.bytes(tag); len(b) > 0 {
			return [][]byte{b}
		}
		return nil
	}
	b, v := f.signature.from(tag, typeTexts, typeText)
	var all [][]byte
	for range min(v.Count, maxSignatures) {
		text, rest, ok := bytes.Cut(b, []byte{0})
		if !ok {
			break
		}
		if raw, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
			all = append(all, raw)
		}
		b = rest
	}
	return all
}
