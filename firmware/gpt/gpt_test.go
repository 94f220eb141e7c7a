package gpt_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/gpt"
)

// line is a partition of a disk that is built here.
type line struct {
	name        string
	first, last uint64
}

// build makes a disk of a number of sectors with four entries.
func build(sector, sectors int, lines ...line) []byte {
	d := make([]byte, sector*sectors)
	copy(d[510:], "\x55\xaa")
	d[450] = 0xee
	binary.LittleEndian.PutUint32(d[454:], 1)
	binary.LittleEndian.PutUint32(d[458:], uint32(sectors-1))
	array := make([]byte, 4*128)
	for i, l := range lines {
		e := array[i*128:]
		copy(e, "\xaf\x3d\xc6\x0f\x83\x84\x72\x47\x8e\x79\x3d\x69\xd8\x47\x7d\xe4")
		e[16] = byte(i + 1)
		binary.LittleEndian.PutUint64(e[32:], l.first)
		binary.LittleEndian.PutUint64(e[40:], l.last)
		for j, u := range utf16.Encode([]rune(l.name)) {
			binary.LittleEndian.PutUint16(e[56+2*j:], u)
		}
	}
	end := sectors - 1
	header(d, sector, 1, end, 2, array)
	header(d, sector, end, 1, end-1, array)
	return d
}

// header writes a header and its entries.
func header(d []byte, sector, self, other, entries int, array []byte) {
	h := d[self*sector:]
	copy(h, "EFI PART\x00\x00\x01\x00\x5c")
	last := len(d)/sector - 3
	for at, v := range map[int]int{24: self, 32: other, 40: 3, 48: last, 56: 0x1234, 72: entries} {
		binary.LittleEndian.PutUint64(h[at:], uint64(v))
	}
	binary.LittleEndian.PutUint32(h[80:], uint32(len(array)/128))
	binary.LittleEndian.PutUint32(h[84:], 128)
	binary.LittleEndian.PutUint32(h[88:], crc32.ChecksumIEEE(array))
	binary.LittleEndian.PutUint32(h[16:], 0)
	binary.LittleEndian.PutUint32(h[16:], crc32.ChecksumIEEE(h[:92]))
	copy(d[entries*sector:], array)
}

func disk(sector int) []byte {
	return build(sector, 64, line{"boot", 8, 15}, line{"rootfs/ä", 16, 40}, line{"", 50, 51})
}

// open opens a disk with the first format that takes it.
func open(t *testing.T, d []byte) (*format.Opened, error) {
	t.Helper()
	for _, f := range []*format.Format{gpt.Format, gpt.ByBackup, gpt.AtEnd} {
		if in := format.InMemory(d); f.Probe(in) != format.No {
			return f.Open(t.Context(), in, nil)
		}
	}
	t.Fatal("not recognised")
	return nil, nil
}

// sectors lists the parts: name, first sector, length in sectors.
func sectors(o *format.Opened, sector int64) []string {
	var got []string
	slices.SortFunc(o.Parts, func(a, b format.Part) int { return int(a.Offset - b.Offset) })
	for _, p := range o.Parts {
		if p.Name != "" {
			got = append(got, fmt.Sprintf("%s %d+%d", p.Name, p.Offset/sector, p.Length/sector))
		}
	}
	return got
}

var whole = []string{"boot 8+8", "rootfs_ä 16+25", "partition-3 50+2"}

func TestBothSectors(t *testing.T) {
	for _, sector := range []int{512, 4096} {
		d := disk(sector)
		o, err := open(t, append(d, "behind"...))
		if err != nil {
			t.Fatal(err)
		}
		if got := sectors(o, int64(sector)); !slices.Equal(got, whole) || len(o.Damage) > 0 || o.Length != int64(len(d)) {
			t.Errorf("sectors of %d: %q, length %d, damage %v", sector, got, o.Length, o.Damage)
		}
	}
}

// TestDamage breaks a disk in one place or two. What the tables say is read from
// the copy that is whole.
func TestDamage(t *testing.T) {
	flip := func(at int) func([]byte) []byte { return func(d []byte) []byte { d[at] ^= 1; return d } }
	both := func(d []byte) []byte { return flip(512 + 40)(flip(63*512 + 41)(d)) }
	for name, c := range map[string]struct {
		break_ func([]byte) []byte
		reason string
		at     int64
		parts  []string
	}{
		"first header":       {flip(512 + 40), "its copy is read", 512, whole},
		"first entries":      {flip(1024 + 20), "its copy is read", 512, whole},
		"no first header":    {func(d []byte) []byte { clear(d[512:1024]); return d }, "its copy is read", 512, whole},
		"second header":      {flip(63*512 + 40), "copy of the partition table is damaged", 63 * 512, whole},
		"second entries":     {flip(62*512 + 1), "copy of the partition table is damaged", 63 * 512, whole},
		"cut at the end":     {func(d []byte) []byte { return d[:45*512] }, "does not reach", 45 * 512, []string{"boot 8+8", "rootfs_ä 16+25"}},
		"cut in a partition": {func(d []byte) []byte { return d[:20*512] }, "partition-2 ends at 0x5200", 20 * 512, []string{"boot 8+8", "rootfs_ä 16+4"}},
		"two tables": {func(d []byte) []byte {
			other := build(512, 64, line{"evil", 8, 40})
			copy(d[62*512:], other[62*512:])
			return d
		}, "says something else", 63 * 512, whole},
		"both": {both, "", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := open(t, c.break_(disk(512)))
			if c.parts == nil {
				if err == nil {
					t.Errorf("opened with parts %q", sectors(o, 512))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := sectors(o, 512); !slices.Equal(got, c.parts) {
				t.Errorf("parts %q, want %q", got, c.parts)
			}
			if !slices.ContainsFunc(o.Damage, func(d format.Damage) bool { return strings.Contains(d.Reason, c.reason) && d.Offset == c.at }) {
				t.Errorf("damage %+v, want %q at 0x%x", o.Damage, c.reason, c.at)
			}
		})
	}
}

// TestHuge has a header, with a checksum, that claims what no disk has.
func TestHuge(t *testing.T) {
	for at, v := range map[int]uint32{80: 1 << 31, 84: 1 << 30, 76: 1 << 31, 36: 1 << 31, 52: 1 << 31} {
		d := disk(512)
		for _, h := range [][]byte{d[512:], d[63*512:]} {
			binary.LittleEndian.PutUint32(h[at:], v)
			binary.LittleEndian.PutUint32(h[16:], 0)
			binary.LittleEndian.PutUint32(h[16:], crc32.ChecksumIEEE(h[:92]))
		}
		if _, err := open(t, d); err == nil {
			t.Errorf("opened with %d at %d of the header", v, at)
		}
	}
}

// TestImage opens disks as a whole: partitions under their names, the second of
// two with one name under another, a boot loader in front of them, and a disk in
// the middle of something.
func TestImage(t *testing.T) {
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))
	d := build(512, 64, line{"root", 16, 31}, line{"root", 32, 47}, line{"..", 48, 49})
	copy(d[16*512:], root)
	copy(d[32*512:], root)
	copy(d[4*512:], firmwaretest.Kernel("", 6*512))
	front := firmwaretest.Kernel("", 777)
	img := reference.Open(t, slices.Concat(front, d, front))
	for _, path := range []string{"gpt!root!squashfs!etc/hostname", "gpt!root@2!squashfs!etc/hostname", "gpt!range-0x00000600"} {
		reference.Find(t, img, path)
	}
	at := slices.IndexFunc(img.Containers, func(k *firmware.Container) bool { return k.Type == "gpt" })
	if k := img.Containers[at]; k.Offset != 777 || k.Length != 64*512 {
		t.Errorf("%s at %d, %d bytes", k.Path, k.Offset, k.Length)
	}
	clear(d[512:1024])
	reference.Find(t, reference.Open(t, d), "gpt!root!squashfs!etc/hostname")
	for _, c := range []byte{0, 0xff} { // all that stands in front of the partitions
		copy(d[:6*512], bytes.Repeat([]byte{c}, 6*512))
		reference.Find(t, reference.Open(t, d), "gpt!root!squashfs!etc/hostname")
	}
	copy(d[:6*512], make([]byte, 6*512))
	d[len(d)-480]++
	if img := reference.Open(t, d); slices.ContainsFunc(img.Containers, func(k *firmware.Container) bool { return k.Type == "gpt" }) {
		t.Error("a copy whose checksum differs is taken for a table")
	}
}

// TestTools has sgdisk, parted and fdisk make disks, and sfdisk say what is on
// them.
func TestTools(t *testing.T) {
	sfdisk := reference.Need(t, "sfdisk")
	for name, c := range map[string]struct {
		command string
		sector  int64
	}{
		"sgdisk":      {"sgdisk -a 8 -n 1:64:+100 -c 1:boot -t 1:ef00 -n 3:200:+1000 -c '3:root fs' -n 128:4000:0 -c 128:ünï img", 512},
		"sgdisk few":  {"sgdisk -S 8 -a 1 -n 2:40:50 -c 2:u-boot img", 512},
		"parted":      {"parted -s img mklabel gpt mkpart one 1MiB 3MiB mkpart two ext4 3MiB 7MiB", 512},
		"fdisk 4096":  {"printf 'g\\nn\\n1\\n\\n+1M\\nn\\n2\\n\\n\\nw\\n' | fdisk -b 4096 img", 4096},
		"fdisk 512":   {"printf 'g\\nn\\n1\\n\\n+1M\\nn\\n5\\n\\n\\nw\\n' | fdisk -b 512 img", 512},
		"sgdisk loss": {"sgdisk -a 8 -n 1:64:+100 -c 1:boot img && dd if=/dev/zero of=img bs=512 seek=1 count=3 conv=notrunc", 512},
	} {
		t.Run(name, func(t *testing.T) {
			if words := strings.Fields(c.command); words[0] != "printf" {
				reference.Need(t, words[0])
			} else {
				reference.Need(t, "fdisk")
			}
			work := t.TempDir()
			img := filepath.Join(work, "img")
			if err := os.WriteFile(img, make([]byte, 8<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			reference.Run(t, work, "sh", "-c", c.command)
			data, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			o, err := open(t, data)
			if err != nil {
				t.Fatal(err)
			}
			if o.Length != int64(len(data)) || o.Attributes["sector-size"] != fmt.Sprint(c.sector) || (len(o.Damage) > 0) != strings.Contains(name, "loss") {
				t.Errorf("length %d, %v, damage %v", o.Length, o.Attributes, o.Damage)
			}
			if c.sector != 512 {
				if len(sectors(o, c.sector)) != 2 {
					t.Errorf("partitions %q", sectors(o, c.sector))
				}
				return // sfdisk would read it with sectors of 512 bytes
			}
			if got, want := sectors(o, 512), listed(t, sfdisk, img); !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("partitions %q, sfdisk says %q", got, want)
			}
		})
	}
}

func listed(t *testing.T, sfdisk, img string) []string {
	t.Helper()
	var said struct {
		PartitionTable struct {
			Partitions []struct {
				Node, Name  string
				Start, Size int64
			}
		}
	}
	out := reference.Run(t, ".", sfdisk, "-J", img)
	if err := json.Unmarshal(out[strings.IndexByte(string(out), '{'):], &said); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	var want []string
	for _, p := range said.PartitionTable.Partitions {
		name := p.Name
		if name == "" {
			name = "partition-" + strings.TrimPrefix(p.Node, img)
		}
		want = append(want, fmt.Sprintf("%s %d+%d", name, p.Start, p.Size))
	}
	return want
}

func TestMutated(t *testing.T) { formattest.Mutate(t, gpt.Format, disk(512), disk(4096)) }

func FuzzGPT(f *testing.F) { formattest.Fuzz(f, gpt.Format, disk(512), disk(4096)) }

// FuzzTable repairs the checksums of what the fuzzer made, so that it comes to
// what lies behind them.
func FuzzTable(f *testing.F) {
	d := disk(512)
	f.Add(d[512:604], d[1024:1536], uint16(64))
	f.Fuzz(func(t *testing.T, head, entries []byte, sectors uint16) {
		if len(head) != 92 || len(entries) > 4096 {
			return
		}
		d := make([]byte, 16384+512*int(sectors))
		copy(d[512:], head)
		copy(d[512:], "EFI PART")
		copy(d[1024:], entries)
		h, le := d[512:604], binary.LittleEndian
		le.PutUint32(h[12:], 92)
		le.PutUint64(h[24:], 1)
		le.PutUint64(h[72:], 2)
		if n := uint64(le.Uint32(h[80:])) * uint64(le.Uint32(h[84:])); n < uint64(len(d)-1024) {
			le.PutUint32(h[88:], crc32.ChecksumIEEE(d[1024:1024+n]))
		}
		le.PutUint32(h[16:], 0)
		le.PutUint32(h[16:], crc32.ChecksumIEEE(h))
		formattest.Try(t, gpt.Format, d)
	})
}

func FuzzByBackup(f *testing.F) {
	d := disk(512)
	clear(d[512:1024])
	formattest.Fuzz(f, gpt.ByBackup, d)
}

func FuzzAtEnd(f *testing.F) {
	d := disk(512)
	clear(d[:6*512])
	formattest.Fuzz(f, gpt.AtEnd, d)
}
