package mcuboot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// reader is the work on one image.
type reader struct {
	ctx     context.Context
	in      format.Input
	h       header
	all     []area
	tlvs    []tlv
	o       *format.Opened
	covered []format.Span
	digests map[uint16][]byte // of the covered bytes, by type of hash
	problem string            // that every signature has
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readHeader(in)
	if !ok {
		return nil, format.Errorf(0, "no header")
	}
	r := &reader{ctx: ctx, in: in, h: h, digests: map[uint16][]byte{}, o: &format.Opened{Attributes: h.attributes()}}
	if h.size > in.Size || h.image > in.Size-h.size {
		return r.cut(format.Errorf(0, "a header of %d bytes and an image of %d, but the input ends at 0x%x", h.size, h.image, in.Size))
	}
	if err := r.areas(); err != nil {
		return r.cut(err)
	}
	r.o.Length = r.all[len(r.all)-1].end
	for _, a := range r.all {
		if err := r.fields(a); err != nil {
			r.broken(err, a.off, a.end)
		}
	}
	r.covered = []format.Span{{Length: r.all[len(r.all)-1].off}}
	if r.h.flags&encrypted != 0 && !h.old {
		r.problem = "it is over the program before it was encrypted"
	}
	r.duplicates()
	r.values()
	if err := r.hashes(); err != nil {
		return nil, err
	}
	r.signatures()
	r.part()
	return r.o, nil
}

// cut opens an image whose lengths lie: nothing is known but its header, and
// what may have signed it.
func (r *reader) cut(err error) (*format.Opened, error) {
	if r.h.size > r.in.Size || !padded(r.in, r.h) {
		return nil, err // chance bytes
	}
	r.o.Length = r.h.size
	r.o.Damage = []format.Damage{{Offset: r.h.size, Length: r.in.Size - r.h.size, Reason: err.Error()}}
	r.o.Signatures = []format.Signature{{Kind: name, Problem: err.Error(), Leaves: []format.Span{{Length: r.in.Size}}}}
	return r.o, nil
}

// broken notes that fields could not be read.
func (r *reader) broken(err error, from, to int64) {
	r.o.Damage = append(r.o.Damage, format.Damage{Offset: from, Length: to - from, Reason: err.Error()})
	if r.problem == "" {
		r.problem = err.Error()
	}
}

// several may be there more than once.
func several(kind uint16) bool {
	switch kind {
	case tlvKeyHash, tlvPublicKey, tlvRSA2048, tlvECDSA224, tlvECDSA, tlvRSA3072, tlvEd25519, tlvDependency, tlvBootRecord:
		return true
	}
	return kind >= 0xa0 // of vendors
}

// duplicates notes fields that are there twice and must not be: a boot loader
// takes one of them, and nobody knows which.
func (r *reader) duplicates() {
	first := map[uint16]int64{}
	for _, f := range r.tlvs {
		at, twice := first[f.kind]
		switch {
		case several(f.kind):
		case twice:
			r.broken(format.Errorf(f.off-tlvHeader, "field %s is there twice, first at 0x%x", typeName(f.kind), at-tlvHeader), f.off-tlvHeader, f.off+int64(len(f.value)))
		default:
			first[f.kind] = f.off
		}
	}
}

// values reads the fields that are neither hashes nor signatures.
func (r *reader) values() {
	var dependencies, keys []string
	le := binary.LittleEndian
	for _, f := range r.tlvs {
		switch {
		case f.kind == tlvCounter && len(f.value) == 4:
			r.counter(f, le.Uint32(f.value))
		case f.kind == tlvDependency && len(f.value) == 12:
			v := f.value[4:]
			dependencies = append(dependencies, fmt.Sprintf("image %d >= %d.%d.%d+%d", f.value[0], v[0], v[1], le.Uint16(v[2:]), le.Uint32(v[4:])))
		case f.kind == tlvCounter, f.kind == tlvDependency:
			r.broken(format.Errorf(f.off, "field %s of %d bytes", typeName(f.kind), len(f.value)), f.off, f.off+int64(len(f.value)))
		case f.kind == tlvBootRecord:
			r.o.Attributes["boot-record"] = hex.EncodeToString(f.value[:min(len(f.value), 256)])
		case f.kind >= tlvEncrypt && f.kind <= tlvEncryptEnd:
			keys = append(keys, fmt.Sprintf("0x%02x", f.kind))
		}
	}
	if dependencies != nil {
		r.o.Attributes["dependencies"] = strings.Join(dependencies, ", ")
	}
	if keys != nil {
		r.o.Attributes["encryption-key"] = strings.Join(keys, " ")
	}
}

// counter takes the security counter, which counts only if it is protected.
func (r *reader) counter(f tlv, n uint32) {
	if !f.protected {
		r.o.Damage = append(r.o.Damage, format.Damage{Offset: f.off, Length: 4, Reason: "the security counter is not protected: the boot loader does not look at it"})
		return
	}
	if one, twice := r.o.Attributes["security-counter"]; twice {
		if strings.Contains(one, "or") {
			return
		}
		r.o.Attributes["security-counter"] = one + " or " + fmt.Sprint(n) // whoever reads it takes the first or the last
		return
	}
	r.o.Attributes["security-counter"] = fmt.Sprint(n)
}

var hashNames = map[uint16]string{tlvSHA256: "sha256", tlvSHA384: "sha384", tlvSHA512: "sha512"}

func newHash(kind uint16) hash.Hash {
	switch kind {
	case tlvSHA384:
		return sha512.New384()
	case tlvSHA512:
		return sha512.New()
	}
	return sha256.New()
}

// hashes compares the hashes with what they are over: header, program and
// protected fields.
func (r *reader) hashes() error {
	for _, f := range r.tlvs {
		algorithm := hashNames[f.kind]
		if algorithm == "" {
			continue
		}
		h := format.Hash{Name: "image", Algorithm: algorithm, Span: r.covered[0]}
		if r.h.flags&encrypted != 0 && !r.h.old {
			h.Problem = r.problem
			r.o.Hashes = append(r.o.Hashes, h)
			continue
		}
		sum, err := r.digest(f.kind)
		if err != nil {
			return err
		}
		h.OK = bytes.Equal(sum, f.value)
		r.o.Hashes = append(r.o.Hashes, h)
	}
	return nil
}

// digest hashes the covered bytes, once for each hash.
func (r *reader) digest(kind uint16) ([]byte, error) {
	if sum := r.digests[kind]; sum != nil {
		return sum, nil
	}
	h := newHash(kind)
	if err := format.Sum(r.ctx, h, r.in, r.covered...); err != nil {
		return nil, err
	}
	r.digests[kind] = h.Sum(nil)
	return r.digests[kind], nil
}

// part is the program.
func (r *reader) part() {
	p := format.Part{Offset: r.h.size, Length: r.h.image, Role: format.Code}
	switch {
	case r.h.old:
	case r.h.flags&encrypted != 0:
		p.Role, p.Hint = format.Unknown, "encrypted"
	case r.h.flags&compressed != 0:
		p.Hint = "lzma"
	}
	r.o.Parts = []format.Part{p}
}

var errNoHash = errors.New("no hash says which one the signature is over")
