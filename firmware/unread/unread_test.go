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
	super := make([]byte, 2048)
	for at, v := range map[int]uint32{0: 32, 4: 128, 0x18: 2, 0x20: 8192, 0x28: 32, 0x4c: 1} {
		binary.LittleEndian.PutUint32(super[0x400+at:], v)
	}
	boot := make([]byte, 512)
	copy(boot, "\xeb\x3c\x90mkfs.fat")
	binary.LittleEndian.PutUint16(boot[11:], 512)
	boot[13] = 4
	copy(boot[510:], "\x55\xaa")
	for name, b := range map[string][]byte{
		"ext": super, "fat": boot,
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
