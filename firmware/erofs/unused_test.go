package erofs_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
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
