package rpmdb_test

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"hash/adler32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/rpmdb"
)

// small is a database that SQLite wrote: a table Packages with the headers of
// header("busybox", "1.36.1", "3") and header("zlib", "1.2.13", "1").
//
//go:embed testdata/rpmdb.sqlite.gz
var smallSQLite []byte

// header makes the header of a package: name, version and release.
func header(texts ...string) []byte {
	store := []byte(strings.Join(texts, "\x00") + "\x00")
	b := binary.BigEndian.AppendUint32(nil, uint32(len(texts)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(store)))
	at := 0
	for i, text := range texts {
		for _, v := range []uint32{uint32(1000 + i), 6, uint32(at), 1} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		at += len(text) + 1
	}
	return append(b, store...)
}

// ndb writes records as RPM's own format has them.
func ndb(records ...[]byte) []byte {
	b := make([]byte, 4096)
	copy(b, "RpmP")
	binary.LittleEndian.PutUint32(b[12:], 1)
	for at := 32; at < len(b); at += 16 {
		copy(b[at:], "Slot")
	}
	for i, r := range records {
		slot := b[32+16*i:]
		binary.LittleEndian.PutUint32(slot[4:], uint32(i+1))
		binary.LittleEndian.PutUint32(slot[8:], uint32(len(b)/16))
		blob := append([]byte("BlbS"), slot[4:8]...)
		blob = append(blob, 0, 0, 0, 0)
		blob = append(binary.LittleEndian.AppendUint32(blob, uint32(len(r))), r...)
		for (len(blob)+12)%16 != 0 {
			blob = append(blob, 0)
		}
		blob = binary.LittleEndian.AppendUint32(blob, adler32.Checksum(blob))
		blob = append(binary.LittleEndian.AppendUint32(blob, uint32(len(r))), "BlbE"...)
		b = append(b, blob...)
	}
	return b
}

// hash writes records into a hash table of Berkeley DB with one page, in either
// byte order; the last one on a page of its own.
func hash(o binary.ByteOrder, records ...[]byte) []byte {
	const page = 512
	b := make([]byte, 3*page)
	o.PutUint32(b[12:], 0x061561)
	o.PutUint32(b[20:], page)
	b[25] = 8
	o.PutUint32(b[32:], 2)
	table, overflow := b[page:2*page], b[2*page:]
	table[25] = 13
	end, items := page, 0
	put := func(item []byte) {
		end -= len(item)
		copy(table[end:], item)
		o.PutUint16(table[26+2*items:], uint16(end))
		items++
	}
	for i, r := range records {
		put([]byte{1, byte(i), 0, 0, 0})
		if i < len(records)-1 {
			put(append([]byte{1}, r...))
			continue
		}
		overflow[25] = 7
		o.PutUint16(overflow[22:], uint16(len(r)))
		copy(overflow[26:], r)
		item := make([]byte, 12)
		item[0] = 3
		o.PutUint32(item[4:], 2)
		o.PutUint32(item[8:], uint32(len(r)))
		put(item)
	}
	o.PutUint16(table[20:], uint16(items))
	return b
}

func unpacked(t testing.TB) []byte {
	z, err := gzip.NewReader(bytes.NewReader(smallSQLite))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func samples(t testing.TB) map[string][]byte {
	one, two := header("busybox", "1.36.1", "3"), header("zlib", "1.2.13", "1")
	return map[string][]byte{
		"sqlite": unpacked(t), "ndb": ndb(one, two),
		"hash, little-endian": hash(binary.LittleEndian, one, two), "hash, big-endian": hash(binary.BigEndian, one, two),
	}
}

func TestRead(t *testing.T) {
	for name, content := range samples(t) {
		found, err := rpmdb.Read(content)
		var got []string
		for _, p := range found {
			got = append(got, p.Name+" "+p.Version)
		}
		if err != nil || !slices.Equal(got, []string{"busybox 1.36.1-3", "zlib 1.2.13-1"}) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		for _, p := range found {
			if p.Offset > 0 && !bytes.Contains(content[p.Offset:p.Offset+p.Length], []byte(p.Name)) {
				t.Errorf("%s: %s is not at %d", name, p.Name, p.Offset)
			}
		}
	}
}

// What was cut off or changed is an error, or what is left is right.
func TestDamaged(t *testing.T) {
	for name, content := range samples(t) {
		for cut := 0; cut < len(content); cut += 13 {
			if _, err := rpmdb.Read(content[:cut]); err == nil {
				t.Errorf("%s: no error for %d of %d bytes", name, cut, len(content))
			}
		}
	}
	whole := ndb(header("busybox", "1.36.1", "3"))
	for at := 4096; at < len(whole); at++ {
		changed := slices.Clone(whole)
		changed[at] ^= 0x20
		if at < 4096+8 || at >= 4096+12 { // the generation counts for the checksum only
			if found, err := rpmdb.Read(changed); err == nil && len(found) > 0 && at != len(whole)-8 && at < len(whole)-12 {
				t.Errorf("byte %d: no error, %v", at, found)
			}
		}
	}
	if _, err := rpmdb.Read([]byte("SQLite format 3\x00")); err == nil {
		t.Error("no error for the beginning of a database")
	}
}

// Pages of a chain that name each other, and a size that lies.
func TestCircle(t *testing.T) {
	content := hash(binary.LittleEndian, header("a", "1", "1"))
	binary.LittleEndian.PutUint32(content[2*512+16:], 2)
	if _, err := rpmdb.Read(content); err == nil {
		t.Error("no error for a circle")
	}
	content = hash(binary.LittleEndian, header("a", "1", "1"))
	binary.LittleEndian.PutUint32(content[2*512-13:], 0xffffffff)
	if _, err := rpmdb.Read(content); err == nil {
		t.Error("no error for a size that lies")
	}
}

func FuzzRead(f *testing.F) {
	for _, content := range samples(f) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		found, _ := rpmdb.Read(content)
		for _, p := range found {
			if p.Name == "" || p.Offset+p.Length > int64(len(content)) {
				t.Errorf("%+v", p)
			}
		}
	})
}
