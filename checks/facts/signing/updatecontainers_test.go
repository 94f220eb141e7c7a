package signing

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// TestVBMetaBlocks tells which unsigned vbmeta blocks need no signature of their own,
// and which make a delivered archive of partitions an unsigned one.
func TestVBMetaBlocks(t *testing.T) {
	through := []firmware.Span{{Path: "x!zip!boot.img", Length: 4096, Beside: true}}
	for name, tc := range map[string]struct {
		signatures []firmware.Signature // of the block of its own partition
		behind     []firmware.Signature // of the block behind boot
		more       string               // a file of the archive
		alone      bool                 // no signature of its own is needed behind boot
		unsigned   bool                 // the archive is
	}{
		"a signed block says what boot is": {signatures: []firmware.Signature{{Kind: "avb", Through: through}}, alone: true},
		"a broken one says it":             {signatures: []firmware.Signature{{Kind: "avb", Through: through, Problem: "the digest differs"}}},
		"a signed one says nothing of it":  {signatures: []firmware.Signature{{Kind: "avb"}}},
		"signed behind boot only":          {behind: []firmware.Signature{{Kind: "avb"}}},
		"nothing is signed":                {unsigned: true},
		"an archive signed otherwise":      {more: "META-INF/com/android/otacert"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"vbmeta.img": "v", "boot.img": "b"}
			if tc.more != "" {
				files[tc.more] = "m"
			}
			zip := openedZip(t, files).Containers[0]
			main := &firmware.Container{Path: "x!zip!vbmeta.img!android-vbmeta", Type: vbmetaType, Parent: zip, Signatures: tc.signatures}
			boot := &firmware.Container{Path: "x!zip!boot.img!android-vbmeta", Type: vbmetaType, Parent: zip, Signatures: tc.behind}
			end := &firmware.Container{Path: "x!zip!boot.img!android-avb-footer", Type: footerType, Parent: zip}
			img := &firmware.Image{Name: "x", Containers: []*firmware.Container{zip, main, boot, end}}
			if got := signedParts(img); got[boot] != tc.alone || got[main] {
				t.Errorf("needs no signature: boot %v, vbmeta %v; want %v, false", got[boot], got[main], tc.alone)
			}
			if got := unsignedBlocks(img); got[main] != tc.unsigned || got[boot] {
				t.Errorf("unsigned: vbmeta %v, boot %v; want %v, false", got[main], got[boot], tc.unsigned)
			}
		})
	}
}

// TestWholeByChainWithFooter takes a partition as hashed whole where only its footer, and
// the block that it names, follow what is hashed.
func TestWholeByChainWithFooter(t *testing.T) {
	tail := strings.Repeat("\x00", 28) + "VVVV" + strings.Repeat("\x00", 28) + "FFFF"
	for name, tc := range map[string]struct {
		boot   string
		footer bool
		want   bool
	}{
		"a footer":             {strings.Repeat("k", 100) + tail, true, true},
		"more than it":         {strings.Repeat("k", 101) + tail[1:], true, false},
		"no footer":            {strings.Repeat("k", 100) + tail, false, false},
		"behind what is named": {strings.Repeat("k", 100) + strings.Replace(tail, "\x00F", "fF", 1), true, false},
	} {
		img := openedZip(t, map[string]string{"vbmeta.img": "v", "boot.img": tc.boot})
		zip := img.Containers[0]
		s := Signature{Container: zip.Path + "!vbmeta.img!android-vbmeta"}
		s.Kind, s.Through = chainKind, []firmware.Span{{Path: zip.Path + "!boot.img", Length: 100, Beside: true}}
		img.Containers = append(img.Containers, &firmware.Container{Path: zip.Path + "!boot.img!android-vbmeta", Type: vbmetaType, Parent: zip, Offset: 128, Length: 4})
		if tc.footer {
			img.Containers = append(img.Containers, &firmware.Container{Path: zip.Path + "!boot.img!android-avb-footer", Type: footerType, Parent: zip, Offset: 160, Length: 4})
		}
		found := []Signature{s}
		if wholeByChain(img, found); found[0].Outermost != tc.want {
			t.Errorf("%s: %t, want %t", name, found[0].Outermost, tc.want)
		}
	}
}

// openedZip opens a zip archive of files under the name x.
func openedZip(t *testing.T, files map[string]string) *firmware.Image {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(content))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	img, err := firmware.Open(t.Context(), firmware.Source{Name: "x", Reader: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}, firmware.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestLegacyKernels takes kernels in U-Boot's legacy format, and no scripts in it.
func TestLegacyKernels(t *testing.T) {
	for kind, want := range map[string]bool{"kernel": true, "kernel_noload": true, "script": false, "ramdisk": false, "": false} {
		c := &firmware.Container{Path: "x!uimage", Type: "uimage", Attributes: map[string]string{"type": kind}}
		if _, got := updateContainer(c); got != want {
			t.Errorf("%q is taken: %v", kind, got)
		}
	}
}
