package ostree

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// Checksum is the SHA-256 by which an object is named.
type Checksum [sha256.Size]byte

func (c Checksum) String() string { return hex.EncodeToString(c[:]) }

func checksum(v value) (c Checksum, err error) {
	if len(v.data) != len(c) {
		return c, fmt.Errorf("a checksum of %d bytes", len(v.data))
	}
	return Checksum(v.data), nil
}

const (
	commitKind  = "(a{sv}aya(say)sstayay)"
	dirtreeKind = "(a(say)a(sayay))"
	dirmetaKind = "(uuua(ayay))"
)

// Commit is a commit object.
type Commit struct {
	Parent  []byte // empty if there is none
	Subject string
	Version string
	Refs    []string // that it is bound to
	Time    time.Time
	Tree    Checksum // of the folder at the root
	Meta    Checksum // of its owner and mode
}

// ParseCommit reads a commit object.
func ParseCommit(b []byte) (*Commit, error) {
	m, err := value{commitKind, b}.items()
	if err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	c := &Commit{Parent: m[1].data, Subject: m[3].text(), Time: time.Unix(int64(m[5].number()&(1<<40-1)), 0).UTC()}
	about, _, err := m[0].dictionary()
	if err != nil {
		return nil, fmt.Errorf("metadata of the commit: %w", err)
	}
	if v := about["version"]; v.kind == "s" {
		c.Version = v.text()
	}
	if v := about["ostree.ref-binding"]; v.kind == "as" {
		refs, err := v.items()
		if err != nil {
			return nil, err
		}
		for _, r := range refs {
			c.Refs = append(c.Refs, r.text())
		}
	}
	if c.Tree, err = checksum(m[6]); err != nil {
		return nil, err
	}
	c.Meta, err = checksum(m[7])
	return c, err
}

// Keys of metadata with signatures, each an array of them.
const (
	signedByGPG     = "ostree.gpgsigs"
	signedBy        = "ostree.sign."
	signedByEd25519 = signedBy + "ed25519"
	signedBySPKI    = signedBy + "spki"

	maxSignatures = 64
)

// Signatures reads the signatures in the detached metadata of a commit. They are
// over the whole commit object.
func Signatures(ctx context.Context, metadata, commit []byte) ([]format.Signature, error) {
	all, _, err := value{"a{sv}", metadata}.dictionary()
	if err != nil {
		return nil, fmt.Errorf("detached metadata: %w", err)
	}
	return signatures(ctx, all, commit)
}

func signatures(ctx context.Context, in map[string]value, signed []byte) ([]format.Signature, error) {
	var all []format.Signature
	for _, kind := range slices.Sorted(maps.Keys(in)) {
		if kind != signedByGPG && !strings.HasPrefix(kind, signedBy) {
			continue
		}
		list := in[kind]
		if list.kind != "aay" {
			return nil, fmt.Errorf("%s is of the type %q", kind, list.kind)
		}
		values, err := list.items()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		for _, v := range values {
			for _, s := range one(kind, v.data) {
				if len(all) == maxSignatures {
					return all, fmt.Errorf("more than %d signatures", maxSignatures)
				}
				var hashes []crypto.Hash
				if s.Algorithm == format.Bare {
					hashes = []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}
				}
				if err := detached.Cover(ctx, &s, format.InMemory(signed), []format.Span{{Length: int64(len(signed))}}, hashes...); err != nil {
					return all, err
				}
				all = append(all, s)
			}
		}
	}
	return all, nil
}

// one reads a signature of a kind.
func one(kind string, b []byte) []format.Signature {
	s := format.Signature{Kind: "ostree", Value: b, Length: int64(len(b))}
	switch kind {
	case signedByGPG:
		return detached.OpenPGP("ostree", b)
	case signedByEd25519:
		s.Algorithm = format.Ed25519
		if len(b) != ed25519.SignatureSize {
			s.Problem = fmt.Sprintf("a signature of Ed25519 of %d bytes", len(b))
		}
	case signedBySPKI:
		s.Algorithm = format.Bare
	default:
		s.Algorithm = kind
	}
	return []format.Signature{s}
}

// Named is a name in a folder and the checksum of what it stands for.
type Named struct {
	Name string
	Sum  Checksum
	Meta Checksum // of a folder: its owner and mode
}

// ParseTree reads a folder: its files, and the folders in it.
func ParseTree(b []byte) (files, folders []Named, err error) {
	m, err := value{dirtreeKind, b}.items()
	if err != nil {
		return nil, nil, fmt.Errorf("folder: %w", err)
	}
	read := func(v value) (all []Named, err error) {
		entries, err := v.items()
		if err != nil {
			return nil, fmt.Errorf("folder: %w", err)
		}
		for _, e := range entries {
			f, err := e.items()
			if err != nil {
				return nil, fmt.Errorf("folder: %w", err)
			}
			n := Named{Name: f[0].text()}
			if n.Sum, err = checksum(f[1]); err == nil && len(f) > 2 {
				n.Meta, err = checksum(f[2])
			}
			if err != nil {
				return nil, err
			}
			all = append(all, n)
		}
		return all, nil
	}
	if files, err = read(m[0]); err != nil {
		return nil, nil, err
	}
	folders, err = read(m[1])
	return files, folders, err
}
