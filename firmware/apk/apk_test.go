package apk_test

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware/apk"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// database builds the values of a package; each function gives a value.
type database struct{ b []byte }

func (d *database) align() {
	for len(d.b)%4 != 0 {
		d.b = append(d.b, 0)
	}
}

func (d *database) words(kind uint32, values ...uint32) uint32 {
	d.align()
	at := uint32(len(d.b))
	for _, v := range append([]uint32{uint32(len(values) + 1)}, values...) {
		d.b = binary.LittleEndian.AppendUint32(d.b, v)
	}
	return kind | at
}

func (d *database) object(values ...uint32) uint32 { return d.words(0xe0000000, values...) }
func (d *database) array(values ...uint32) uint32  { return d.words(0xd0000000, values...) }

func (d *database) blob(s string) uint32 {
	at := uint32(len(d.b))
	if len(s) > 255 {
		d.b = append(binary.LittleEndian.AppendUint16(d.b, uint16(len(s))), s...)
		return 0x90000000 | at
	}
	d.b = append(append(d.b, byte(len(s))), s...)
	return 0x80000000 | at
}

func (d *database) wide(n uint32) uint32 {
	d.align()
	d.b = binary.LittleEndian.AppendUint32(d.b, n)
	return 0x20000000 | uint32(len(d.b)-4)
}

func number(n uint32) uint32 { return 0x10000000 | n }

func block(kind uint32, content []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, kind<<30|uint32(len(content)+4))
	b = append(b, content...)
	return append(b, make([]byte, -len(b)&7)...)
}

func content(dir, file uint32, s string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, dir)
	return block(2, append(binary.LittleEndian.AppendUint32(b, file), s...))
}

// sample is a package with all kinds of file.
func sample() []byte {
	d := &database{b: make([]byte, 8)}
	sum := func(s string) uint32 { h := sha256.Sum256([]byte(s)); return d.blob(string(h[:])) }
	root, sshd := d.blob("root"), d.blob("sshd")
	dirs, files := d.object(number(0o755), root, root), d.object(number(0o644), root, root)
	setuid := d.object(number(0o4750), root, sshd, d.array(d.blob("security.capability\x00\x01\x02")))
	top := d.object(0, 0, d.array(d.object(d.blob("readme"), files, number(4), d.wide(1637930096), sum("top\n"))))
	etc := d.object(d.blob("etc"), dirs)
	bin := d.object(d.blob("usr/bin"), dirs, d.array(
		d.object(d.blob("empty"), files, 0, 0, sum("")),
		d.object(d.blob("tool"), setuid, number(10), 0, sum("#!/bin/sh\n")),
		d.object(d.blob("again"), files, 0, 0, 0, d.blob("\x00\x80usr/bin/tool")),
		d.object(d.blob("link"), files, 0, 0, 0, d.blob("\x00\xa0tool")),
		d.object(d.blob("null"), files, 0, 0, 0, d.blob("\x00\x20\x03\x01\x00\x00\x00\x00\x00\x00")),
	))
	info := d.object(d.blob("sample"), d.blob("1.0-r2"), 0, 0, d.blob("arm_cortex-a7"), d.blob("MIT"))
	pkg := d.object(info, d.array(top, etc, bin), d.object(0, 0, d.blob("#!/bin/sh\nexit 0\n")))
	binary.LittleEndian.PutUint32(d.b[4:], pkg)
	b := append([]byte("ADB.pckg"), block(0, d.b)...)
	b = append(b, block(1, make([]byte, 70))...)
	b = append(b, content(1, 1, "top\n")...)
	return append(b, content(3, 2, "#!/bin/sh\n")...)
}

func seeds() [][]byte { return [][]byte{sample()} }

func TestMutated(t *testing.T) { formattest.Mutate(t, apk.Format, seeds()...) }

func FuzzApk(f *testing.F) { formattest.Fuzz(f, apk.Format, seeds()...) }

func open(t *testing.T, b []byte) *format.Opened {
	t.Helper()
	if apk.Format.Probe(format.InMemory(b)) != format.Sure {
		t.Fatal("not recognised")
	}
	o, err := apk.Format.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<20, 1<<20, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func find(t *testing.T, o *format.Opened, name string) (int, format.Entry) {
	t.Helper()
	for i, e := range o.Tree.Entries() {
		if e.Name == name {
			return i, e
		}
	}
	t.Fatalf("no %s", name)
	return 0, format.Entry{}
}

func TestSample(t *testing.T) {
	b := sample()
	o := open(t, append(b, "what follows"...))
	if o.Length != int64(len(b)) || len(o.Damage) > 0 || !o.Modes || len(o.Tree.Entries()) != 9 {
		t.Errorf("%d of %d bytes, damage %v, entries %v", o.Length, len(b), o.Damage, o.Tree.Entries())
	}
	if a := o.Attributes; a["name"] != "sample" || a["version"] != "1.0-r2" || a["architecture"] != "arm_cortex-a7" || a["license"] != "MIT" {
		t.Errorf("attributes %v", a)
	}
	for name, want := range map[string]string{"readme": "top\n", "usr/bin/empty": "", "usr/bin/tool": "#!/bin/sh\n", "usr/bin/again": "#!/bin/sh\n", ".post-install": "#!/bin/sh\nexit 0\n"} {
		i, e := find(t, o, name)
		if got, err := o.Tree.Read(i); err != nil || string(got) != want || e.Size != int64(len(want)) {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	i, tool := find(t, o, "usr/bin/tool")
	if tool.Mode.String() != "urwxr-x---" || tool.UID != 0 || tool.GID != 65534 || string(tool.Xattrs["security.capability"]) != "\x01\x02" {
		t.Errorf("tool: %+v", tool)
	}
	if _, e := find(t, o, "usr/bin/again"); e.Inode != i {
		t.Errorf("hard link: %+v", e)
	}
	if _, e := find(t, o, "usr/bin/link"); e.Mode.String() != "Lrw-r--r--" || e.Link != "tool" {
		t.Errorf("link: %+v", e)
	}
	if _, e := find(t, o, "usr/bin/null"); e.Rdev != 1<<32|3 || e.Mode.String() != "Dcrw-r--r--" {
		t.Errorf("device: %+v", e)
	}
	if _, e := find(t, o, "readme"); e.ModTime.Unix() != 1637930096 {
		t.Errorf("time %v", e.ModTime)
	}
}

func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		err    string // of the last file
		damage string
	}{
		"a changed content":   {func(b []byte) []byte { b[len(b)-10] ^= 1; return b }, "digest differs", ""},
		"cut short":           {func(b []byte) []byte { return b[:len(b)-12] }, "is not here", ""},
		"another's content":   {func(b []byte) []byte { b[len(b)-16-4] = 9; return b }, "is not here", "content of 10 bytes for file 2 of folder 9"},
		"a value that is out": {func(b []byte) []byte { b[bytes.Index(b, []byte("\x11#!/bin/sh\nexit"))] = 255; return b }, "", "1 values point outside"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.change(sample()))
			i, _ := find(t, o, "usr/bin/tool")
			if _, err := o.Tree.Read(i); (err == nil) != (c.err == "") || (err != nil && !strings.Contains(err.Error(), c.err)) {
				t.Errorf("error %v", err)
			}
			said := ""
			for _, d := range o.Damage {
				said += d.Reason
			}
			if !strings.Contains(said, c.damage) {
				t.Errorf("damage %q", said)
			}
		})
	}
}

// TestCompressed opens a package in each envelope that apk-tools writes.
func TestCompressed(t *testing.T) {
	deflate := func(b []byte) []byte {
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, 9)
		_, _ = w.Write(b)
		_ = w.Close()
		return out.Bytes()
	}
	z, _ := zstd.NewWriter(nil)
	for name, b := range map[string][]byte{
		"ADBd":     append([]byte("ADBd"), deflate(sample())...),
		"ADBc":     append([]byte("ADBc\x01\x09"), deflate(sample())...),
		"ADBc\x02": append([]byte("ADBc\x02\x03"), z.EncodeAll(sample(), nil)...),
	} {
		img := reference.Open(t, append(b, "what follows"...))
		if len(img.Containers) != 2 || img.Containers[0].Type != "adb" || img.Containers[0].Length != int64(len(b)) || img.Containers[1].Type != "apk" {
			t.Errorf("%s: %+v", name, img.Containers)
		}
		reference.Find(t, img, "adb!apk!usr/bin/tool")
		if len(img.Skipped) > 0 {
			t.Errorf("%s: skipped %v", name, img.Skipped)
		}
	}
}
