package cpio_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// odc is an archive of the old kind with one file.
const odc = "070707" + "000001000002100644000000000000000001000000" + "00000000000" + "000002" + "00000000003" + "a\x00hey" +
	"070707" + "000000000000000000000000000000000001000000" + "00000000000" + "000013" + "00000000000" + "TRAILER!!!\x00"

// oldest is an archive of the oldest kind.
func oldest(order binary.ByteOrder) []byte {
	var b bytes.Buffer
	entry := func(name string, mode, links, rdev uint16, content string) {
		for _, w := range []uint16{0o070707, 1, 2, mode, 1000, 33, links, rdev, 0x65a0, 1, uint16(len(name) + 1), 0, uint16(len(content))} {
			_ = binary.Write(&b, order, w)
		}
		for _, s := range []string{name + "\x00", content} {
			b.WriteString(s)
			b.Write(make([]byte, len(s)%2))
		}
	}
	entry("etc", 0o040755, 2, 0, "")
	entry("etc/hi", 0o104750, 1, 0, "hey")
	entry("null", 0o020666, 1, 0x103, "")
	entry("li", 0o120777, 1, 0, "etc/hi")
	entry("TRAILER!!!", 0, 1, 0, "")
	return b.Bytes()
}

func seeds() [][]byte {
	one := firmwaretest.Cpio(
		firmwaretest.Text("init", 0o755, "#!/bin/sh\n"),
		firmwaretest.Symlink("bin/sh", "/init"),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
		firmwaretest.File{Name: "again", HardLink: "init"},
	)
	return [][]byte{one, slices.Concat(one, one), []byte(odc)}
}

func oldSeeds() [][]byte { return [][]byte{oldest(binary.LittleEndian), oldest(binary.BigEndian)} }

func open(t *testing.T, f *format.Format, data []byte) *format.Opened {
	t.Helper()
	o, err := f.Open(context.Background(), format.InMemory(data), format.NewBudget(100, 1<<20, 1<<20, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOldest(t *testing.T) {
	for _, data := range oldSeeds() {
		if l := cpio.Binary.Probe(format.InMemory(data)); l != format.Sure {
			t.Errorf("%v", l)
		}
		o := open(t, cpio.Binary, append(bytes.Clone(data), 1, 2, 3))
		e := o.Tree.Entries()
		if len(e) != 4 || len(o.Damage) > 0 || o.Length != int64(len(data)) {
			t.Fatalf("%d entries, %v, %d bytes", len(e), o.Damage, o.Length)
		}
		content, err := o.Tree.Read(1)
		if err != nil || string(content) != "hey" || e[1].Name != "etc/hi" || e[1].UID != 1000 || e[1].GID != 33 || e[1].ModTime.Unix() != 0x65a0<<16|1 || e[1].Mode != format.UnixMode(0o104750) {
			t.Errorf("%q, %v: %+v", content, err, e[1])
		}
		if e[2].Rdev != 1<<32|3 || e[3].Link != "etc/hi" || !e[0].Mode.IsDir() {
			t.Errorf("%+v", e)
		}
		for name, at := range map[string]int{"magic": 0, "kind of the file": 6, "length of the name": 20, "length": 22} {
			bad := bytes.Clone(data)
			bad[at], bad[at+1] = 0xf1, 0xf1
			if l := cpio.Binary.Probe(format.InMemory(bad)); l != format.No {
				t.Errorf("with another %s: %v", name, l)
			}
		}
	}
}

// A content that stands with the last of its names, and did not come, makes no empty
// files of the others.
func TestCutLinks(t *testing.T) {
	whole := firmwaretest.Cpio(
		firmwaretest.Text("a", 0o644, "a"),
		firmwaretest.Text("x/init", 0o755, strings.Repeat("content ", 100)),
		firmwaretest.File{Name: "x/again", HardLink: "x/init"},
	)
	cut := whole[:bytes.LastIndex(whole, []byte("content"))-50]
	told := 0
	for _, e := range open(t, cpio.Format, cut).Tree.Entries() {
		if strings.HasPrefix(e.Name, "x/") && e.Mode.IsRegular() {
			if told++; e.Err == nil || !strings.Contains(e.Err.Error(), "ends before") {
				t.Errorf("%s of %d bytes: %v", e.Name, e.Size, e.Err)
			}
		}
	}
	if told != 1 {
		t.Errorf("%d names", told)
	}
	for _, e := range open(t, cpio.Format, whole).Tree.Entries() {
		if e.Err != nil {
			t.Errorf("%s of a whole archive: %v", e.Name, e.Err)
		}
	}
}

// TestSameInodes has archives one after another that number their files alike, and one
// in which a name comes twice: a content belongs to the names of its own archive.
func TestSameInodes(t *testing.T) {
	archive := func(namesAndContents ...string) (out []byte) {
		for pair := range slices.Chunk(append(namesAndContents, "TRAILER!!!", ""), 2) {
			out = fmt.Appendf(out, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
				7, 0o100644, 0, 0, 2, 0, len(pair[1]), 0, 0, 0, 0, len(pair[0])+1, 0, pair[0])
			out = append(out, make([]byte, -len(out)&3)...)
			out = append(out, pair[1]...)
			out = append(out, make([]byte, -len(out)&3)...)
		}
		return out
	}
	for name, c := range map[string]struct {
		image []byte
		want  string
	}{
		"two":   {slices.Concat(archive("a", "", "b", "first"), archive("p", "", "q", "second!")), "a=first b=first p=second! q=second! "},
		"twice": {archive("a", "first", "b", "", "a", "second!", "c", ""), "a=first b:differ a=second! c:differ "},
	} {
		o := open(t, cpio.Format, c.image)
		got := ""
		for i, e := range o.Tree.Entries() {
			if e.Err != nil && strings.Contains(e.Err.Error(), "contents that differ") {
				got += e.Name + ":differ "
				continue
			}
			content, err := o.Tree.Read(i)
			if err != nil || int64(len(content)) != e.Size {
				t.Errorf("%s: %d bytes of %d, %v", e.Name, len(content), e.Size, err)
			}
			got += e.Name + "=" + string(content) + " "
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, cpio.Format, seeds()...) }

func TestOldestMutated(t *testing.T) { formattest.Mutate(t, cpio.Binary, oldSeeds()...) }

func FuzzCpio(f *testing.F) { formattest.Fuzz(f, cpio.Format, seeds()...) }

func FuzzOldest(f *testing.F) { formattest.Fuzz(f, cpio.Binary, oldSeeds()...) }
