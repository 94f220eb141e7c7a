// Package ota reads files for updates over the air: those of Zigbee ("Zigbee
// Cluster Library Specification", revision 8, 11.4, and before it document
// 09-5264), the images of Telink inside many of them, and those of Matter ("Matter
// Core Specification" 1.3, 11.21).
package ota

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Zigbee is the Zigbee OTA file: a header and elements, of which one is the new
// program. Its signatures are parsed; its integrity code is named and not
// compared, for the specification leaves open over which bytes it is.
var Zigbee = &format.Format{
	Name:     zigbeeName,
	Magics:   []format.Magic{{Bytes: zigbeeMagic}},
	Anywhere: true,
	Probe:    probeZigbee,
	Open:     openZigbee,
}

const (
	zigbeeName    = "zigbee-ota"
	zigbeeMagic   = "\x1e\xf1\xee\x0b"
	zigbeeVersion = 0x0100
	zigbeeHeader  = 56 // without the optional fields
	elementHeader = 6
	maxElements   = 1024
	forced        = 0xffffffff // the version that every device takes

	fieldCredential = 0x1
	fieldDevice     = 0x2
	fieldHardware   = 0x4

	eui64 = 8
)

// Tags of elements.
const (
	tagImage        = 0x0000
	tagSignature    = 0x0001 // ECDSA on sect163k1, over the hash of AES-MMO
	tagCertificate  = 0x0002
	tagIntegrity    = 0x0003
	tagPicture      = 0x0004
	tagSignature2   = 0x0005 // on sect283k1
	tagCertificate2 = 0x0006
)

var tagNames = map[uint16]string{
	tagImage: "image", tagSignature: "signature", tagCertificate: "certificate", tagIntegrity: "integrity-code",
	tagPicture: "picture", tagSignature2: "signature-2", tagCertificate2: "certificate-2",
}

// signatureKinds has the length of a signature, without the signer, and its curve.
var signatureKinds = map[uint16]struct {
	length    int64
	algorithm string
}{
	tagSignature:  {42, "ECDSA-sect163k1-AES-MMO"},
	tagSignature2: {72, "ECDSA-sect283k1-AES-MMO"},
}

// zigbeeHead is the header.
type zigbeeHead struct {
	length, total      int64
	fields             uint16
	manufacturer, kind uint16
	version            uint32
	stack              uint16
	name               []byte
	optional           []byte
}

func readZigbee(in format.Input) (h zigbeeHead, ok bool) {
	raw := in.Head(zigbeeHeader + 13)
	if len(raw) < zigbeeHeader || string(raw[:4]) != zigbeeMagic {
		return h, false
	}
	le := binary.LittleEndian
	h = zigbeeHead{
		length: int64(le.Uint16(raw[6:])), fields: le.Uint16(raw[8:]), manufacturer: le.Uint16(raw[10:]),
		kind: le.Uint16(raw[12:]), version: le.Uint32(raw[14:]), stack: le.Uint16(raw[18:]), name: raw[20:52],
		total: int64(le.Uint32(raw[52:])),
	}
	want := int64(zigbeeHeader)
	for bit, size := range map[uint16]int64{fieldCredential: 1, fieldDevice: 8, fieldHardware: 4} {
		if h.fields&bit != 0 {
			want += size
		}
	}
	if le.Uint16(raw[4:]) != zigbeeVersion || h.length < want || h.fields > 0xff || h.total < h.length || int64(len(raw)) < want {
		return h, false
	}
	h.optional = raw[zigbeeHeader:want]
	return h, true
}

func probeZigbee(in format.Input) format.Likeness {
	if _, ok := readZigbee(in); ok {
		return format.Sure
	}
	return format.No
}

func (h *zigbeeHead) attributes() map[string]string {
	name, _, _ := bytes.Cut(h.name, []byte{0})
	a := map[string]string{
		"name":         strings.ToValidUTF8(string(name), "?"),
		"manufacturer": fmt.Sprintf("0x%04x", h.manufacturer),
		"image-type":   fmt.Sprintf("0x%04x", h.kind),
		"file-version": fmt.Sprintf("0x%08x", h.version),
		"stack":        fmt.Sprintf("0x%04x", h.stack),
	}
	if h.version == forced {
		a["forced"] = "true"
	}
	le, rest := binary.LittleEndian, h.optional
	if h.fields&fieldCredential != 0 {
		a["security-credential"], rest = fmt.Sprint(rest[0]), rest[1:]
	}
	if h.fields&fieldDevice != 0 {
		a["device"], rest = fmt.Sprintf("0x%016x", le.Uint64(rest)), rest[8:]
	}
	if h.fields&fieldHardware != 0 {
		a["min-hardware"], a["max-hardware"] = fmt.Sprintf("0x%04x", le.Uint16(rest)), fmt.Sprintf("0x%04x", le.Uint16(rest[2:]))
	}
	return a
}

func openZigbee(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readZigbee(in)
	if !ok {
		return nil, format.Errorf(0, "no header")
	}
	z := &zigbee{in: in, end: min(h.total, in.Size), o: &format.Opened{Attributes: h.attributes()}, names: map[string]bool{}}
	z.o.Length = z.end
	if h.length >= z.end {
		return nil, format.Errorf(6, "a header of %d bytes in a file of %d", h.length, z.end)
	}
	if h.total > in.Size {
		z.damage(in.Size, 0, fmt.Sprintf("the header says %d bytes, the input ends at 0x%x", h.total, in.Size))
	}
	for at := h.length; at < z.end; {
		next, err := z.element(at)
		if err != nil {
			z.damage(at, z.end-at, err.Error())
			z.spoil(err)
			break
		}
		at = next
	}
	z.finish()
	return z.o, nil
}

// zigbee is the work on one file.
type zigbee struct {
	in       format.Input
	end      int64
	o        *format.Opened
	names    map[string]bool
	elements int
}

func (z *zigbee) damage(off, length int64, reason string) {
	z.o.Damage = append(z.o.Damage, format.Damage{Offset: off, Length: length, Reason: reason})
}

// spoil says of every signature why it cannot be judged.
func (z *zigbee) spoil(err error) {
	for i := range z.o.Signatures {
		if s := &z.o.Signatures[i]; s.Problem == "" {
			s.Problem = err.Error()
		}
	}
}

// element reads an element and gives where the next begins.
func (z *zigbee) element(at int64) (next int64, err error) {
	head := z.in.Peek(at, elementHeader)
	if len(head) < elementHeader || z.end-at < elementHeader {
		return 0, format.Errorf(at, "the file ends in the header of an element")
	}
	if z.elements++; z.elements > maxElements {
		return 0, format.Errorf(at, "more than %d elements", maxElements)
	}
	tag, length := binary.LittleEndian.Uint16(head), int64(binary.LittleEndian.Uint32(head[2:]))
	at += elementHeader
	next = at + length
	kind, signed := signatureKinds[tag]
	name := elementName(tag)
	switch {
	case length > z.end-at:
		err = format.Errorf(at, "element %s of %d bytes, the file ends at 0x%x", name, length, z.end)
		if signed {
			z.o.Signatures = append(z.o.Signatures, format.Signature{Kind: zigbeeName, Algorithm: kind.algorithm, Offset: at, Problem: err.Error()})
		}
		return 0, err
	case signed:
		z.signature(at, length, kind.length, kind.algorithm)
	case tag == tagCertificate, tag == tagCertificate2:
		z.o.Attributes[name] = fmt.Sprintf("%x", z.in.Peek(at, int(min(length, 128))))
	case tag == tagIntegrity:
		z.o.Hashes = append(z.o.Hashes, format.Hash{
			Name: "file", Algorithm: "aes-mmo", Span: format.Span{Length: at},
			Problem: "the integrity code is not compared: nothing says over which bytes it is",
		})
	case length > 0:
		z.part(name, tag, at, length)
	}
	return next, nil
}

func elementName(tag uint16) string {
	if n := tagNames[tag]; n != "" {
		return n
	}
	return fmt.Sprintf("element-%04x", tag)
}

// part is an element that holds a program or something that only its maker knows.
func (z *zigbee) part(name string, tag uint16, at, length int64) {
	role := format.Unknown
	if tag == tagImage {
		role = format.Code
		if z.names[name] {
			z.damage(at-elementHeader, 0, "a second element with an image")
		}
	}
	if z.names[name] {
		name = fmt.Sprintf("%s@0x%x", name, at)
	}
	z.names[name] = true
	z.o.Parts = append(z.o.Parts, format.Part{Name: name, Offset: at, Length: length, Role: role})
}

// signature parses a signature: the address of the signer, then two numbers. It
// is over all in front of it, the signer included, and is the last element.
func (z *zigbee) signature(at, length, want int64, algorithm string) {
	s := format.Signature{
		Kind: zigbeeName, Algorithm: algorithm, Offset: at + eui64, Length: max(length-eui64, 0),
		Covers: []format.Span{{Length: min(at+eui64, z.end)}},
	}
	if length != eui64+want {
		s.Problem = fmt.Sprintf("signature of %d bytes, not %d", length, eui64+want)
	} else {
		raw := z.in.Peek(at, int(length))
		s.KeyName, s.Value = fmt.Sprintf("%x", raw[:eui64]), raw[eui64:]
	}
	if end := at + length; end < z.end {
		s.Leaves = []format.Span{{Offset: end, Length: z.end - end}}
		if s.Problem == "" {
			s.Problem = "the signature is not the last element: what follows is not signed"
		}
	}
	z.o.Signatures = append(z.o.Signatures, s)
}

// finish names signatures that are several, and lets a single image stand alone.
func (z *zigbee) finish() {
	for i := range z.o.Signatures {
		if i > 0 {
			z.o.Signatures[i].Name = fmt.Sprint(i)
		}
	}
	if len(z.o.Parts) == 1 && z.o.Parts[0].Role == format.Code {
		z.o.Parts[0].Name = ""
	}
}
