// Package uimage reads the legacy image of U-Boot: a header of 64 bytes in front
// of a kernel, a ramdisk, several of them, or something else.
//
// The layout is that of include/image.h in U-Boot, all numbers big endian. The
// header's checksum must hold. If the data's checksum does not (a damaged image,
// or one that a flash file system has cut into pieces) the header stands alone,
// and what follows it is for others to recognise.
package uimage

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the legacy U-Boot image.
var Format = &format.Format{
	Name:     "uimage",
	Magics:   []format.Magic{{Offset: 0, Bytes: "\x27\x05\x19\x56"}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	headerSize = 64
	maxParts   = 64 // of a multi-file image
)

// header is the header as it stands in the image.
type header struct {
	Magic, HeaderCRC, Time, Size, Load, Entry, DataCRC uint32
	OS, Arch, Type, Compression                        uint8
	Name                                               [32]byte
}

var (
	compressions  = [...]string{"none", "gzip", "bzip2", "lzma", "lzo", "lz4", "zstd"}
	types         = [...]string{1: "standalone", 2: "kernel", 3: "ramdisk", 4: "multi", 5: "firmware", 6: "script", 7: "filesystem", 8: "flat_dt", 14: "kernel_noload"}
	systems       = [...]string{1: "openbsd", 2: "netbsd", 3: "freebsd", 4: "4_4bsd", 5: "linux", 14: "vxworks", 16: "qnx", 17: "u-boot", 18: "rtems"}
	architectures = [...]string{1: "alpha", 2: "arm", 3: "x86", 4: "ia64", 5: "mips", 6: "mips64", 7: "powerpc", 8: "s390", 9: "sh", 10: "sparc", 11: "sparc64", 12: "m68k", 14: "microblaze", 15: "nios2", 16: "blackfin", 17: "avr32", 22: "arm64", 23: "arc", 24: "x86_64", 25: "xtensa", 26: "riscv"}
)

func name(names []string, n uint8) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return strconv.Itoa(int(n))
}

func probe(in format.Input) format.Likeness {
	if _, ok := read(in); ok {
		return format.Sure
	}
	return format.No
}

func read(in format.Input) (h header, ok bool) {
	raw := bytes.Clone(in.Head(headerSize))
	if len(raw) < headerSize {
		return h, false
	}
	if _, err := binary.Decode(raw, binary.BigEndian, &h); err != nil {
		return h, false
	}
	clear(raw[4:8])
	return h, crc32.ChecksumIEEE(raw) == h.HeaderCRC && h.Size > 0
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := read(in)
	if !ok {
		return nil, format.Errorf(4, "header checksum differs")
	}
	o := &format.Opened{Length: headerSize, Attributes: map[string]string{
		"name":         string(bytes.TrimRight(h.Name[:], "\x00")),
		"type":         name(types[:], h.Type),
		"os":           name(systems[:], h.OS),
		"architecture": name(architectures[:], h.Arch),
		"compression":  name(compressions[:], h.Compression),
		"created":      time.Unix(int64(h.Time), 0).UTC().Format(time.RFC3339),
		"load":         fmt.Sprintf("0x%08x", h.Load),
		"entry":        fmt.Sprintf("0x%08x", h.Entry),
	}}
	if int64(h.Size) > in.Size-headerSize {
		o.Damage = []format.Damage{{Offset: headerSize, Length: int64(h.Size), Reason: fmt.Sprintf("data of %d bytes, but only %d follow the header", h.Size, in.Size-headerSize)}}
		return o, nil
	}
	if err := checkData(ctx, in, h); err != nil {
		o.Damage = []format.Damage{{Offset: headerSize, Length: int64(h.Size), Reason: err.Error()}}
		return o, nil
	}
	o.Length = headerSize + int64(h.Size)
	o.Parts = parts(in, h)
	return o, nil
}

func checkData(ctx context.Context, in format.Input, h header) error {
	sum := crc32.NewIEEE()
	buf := make([]byte, 64<<10)
	for off, end := int64(headerSize), headerSize+int64(h.Size); off < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), end-off)], off)
		if n == 0 {
			return format.Errorf(off, "read: %w", err)
		}
		_, _ = sum.Write(buf[:n])
		off += int64(n)
	}
	if sum.Sum32() != h.DataCRC {
		return fmt.Errorf("data checksum differs: the data are damaged or not in one piece")
	}
	return nil
}

func parts(in format.Input, h header) []format.Part {
	whole := format.Part{Offset: headerSize, Length: int64(h.Size), Hint: name(compressions[:], h.Compression)}
	switch h.Type {
	case 2, 14:
		whole.Role = format.Code
	case 4:
		if several := multi(in.Section(headerSize, int64(h.Size)), whole); several != nil {
			return several
		}
	}
	return []format.Part{whole}
}

// multi reads the table of sizes of a multi-file image; every file but the last
// is padded to four bytes. What stands behind the last is a part without a name. It
// gives nothing if the table does not fit.
func multi(in format.Input, whole format.Part) []format.Part {
	var parts []format.Part
	table := in.Head(4 * (maxParts + 1))
	var sizes []int64
	for {
		if len(table) < 4 || len(sizes) > maxParts {
			return nil
		}
		size := binary.BigEndian.Uint32(table)
		table = table[4:]
		if size == 0 {
			break
		}
		sizes = append(sizes, int64(size))
	}
	at := int64(len(sizes)+1) * 4
	own := []format.Span{{Length: headerSize + at}}
	for i, size := range sizes {
		if size > in.Size-at {
			return nil
		}
		p := format.Part{Name: "image-" + strconv.Itoa(i), Offset: headerSize + at, Length: size, Hint: whole.Hint}
		if i == 0 {
			p.Role = format.Code
		}
		parts = append(parts, p)
		at = min(at+(size+3)&^3, in.Size)
		own = append(own, format.Span{Offset: p.Offset + size, Length: headerSize + at - p.Offset - size})
	}
	if parts == nil {
		return nil
	}
	return format.WithGaps(headerSize+in.Size, parts, own...)
}
