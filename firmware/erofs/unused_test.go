package erofs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/erofs"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// Bytes to which nothing refers are not opened: before the superblock, behind an
// inode and its content, behind the last name of a directory, in the last block of a
// file, and in a block that nothing has.
func TestUnused(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	nodes := []node{
		dir("short=1", "plain=2", "sub=4"), file("short\n"),
		{mode: fileMode, size: 100, start: 4},
		{data: []byte(strings.Repeat("a", 100)), form: 1 << 15},
		{mode: dirMode, size: blockSize, start: 6},
		{form: 1 << 15},
		{form: 1 << 15},
	}
	whole := build(nodes...)
	block := func(i int) []byte { return whole[(i+1)*blockSize:][:blockSize] }
	clear(block(3))
	copy(block(3), strings.Repeat("a", 100))
	clear(block(5))
	copy(block(5), names(".=4", "..=0"))
	clear(block(6))
	img := reference.Open(t, whole)
	for _, g := range img.Ranges {
		if g.Class == firmware.Unexplained {
			t.Fatalf("of a whole image: %v, %v", g, img.Skipped)
		}
	}
	for name, at := range map[string]int{
		"before the superblock": 100, "behind a content": 2*blockSize + 64 + 100, "behind a directory": 1*blockSize + 64 + 200,
		"in the last block": 4*blockSize + 100, "behind the last name": 6*blockSize + 200, "free block": 7*blockSize + 1024,
	} {
		t.Run(name, func(t *testing.T) {
			data := bytes.Clone(whole)
			copy(data[at:], secret)
			data = seal(data)
			img := reference.Open(t, data)
			n := int64(0)
			for _, g := range img.Ranges {
				if g.Class == firmware.Unexplained {
					n += g.Length
				}
			}
			if n != int64(len(secret)) {
				t.Errorf("%d bytes are unexplained: %v %v", n, img.Ranges, img.Skipped)
			}
		})
	}
}

// A key at the end of any block that ends with zeros is offered: in old images the data
// of a cluster stand at its start, and zeros behind them.
func TestTails(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	mk, dir := reference.Need(t, "mkfs.erofs"), t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tree"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c"} {
		content := []byte(name + strings.Repeat("a line of text that packs well\n", 200))
		if err := os.WriteFile(filepath.Join(dir, "tree", name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reference.Run(t, dir, mk, "--quiet", "-zlz4hc", "img", "tree")
	whole, err := os.ReadFile(filepath.Join(dir, "img"))
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	for block := whole[4096:]; len(block) >= 4096; block = block[4096:] {
		data := bytes.TrimLeft(block[:4096], "\x00")
		if zeros := 4096 - len(data); zeros > 2*len(secret) && len(data) > 0 {
			copy(block, append(bytes.Clone(data), make([]byte, zeros)...))
			moved++
		}
	}
	whole[1024+80] &^= 1 // now no cluster begins with zeros
	whole = seal(whole)
	if img := reference.Open(t, whole); moved < 3 || len(img.Skipped) > 0 || len(img.Containers) != 1 {
		t.Errorf("%d clusters, %d containers, %v", moved, len(img.Containers), img.Skipped)
	}
	tried := 0
	for end := 2 * 4096; end <= len(whole); end += 4096 {
		if len(bytes.Trim(whole[end-2*len(secret):end], "\x00")) > 0 {
			continue
		}
		tried++
		data := bytes.Clone(whole)
		copy(data[end-len(secret):], secret)
		if !formattest.Offered(t, erofs.Format, data, secret[:len(secret)-1]) {
			t.Errorf("at the end of block %d: not offered", end/4096-1)
		}
	}
	if tried < 3 {
		t.Errorf("%d blocks end with zeros", tried)
	}
}
