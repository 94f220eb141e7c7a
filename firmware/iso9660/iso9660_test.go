package iso9660_test

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/iso9660"
)

func both32(n int) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	return binary.BigEndian.AppendUint32(b, uint32(n))
}

func both16(n int) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(n))
	return binary.BigEndian.AppendUint16(b, uint16(n))
}

// record is a directory record.
func record(name string, sector, size int, flags byte, use ...[]byte) []byte {
	b := slices.Concat([]byte{0, 0}, both32(sector), both32(size), []byte{121, 11, 26, 12, 34, 56, 4, flags, 0, 0}, both16(1), []byte{byte(len(name))}, []byte(name))
	b = append(b, make([]byte, len(b)&1)...)
	b = append(b, slices.Concat(use...)...)
	b = append(b, make([]byte, len(b)&1)...)
	b[0] = byte(len(b))
	return b
}

// entry is a system use entry.
func entry(kind string, data ...[]byte) []byte {
	all := slices.Concat(data...)
	return append([]byte{kind[0], kind[1], byte(4 + len(all)), 1}, all...)
}

func px(mode int) []byte { return entry("PX", both32(mode), both32(1), both32(7), both32(8)) }
func nm(s string) []byte { return entry("NM", []byte{0}, []byte(s)) }

// The sectors of the sample, after the volume descriptors.
const (
	rootAt = 20 + iota
	subAt
	movedAt
	contentAt
	moreAt
	continuedAt
	catalogAt
	bootAt
	jolietAt
	spareAt
	sectors
)

var self = []byte{0xbe, 0xef, 0}

// sample has Rock Ridge with all that it can say, Joliet, and a boot image.
func sample(root ...[]byte) [][]byte {
	s := make([][]byte, sectors)
	s[16] = descriptor(1, rootAt)
	s[17] = append([]byte("\x00CD001\x01EL TORITO SPECIFICATION"), make([]byte, 41)...)
	s[17] = binary.LittleEndian.AppendUint32(s[17][:0x47], catalogAt)
	s[18] = descriptor(2, jolietAt)
	copy(s[18][88:], "%/E")
	s[19] = []byte("\xffCD001\x01")
	s[rootAt] = slices.Concat(append([][]byte{
		record("\x00", rootAt, 2048, 2, entry("SP", self)), record("\x01", rootAt, 2048, 2),
		record("BOX.;1", contentAt, 5, 0, px(0o104755), entry("NM", []byte{1}, []byte("busy")), nm("box"), entry("TF", []byte{2}, []byte{100, 1, 2, 3, 4, 5, 0})),
		record("SPLIT.BIN;1", contentAt, 5, 0x80, nm("split")), record("SPLIT.BIN;1", moreAt, 6, 0, nm("split")),
		record("LINK.;1", 0, 0, 0, px(0o120777), nm("link"), entry("SL", []byte{1, 8, 0, 1, 2}, []byte("us")), entry("SL", []byte{0, 0, 1}, []byte("r"), []byte{4, 0, 2, 0, 0, 1}, []byte("x"))),
		record("NULL.;1", 0, 0, 0, px(0o020666), nm("null"), entry("PN", both32(0), both32(0x103))),
		record("FAR.;1", 0, 0, 0, entry("CE", both32(continuedAt), both32(10), both32(60))),
		record("SUB", subAt, 2048, 2, px(0o040700), nm("sub")),
		record("CHILD.;1", 0, 0, 0, nm("child"), entry("CL", both32(movedAt))),
	}, root...)...)
	s[subAt] = slices.Concat(record("\x00", subAt, 2048, 2), record("\x01", rootAt, 2048, 2), record("MOVED", movedAt, 2048, 2, nm("moved"), entry("RE")), record("LOST", moreAt, 0, 2, nm("lost"), entry("RE")))
	s[movedAt] = slices.Concat(record("\x00", movedAt, 2048, 2, px(0o040711)), record("\x01", subAt, 2048, 2), record("A.;1", contentAt, 5, 0, nm("again")))
	s[contentAt] = []byte("hello")
	s[moreAt] = []byte(" world")
	s[continuedAt] = append(make([]byte, 10), append(px(0o100600), nm("continued")...)...)
	s[catalogAt] = slices.Concat([]byte{1, 0, 0, 0}, make([]byte, 24), []byte{0xaa, 0x55, 0x55, 0xaa}, []byte{0x88, 0, 0, 0, 0, 0, 4, 0, bootAt, 0, 0, 0})
	s[bootAt], s[spareAt] = []byte("loader"), []byte("only in Joliet")
	s[jolietAt] = slices.Concat(record("\x00", jolietAt, 2048, 2), record("\x01", jolietAt, 2048, 2), record("\x00h\x00i", spareAt, 3, 0), record("\x00b\x00;\x001", contentAt, 5, 0))
	return s
}

func descriptor(kind byte, root int) []byte {
	b := make([]byte, 2048)
	copy(b, "\x01CD001\x01")
	b[0] = kind
	copy(b[40:], "THE VOLUME                      ")
	copy(b[80:], both32(sectors))
	copy(b[128:], both16(2048))
	copy(b[156:], record("\x00", root, 2048, 2))
	copy(b[813:], "2021112612345600\x00")
	return b
}

func image(s [][]byte) []byte {
	var out []byte
	for _, b := range s {
		out = append(append(out, b...), make([]byte, 2048-len(b))...)
	}
	return out
}

func seeds() [][]byte { return [][]byte{image(sample())} }

func TestMutated(t *testing.T) { formattest.Mutate(t, iso9660.Format, seeds()...) }

func FuzzISO9660(f *testing.F) { formattest.Fuzz(f, iso9660.Format, seeds()...) }

func open(t *testing.T, b []byte) *format.Opened {
	t.Helper()
	if iso9660.Format.Probe(format.InMemory(b)) != format.Sure {
		t.Fatal("not recognised")
	}
	o, err := iso9660.Format.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<20, 1<<20, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func find(t *testing.T, o *format.Opened, name string) (int, format.Entry) {
	t.Helper()
	var names []string
	for i, e := range o.Tree.Entries() {
		if e.Name == name {
			return i, e
		}
		names = append(names, e.Name)
	}
	t.Fatalf("no %q among %q", name, names)
	return 0, format.Entry{}
}

func TestSample(t *testing.T) {
	b := image(sample())
	o := open(t, append(b, "what follows"...))
	if o.Length != int64(len(b)) || len(o.Damage) > 0 || !o.Modes {
		t.Errorf("%d of %d bytes, modes %v, damage %v", o.Length, len(b), o.Modes, o.Damage)
	}
	for name, want := range map[string]string{"volume": "THE VOLUME", "names": "rock-ridge", "created": "2021-11-26T12:34:56Z", "boot": "x86 no-emulation [BOOT]/1-x86.img"} {
		if o.Attributes[name] != want {
			t.Errorf("%s is %q", name, o.Attributes[name])
		}
	}
	if _, e := find(t, o, "busybox"); e.Mode.String() != "urwxr-xr-x" || e.UID != 7 || e.GID != 8 || e.ModTime.Unix() != 946782245 {
		t.Errorf("busybox: %+v", e)
	}
	if _, e := find(t, o, "link"); e.Link != "/usr/.././x" {
		t.Errorf("link to %q", e.Link)
	}
	if _, e := find(t, o, "null"); e.Rdev != 1<<32|3 {
		t.Errorf("null is %#x", e.Rdev)
	}
	if _, e := find(t, o, "child"); e.Mode.String() != "drwx--x--x" {
		t.Errorf("child is %v", e.Mode)
	}
	for name, want := range map[string]string{"split": "hello world", "child/again": "hello", "hi": "onl", "continued": ""} {
		i, e := find(t, o, name)
		if content, err := o.Tree.Read(i); err != nil || string(content) != want || e.Size != int64(len(want)) {
			t.Errorf("%s holds %q, %v", name, content, err)
		}
	}
	i, _ := find(t, o, "busybox")
	if _, e := find(t, o, "child/again"); e.Inode != i {
		t.Error("one content is there twice")
	}
	find(t, o, "sub/lost")
	if i, _ := find(t, o, "[BOOT]/1-x86.img"); i >= 0 {
		if content, err := o.Tree.Read(i); err != nil || string(content[:6]) != "loader" || len(content) != 2048 {
			t.Errorf("boot image: %d bytes, %v", len(content), err)
		}
	}
}

// TestOffered has a key where no file is.
func TestOffered(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIO3x\n"
	at := func(sector, off int) func(s [][]byte) {
		return func(s [][]byte) {
			s[sector] = append(s[sector], make([]byte, 2048-len(s[sector]))...)
			copy(s[sector][off:], key)
		}
	}
	use := func(entries ...[]byte) func(s [][]byte) {
		return func(s [][]byte) { copy(s, sample(record("X.;1", contentAt, 5, 0, entries...))) }
	}
	for name, plant := range map[string]func(s [][]byte){
		"terminator":            at(19, 7),
		"terminator's end":      at(19, 2048-len(key)),
		"boot record":           at(17, 80),
		"names of makers":       at(16, 200),
		"Joliet, a publisher":   at(18, 318),
		"Joliet, the room":      at(18, 890),
		"boot catalog":          at(catalogAt, 1500),
		"behind records":        at(jolietAt, 1000),
		"an unknown entry":      use(entry("XX", []byte(key))),
		"padding":               use(entry("PD", []byte(key))),
		"a long entry":          use(entry("PX", px(0o100644)[4:], make([]byte, 8), []byte(key))),
		"behind the last entry": use(entry("ST"), []byte(key)),
		"behind a stop":         use([]byte{0, 0, 0, 0}, []byte(key)),
		"for others, in Joliet": func(s [][]byte) { s[jolietAt] = append(s[jolietAt], record("\x00c", contentAt, 5, 0, []byte(key))...) },
		"a continuation's entry": func(s [][]byte) {
			s[continuedAt] = append(make([]byte, 10), append(entry("XX", []byte(key)), nm("a")...)...)
		},
	} {
		s := sample()
		plant(s)
		if !formattest.Offered(t, iso9660.Format, image(s), key[:52]) {
			t.Errorf("%s: not offered", name)
		}
	}
}

// TestDamage has one mistake in each image, and what must be said of it.
func TestDamage(t *testing.T) {
	differ := func(b []byte, at int) []byte { b[at] ^= 1; return b }
	for name, c := range map[string]struct {
		record []byte
		change func(s [][]byte)
		file   string
		err    string
		damage string
	}{
		"place in two orders": {record: differ(record("BAD.;1", contentAt, 5, 0), 6), file: "BAD", err: "place of the content differs"},
		"size in two orders":  {record: differ(record("BAD.;1", contentAt, 5, 0), 14), file: "BAD", err: "size differs"},
		"beyond the end":      {record: record("BAD.;1", 5000, 5, 0), file: "BAD", err: "the volume ends at"},
		"too large":           {record: record("BAD.;1", contentAt, 1<<30, 0), file: "BAD", err: "the volume ends at"},
		"interleaved":         {record: differ(record("BAD.;1", contentAt, 5, 0), 26), file: "BAD", err: "interleaved"},
		"a circle":            {record: record("AGAIN", rootAt, 2048, 2), file: "AGAIN", damage: "is in the tree twice"},
		"a moved circle":      {record: record("X.;1", 0, 0, 0, nm("x"), entry("CL", both32(rootAt))), file: "x", damage: "is in the tree twice"},
		"moved to nowhere":    {record: record("X.;1", 0, 0, 0, nm("x"), entry("CL", both32(contentAt))), file: "x", err: "no directory here"},
		"overlap":             {record: slices.Concat(record("A", 1, 30000, 2), record("B", 2, 30000, 2)), file: "B", damage: "overlaps"},
		"a folder of zeros":   {record: record("A", spareAt, 2048, 2), change: func(s [][]byte) { s[spareAt] = nil }, file: "A", damage: "/A/: it does not begin with a record of itself"},
		"a record too short":  {record: []byte{20, 0, 0}, file: "child", damage: "directory record of 20 bytes"},
		"a name too long":     {record: differ(record("A", 0, 0, 0), 32)[:34], file: "child", damage: "name of 0 bytes"},
		"a split file's end":  {record: record("A.;1", contentAt, 5, 0x80), file: "child", damage: "ends where a file should go on"},
		"another file's part": {record: slices.Concat(record("A.;1", contentAt, 5, 0x80), record("B.;1", contentAt, 5, 0)), file: "B", damage: "another file follows"},
		"a slash in a name":   {record: record("A.;1", contentAt, 5, 0, nm("../x")), file: "\ufffd..\ufffdx", damage: `called "../x"`},
		"two dots":            {record: record("A.;1", contentAt, 5, 0, nm("..")), file: "\ufffd..", damage: `called ".."`},
		"a newline in a name": {record: record("A.;1", contentAt, 5, 0, nm("a\nb")), file: "a\nb"},
		"modes in two orders": {record: record("A.;1", contentAt, 5, 0, differ(px(0o100644), 9)), file: "A", damage: "PX differs"},
		"a short entry":       {record: record("A.;1", contentAt, 5, 0, []byte("PX\x03\x01")), file: "A", damage: "entry of 3 bytes"},
		"a folder of a file":  {record: record("A.;1", contentAt, 5, 0, px(0o040755)), file: "A", damage: "differ in what it is"},
		"continued for ever": {change: func(s [][]byte) {
			s[continuedAt] = append(make([]byte, 10), entry("CE", both32(continuedAt), both32(10), both32(28))...)
		}, file: "FAR", damage: "more than 32 continuations"},
		"continued outside":    {record: record("A.;1", contentAt, 5, 0, entry("CE", both32(9999), both32(0), both32(28))), file: "A", damage: "the input ends at"},
		"not compressed":       {record: record("A.;1", contentAt, 5, 0, entry("ZF", []byte{'p', 'z', 4, 15}, both32(100))), file: "A", err: "without its header"},
		"compressed otherwise": {record: record("A.;1", contentAt, 5, 0, entry("ZF", []byte{'P', 'Z', 4, 15}, both32(100))), file: "A", err: `kind "PZ"`},
		"a broken catalog":     {change: func(s [][]byte) { s[catalogAt][0] = 2 }, file: "child", damage: "boot catalog: at 0xd000: no catalog"},
		"no terminator":        {change: func(s [][]byte) { s[19] = nil }, file: "child", damage: "no volume descriptor"},
		"udf": {change: func(s [][]byte) {
			s[spareAt], s[rootAt] = s[rootAt], []byte("\x00NSR03")
			copy(s[16][156:], record("\x00", spareAt, 2048, 2))
		}, file: "child", damage: "UDF"},
		"space":             {change: func(s [][]byte) { s[16][84]++ }, file: "child", damage: "two byte orders"},
		"more than is here": {change: func(s [][]byte) { copy(s[16][80:], both32(1000)) }, file: "child", damage: "only 61440 are here"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sample(c.record)
			if c.change != nil {
				c.change(s)
			}
			o := open(t, image(s))
			said := ""
			for _, d := range o.Damage {
				if d.Offset <= 0 || d.Offset > sectors*2048 {
					t.Errorf("damage at 0x%x", d.Offset)
				}
				said += d.Reason
			}
			if !strings.Contains(said, c.damage) || (c.damage == "" && said != "") {
				t.Errorf("damage %q, want %q", said, c.damage)
			}
			i, e := find(t, o, c.file)
			err := e.Err
			if err == nil && e.Mode.IsRegular() {
				_, err = o.Tree.Read(i)
			}
			var at *format.Error
			if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || !errors.As(err, &at)) || c.err == "" && err != nil {
				t.Errorf("error %v, want %q", err, c.err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, at := range map[string]int{"block size": 128, "block size in two orders": 131, "root": 156, "root flags": 156 + 25, "magic": 3, "version": 6} {
		s := sample()
		s[16][at] ^= 2
		if iso9660.Format.Probe(format.InMemory(image(s))) != format.No {
			t.Errorf("%s: recognised", name)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	const size = 32 << 20
	s := sample(record("LARGE.;1", sectors, size, 0), record("LARGE2.;1", sectors, size/2, 0x80), record("LARGE2.;1", sectors+size/4096, size/2, 0))
	copy(s[16][80:], both32(sectors+size/2048))
	data := append(image(s), make([]byte, size)...)
	sum := 0
	for b.Loop() {
		o, err := iso9660.Format.Open(context.Background(), format.InMemory(data), format.NewBudget(1000, 1<<30, 1<<30, 100))
		if err != nil {
			b.Fatal(err)
		}
		for i, e := range o.Tree.Entries() {
			if e.Mode.IsRegular() {
				content, err := o.Tree.Read(i)
				if err != nil {
					b.Fatal(err)
				}
				sum += len(content)
			}
		}
		b.SetBytes(2 * size)
	}
}
