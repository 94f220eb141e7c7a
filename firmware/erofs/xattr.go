package erofs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	xattrHeader = 12
	xattrEntry  = 4
	longPrefix  = 0x80 // in the index of a name's prefix
)

var xattrPrefixes = [...]string{1: "user.", 2: "system.posix_acl_access", 3: "system.posix_acl_default", 4: "trusted.", 5: "lustre.", 6: "security."}

// xattrs reads the extended attributes of an inode: identifiers of shared ones,
// then its own. Inodes with the same record share the result.
func (r *reader) xattrs(n *inode) (map[string][]byte, error) {
	if n.xattrs == 0 {
		return nil, nil
	}
	at := n.end - n.xattrs
	body, err := r.in.Bytes(at, n.xattrs)
	if err != nil {
		return nil, err
	}
	if known, ok := r.xattrsKnown[string(body)]; ok {
		return known, nil
	}
	if r.xattrsLeft -= int64(len(body)); r.xattrsLeft < 0 {
		return nil, format.Errorf(at, "more than %d bytes of attributes: %w", maxXattrs, format.ErrLimit)
	}
	all := map[string][]byte{}
	shared := int64(body[4])
	if xattrHeader+shared*4 > int64(len(body)) {
		return nil, format.Errorf(at, "%d shared attributes in %d bytes", shared, len(body))
	}
	for i := range shared {
		id := binary.LittleEndian.Uint32(body[xattrHeader+i*4:])
		place := int64(r.sb.XattrBlock)<<r.sb.BlockBits + int64(id)*4
		next, err := r.xattr(all, place, r.in.Size)
		if err != nil {
			return all, err
		}
		r.own.add(place, next-place)
	}
	for pos := at + xattrHeader + shared*4; pos < n.end; {
		if pos, err = r.xattr(all, pos, n.end); err != nil {
			return all, err
		}
	}
	r.xattrsKnown[string(body)] = all
	return all, nil
}

// xattr reads one attribute and gives the place of the next.
func (r *reader) xattr(all map[string][]byte, at, end int64) (int64, error) {
	head, err := r.in.Bytes(at, xattrEntry)
	if err != nil {
		return 0, err
	}
	name, value := int64(head[0]), int64(binary.LittleEndian.Uint16(head[2:]))
	if at+xattrEntry+name+value > end {
		return 0, format.Errorf(at, "attribute of %d and %d bytes is longer than its place", name, value)
	}
	next := (at + xattrEntry + name + value + 3) &^ 3
	if head[0] == 0 && head[1] == 0 && value == 0 {
		return next, nil // reserved room
	}
	if r.xattrsLeft -= name + value; r.xattrsLeft < 0 {
		return 0, format.Errorf(at, "more than %d bytes of attributes: %w", maxXattrs, format.ErrLimit)
	}
	body, err := r.in.Bytes(at+xattrEntry, name+value)
	if err != nil {
		return 0, err
	}
	prefix, ok := r.prefix(head[1])
	if !ok {
		return 0, format.Errorf(at, "attribute with unknown prefix %d", head[1])
	}
	all[prefix+string(body[:name])] = append([]byte(nil), body[name:]...)
	return next, nil
}

func (r *reader) prefix(index byte) (string, bool) {
	if index&longPrefix != 0 {
		index &^= longPrefix
		return pick(r.prefixes, index)
	}
	return pick(xattrPrefixes[:], index)
}

func pick(names []string, i byte) (string, bool) {
	if int(i) >= len(names) || names[i] == "" {
		return "", false
	}
	return names[i], true
}

// loadPrefixes reads the long prefixes: each a length, the index of a short
// prefix and what follows it. They are in the packed inode if there is one.
func (r *reader) loadPrefixes() error {
	from := int64(r.sb.PrefixStart) << 2
	read := func(off, n int64) ([]byte, error) {
		r.own.add(off, n)
		return r.in.Bytes(off, n)
	}
	if r.packed != nil {
		read = r.packedBytes
	}
	for range r.sb.Prefixes {
		from = (from + 3) &^ 3
		head, err := read(from, 3)
		if err != nil {
			return err
		}
		n := int64(binary.LittleEndian.Uint16(head))
		base, ok := pick(xattrPrefixes[:], head[2])
		if n < 1 || n > maxNameBytes+1 || !ok {
			return format.Errorf(from, "prefix of %d bytes after prefix %d", n, head[2])
		}
		rest, err := read(from+3, n-1)
		if err != nil {
			return err
		}
		r.prefixes = append(r.prefixes, base+string(rest))
		from += 2 + n
	}
	return nil
}
