package unread

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// probe asks the format of a name.
func probe(name string, b []byte) format.Likeness {
	for _, f := range Formats() {
		if f.Name == name {
			return f.Probe(format.InMemory(b))
		}
	}
	return format.No
}

func TestRecognised(t *testing.T) {
	ec := make([]byte, 64)
	copy(ec, "UBI#\x01")
	binary.BigEndian.PutUint32(ec[60:], sum(0xffffffff, ec[:60]))
	node := make([]byte, 64)
	copy(node, "\x31\x18\x10\x06")
	binary.LittleEndian.PutUint32(node[16:], 64)
	node[20] = 6
	binary.LittleEndian.PutUint32(node[4:], sum(0xffffffff, node[8:]))
	boot := make([]byte, 512)
	copy(boot, "\xeb\x3c\x90mkfs.fat")
	binary.LittleEndian.PutUint16(boot[11:], 512)
	boot[13] = 4
	copy(boot[510:], "\x55\xaa")
	for name, b := range map[string][]byte{
		"ubi": ec, "ubifs": node, "fat": boot,
	} {
		if probe(name, b) != format.Sure {
			t.Errorf("%s is not recognised", name)
		}
		if probe(name, bytes.Repeat([]byte{0xa5}, len(b))) != format.No {
			t.Errorf("%s: chance bytes are recognised", name)
		}
		if probe(name, b[:8]) != format.No {
			t.Errorf("%s: eight bytes are recognised", name)
		}
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte("UBI#\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, k := range Formats() {
			k.Probe(format.InMemory(b))
		}
	})
}
