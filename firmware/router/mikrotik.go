package router

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// NPK is the package of MikroTik's RouterOS: parts, one after another, each with
// a kind and a length. There is no checksum; a signature is noted. Files that old
// packages pack with zlib are in an archive of MikroTik's own, NPKFiles.
var NPK = &format.Format{
	Name:     "npk",
	Magics:   []format.Magic{{Bytes: "\x1e\xf1\xd0\xba"}},
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readNPK(in)) },
	Open:     openNPK,
}

// Kinds of parts.
const (
	npkInfo        = 1
	npkDescription = 2
	npkFiles       = 4
	npkInstall     = 7
	npkUninstall   = 8
	npkSignature   = 9
	npkArch        = 16
	npkMain        = 18
	npkSquashfs    = 21
	npkPadding     = 22
	npkDigest      = 23
	npkChannel     = 24
)

// npkTexts are the kinds that hold text, and the names that they are given.
var npkTexts = map[uint16]string{npkDescription: "description", npkInstall: "install", npkUninstall: "uninstall", npkArch: "architecture", npkChannel: "channel"}

// npkHead is the header in front of the parts and of each part.
const npkHead, npkPartHead, maxNPKParts = 8, 6, 256

// npkPart is one part.
type npkPart struct {
	kind   uint16
	off, n int64 // of the content
}

func readNPK(in format.Input) (length int64, ok bool) {
	b := in.Head(npkHead + npkPartHead)
	if len(b) < npkHead+npkPartHead {
		return 0, false
	}
	length = npkHead + int64(binary.LittleEndian.Uint32(b[4:]))
	first := int64(binary.LittleEndian.Uint32(b[npkHead+2:]))
	return length, length <= maxImage && binary.LittleEndian.Uint16(b[npkHead:]) <= 64 && npkHead+npkPartHead+first <= length
}

func openNPK(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	length, ok := readNPK(in)
	if !ok {
		return nil, format.Errorf(0, "no NPK header")
	}
	m := newImage(in, length)
	m.header(0, npkHead)
	at := int64(npkHead)
	for range maxNPKParts {
		if at >= m.Length || ctx.Err() != nil {
			break
		}
		b := in.Peek(at, npkPartHead)
		if at+npkPartHead > m.Length || len(b) < npkPartHead {
			m.damage(at, 0, "the header of a part is cut off")
			break
		}
		p := npkPart{kind: binary.LittleEndian.Uint16(b), off: at + npkPartHead, n: int64(binary.LittleEndian.Uint32(b[2:]))}
		m.header(at, npkPartHead)
		m.npk(p)
		at = p.off + p.n
	}
	return m.done(), ctx.Err()
}

// npk adds one part.
func (m *image) npk(p npkPart) {
	switch name := npkTexts[p.kind]; {
	case p.kind == npkSquashfs:
		m.part(format.Part{Name: "squashfs", Offset: p.off, Length: p.n})
	case p.kind == npkFiles:
		m.part(format.Part{Name: "files", Offset: p.off, Length: p.n})
	case p.kind == npkInfo || p.kind == npkMain:
		m.npkMain(p)
	case (p.kind == npkSignature || p.kind == npkDigest) && p.n <= 1024 && p.off+p.n <= m.Length:
		m.header(p.off, p.n)
		m.say(map[uint16]string{npkSignature: "signature", npkDigest: "digest"}[p.kind], fmt.Sprintf("%d bytes at 0x%x", p.n, p.off))
	case name != "" && p.off+p.n <= m.Length && p.n > 0:
		if p.n <= 64 {
			m.say(name, str(m.in.Peek(p.off, int(p.n))))
		}
		m.text(name, p.off, p.n)
	case p.off+p.n > m.Length:
		m.damage(p.off, 0, "part of %d bytes, only %d are there", p.n, max(m.Length-p.off, 0))
	}
}

// npkMain reads the name, the version and the time of the package.
func (m *image) npkMain(p npkPart) {
	const name, least, most = 16, 24, 256
	b := m.in.Peek(p.off, int(min(p.n, most)))
	if p.n > most || len(b) < least || !field(b[:name]) {
		return
	}
	m.header(p.off, p.n)
	m.say("name", str(b[:name]))
	m.say("version", fmt.Sprintf("%d.%d.%d", b[name+3], b[name+2], b[name]))
	m.say("created", time.Unix(int64(binary.LittleEndian.Uint32(b[name+4:])), 0).UTC().Format(time.RFC3339))
}
