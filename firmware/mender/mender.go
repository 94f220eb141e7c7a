// Package mender reads Mender's artifacts of version 2 and 3: a tar archive of
// version, manifest, manifest.sig, header.tar and data/0000.tar and so on, which
// may be compressed.
//
// The format is that of Mender's documentation ("Artifact format",
// Documentation/artifact-format-v3.md of mender-artifact). The manifest has the
// SHA-256 of version, header and the files in the data; they are compared, and so
// are those of manifest-augment, which is not signed. The signature over the
// manifest is RSA (PKCS #1 v1.5) or ECDSA on P-256, with SHA-256, in base64; it is
// parsed and not verified.
package mender

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/tarball"
)

// Format is the artifact. The archive is a part of it.
var Format = &format.Format{
	Name: "mender", Anywhere: true, Probe: probe, Open: open,
	Magics: []format.Magic{{Offset: 257, Bytes: "ustar"}},
}

const (
	block      = 512
	maxMembers = 1024
	maxText    = 1 << 20 // of a manifest
	maxFiles   = 1 << 14 // in a manifest
	maxArchive = 8 << 30 // bytes that one archive unpacks to

	version         = "version"
	manifest        = "manifest"
	manifestAugment = "manifest-augment"
	manifestSig     = "manifest.sig"
)

// probe wants the name of the first member, and its content or the name of the
// second, which is the manifest.
func probe(in format.Input) format.Likeness {
	if string(in.Head(len(version)+1)) != version+"\x00" || tarball.Format.Probe(in) == format.No {
		return format.No
	}
	b := in.Peek(block, block)
	if bytes.Contains(b, []byte(`"mender"`)) && bytes.Contains(b, []byte(`"format"`)) || string(in.Peek(2*block, len(manifest)+1)) == manifest+"\x00" {
		return format.Sure
	}
	return format.No
}

// artifact is the work on one artifact.
type artifact struct {
	in      format.Input
	budget  *format.Budget
	opened  *format.Opened
	members []format.Entry
	named   map[string]int
	payload map[string]file // by the name that the manifest has
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	archive, err := tarball.Format.Open(ctx, in, format.NewBudget(maxMembers, 0, 0, 0))
	if err != nil {
		return nil, err
	}
	a := &artifact{in: in, budget: b, members: archive.Tree.Entries(), named: map[string]int{}, payload: map[string]file{}}
	a.opened = &format.Opened{
		Length: archive.Length, Attributes: map[string]string{}, Parts: []format.Part{{Length: archive.Length}},
	}
	a.list()
	if err := a.unpack(ctx); err != nil {
		return nil, err
	}
	through, err := a.compare(ctx, manifest)
	if err != nil {
		return nil, err
	}
	if _, err := a.compare(ctx, manifestAugment); err != nil {
		return nil, err
	}
	a.describe()
	return a.opened, a.sign(ctx, through)
}

// list finds members by name.
func (a *artifact) list() {
	for i, e := range a.members {
		if !e.Mode.IsRegular() || e.Offset < 0 || e.Err != nil {
			a.damage(e, "%q is no plain file", e.Name)
			continue
		}
		if _, twice := a.named[e.Name]; twice {
			a.damage(e, "a second member %q", e.Name)
			continue
		}
		a.named[e.Name] = i
	}
	if _, ok := a.named[manifest]; !ok {
		a.damage(a.members[0], "there is no manifest")
	}
}

func (a *artifact) damage(e format.Entry, f string, args ...any) {
	a.opened.Damage = append(a.opened.Damage, format.Damage{Offset: max(0, e.Offset), Length: e.Size, Reason: fmt.Sprintf(f, args...)})
}

func span(e format.Entry) format.Span {
	return format.Span{Offset: e.Offset, Length: e.Size, Path: e.Name}
}

// text reads a small member.
func (a *artifact) text(name string) (string, bool) {
	i, ok := a.named[name]
	if !ok {
		return "", false
	}
	e := a.members[i]
	if e.Size > maxText {
		a.damage(e, "%s of more than %d bytes", name, maxText)
		return "", false
	}
	b, err := a.in.Bytes(e.Offset, e.Size)
	return string(b), err == nil
}

// packed reports whether a member is an archive that may be compressed.
func packed(name string) bool {
	base, _, ok := strings.Cut(name, ".tar")
	return ok && (base == "header" || base == "header-augment" || strings.HasPrefix(base, "data/"))
}
