package mbr_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/mbr"
)

// line is an entry of a table, in sectors.
type line struct {
	kind          byte
	start, length uint32
}

// table writes a table into a sector of a disk.
func table(disk []byte, sector int, lines ...line) []byte {
	s := disk[sector*512:]
	for i, l := range lines {
		e := s[446+16*i:]
		e[4] = l.kind
		binary.LittleEndian.PutUint32(e[8:], l.start)
		binary.LittleEndian.PutUint32(e[12:], l.length)
	}
	copy(s[510:], "\x55\xaa")
	return disk
}

// logical is a disk with a primary and three logical partitions.
func logical() []byte {
	d := make([]byte, 64*512)
	table(d, 0, line{0x83, 2, 8}, line{0x0f, 16, 40})
	table(d, 16, line{0x83, 1, 7}, line{0x05, 10, 8})
	table(d, 26, line{0x83, 1, 7}, line{0x05, 20, 8})
	return table(d, 36, line{0x0c, 2, 6})
}

func open(t *testing.T, disk []byte) *format.Opened {
	t.Helper()
	in := format.InMemory(disk)
	if mbr.Format.Probe(in) == format.No {
		t.Fatal("not recognised")
	}
	o, err := mbr.Format.Open(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// sectors lists the parts: name, first sector, length in sectors.
func sectors(o *format.Opened) []string {
	var got []string
	slices.SortFunc(o.Parts, func(a, b format.Part) int { return int(a.Offset - b.Offset) })
	for _, p := range o.Parts {
		got = append(got, fmt.Sprintf("%s %d+%d", p.Name, p.Offset/512, p.Length/512))
	}
	return got
}

func TestLogical(t *testing.T) {
	o := open(t, logical())
	want := []string{" 1+1", "partition-1 2+8", " 10+6", "partition-5 17+7", " 24+2", "partition-6 27+7", " 34+2", " 37+1", "partition-7 38+6", " 44+12"}
	if got := sectors(o); !slices.Equal(got, want) {
		t.Errorf("parts %q, want %q", got, want)
	}
	if len(o.Damage) > 0 || o.Length != 56*512 {
		t.Errorf("length %d, damage %v", o.Length, o.Damage)
	}
}

// TestDamage breaks the disk above; what is whole is still there.
func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		break_ func(d []byte) []byte
		reason string
		at     int64
		last   string
	}{
		"a chain that goes round": {func(d []byte) []byte { return table(d, 36, line{0x0c, 2, 6}, line{0x05, 10, 8}) }, "does not end", 26, "partition-7 38+6"},
		"a chain that leads out":  {func(d []byte) []byte { return table(d, 36, line{0x0c, 2, 6}, line{0x05, 40, 8}) }, "leads out", 36, "partition-7 38+6"},
		"a table without its end": {func(d []byte) []byte { d[36*512+510] = 0; return d }, "is none", 36, "partition-6 27+7"},
		"a partition that is out": {func(d []byte) []byte { return table(d, 36, line{0x0c, 2, 60}) }, "reaches out", 36, "partition-6 27+7"},
		"a disk that is cut":      {func(d []byte) []byte { return d[:40*512] }, "partition-7 ends at 0x5800", 40, "partition-7 38+2"},
		"a disk cut in the chain": {func(d []byte) []byte { return d[:30*512] }, "lies beyond", 30, "partition-6 27+3"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.break_(logical()))
			if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool { return strings.Contains(d.Reason, c.reason) && d.Offset == c.at*512 }) {
				t.Errorf("damage %+v, want %q at sector %d", o.Damage, c.reason, c.at)
			}
			if got := sectors(o); !slices.Contains(got, c.last) {
				t.Errorf("parts %q, want %q among them", got, c.last)
			}
		})
	}
}

// TestRefused has sectors that end like a boot record and are none.
func TestRefused(t *testing.T) {
	disk := func() []byte { return table(make([]byte, 64*512), 0, line{0x83, 2, 8}) }
	with := func(at int, s string) []byte {
		d := disk()
		copy(d[at:], s)
		return d
	}
	if mbr.Format.Probe(format.InMemory(with(0, "\xeb\x63\x90"))) == format.No {
		t.Error("a boot loader that begins with a jump is refused")
	}
	fat := with(0, "\xeb\x3c\x90mkfs.fat\x00\x02\x04")
	for name, d := range map[string][]byte{
		"an empty table":  table(make([]byte, 1024), 0),
		"a GPT":           table(make([]byte, 64*512), 0, line{0xee, 1, 63}),
		"FAT":             fat,
		"NTFS":            with(0, "\xeb\x52\x90NTFS    "),
		"exFAT":           with(0, "\xeb\x76\x90EXFAT   "),
		"a kernel":        with(0x202, "HdrS"),
		"a bad status":    with(446, "\x01"),
		"beyond the end":  table(make([]byte, 1024), 0, line{0x83, 2, 8}),
		"no start":        table(make([]byte, 1024), 0, line{0x83, 0, 8}),
		"type and no end": table(make([]byte, 1024), 0, line{0, 1, 8}),
		"a short sector":  disk()[:511],
	} {
		if mbr.Format.Probe(format.InMemory(d)) != format.No {
			t.Errorf("%s is taken for a boot record", name)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		d := make([]byte, 1024)
		for i := range 66 {
			d[446+i] = byte(r.Uint32())
		}
		copy(d[510:], "\x55\xaa")
		if mbr.Format.Probe(format.InMemory(d)) != format.No {
			t.Errorf("chance bytes are a table: %x", d[446:510])
		}
	}
}

// TestFAT has mkfs.fat make boot sectors.
func TestFAT(t *testing.T) {
	tool := reference.Need(t, "mkfs.fat")
	for _, kind := range []string{"12", "16", "32"} {
		img := filepath.Join(t.TempDir(), "img")
		if err := os.WriteFile(img, make([]byte, 40<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		reference.Run(t, ".", tool, "-F", kind, img)
		data, err := os.ReadFile(img)
		if err != nil {
			t.Fatal(err)
		}
		if mbr.Format.Probe(format.InMemory(data)) != format.No {
			t.Errorf("FAT%s is taken for a boot record", kind)
		}
	}
}

// TestSfdisk has sfdisk make disks, and asks it again what is on them.
func TestSfdisk(t *testing.T) {
	tool := reference.Need(t, "sfdisk")
	for name, script := range map[string]string{
		"one":      "start=63, type=83\n",
		"aligned":  "start=2048, size=2048, type=c, bootable\nsize=2048, type=83\nsize=1024, type=82\ntype=83\n",
		"logical":  "size=1024, type=83\nsize=8192, type=5\nsize=1024, type=b\nsize=1024, type=83\nsize=2048, type=83\nsize=512, type=82\n",
		"extended": "start=100, size=9000, type=f\nstart=300, size=100, type=83\nstart=500, size=100, type=83\n",
	} {
		t.Run(name, func(t *testing.T) {
			img := filepath.Join(t.TempDir(), "img")
			if err := os.WriteFile(img, make([]byte, 8<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			reference.Run(t, ".", "sh", "-c", fmt.Sprintf("printf '%%s' 'label: dos\ngrain: 512\n%s' | %s -q %s", script, tool, img))
			var said struct {
				PartitionTable struct {
					Partitions []struct {
						Node, Type  string
						Start, Size int64
					}
				}
			}
			if err := json.Unmarshal(reference.Run(t, ".", tool, "-J", img), &said); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, p := range said.PartitionTable.Partitions {
				if p.Type != "5" && p.Type != "f" {
					want = append(want, fmt.Sprintf("partition-%s %d+%d", strings.TrimPrefix(p.Node, img), p.Start, p.Size))
				}
			}
			o := open(t, data)
			got := slices.DeleteFunc(sectors(o), func(s string) bool { return s[0] == ' ' })
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || len(want) == 0 || len(o.Damage) > 0 {
				t.Errorf("partitions %q, sfdisk says %q; damage %v", got, want, o.Damage)
			}
		})
	}
}

// TestImage opens a disk with a boot loader between the table and the first
// partition.
func TestImage(t *testing.T) {
	disk := logical()
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))
	disk = append(disk, make([]byte, 1<<20)...)
	table(disk, 0, line{0x83, 32, uint32(len(root)+511) / 512})
	copy(disk[32*512:], root)
	loader := firmwaretest.Kernel("", 9000)
	copy(disk[1024:], loader)
	img := reference.Open(t, disk)
	if f := reference.Find(t, img, "etc/hostname"); f.Path != "image.bin!mbr!partition-1!squashfs!etc/hostname" {
		t.Errorf("path %s", f.Path)
	}
	for _, r := range img.Ranges {
		if r.Offset <= 1024 && 1024 < r.Offset+r.Length && r.Class != firmware.Unexplained {
			t.Errorf("the boot loader is %+v", r)
		}
	}
	reference.Find(t, img, "mbr!range-0x00000200")
}

func TestMutated(t *testing.T) { formattest.Mutate(t, mbr.Format, logical()) }

func FuzzMBR(f *testing.F) { formattest.Fuzz(f, mbr.Format, logical()) }
