package router

import (
	"context"
	"crypto/sha512"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// SHRS is an encrypted image of D-Link: both lengths, a vector, three SHA-512
// (of the plain image with the key, of the plain and of the encrypted one) and
// two RSA signatures. The encrypted bytes are compared with their digest; what
// they hold is not known.
var SHRS = &format.Format{
	Name:     "shrs",
	Magics:   []format.Magic{{Bytes: "SHRS"}},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readSHRS(in)) },
	Open:     openSHRS,
}

// EncryptedImage is the other encrypted image of D-Link, with nothing but a
// length.
var EncryptedImage = &format.Format{
	Name:   "encrpted-img",
	Magics: []format.Magic{{Bytes: "encrpted_img"}},
	Probe:  func(in format.Input) format.Likeness { return likely(readEncrypted(in)) },
	Open:   openEncrypted,
}

// shrsHeader is the header; numbers are big endian.
type shrsHeader struct {
	Magic                        [4]byte
	Plain, Encrypted             uint32
	Vector                       [16]byte
	WithKey, PlainSum, CipherSum [sha512.Size]byte
	PublicKey, SignPlain, Sign   [512]byte
}

const shrsSize = 1756

func readSHRS(in format.Input) (h shrsHeader, ok bool) {
	return h, decode(in, binary.BigEndian, &h) && h.Plain > 0 && h.Encrypted <= maxImage &&
		h.Encrypted%16 == 0 && h.Encrypted >= h.Plain && h.Encrypted-h.Plain <= 4096
}

func openSHRS(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readSHRS(in)
	if !ok {
		return nil, format.Errorf(0, "no SHRS header")
	}
	n := int64(h.Encrypted)
	const footer = "\x00\x00\x00\x00\x30"
	length := shrsSize + n
	if string(in.Peek(length, len(footer))) == footer {
		length += int64(len(footer))
	}
	m := newImage(in, length)
	m.header(0, shrsSize)
	m.header(shrsSize+n, min(length, in.Size)-shrsSize-n)
	m.say("encryption", "AES-128-CBC")
	m.say("rsa-signatures", "2 of 512 bytes at 0x2dc")
	if err := m.compare(ctx, "encrypted image", "sha512", shrsSize, n, sha512.New(), h.CipherSum[:]); err != nil {
		return nil, err
	}
	m.part(format.Part{Offset: shrsSize, Length: min(n, m.Length-shrsSize), Hint: "encrypted with AES-128-CBC"})
	return m.done(), nil
}

const encryptedSize = 16

// readEncrypted gives the length; the file must be as long, or a little longer.
func readEncrypted(in format.Input) (n int64, ok bool) {
	b := in.Head(encryptedSize)
	if len(b) < encryptedSize {
		return 0, false
	}
	n = int64(binary.BigEndian.Uint32(b[12:]))
	const slack = 64 << 10 // for trailers
	rest := in.Size - encryptedSize
	return n, n > 0 && n <= maxImage && n >= rest-slack && n <= rest+encryptedSize
}

func openEncrypted(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	if _, ok := readEncrypted(in); !ok {
		return nil, format.Errorf(12, "the length is not that of the file")
	}
	m := newImage(in, in.Size)
	m.Hollow = false
	m.header(0, encryptedSize)
	m.say("encryption", "AES-256-CBC")
	m.part(format.Part{Offset: encryptedSize, Length: in.Size - encryptedSize, Hint: "encrypted with AES-256-CBC"})
	return m.done(), nil
}
