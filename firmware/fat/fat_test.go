package fat_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware/fat"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// sample has long and short names, a file in pieces, a folder and a label.
func sample(bits int) *disk {
	d := newDisk(bits, 40)
	text := d.take([]byte("console=ttyS0\n"))
	d.take([]byte("between"))
	d.table[len(d.table)-1] = 0
	large := d.take([]byte(strings.Repeat("1", 512) + strings.Repeat("3", 512) + strings.Repeat("2", 512) + strings.Repeat("4", 64)))
	d.table[large-2], d.table[large-1], d.table[large] = large+2, large+3, large+1
	inner := d.take([]byte("inside"))
	sub := d.take(append(record(".          ", 0x10, 0, 0), long("Über lange Namen wird gesprochen.txt", record("BERLAN~1TXT", 0x20, inner, 6))...))
	d.inRoot(
		record("MY DISK    ", 0x08, 0, 0),
		record("CMDLINE TXT", 0x20, text, 14),
		long("config.large", record("CONFIG~1LAR", 0x21, large, 1600)),
		record("SUB        ", 0x10, sub, 0),
		record("\xe5ELETED TXT", 0x20, text, 14),
		record("EMPTY      ", 0x20, 0, 0),
	)
	return d
}

func seeds() [][]byte {
	return [][]byte{sample(12).bytes("FAT12   "), sample(32).bytes("FAT32   "), sample(12).bytes("FAT     ")}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, fat.Format, seeds()...) }

func FuzzFAT(f *testing.F) { formattest.Fuzz(f, fat.Format, seeds()...) }

func open(t *testing.T, f *format.Format, b []byte) *format.Opened {
	t.Helper()
	if f.Probe(format.InMemory(b)) == format.No {
		t.Fatal("not recognised")
	}
	o, err := f.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<20, 1<<20, 100))
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
	for _, b := range seeds() {
		o := open(t, fat.Format, append(b, "what follows"...))
		if o.Length != int64(len(b)) || len(o.Damage) > 0 || o.Modes {
			t.Errorf("%d of %d bytes, modes %v, damage %v", o.Length, len(b), o.Modes, o.Damage)
		}
		if o.Attributes["label"] != "MY DISK" || o.Attributes["serial"] != "1234-5678" || o.Attributes["dirty"] != "" {
			t.Errorf("attributes %v", o.Attributes)
		}
		var names []string
		for _, e := range o.Tree.Entries() {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " | "); got != "CMDLINE.TXT | config.large | SUB | EMPTY | SUB/Über lange Namen wird gesprochen.txt" {
			t.Errorf("files %s", got)
		}
		i, e := find(t, o, "config.large")
		content, err := o.Tree.Read(i)
		want := strings.Repeat("1", 512) + strings.Repeat("2", 512) + strings.Repeat("3", 512) + strings.Repeat("4", 64)
		if err != nil || string(content) != want || e.Offset != -1 || e.Mode != 0o444 {
			t.Errorf("a file in pieces: %v, offset %d, mode %v", err, e.Offset, e.Mode)
		}
		if _, e := find(t, o, "CMDLINE.TXT"); string(b[e.Offset:e.Offset+e.Size]) != "console=ttyS0\n" || !e.ModTime.Equal(time.Date(2021, 11, 26, 12, 34, 56, 0, time.UTC)) {
			t.Errorf("plain file: %+v", e)
		}
	}
}

func TestUnnamed(t *testing.T) {
	for _, bits := range []int{12, 32} {
		b := sample(bits).bytes("\x00\x00\x00\x00\x00\x00\x00\x00")
		if o := open(t, fat.Unnamed, b); len(o.Tree.Entries()) != 5 {
			t.Errorf("%d files", len(o.Tree.Entries()))
		}
		b[512] ^= 1 // the medium in the table
		if fat.Unnamed.Probe(format.InMemory(b)) != format.No {
			t.Error("recognised without the medium in its table")
		}
	}
	for _, b := range [][]byte{make([]byte, 4096), bytes.Repeat([]byte{0xff}, 4096), []byte("\xeb\x3c\x90")} {
		if fat.Unnamed.Probe(format.InMemory(b)) != format.No {
			t.Error("chance bytes are recognised")
		}
	}
}

// TestDamage has one mistake in each image, and what must be said of it. Where
// nothing is said the file must read.
func TestDamage(t *testing.T) {
	const tables, root = 512, 512 + 2*512
	for name, c := range map[string]struct {
		change func(d *disk)
		bytes  func(b []byte) []byte
		damage string
		file   string
		err    string
	}{
		"a chain in a circle": {change: func(d *disk) { d.table[0] = 2; d.inRoot(record("LOOP       ", 0, 2, 2000)) }, file: "LOOP", err: "in a chain already"},
		"two files in one":    {change: func(d *disk) { d.inRoot(record("OTHER      ", 0, 2, 14)) }, file: "OTHER", err: "cluster 2 is in a chain already"},
		"a short chain":       {change: func(d *disk) { d.inRoot(record("SHORT      ", 0, d.take([]byte("x")), 5000)) }, file: "SHORT", err: "1 of 10 clusters"},
		"a cluster too far":   {change: func(d *disk) { d.inRoot(record("FAR        ", 0, 4000, 5)) }, file: "FAR", err: "cluster 4000"},
		"no cluster":          {change: func(d *disk) { d.inRoot(record("NONE       ", 0, 0, 5)) }, file: "NONE", err: "cluster 0"},
		"a bad cluster": {change: func(d *disk) {
			d.inRoot(record("BAD        ", 0, d.take(make([]byte, 1000)), 1000))
			d.table[len(d.table)-2] = 0xff7
		}, file: "BAD", err: "cluster 4087"},
		"a folder in itself": {change: func(d *disk) {
			first := d.take(make([]byte, 32))
			copy(d.data[(first-2)*sector:], record("AGAIN      ", 0x10, first, 0))
			d.inRoot(record("A          ", 0x10, first, 0))
		}, file: "A/AGAIN", damage: "directory /A/AGAIN/: at"},
		"a slash in a name":    {change: func(d *disk) { d.inRoot(long("a/../b", record("A          ", 0, 0, 0))) }, file: "\ufffda\ufffd..\ufffdb", damage: `called "a/../b"`},
		"two dots":             {change: func(d *disk) { d.inRoot(long("..", record("A          ", 0, 0, 0))) }, file: "\ufffd..", damage: `called ".."`},
		"a newline in a name":  {change: func(d *disk) { d.inRoot(long("a\nb", record("A          ", 0, 0, 0))) }, file: "a\nb"},
		"another's long name":  {change: func(d *disk) { r := long("long", record("A          ", 0, 0, 0)); r[32] = 'B'; d.inRoot(r) }, file: "B", damage: "long name"},
		"half a long name":     {change: func(d *disk) { d.inRoot(long("a name in two parts", record("A          ", 0, 0, 0))[32:]) }, file: "A", damage: "long name"},
		"after the end":        {change: func(d *disk) { d.inRoot(make([]byte, 32), record("HIDDEN     ", 0, 0, 0)) }, file: "EMPTY", damage: "after the mark of its end"},
		"small letters":        {change: func(d *disk) { r := record("ABC     TXT", 0, 0, 0); r[12] = 8; d.inRoot(r) }, file: "abc.TXT"},
		"a first letter of e5": {change: func(d *disk) { d.inRoot(record("\x05BC     TXT", 0, 0, 0)) }, file: "σBC.TXT"},
		"tables that differ":   {bytes: func(b []byte) []byte { b[tables+512+60] ^= 1; return b }, file: "EMPTY", damage: "table 1 differs from table 0"},
		"a broken table":       {bytes: func(b []byte) []byte { clear(b[tables : tables+512]); return b }, file: "CMDLINE.TXT", damage: "table 0 is broken, table 1 is read"},
		"cut short":            {bytes: func(b []byte) []byte { return b[:root+rootMax+100] }, file: "config.large", err: "the input ends at", damage: "only 3684 are here"},
		"dirty":                {bytes: func(b []byte) []byte { b[37] = 1; return b }, file: "EMPTY"},
	} {
		t.Run(name, func(t *testing.T) {
			d := sample(12)
			if c.change != nil {
				c.change(d)
			}
			b := d.bytes("FAT12   ")
			if c.bytes != nil {
				b = c.bytes(b)
			}
			o := open(t, fat.Format, b)
			if (o.Attributes["dirty"] == "true") != (name == "dirty") {
				t.Errorf("dirty is %q", o.Attributes["dirty"])
			}
			said := ""
			for _, d := range o.Damage {
				if d.Offset < tables || d.Offset > int64(len(b)) {
					t.Errorf("damage at 0x%x", d.Offset)
				}
				said += d.Reason
			}
			if !strings.Contains(said, c.damage) || (c.damage == "" && said != "") {
				t.Errorf("damage %q, want %q", said, c.damage)
			}
			i, e := find(t, o, c.file)
			var at *format.Error
			if c.err != "" && (e.Err == nil || !strings.Contains(e.Err.Error(), c.err) || !errors.As(e.Err, &at)) {
				t.Errorf("error %v, want %q", e.Err, c.err)
			}
			if c.err == "" && e.Mode.IsRegular() {
				if content, err := o.Tree.Read(i); err != nil || int64(len(content)) != e.Size {
					t.Errorf("%s: %v", e.Name, err)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(b []byte){
		"sector size":  func(b []byte) { b[11] = 1 },
		"cluster size": func(b []byte) { b[13] = 3 },
		"reserved":     func(b []byte) { b[14] = 0 },
		"tables":       func(b []byte) { b[16] = 0 },
		"medium":       func(b []byte) { b[21] = 0x12 },
		"root":         func(b []byte) { b[17] = 1 },
		"size":         func(b []byte) { b[19], b[20] = 3, 0 },
	} {
		b := sample(12).bytes("FAT12   ")
		change(b)
		if fat.Format.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s: recognised", name)
		}
	}
	b := sample(12).bytes("FAT12   ")
	clear(b[512:1536])
	if _, err := fat.Format.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<20, 1<<20, 100)); err == nil {
		t.Error("opened without a table")
	}
}
