package router_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/router"
)

func npkEntry(mode uint16, name, content string) []byte {
	return fields(le, mode, make([]byte, 6), 1156000001, "\x1bf\x09\x02", 1156000000, make([]byte, 4), len(content), uint16(len(name)), name, content)
}

var npkTool = string(firmwaretest.Kernel("", 70_000))

func npkFiles() []byte {
	return slices.Concat(
		npkEntry(0x41ed, "nova", ""), npkEntry(0x41ed, "nova/bin", ""), npkEntry(0x81ed, "nova/bin/tool", npkTool),
		npkEntry(0xa1ff, "nova/bin/link", "tool"), npkEntry(0x81a4, "nova/empty", ""))
}

// oldNPK is a package as there were before squashfs.
func oldNPK(files []byte) []byte {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(files)
	_ = w.Close()
	part := func(kind uint16, body []byte) []byte { return fields(le, kind, len(body), body) }
	main := fields(le, pad(16, "routing"), "\x1bf\x09\x02", 1156000000, make([]byte, 8))
	parts := slices.Concat(part(1, main), part(7, []byte("new-libs\n")), part(4, packed.Bytes()))
	return fields(le, "\x1e\xf1\xd0\xba", len(parts), parts)
}

// TestNPKFiles reads the files of an old package.
func TestNPKFiles(t *testing.T) {
	img := reference.Open(t, oldNPK(npkFiles()))
	for _, s := range img.Skipped {
		if !strings.HasPrefix(s.Reason, "not recognised") { // that is about what is in a file
			t.Errorf("skipped %v", s)
		}
	}
	var got []string
	for _, f := range img.Files {
		if f.Container.Type == "npk-files" {
			got = append(got, fmt.Sprintf("%s %v %o %d %q %d", f.Name, f.Kind, f.Mode, f.Size, f.Link, f.ModTime.Unix()))
		}
	}
	reference.Compare(t, got, []string{
		`nova directory 755 0 "" 1156000001`, `nova/bin directory 755 0 "" 1156000001`,
		`nova/bin/tool file 755 70000 "" 1156000001`, `nova/bin/link symlink 777 4 "tool" 1156000001`, `nova/empty file 644 0 "" 1156000001`,
	})
	if b, err := reference.Find(t, img, "nova/bin/tool").ReadFile(); err != nil || string(b) != npkTool {
		t.Errorf("content of %d bytes, %v", len(b), err)
	}
}

// TestNPKFilesDamaged has archives that break off or go wrong.
func TestNPKFilesDamaged(t *testing.T) {
	good := npkFiles()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut in a content": {good[:len(good)-200], "the archive ends before"},
		"noise behind":     {slices.Concat(good, noise(500)), "no header of an entry"},
		"cut in a header":  {good[:len(good)-20], "no header of an entry"},
		"long link":        {slices.Concat(good, npkEntry(0xa1ff, "far", strings.Repeat("x", 5000))), "symlink of 5000 bytes"},
		"leads out":        {slices.Concat(good, npkEntry(0x81a4, "../../etc/passwd", "x")), "leads out of the container"},
	} {
		img := reference.Open(t, oldNPK(c.data))
		if all := fmt.Sprint(img.Skipped); !strings.Contains(all, c.want) {
			t.Errorf("%s: skipped %.500s, want %q", name, all, c.want)
		}
	}
	for name, data := range map[string][]byte{
		"a device": npkEntry(0x21ed, "dev", ""), "no type": npkEntry(0x01ed, "file", "x"), "no name": npkEntry(0x81ed, "", "x"),
		"chance": slices.Concat(npkEntry(0x81ed, "file", "x"), noise(100)), "short": good[:20],
	} {
		if router.NPKFiles.Probe(format.InMemory(data)) != format.No {
			t.Errorf("%s: is taken for an archive", name)
		}
	}
}

func TestNPKFilesMutated(t *testing.T) { formattest.Mutate(t, router.NPKFiles, npkFiles()) }

func FuzzNPKFiles(f *testing.F) { formattest.Fuzz(f, router.NPKFiles, npkFiles()) }
