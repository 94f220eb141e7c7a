package ext

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Extended attributes (attributes.rst).
const (
	attributeMagic  = 0xea020000
	attributeHead   = 32   // of a block of attributes
	attributeSumAt  = 0x10 // in it
	attributeRecord = 16
	recordCost      = 64 // bytes that an attribute costs beside its name
)

// Indices that stand for the beginning of a name.
const (
	indexSystem     = 7
	indexEncryption = 9
	inlineName      = "data" // with indexSystem: the rest of an inline content
)

var prefixes = [...]string{
	0: "", 1: "user.", 2: aclAccess, 3: aclDefault, 4: "trusted.", 6: "security.",
	indexSystem: "system.", 8: "system.richacl", 10: "gnu.",
}

// attribute is one record.
type attribute struct {
	at    int64 // its place
	index uint8
	name  string
	inode uint32 // that holds the value, or 0
	size  uint32
	value []byte
}

// records goes through the records that begin at first. Values are in area, which
// begins at a place of the input.
func records(area []byte, first int, at int64, each func(a attribute) error) error {
	for pos := first; ; {
		if pos+4 > len(area) {
			return format.Errorf(at+int64(pos), "attributes without an end")
		}
		if binary.LittleEndian.Uint32(area[pos:]) == 0 {
			return nil
		}
		length := int(area[pos])
		if pos+attributeRecord+length > len(area) {
			return format.Errorf(at+int64(pos), "an attribute's name ends outside")
		}
		e := area[pos:]
		a := attribute{
			at: at + int64(pos), index: e[1], name: string(e[attributeRecord : attributeRecord+length]),
			inode: binary.LittleEndian.Uint32(e[4:]), size: binary.LittleEndian.Uint32(e[8:]),
		}
		if a.inode == 0 {
			from, size := int64(binary.LittleEndian.Uint16(e[2:])), int64(a.size)
			if from+size > int64(len(area)) {
				return format.Errorf(a.at, "an attribute's value of %d bytes ends outside", size)
			}
			a.value = area[from : from+size : from+size]
		}
		if err := each(a); err != nil {
			return err
		}
		pos += (attributeRecord + length + 3) &^ 3
	}
}

// ownRecords goes through the attributes in the inode itself.
func (n *inode) ownRecords(each func(a attribute) error) error {
	from := oldInodeSize + n.extra()
	if len(n.body) == oldInodeSize || from+4 > len(n.body) || binary.LittleEndian.Uint32(n.body[from:]) != attributeMagic {
		return nil
	}
	return records(n.body[from+4:], 0, n.at+int64(from)+4, each)
}

// inlineRest is what does not fit into the block pointers of an inline content.
func (r *reader) inlineRest(n *inode) (rest []byte, err error) {
	err = n.ownRecords(func(a attribute) error {
		if a.index == indexSystem && a.name == inlineName {
			rest = a.value
		}
		return nil
	})
	return rest, err
}

// attributes are the extended attributes of an inode. Those that could be read
// before an error hold.
func (r *reader) attributes(n *inode) (map[string][]byte, error) {
	own := map[string][]byte{}
	err := n.ownRecords(func(a attribute) error { return r.take(own, n, a) })
	block := uint64(n.ACLLow)
	if r.sb.Creator == linux {
		block |= uint64(n.ACLHigh) << 32
	}
	if block == 0 || err != nil {
		return present(own), err
	}
	shared, err := r.attributeBlock(n, block)
	if len(own) == 0 {
		return shared, err
	}
	for name, value := range shared {
		if err := r.charge(len(name)); err != nil {
			return own, err
		}
		if _, ok := own[name]; !ok {
			own[name] = value
		}
	}
	return own, err
}

func present(m map[string][]byte) map[string][]byte {
	if len(m) == 0 {
		return nil
	}
	return m
}

// attributeBlock reads a block of attributes, which many inodes may share, once.
func (r *reader) attributeBlock(n *inode, number uint64) (map[string][]byte, error) {
	if known, ok := r.shared[number]; ok {
		return known, nil
	}
	if number >= r.sb.blocks {
		return nil, format.Errorf(n.at, "attributes in block %d of %d", number, r.sb.blocks)
	}
	at := int64(number) * r.sb.blockSize
	block, err := r.in.Bytes(at, r.sb.blockSize)
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(block) != attributeMagic {
		return nil, format.Errorf(at, "no block of extended attributes")
	}
	if r.sb.checksums() {
		sum := crc32c(crc32c64(r.seed, number), block[:attributeSumAt])
		sum = crc32c(crc32c32(sum, 0), block[attributeSumAt+4:])
		if sum != binary.LittleEndian.Uint32(block[attributeSumAt:]) {
			return nil, format.Errorf(at, "the checksum of a block of extended attributes differs")
		}
	}
	r.owned.take(int64(number), 1)
	r.rooms(block, at, append(recordsUsed(block, attributeHead), format.Span{Length: attributeHead}))
	all := map[string][]byte{}
	err = records(block, attributeHead, at, func(a attribute) error { return r.take(all, n, a) })
	r.shared[number] = present(all)
	return r.shared[number], err
}

// take adds one attribute, as the kernel would show it. What the kernel keeps
// for itself is left out: the rest of an inline content, the parameters of an
// encryption.
func (r *reader) take(all map[string][]byte, owner *inode, a attribute) (err error) {
	switch {
	case a.index == indexEncryption, a.index == indexSystem && a.name == inlineName:
		return nil
	case int(a.index) >= len(prefixes) || (prefixes[a.index] == "" && a.index > 0):
		return format.Errorf(a.at, "an attribute's name begins with unknown index %d", a.index)
	}
	name := prefixes[a.index] + a.name
	if a.inode != 0 {
		if a.value, err = r.attributeInode(owner, a); err != nil {
			return err
		}
	}
	if name == aclAccess || name == aclDefault {
		if a.value, err = accessList(a); err != nil {
			return err
		}
	}
	all[name] = a.value
	return r.charge(len(name))
}

// charge takes what an attribute costs from what all may cost.
func (r *reader) charge(bytes int) error {
	if r.attributeBytes += int64(bytes) + recordCost; r.attributeBytes > maxAttributes {
		return format.Errorf(0, "more than %d bytes of extended attributes: %w", maxAttributes, format.ErrLimit)
	}
	return nil
}

// attributeInode reads a value that has an inode of its own (eainode.rst). Its
// checksum stands in the place of the time of the last access; older file systems
// say there whose value it is.
func (r *reader) attributeInode(owner *inode, a attribute) ([]byte, error) {
	if a.size > maxXattr {
		return nil, format.Errorf(a.at, "extended attribute of %d bytes: %w", a.size, format.ErrLimit)
	}
	if known, ok := r.values[a.inode]; ok && len(known) == int(a.size) {
		return known, nil
	}
	n, err := r.inode(a.inode)
	switch {
	case err != nil:
		return nil, err
	case n.damaged != nil:
		return nil, n.damaged
	case n.kind() != typeFile || n.Flags&flagAttribute == 0 || n.size(&r.sb) != uint64(a.size):
		return nil, format.Errorf(n.at, "inode %d does not hold an attribute of %d bytes", a.inode, a.size)
	}
	if err := r.charge(int(a.size)); err != nil {
		return nil, err
	}
	value, err := r.content(n, allocate)
	if err != nil {
		return nil, err
	}
	r.own(n)
	r.inodeRoom(n)
	ofOwner := n.Mtime == owner.number && n.Generation == owner.Generation
	if crc32c(r.seed, value) != n.Atime && !ofOwner {
		return nil, format.Errorf(n.at, "the checksum of an attribute's value differs")
	}
	r.values[a.inode] = value
	return value, nil
}
