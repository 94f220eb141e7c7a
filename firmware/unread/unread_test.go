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
	boot := make([]byte, 512)
	copy(boot, "\xeb\x3c\x90mkfs.fat")
	binary.LittleEndian.PutUint16(boot[11:], 512)
	boot[13] = 4
	copy(boot[510:], "\x55\xaa")
	for name, b := range map[string][]byte{
		"fat": boot,
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
	f.Add([]byte("\x01CD001\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, k := range Formats() {
			k.Probe(format.InMemory(b))
		}
	})
}
