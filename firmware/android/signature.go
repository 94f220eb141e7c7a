package android

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/verity"
)

// schemes are the algorithms of signatures, by number, with the bytes of each.
var schemes = []struct {
	name  string
	hash  crypto.Hash
	bytes uint64
}{
	1: {format.RSASHA256, crypto.SHA256, 256},
	{format.RSASHA256, crypto.SHA256, 512},
	{format.RSASHA256, crypto.SHA256, 1024},
	{format.RSASHA512, crypto.SHA512, 256},
	{format.RSASHA512, crypto.SHA512, 512},
	{format.RSASHA512, crypto.SHA512, 1024},
}

// sign adds the signature of a block: over its header and its auxiliary data.
func (h *vbmeta) sign(ctx context.Context, in format.Input, o *format.Opened, auth, aux []byte, through []format.Span) error {
	if h.Algorithm == 0 {
		return nil
	}
	s := format.Signature{
		Kind: "avb", Offset: vbmetaHeader, Length: int64(h.Auth), Algorithm: algorithms[h.Algorithm], Through: through,
		Value: auth[h.SignatureAt : h.SignatureAt+h.SignatureSize],
	}
	hash := crypto.SHA512
	if int(h.Algorithm) < len(schemes) {
		k := schemes[h.Algorithm]
		s.Algorithm, hash = k.name, k.hash
		var err error
		s.PublicKey, err = publicKey(aux[h.KeyAt : h.KeyAt+h.KeySize])
		switch {
		case h.SignatureSize != k.bytes:
			s.Problem = fmt.Sprintf("a signature of %d bytes, the algorithm has %d", h.SignatureSize, k.bytes)
		case h.HashSize != uint64(hash.Size()):
			s.Problem = fmt.Sprintf("a digest of %d bytes, the algorithm has %d", h.HashSize, hash.Size())
		case err != nil:
			s.Problem = err.Error()
		}
	} else {
		s.Problem = "the algorithm is not known"
	}
	if s.Problem == "" && o.Attributes["digest"] != "verified" {
		s.Problem = "the digest of header and descriptors differs"
	}
	at := vbmetaHeader + int64(h.Auth)
	if err := s.Cover(ctx, in, []format.Span{{Length: vbmetaHeader}, {Offset: at, Length: int64(h.Aux)}}, hash); err != nil {
		return err
	}
	s.Leave(o.Length)
	o.Signatures = []format.Signature{s}
	return nil
}

// publicExponent is that of every key: it is not written down.
const publicExponent = 65537

// publicKey turns a key of libavb (its bits, a number that helps to compute, the
// modulus, another such number) into the usual form.
func publicKey(b []byte) ([]byte, error) {
	if len(b) < 8 {
		return nil, errors.New("the block has no public key")
	}
	bits := binary.BigEndian.Uint32(b)
	if bits < 1024 || bits > 16384 || bits%8 != 0 || uint64(len(b)) != 8+2*uint64(bits/8) {
		return nil, fmt.Errorf("a public key of %d bits in %d bytes", bits, len(b))
	}
	n := new(big.Int).SetBytes(b[8 : 8+bits/8])
	if n.BitLen() != int(bits) {
		return nil, fmt.Errorf("a public key of %d bits, it says %d", n.BitLen(), bits)
	}
	return x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: publicExponent})
}

// footed reports whether a block stands behind the content of its partition, which
// a footer at the end says.
func footed(in format.Input) bool {
	if in.Before == nil || in.Size < footerSize {
		return false
	}
	end := in.Section(in.Size-footerSize, footerSize)
	return probeFooter(end) != format.No && binary.BigEndian.Uint64(end.Head(footerSize)[20:]) == uint64(in.Before.Size)
}

// compareAll compares the digests of a block that stands behind its partition. It
// gives what holds.
func compareAll(ctx context.Context, in format.Input, o *format.Opened, list []byte) ([]format.Span, error) {
	var through []format.Span
	for n := 0; len(list) >= descriptorHeader && n < maxCompared; n++ {
		tag, size := binary.BigEndian.Uint64(list), binary.BigEndian.Uint64(list[8:])
		if size > uint64(len(list)-descriptorHeader) {
			break
		}
		d := list[:descriptorHeader+size]
		list = list[len(d):]
		h, levels, ok, err := compare(ctx, *in.Before, tag, d)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if o.Hashes = append(o.Hashes, h); h.OK {
			through = append(through, h.Span)
			if stored, ok := storedTree(*in.Before, d, levels); ok {
				through = append(through, stored)
			} else if len(levels) > 0 {
				o.Damage = append(o.Damage, format.Damage{Reason: "the stored hash tree of " + h.Name + " is not that of its partition"})
			}
		}
	}
	return through, nil
}

// claims are what a block says of partitions beside its own: the hashes of some, and
// the keys of those that it chains to.
func claims(list []byte) (all []format.Claim, vouches [][]byte) {
	for len(list) >= descriptorHeader && len(all) < maxDescriptors {
		tag, size := binary.BigEndian.Uint64(list), binary.BigEndian.Uint64(list[8:])
		if size > uint64(len(list)-descriptorHeader) {
			break
		}
		d := list[:descriptorHeader+size]
		list = list[len(d):]
		if tag == tagChain && len(d) >= chainSize {
			f, ok := fields(d[chainSize:], binary.BigEndian.Uint32(d[20:]), binary.BigEndian.Uint32(d[24:]))
			if !ok {
				continue
			}
			if key, err := publicKey(f[1]); err == nil {
				all, vouches = append(all, format.Claim{Name: string(f[0]), Key: key}), append(vouches, key)
			}
			continue
		}
		if name, ok := compared(tag, d); ok {
			all = append(all, format.Claim{Name: name, Compare: func(ctx context.Context, part format.Input) (format.Hash, error) {
				h, levels, _, err := compare(ctx, part, tag, d)
				if _, stored := storedTree(part, d, levels); len(levels) > 0 && !stored {
					h.OK = false // whoever starts it reads that tree, and not the one made here
				}
				h.Span.Offset = 0
				return h, err
			}})
		}
	}
	return all, vouches
}

// compared gives the partition that a descriptor of a hash or a hash tree is about.
func compared(tag uint64, d []byte) (string, bool) {
	u := func(at int) uint32 { return binary.BigEndian.Uint32(d[at:]) }
	switch {
	case tag == tagHash && len(d) >= hashSize:
		f, ok := fields(d[hashSize:], u(56))
		return string(f[0]), ok
	case tag == tagHashtree && len(d) >= hashtreeSize:
		f, ok := fields(d[hashtreeSize:], u(104))
		return string(f[0]), ok
	}
	return "", false
}

// doubt says why a block that is signed does not tell what a partition must be: it
// names none, or one of them twice.
func doubt(list []byte) string {
	seen := map[string]bool{}
	for n := 0; len(list) >= descriptorHeader && n < maxDescriptors; n++ {
		tag, size := binary.BigEndian.Uint64(list), binary.BigEndian.Uint64(list[8:])
		if size > uint64(len(list)-descriptorHeader) {
			break
		}
		d := list[:descriptorHeader+size]
		list = list[len(d):]
		name, ok := compared(tag, d)
		if tag == tagChain && len(d) >= chainSize {
			f, whole := fields(d[chainSize:], binary.BigEndian.Uint32(d[20:]))
			name, ok = string(f[0]), whole
		}
		if ok && seen[name] {
			return fmt.Sprintf("the vbmeta block has two descriptors of the partition %q", name)
		}
		if ok {
			seen[name] = true
		}
	}
	if len(seen) == 0 {
		return "the vbmeta block says of no partition what it must be"
	}
	return ""
}

// maxCompared is how many descriptors of one partition are compared.
const maxCompared = 4

var hashNames = map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256, "sha512": crypto.SHA512}

// storedTree is the run of a hash tree's levels, if they stand where the
// descriptor says: nothing else could stand there.
func storedTree(before format.Input, d, levels []byte) (s format.Span, ok bool) {
	at, size := binary.BigEndian.Uint64(d[28:]), binary.BigEndian.Uint64(d[36:])
	if len(levels) == 0 || size != uint64(len(levels)) || at > uint64(before.Size) || size > uint64(before.Size)-at {
		return s, false
	}
	stored, err := before.Bytes(int64(at), int64(size))
	return format.Span{Offset: int64(at) - before.Size, Length: int64(size)}, err == nil && bytes.Equal(stored, levels)
}

// compare compares a descriptor of a hash or a hash tree with the partition. It
// gives the levels that the tree must have.
func compare(ctx context.Context, before format.Input, tag uint64, d []byte) (h format.Hash, levels []byte, is bool, err error) {
	u := func(at int) uint32 { return binary.BigEndian.Uint32(d[at:]) }
	var f [][]byte
	size, ok := uint64(0), false
	switch {
	case tag == tagHash && len(d) >= hashSize:
		size, h.Algorithm = binary.BigEndian.Uint64(d[16:]), text(d[24:56])
		f, ok = fields(d[hashSize:], u(56), u(60), u(64))
	case tag == tagHashtree && len(d) >= hashtreeSize:
		size, h.Algorithm = binary.BigEndian.Uint64(d[20:]), text(d[72:104])
		f, ok = fields(d[hashtreeSize:], u(104), u(108), u(112))
	default:
		return h, nil, false, nil
	}
	if !ok {
		return h, nil, false, nil
	}
	h.Name = string(f[0])
	hash, known := hashNames[h.Algorithm]
	switch {
	case size > uint64(before.Size):
		h.Problem = fmt.Sprintf("the partition has %d bytes, the block says %d", before.Size, size)
		return h, nil, true, nil
	case !known:
		h.Problem = "the hash is not known"
		return h, nil, true, nil
	}
	h.Span = format.Span{Offset: -before.Size, Length: int64(size)}
	content := before.Section(0, int64(size))
	var got []byte
	if tag == tagHash {
		got, err = salted(ctx, hash, f[1], content)
	} else {
		tree := verity.Tree{Hash: hash, Salt: f[1], DataBlock: int64(u(44)), HashBlock: int64(u(48))}
		if got, levels, err = tree.Root(ctx, content); err != nil && ctx.Err() == nil {
			h.Problem, err = err.Error(), nil
		}
		h.Algorithm = "dm-verity " + h.Algorithm
	}
	h.OK = h.Problem == "" && len(got) > 0 && bytes.Equal(got, f[2])
	return h, levels, true, err
}

// salted hashes a salt and a content.
func salted(ctx context.Context, hash crypto.Hash, salt []byte, in format.Input) ([]byte, error) {
	sum := hash.New()
	_, _ = sum.Write(salt)
	const piece = 64 << 10
	for off := int64(0); off < in.Size; off += piece {
		b, err := in.Bytes(off, min(piece, in.Size-off))
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		_, _ = sum.Write(b)
	}
	return sum.Sum(nil), nil
}
