package nordic

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

var le = binary.LittleEndian

// image reads one image and its packet.
func (r *reader) image(title string, i image) {
	bin, dat := path.Clean(i.Bin), path.Clean(i.Dat)
	r.named[bin], r.named[dat] = true, true
	program, err := r.member(bin, r.b.FileBytes)
	if err != nil {
		r.broken(fmt.Sprintf("%s: %v", title, err))
		return
	}
	at, err := r.find(dat)
	var raw []byte
	if err == nil {
		raw, err = r.content(at, maxPacket)
	}
	var p *packet
	if err == nil {
		p, err = readPacket(raw)
	}
	if err != nil {
		r.unreadable(title, i.Dat, err)
		return
	}
	r.attributes(title, p)
	r.compare(i.Bin, program, p)
	if !p.legacy && p.sizes != uint64(len(program)) {
		r.broken(fmt.Sprintf("%s: the packet says %d bytes, %q has %d", title, p.sizes, i.Bin, len(program)))
	}
	if p.signature != nil {
		r.bound[dat] = true // what is left of it is told by the byte
		s := r.signature(title, i.Dat, at, int64(len(raw)), p)
		h := r.o.Hashes[len(r.o.Hashes)-1]
		if h.OK {
			s.Through = []format.Span{h.Span}
		} else if s.Problem == "" {
			s.Problem = fmt.Sprintf("the hash that it covers is not that of %q", i.Bin)
		}
		r.o.Signatures = append(r.o.Signatures, s)
	}
}

func (r *reader) member(want string, most int64) ([]byte, error) {
	i, err := r.find(want)
	if err != nil {
		return nil, err
	}
	return r.content(i, most)
}

// unreadable notes a packet that cannot be read: nobody can tell who signed it.
func (r *reader) unreadable(title, dat string, err error) {
	reason := fmt.Sprintf("%s: packet %q: %v", title, dat, err)
	r.o.Damage = append(r.o.Damage, format.Damage{Reason: reason})
	r.o.Signatures = append(r.o.Signatures, format.Signature{Kind: name, Name: title, Problem: reason})
}

func (r *reader) attributes(title string, p *packet) {
	set := func(key, value string) { r.o.Attributes[title+"-"+key] = value }
	if p.hasFW {
		set("fw-version", fmt.Sprint(p.version))
	}
	set("hw-version", fmt.Sprint(p.hw))
	var sd []string
	for _, v := range p.sd {
		sd = append(sd, fmt.Sprintf("0x%x", v))
	}
	set("sd-req", strings.Join(sd, " "))
	if p.legacy {
		set("packet", "legacy")
		return
	}
	set("type", p.kindName())
	if p.debug {
		set("debug", "true")
	}
}

// compare compares a program with the hash or CRC in its packet.
func (r *reader) compare(bin string, program []byte, p *packet) {
	h := format.Hash{Name: bin, Algorithm: "sha256", Span: format.Span{Path: bin, Length: int64(len(program))}}
	switch {
	case p.legacy:
		h.Algorithm, h.OK = "crc16", crc16(program) == p.crc
	case p.hashed == hashSHA256:
		sum := sha256.Sum256(program)
		h.OK = bytes.Equal(reversed(p.hash), sum[:])
	case p.hashed == hashSHA512:
		sum := sha512.Sum512(program)
		h.Algorithm, h.OK = "sha512", bytes.Equal(reversed(p.hash), sum[:])
	default:
		h.Algorithm, h.Problem = fmt.Sprint(p.hashed), "a hash of a kind that binds nothing"
	}
	if h.OK && !p.legacy && p.signature != nil {
		r.bound[path.Clean(bin)] = true
	}
	r.o.Hashes = append(r.o.Hashes, h)
}

// reversed turns a number of the packet, little endian, into the usual order.
func reversed(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

// Kinds of signatures of dfu-cc.proto.
const (
	ecdsaP256     = 0
	ed25519       = 1
	signatureSize = 64
)

// signature gives the signature of a packet. It is over the init command.
func (r *reader) signature(title, dat string, at int, size int64, p *packet) format.Signature {
	from, to := int64(p.commandAt), int64(p.commandAt+len(p.command))
	s := format.Signature{
		Kind: name, Name: title, Length: int64(len(p.signature)), Algorithm: format.ECDSASHA256,
		Message: p.command, Problem: r.problem,
		Covers: []format.Span{{Path: dat, Offset: from, Length: to - from}},
		Leaves: without(dat, size, [2]int64{from, to}, [2]int64{int64(p.signatureAt), int64(p.signatureAt + len(p.signature))}),
	}
	if off := r.entries[at].Offset; off >= 0 {
		s.Offset = off + int64(p.signatureAt)
	} else if t, ok := r.o.Tree.(format.Stored); ok {
		for _, run := range t.Stored(at) {
			s.Offset, s.Length = run.Offset, run.Length // it is packed: somewhere in there
		}
	}
	sum := sha256.Sum256(p.command)
	s.Digest = sum[:]
	switch {
	case len(p.signature) != signatureSize:
		s.Problem = fmt.Sprintf("signature of %d bytes, not %d", len(p.signature), signatureSize)
	case p.signatureKind == ed25519:
		s.Algorithm, s.Value, s.Digest = format.Ed25519, p.signature, nil
	case p.signatureKind == ecdsaP256:
		s.Value, _ = asn1.Marshal(struct{ R, S *big.Int }{
			new(big.Int).SetBytes(reversed(p.signature[:signatureSize/2])), new(big.Int).SetBytes(reversed(p.signature[signatureSize/2:])),
		})
	default:
		s.Algorithm, s.Problem = fmt.Sprint(p.signatureKind), "a signature of an unknown kind"
	}
	return s
}

// without gives what is left of a member when two runs are taken out.
func without(member string, size int64, runs ...[2]int64) (left []format.Span) {
	slices.SortFunc(runs, func(a, b [2]int64) int { return int(a[0] - b[0]) })
	at := int64(0)
	for _, run := range append(runs, [2]int64{size, size}) {
		if run[0] > at {
			left = append(left, format.Span{Path: member, Offset: at, Length: run[0] - at})
		}
		at = max(at, run[1])
	}
	return left
}
