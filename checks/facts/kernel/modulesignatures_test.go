package kernel

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/factstest"
)

// module is a kernel module with a signature of a kind.
func module(kind byte, value string, lie int) string {
	about := append([]byte{0, 0, kind, 0, 0, 0, 0, 0}, binary.BigEndian.AppendUint32(nil, uint32(len(value)+lie))...)
	return "\x7fELF" + strings.Repeat("\x00", 600) + value + string(about) + moduleMark
}

// message is a sequence in DER of 260 bytes.
var message = "\x30\x82\x01\x00" + strings.Repeat("m", 256)

func TestModuleSignatures(t *testing.T) {
	seen := factstest.Seen(t, ModuleSignatures, map[string]string{
		"lib/modules/5.10/a.ko": module(2, message, 0), "lib/modules/5.10/b.ko": "\x7fELF" + strings.Repeat("\x00", 600),
		"lib/modules/5.10/c.ko": module(2, message, 5000), "lib/modules/5.10/d.ko": module(9, message, 0), "lib/modules/5.10/e.ko": module(2, "no message", 0),
		"lib/modules/5.10/f.ko": "\x7fELF" + moduleMark, "lib/modules/5.10/g.ko": "no module", "lib/modules/5.10/h.ko": module(2, message, -4),
	})
	got := map[string]string{}
	for _, m := range seen {
		name := m.Location.Path[len(m.Location.Path)-4:]
		got[name] = m.Kind + m.Problem
		if m.Signed && (m.Location.Offset != 604 || m.Location.Length != int64(len(message))) {
			t.Errorf("%s: at %d, %d bytes", name, m.Location.Offset, m.Location.Length)
		}
	}
	for name, want := range map[string]string{
		"a.ko": "PKCS#7", "b.ko": "", "c.ko": "its signature is not as long as it says", "d.ko": "its signature is of an unknown kind",
		"e.ko": "its signature is no PKCS#7", "f.ko": "the mark of a signature stands behind nothing", "h.ko": "its signature is no PKCS#7",
	} {
		if said, ok := got[name]; !ok || said != want {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
	if len(got) != 7 {
		t.Errorf("%v", got)
	}
}

func FuzzModuleSignature(f *testing.F) {
	f.Add([]byte(module(2, message, 0)))
	f.Add([]byte(module(2, message, 5000)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m := moduleSignature(b)
		if m.Signed && (m.Location.Offset < 0 || m.Location.Offset+m.Location.Length > int64(len(b))) {
			t.Errorf("%+v of %d bytes", m, len(b))
		}
	})
}
