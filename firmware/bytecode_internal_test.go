package firmware

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// module is a compiled module of one version: a code object with a constant.
func module(version uint16, header, numbers, tables int, constant []byte) []byte {
	le := binary.LittleEndian
	b := append(le.AppendUint16(nil, version), "\r\n"...)
	b = append(b, make([]byte, header-4)...)
	text := func(s []byte) { b = append(le.AppendUint32(append(b, 's'), uint32(len(s))), s...) }
	b = append(b, 'c'|reference)
	b = append(b, make([]byte, 4*numbers)...)
	text([]byte("code"))
	b = append(b, ')', 2, 'N')
	text(constant)
	for range 6 {
		text([]byte("name"))
	}
	b = append(b, 1, 0, 0, 0)
	for range tables {
		text(nil)
	}
	return b
}

func TestIsBytecode(t *testing.T) {
	for name, b := range map[string][]byte{
		"2.7": module(62211, 8, 4, 1, nil), "3.2": module(3180, 8, 5, 1, nil), "3.6": module(3379, 12, 5, 1, nil), "3.7": module(3394, 16, 5, 1, nil),
		"3.10": module(3439, 16, 6, 1, nil), "3.13": module(3571, 16, 5, 2, []byte("a constant")),
	} {
		if !isBytecode(b) {
			t.Errorf("%s is none", name)
		}
		for n := range b { // cut anywhere, or with more behind it
			if isBytecode(b[:n]) {
				t.Errorf("%s: %d of %d bytes are one", name, n, len(b))
			}
		}
		if isBytecode(append(b, 'N')) {
			t.Errorf("%s with something behind it is one", name)
		}
	}
	noise := make([]byte, 40_000)
	_, _ = rand.NewChaCha8([32]byte{9}).Read(noise)
	if isBytecode(module(3571, 16, 5, 2, noise)) {
		t.Error("a constant that nobody can read is taken for granted")
	}
	deep := append(module(3571, 16, 5, 2, nil)[:16], bytes.Repeat([]byte{')', 1}, 1<<20)...)
	deep[16] = 'c'
	if isBytecode(deep) {
		t.Error("tuples without an end")
	}
}

// TestIsBytecodeOfPython compiles a module with the Python that is there.
func TestIsBytecodeOfPython(t *testing.T) {
	dir := t.TempDir()
	source := "import os\nclass A:\n    \"\"\"doc\"\"\"\n    x = {1: 2.5, 'k': (1, 2**70, b'b', 3j, None, ...)}\n    def f(self, a, /, b=1, *c, **d):\n        try:\n            return [lambda: a, {b for b in 'äß'}, x in {1, 2}]\n        finally:\n            pass\n"
	if err := os.WriteFile(filepath.Join(dir, "a.py"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", "-c", "import py_compile,sys; py_compile.compile(sys.argv[1], sys.argv[2])", filepath.Join(dir, "a.py"), filepath.Join(dir, "a.pyc")).CombinedOutput()
	if err != nil {
		t.Skipf("no Python that compiles: %v %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "a.pyc"))
	if err != nil {
		t.Fatal(err)
	}
	if !isBytecode(b) {
		t.Error("what Python compiled is none")
	}
}
