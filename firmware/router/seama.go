package router

import (
	"context"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Seama is the format of D-Link, LG and others, which binwalk calls DLOB: blocks
// one after another, each with strings about it. A block with an image has its
// MD5; the first is a seal without one.
var Seama = &format.Format{
	Name:     "seama",
	Magics:   []format.Magic{{Bytes: seamaMagic}},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		_, ok := readSeama(in, 0)
		return likely(0, ok)
	},
	Open: openSeama,
}

const (
	seamaMagic = "\x5e\xa3\xa4\x17"
	seamaSize  = 12
	// maxSeamaMeta bounds the strings of a block.
	maxSeamaMeta = 4096
)

// seamaBlock is one block.
type seamaBlock struct {
	meta          []string
	md5           []byte // nil for a seal
	header, image int64  // sizes
}

func readSeama(in format.Input, off int64) (s seamaBlock, ok bool) {
	b := in.Peek(off, seamaSize+md5.Size)
	if len(b) < seamaSize || string(b[:4]) != seamaMagic || b[4] != 0 || b[5] != 0 {
		return s, false
	}
	meta := int64(binary.BigEndian.Uint16(b[6:]))
	s.header, s.image = seamaSize, int64(binary.BigEndian.Uint32(b[8:]))
	if s.image > 0 {
		s.header += md5.Size
		if int64(len(b)) < s.header {
			return s, false
		}
		s.md5 = b[seamaSize:]
	}
	text := in.Peek(off+s.header, int(meta))
	s.header += meta
	if meta == 0 || meta > maxSeamaMeta || int64(len(text)) < meta || s.image > maxImage {
		return s, false
	}
	for t := range strings.SplitSeq(string(text), "\x00") {
		if !printable([]byte(t)) {
			return s, false
		}
		if t != "" {
			s.meta = append(s.meta, t)
		}
	}
	return s, len(s.meta) > 0
}

func openSeama(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	blocks, length := seamaBlocks(in)
	if len(blocks) == 0 {
		return nil, format.Errorf(0, "no SEAMA block")
	}
	m := newImage(in, length)
	at, images := int64(0), 0
	for _, s := range blocks {
		m.header(at, s.header)
		for _, t := range s.meta {
			key, value, _ := strings.Cut(t, "=")
			m.say(key, value)
		}
		at += s.header
		if s.image == 0 {
			continue
		}
		name := ""
		if images++; images > 1 {
			name = fmt.Sprintf("image-%d", images)
		}
		if err := m.compare(ctx, "image", "md5", at, s.image, md5.New(), s.md5); err != nil {
			return nil, err
		}
		m.part(format.Part{Name: name, Offset: at, Length: min(s.image, m.Length-at)})
		at += s.image
	}
	return m.done(), nil
}

// seamaBlocks reads the blocks that follow one another.
func seamaBlocks(in format.Input) (blocks []seamaBlock, length int64) {
	for len(blocks) < maxParts && length < in.Size {
		s, ok := readSeama(in, length)
		if !ok {
			break
		}
		blocks = append(blocks, s)
		length += s.header + s.image
	}
	return blocks, length
}
