// Package openpgp reads the packets of OpenPGP (RFC 9580) that say who signed
// what: signatures of versions 3, 4 and 6, and public keys of versions 4 and 6, as
// they are or in ASCII armour, and texts that are signed in clear.
//
// What they say is read, and the digest that a signature is of is computed.
// Nothing is verified, and what is encrypted or compressed is not read.
package openpgp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kinds of packets.
const (
	SignaturePacket     = 2
	SecretKeyPacket     = 5
	PublicKeyPacket     = 6
	SecretSubkeyPacket  = 7
	UserIDPacket        = 13
	PublicSubkeyPacket  = 14
	UserAttributePacket = 17
)

// Packet is one packet: what it holds, and the same with its header.
type Packet struct {
	Kind        int
	Body, Whole []byte
}

// maxPackets bounds the packets of one file.
const maxPackets = 1 << 12

var errPacket = errors.New("no whole packet of OpenPGP")

// Packets reads bytes that are packets one behind another. Where something else
// follows, it gives those before it and an error.
func Packets(b []byte) ([]Packet, error) {
	var all []Packet
	for len(b) > 0 {
		if len(all) == maxPackets {
			return all, fmt.Errorf("more than %d packets", maxPackets)
		}
		kind, head, length, ok := header(b)
		if !ok || length < 0 || length > len(b)-head {
			return all, errPacket
		}
		end := head + length
		all = append(all, Packet{kind, b[head:end:end], b[:end:end]})
		b = b[end:]
	}
	return all, nil
}

// header reads the header of a packet, in the new form or the old one. Lengths that
// come in parts, or are left open, are of packets that are not read here.
func header(b []byte) (kind, head, length int, ok bool) {
	if len(b) < 2 || b[0]&0x80 == 0 {
		return 0, 0, 0, false
	}
	if b[0]&0x40 == 0 {
		head = []int{2, 3, 5, 0}[b[0]&3]
		if head == 0 || head > len(b) {
			return 0, 0, 0, false
		}
		for _, c := range b[1:head] {
			length = length<<8 | int(c)
		}
		return int(b[0] >> 2 & 0xf), head, length, true
	}
	head, length, ok = packetLength(b[1:])
	return int(b[0] & 0x3f), head + 1, length, ok
}

// packetLength reads a length of one, two or five bytes (RFC 9580, 4.2.1).
func packetLength(b []byte) (size, length int, ok bool) {
	switch {
	case len(b) == 0:
	case b[0] < 192:
		return 1, int(b[0]), true
	case b[0] < 224 && len(b) > 1:
		return 2, (int(b[0])-192)<<8 + int(b[1]) + 192, true
	case b[0] == 255 && len(b) > 4:
		return 5, int(binary.BigEndian.Uint32(b[1:])), true
	}
	return 0, 0, false
}

// subpacketLength is that of subpackets, whose two-byte form reaches further
// (RFC 9580, 5.2.3.7).
func subpacketLength(b []byte) (size, length int, ok bool) {
	if len(b) > 1 && b[0] >= 224 && b[0] < 255 {
		return 2, (int(b[0])-192)<<8 + int(b[1]) + 192, true
	}
	return packetLength(b)
}

// reader takes fields from bytes; it remembers that there were too few.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	taken := r.b[:n:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) number(size int) (n int) {
	for _, c := range r.take(size) {
		n = n<<8 | int(c)
	}
	return n
}

// mpi takes a number as its length in bits, then its bytes (RFC 9580, 3.2).
func (r *reader) mpi() []byte { return r.take((r.number(2) + 7) / 8) }
