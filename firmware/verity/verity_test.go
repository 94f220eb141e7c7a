package verity_test

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/verity"
)

// TestRoot compares root hash and tree with those of veritysetup.
func TestRoot(t *testing.T) {
	veritysetup := reference.Need(t, "veritysetup")
	for _, c := range []struct{ blocks, data, hash int64 }{{1, 4096, 4096}, {2, 4096, 4096}, {128, 4096, 4096}, {129, 4096, 4096}, {300, 1024, 4096}, {300, 4096, 1024}, {20000, 512, 512}} {
		dir := t.TempDir()
		content := firmwaretest.Kernel("", int(c.blocks*c.data))
		if err := os.WriteFile(filepath.Join(dir, "data"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		out := reference.Run(t, dir, veritysetup, "format", "--no-superblock", "--salt=0a0b", "--data-block-size="+fmt.Sprint(c.data), "--hash-block-size="+fmt.Sprint(c.hash), "data", "tree")
		tree := verity.Tree{Hash: crypto.SHA256, Salt: []byte{10, 11}, DataBlock: c.data, HashBlock: c.hash}
		root, levels, err := tree.Root(t.Context(), format.InMemory(content))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(out), hex.EncodeToString(root)) {
			t.Errorf("%+v: root %x, veritysetup says %s", c, root, out)
		}
		want, err := os.ReadFile(filepath.Join(dir, "tree"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(levels, want) {
			t.Errorf("%+v: a tree of %d bytes that is not that of veritysetup, %d bytes", c, len(levels), len(want))
		}
	}
}

// TestRefused has trees that nobody can build.
func TestRefused(t *testing.T) {
	good := verity.Tree{Hash: crypto.SHA256, DataBlock: 4096, HashBlock: 4096}
	for name, change := range map[string]func(v *verity.Tree){
		"no hash": func(v *verity.Tree) { v.Hash = crypto.MD4 }, "a block of 0": func(v *verity.Tree) { v.DataBlock = 0 },
		"an odd block": func(v *verity.Tree) { v.HashBlock = 4095 }, "a long salt": func(v *verity.Tree) { v.Salt = make([]byte, 257) },
		"a small block": func(v *verity.Tree) { v.HashBlock = 16 },
	} {
		v := good
		change(&v)
		if _, _, err := v.Root(t.Context(), format.InMemory(make([]byte, 8192))); err == nil {
			t.Errorf("%s is no error", name)
		}
	}
	for _, n := range []int{0, 1, 4097} {
		if _, _, err := good.Root(t.Context(), format.InMemory(make([]byte, n))); err == nil {
			t.Errorf("%d bytes are no error", n)
		}
	}
}
