package cramfs

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of this reader, beside those of the image.
const (
	maxDepth = 512
	maxPath  = 4096
	maxLink  = 4096
)

const (
	inodeSize   = 12
	modeFmt     = 0o170000
	modeDir     = 0o040000
	modeRegular = 0o100000
	modeLink    = 0o120000
)

// inode is what the twelve bytes of an inode say.
type inode struct {
	at                   int64
	mode, uid, size, gid uint32
	name                 int64 // bytes of the name behind it
	offset               int64 // of the content
}

// parseInode takes the fields of an inode apart. They fill their words from the
// low end in little-endian images, and from the high end in the others.
func parseInode(b []byte, at int64, order binary.ByteOrder) inode {
	w := [3]uint32{order.Uint32(b), order.Uint32(b[4:]), order.Uint32(b[8:])}
	if order == binary.ByteOrder(binary.BigEndian) {
		return inode{at: at, mode: w[0] >> 16, uid: w[0] & 0xffff, size: w[1] >> 8, gid: w[1] & 0xff, name: int64(w[2]>>26) << 2, offset: int64(w[2]&(1<<26-1)) << 2}
	}
	return inode{at: at, mode: w[0] & 0xffff, uid: w[0] >> 16, size: w[1] & (1<<24 - 1), gid: w[1] >> 24, name: int64(w[2]&63) << 2, offset: int64(w[2]>>6) << 2}
}

type reader struct {
	ctx      context.Context
	in       format.Input
	sb       superblock
	budget   *format.Budget
	block    int64 // the size of a block
	extended bool  // block pointers have flags
	end      int64 // of what belongs to the file system, as far as it was read
	pointers int64 // bytes of block pointers that may yet be read to learn places

	entries []format.Entry
	inodes  []inode
	damage  []format.Damage
	zlib    decoders
}

func (r *reader) hurt(at int64, reason string) {
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: reason})
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

type pending struct {
	node  inode
	name  string
	depth int
}

// content is where a content is. Files that share one share this.
type content struct {
	offset int64
	size   uint32
}

// load reads the directories, each once, then finds the size of a block, and
// with it the targets of symlinks.
func (r *reader) load() error {
	seen := map[int64]bool{r.sb.root.offset: true}
	shared := map[content]int{}
	stack := []pending{{node: r.sb.root}}
	for len(stack) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		down, err := r.list(dir, seen, shared)
		if err != nil {
			if dir.name == "" && len(r.entries) == 0 {
				return err
			}
			r.hurt(dir.node.at, "directory "+dir.name+": "+err.Error())
		}
		for i := len(down) - 1; i >= 0; i-- {
			stack = append(stack, down[i])
		}
	}
	r.block = r.guess()
	for i := range r.entries {
		r.finish(&r.entries[i], &r.inodes[i])
	}
	return nil
}

// list reads one directory: inodes, each with its name.
func (r *reader) list(dir pending, seen map[int64]bool, shared map[content]int) (down []pending, err error) {
	end := dir.node.offset + int64(dir.node.size)
	for at := dir.node.offset; at < end; {
		raw, err := r.in.Bytes(at, inodeSize)
		if err != nil {
			return down, err
		}
		n := parseInode(raw, at, r.sb.order)
		name, err := r.in.Bytes(at+inodeSize, n.name)
		if err != nil {
			return down, err
		}
		if at += inodeSize + n.name; at > end {
			return down, format.Errorf(n.at, "entry goes on after the end of the directory")
		}
		r.end = max(r.end, at)
		name = bytes.TrimRight(name, "\x00")
		full := dir.name + string(name)
		if err := r.budget.Entry(full); err != nil {
			return down, err
		}
		if len(name) == 0 || bytes.ContainsAny(name, "/\x00") {
			r.hurt(n.at, fmt.Sprintf("directory %s: name %q", dir.name, name))
			continue
		}
		r.add(n, full, shared)
		if n.mode&modeFmt == modeDir && n.size > 0 && r.descend(dir, &n, full, seen) {
			down = append(down, pending{n, full + "/", dir.depth + 1})
		}
	}
	return down, nil
}

// descend says whether a directory is to be read.
func (r *reader) descend(dir pending, n *inode, full string, seen map[int64]bool) bool {
	switch {
	case seen[n.offset]:
		r.hurt(n.at, "directory "+full+" is in the tree twice")
	case dir.depth >= maxDepth || len(full) > maxPath:
		r.hurt(n.at, full[:min(len(full), 80)]+": directories too deep")
	default:
		seen[n.offset] = true
		return true
	}
	return false
}

// add makes the entry of an inode. Files with the same place have one content.
func (r *reader) add(n inode, full string, shared map[content]int) {
	e := format.Entry{Name: full, Mode: format.UnixMode(n.mode), UID: n.uid, GID: n.gid, Offset: -1, Inode: len(r.entries)}
	switch n.mode & modeFmt {
	case 0o060000, 0o020000:
		e.Rdev = uint64(n.size>>8&0xff)<<32 | uint64(n.size&0xff)
	case modeRegular:
		e.Size = int64(n.size)
		if n.size > 0 {
			key := content{n.offset, n.size}
			if i, ok := shared[key]; ok {
				e.Inode = i
			} else {
				shared[key] = e.Inode
			}
		}
	case modeLink, modeDir:
		e.Size = int64(n.size)
	}
	r.entries, r.inodes = append(r.entries, e), append(r.inodes, n)
}

// finish reads the target of a symlink, and where a content lies that is one
// plain run.
func (r *reader) finish(e *format.Entry, n *inode) {
	switch n.mode & modeFmt {
	case modeLink:
		e.Link, e.Err = r.target(n)
	case modeRegular:
		if r.extended && r.inodes[e.Inode].at == n.at {
			e.Offset = r.plainOffset(n)
		} else {
			e.Offset = r.entries[e.Inode].Offset
		}
	case modeDir, 0o060000, 0o020000, 0o010000, 0o140000:
	default:
		e.Mode, e.Err = e.Mode|fs.ModeIrregular, format.Errorf(n.at, "unknown kind 0%o", n.mode)
	}
}

// target reads the target of a symlink, which stays in memory.
func (r *reader) target(n *inode) (string, error) {
	if n.size > maxLink {
		return "", format.Errorf(n.at, "symlink of %d bytes: %w", n.size, format.ErrLimit)
	}
	if err := r.budget.Names(int(n.size)); err != nil {
		return "", err
	}
	target, err := r.content(n, alone)
	if err != nil {
		return "", err
	}
	return string(target), nil
}

var _ format.Tree = (*reader)(nil)
