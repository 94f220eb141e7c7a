package zimage_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/zimage"
)

func seed() []byte {
	b := bytes.Repeat([]byte{0, 0, 0xa0, 0xe1}, 8<<10)
	binary.LittleEndian.PutUint32(b[36:], 0x016f2818)
	binary.LittleEndian.PutUint32(b[40:], 0)
	binary.LittleEndian.PutUint32(b[44:], uint32(len(b)))
	return b
}

func TestMutated(t *testing.T) { formattest.Mutate(t, zimage.Format, seed()) }

func FuzzZImage(f *testing.F) { formattest.Fuzz(f, zimage.Format, seed()) }
