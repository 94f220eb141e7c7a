package android

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sort"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Sparse is the sparse image: a partition without its empty blocks.
var Sparse = &format.Format{
	Name:     "android-sparse",
	Magics:   []format.Magic{{Bytes: sparseMagic + "\x01\x00"}},
	Anywhere: true,
	Probe:    probeSparse,
	Open:     openSparse,
}

const (
	sparseMagic = "\x3a\xff\x26\xed"

	sparseHeader = 28
	chunkHeader  = 12
	maxHeader    = 4096 // what a later version may make of either
	minBlock     = 512
	maxBlock     = 16 << 20
	maxChunks    = 1 << 20
	maxSparse    = 1 << 40 // bytes of the partition

	chunkRaw      = 0xcac1
	chunkFill     = 0xcac2
	chunkDontCare = 0xcac3
	chunkCRC      = 0xcac4
)

// sparse is the header of a sparse image.
type sparse struct {
	header, chunkHeader, block int64
	blocks, chunks             int64
	checksum                   uint32 // of everything, 0 if there is none
}

func readSparse(in format.Input) (h sparse, ok bool) {
	b := in.Head(sparseHeader)
	if len(b) < sparseHeader || string(b[:4]) != sparseMagic {
		return h, false
	}
	u := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	h = sparse{
		header: int64(binary.LittleEndian.Uint16(b[8:])), chunkHeader: int64(binary.LittleEndian.Uint16(b[10:])),
		block: u(12), blocks: u(16), chunks: u(20), checksum: uint32(u(24)),
	}
	ok = b[4] == 1 && b[5] == 0 && h.header >= sparseHeader && h.header <= maxHeader &&
		h.chunkHeader >= chunkHeader && h.chunkHeader <= maxHeader &&
		h.block >= minBlock && h.block <= maxBlock && h.block%4 == 0 && h.blocks > 0 && h.chunks > 0
	return h, ok
}

func probeSparse(in format.Input) format.Likeness {
	if _, ok := readSparse(in); !ok {
		return format.No
	}
	return format.Sure
}

// chunk is a run of the partition.
type chunk struct {
	start  int64 // in the partition
	source int64 // of its bytes in the input; -1 if they repeat fill
	fill   [4]byte
}

// partition is what a sparse image stands for.
type partition struct {
	in     format.Input
	chunks []chunk // in order, without a gap
	size   int64
}

// check is a checksum of the partition's first bytes.
type check struct {
	upTo int64
	want uint32
	at   int64 // in the input
}

func openSparse(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readSparse(in)
	if !ok {
		return nil, format.Errorf(0, "no sparse image")
	}
	r := &sparseReader{sparse: h, p: &partition{in: in}, opened: &format.Opened{Unread: []format.Span{{Offset: sparseHeader, Length: h.header - sparseHeader}}, Attributes: map[string]string{
		"block-size": strconv.FormatInt(h.block, 10), "size": strconv.FormatInt(h.block*h.blocks, 10),
	}}}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	if h.checksum != 0 {
		r.checks = append(r.checks, check{r.p.size, h.checksum, 24})
	}
	if err := r.verify(ctx); err != nil {
		return nil, err
	}
	r.opened.Parts = []format.Part{{Role: format.Data, Bytes: format.Input{ReaderAt: r.p, Size: r.p.size}, Places: r.p.places}}
	return r.opened, nil
}

type sparseReader struct {
	sparse
	p      *partition
	opened *format.Opened
	checks []check
}

// read reads the headers of all chunks. Where they stop making sense the
// partition ends.
func (r *sparseReader) read(ctx context.Context) error {
	at := r.header
	for i := range r.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		length, err := r.chunk(i, at)
		if err != nil {
			r.damage(at, r.p.in.Size-at, "%v", err)
			break
		}
		at += length
	}
	if r.p.size == 0 {
		return format.Errorf(r.header, "no chunk can be read")
	}
	r.opened.Length = min(at, r.p.in.Size)
	if r.p.size != r.blocks*r.block {
		r.damage(16, 4, "%d of %d bytes of the partition are there", r.p.size, r.blocks*r.block)
	}
	return nil
}

// chunk reads the header of a chunk and gives the length of it and its data.
func (r *sparseReader) chunk(i, at int64) (int64, error) {
	b, err := r.p.in.Bytes(at, r.chunkHeader)
	if err != nil {
		return 0, err
	}
	kind := binary.LittleEndian.Uint16(b)
	size, total := int64(binary.LittleEndian.Uint32(b[4:]))*r.block, int64(binary.LittleEndian.Uint32(b[8:]))
	data := map[uint16]int64{chunkRaw: size, chunkFill: 4, chunkDontCare: 0, chunkCRC: 4}
	length, known := data[kind]
	switch {
	case !known:
		return 0, format.Errorf(at, "chunk of type 0x%04x", kind)
	case total != r.chunkHeader+length:
		return 0, format.Errorf(at, "chunk of type 0x%04x with %d bytes, should be %d", kind, total, r.chunkHeader+length)
	case i >= maxChunks || r.p.size+size > maxSparse || r.p.size+size > r.blocks*r.block:
		return 0, format.Errorf(at, "too many chunks, or more than the %d bytes of the partition", r.blocks*r.block)
	}
	if more := r.chunkHeader - chunkHeader; more > 0 {
		r.opened.Unread = append(r.opened.Unread, format.Span{Offset: at + chunkHeader, Length: more})
	}
	at += r.chunkHeader
	switch kind {
	case chunkRaw:
		if length > r.p.in.Size-at {
			r.p.add(chunk{source: at}, (r.p.in.Size-at)/r.block*r.block)
			return 0, format.Errorf(at, "chunk of %d bytes, %d are there", length, r.p.in.Size-at)
		}
		r.p.add(chunk{source: at}, size)
	case chunkDontCare:
		r.p.add(chunk{source: -1}, size)
	default:
		b, err := r.p.in.Bytes(at, length)
		if err != nil {
			return 0, err
		}
		if kind == chunkCRC {
			r.checks = append(r.checks, check{r.p.size, binary.LittleEndian.Uint32(b), at})
			break
		}
		r.p.add(chunk{source: -1, fill: [4]byte(b)}, size)
	}
	return total, nil
}

func (r *sparseReader) damage(off, length int64, f string, args ...any) {
	r.opened.Damage = append(r.opened.Damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(f, args...)})
}

// verify compares the checksums, all in one pass. Each is about whole chunks.
func (r *sparseReader) verify(ctx context.Context) error {
	sum, next := uint32(0), 0
	for _, c := range r.checks {
		for ; next < len(r.p.chunks) && r.p.chunks[next].start < c.upTo; next++ {
			var err error
			if sum, err = r.p.checksum(ctx, sum, next); err != nil {
				return err
			}
		}
		if sum != c.want {
			r.damage(c.at, 4, "the checksum of the first 0x%x bytes of the partition is %08x, not %08x", c.upTo, sum, c.want)
		}
	}
	if len(r.checks) > 0 {
		r.opened.Attributes["checksums"] = strconv.Itoa(len(r.checks))
	}
	return nil
}

// checksum goes on from sum over one chunk.
func (p *partition) checksum(ctx context.Context, sum uint32, i int) (uint32, error) {
	c := &p.chunks[i]
	end := p.size
	if i+1 < len(p.chunks) {
		end = p.chunks[i+1].start
	}
	if c.source < 0 {
		return join(sum, repeated(c.fill[:], end-c.start), end-c.start), nil
	}
	buf := make([]byte, 256<<10)
	for at := c.start; at < end; at += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		part := buf[:min(int64(len(buf)), end-at)]
		if err := p.piece(c, part, at-c.start); err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, part)
	}
	return sum, nil
}

// add appends a run.
func (p *partition) add(c chunk, size int64) {
	if size == 0 {
		return
	}
	c.start = p.size
	p.chunks = append(p.chunks, c)
	p.size += size
}

// ReadAt reads from the partition.
func (p *partition) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 || off >= p.size {
		return 0, io.EOF
	}
	n := 0
	for i := p.at(off); n < len(b) && i < len(p.chunks); i++ {
		c := &p.chunks[i]
		part := b[n:min(int64(len(b)), int64(n)+p.end(i)-off)]
		if err := p.piece(c, part, off-c.start); err != nil {
			return n, err
		}
		n += len(part)
		off += int64(len(part))
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// at is the chunk that has a byte, end where a chunk ends.
func (p *partition) at(off int64) int {
	return sort.Search(len(p.chunks), func(i int) bool { return p.chunks[i].start > off }) - 1
}

func (p *partition) end(i int) int64 {
	if i+1 < len(p.chunks) {
		return p.chunks[i+1].start
	}
	return p.size
}

// Zeros is for how many bytes from a place on there are chunks of zeros.
func (p *partition) Zeros(off int64) int64 {
	if off < 0 || off >= p.size {
		return 0
	}
	end := off
	for i := p.at(off); i < len(p.chunks) && p.chunks[i].source < 0 && p.chunks[i].fill == [4]byte{}; i++ {
		end = p.end(i)
	}
	return end - off
}

// places are the chunks that bytes of the partition come from, without those
// that only repeat a word.
func (p *partition) places(off, length int64) (places []format.Span) {
	for i := p.at(off); i < len(p.chunks) && p.chunks[i].start < off+length; i++ {
		c := p.chunks[i]
		from, to := max(off, c.start), min(off+length, p.end(i))
		if c.source >= 0 {
			places = append(places, format.Span{Offset: c.source + from - c.start, Length: to - from})
		}
	}
	return places
}

// piece reads from one chunk.
func (p *partition) piece(c *chunk, b []byte, off int64) error {
	switch {
	case c.source >= 0:
		return p.in.Full(b, c.source+off)
	case c.fill == [4]byte{}:
		clear(b)
	default:
		pattern := slices.Repeat(c.fill[:], 1+(len(b)+3)/4)
		copy(b, pattern[off%4:])
	}
	return nil
}
