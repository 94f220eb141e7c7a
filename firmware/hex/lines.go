package hex

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/assay-iot/assay/firmware/format"
)

// maxLine is the longest line: of Intel HEX, a colon, five bytes and 255 of data in
// hexadecimal, and the end of the line.
const maxLine = 1 + 2*(5+255) + 2

// lines reads a text line by line.
type lines struct {
	ctx    context.Context
	r      *bufio.Reader
	number int    // of the current line
	off    int64  // of the current line
	next   int64  // of the line after it
	text   []byte // without its end; holds until the next line
}

func newLines(ctx context.Context, in format.Input) *lines {
	return &lines{ctx: ctx, r: bufio.NewReaderSize(io.NewSectionReader(in.ReaderAt, 0, in.Size), 64<<10)}
}

// read goes to the next line; there is none at the end of the input, or where a
// line is too long to be one.
func (l *lines) read() (ok bool, err error) {
	if l.number&0xfff == 0 {
		if err := l.ctx.Err(); err != nil {
			return false, err
		}
	}
	text, err := l.r.ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return false, err
	}
	if len(text) == 0 || len(text) > 2*maxLine {
		return false, nil
	}
	l.number++
	l.off, l.next = l.next, l.next+int64(len(text))
	l.text = bytes.TrimRight(text, "\r\n\t ")
	return true, nil
}

func (l *lines) length() int64 { return l.next - l.off }

// blank goes past empty lines and gives the place behind them.
func (l *lines) blank() (int64, error) {
	end := l.next
	for {
		ok, err := l.read()
		if err != nil || !ok || len(l.text) > 0 {
			return end, err
		}
		end = l.next
	}
}

// printable reports whether a line is text.
func printable(line []byte) bool {
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// digits decodes the hexadecimal digits of a record into dst.
func digits(dst, text []byte) ([]byte, bool) {
	if len(text)%2 != 0 || len(text)/2 > cap(dst) {
		return nil, false
	}
	dst = dst[:len(text)/2]
	for i := range dst {
		hi, lo := nibbles[text[2*i]], nibbles[text[2*i+1]]
		if hi|lo > 15 {
			return nil, false
		}
		dst[i] = hi<<4 | lo
	}
	return dst, true
}

// nibbles has the value of each hexadecimal digit, and 255 for what is none.
var nibbles = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c >= '0' && c <= '9':
			t[i] = c - '0'
		case c >= 'a' && c <= 'f':
			t[i] = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			t[i] = c - 'A' + 10
		default:
			t[i] = 255
		}
	}
	return t
}()
