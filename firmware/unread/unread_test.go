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

func jffs2Node(order binary.ByteOrder) []byte {
	b := make([]byte, 12)
	order.PutUint16(b, 0x1985)
	order.PutUint16(b[2:], 0xe001)
	order.PutUint32(b[4:], 44)
	order.PutUint32(b[8:], sum(0, b[:8]))
	return b
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
	super := make([]byte, 2048)
	for at, v := range map[int]uint32{0: 32, 4: 128, 0x18: 2, 0x20: 8192, 0x28: 32, 0x4c: 1} {
		binary.LittleEndian.PutUint32(super[0x400+at:], v)
	}
	for name, b := range map[string][]byte{
		"ubi": ec, "ubifs": node, "ext": super,
		"jffs2": jffs2Node(binary.LittleEndian),
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
	if probe("jffs2", jffs2Node(binary.BigEndian)) != format.Sure {
		t.Error("big-endian jffs2 is not recognised")
	}
}

// The checksum of JFFS2 starts from zero and is not inverted: a node that
// mkfs.jffs2 wrote ends so.
func TestSum(t *testing.T) {
	clean := []byte{0x85, 0x19, 0x03, 0x20, 0x0c, 0, 0, 0, 0xb1, 0xb0, 0x1e, 0xe4}
	if !jffs2(clean) {
		t.Errorf("a cleanmarker's checksum is %#x, computed %#x", clean[8:], sum(0, clean[:8]))
	}
}

func FuzzProbe(f *testing.F) {
	f.Add(jffs2Node(binary.LittleEndian))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, k := range Formats() {
			k.Probe(format.InMemory(b))
		}
	})
}
