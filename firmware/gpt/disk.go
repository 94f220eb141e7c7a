package gpt

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/assay-iot/assay/firmware/format"
)

// guid is a GUID as it stands on the disk: its first three groups are little
// endian.
type guid [16]byte

func (g guid) String() string {
	b := g
	for _, group := range [][]byte{b[:4], b[4:6], b[6:8]} {
		for i, j := 0, len(group)-1; i < j; i, j = i+1, j-1 {
			group[i], group[j] = group[j], group[i]
		}
	}
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// kinds are the types that devices have, from the specifications of UEFI and of
// discoverable partitions.
var kinds = map[string]string{
	"c12a7328-f81f-11d2-ba4b-00a0c93ec93b": "EFI system",
	"21686148-6449-6e6f-744e-656564454649": "BIOS boot",
	"0fc63daf-8483-4772-8e79-3d69d8477de4": "Linux file system",
	"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f": "Linux swap",
	"e6d6d379-f507-44c2-a23c-238f2a3df928": "Linux LVM",
	"ebd0a0a2-b9e5-4433-87c0-68b6b72699c7": "basic data",
	"3de21764-95bd-54bd-a5c3-4abe786f38a8": "U-Boot environment",
	"fe3a2a5d-4f32-41a7-b725-accc3285a309": "ChromeOS kernel",
	"b921b045-1df0-41c3-af44-4c6f280d3fae": "Linux root (ARM64)",
	"69dad710-2ce4-4e3c-b16c-21a1d49abed3": "Linux root (ARM)",
	"4f68bce3-e8cd-4db1-96e7-fbcaf984b709": "Linux root (x86-64)",
}

// disk turns the entries into parts.
func (t *table) disk(ctx context.Context) (*format.Opened, error) {
	o := &format.Opened{Attributes: map[string]string{
		"disk": t.header.Disk.String(), "sector-size": strconv.FormatInt(t.sector, 10),
	}}
	// The disk ends with the later of the two headers.
	o.Length = min(int64(max(t.header.Self, t.header.Other, t.header.LastUsable)+1)*t.sector, t.in.Size)
	size := int(t.header.EntrySize)
	for i := range int(t.header.Count) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if e := t.array[i*size : (i+1)*size]; guid(e) != (guid{}) {
			t.partition(o, i+1, e)
		}
	}
	t.own = append(t.own, format.Span{Offset: 0, Length: min(512, t.sector)})
	o.Parts = format.WithGaps(o.Length, o.Parts, t.own...)
	o.Damage = t.damage
	o.Unread = append(t.unread, format.Span{Length: bootCode})
	return o, nil
}

// bootCode is the length of the code in the first sector, of which the table says
// nothing; UEFI 2.10, 5.2.3.
const bootCode = 440

// partition adds the partition of an entry, as far as it is there.
func (t *table) partition(o *format.Opened, number int, e []byte) {
	first, last := binary.LittleEndian.Uint64(e[32:]), binary.LittleEndian.Uint64(e[40:])
	label := name(e[56:128])
	kind := guid(e).String()
	key := "partition-" + strconv.Itoa(number)
	o.Attributes[key] = fmt.Sprintf("%q, type %s, sectors %d to %d", label, cmp.Or(kinds[kind], kind), first, last)
	if first > last || last > maxSector || first < 2 {
		t.note(0, 0, "%s lies from sector %d to %d", key, first, last)
		return
	}
	start, end := int64(first)*t.sector, int64(last+1)*t.sector
	if end > o.Length {
		t.note(o.Length, end-max(start, o.Length), "%s ends at 0x%x, the image before that", key, end)
		end = o.Length
	}
	if start < end {
		o.Parts = append(o.Parts, format.Part{Name: cmp.Or(label, key), Offset: start, Length: end - start})
	}
}

// name reads a name in UTF-16.
func name(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 1; b = b[2:] {
		u := binary.LittleEndian.Uint16(b)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return strings.TrimSpace(strings.Map(plain, string(utf16.Decode(units))))
}

// plain keeps what can stand in a name of one path element.
func plain(r rune) rune {
	if r < ' ' || r == '/' || r == '\\' || r == '!' || r == 0x7f {
		return '_'
	}
	return r
}
