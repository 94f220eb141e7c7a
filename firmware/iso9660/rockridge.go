package iso9660

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of Rock Ridge, beside those of the image.
const (
	maxContinuations = 32    // continuation areas of one record, as in the kernel
	maxLink          = 65535 // bytes of a symlink's target
	maxName          = 1024  // bytes of a name
	xaSize           = 14    // of what a CD-ROM XA has before the system use entries
)

// rock is what the system use entries of a record say.
type rock struct {
	name      string
	mode      uint32
	uid, gid  uint32
	owned     bool // mode and owner are there
	rdev      uint64
	link      string
	joined    bool // the next component of the link needs no slash
	time      time.Time
	child     int64 // where the directory is that this record stands for, or 0
	relocated bool  // the directory belongs elsewhere
	packed    *zisofs
}

// findRockRidge looks for the entry that announces system use entries, in the
// record that the root directory has of itself.
func (r *reader) findRockRidge(root []byte) {
	rec, err := r.readRecord(root, descriptorsAt+rootAt)
	if err != nil || rec.err != nil {
		return
	}
	raw := r.in.Peek(rec.start, int(min(rec.size, 255)))
	if len(raw) == 0 {
		return
	}
	self, err := r.readRecord(raw, rec.start)
	if err != nil {
		return
	}
	for _, at := range []int{0, xaSize} {
		if u := self.use[min(at, len(self.use)):]; len(u) >= 7 && string(u[:2]) == "SP" && u[4] == 0xbe && u[5] == 0xef {
			r.rock, r.skip = true, int(u[6])
			return
		}
	}
}

// rockRidge reads the system use entries of a record, and those that continue
// them. What could be read comes with an error.
func (r *reader) rockRidge(rec *record) (k rock, err error) {
	k.joined = true
	area, at := rec.use[min(r.skip, len(rec.use)):], rec.at
	r.unused(rec.useAt(), len(rec.use)-len(area))
	place := rec.useAt() + int64(len(rec.use)-len(area))
	for range maxContinuations {
		next, err := r.entriesOf(&k, area, at, place)
		if err != nil || next == nil {
			return k, err
		}
		block, same1 := both32(next)
		off, same2 := both32(next[8:])
		size, same3 := both32(next[16:])
		if !same1 || !same2 || !same3 || int64(size) > r.block {
			return k, format.Errorf(at, "continuation of %d bytes, or different in its two byte orders", size)
		}
		at = int64(block)*r.block + int64(off)
		if area, err = r.in.Bytes(at, int64(size)); err != nil {
			return k, err
		}
		place = at
		r.refer(at, int64(size))
	}
	return k, format.Errorf(at, "more than %d continuations", maxContinuations)
}

// fixed are how many bytes are read of the kinds of entries that say a number or two.
var fixed = map[string]int{"PX": 40, "PN": 16, "CL": 8, "PL": 8, "RE": 0, "SP": 3, "ZF": 12, "NM": 256, "SL": 256, "TF": 256, "CE": 24, "ST": 0}

// entriesOf reads one area of entries, which stands at a place, and gives the one that
// says where they go on. Mistakes are told of where the record is.
func (r *reader) entriesOf(k *rock, area []byte, at, place int64) (next []byte, err error) {
	end := place + int64(len(area))
	defer func() { r.unused(end-int64(len(area)), len(area)) }()
	for len(area) >= 4 {
		size := int(area[2])
		if size == 0 && area[0] == 0 {
			break // padding
		}
		if size < 4 || size > len(area) {
			return nil, format.Errorf(at, "system use entry of %d bytes", size)
		}
		kind, e := string(area[:2]), area[4:size]
		area = area[size:]
		if n := len(e) - fixed[kind]; n > 0 {
			r.unused(end-int64(len(area))-int64(n), n)
		}
		switch kind {
		case "CE":
			if len(e) < 24 {
				return nil, format.Errorf(at, "continuation entry of %d bytes", size)
			}
			next = e
		case "ST":
			return next, nil
		default:
			if err := r.take(k, kind, e, at); err != nil {
				return nil, err
			}
		}
	}
	return next, nil
}

// take reads one entry. Kinds that say nothing about a file are passed over.
func (r *reader) take(k *rock, kind string, e []byte, at int64) error {
	numbers := func(n int) ([]uint32, error) {
		if len(e) < 8*n {
			return nil, format.Errorf(at, "entry %s of %d bytes", kind, len(e))
		}
		out := make([]uint32, n)
		for i := range out {
			v, same := both32(e[8*i:])
			if !same {
				return nil, format.Errorf(at, "entry %s differs in its two byte orders", kind)
			}
			out[i] = v
		}
		return out, nil
	}
	switch kind {
	case "PX":
		n, err := numbers(4)
		if err != nil {
			return err
		}
		k.mode, k.uid, k.gid, k.owned = n[0], n[2], n[3], true
	case "PN":
		n, err := numbers(2)
		if err != nil {
			return err
		}
		k.rdev = device(n[0], n[1])
	case "CL":
		n, err := numbers(1)
		if err != nil {
			return err
		}
		k.child = int64(n[0]) * r.block
	case "RE":
		k.relocated = true
	case "NM":
		return k.addName(e, at)
	case "SL":
		return k.addLink(e, at)
	case "TF":
		k.times(e)
	case "ZF":
		z, err := readZF(e, at)
		k.packed = z
		return err
	}
	return nil
}

// device joins a device number, of which some writers put all into the low half:
// 12 bits of major between 8 and 12 bits of minor.
func device(high, low uint32) uint64 {
	if high == 0 && low > 0xff {
		return uint64(low>>8&0xfff)<<32 | uint64(low&0xff|low>>12&0xfff00)
	}
	return uint64(high)<<32 | uint64(low)
}

// Flags of names and of the components of links.
const (
	isCurrent = 0x02
	isParent  = 0x04
	isRoot    = 0x08
)

func (k *rock) addName(e []byte, at int64) error {
	if len(e) < 1 || len(k.name)+len(e) > maxName {
		return format.Errorf(at, "name of %d bytes", len(k.name)+len(e))
	}
	if e[0]&(isCurrent|isParent) == 0 {
		k.name += string(e[1:])
	} else if len(e) > 1 {
		return format.Errorf(at, "a name of %d bytes for the folder itself", len(e)-1)
	}
	return nil
}

// addLink takes components of a symlink's target. One that goes on in the next
// component or entry is joined without a slash.
func (k *rock) addLink(e []byte, at int64) error {
	if len(e) < 1 {
		return format.Errorf(at, "empty link entry")
	}
	for e = e[1:]; len(e) >= 2; {
		flags, n := e[0], int(e[1])
		if n > len(e)-2 || len(k.link)+n > maxLink {
			return format.Errorf(at, "component of %d bytes", n)
		}
		text := string(e[2 : 2+n])
		e = e[2+n:]
		switch {
		case flags&isCurrent != 0:
			text = "."
		case flags&isParent != 0:
			text = ".."
		case flags&isRoot != 0:
			k.link, text = "", "/"
			k.joined = true
		case flags&^1 != 0:
			return format.Errorf(at, "component with flags 0x%02x", flags)
		}
		if !k.joined {
			k.link += "/"
		}
		k.link += text
		k.joined = flags&(1|isRoot) != 0
	}
	return nil
}

// times takes the time of the last change of the content.
func (k *rock) times(e []byte) {
	const (
		created  = 0x01
		modified = 0x02
		long     = 0x80
	)
	if len(e) < 1 || e[0]&modified == 0 {
		return
	}
	size, read := 7, shortTime
	if e[0]&long != 0 {
		size, read = 17, longTime
	}
	from := 1
	if e[0]&created != 0 {
		from += size
	}
	if from+size <= len(e) {
		k.time = read(e[from : from+size])
	}
}

// plain gives a name that is one element of a path.
func (r *reader) plain(name string, at int64) string {
	if name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00") {
		return name
	}
	r.hurt(at, fmt.Sprintf("a file is called %q", name))
	return "\ufffd" + strings.NewReplacer("/", "\ufffd", "\x00", "\ufffd").Replace(name)
}
