package fdt_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// blob packs a structure and names into a tree of version 17.
func blob(structure []byte, names string) []byte {
	b := make([]byte, 56) // the header, and no reserved memory
	b = append(append(b, structure...), names...)
	copy(b, fdt.Magic)
	for i, v := range []int{len(b), 56, 56 + len(structure), 40, 17, 16, 0, len(names), len(structure)} {
		binary.BigEndian.PutUint32(b[4+4*i:], uint32(v))
	}
	return b
}

// words makes a structure of numbers and texts; texts are padded.
func words(all ...any) []byte {
	var b []byte
	for _, w := range all {
		switch w := w.(type) {
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(w))
		case string:
			b = append(b, w...)
			b = append(b, make([]byte, -len(b)&3)...)
		}
	}
	return b
}

// board is a small tree.
func board() []byte {
	return blob(words(1, "\x00", 4, 3, 8, 0, "a,b\x00c,d\x00", 3, 3, 11, "An\x00",
		1, "cpu@0\x00", 3, 4, 17, 7, 3, 8, 17, 1, 2, 2, 2, 9), "compatible\x00model\x00reg\x00")
}

func TestParse(t *testing.T) {
	tree, err := fdt.Parse(format.InMemory(append(board(), "behind"...)))
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.Root.Strings("compatible"); len(got) != 2 || got[0] != "a,b" || got[1] != "c,d" || tree.Root.Text("model") != "An" {
		t.Errorf("compatible %q, model %q", got, tree.Root.Text("model"))
	}
	cpu := tree.Root.Child("cpu@0")
	if n, ok := cpu.Number("reg"); !ok || n != 7 || tree.Size != int64(len(board())) {
		t.Errorf("reg %d, %v; size %d", n, ok, tree.Size)
	}
	if _, ok := cpu.Number("absent"); ok || cpu.Text("reg") != "" || tree.Root.Child("none") != nil {
		t.Error("something is there that is not")
	}
}

// TestRefused has trees that are none, with the place where that shows.
func TestRefused(t *testing.T) {
	set := func(at, v int) []byte {
		b := board()
		binary.BigEndian.PutUint32(b[at:], uint32(v))
		return b
	}
	deep := words()
	for range 65 {
		deep = append(deep, words(1, "\x00")...)
	}
	for name, c := range map[string]struct {
		tree []byte
		says string
	}{
		"longer than the input":  {set(4, 4096), "at 0x4"},
		"structure outside":      {set(8, 4096), "beyond the end"},
		"names outside":          {set(12, 4096), "beyond the end"},
		"names over structure":   {set(12, 60), "overlap"},
		"structure in header":    {set(8, 8), "inside the header"},
		"reserved outside":       {set(16, 4096), "beyond the end"},
		"reserved without end":   {set(40, 1), "no end"},
		"an old version":         {set(20, 3), "version 3"},
		"a version to come":      {set(24, 18), "compatible with 18"},
		"unaligned":              {set(8, 57), "not aligned"},
		"structure cut":          {set(36, 20), "the structure ends"},
		"two roots":              {blob(words(1, "\x00", 2, 1, "\x00", 2, 9), "a\x00"), "second root"},
		"a root with a name":     {blob(words(1, "x\x00", 2, 9), "a\x00"), "second root"},
		"end too early":          {blob(words(1, "\x00", 9, 0), "a\x00"), "token 9"},
		"end of nothing":         {blob(words(2, 9, 0, 0), "a\x00"), "token 2"},
		"property of nothing":    {blob(words(3, 0, 0, 9), "a\x00"), "token 3"},
		"an unknown token":       {blob(words(1, "\x00", 5, 9), "a\x00"), "token 5"},
		"a value that is long":   {blob(words(1, "\x00", 3, 1<<31, 0, 2, 9), "a\x00"), "bytes wanted"},
		"a name outside":         {blob(words(1, "\x00", 3, 0, 7, 2, 9), "a\x00"), "beyond the names"},
		"a name without end":     {blob(words(1, "\x00", 3, 0, 0, 2, 9), "aa"), "without an end"},
		"a node without an end":  {blob(words(1, "\x00", 1, strings.Repeat("x", 300)+"\x00", 2, 2, 9), "a\x00"), "without an end"},
		"too deep":               {blob(deep, "a\x00"), "deep"},
		"no end of the topmost":  {blob(words(1, "\x00", 4, 4), "a\x00"), "the structure ends"},
		"shorter than a header":  {board()[:39], "no device tree"},
		"magic and nothing else": {append([]byte(fdt.Magic), make([]byte, 60)...), "version 0"},
	} {
		if _, err := fdt.Parse(format.InMemory(c.tree)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// TestDamaged keeps of a broken structure what is whole.
func TestDamaged(t *testing.T) {
	const names = "compatible\x00status\x00"
	part := func(rest ...any) []byte { return words(append([]any{1, "a\x00", 3, 2, 0, "x\x00"}, rest...)...) }
	for name, c := range map[string]struct {
		behind []byte // of the root's token, in front of an unknown one
		want   string
	}{
		"behind a node":           {part(2), "a"},
		"in a node":               {part(), ""},
		"behind another":          {append(part(2), words(1, "b\x00", 3, 2, 0, "y\x00")...), "a"},
		"below a node":            {append(part(), words(1, "b\x00")...), "a"},
		"in the node around many": {append(part(), words(1, "b\x00", 2, 1, "c\x00", 2)...), "a a/b a/c"},
	} {
		structure := append(append(words(1, "\x00"), c.behind...), words(7, 2, 2, 9)...)
		tree, err := fdt.Parse(format.InMemory(blob(structure, names)))
		if err == nil || tree == nil {
			t.Errorf("%s: %v, tree %v", name, err, tree)
			continue
		}
		var got []string
		for _, n := range tree.Root.Children {
			got = append(got, n.Name)
			for _, m := range n.Children {
				got = append(got, n.Name+"/"+m.Name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if tree, err := fdt.Parse(format.InMemory(blob(words(7, 7, 7, 7), names))); tree != nil || err == nil {
		t.Errorf("without a root: %v, %v", tree, err)
	}
}

// source writes a tree as a source for dtc that leaves nothing to its taste.
func source(t *testing.T, tree *fdt.Tree) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("/dts-v1/;\n")
	for _, r := range tree.Reserved {
		fmt.Fprintf(&b, "/memreserve/ 0x%x 0x%x;\n", r.Address, r.Size)
	}
	var node func(n *fdt.Node)
	node = func(n *fdt.Node) {
		name := n.Name
		if name == "" {
			name = "/"
		}
		fmt.Fprintf(&b, "%s {\n", name)
		for _, p := range n.Properties {
			value, err := p.Value.Bytes(0, p.Value.Size)
			if err != nil {
				t.Fatal(err)
			}
			if len(value) == 0 {
				fmt.Fprintf(&b, "%s;\n", p.Name)
				continue
			}
			fmt.Fprintf(&b, "%s = [% x];\n", p.Name, value)
		}
		for _, c := range n.Children {
			node(c)
		}
		b.WriteString("};\n")
	}
	node(tree.Root)
	return b.String()
}

// TestDtc compiles a source with dtc, reads the tree, writes it as a source
// again, and compares what dtc makes of that.
func TestDtc(t *testing.T) {
	dtc := reference.Need(t, "dtc")
	text, big := strings.Repeat("0123456789", 1000), strings.Repeat("0123456789", 1000)+"\x01"
	first := `/dts-v1/; /memreserve/ 0x1000 0x20; /memreserve/ 0xfffffffff0000000 0x1;
	/ { model = "Board"; compatible = "vendor,board", "vendor,soc"; #address-cells = <1>; empty; odd = [01 02 03];
	  chosen { bootargs = "console=ttyS0"; };
	  soc { ranges; uart@1000 { reg = <0x1000 0x100>; status = "disabled"; deeper { a { b { c = <1 2 3>; }; }; }; }; };
	  firmware { words = "` + text + `"; blob = "` + big + `"; }; };`
	for _, options := range []string{"", "-S 65536", "-p 1000", "-V 16", "-R 4", "-b 3"} {
		t.Run(options, func(t *testing.T) {
			work := t.TempDir()
			put := func(name, text string) {
				if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			compile := func(from, to string) []byte {
				args := append(strings.Fields(options), "-q", "-I", "dts", "-O", "dtb", "-o", to, from)
				reference.Run(t, work, dtc, args...)
				b, err := os.ReadFile(filepath.Join(work, to))
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			put("a.dts", first)
			a := compile("a.dts", "a.dtb")
			tree, err := fdt.Parse(format.InMemory(a))
			if err != nil {
				t.Fatal(err)
			}
			put("b.dts", source(t, tree))
			if b := compile("b.dts", "b.dtb"); !bytes.Equal(a, b) {
				t.Errorf("the tree is another after it was read:\n%s", source(t, tree))
			}
			img := reference.Open(t, append(firmwaretest.Kernel("", 5000), append(a, 1, 2, 3)...))
			k := img.Containers[1]
			if k.Type != "dtb" || k.Offset != 5000 || k.Length != int64(len(a)) || k.Attributes["model"] != "Board" || k.Attributes["compatible"] != "vendor,board vendor,soc" {
				t.Errorf("%s at %d, %d bytes, %v", k.Path, k.Offset, k.Length, k.Attributes)
			}
			if f := reference.Find(t, img, "dtb!tree.dtb"); f.Size != int64(len(a)) || f.Offset != 5000 {
				t.Errorf("%s: %d bytes at %d", f.Path, f.Size, f.Offset)
			}
			var parts []string
			for _, f := range img.Files {
				if strings.Contains(f.Path, "dtb!blob!range-") || strings.Contains(f.Path, "dtb!words!") {
					parts = append(parts, f.Path)
				}
			}
			if len(parts) != 1 {
				t.Errorf("large properties %q", parts)
			}
		})
	}
}

// TestFile finds a tree that is a file of a file system once more as a container,
// but not its bytes as a second file.
func TestFile(t *testing.T) {
	root := firmwaretest.Squashfs(firmwaretest.Binary("boot/a.dtb", 0o644, board()), firmwaretest.Dir("etc", 0o755), firmwaretest.Dir("bin", 0o755))
	img := reference.Open(t, root)
	if len(img.Containers) != 2 || img.Containers[1].Path != "image.bin!squashfs!boot/a.dtb!dtb" {
		t.Errorf("%d containers", len(img.Containers))
	}
	for _, f := range img.Files {
		if f.Name == "tree.dtb" {
			t.Errorf("%s is there twice", f.Path)
		}
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, fdt.Format, board()) }

func FuzzFDT(f *testing.F) { formattest.Fuzz(f, fdt.Format, board()) }

func BenchmarkParse(b *testing.B) {
	node := words(1, "node@0\x00", 3, 8, 0, "a,b\x00c,d\x00", 3, 4, 17, 7, 3, 8, 17, 1, 2, 2)
	tree := blob(append(words(1, "\x00"), append(bytes.Repeat(node, 4000), words(2, 9)...)...), "compatible\x00model\x00reg\x00")
	b.SetBytes(int64(len(tree)))
	for b.Loop() {
		if _, err := fdt.Parse(format.InMemory(tree)); err != nil {
			b.Fatal(err)
		}
	}
}
