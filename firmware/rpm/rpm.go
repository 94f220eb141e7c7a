// Package rpm reads RPM packages, versions 3 and 4 of the format: a lead, a header
// with signatures, a header with what the package is, and a compressed cpio
// archive, which is given as a part.
//
// The layout is that of the "RPM Package format" in rpm's own documentation
// (docs/manual/format_v4.md, format_header.md, format_lead.md and tags.md). The
// digests of header and payload are checked, the best one that is there;
// signatures are parsed and not verified. The payload of packages with files over 4 GiB, and of version
// 6, has no names, modes and sizes of its own: it is not read.
package rpm

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the RPM package.
var Format = &format.Format{
	Name:     "rpm",
	Magics:   []format.Magic{{Bytes: leadMagic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	leadMagic = "\xed\xab\xee\xdb"
	leadSize  = 96
	sourceAt  = 6 // in the lead: whether it is a source package
)

// Tags of the header.
const (
	tagName           = 1000
	tagVersion        = 1001
	tagRelease        = 1002
	tagEpoch          = 1003
	tagVendor         = 1011
	tagLicense        = 1014
	tagOS             = 1021
	tagArch           = 1022
	tagSource         = 1044
	tagPayloadFormat  = 1124
	tagCompressor     = 1125
	tagLongFileSizes  = 5008
	tagPayloadDigest  = 5092
	tagDigestAlgo     = 5093
	tagRPMFormat      = 5114
	algoSHA256        = 8
	algoSHA512        = 10
	plainCPIO         = "cpio"
	plainCompression  = "gzip"
	strippedCPIOMagic = "07070X"
)

// Tags of the signature header.
const (
	sigSHA1     = 269
	sigLongSize = 270
	sigSHA256   = 273
	sigSize     = 1000
	sigMD5      = 1004
)

// probe is sure of a lead with a signature header after it.
func probe(in format.Input) format.Likeness {
	h := in.Head(leadSize + len(headerMagic))
	if len(h) < leadSize+len(headerMagic) || string(h[:4]) != leadMagic || h[4] < 3 || string(h[leadSize:]) != headerMagic {
		return format.No
	}
	return format.Sure
}

// file is an opened package.
type file struct {
	in           format.Input
	signature    header
	header       header
	payload, end int64
	cut          bool // the end is missing
	broken       bool // the digest of the payload differs
	holds        bool // the header has the digest of the payload, and it is right
	damage       []format.Damage
	hashes       []format.Hash
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	if probe(in) == format.No {
		return nil, format.Errorf(0, "no lead")
	}
	f := &file{in: in}
	var err error
	if f.signature, err = readHeader(in, leadSize); err != nil {
		return nil, fmt.Errorf("signature header: %w", err)
	}
	if f.header, err = readHeader(in, (f.signature.end+7)&^7); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	f.payload = f.header.end
	f.findEnd()
	if err := f.check(ctx); err != nil {
		return nil, err
	}
	o := &format.Opened{Length: f.end, Attributes: f.attributes(), Unread: []format.Span{{Length: f.payload}}} // scripts are there too
	if f.payload < f.end {
		o.Parts = []format.Part{{Offset: f.payload, Length: f.end - f.payload, Hint: o.Attributes["compression"]}}
	}
	o.Damage, o.Hashes = f.damage, f.hashes
	if f.broken && f.payload < f.end {
		o.Doubt = &format.Doubt{Span: format.Span{Offset: f.payload, Length: f.end - f.payload}, Entry: -1, Cut: true}
	}
	return o, f.sign(ctx, o)
}

func (f *file) hurt(at int64, reason string, args ...any) {
	f.damage = append(f.damage, format.Damage{Offset: at, Length: f.end - at, Reason: fmt.Sprintf(reason, args...)})
}

// findEnd finds where the package ends: the signature header says how long header
// and payload are.
func (f *file) findEnd() {
	f.end = f.in.Size
	size, ok := f.signature.number(sigLongSize)
	if !ok {
		size, ok = f.signature.number(sigSize)
	}
	if !ok {
		return // it goes on to the end
	}
	end := f.header.at + int64(min(size, 1<<62))
	switch {
	case end > f.in.Size:
		f.cut = true
		f.hurt(f.payload, "header and payload of %d bytes, but only %d are here", size, f.in.Size-f.header.at)
	case end < f.payload:
		f.hurt(f.header.at, "header and payload of %d bytes, less than the header has", size)
		f.end = f.payload
	default:
		f.end = end
	}
}

// check compares the digests of header and payload.
func (f *file) check(ctx context.Context) error {
	if f.cut {
		return nil // which was said
	}
	head := []struct {
		name string
		sum  hash.Hash
		want string
	}{{"sha256", sha256.New(), f.signature.text(sigSHA256)}, {"sha1", sha1.New(), f.signature.text(sigSHA1)}}
	for _, d := range head {
		if d.want == "" {
			continue
		}
		if err := f.digest(ctx, d.sum, f.header.at, f.payload); err != nil {
			return err
		}
		ok := hex.EncodeToString(d.sum.Sum(nil)) == d.want
		f.compared("header", d.name, f.header.at, f.payload, ok)
		if !ok {
			f.hurt(f.header.at, "the digest of the header differs")
		}
		break
	}
	sum, name, from, want := f.payloadDigest()
	if sum == nil {
		return nil
	}
	if err := f.digest(ctx, sum, from, f.end); err != nil {
		return err
	}
	ok := bytes.Equal(sum.Sum(nil), want)
	f.compared("payload", name, from, f.end, ok)
	if !ok {
		f.broken = true
		f.hurt(f.payload, "the digest of the payload differs")
		return nil
	}
	f.holds = from == f.payload
	return nil
}

// compared notes what came of a digest.
func (f *file) compared(name, algorithm string, from, to int64, ok bool) {
	f.hashes = append(f.hashes, format.Hash{Name: name, Algorithm: algorithm, Span: format.Span{Offset: from, Length: to - from}, OK: ok})
}

// payloadDigest gives the digest that is there for the payload: its own, or the
// older one of header and payload.
func (f *file) payloadDigest() (sum hash.Hash, name string, from int64, want []byte) {
	if want, err := hex.DecodeString(f.header.text(tagPayloadDigest)); err == nil && len(want) > 0 {
		switch algo, _ := f.header.number(tagDigestAlgo); algo {
		case algoSHA256:
			return sha256.New(), "sha256", f.payload, want
		case algoSHA512:
			return sha512.New(), "sha512", f.payload, want
		}
	}
	if want := f.signature.bytes(sigMD5); len(want) == md5.Size {
		return md5.New(), "md5", f.header.at, want
	}
	return nil, "", 0, nil
}

// digest sums the bytes from one place to another.
func (f *file) digest(ctx context.Context, sum hash.Hash, from, to int64) error {
	const step = 1 << 20
	for at := from; at < to; at += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := f.in.Bytes(at, min(step, to-at))
		if err != nil {
			return err
		}
		_, _ = sum.Write(b)
	}
	return nil
}

// attributes says what the header says. A payload that cannot be read is named.
func (f *file) attributes() map[string]string {
	h := &f.header
	a := map[string]string{
		"name": h.text(tagName), "version": h.text(tagVersion) + "-" + h.text(tagRelease),
		"architecture": h.text(tagArch), "os": h.text(tagOS), "vendor": h.text(tagVendor), "license": h.text(tagLicense),
		"source": h.text(tagSource), "compression": cmp.Or(h.text(tagCompressor), plainCompression),
	}
	if epoch, ok := h.number(tagEpoch); ok {
		a["version"] = strconv.FormatUint(epoch, 10) + ":" + a["version"]
	}
	for name, value := range a {
		if value == "" {
			delete(a, name)
		}
	}
	if f.in.Peek(sourceAt, 2)[1] == 1 {
		a["kind"] = "source"
	}
	for _, k := range signatureTags {
		if f.signature.has(k.tag) {
			a["signed"] = "true" // which is not verified
		}
	}
	version, _ := h.number(tagRPMFormat)
	switch format := cmp.Or(h.text(tagPayloadFormat), plainCPIO); {
	case format != plainCPIO:
		f.hurt(f.payload, "payload of the kind %q, which is not read", format)
	case h.has(tagLongFileSizes) || version >= 6:
		f.hurt(f.payload, "payload whose names stand in the header only (%s), which is not read", strippedCPIOMagic)
	}
	return a
}
