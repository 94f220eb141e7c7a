package ostree

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// machineOf runs operations over data, with one mode and no attributes.
func machineOf(t *testing.T, objects []byte, data, ops string) (*delta, error) {
	t.Helper()
	d := &delta{ctx: context.Background(), budget: format.NewBudget(100, 1<<20, 1<<16, 10), objects: map[Checksum]object{}, opened: &format.Opened{}}
	mode := []byte{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0x81, 0xa4}
	return d, d.run([]value{{"a(uuu)", mode}, {"aa(ayay)", []byte{0}}, {"ay", []byte(data)}, {"ay", []byte(ops)}}, objects)
}

func named(kind byte, sum Checksum) []byte { return append([]byte{kind}, sum[:]...) }

// TestOperations runs operations of each kind, and some that make no sense.
func TestOperations(t *testing.T) {
	folder, file := sum([]byte("folder")), Header{UID: 1, GID: 2, Mode: 0o100644}.Sum([]byte("content"))
	both := append(named(objectDirTree, folder), named(objectFile, file)...)
	d, err := machineOf(t, both, "foldercontent", "S\x06\x00o\x00\x00\x07w\x03\x06w\x04\x09c")
	if err != nil || d.objects[folder].err != nil || d.objects[file].err != nil {
		t.Fatalf("%v, %+v", err, d.objects)
	}
	if o := d.objects[file]; string(o.bytes()) != "content" || o.size() != 7 || o.header.UID != 1 {
		t.Errorf("%+v", o)
	}
	d, err = machineOf(t, both, "folderConTent", "S\x06\x01S\x00\x00\x07\x06")
	if err != nil || d.objects[folder].err == nil || d.objects[file].err == nil {
		t.Errorf("objects that are not what their checksums say: %v, %+v", err, d.objects)
	}
	d, err = machineOf(t, named(objectFile, file), strings.Repeat("x", 64), "o\x00\x00\x07r\x00w\x03\x00Rw\x04\x00c")
	if err != nil || !errors.Is(d.objects[file].err, errOlder) {
		t.Errorf("an object made of an older one: %v, %+v", err, d.objects)
	}
	for name, ops := range map[string]string{
		"unknown": "x", "closes nothing": "c", "writes to nothing": "w\x00\x00", "a number that is cut": "S\x80", "data beyond the end": "S\x7f\x00",
		"a mode that is not there": "S\x06\x00S\x01\x00\x01\x00", "one too many": "S\x06\x00S\x00\x00\x07\x06S\x00\x00", "opens twice": "S\x06\x00o\x00\x00\x07o\x00\x00\x07",
		"ends too soon": "S\x06\x00", "left open": "S\x06\x00o\x00\x00\x07", "an older object beyond the end": "r\x7f",
	} {
		if _, err := machineOf(t, both, "foldercontent", ops); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := machineOf(t, both[:40], "x", ""); err == nil {
		t.Error("a list of objects that is cut")
	}
	d, err = machineOf(t, named(objectFile, file), strings.Repeat("x", 1<<12), "o\x00\x00\x00"+strings.Repeat("w\x80\x20\x00", 17)+"c")
	if err != nil || !errors.Is(d.objects[file].err, format.ErrLimit) {
		t.Errorf("more than one file may have: %v, %v", err, d.objects[file].err)
	}
}

// TestHeader has attributes, in the form that ostree hashes: its checksum of a file
// with the attribute user.a.
func TestHeader(t *testing.T) {
	h := Header{Mode: 0o100644, Xattrs: []Xattr{{[]byte("user.b\x00"), []byte("2")}, {[]byte("user.a\x00"), []byte("1")}}}
	got, err := value{"(uuuusa(ayay))", h.framed()[8:]}.items()
	if err != nil || len(got) != 6 {
		t.Fatal(got, err)
	}
	back, err := xattrs(got[5])
	if err != nil || len(back) != 2 || !bytes.Equal(back[0].Name, []byte("user.a\x00")) || string(back[1].Value) != "2" {
		t.Errorf("%q, %v", back, err)
	}
	long := Header{Link: strings.Repeat("a", 300), Xattrs: []Xattr{{[]byte("n\x00"), make([]byte, 70000)}}}
	if got, err = (value{"(uuuusa(ayay))", long.framed()[8:]}).items(); err != nil || got[4].text() != long.Link {
		t.Errorf("%v", err)
	}
}
