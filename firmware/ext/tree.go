package ext

import (
	"context"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// reader is an opened file system.
type reader struct {
	ctx    context.Context // until the tree was read
	in     format.Input
	sb     superblock
	seed   uint32 // of the checksums
	budget *format.Budget

	entries []format.Entry
	nodes   []node // by entry
	damage  []format.Damage
	unused  []format.Span
	unread  []format.Span
	buffers buffers

	*discovered
}

// discovered is what is only needed while the tree is read.
type discovered struct {
	tables         map[uint32]int64             // by group: the place of its inodes
	first          map[uint32]int               // by inode: its first entry, or -1 for a directory
	shared         map[uint64]map[string][]byte // by block: the attributes in it
	values         map[uint32][]byte            // by inode: the attribute that it holds
	attributeBytes int64
	owned          *owned
	idles          []format.Span
	bitmaps        []bitmap
	growing        map[uint64]bool // blocks of maps of those that descriptors may grow into
}

func newReader(ctx context.Context, in format.Input, sb superblock, b *format.Budget) *reader {
	return &reader{
		ctx: ctx, in: in, sb: sb, seed: sb.seed(), budget: b,
		discovered: &discovered{
			tables: map[uint32]int64{}, first: map[uint32]int{},
			shared: map[uint64]map[string][]byte{}, values: map[uint32][]byte{},
			owned: newOwned(&sb, in.Size),
		},
	}
}

// hurt notes a place that could not be read.
func (r *reader) hurt(at int64, f string, args ...any) {
	switch n := len(r.damage); {
	case n < maxDamage:
		r.damage = append(r.damage, format.Damage{Offset: at, Reason: fmt.Sprintf(f, args...)})
	case n == maxDamage:
		r.damage = append(r.damage, format.Damage{Offset: at, Reason: "more damage is not listed"})
	}
}

// shown is a path, shortened for a message.
func shown(path string) string {
	const most = 80
	if len(path) > most {
		path = path[:most] + "…"
	}
	return fmt.Sprintf("%q", "/"+path)
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

// pending is a directory to read.
type pending struct {
	inode *inode
	path  string // with a slash at its end, or empty
	depth int
}

// walk reads the directories from the root on, each once.
func (r *reader) walk() error {
	root, err := r.inode(rootInode)
	switch {
	case err != nil:
		return err
	case root.kind() != typeDir:
		return format.Errorf(root.at, "the root is no directory")
	case root.damaged != nil:
		r.hurt(root.at, "the root: %v", root.damaged)
	}
	r.first[rootInode] = -1
	r.own(root)
	r.inodeRoom(root)
	for stack := []pending{{inode: root}}; len(stack) > 0; {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		down, err := r.list(dir)
		if err != nil {
			return err
		}
		for i := len(down) - 1; i >= 0; i-- {
			stack = append(stack, down[i])
		}
	}
	r.ownStructure()
	r.unused, r.unread = r.owned.rest(r.sb.blockSize), r.unreadRuns()
	r.discovered = nil
	return nil
}

// list makes entries of the names in one directory and gives the directories
// among them.
func (r *reader) list(dir pending) (down []pending, err error) {
	if dir.inode.Flags&flagEncrypted != 0 {
		r.hurt(dir.inode.at, "directory %s: encrypted, its names cannot be read", shown(dir.path))
		return nil, nil
	}
	l := listing{reader: r, dir: dir.inode, path: dir.path}
	l.each = func(at int64, name string, number uint32) error {
		path := dir.path + name
		if err := r.budget.Entry(path); err != nil {
			return err
		}
		if n := r.add(at, path, number); n != nil {
			if dir.depth >= maxDepth || len(path) > maxPath {
				r.hurt(at, "directory %s: too deep", shown(path))
				return nil
			}
			down = append(down, pending{n, path + "/", dir.depth + 1})
		}
		return nil
	}
	return down, l.names()
}

// add makes the entry of one name. It gives the inode of a directory that is to
// be read.
func (r *reader) add(at int64, path string, number uint32) *inode {
	if i, ok := r.first[number]; ok {
		r.again(i, at, path)
		return nil
	}
	n, err := r.inode(number)
	if err != nil {
		r.hurt(at, "%s: %v", shown(path), err)
		return nil
	}
	e, begin := r.entry(n), n.at
	r.own(n)
	r.inodeRoom(n)
	e.Name, e.Inode = path, len(r.entries)
	if n.kind() == typeFile && e.Err == nil {
		begin, e.Offset = r.place(n)
	}
	r.first[number] = e.Inode
	r.entries, r.nodes = append(r.entries, e), append(r.nodes, node{number, n.at, begin})
	if n.kind() != typeDir {
		return nil
	}
	r.first[number] = -1
	return n
}

// again makes the entry of one more name of an inode.
func (r *reader) again(first int, at int64, path string) {
	if first < 0 {
		r.hurt(at, "directory %s: is in the tree twice", shown(path))
		return
	}
	e := r.entries[first]
	e.Name = path
	r.entries, r.nodes = append(r.entries, e), append(r.nodes, r.nodes[first])
}
