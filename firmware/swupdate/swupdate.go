// Package swupdate reads the images of SWUpdate: a cpio archive ("newc" or "crc")
// whose first member is sw-description, which lists the others with their hashes,
// and whose second, if the image is signed, is sw-description.sig.
//
// The format is that of SWUpdate's documentation ("Software management",
// "Update images from verified source", "Encrypted images"). sw-description is
// read in the syntax of libconfig and as JSON. A signature is CMS, OpenPGP, or
// plain RSA, of which the image does not say whether its padding is that of
// PKCS #1 v1.5 or PSS. The hashes of members are compared, of encrypted ones those
// of the encrypted bytes; signatures are parsed and not verified. What Lua scripts
// inside sw-description do is not looked at.
package swupdate

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// Format is the image. The archive is a part of it.
var Format = &format.Format{
	Name: "swupdate", Anywhere: true, Probe: probe, Open: open,
	Magics: []format.Magic{{Bytes: "070701"}, {Bytes: "070702"}},
}

const (
	description    = "sw-description"
	signature      = description + ".sig"
	headerSize     = 110
	maxMembers     = 4096
	maxDescription = 1 << 20
	maxSignature   = 64 << 10
	minRSA, maxRSA = 128, 1024 // bytes of a plain signature
)

// probe wants the name of the first member.
func probe(in format.Input) format.Likeness {
	if string(in.Peek(headerSize, len(description)+1)) != description+"\x00" {
		return format.No
	}
	return cpio.Format.Probe(in)
}

// image is the work on one image.
type image struct {
	in      format.Input
	opened  *format.Opened
	members []format.Entry
	named   map[string]int
	listed  map[string]bool // by the description
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	archive, err := cpio.Format.Open(ctx, in, format.NewBudget(maxMembers, 0, 0, 0))
	if err != nil {
		return nil, err
	}
	m := &image{in: in, members: archive.Tree.Entries(), named: map[string]int{}, listed: map[string]bool{}, opened: &format.Opened{
		Length: archive.Length, Attributes: map[string]string{}, Parts: []format.Part{{Length: archive.Length}},
	}}
	m.list()
	text, err := in.Bytes(m.members[0].Offset, m.members[0].Size)
	if err != nil || m.members[0].Name != description {
		return nil, format.Errorf(0, "no %s", description)
	}
	through, err := m.describe(ctx, text)
	if err != nil {
		return nil, err
	}
	return m.opened, m.sign(ctx, through)
}

// list finds members by name. SWUpdate takes the first of a name, others the last.
func (m *image) list() {
	for i, e := range m.members {
		if !e.Mode.IsRegular() {
			continue
		}
		if _, twice := m.named[e.Name]; twice {
			m.damage(e, "a second member %q", e.Name)
			continue
		}
		m.named[e.Name] = i
	}
}

func (m *image) damage(e format.Entry, f string, args ...any) {
	m.opened.Damage = append(m.opened.Damage, format.Damage{Offset: e.Offset, Length: e.Size, Reason: fmt.Sprintf(f, args...)})
}

func span(e format.Entry) format.Span {
	return format.Span{Offset: e.Offset, Length: e.Size, Path: e.Name}
}

// describe reads sw-description and compares the members that it lists. It gives
// those whose hash holds.
func (m *image) describe(ctx context.Context, text []byte) ([]format.Span, error) {
	if len(text) > maxDescription || bytes.IndexByte(text, 0) >= 0 {
		m.opened.Attributes["encrypted"] = description
		m.damage(m.members[0], "%s is no text: it is encrypted, or too large", description)
		return nil, nil
	}
	root, err := parse(text)
	if err != nil {
		m.damage(m.members[0], "%s cannot be read: %v", description, err)
	}
	for _, key := range []string{"version", "description", "name", "hardware-compatibility"} {
		if v := root.find(key); v != "" {
			m.opened.Attributes[key] = v
		}
	}
	var through []format.Span
	seen := map[string]bool{}
	for _, a := range root.artifacts() {
		key := a["filename"] + "\x00" + a["sha256"]
		if seen[key] || len(seen) == maxMembers {
			continue
		}
		seen[key] = true
		h, err := m.artifact(ctx, a)
		if err != nil {
			return nil, err
		}
		m.opened.Hashes = append(m.opened.Hashes, h)
		if h.OK {
			through = append(through, h.Span)
		}
	}
	return through, nil
}

// artifact compares one member with its entry.
func (m *image) artifact(ctx context.Context, a map[string]string) (format.Hash, error) {
	name, want := a["filename"], a["sha256"]
	m.listed[name] = true
	h := format.Hash{Name: name, Algorithm: "sha256", Span: format.Span{Path: name}}
	if e := a["encrypted"]; e != "" && e != "false" {
		m.opened.Attributes["encrypted/"+name] = e
	}
	i, ok := m.named[name]
	switch {
	case !ok:
		h.Problem = "not in the archive"
		m.damage(m.members[0], "%s lists %q, which is not in the archive", description, name)
		return h, nil
	case want == "":
		h.Span, h.Problem = span(m.members[i]), description+" has no hash of it"
		return h, nil
	}
	h.Span = span(m.members[i])
	var sum format.Signature
	if err := sum.Cover(ctx, m.in, []format.Span{h.Span}, crypto.SHA256); err != nil {
		return h, err
	}
	h.OK = strings.EqualFold(want, hex.EncodeToString(sum.Digest))
	return h, nil
}

// sign adds the signature, if there is one.
func (m *image) sign(ctx context.Context, through []format.Span) error {
	i, ok := m.named[signature]
	if !ok {
		return nil
	}
	e := m.members[i]
	value, err := m.in.Bytes(e.Offset, min(e.Size, maxSignature))
	if err != nil {
		return err
	}
	all := []format.Signature{{Kind: "swupdate", Value: value}}
	used := []crypto.Hash{crypto.SHA256}
	switch s := &all[0]; {
	case e.Size > maxSignature:
		s.Problem = "a signature of more than 64 KiB"
	case detached.IsCMS(value):
		s.Algorithm = format.CMS
		used = detached.Hashes(s)
	case detached.IsOpenPGP(value):
		all, used = detached.OpenPGP(s.Kind, value), nil
	case len(value) >= minRSA && len(value) <= maxRSA:
		s.Algorithm = format.RSAAnySHA256
	default:
		s.Problem = fmt.Sprintf("%d bytes that are no signature of a known kind", len(value))
	}
	for n := range all {
		s := &all[n]
		s.Offset, s.Length, s.Through = e.Offset, e.Size, through
		if i != 1 {
			s.Problem = signature + " is not the second member"
		}
		if err := detached.Cover(ctx, s, m.in, []format.Span{span(m.members[0])}, used...); err != nil {
			return err
		}
		m.leave(s, i)
	}
	m.opened.Signatures = all
	return nil
}

// leave lists the members that are not covered.
func (m *image) leave(s *format.Signature, own int) {
	for i, e := range m.members {
		if i == 0 || i == own || !e.Mode.IsRegular() || e.Size == 0 {
			continue
		}
		covered := false
		for _, t := range s.Through {
			covered = covered || t.Offset == e.Offset
		}
		if !covered {
			left := span(e)
			left.Used = m.listed[e.Name]
			s.Leaves = append(s.Leaves, left)
		}
	}
}
