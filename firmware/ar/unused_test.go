package ar_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestIndex has libraries whose symbols GNU's and LLVM's tools listed: their indexes
// belong to them, and with bytes behind the names they do not.
func TestIndex(t *testing.T) {
	work := t.TempDir()
	for i, name := range []string{"one", "two"} {
		if err := os.WriteFile(filepath.Join(work, name+".s"), []byte(strings.Repeat(".globl f\nf: .byte 1\n", 1-i)+".globl g"+name+"\ng"+name+": .byte 2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		reference.Run(t, work, reference.Need(t, "as"), "-o", name+".o", name+".s")
	}
	for _, command := range []string{"ar rcs", "llvm-ar rcs --format=gnu", "llvm-ar rcs --format=bsd"} {
		t.Run(command, func(t *testing.T) {
			args := strings.Fields(command)
			out := filepath.Join(t.TempDir(), "lib.a")
			reference.Run(t, work, reference.Need(t, args[0]), append(append(args[1:], out), "one.o", "two.o")...)
			data := read(t, out)
			if o := open(t, string(data)); len(o.Unused) > 0 {
				t.Errorf("unused: %v", o.Unused)
			}
			if i := strings.Index(string(data), "gone"); i < 0 {
				t.Fatal("no index")
			} else {
				data[i] = ' '
			}
			if o := open(t, string(data)); len(o.Unused) != 1 || o.Unused[0].Offset >= int64(len(data)/2) {
				t.Errorf("with a bad name: %v", o.Unused)
			}
		})
	}
}

// What no member and no name of one is, is unused.
func TestUnused(t *testing.T) {
	index := func(places ...uint32) string {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(places)))
		for _, p := range places {
			b = binary.BigEndian.AppendUint32(b, p)
		}
		return string(b)
	}
	odd := magic + member("a/", "x") + member("b/", "yy")
	for name, c := range map[string]struct {
		image, unused string
	}{
		"nothing":                 {deb, ""},
		"between two members":     {strings.Replace(odd, "x\n", "xK", 1), "K"},
		"index of nothing":        {magic + member("/", "a key") + member("a/", "xx"), "a key"},
		"index with more":         {magic + member("/", index(82)+"f\x00KEY ") + member("a/", "xx"), index(82) + "f\x00KEY "},
		"index":                   {magic + member("/", index(78)+"f\x00") + member("a/", "xx"), ""},
		"index of no member":      {magic + member("/", index(80)+"f\x00") + member("a/", "xx"), index(80) + "f\x00"},
		"index of BSD of nothing": {magic + member("__.SYMDEF", "a long key") + member("a/", "xx"), "a long key"},
		"a name of no member":     {magic + member("//", "a long name/\nhidden/\n\n") + member("/0", "xx"), "hidden/\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			o, got := open(t, c.image), ""
			for _, s := range o.Unused {
				got += c.image[s.Offset : s.Offset+s.Length]
			}
			if got != c.unused || o.Length != int64(len(c.image)) {
				t.Errorf("%q, want %q; %d of %d bytes", got, c.unused, o.Length, len(c.image))
			}
		})
	}
}
