package router

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Model is the header that the tool add_header of several makers writes: the
// name of the model in 16 bytes and a CRC-32 of name, four zeros and all that
// follows. Netgear's WNR854T has it. It has no magic: the checksum alone tells
// that it is one.
var Model = &format.Format{
	Name: "netgear-model",
	Probe: func(in format.Input) format.Likeness {
		if isModel(context.Background(), in) == nil {
			return format.Sure
		}
		return format.No
	},
	Open: openModel,
}

const (
	modelSize = 20
	modelName = 16
	// maxModel bounds what the checksum is taken of before anything is known.
	maxModel = 256 << 20
)

// isModel looks at the name first, so that the checksum is taken of few inputs.
func isModel(ctx context.Context, in format.Input) error {
	b := in.Head(modelSize)
	if len(b) < modelSize || in.Size <= modelSize || in.Size > maxModel || !modelText(b[:modelName]) {
		return format.Errorf(0, "no name of a model")
	}
	c := crc32.NewIEEE()
	_, _ = c.Write(b[:modelName])
	_, _ = c.Write(make([]byte, 4))
	if err := feed(ctx, in, modelSize, in.Size-modelSize, c); err != nil {
		return err
	}
	if c.Sum32() != binary.BigEndian.Uint32(b[modelName:]) {
		return format.Errorf(modelName, "checksum differs")
	}
	return nil
}

// modelText reports whether a field is the name of a model: capitals, digits and
// marks, some zeros after them.
func modelText(b []byte) bool {
	s := str(b)
	return field(b) && len(s) >= 4 && len(s) < modelName && strings.ContainsAny(s, "0123456789") &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+.") == ""
}

func openModel(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	if err := isModel(ctx, in); err != nil {
		return nil, err
	}
	m := newImage(in, in.Size)
	m.header(0, modelSize)
	m.say("model", str(in.Head(modelName)))
	m.compared("image", "crc32", 0, in.Size, true)
	return m.done(), nil
}
