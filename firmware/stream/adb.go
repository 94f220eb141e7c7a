package stream

import (
	"context"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/assay-iot/assay/firmware/format"
)

// ADB is what apk-tools 3 puts around a database or package that it compresses:
// four bytes, for the later kind two more that say how, then deflate or zstd.
// What comes out must begin as such a database does.
var ADB = &format.Format{
	Name:     "adb",
	Magics:   []format.Magic{{Bytes: "ADBd"}, {Bytes: "ADBc\x01"}, {Bytes: "ADBc\x02"}},
	Anywhere: true,
	Probe:    probeADB,
	Open:     openADB,
	Peek:     peekADB,
}

const (
	adbPlain   = "ADB."
	adbDeflate = 1
	adbZstd    = 2
)

// adbKind says where the compressed bytes begin, and how they are compressed.
func adbKind(in format.Input) (from int64, kind byte) {
	head := in.Head(6)
	switch {
	case len(head) < 6:
		return 0, 0
	case string(head[:4]) == "ADBd":
		return 4, adbDeflate
	case string(head[:4]) == "ADBc":
		return 6, head[4] // the level follows
	}
	return 0, 0
}

func peekADB(in format.Input) []byte {
	switch from, kind := adbKind(in); kind {
	case adbDeflate:
		return peek(flate.NewReader(newCounter(in, from)), nil)
	case adbZstd:
		return peekZstd(in.Section(from, in.Size-from))
	}
	return nil
}

func probeADB(in format.Input) format.Likeness {
	if !strings.HasPrefix(string(peekADB(in)), adbPlain) {
		return format.No
	}
	return format.Sure
}

func openADB(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	from, kind := adbKind(in)
	packed := in.Section(from, in.Size-from)
	var o *format.Opened
	var err error
	switch kind {
	case adbDeflate:
		c := newCounter(packed, 0)
		var data unpacked
		data, err = collect(ctx, flate.NewReader(c), b, 0, c.taken)
		o, err = opened(packed, data, c.taken(), "", err, nil)
	case adbZstd:
		o, err = openZstd(ctx, packed, b)
	default:
		err = format.Errorf(0, "no compressed database of apk")
	}
	if err != nil {
		return nil, err
	}
	o.Length += from
	for i := range o.Damage {
		o.Damage[i].Offset += from
	}
	return o, nil
}
