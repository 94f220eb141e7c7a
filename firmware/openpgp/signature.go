package openpgp

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" //nolint:gosec // signatures that images have
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// Types of signatures (RFC 9580, 5.2.1). Certification is the first of four.
const (
	OverBytes        = 0x00
	OverText         = 0x01
	Certification    = 0x10
	SubkeyBinding    = 0x18
	PrimaryBinding   = 0x19
	DirectKey        = 0x1f
	KeyRevocation    = 0x20
	SubkeyRevocation = 0x28
)

// MaySign is the flag of a key that may sign data.
const MaySign = 0x02

// Signature is what a signature packet says. Times, flags and the like are those
// that it signs itself.
type Signature struct {
	Version     int
	Type        byte
	Algorithm   byte // of the key
	HashID      byte
	Created     time.Time     // zero if it does not say
	Lifetime    time.Duration // zero if it has no end
	KeyLifetime time.Duration // of the key that it is about; zero if that has no end
	Flags       []byte        // what that key may do; nil if it does not say
	Unknown     bool          // it demands that something is understood that is not
	Issuer      string        // fingerprint or number of the key, in hexadecimal; a hint
	Embedded    [][]byte      // bodies of signatures in it
	Numbers     [][]byte      // the signature itself, as its algorithm has it

	left   [2]byte // of the digest
	salt   []byte
	hashed []byte
}

// Subpackets that are understood (RFC 9580, 5.2.3). The others that are known say
// nothing that changes what a signature is worth.
const (
	subCreated     = 2
	subLifetime    = 3
	subKeyLifetime = 9
	subIssuer      = 16
	subFlags       = 27
	subEmbedded    = 32
	subFingerprint = 33

	critical = 0x80
)

// harmless are known subpackets that a signature may call critical.
var harmless = map[byte]bool{4: true, 5: true, 6: true, 7: true, 11: true, 12: true, 21: true, 22: true, 23: true, 24: true, 25: true, 26: true, 28: true, 29: true, 30: true, 31: true, 34: true, 35: true, 39: true}

// ErrVersion says that a packet is of a version that is not read.
var ErrVersion = errors.New("of a version that is not read")

var errSignature = errors.New("a signature packet that is not whole")

// ParseSignature reads the body of a signature packet.
func ParseSignature(body []byte) (*Signature, error) {
	r := &reader{b: body}
	s := &Signature{Version: r.number(1)}
	switch {
	case r.bad:
		return nil, errSignature
	case s.Version == 3:
		s.third(r)
	case s.Version == 4 || s.Version == 6:
		s.fourth(r, body)
	default:
		return nil, fmt.Errorf("a signature of version %d: %w", s.Version, ErrVersion)
	}
	copy(s.left[:], r.take(2))
	if s.Version == 6 {
		s.salt = r.take(r.number(1))
	}
	s.numbers(r)
	if r.bad || len(r.b) > 0 {
		return nil, errSignature
	}
	return s, nil
}

// third reads the fields of version 3.
func (s *Signature) third(r *reader) {
	if r.number(1) != 5 {
		r.bad = true
	}
	s.hashed = r.take(5)
	if r.bad {
		return
	}
	s.Type, s.Created = s.hashed[0], unix(s.hashed[1:])
	s.Issuer = hex.EncodeToString(r.take(8))
	s.Algorithm, s.HashID = byte(r.number(1)), byte(r.number(1))
}

// fourth reads the fields of version 4, which 6 has with wider lengths.
func (s *Signature) fourth(r *reader, body []byte) {
	wide := 2
	if s.Version == 6 {
		wide = 4
	}
	s.Type, s.Algorithm, s.HashID = byte(r.number(1)), byte(r.number(1)), byte(r.number(1))
	signed := r.take(r.number(wide))
	s.hashed = body[:len(body)-len(r.b)]
	s.subpackets(r, signed, true)
	s.subpackets(r, r.take(r.number(wide)), false)
}

// subpackets reads those that the signature is over too, or the others, of which
// only the issuer and signatures count.
func (s *Signature) subpackets(r *reader, b []byte, signed bool) {
	for len(b) > 0 && !r.bad {
		size, length, ok := subpacketLength(b)
		if !ok || length < 1 || length > len(b)-size {
			r.bad = true
			return
		}
		kind, value := b[size], b[size+1:size+length]
		b = b[size+length:]
		switch kind &^ critical {
		case subIssuer:
			if s.Issuer == "" && len(value) == 8 {
				s.Issuer = hex.EncodeToString(value)
			}
		case subFingerprint:
			if len(value) > 1 {
				s.Issuer = hex.EncodeToString(value[1:])
			}
		case subEmbedded:
			s.Embedded = append(s.Embedded, value)
		default:
			if signed {
				s.says(r, kind, value)
			}
		}
	}
}

// says takes in a subpacket that the signature is over.
func (s *Signature) says(r *reader, kind byte, value []byte) {
	switch k := kind &^ critical; {
	case k == subFlags:
		s.Flags = append([]byte{}, value...)
	case k == subCreated || k == subLifetime || k == subKeyLifetime:
		if len(value) != 4 {
			r.bad = true
			return
		}
		seconds := time.Duration(binary.BigEndian.Uint32(value)) * time.Second
		switch k {
		case subCreated:
			s.Created = unix(value)
		case subLifetime:
			s.Lifetime = seconds
		default:
			s.KeyLifetime = seconds
		}
	case kind&critical != 0 && !harmless[k]:
		s.Unknown = true
	}
}

func unix(b []byte) time.Time { return time.Unix(int64(binary.BigEndian.Uint32(b)), 0).UTC() }

// numbers reads the signature itself.
func (s *Signature) numbers(r *reader) {
	count := 2
	switch s.Algorithm {
	case RSA, rsaSign:
		count = 1
	case DSA, ECDSA, EdDSA:
	case Ed25519:
		s.Numbers = [][]byte{r.take(64)}
		return
	case Ed448:
		s.Numbers = [][]byte{r.take(114)}
		return
	default:
		r.take(len(r.b)) // an algorithm that is not known
		return
	}
	for range count {
		s.Numbers = append(s.Numbers, r.mpi())
	}
}

// hashes are those that digests are made with (RFC 9580, 9.5). MD5 and RIPEMD are
// not: they can be forged.
var hashes = map[byte]crypto.Hash{
	2: crypto.SHA1, 8: crypto.SHA256, 9: crypto.SHA384, 10: crypto.SHA512, 11: crypto.SHA224, 12: crypto.SHA3_256, 14: crypto.SHA3_512,
}

// Hash is the hash of the signature, and what it is called; zero for one that is
// not used here.
func (s *Signature) Hash() (crypto.Hash, string) {
	if h := hashes[s.HashID]; h != 0 {
		return h, map[crypto.Hash]string{crypto.SHA1: "SHA1", crypto.SHA224: "SHA224", crypto.SHA256: "SHA256", crypto.SHA384: "SHA384", crypto.SHA512: "SHA512", crypto.SHA3_256: "SHA3-256", crypto.SHA3_512: "SHA3-512"}[h]
	}
	if s.HashID == 1 {
		return 0, "MD5"
	}
	return 0, fmt.Sprintf("hash %d", s.HashID)
}

// Sum is the digest that the signature is of: of what write writes, then of what
// the packet says of itself. It is nil for a hash that is not used here.
func (s *Signature) Sum(write func(io.Writer) error) ([]byte, error) {
	h, _ := s.Hash()
	if h == 0 {
		return nil, nil
	}
	sum := h.New()
	_, _ = sum.Write(s.salt)
	var w io.Writer = sum
	if s.Type == OverText {
		w = &lineEnds{w: sum}
	}
	if err := write(w); err != nil {
		return nil, err
	}
	_, _ = sum.Write(s.hashed)
	if s.Version > 3 {
		_, _ = sum.Write(binary.BigEndian.AppendUint32([]byte{byte(s.Version), 0xff}, uint32(len(s.hashed))))
	}
	return sum.Sum(nil), nil
}

// Begins reports whether a digest begins as the signature says that its own does.
// Where it does not, no key can have made the one of the other.
func (s *Signature) Begins(digest []byte) bool { return bytes.HasPrefix(digest, s.left[:]) }

// lineEnds writes a text with CR LF at its line ends (RFC 9580, 5.2.1.2).
type lineEnds struct {
	w    io.Writer
	last byte
}

func (l *lineEnds) Write(b []byte) (int, error) {
	out := make([]byte, 0, len(b)+len(b)/16)
	for _, c := range b {
		if c == '\n' && l.last != '\r' {
			out = append(out, '\r')
		}
		out, l.last = append(out, c), c
	}
	_, err := l.w.Write(out)
	return len(b), err
}
