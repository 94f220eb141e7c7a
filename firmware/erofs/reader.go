package erofs

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of this reader, beside those of the image.
const (
	maxDepth     = 512       // directories inside one another
	maxPath      = 4096      // bytes of a path, as PATH_MAX
	maxLink      = 4096      // bytes of a symlink's target
	maxDir       = 256 << 20 // bytes of one directory
	maxXattrs    = 64 << 20  // bytes of all attributes that are kept
	maxStored    = 1 << 20   // bytes of a compressed cluster
	maxUnpacked  = 12 << 20  // bytes that a compressed cluster unpacks to
	fewChunks    = 256       // of a file whose place is looked for at once
	maxClusters  = 64 << 30  // bytes of files whose index is read to sort them
	direntSize   = 12
	maxNameBytes = 255
)

type reader struct {
	ctx    context.Context
	in     format.Input
	sb     superblock
	budget *format.Budget

	packed      *inode // holds the ends of files, or nil
	packedSpans []extent
	packedErr   error
	prefixes    []string
	xattrsLeft  int64
	xattrsKnown map[string]map[string][]byte

	entries []format.Entry
	inodes  []*inode // of entries that are regular files, else nil
	others  []*inode // that are no regular files
	own     owned
	damage  []format.Damage
	codecs  codecs
	tails   tails
	buffers buffers
}

// load reads all metadata. Only what makes the tree unusable is an error.
func (r *reader) load() error {
	r.xattrsKnown, r.xattrsLeft = map[string]map[string][]byte{}, maxXattrs
	if r.sb.has(featFragments) && r.sb.Packed != 0 {
		if r.packedErr = r.loadPacked(); r.packedErr != nil {
			r.hurt(superOffset+96, "packed inode: "+r.packedErr.Error())
		}
	}
	if r.sb.has(featXattrPrefixes) {
		if err := r.loadPrefixes(); err != nil {
			r.hurt(superOffset+92, "prefixes of attributes: "+err.Error())
		}
	}
	if err := r.walk(); err != nil {
		return err
	}
	r.xattrsKnown = nil
	return nil
}

func (r *reader) hurt(at int64, reason string) {
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: reason})
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

type pending struct {
	node  *inode
	name  string // path with a slash at its end, or empty
	depth int
}

// walk reads the directories from the root on, each once.
func (r *reader) walk() error {
	root, err := r.readInode(uint64(r.sb.Root))
	if err != nil {
		return err
	}
	if root.mode&modeFmt != modeDir {
		return format.Errorf(root.at, "the root is no directory")
	}
	r.others = append(r.others, root)
	first := map[uint64]int{root.nid: -1} // inode to index of its first entry; -1 for directories
	stack := []pending{{node: root}}
	for len(stack) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		down, err := r.list(dir, first)
		if err != nil {
			if dir.node == root && len(r.entries) == 0 {
				return err
			}
			r.hurt(dir.node.at, "directory "+dir.name+": "+err.Error())
		}
		for i := len(down) - 1; i >= 0; i-- {
			stack = append(stack, down[i])
		}
	}
	return nil
}

// list reads one directory and gives the directories in it. What was read
// before an error stays.
func (r *reader) list(dir pending, first map[uint64]int) (down []pending, err error) {
	data, err := r.small(dir.node, maxDir)
	if err != nil {
		return nil, err
	}
	for rest := data; len(rest) > 0; {
		block := rest[:min(len(rest), 1<<r.sb.BlockBits)]
		from := int64(len(data) - len(rest))
		rest = rest[len(block):]
		used, more, err := r.block(dir, block, first)
		dir.node.used = append(dir.node.used, format.Span{Offset: from, Length: int64(used)})
		down = append(down, more...)
		if err != nil {
			return down, err
		}
	}
	return down, nil
}

// block reads one block of a directory: records, then the names they point to. It
// gives how many bytes of it that was.
func (r *reader) block(dir pending, block []byte, first map[uint64]int) (used int, down []pending, err error) {
	le := binary.LittleEndian
	if len(block) < direntSize {
		return 0, nil, format.Errorf(dir.node.at, "block of %d bytes", len(block))
	}
	names := int(le.Uint16(block[8:]))
	if names < direntSize || names%direntSize != 0 || names > len(block) {
		return 0, nil, format.Errorf(dir.node.at, "names begin at %d in a block of %d bytes", names, len(block))
	}
	for at := 0; at < names; at += direntSize {
		from, to := int(le.Uint16(block[at+8:])), len(block)
		last := at+direntSize >= names
		if !last {
			to = int(le.Uint16(block[at+direntSize+8:]))
		}
		if from < names || from >= to || to > len(block) {
			return used, down, format.Errorf(dir.node.at, "name from %d to %d in a block of %d bytes", from, to, len(block))
		}
		name := block[from:to]
		if last {
			name, _, _ = bytes.Cut(name, []byte{0})
		}
		used = from + len(name)
		sub, err := r.add(dir, string(name), le.Uint64(block[at:]), first)
		if err != nil {
			return used, down, err
		}
		if sub != nil {
			down = append(down, pending{sub, dir.name + string(name) + "/", dir.depth + 1})
		}
	}
	return used, down, nil
}

// add makes the entry of one name. It gives the directory to read, if it is one.
// Only an exhausted budget is an error.
func (r *reader) add(dir pending, name string, nid uint64, first map[uint64]int) (sub *inode, err error) {
	if name == "." || name == ".." {
		return nil, nil
	}
	full := dir.name + name
	if err := r.budget.Entry(full); err != nil {
		return nil, err
	}
	if name == "" || len(name) > maxNameBytes || strings.ContainsAny(name, "/\x00") {
		r.hurt(dir.node.at, fmt.Sprintf("directory %s: name %q", dir.name, name))
		return nil, nil
	}
	if i, ok := first[nid]; ok {
		if i < 0 {
			r.hurt(dir.node.at, "directory "+full+" is in the tree twice")
			return nil, nil
		}
		e := r.entries[i]
		e.Name = full
		r.entries, r.inodes = append(r.entries, e), append(r.inodes, nil)
		return nil, nil
	}
	n, err := r.readInode(nid)
	if err != nil {
		r.hurt(dir.node.at, full+": "+err.Error())
		return nil, nil
	}
	if n.entry.Xattrs, err = r.xattrs(n); err != nil {
		r.hurt(n.at, full+": extended attributes: "+err.Error())
	}
	return r.enter(dir, n, full, first), nil
}

// enter takes an inode into the tree under its first name.
func (r *reader) enter(dir pending, n *inode, full string, first map[uint64]int) (sub *inode) {
	n.entry.Name, n.entry.Inode = full, len(r.entries)
	first[n.nid] = n.entry.Inode
	r.entries = append(r.entries, n.entry)
	if n.mode&modeFmt == modeRegular {
		r.inodes = append(r.inodes, n)
		return nil
	}
	r.inodes, r.others = append(r.inodes, nil), append(r.others, n)
	if n.mode&modeFmt != modeDir {
		return nil
	}
	first[n.nid] = -1
	if dir.depth >= maxDepth || len(full) > maxPath {
		r.hurt(n.at, full[:min(len(full), 80)]+": directories too deep")
		return nil
	}
	return n
}

var _ format.Tree = (*reader)(nil)
