// Package nand reads dumps of NAND flash as a programmer makes them: behind each page
// stand its spare bytes, in which drivers keep parity and marks of bad blocks.
//
// Nothing says how large the pages are. The geometry is the one in which what lies on the
// flash makes sense across many pages: in UBI (ubi-media.h of the Linux kernel) the headers
// of several eraseblocks, in squashfs 4 the chain of its tables. Where that does without
// spare bytes, it is no dump. The pages without them are one part; the spare bytes are given
// back as unread. YAFFS, whose tags they hold, has a reader of its own.
//
// Bits that flipped are not put right: whose parity the spare bytes hold, and how, is the
// driver's affair. The tests interleave images of Debian's tools.
package nand

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	ubiMagic      = "UBI#\x01\x00\x00\x00"
	vidMagic      = "UBI!\x01"
	squashfsMagic = "hsqs"
)

// Format is a dump that begins with UBI or squashfs; Whole one in which other pages stand
// in front of it, as those of a boot loader.
var (
	Format = &format.Format{
		Name:     "nand",
		Magics:   []format.Magic{{Bytes: ubiMagic}, {Bytes: squashfsMagic}},
		Anywhere: true,
		Probe:    probe,
		Open:     open,
	}
	Whole = &format.Format{
		Name:     "nand",
		Magics:   Format.Magics,
		Anywhere: true,
		Start:    start,
		Probe:    probeWhole,
		Open:     openWhole,
	}
)

// geometry is the bytes of a page and of what stands behind it.
type geometry struct{ page, spare int64 }

// geometries are those of usual chips, larger pages first: a page of 512 bytes and four of
// them share some places.
var geometries = []geometry{
	{8192, 256}, {8192, 448}, {8192, 640}, {4096, 128}, {4096, 224}, {4096, 256}, {2048, 64}, {2048, 112}, {2048, 128}, {512, 16},
}

func (g geometry) stride() int64 { return g.page + g.spare }

// pages are the bytes of an input without the spare ones.
type pages struct {
	format.Input
	geometry
}

func (g geometry) of(in format.Input) format.Input {
	n := in.Size / g.stride()
	return format.Input{ReaderAt: &pages{in, g}, Size: n * g.page}
}

// ReadAt reads across pages.
func (p *pages) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		at := off + int64(n)
		if at < 0 || at >= p.Size/p.stride()*p.page {
			return n, io.EOF
		}
		step := b[n:][:min(int64(len(b)-n), p.page-at%p.page)]
		if err := p.Full(step, at/p.page*p.stride()+at%p.page); err != nil {
			return n, err
		}
		n += len(step)
	}
	return n, nil
}

// places is the run of the dump in which a run of the pages stands: the spare bytes between
// them count as they do.
func (g geometry) places(off, length int64) []format.Span {
	if length <= 0 {
		return nil
	}
	last := off + length - 1
	from := off/g.page*g.stride() + off%g.page
	return []format.Span{{Offset: from, Length: last/g.page*g.stride() + last%g.page + 1 - from}}
}

// detect finds the geometry in which what an input begins with makes sense.
func detect(in format.Input) (geometry, bool) {
	fits := fitsUBI
	if string(in.Head(len(squashfsMagic))) == squashfsMagic {
		fits = fitsSquashfs
	}
	if fits(in, 0) {
		return geometry{}, false // it has no spare bytes
	}
	var best geometry
	most := -1
	for _, g := range geometries {
		if in.Size >= 2*g.stride() && fits(g.of(in), g.page) {
			if n := g.good(in); n > most {
				best, most = g, n
			}
		}
	}
	return best, most >= 0
}

// sample is in how many pages a mark is looked for.
const sample = 256

// good counts the pages, of some that are spread over a dump, whose spare bytes begin with
// the ones of a block that is not bad; in pages of 512 bytes they are the sixth. Where a
// short table lies in one page, half and double the size can fit, too.
func (g geometry) good(in format.Input) (n int) {
	pages := in.Size / g.stride()
	mark, at := "\xff\xff", int64(0)
	if g.page == 512 {
		mark, at = "\xff", 5
	}
	for i := range int64(sample) {
		if string(in.Peek(i*pages/sample*g.stride()+g.page+at, len(mark))) == mark {
			n++
		}
	}
	return n
}

const (
	minBlock, maxBlock = 8 << 10, 8 << 20 // bytes of an eraseblock
	headerSize         = 64
	// maxBlocks is in how many eraseblocks a volume's header is looked for.
	maxBlocks = 64
)

// sealed reports whether a header of UBI has its checksum.
func sealed(b []byte, magic string) bool {
	return len(b) == headerSize && string(b[:len(magic)]) == magic && binary.BigEndian.Uint32(b[60:]) == ^crc32.ChecksumIEEE(b[:60])
}

// fitsUBI wants the headers of a second eraseblock where it should be, with the same
// places, and that of a volume in one of the first. UBI's data begin with a page.
func fitsUBI(in format.Input, page int64) bool {
	first := in.Peek(0, headerSize)
	if !sealed(first, ubiMagic) {
		return false
	}
	vid, data := int64(binary.BigEndian.Uint32(first[16:])), int64(binary.BigEndian.Uint32(first[20:]))
	if page > 0 && (data == 0 || data%page != 0) {
		return false
	}
	for size := int64(minBlock); size <= maxBlock; size *= 2 {
		others, volume := 0, false
		for n := range int64(maxBlocks) {
			if n*size >= in.Size || n == 2 && others == 0 || others > 0 && volume {
				break
			}
			if h := in.Peek(n*size, headerSize); n > 0 && sealed(h, ubiMagic) && string(h[16:24]) == string(first[16:24]) {
				others++
			}
			volume = volume || sealed(in.Peek(n*size+vid, headerSize), vidMagic)
		}
		if others > 0 && volume {
			return true
		}
	}
	return false
}

// maxMeta bounds how many blocks of a table of squashfs are followed.
const maxMeta = 1 << 14

// fitsSquashfs wants the blocks of the table of inodes to end where the next table begins,
// and the one block of owners where the pointer to it stands.
func fitsSquashfs(in format.Input, page int64) bool {
	h := in.Peek(0, 96)
	le := binary.LittleEndian
	if len(h) < 96 || string(h[:4]) != squashfsMagic || le.Uint16(h[28:]) != 4 {
		return false
	}
	used, ids, inodes, folders := le.Uint64(h[40:]), le.Uint64(h[48:]), le.Uint64(h[64:]), le.Uint64(h[72:])
	if used > uint64(in.Size) || ids >= used || inodes >= folders || folders >= ids || int64(ids) < page {
		return false
	}
	at := int64(inodes)
	for range maxMeta {
		if at = nextMeta(in, at); at == int64(folders) {
			break
		} else if at < 0 || at > int64(folders) {
			return false
		}
	}
	pointer := in.Peek(int64(ids), 8)
	if at != int64(folders) || len(pointer) < 8 {
		return false
	}
	block := le.Uint64(pointer)
	return block > inodes && block < ids && (le.Uint16(h[26:]) > 2048 || nextMeta(in, int64(block)) == int64(ids))
}

// nextMeta is where the next block of metadata begins; negative if none is here.
func nextMeta(in format.Input, at int64) int64 {
	h := in.Peek(at, 2)
	if len(h) < 2 {
		return -1
	}
	n := int64(binary.LittleEndian.Uint16(h) &^ 0x8000)
	if n == 0 || n > 8192 {
		return -1
	}
	return at + 2 + n
}

func probe(in format.Input) format.Likeness {
	if _, ok := detect(in); ok {
		return format.Sure
	}
	return format.No
}

// start is the first byte, if the pages in front of what was found fit, and the input ends
// with a page.
func start(in format.Input, at int64) int64 {
	g, ok := detect(in.Section(at, in.Size-at))
	if !ok || at == 0 || at%g.stride() != 0 || in.Size%g.stride() != 0 {
		return -1
	}
	return 0
}

// find looks for the first page of what is known.
func find(in format.Input) (geometry, bool) {
	for _, g := range geometries {
		if in.Size%g.stride() != 0 {
			continue
		}
		for at := int64(0); at < in.Size; at += g.stride() {
			h := string(in.Peek(at, len(ubiMagic)))
			if h != ubiMagic && (len(h) < len(squashfsMagic) || h[:len(squashfsMagic)] != squashfsMagic) {
				continue
			}
			if got, ok := detect(in.Section(at, in.Size-at)); ok && got == g {
				return g, true
			}
		}
	}
	return geometry{}, false
}

func probeWhole(in format.Input) format.Likeness {
	if _, ok := find(in); ok {
		return format.Sure
	}
	return format.No
}

func open(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	g, ok := detect(in)
	if !ok {
		return nil, format.Errorf(0, "no geometry of pages and spare bytes makes sense")
	}
	return g.open(in), nil
}

func openWhole(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	g, ok := find(in)
	if !ok {
		return nil, format.Errorf(0, "no geometry of pages and spare bytes makes sense")
	}
	return g.open(in), nil
}

// open gives the pages as one part.
func (g geometry) open(in format.Input) *format.Opened {
	n := in.Size / g.stride()
	spare := make([]format.Span, n)
	for i := range spare {
		spare[i] = format.Span{Offset: int64(i)*g.stride() + g.page, Length: g.spare}
	}
	return &format.Opened{
		Length: n * g.stride(),
		Attributes: map[string]string{
			"page": strconv.FormatInt(g.page, 10), "spare": strconv.FormatInt(g.spare, 10),
			"out-of-band": strconv.FormatInt(n*g.spare, 10) + " bytes",
		},
		Parts:  []format.Part{{Bytes: g.of(in.Section(0, n*g.stride())), Places: g.places}},
		Unread: spare,
	}
}
