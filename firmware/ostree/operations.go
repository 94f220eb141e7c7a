package ostree

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Operations of a part: each makes, or goes on with, the next object of its list.
const (
	opWhole  = 'S' // the object from one run of the data
	opOpen   = 'o'
	opWrite  = 'w'
	opSource = 'r' // what is written then comes from an older object
	opUnset  = 'R'
	opClose  = 'c'
	opPatch  = 'B'
)

// object is an object of a delta.
type object struct {
	kind    byte
	header  Header
	content []byte // where it is one run
	runs    [][]byte
	err     error // why it cannot be had
}

func (o *object) size() int64 {
	n := int64(len(o.content))
	for _, r := range o.runs {
		n += int64(len(r))
	}
	return n
}

func (o *object) bytes() []byte {
	if o.runs == nil {
		return o.content
	}
	var all []byte
	for _, r := range o.runs {
		all = append(all, r...)
	}
	return all
}

var errOlder = errors.New("made of an object of the older commit, which is not here")

// machine runs the operations of one part.
type machine struct {
	modes, attributes []value
	data, ops         []byte
	names             []byte // what is left of the list of objects

	current *object
	sum     Checksum
	older   bool
}

// run makes the objects of a part. Its members are modes, attributes, data and
// operations.
func (d *delta) run(m []value, objects []byte) (err error) {
	r := &machine{data: m[2].data, ops: m[3].data, names: objects}
	if r.modes, err = m[0].items(); err != nil {
		return err
	}
	if r.attributes, err = m[1].items(); err != nil {
		return err
	}
	if len(objects)%objectSize != 0 || len(objects)/objectSize > maxItems {
		return fmt.Errorf("a list of objects of %d bytes", len(objects))
	}
	for len(r.ops) > 0 {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		if err := r.step(d); err != nil {
			return fmt.Errorf("operation: %w", err)
		}
	}
	if r.current != nil || len(r.names) > 0 {
		return errors.New("the operations end before the objects do")
	}
	return nil
}

func (r *machine) step(d *delta) error {
	op := r.ops[0]
	r.ops = r.ops[1:]
	switch op {
	case opWhole:
		if err := r.begin(); err != nil {
			return err
		}
		if err := r.head(); err != nil {
			return err
		}
		size, err := r.number()
		if err != nil {
			return err
		}
		if r.current.content, err = r.span(size); err != nil {
			return err
		}
		return r.finish(d)
	case opOpen:
		if err := r.begin(); err != nil {
			return err
		}
		if err := r.head(); err != nil {
			return err
		}
		_, err := r.number() // its size
		return err
	case opWrite, opPatch:
		return r.write(op)
	case opSource:
		at, err := r.number()
		if err != nil || at > uint64(len(r.data)) || len(r.data)-int(at) < len(Checksum{}) {
			return errVariant
		}
		r.older = true
	case opUnset:
		r.older = false
	case opClose:
		if r.current == nil {
			return errors.New("closes what is not open")
		}
		return r.finish(d)
	default:
		return fmt.Errorf("of the unknown kind %q", op)
	}
	return nil
}

func (r *machine) number() (n uint64, err error) {
	n, r.ops, err = varint(r.ops)
	return n, err
}

// span takes the place of so many bytes of the data.
func (r *machine) span(size uint64) ([]byte, error) {
	at, err := r.number()
	if err != nil || at > uint64(len(r.data)) || size > uint64(len(r.data))-at {
		return nil, errVariant
	}
	return r.data[at : at+size : at+size], nil
}

func (r *machine) begin() error {
	if r.current != nil || len(r.names) < objectSize {
		return errors.New("opens an object too many")
	}
	r.current = &object{kind: r.names[0]}
	r.sum, r.names = Checksum(r.names[1:objectSize]), r.names[objectSize:]
	return nil
}

// head takes owner, mode and attributes of a file.
func (r *machine) head() error {
	if r.current.kind != objectFile {
		return nil
	}
	mode, err := r.number()
	if err != nil {
		return err
	}
	attributes, err := r.number()
	if err != nil {
		return err
	}
	if mode >= uint64(len(r.modes)) || attributes >= uint64(len(r.attributes)) {
		return errors.New("a mode or attributes that are not there")
	}
	raw := r.modes[mode].data
	h := &r.current.header
	h.UID, h.GID, h.Mode = binary.BigEndian.Uint32(raw), binary.BigEndian.Uint32(raw[4:]), binary.BigEndian.Uint32(raw[8:])
	h.Xattrs, err = xattrs(r.attributes[attributes])
	return err
}

func (r *machine) write(op byte) error {
	if r.current == nil {
		return errors.New("writes to what is not open")
	}
	first, err := r.number()
	if err != nil {
		return err
	}
	if op == opPatch || r.older {
		r.current.err = errOlder
		_, err := r.number()
		return err
	}
	run, err := r.span(first)
	if err == nil {
		r.current.runs = append(r.current.runs, run)
	}
	return err
}

// finish notes the object, if it is what its checksum says.
func (r *machine) finish(d *delta) error {
	o := r.current
	r.current = nil
	if err := d.budget.Files(1); err != nil {
		return err
	}
	if o.err == nil {
		o.err = d.budget.File(o.size()) // before it is put together and hashed
	}
	if o.err == nil {
		o.err = o.check(r.sum)
	}
	if o.header.Mode&typeMask == typeLink && o.err == nil {
		o.header.Link, o.content, o.runs = string(o.bytes()), nil, nil
	}
	d.objects[r.sum] = *o
	return nil
}

// Types of files in a mode.
const (
	typeMask = 0o170000
	typeLink = 0o120000
)

// check compares an object with its checksum.
func (o *object) check(want Checksum) error {
	h, content := o.header, o.bytes()
	var got Checksum
	switch {
	case o.kind != objectFile:
		got = sum(content)
	case h.Mode&typeMask == typeLink:
		h.Link = string(content)
		got = h.Sum(nil)
	default:
		got = h.Sum(content)
	}
	if got != want {
		return fmt.Errorf("the checksum is %s", got)
	}
	return nil
}
