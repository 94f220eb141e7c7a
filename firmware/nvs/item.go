package nvs

import (
	"bytes"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// The types of values. Those of numbers have the length in the lower half, and
// the bit 4 if they are signed.
const (
	typeString    = 0x21
	typeBlob      = 0x41 // as version 1 has it
	typeBlobData  = 0x42 // a chunk
	typeBlobIndex = 0x48

	signed = 0x10
	whole  = 0xff // the chunk of what has no chunks
)

var typeNames = map[byte]string{
	0x01: "u8", 0x02: "u16", 0x04: "u32", 0x08: "u64", 0x11: "i8", 0x12: "i16", 0x14: "i32", 0x18: "i64",
	typeString: "string", typeBlob: "blob", typeBlobData: "blob-data", typeBlobIndex: "blob",
}

// item is a key and its value as they stand in a page.
type item struct {
	at              int64 // of the entry
	namespace, kind byte
	chunk           byte
	key             string
	data            [8]byte
	erased          bool
	err             error // the longer value is not right
}

// chunkKey tells the chunks of blobs apart.
type chunkKey struct {
	namespace, chunk byte
	key              string
}

// size is that of a longer value.
func (i *item) size() int64 { return int64(le.Uint16(i.data[:])) }

// value is where a longer value stands.
func (i *item) value() int64 { return i.at + entrySize }

func (i *item) long() bool {
	return i.kind == typeString || i.kind == typeBlob || i.kind == typeBlobData
}

// page reads the entries of a page.
func (r *reader) page(p page) {
	b := r.in.Peek(p.at, pageSize)
	for n := 0; n < perPage && firstEntry+(n+1)*entrySize <= len(b); {
		state := b[headerSize+n/4] >> (2 * (n % 4)) & 3
		at := firstEntry + n*entrySize
		n++
		if state != entryWritten && state != entryErased {
			if e := b[at : at+entrySize]; state == entryEmpty && erased(e) {
				continue
			}
			r.hurt(p.at+int64(at), entrySize, "entry in no valid state")
			continue
		}
		i, span, err := parse(b, at, state == entryErased)
		switch {
		case err != nil && state == entryErased:
			continue // a part of what was erased
		case err != nil:
			r.hurt(p.at+int64(at), entrySize, "%v", err)
			r.wrong = append(r.wrong, b[at:at+entrySize]...)
			continue
		}
		i.at = p.at + int64(at)
		r.take(i)
		n += span - 1
	}
}

// take keeps an item. Of two chunks with one number the later counts.
func (r *reader) take(i *item) {
	switch {
	case i.namespace == 0 && i.kind == 1:
		if _, known := r.namespaces[i.data[0]]; !known || !i.erased {
			r.namespaces[i.data[0]] = i.key
		}
		return
	case i.erased:
	case i.kind == typeBlobData:
		r.chunks[chunkKey{i.namespace, i.chunk, i.key}] = i
	}
	r.items = append(r.items, i)
}

// parse reads an entry of a page and compares the checksums.
func parse(b []byte, at int, gone bool) (*item, int, error) {
	e := b[at : at+entrySize]
	if sum(append(bytes.Clone(e[:4]), e[8:]...)) != le.Uint32(e[4:]) {
		return nil, 0, fmt.Errorf("the checksum of the entry differs")
	}
	key, _, _ := bytes.Cut(e[8:24], []byte{0})
	i := &item{namespace: e[0], kind: e[1], chunk: e[3], key: string(key), data: [8]byte(e[24:]), erased: gone}
	span := int(e[2])
	switch left := (len(b) - at) / entrySize; {
	case typeNames[i.kind] == "":
		return nil, 0, fmt.Errorf("key %q has a value of the unknown type 0x%02x", i.key, i.kind)
	case !i.long():
		return i, 1, nil
	case span < 1 || span > left || i.size() > int64(span-1)*entrySize:
		return nil, 0, fmt.Errorf("key %q has %d bytes in %d entries, %d are left in the page", i.key, i.size(), span, left)
	}
	if v := b[at+entrySize:][:i.size()]; sum(v) != le.Uint32(i.data[4:]) {
		if gone {
			return nil, 0, fmt.Errorf("overwritten")
		}
		i.err = fmt.Errorf("the checksum of the value differs")
	}
	return i, span, nil
}

// text is the value of a number.
func (i *item) text() string {
	n := le.Uint64(i.data[:])
	shift := 64 - 8*(i.kind&0xf)
	if i.kind&signed != 0 {
		return fmt.Sprint(int64(n<<shift) >> shift)
	}
	return fmt.Sprint(n << shift >> shift)
}

// name is the path of an item.
func (r *reader) name(i *item) string {
	space, ok := r.namespaces[i.namespace]
	if !ok || space == "" {
		space = fmt.Sprintf("namespace-%d", i.namespace)
	}
	key := i.key
	if key == "" {
		key = "unnamed"
	}
	switch {
	case i.erased:
		key = fmt.Sprintf("%s@erased-0x%x", key, i.at)
	case i.kind == typeBlobData:
		key = fmt.Sprintf("%s@chunk-%d", key, i.chunk)
	}
	return space + "/" + key
}

// value is what a file holds: text, or runs of the input.
type value struct {
	text string
	runs []run
}

type run struct{ at, size int64 }

// list makes the entries of all items.
func (r *reader) list() error {
	used := map[*item]bool{}
	for _, i := range r.items {
		if i.kind == typeBlobIndex && !i.erased {
			if err := r.blob(i, used); err != nil {
				return err
			}
		}
	}
	for _, i := range r.items {
		if used[i] || i.kind == typeBlobIndex {
			continue
		}
		v := value{}
		if i.long() {
			v.runs = []run{{i.value(), i.size()}}
			if i.kind == typeString && i.size() > 0 && string(r.in.Peek(i.value()+i.size()-1, 1)) == "\x00" {
				v.runs[0].size--
			}
		} else {
			v.text = i.text()
		}
		if err := r.add(i, v, i.err); err != nil {
			return err
		}
	}
	return nil
}

// blob puts the chunks of a blob together.
func (r *reader) blob(i *item, used map[*item]bool) error {
	size, count, first := int64(le.Uint32(i.data[:])), int(i.data[4]), i.data[5]
	var v value
	var err error
	total := int64(0)
	for n := range count {
		c := r.chunks[chunkKey{i.namespace, first + byte(n), i.key}]
		if c == nil {
			err = format.Errorf(i.at, "chunk %d of %d is missing", n, count)
			break
		}
		used[c] = true
		if c.err != nil {
			err = format.Errorf(c.at, "chunk %d: %w", n, c.err)
		}
		v.runs = append(v.runs, run{c.value(), c.size()})
		total += c.size()
	}
	if err == nil && total != size {
		err = format.Errorf(i.at, "%d bytes in chunks, the index says %d", total, size)
	}
	return r.add(i, v, err)
}

func (r *reader) add(i *item, v value, err error) error {
	name := r.name(i)
	if err := r.budget.Entry(name); err != nil {
		return err
	}
	e := format.Entry{
		Name: name, Mode: 0o600, Inode: len(r.entries), Offset: -1, Size: int64(len(v.text)), Err: err,
		Xattrs: map[string][]byte{"user.nvs.type": []byte(typeNames[i.kind])},
	}
	for _, run := range v.runs {
		e.Size += run.size
	}
	if len(v.runs) == 1 {
		e.Offset = v.runs[0].at
	}
	r.entries, r.values = append(r.entries, e), append(r.values, v)
	return nil
}

// Entries lists the keys in the order of the pages, blobs first.
func (r *reader) Entries() []format.Entry { return r.entries }

// Batches has one batch for each key.
func (r *reader) Batches() []format.Batch { return format.OneByOne(r) }

// Read gives a value.
func (r *reader) Read(n int) ([]byte, error) {
	v := r.values[n]
	if len(v.runs) == 0 {
		return []byte(v.text), nil
	}
	b := make([]byte, 0, r.entries[n].Size)
	for _, run := range v.runs {
		piece, err := r.in.Bytes(run.at, run.size)
		if err != nil {
			return nil, err
		}
		b = append(b, piece...)
	}
	return b, nil
}
