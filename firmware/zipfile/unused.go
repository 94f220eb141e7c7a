package zipfile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// APPNOTE.TXT 6.3.10: what stands around the data of a member. A header has a name
// and an extra field; a descriptor repeats the sizes, in 32 or 64 bits and with or
// without a magic.
const (
	descriptorMagic = "PK\x07\x08"
	maxHeader       = headerSize + 2*0xffff
)

// unused lists the runs in front of the directory that belong to no member.
func (a *archive) unused(in format.Input, directory int64) []format.Span {
	type data struct {
		*zip.File
		at int64
	}
	var members []data
	for _, f := range a.files {
		if at, err := a.dataOffset(f); err == nil {
			members = append(members, data{f, at})
		}
	}
	slices.SortStableFunc(members, func(a, b data) int { return cmp.Compare(a.at, b.at) })
	own := []format.Span{{Offset: directory, Length: in.Size - directory}}
	end := int64(0) // of the members before
	for _, m := range members {
		from := header(in, end, m.at)
		own = append(own, format.Span{Offset: from, Length: m.at - from})
		packed := int64(min(m.CompressedSize64, uint64(in.Size-m.at)))
		own = append(own, format.Span{Offset: m.at, Length: packed})
		if end = max(end, m.at+packed); m.Flags&later != 0 {
			own = append(own, descriptor(in, m.File, m.at+packed))
		}
	}
	signing := signingBlock(in, end, directory)
	a.pairs = unknownPairs(in, signing, directory)
	own = append(own, format.Span{Offset: signing, Length: directory - signing})
	return format.Gaps(in.Size, own)
}

// header is where the header begins that ends where the data of a member begin,
// at the earliest at from.
func header(in format.Input, from, data int64) int64 {
	from = max(from, data-maxHeader)
	b := in.Peek(from, int(max(data-from, 0)))
	for i := len(b); i >= 0; {
		if i = bytes.LastIndex(b[:i], []byte(localMagic)); i < 0 {
			break
		}
		h := b[i:]
		if len(h) >= headerSize && headerSize+int(binary.LittleEndian.Uint16(h[26:]))+int(binary.LittleEndian.Uint16(h[28:])) == len(h) {
			return from + int64(i)
		}
	}
	return data
}

// descriptor is what stands behind the data of a member that has a descriptor:
// the checksum and the two sizes again.
func descriptor(in format.Input, f *zip.File, at int64) format.Span {
	b := in.Peek(at, 24)
	head := 4 // the checksum
	if bytes.HasPrefix(b, []byte(descriptorMagic)) {
		head += len(descriptorMagic)
	}
	sizes := binary.LittleEndian.AppendUint64(nil, f.CompressedSize64)
	sizes = binary.LittleEndian.AppendUint64(sizes, f.UncompressedSize64)
	if len(b) > head && !bytes.HasPrefix(b[head:], sizes) {
		sizes = append(sizes[:4:4], sizes[8:12]...)
	}
	if len(b) < head || !bytes.HasPrefix(b[head:], sizes) {
		return format.Span{}
	}
	return format.Span{Offset: at, Length: int64(head + len(sizes))}
}
