package signing

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// The files of an archive are signed as a whole only if the chain of vbmeta leaves
// none of them out.
func TestWholeByChain(t *testing.T) {
	zip := &firmware.Container{Type: "zip", Path: "a.zip!zip"}
	file := func(name string, size int64) *firmware.File {
		return &firmware.File{Path: "a.zip!zip!" + name, Name: name, Size: size, Kind: firmware.Regular, Container: zip}
	}
	chain := func(size int64) Signature {
		s := Signature{Container: "a.zip!zip!vbmeta.img!android-vbmeta"}
		s.Kind, s.Through = "avb", []firmware.Span{{Path: "a.zip!zip!boot.img", Length: size, Beside: true}}
		return s
	}
	for name, c := range map[string]struct {
		size    int64
		files   []*firmware.File
		present bool // all that the chain speaks of
		want    bool
	}{
		"all":           {100, []*firmware.File{file("vbmeta.img", 10), file("boot.img", 100)}, true, true},
		"less of one":   {99, []*firmware.File{file("vbmeta.img", 10), file("boot.img", 100)}, true, false},
		"one left out":  {100, []*firmware.File{file("vbmeta.img", 10), file("boot.img", 100), file("recovery.img", 1)}, true, false},
		"one not there": {100, []*firmware.File{file("vbmeta.img", 10), file("boot.img", 100)}, false, false},
		"an empty file": {100, []*firmware.File{file("vbmeta.img", 10), file("boot.img", 100), file("note", 0)}, true, true},
	} {
		found := []Signature{chain(c.size)}
		vbmeta := &firmware.Container{Type: "android-vbmeta", Path: found[0].Container, Parent: zip, Hashes: []firmware.Hash{{Name: "boot", OK: c.present}}}
		wholeByChain(&firmware.Image{Containers: []*firmware.Container{zip, vbmeta}, Files: c.files}, found)
		if found[0].Outermost != c.want {
			t.Errorf("%s: %t", name, found[0].Outermost)
		}
	}
}
