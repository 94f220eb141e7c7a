// Package ubootenv reads the environment of U-Boot as it is stored in flash: its
// variables, among them the commands that start the kernel and the kernel's
// command line.
//
// The layout is that of U-Boot's documentation of its environment and of
// mkenvimage: a CRC-32, in a redundant environment one more byte that tells which
// copy is the newer, the variables with a NUL after each, another NUL, and padding
// up to a size that nothing in the image tells. So the size is found by the
// checksum: every multiple of 256 bytes that the padding allows is tried. Without a
// checksum there is no environment, so that the one built into U-Boot's program is
// not taken for one. Variables are text in ASCII, as the prompt lets one enter them.
//
// There is no magic number: an environment is found by the names of variables
// that every board has.
package ubootenv

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is U-Boot's environment.
var Format = &format.Format{
	Name:     "uboot-env",
	Magics:   []format.Magic{{Bytes: magics[0]}, {Bytes: magics[1]}, {Bytes: magics[2]}},
	Anywhere: true,
	Start:    start,
	Probe:    probe,
	Open:     open,
}

var magics = [...]string{"bootcmd=", "bootargs=", "bootdelay="}

const (
	crcSize  = 4
	flagSize = 1
	step     = 256 // sizes are multiples of it
	maxSize  = 256 << 10
)

// environment is where the pieces of an environment are.
type environment struct {
	size      int64
	variables []byte
	flag      int // -1 if there is none
}

// headers are the lengths of what stands before the variables.
var headers = [...]int{crcSize, crcSize + flagSize}

// read reads the environment that begins an input: with or without a flag.
func read(in format.Input) (environment, bool) {
	for _, header := range headers {
		if e, ok := readBehind(in, header); ok {
			return e, true
		}
	}
	return environment{}, false
}

// readBehind reads an environment with a header of that length.
func readBehind(in format.Input, header int) (environment, bool) {
	b := in.Head(maxSize)
	n := variables(b, header)
	if n < 0 {
		return environment{}, false
	}
	e := environment{size: int64(checked(b, header, n)), variables: b[header : n-1], flag: -1}
	if header > crcSize {
		e.flag = int(b[crcSize])
	}
	return e, e.size > 0
}

// variables finds the end of the variables that stand from a place on, with the
// second NUL; -1 if they are none.
func variables(b []byte, from int) int {
	for at := from; at < len(b); {
		n := bytes.IndexByte(b[at:], 0)
		switch {
		case n == 0 && at > from:
			return at + 1
		case n < 3 || bytes.IndexByte(b[at:at+n], '=') < 1 || !isText(b[at:at+n]):
			return -1
		}
		at += n + 1
	}
	return -1
}

func isText(b []byte) bool {
	for _, c := range b {
		if !plain(c) {
			return false
		}
	}
	return true
}

// plain reports whether a byte can stand in a variable.
func plain(c byte) bool { return c >= ' ' && c <= '~' || c == '\n' || c == '\t' || c == '\r' }

// checked finds the size whose checksum holds, or 0.
func checked(b []byte, header, end int) int {
	limit := end // of the padding, which is one repeated byte
	for limit < len(b) && b[limit] == b[end] && (b[end] == 0 || b[end] == 0xff) {
		limit++
	}
	little, big := binary.LittleEndian.Uint32(b), binary.BigEndian.Uint32(b)
	sum, at := uint32(0), header
	for size := (end + step - 1) / step * step; size <= limit; size += step {
		sum = crc32.Update(sum, crc32.IEEETable, b[at:size])
		if at = size; sum == little || sum == big {
			return size
		}
	}
	return 0
}

func probe(in format.Input) format.Likeness {
	if _, ok := read(in); ok {
		return format.Sure
	}
	return format.No
}

const envName = "env"

func open(_ context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	e, ok := read(in)
	if !ok {
		return nil, format.Errorf(0, "no variables with a checksum that holds")
	}
	if err := b.Entry(envName); err != nil {
		return nil, err
	}
	o := &format.Opened{Length: e.size, Tree: file(text(e.variables)), Attributes: map[string]string{
		"variables": strconv.Itoa(bytes.Count(e.variables, []byte{0})), "size": strconv.FormatInt(e.size, 10),
	}}
	if e.flag >= 0 {
		o.Attributes["flag"] = fmt.Sprintf("0x%02x", e.flag)
	}
	return o, nil
}

// text writes the variables as U-Boot's "env export -t" does: one in a line, a
// backslash before a line break that belongs to a value.
func text(variables []byte) []byte {
	lines := bytes.ReplaceAll(variables, []byte("\n"), []byte("\\\n"))
	return bytes.ReplaceAll(lines, []byte{0}, []byte("\n"))
}

// file is a tree with the variables as its one file.
type file []byte

// Entries lists the file.
func (f file) Entries() []format.Entry {
	return []format.Entry{{Name: envName, Mode: fs.FileMode(0o644), Size: int64(len(f)), Offset: -1}}
}

// Batches has one batch.
func (f file) Batches() []format.Batch { return format.OneByOne(f) }

// Read gives the variables.
func (f file) Read(int) ([]byte, error) { return f, nil }
