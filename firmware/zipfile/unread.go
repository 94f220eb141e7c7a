package zipfile

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// A record of the directory; APPNOTE.TXT 6.3.10, 4.3.12. Name, extra field and comment
// follow it.
const (
	recordMagic = "PK\x01\x02"
	recordSize  = 46
)

// short is the length up to which a piece of an extra field holds times, owners or
// sizes, and no content.
const short = 36

// unread lists what may hold anything and nobody reads: comments, and pieces of extra
// fields that are longer than those with a meaning.
// The name of a commit in the comment of all is an attribute.
func (a *archive) unread(in format.Input, directory, end int64, comment string) []format.Span {
	le := binary.LittleEndian
	var out []format.Span
	at := directory
	for {
		h := in.Peek(at, recordSize)
		if len(h) < recordSize || string(h[:4]) != recordMagic {
			break
		}
		extra, comment := int64(le.Uint16(h[30:])), int64(le.Uint16(h[32:]))
		at += recordSize + int64(le.Uint16(h[28:]))
		out = append(out, long(in, at, extra)...)
		out = append(out, format.Span{Offset: at + extra, Length: comment})
		at += extra + comment
	}
	for _, f := range a.files { // the same in front of each member
		off, err := a.dataOffset(f)
		if err != nil {
			continue
		}
		if from := header(in, 0, off); from < off {
			h := in.Peek(from, headerSize)
			extra := int64(le.Uint16(h[28:]))
			out = append(out, long(in, off-extra, extra)...)
		}
	}
	out = append(out, a.pairs...)
	text := end - int64(len(comment))
	out = append(out, format.Span{Offset: at, Length: text - endSize - at}) // records of a large archive
	if !format.IsCommit(comment) {
		out = append(out, format.Span{Offset: text, Length: end - text})
	}
	return out
}

// long lists the pieces of an extra field that are no short ones.
func long(in format.Input, at, length int64) (out []format.Span) {
	for end := at + length; at < end; {
		h := in.Peek(at, 4)
		n := end - at // what has no header is one piece
		if len(h) == 4 {
			n = min(n, 4+int64(binary.LittleEndian.Uint16(h[2:])))
		}
		if n > short {
			out = append(out, format.Span{Offset: at, Length: n})
		}
		at += n
	}
	return out
}
