package jffs2

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/lzo"
)

// The compressions of a node.
const (
	comprNone, comprZero, comprRtime, comprRubin, comprCopy, comprDynRubin, comprZlib, comprLZO, comprLZMA = 0, 1, 2, 3, 4, 5, 6, 7, 8
)

var compressionNames = [...]string{"none", "zero", "rtime", "rubinmips", "copy", "dynrubin", "zlib", "lzo", "lzma"}

// maxUnpacked is the most that a packed node may unpack to. Writers pack a page of
// their machine at a time, 64 KiB at most.
const maxUnpacked = 1 << 20

var (
	errShort   = errors.New("unpacks to fewer bytes than it says")
	errLong    = errors.New("unpacks to more bytes than it says")
	errNotRead = errors.New("this compression is not read")
	errBehind  = errors.New("more bytes stand behind the end of the stream")
)

// maxBehind is how many bytes of a node may stand behind the end of its stream: sums,
// and what a packer leaves over. More could be hidden there.
const maxBehind = 40

func packs(compression uint8) bool { return compression > comprZero }

func errTooLarge(n *inode) error {
	return format.Errorf(n.at, "node that unpacks to %d bytes: %w", n.dsize, format.ErrLimit)
}

// unpack fills dst with the data of a node.
func (t *tree) unpack(n *inode, dst []byte) error {
	src, err := t.in.Bytes(n.at+inodeSize, int64(n.csize))
	if err != nil {
		return err
	}
	if packs(n.compression) && len(dst) > maxUnpacked {
		return errTooLarge(n)
	}
	switch n.compression {
	case comprZero:
		clear(dst)
	case comprNone:
		if err = errShort; len(src) == len(dst) {
			copy(dst, src)
			err = nil
		}
	case comprRtime:
		err = rtime(dst, src)
	case comprZlib:
		err = t.codecs.zlib(dst, src)
	case comprLZO:
		err = unLZO(dst, src)
	case comprLZMA:
		err = unLZMA(dst, src)
	default:
		err = errNotRead
	}
	if err != nil {
		return format.Errorf(n.at, "%s: %w", compressionName(n.compression), err)
	}
	return nil
}

func compressionName(c uint8) string {
	if int(c) < len(compressionNames) {
		return compressionNames[c]
	}
	return "unknown compression"
}

// compressions names what the data of the file system are packed with.
func (t *tree) compressions() string {
	var used []string
	for i := range t.inodes {
		if name := compressionName(t.inodes[i].compression); packs(t.inodes[i].compression) && !slices.Contains(used, name) {
			used = append(used, name)
		}
	}
	slices.Sort(used)
	return strings.Join(used, " ")
}

// rtime unpacks pairs of a byte and a count: the byte, then so many bytes from
// where the same byte was seen last.
func rtime(dst, src []byte) error {
	var seen [256]int // the place after it
	at := 0
	for i := 0; at < len(dst); i += 2 {
		if i+2 > len(src) {
			return errShort
		}
		c, n := src[i], int(src[i+1])
		dst[at] = c
		at++
		from := seen[c]
		seen[c] = at
		if n > len(dst)-at {
			return errLong
		}
		for k := range n {
			dst[at+k] = dst[from+k]
		}
		at += n
		if at == len(dst) && len(src)-i-2 > maxBehind {
			return errBehind
		}
	}
	return nil
}

// codecs keeps decoders for reuse.
type codecs struct{ inflate sync.Pool }

type inflater struct {
	src bytes.Reader
	r   io.ReadCloser
}

// zlibHeader is the length of the header of a zlib stream. The sum at its end is
// not needed: the node has one.
const zlibHeader = 2

func (c *codecs) zlib(dst, src []byte) error {
	if len(src) < zlibHeader || src[0]&15 != 8 || binary.BigEndian.Uint16(src)%31 != 0 || src[1]&0x20 != 0 {
		return errors.New("no header")
	}
	f, ok := c.inflate.Get().(*inflater)
	if !ok {
		f = &inflater{}
		f.r = flate.NewReader(&f.src)
	}
	f.src.Reset(src[zlibHeader:])
	if err := f.r.(flate.Resetter).Reset(&f.src, nil); err != nil {
		return err
	}
	err := exactly(f.r, dst)
	if err == nil && f.src.Len() > maxBehind {
		err = errBehind
	}
	c.inflate.Put(f)
	return err
}

// exactly fills dst and wants the stream to end there.
func exactly(r io.Reader, dst []byte) error {
	if _, err := io.ReadFull(r, dst); err == io.EOF {
		return errShort
	} else if err != nil {
		return err
	}
	var more [1]byte
	switch n, err := io.ReadFull(r, more[:]); {
	case n > 0:
		return errLong
	case err != io.EOF:
		return err
	}
	return nil
}

func unLZO(dst, src []byte) error {
	n, err := lzo.Decode(dst, src)
	if err == nil && n != len(dst) {
		err = errShort
	}
	return err
}

// lzmaDict is the dictionary that the writers of LZMA nodes use.
const lzmaDict = 8 << 10

// unLZMA puts the header in front that the nodes leave out: properties of zero, the
// dictionary, and the length.
func unLZMA(dst, src []byte) error {
	var header [13]byte
	binary.LittleEndian.PutUint32(header[1:], lzmaDict)
	binary.LittleEndian.PutUint64(header[5:], uint64(len(dst)))
	stream := bytes.NewReader(slices.Concat(header[:], src))
	r, err := lzma.ReaderConfig{DictCap: lzmaDict}.NewReader(stream)
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(r, dst); err == io.EOF || err == io.ErrUnexpectedEOF {
		return errShort
	} else if err != nil {
		return err
	}
	if stream.Len() > maxBehind {
		return errBehind
	}
	return nil
}
