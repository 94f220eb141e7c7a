package esp

import (
	"bytes"
	"context"

	"github.com/assay-iot/assay/firmware/format"
)

// Encrypted is what the flash encryption of the ESP32 has encrypted. Nothing in
// it can be read.
//
// The ESP32 encrypts blocks of 16 bytes, and both blocks of each 32 bytes in the
// same way: where the halves of 32 bytes are equal, as in padding, they are equal
// afterwards too, and nothing else repeats. No cipher of a good mode, no packed
// data and no program looks like this. The later chips leave no such trace.
var Encrypted = &format.Format{
	Name: "esp-encrypted",
	Probe: func(in format.Input) format.Likeness {
		if twinned(in) {
			return format.Likely
		}
		return format.No
	},
	Open: func(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
		if !twinned(in) {
			return nil, format.Errorf(0, "not encrypted")
		}
		return &format.Opened{
			Length: in.Size, Attributes: map[string]string{"encryption": "ESP32 flash encryption"},
			Damage: []format.Damage{{Length: in.Size, Reason: encryptedReason, Opaque: true}},
		}, ctx.Err()
	},
}

const (
	encryptedReason = "encrypted (flash encryption)"
	cipherBlock     = 16
	looked          = 256 << 10 // bytes at the start
	minTwins        = 3
)

// twinned reports whether the start of the input has the trace that the class
// describes, and is as even as random bytes.
func twinned(in format.Input) bool {
	if in.Size < sector || in.Size%(2*cipherBlock) != 0 || !even(in.Head(sector)) {
		return false
	}
	b := in.Head(looked)
	twins := 0
	for i := 2 * cipherBlock; i < len(b); i += 2 * cipherBlock {
		first, second := b[i:i+cipherBlock], b[i+cipherBlock:i+2*cipherBlock]
		if bytes.Equal(b[i-cipherBlock:i], first) {
			return false
		}
		if bytes.Equal(first, second) {
			twins++
		}
	}
	return twins >= minTwins
}

// even reports whether no byte is much more frequent than random ones make it.
func even(b []byte) bool {
	var count [256]int
	for _, c := range b {
		count[c]++
	}
	for _, n := range count {
		if n > 16+3*len(b)/256 {
			return false
		}
	}
	return true
}
