package android

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// The kinds of descriptor, and the bytes of each before its texts.
const (
	tagProperty = 0
	tagHashtree = 1
	tagHash     = 2
	tagCmdline  = 3
	tagChain    = 4

	descriptorHeader = 16
	propertySize     = 32
	hashtreeSize     = 180
	hashSize         = 132
	cmdlineSize      = 24
	chainSize        = 92
)

// descriptors lists the descriptors, which stand at a place of the input.
func descriptors(o *format.Opened, b []byte, at int64) {
	for i := 0; len(b) > 0; i++ {
		if len(b) < descriptorHeader || i == maxDescriptors {
			o.Damage = append(o.Damage, format.Damage{Offset: at, Length: int64(len(b)), Reason: "descriptors that are not whole, or too many"})
			return
		}
		tag, size := binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
		if size%8 != 0 || size > uint64(len(b)-descriptorHeader) {
			o.Damage = append(o.Damage, format.Damage{Offset: at, Length: int64(len(b)), Reason: fmt.Sprintf("descriptor of %d bytes, %d are there", size, len(b)-descriptorHeader)})
			return
		}
		size += descriptorHeader
		said, ok := describe(tag, b[:size])
		if !ok {
			o.Damage = append(o.Damage, format.Damage{Offset: at, Length: int64(size), Reason: fmt.Sprintf("descriptor of kind %d cannot be read", tag)})
		}
		o.Attributes["descriptor-"+strconv.Itoa(i)] = said[:min(len(said), maxShown)]
		b, at = b[size:], at+int64(size)
	}
}

// describe says what one descriptor demands.
func describe(tag uint64, b []byte) (string, bool) {
	u := func(at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
	switch {
	case tag == tagProperty && len(b) >= propertySize:
		return propertyText(b)
	case tag == tagHashtree && len(b) >= hashtreeSize:
		f, ok := fields(b[hashtreeSize:], u(104), u(108), u(112))
		return fmt.Sprintf("hashtree %s of %q: root %x, salt %x, %d bytes", text(b[72:104]), f[0], f[2], f[1], binary.BigEndian.Uint64(b[20:])), ok
	case tag == tagHash && len(b) >= hashSize:
		f, ok := fields(b[hashSize:], u(56), u(60), u(64))
		return fmt.Sprintf("hash %s of %q: digest %x, salt %x, %d bytes", text(b[24:56]), f[0], f[2], f[1], binary.BigEndian.Uint64(b[16:])), ok
	case tag == tagCmdline && len(b) >= cmdlineSize:
		f, ok := fields(b[cmdlineSize:], u(20))
		return fmt.Sprintf("kernel command line %q, flags %d", f[0], u(16)), ok
	case tag == tagChain && len(b) >= chainSize:
		f, ok := fields(b[chainSize:], u(20), u(24))
		sum := sha256.Sum256(f[1])
		return fmt.Sprintf("chain to %q: rollback index location %d, key sha256 %s", f[0], u(16), hex.EncodeToString(sum[:])), ok
	}
	return fmt.Sprintf("kind %d", tag), false
}

// fields cuts texts that stand one after another.
func fields(b []byte, sizes ...uint32) ([][]byte, bool) {
	all := make([][]byte, len(sizes))
	for i, n := range sizes {
		if int64(n) > int64(len(b)) {
			return all, false
		}
		all[i], b = b[:n], b[n:]
	}
	return all, true
}

// propertyText reads a name and a value, each with a NUL.
func propertyText(b []byte) (string, bool) {
	name, value := binary.BigEndian.Uint64(b[16:]), binary.BigEndian.Uint64(b[24:])
	b = b[propertySize:]
	if n := uint64(len(b)); name >= n || value >= n || name+value+2 > n {
		return "property", false
	}
	return fmt.Sprintf("property %q: %q", b[:name], bytes.TrimRight(b[name+1:name+1+value], "\x00")), true
}
