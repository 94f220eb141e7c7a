package router

import (
	"bytes"
	"context"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// DNI is the header of Netgear devices that were made by DNI: 128 bytes of text,
// a key and a value on each line, and one byte at the end of the file that brings
// the sum of all bytes to 0xff.
var DNI = &format.Format{
	Name:   "netgear-dni",
	Magics: []format.Magic{{Bytes: "device:"}},
	Probe:  func(in format.Input) format.Likeness { return likely(readDNI(in)) },
	Open:   openDNI,
}

const dniSize = 128

func readDNI(in format.Input) (lines []string, ok bool) {
	b := in.Head(dniSize)
	if len(b) < dniSize || in.Size < dniSize+2 || in.Size > maxImage || !field(b) {
		return nil, false
	}
	text, _, _ := bytes.Cut(b, []byte{0})
	return strings.Split(string(text), "\n"), bytes.Contains(text, []byte("\nversion:"))
}

func openDNI(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	lines, ok := readDNI(in)
	if !ok {
		return nil, format.Errorf(0, "no DNI header")
	}
	m := newImage(in, in.Size)
	for _, line := range lines {
		key, value, _ := strings.Cut(line, ":")
		if key = strings.TrimSpace(key); key != "" {
			m.say(key, strings.TrimSpace(value))
		}
	}
	m.header(0, dniSize)
	var s byteSum
	if err := feed(ctx, in, 0, in.Size, &s); err != nil {
		return nil, err
	}
	if m.compared("image", "sum8", 0, in.Size, s == 0xff); s == 0xff {
		m.header(in.Size-1, 1)
	}
	return m.done(), nil
}

// byteSum is the sum of all bytes.
type byteSum uint8

func (s *byteSum) Write(b []byte) (int, error) {
	t := *s
	for _, c := range b {
		t += byteSum(c)
	}
	*s = t
	return len(b), nil
}
