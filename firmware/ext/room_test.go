package ext_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/ext"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

var located = regexp.MustCompile(`located at block (\d+), offset 0x([0-9a-f]+)`)

// inodeOf asks debugfs where the inode of a path is.
func inodeOf(t *testing.T, img, path string, block int) int {
	t.Helper()
	m := located.FindStringSubmatch(debugfs(t, img, "imap "+path))
	if m == nil {
		t.Fatalf("no inode of %s", path)
	}
	at, _ := strconv.Atoi(m[1])
	off, _ := strconv.ParseInt(m[2], 16, 64)
	return at*block + int(off)
}

// TestRoom puts a key between what is read: in inodes, behind attributes, in bitmaps,
// in blocks that map others.
func TestRoom(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCI"
	const plain = "-b 1024 -O ^metadata_csum,^uninit_bg -t "
	tree := t.TempDir()
	for name, size := range map[string]int{"small": 5, "long": 20 << 10, "empty": 0} {
		if err := os.WriteFile(filepath.Join(tree, name), bytes.Repeat([]byte("content\n"), size/8+1)[:size], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	value := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(value, bytes.Repeat([]byte("v"), 300), 0o600); err != nil {
		t.Fatal(err)
	}
	first := func(b []byte, off int) int { return int(binary.LittleEndian.Uint32(b[2048+off:])) * 1024 }
	inode := func(path string, off int) func(*testing.T, string, []byte) int {
		return func(t *testing.T, img string, _ []byte) int { return inodeOf(t, img, path, 1024) + off }
	}
	for name, c := range map[string]struct {
		options string
		command string
		place   func(t *testing.T, img string, b []byte) int
	}{
		"tail of an inode":     {plain + "ext4 -I 256", "", inode("/small", 180)},
		"of the root":          {plain + "ext4 -I 256", "", inode("/", 170)},
		"of the journal":       {plain + "ext4 -I 256 -J size=1", "", inode("<8>", 170)},
		"behind attributes":    {plain + "ext4 -I 512", "ea_set /small user.a b", inode("/small", 250)},
		"extents of an inode":  {plain + "ext4 -O ^inline_data", "", inode("/empty", 0x28+12)},
		"pointers of an inode": {plain + "ext2", "", inode("/small", 0x28+4)},
		"of a pipe":            {plain + "ext2", "mknod pipe p", inode("/pipe", 0x28)},
		"of a device":          {plain + "ext2", "mknod dev c 1 3", inode("/dev", 0x28+8)},
		"a block of attributes": {plain + "ext4 -I 128", "ea_set -f " + value + " /small user.a", func(_ *testing.T, _ string, b []byte) int {
			return bytes.Index(b, bytes.Repeat([]byte("v"), 300)) - 200
		}},
		"block bitmap": {plain + "ext4", "", func(_ *testing.T, _ string, b []byte) int { return first(b, 0) + 400 }},
		"inode bitmap": {plain + "ext4", "", func(_ *testing.T, _ string, b []byte) int { return first(b, 4) + 8 }},
		"last mounted": {plain + "ext4", "", func(*testing.T, string, []byte) int { return 1024 + 0x88 }},
		"a block of pointers": {plain + "ext2", "", func(t *testing.T, img string, b []byte) int {
			return int(binary.LittleEndian.Uint32(b[inodeOf(t, img, "/long", 1024)+0x28+48:]))*1024 + 900
		}},
	} {
		t.Run(name, func(t *testing.T) {
			img := pack(t, tree, "8M", strings.Fields(c.options)...)
			if c.command != "" {
				debugfs(t, img, c.command)
			}
			b, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range reference.Open(t, b).Containers {
				if strings.HasSuffix(k.Path, "!unread") {
					t.Errorf("%d bytes are offered without a key", k.Length)
				}
			}
			copy(b[c.place(t, img, b):], key)
			if !formattest.Offered(t, ext.Format, b, key) {
				t.Error("not offered")
			}
		})
	}
}

// TestHashRoom does so behind the entries of hash trees.
func TestHashRoom(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCI"
	tree := t.TempDir()
	for i := range 100 {
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprintf("%s-%d", strings.Repeat("n", 100), i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	img := pack(t, tree, "8M", strings.Fields("-t ext2 -b 1024 -O dir_index")...)
	indexed(t, img)
	b, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	root := int(binary.LittleEndian.Uint32(b[inodeOf(t, img, "/", 1024)+0x28:])) * 1024
	copy(b[root+900:], key)
	if !formattest.Offered(t, ext.Format, b, key) {
		t.Error("not offered")
	}
}
