package assay

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Digest names bytes by their SHA-256, written "sha256:" and 64 lower-case
// hexadecimal digits. The empty Digest names nothing.
type Digest string

// SHA256 gives the Digest for a SHA-256 sum.
func SHA256(sum [32]byte) Digest { return Digest("sha256:" + hex.EncodeToString(sum[:])) }

// ParseDigest accepts "sha256:<hex>" and bare hexadecimal of a SHA-256.
func ParseDigest(s string) (Digest, error) {
	h := strings.ToLower(strings.TrimPrefix(s, "sha256:"))
	if raw, err := hex.DecodeString(h); err != nil || len(raw) != 32 {
		return "", fmt.Errorf("%q is not a SHA-256 digest (64 hexadecimal digits)", s)
	}
	return Digest("sha256:" + h), nil
}

// Hex returns the hexadecimal digits alone, as in-toto subjects want them.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), "sha256:") }

// Location is a place that a person can go to and look at.
//
// Path leads from the delivered file inward, containers joined with "!":
// "image.bin!squashfs!etc/shadow". For a declaration it is the product file,
// for a web document its address. Offset and Length are bytes within the thing
// at Path, Line counts from 1. Digest is that of the whole thing at Path; it is
// left out for files under 64 bytes and for files that are nothing but a
// secret, which the image's digest, the path and the offset pin well enough.
type Location struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset,omitempty"`
	Length int64  `json:"length,omitempty"`
	Line   int    `json:"line,omitempty"`
	Digest Digest `json:"digest,omitempty"`
}

// Inside is the part of a path behind the containers around it, as a message names
// it. A name may end in the mark that parts them.
func Inside(path string) string {
	if i := strings.LastIndexByte(strings.TrimRight(path, "!"), '!'); i >= 0 {
		return path[i+1:]
	}
	return path
}

func (l Location) String() string {
	switch {
	case l.Line > 0:
		return fmt.Sprintf("%s:%d", l.Path, l.Line)
	case l.Offset > 0:
		return fmt.Sprintf("%s@0x%x", l.Path, l.Offset)
	}
	return l.Path
}

// Compare orders locations by path, offset, line and length.
func (l Location) Compare(m Location) int {
	return cmp.Or(
		cmp.Compare(l.Path, m.Path), cmp.Compare(l.Offset, m.Offset),
		cmp.Compare(l.Line, m.Line), cmp.Compare(l.Length, m.Length))
}

// EvidenceKind says where a piece of evidence comes from.
type EvidenceKind string

// The kinds of evidence.
const (
	KindObserved EvidenceKind = "observed" // seen there
	KindDeclared EvidenceKind = "declared" // the maker says so there
	KindAbsent   EvidenceKind = "absent"   // looked for there and not found
)

// The notes of evidence that says which bytes a signature is over.
const (
	NoteCovered = "covered"                     // at once
	NoteHashed  = "covered through a hash list" // that is covered itself
	NoteLeftOut = "left out"
)

// Evidence is one thing that supports a finding. A contradiction between
// declaration and image has two: the line of the product file and the place in
// the image. Secrets never stand in it: kind, length and place only.
type Evidence struct {
	Kind     EvidenceKind `json:"kind"`
	Note     string       `json:"note,omitempty"`
	Location Location     `json:"location"`
}

// Finding is one thing that a check has to say about the product.
// Message names what is wrong and nothing else.
type Finding struct {
	Severity  Severity   `json:"severity"`
	Message   string     `json:"message"`
	Evidence  []Evidence `json:"evidence"`
	Exception *Marked    `json:"exception,omitempty"` // the maker's; it changes nothing
}

// SortFindings puts findings in their one order: gravest first, then by message
// and place.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.Message, b.Message),
			slices.CompareFunc(a.Evidence, b.Evidence, func(x, y Evidence) int { return x.Location.Compare(y.Location) }))
	})
}
