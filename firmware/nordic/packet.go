package nordic

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// packet is an init packet: what is said of one image.
type packet struct {
	legacy  bool
	version uint64
	hasFW   bool // it says a version
	hw      uint64
	sd      []uint64
	debug   bool
	kind    uint64
	sizes   uint64 // of all that the image holds
	hash    []byte // little endian
	hashed  uint64 // the kind of the hash
	crc     uint16 // of a legacy packet

	command       []byte // what is signed: the init command
	commandAt     int
	signature     []byte // r and s, little endian; nil if there is none
	signatureAt   int
	signatureKind uint64
}

// Fields of dfu-cc.proto of the nRF5 SDK.
const (
	packetCommand, packetSigned               = 1, 2
	signedCommand, signedKind, signedValue    = 1, 2, 3
	commandInit                               = 2
	initFW, initHW, initSD, initKind          = 1, 2, 3, 4
	initSDSize, initBLSize, initAppSize       = 5, 6, 7
	initHash, initDebug                       = 8, 9
	hashKind, hashBytes                       = 1, 2
	hashNone, hashCRC, hashSHA128, hashSHA256 = 0, 1, 2, 3
	hashSHA512                                = 4
)

var kinds = [...]string{"application", "softdevice", "bootloader", "softdevice_bootloader", "external-application"}

// readPacket reads a packet of the secure boot loader, or of the legacy one.
func readPacket(b []byte) (*packet, error) {
	p, err := readSecure(b)
	if err == nil {
		return p, nil
	}
	if legacy, ok := readLegacy(b); ok {
		return legacy, nil
	}
	return nil, err
}

var errPacket = errors.New("not a command, nor a signed one")

// readSecure reads a packet in Protocol Buffers.
func readSecure(b []byte) (*packet, error) {
	outer, err := message(b, 0)
	if err != nil {
		return nil, err
	}
	plain, isPlain, err1 := single(outer, packetCommand)
	signed, isSigned, err2 := single(outer, packetSigned)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	p := &packet{}
	switch {
	case isPlain == isSigned:
		return nil, errPacket
	case isSigned:
		if plain, err = p.signed(signed); err != nil {
			return nil, err
		}
	}
	command, err := message(plain.bytes, plain.off)
	if err != nil {
		return nil, err
	}
	start, ok, err := single(command, commandInit)
	if err != nil || !ok || !start.packed {
		return nil, errors.Join(errPacket, err)
	}
	p.command, p.commandAt = start.bytes, start.off
	return p, p.init(start)
}

// signed reads the signature, and gives the command that it is about.
func (p *packet) signed(f field) (command field, err error) {
	fields, err := message(f.bytes, f.off)
	if err != nil {
		return command, err
	}
	command, ok, err1 := single(fields, signedCommand)
	kind, _, err2 := single(fields, signedKind)
	value, has, err3 := single(fields, signedValue)
	if err := errors.Join(err1, err2, err3); err != nil {
		return command, err
	}
	if !ok || !has || !command.packed || !value.packed {
		return command, errPacket
	}
	p.signature, p.signatureAt, p.signatureKind = value.bytes, value.off, kind.value
	return command, nil
}

// init reads the init command.
func (p *packet) init(f field) error {
	fields, err := message(f.bytes, f.off)
	if err != nil {
		return err
	}
	one := func(number int) (v uint64, ok bool) {
		g, ok, twice := single(fields, number)
		err = errors.Join(err, twice)
		return g.value, ok
	}
	p.version, p.hasFW = one(initFW)
	p.hw, _ = one(initHW)
	p.kind, _ = one(initKind)
	p.sd = numbers(fields, initSD)
	debug, _ := one(initDebug)
	p.debug = debug != 0
	for _, size := range []int{initSDSize, initBLSize, initAppSize} {
		n, _ := one(size)
		p.sizes += min(n, math.MaxUint32)
	}
	hash, ok, twice := single(fields, initHash)
	if err = errors.Join(err, twice); err != nil || !ok {
		return err
	}
	inner, err := message(hash.bytes, hash.off)
	if err != nil {
		return err
	}
	kind, _, err1 := single(inner, hashKind)
	sum, _, err2 := single(inner, hashBytes)
	p.hashed, p.hash = kind.value, sum.bytes
	return errors.Join(err1, err2)
}

// readLegacy reads a packet of the boot loader before: device, application and
// soft devices, then a CRC, perhaps behind a word that is zero.
func readLegacy(b []byte) (*packet, bool) {
	const fixed = 10
	le := binary.LittleEndian
	if len(b) < fixed {
		return nil, false
	}
	n := int(le.Uint16(b[8:]))
	rest := len(b) - fixed - 2*n
	switch {
	case rest == 2:
	case rest == 6 && le.Uint32(b[fixed+2*n:]) == 0:
	default:
		return nil, false
	}
	p := &packet{legacy: true, hw: uint64(le.Uint16(b)), version: uint64(le.Uint32(b[4:])), hasFW: true, crc: le.Uint16(b[len(b)-2:])}
	for i := range n {
		p.sd = append(p.sd, uint64(le.Uint16(b[fixed+2*i:])))
	}
	return p, true
}

// crc16 is CRC-16/CCITT-FALSE.
func crc16(b []byte) uint16 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			top := crc & 0x8000
			crc <<= 1
			if top != 0 {
				crc ^= 0x1021
			}
		}
	}
	return crc
}

func (p *packet) kindName() string {
	if p.kind < uint64(len(kinds)) {
		return kinds[p.kind]
	}
	return fmt.Sprint(p.kind)
}
