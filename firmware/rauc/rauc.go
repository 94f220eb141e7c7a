// Package rauc reads RAUC's update bundles: a squashfs, then a CMS message, then
// the length of the message in eight bytes, big endian.
//
// The format is that of RAUC's reference documentation ("Bundle formats"). Of a
// "plain" bundle the message is over the bytes of the squashfs, which holds the
// manifest. Of a "verity" or "crypt" bundle the message holds the manifest, and
// that the root hash of a tree over the payload, which follows the payload. The
// payload of a "crypt" bundle is encrypted, and the whole message may be: if it is
// not, the key stands in the manifest for everybody to read, and is used.
//
// The hashes of the tree and of the images in the manifest are compared; the
// signature is parsed and not verified. Encrypted payloads and the chunks of
// casync are not read.
package rauc

import (
	"context"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/squashfs"
)

// Format is the bundle. It must end the input.
var Format = &format.Format{Name: "rauc", Probe: probe, Open: open}

const (
	trailerSize = 8
	maxMessage  = 8 << 20
	maxManifest = 64 << 10
	minPayload  = 512
	manifest    = "manifest.raucm"
)

// message finds the CMS message that ends an input.
func message(in format.Input) (at, length int64, ok bool) {
	end := in.Size - trailerSize
	b := in.Peek(end, trailerSize)
	if len(b) < trailerSize {
		return 0, 0, false
	}
	size := binary.BigEndian.Uint64(b)
	if size < 32 || size > maxMessage || int64(size) > end-minPayload {
		return 0, 0, false
	}
	return end - int64(size), int64(size), true
}

// probe is sure if a CMS message stands where the trailer says, or behind a squashfs
// where it should say so.
func probe(in format.Input) format.Likeness {
	if _, _, ok := trailed(in); ok {
		return format.Sure
	}
	if _, ok := behind(in); ok {
		return format.Sure
	}
	return format.No
}

// trailed is the message that the trailer leads to.
func trailed(in format.Input) (at, length int64, ok bool) {
	at, length, ok = message(in)
	return at, length, ok && detached.IsCMS(in.Peek(at, 64))
}

// Where a squashfs says how long it is, and how many blocks behind it are looked at:
// the hash tree stands before the message.
const (
	lengthAt  = 40
	maxBlocks = 1 << 16
)

// behind is where a message begins that the trailer does not lead to, behind the
// squashfs that begins the input: the trailer lies, is cut off, or something follows.
func behind(in format.Input) (at int64, ok bool) {
	if string(in.Head(4)) != "hsqs" || squashfs.Format.Probe(in) == format.No {
		return 0, false
	}
	length := binary.LittleEndian.Uint64(in.Peek(lengthAt, 8))
	if length < minPayload || length >= uint64(in.Size) {
		return 0, false
	}
	at = (int64(length) + block - 1) &^ (block - 1)
	for range maxBlocks {
		if at >= in.Size {
			break
		}
		if detached.IsCMS(in.Peek(at, 64)) {
			return at, true
		}
		at += block
	}
	return 0, false
}

// misplaced reads what stands of such a message, and says what is wrong.
func misplaced(in format.Input) (at, length int64, problem string, ok bool) {
	if at, ok = behind(in); !ok {
		return 0, 0, "", false
	}
	rest := min(in.Size-at, maxMessage)
	raw, err := in.Bytes(at, rest)
	if err != nil {
		return 0, 0, "", false
	}
	m, err := detached.ParseCMS(raw)
	if err != nil {
		return at, rest, "the CMS message is cut off or broken, and no trailer leads to it: " + err.Error(), true
	}
	return at, int64(m.Length), "the end of the bundle does not say where the CMS message begins", true
}

// bundle is the work on one bundle.
type bundle struct {
	in       format.Input
	opened   *format.Opened
	sign     format.Signature
	cms      detached.CMS
	payload  int64 // its length
	manifest settings
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	problem, end := "", in.Size
	at, length, ok := trailed(in)
	if !ok {
		if at, length, problem, ok = misplaced(in); !ok {
			return nil, format.Errorf(max(0, in.Size-trailerSize), "no length of a message")
		}
		end = min(at+length+trailerSize, in.Size)
	}
	raw, err := in.Bytes(at, length)
	if err != nil {
		return nil, err
	}
	u := &bundle{in: in, payload: at, opened: &format.Opened{Length: end, Attributes: map[string]string{}}}
	u.sign = format.Signature{
		Kind: "rauc", Offset: at, Length: min(length+trailerSize, end-at), Algorithm: format.CMS, Value: raw,
	}
	if u.cms, err = detached.ParseCMS(raw); err != nil {
		u.sign.Problem = "the CMS message cannot be read: " + err.Error()
	} else if int64(u.cms.Length) != length {
		u.sign.Problem = "the CMS message is shorter than the bundle says"
	} else if u.cms.Signers == 0 && !u.cms.Encrypted {
		u.sign.Problem = "the CMS message has no signer"
	}
	if problem != "" {
		u.sign.Problem = problem
		u.damage(at, end-at, "%s", problem)
	}
	switch {
	case u.cms.Encrypted:
		u.encrypted()
	case u.cms.Attached:
		err = u.attached(ctx)
	default:
		err = u.plain(ctx)
	}
	if err != nil {
		return nil, err
	}
	return u.opened, u.finish(ctx, b)
}

// encrypted says what is known of a bundle for certain devices only.
func (u *bundle) encrypted() {
	u.opened.Attributes["format"] = "crypt"
	u.opened.Attributes["encrypted"] = "message and payload"
	u.sign.Problem = "the message with the manifest is encrypted (EnvelopedData): who signed it cannot be seen"
	u.damage(0, u.payload, "the payload is encrypted")
}

// plain has a signature over the payload.
func (u *bundle) plain(ctx context.Context) error {
	u.opened.Attributes["format"] = "plain"
	return u.sign.Cover(ctx, u.in, []format.Span{{Length: u.payload}}, u.cms.Hashes...)
}

// attached has a signature over the manifest, which has the root hash of the
// payload.
func (u *bundle) attached(ctx context.Context) error {
	if u.cms.ContentAt < 0 {
		u.sign.Problem = "the manifest is in pieces in the CMS message, which is not read"
		return nil
	}
	content := format.Span{Offset: u.sign.Offset + int64(u.cms.ContentAt), Length: int64(len(u.cms.Content))}
	if err := u.sign.Cover(ctx, u.in, []format.Span{content}, u.cms.Hashes...); err != nil {
		return err
	}
	if len(u.cms.Content) > maxManifest {
		u.damage(content.Offset, content.Length, "manifest of more than %d bytes", maxManifest)
		return nil
	}
	u.manifest = parse(u.cms.Content)
	u.opened.Attributes["format"] = u.manifest.get("bundle", "format")
	return u.tree(ctx)
}

// finish adds what is inside, the images and the signature.
func (u *bundle) finish(ctx context.Context, b *format.Budget) error {
	part, content := format.Part{Length: u.payload}, u.in.Section(0, u.payload)
	if u.opened.Attributes["format"] == "crypt" {
		var clear bool
		if content, clear = u.decrypt(); clear {
			u.opened.Attributes["crypt-key"] = "in clear in the manifest"
			part.Bytes, part.Places = content, asItIs
		} else {
			part.Hint = "encrypted"
		}
	}
	u.opened.Parts = append([]format.Part{part}, u.opened.Parts...)
	if part.Hint == "" {
		if err := u.images(ctx, b, content); err != nil {
			return err
		}
	}
	u.describe()
	u.sign.Leave(u.sign.Offset)
	u.opened.Signatures = []format.Signature{u.sign}
	return nil
}

// asItIs places bytes of a part that is as long as the run that it comes from, both
// from the start of the bundle on.
func asItIs(off, length int64) []format.Span { return []format.Span{{Offset: off, Length: length}} }

// describe copies what the manifest says of the bundle.
func (u *bundle) describe() {
	for _, key := range []string{"compatible", "version", "description", "build"} {
		if v := u.manifest.get("update", key); v != "" {
			u.opened.Attributes[key] = v
		}
	}
	for key, section := range map[string]string{"hook": "hooks", "handler": "handler"} {
		if v := u.manifest.get(section, "filename"); v != "" {
			u.opened.Attributes[key] = v
		}
	}
}
