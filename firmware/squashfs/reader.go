package squashfs

import (
	"context"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// reader is an opened file system.
type reader struct {
	ctx        context.Context
	in         format.Input
	sb         superblock
	order      binary.ByteOrder
	codec      *codec // of data blocks
	meta       metadata
	budget     *format.Budget
	ids        []uint32
	groups     []uint32 // of versions before 4
	fragments  []fragment
	xattrStart uint64
	xattrSets  []xattrSet
	xattrKnown map[uint32]map[string][]byte
	long       int64         // bytes of files that are too long for memory
	owned      []format.Span // indexes of tables, and metadata blocks
	starts     []int64       // of the metadata blocks of tables
	unlinked   int           // inodes without a name
	rests      *rests

	entries []format.Entry
	inodes  []*inode // of entries that are regular files, else nil
	damage  []format.Damage
	buffers buffers
}

// load reads all metadata. Only what makes the tree unusable is an error.
func (r *reader) load() error {
	if err := r.readIDs(); err != nil {
		return err
	}
	if err := r.readFragments(); err != nil {
		r.hurt(offsetOf(r.sb.FragTable), "fragment table: "+err.Error())
		r.fragments = nil
	}
	r.xattrKnown = map[uint32]map[string][]byte{}
	if err := r.readXattrTable(); err != nil {
		r.hurt(offsetOf(r.sb.XattrTable), "extended attributes: "+err.Error())
		r.xattrSets = nil
	}
	if err := r.walk(); err != nil {
		return err
	}
	r.idle()
	r.meta.blocks, r.meta.last = nil, nil
	r.xattrKnown = nil
	return nil
}

// hurt notes what could not be read. What lies beyond the end is told to lie there.
func (r *reader) hurt(at int64, reason string) {
	r.damage = append(r.damage, format.Damage{Offset: min(at, int64(r.sb.Bytes)), Reason: reason})
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

type pending struct {
	ref   uint64
	name  string // path with a slash at its end, or empty
	depth int
}

// walk reads the directories from the root on, each once.
func (r *reader) walk() error {
	expected := r.expected()
	r.entries = make([]format.Entry, 0, expected)
	r.inodes = make([]*inode, 0, expected)
	first := make(map[uint64]int, expected) // inode reference to index of its first entry
	if err := r.walkFrom([]pending{{ref: r.sb.Root}}, first); err != nil {
		return err
	}
	return r.lost(first)
}

// walkFrom reads some directories and what is below them.
func (r *reader) walkFrom(stack []pending, first map[uint64]int) error {
	for len(stack) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		down, err := r.list(dir, first)
		if err != nil {
			if dir.name == "" {
				return err
			}
			r.hurt(offsetOf(r.sb.DirTable), "directory "+dir.name+": "+err.Error())
		}
		for i := len(down) - 1; i >= 0; i-- {
			stack = append(stack, down[i])
		}
	}
	return nil
}

// expected is about how many entries there are, as the superblock says: no more
// than blocks that hold its tables could give.
func (r *reader) expected() int {
	const smallest, ratio = 20, 64 // bytes of an inode, and what blocks of such shrink by
	return int(min(uint64(r.sb.Inodes), (r.sb.Bytes-r.sb.InodeTable)/smallest*ratio, 1<<16))
}

// list reads one directory and gives the directories in it. What was read
// before an error stays.
func (r *reader) list(dir pending, first map[uint64]int) (down []pending, err error) {
	n, err := r.readInode(dir.ref)
	if err != nil {
		return nil, err
	}
	if n.kind != typeDir {
		return nil, format.Errorf(offsetOf(r.sb.InodeTable+dir.ref>>16), "is no directory")
	}
	first[dir.ref] = -1
	return r.names(dir, n, first)
}

// names reads the names in a directory, which stand in groups behind headers.
func (r *reader) names(dir pending, n *inode, first map[uint64]int) (down []pending, err error) {
	left := int(n.dir.size)
	if r.sb.Major > 2 {
		left -= 3 // "." and ".." are counted and not stored
	}
	c := r.meta.at(r.sb.DirTable, uint64(n.dir.block), int(n.dir.offset))
	for left > 0 {
		count, start, size, err := r.dirHeader(c)
		if err != nil {
			return down, err
		}
		left -= size
		if count > maxNames {
			return down, format.Errorf(c.block, "directory header of %d entries", count)
		}
		for range count {
			offset, length, size, err := r.dirEntry(c)
			if err != nil {
				return down, err
			}
			name, err := c.next(length)
			if err != nil {
				return down, err
			}
			left -= size + length
			ref := start<<16 | uint64(offset)
			sub, err := r.add(dir, string(name), ref, first)
			if err != nil {
				return down, err
			}
			if sub {
				down = append(down, pending{ref, dir.name + string(name) + "/", dir.depth + 1})
			}
		}
	}
	return down, nil
}

// maxNames is how many names one header may have.
const maxNames = 256

// dirHeader reads a header: how many names follow, and in which metadata block
// their inodes are.
func (r *reader) dirHeader(c *cursor) (count int, start uint64, size int, err error) {
	if r.sb.Major < 4 {
		return r.oldDirHeader(c)
	}
	const size4 = 12 // count, start and a number
	raw, err := c.next(size4)
	if err != nil {
		return 0, 0, 0, err
	}
	return int(min(r.order.Uint32(raw), maxNames)) + 1, uint64(r.order.Uint32(raw[4:])), size4, nil
}

// dirEntry reads what stands in front of a name: where in its block the inode is,
// and how long the name is.
func (r *reader) dirEntry(c *cursor) (offset, length, size int, err error) {
	if r.sb.Major < 4 {
		return r.oldDirEntry(c)
	}
	const size4 = 8 // offset, a number, type and length
	raw, err := c.next(size4)
	if err != nil {
		return 0, 0, 0, err
	}
	return int(r.order.Uint16(raw)), int(r.order.Uint16(raw[6:])) + 1, size4, nil
}

// add makes the entry of one name. It says whether there is a directory to
// read. Only an exhausted budget is an error.
func (r *reader) add(dir pending, name string, ref uint64, first map[uint64]int) (sub bool, err error) {
	full := dir.name + name
	if err := r.budget.Entry(full); err != nil {
		return false, err
	}
	if i, ok := first[ref]; ok {
		if i < 0 {
			r.hurt(offsetOf(r.sb.InodeTable+ref>>16), "directory "+full+" is in the tree twice")
			return false, nil
		}
		e := r.entries[i]
		e.Name = full
		r.entries, r.inodes = append(r.entries, e), append(r.inodes, nil)
		return false, nil
	}
	n, err := r.readInode(ref)
	if err != nil {
		r.hurt(offsetOf(r.sb.InodeTable+ref>>16), full+": "+err.Error())
		return false, nil
	}
	if err := r.budget.Names(len(n.entry.Link)); err != nil {
		return false, err
	}
	n.entry.Name = full
	if n.entry.Xattrs, err = r.xattrs(n.xattr); err != nil {
		r.hurt(offsetOf(r.sb.XattrTable), full+": extended attributes: "+err.Error())
	}
	n.entry.Inode = len(r.entries)
	first[ref] = n.entry.Inode
	r.entries = append(r.entries, n.entry)
	if n.kind != typeFile {
		n = nil
	}
	r.inodes = append(r.inodes, n)
	if !r.entries[len(r.entries)-1].Mode.IsDir() {
		return false, nil
	}
	first[ref] = -1
	if dir.depth >= maxDepth || len(full) > maxPath {
		r.hurt(offsetOf(r.sb.InodeTable+ref>>16), full[:min(len(full), 80)]+": directories too deep")
		return false, nil
	}
	return true, nil
}

var _ format.Tree = (*reader)(nil)
