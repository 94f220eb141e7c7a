package jffs2_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/zlib"
	"github.com/ulikunitz/xz/lzma"
)

// log writes nodes one after another.
type log struct {
	order binary.AppendByteOrder
	bytes.Buffer
	version uint32
}

func newLog(order binary.AppendByteOrder) *log {
	l := &log{order: order}
	l.node(0x2003, nil)
	return l
}

func sum(b []byte) uint32 { return ^crc32.Update(0xffffffff, crc32.IEEETable, b) }

func (l *log) words(v ...uint32) []byte {
	var b []byte
	for _, w := range v {
		b = l.order.AppendUint32(b, w)
	}
	return b
}

// node writes a node of a kind with all that follows its header, and gives its place.
func (l *log) node(kind uint16, body []byte) int {
	return l.raw(l.header(kind, len(body)), body)
}

func (l *log) header(kind uint16, n int) []byte {
	h := l.order.AppendUint16(l.order.AppendUint16(nil, 0x1985), kind)
	h = l.order.AppendUint32(h, uint32(12+n))
	return l.order.AppendUint32(h, sum(h))
}

func (l *log) raw(header, body []byte) int {
	at := l.Len()
	l.Write(header)
	l.Write(body)
	for l.Len()%4 != 0 {
		l.WriteByte(0xff)
	}
	return at
}

// erase leaves erased space up to a multiple of n.
func (l *log) erase(n int) {
	for l.Len()%n != 0 {
		l.WriteByte(0xff)
	}
}

// name writes a directory entry; an inode of 0 deletes it.
func (l *log) name(parent, ino uint32, kind byte, name string) int {
	l.version++
	body := l.words(parent, l.version, ino, 1_000_000_000)
	body = append(body, byte(len(name)), kind, 0, 0)
	body = append(body, l.words(sum(append(l.header(0xe001, 28+len(name)), body...)), sum([]byte(name)))...)
	return l.node(0xe001, append(body, name...))
}

// data is the content of an inode's node.
type data struct {
	ino, mode, isize, offset, dsize uint32
	version                         uint32 // the next one, if 0
	compression                     byte
	stored                          []byte
}

// inode writes a node of an inode.
func (l *log) inode(d data) int {
	if d.version == 0 {
		l.version++
		d.version = l.version
	}
	if d.mode == 0 {
		d.mode = 0o100644
	}
	body := l.words(d.ino, d.version, d.mode)
	body = l.order.AppendUint16(l.order.AppendUint16(body, 1), 2)
	body = append(body, l.words(d.isize, 5, 6, 7, d.offset, uint32(len(d.stored)), d.dsize)...)
	body = append(body, d.compression, 0, 0, 0)
	h := l.header(0xe002, 56+len(d.stored))
	body = append(body, l.words(sum(d.stored), sum(append(h, body...)))...)
	return l.node(0xe002, append(body, d.stored...))
}

// write writes bytes of a file, plain.
func (l *log) write(ino uint32, offset int, b []byte, isize int) int {
	return l.inode(data{ino: ino, isize: uint32(isize), offset: uint32(offset), dsize: uint32(len(b)), stored: b})
}

// file writes a name in the root and its content.
func (l *log) file(ino uint32, name, content string) {
	l.name(1, ino, 8, name)
	l.write(ino, 0, []byte(content), len(content))
}

func (l *log) xattr(id, version uint32, prefix byte, name, value string) {
	payload := []byte(name + "\x00" + value)
	body := append(l.words(id, version), prefix, byte(len(name)))
	body = l.order.AppendUint16(body, uint16(len(value)))
	body = append(body, l.words(sum(payload))...)
	body = append(body, l.words(sum(append(l.header(0xe008, 20+len(payload)), body...)))...)
	l.node(0xe008, append(body, payload...))
}

func (l *log) xref(ino, id, sequence uint32) {
	body := l.words(ino, id, sequence)
	l.node(0xe009, append(body, l.words(sum(append(l.header(0xe009, 16), body...)))...))
}

// repair puts right the checksums of all that begins as a node does, so that bytes
// which were changed are read.
func repair(order binary.AppendByteOrder, b []byte) []byte {
	b = bytes.Clone(b)
	o := order.(binary.ByteOrder)
	for at := 0; at+12 <= len(b); at += 4 {
		n := o.Uint32(b[at+4:])
		if o.Uint16(b[at:]) != 0x1985 || n < 12 || int64(n) > int64(len(b)-at) {
			continue
		}
		node := b[at : at+int(n)]
		o.PutUint32(node[8:], sum(node[:8]))
		put := func(to, size, from, length int) {
			if len(node) >= size && from+length <= len(node) {
				o.PutUint32(node[to:], sum(node[from:from+length]))
			}
		}
		switch kind := o.Uint16(node[2:]); {
		case kind == 0xe001 && n >= 40:
			put(32, 40, 0, 32)
			put(36, 40, 40, int(node[28]))
		case kind == 0xe002 && n >= 68:
			put(60, 68, 68, int(o.Uint32(node[48:])))
			put(64, 68, 0, 60)
		case kind == 0xe008 && n >= 32:
			put(24, 32, 32, int(node[21])+1+int(o.Uint16(node[22:])))
			put(28, 32, 0, 28)
		case kind == 0xe009 && n >= 28:
			put(24, 28, 0, 24)
		}
	}
	return b
}

func packZlib(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// packLZMA packs as OpenWrt does: without a header.
func packLZMA(b []byte) []byte {
	var out bytes.Buffer
	w, err := lzma.WriterConfig{Properties: &lzma.Properties{}, DictCap: 8 << 10, Size: int64(len(b)), SizeInHeader: true}.NewWriter(&out)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()[13:]
}
