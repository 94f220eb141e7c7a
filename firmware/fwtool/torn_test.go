package fwtool_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestTorn has trailers whose size lies, and what follows the last one: each is still
// found, with what is wrong, and a signature in it is one with a problem.
func TestTorn(t *testing.T) {
	whole, front := image()
	size := func(n uint32) []byte {
		b := bytes.Clone(whole)
		binary.BigEndian.PutUint32(b[len(b)-4:], n)
		return b
	}
	for name, c := range map[string]struct {
		image    []byte
		reason   string
		problems int
	}{
		"a size beyond the start":     {size(0xfffffff0), "0xfffffff0 bytes", 1},
		"a size without data":         {size(16), "16 bytes belong to it", 1},
		"another byte":                {append(bytes.Clone(whole), 'x'), "follow it", 1},
		"much more":                   {append(bytes.Clone(whole), bytes.Repeat([]byte("more"), 30_000)...), "follow it", 1},
		"cut inside the last data":    {whole[:len(whole)-20], "follow it", 0},
		"cut inside the last trailer": {whole[:len(whole)-2], "follow it", 0},
	} {
		img := reference.Open(t, c.image)
		var blocks []*firmware.Container
		problems := 0
		for _, k := range img.Containers {
			if k.Type != "fwtool" {
				continue
			}
			blocks = append(blocks, k)
			for _, s := range k.Signatures {
				if s.Problem != "" {
					problems++
				}
			}
		}
		said := slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool {
			return strings.Contains(s.Reason, strings.Replace(c.reason, "0xfffffff0", "4294967280", 1))
		})
		if len(blocks) == 0 || !said || problems != c.problems || blocks[0].Offset != int64(front) {
			t.Errorf("%s: %d blocks, %d problems, skipped %v", name, len(blocks), problems, img.Skipped)
		}
	}
}
