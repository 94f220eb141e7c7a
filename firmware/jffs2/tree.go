package jffs2

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	maxDepth = 128
	maxPath  = 4096
	maxLink  = 4096
	// maxDevice is the size of a device's number in its new form.
	maxDevice = 4
	// lostFound is where files without a name stand.
	lostFound = "lost+found/inode-"
)

// typeRegular is the type of a regular file in a name, as readdir has it: the type
// bits of the mode, four to the right.
const typeRegular = 8

// tree is an opened file system.
type tree struct {
	*volume
	ctx    context.Context
	budget *format.Budget

	entries  []format.Entry
	nodes    [][]inode      // of entries that are regular files: what their content lies in
	byInode  map[uint32]int // the first entry of an inode
	unlinked int            // inodes without a name
	olders   int            // files of older contents
	hidden   []inode        // that were left out of those
	buffers  buffers
	codecs   codecs
}

// Entries lists the files in the order of the folders.
func (t *tree) Entries() []format.Entry { return t.entries }

// build finds the files: from the root on, then what does not hang on it.
func (t *tree) build() error {
	t.sortXattrs()
	t.unread = append(t.unread, t.idleXattrs()...)
	slices.SortFunc(t.unread, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	t.names = newestNames(t.names)
	if err := t.walk(rootInode, ""); err != nil {
		return err
	}
	if err := t.lostFolders(); err != nil {
		return err
	}
	if err := t.lostFiles(); err != nil {
		return err
	}
	t.older()
	return nil
}

// newestNames keeps the newest version of each name, unless that one deletes it.
func newestNames(names []dirent) []dirent {
	var live []dirent
	for i, d := range names {
		if i+1 < len(names) && names[i+1].parent == d.parent && names[i+1].name == d.name {
			continue
		}
		if d.ino != 0 {
			live = append(live, d)
		}
	}
	return live
}

// namesIn gives the names in a folder.
func (t *tree) namesIn(ino uint32) []dirent {
	from := sort.Search(len(t.names), func(i int) bool { return t.names[i].parent >= ino })
	to := from
	for to < len(t.names) && t.names[to].parent == ino {
		to++
	}
	return t.names[from:to]
}

// nodesOf gives the nodes of an inode, oldest first.
func (t *tree) nodesOf(ino uint32) []inode {
	from := sort.Search(len(t.inodes), func(i int) bool { return t.inodes[i].ino >= ino })
	to := from + sort.Search(len(t.inodes)-from, func(i int) bool { return t.inodes[from+i].ino > ino })
	return t.inodes[from:to]
}

// walk adds everything below a folder, each folder once.
func (t *tree) walk(root uint32, prefix string) error {
	type folder struct {
		ino   uint32
		path  string
		depth int
	}
	t.byInode[root] = -1
	for stack := []folder{{root, prefix, 0}}; len(stack) > 0; {
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if err := t.ctx.Err(); err != nil {
			return err
		}
		for _, d := range slices.Backward(t.namesIn(dir.ino)) {
			below, err := t.add(dir.path, d)
			if err != nil {
				return err
			}
			path := dir.path + d.name + "/"
			switch {
			case !below:
			case dir.depth >= maxDepth || len(path) > maxPath:
				t.hurts.add(d.at, 0, "folders too deep at "+strconv.Quote(d.name))
			default:
				stack = append(stack, folder{d.ino, path, dir.depth + 1})
			}
		}
	}
	return nil
}

// add makes the entry of a name, and says whether it is a folder to look into.
// Only an exhausted budget is an error.
func (t *tree) add(path string, d dirent) (below bool, err error) {
	if d.name == "" || d.name == "." || d.name == ".." || strings.ContainsAny(d.name, "/\x00") {
		t.hurts.add(d.at, 0, fmt.Sprintf("the name %q is none", d.name))
		return false, nil
	}
	if err := t.budget.Entry(path + d.name); err != nil {
		return false, err
	}
	i, known := t.byInode[d.ino]
	if known && i < 0 {
		t.hurts.add(d.at, 0, fmt.Sprintf("the folder %q is in the tree twice", path+d.name))
		return false, nil
	}
	if known {
		e := t.entries[i]
		e.Name = path + d.name
		t.entries, t.nodes = append(t.entries, e), append(t.nodes, nil)
		return false, nil
	}
	e, nodes := t.entry(d)
	e.Name, e.Inode = path+d.name, len(t.entries)
	t.byInode[d.ino] = len(t.entries)
	t.entries, t.nodes = append(t.entries, e), append(t.nodes, nodes)
	if e.Mode.IsDir() {
		t.byInode[d.ino] = -1
	}
	return e.Mode.IsDir(), nil
}

// entry reads what the newest node of an inode says.
func (t *tree) entry(d dirent) (format.Entry, []inode) {
	nodes := t.nodesOf(d.ino)
	e := format.Entry{Offset: -1, Xattrs: t.xattrsOf(d.ino)}
	n := newest(nodes)
	if n == nil {
		e.Mode = modeOf(d.kind)
		e.Err = format.Errorf(d.at, "inode %d is missing", d.ino)
		return e, nil
	}
	xattrs := e.Xattrs
	e = t.described(n)
	e.Xattrs = xattrs
	switch {
	case e.Mode&fs.ModeSymlink != 0:
		e.Link, e.Err = t.link(n)
	case e.Mode&fs.ModeDevice != 0:
		e.Rdev, e.Err = t.device(n)
	case e.Mode.IsRegular():
		e.Offset = plain(nodes, e.Size)
		return e, nodes
	}
	return e, nil
}

// described reads the fields of a node.
func (t *tree) described(n *inode) format.Entry {
	b := t.in.Peek(n.at, inodeSize) // in no order of the flash
	return format.Entry{
		Offset: -1,
		Mode:   format.UnixMode(t.order.Uint32(b[20:])), Size: int64(t.order.Uint32(b[28:])),
		UID: uint32(t.order.Uint16(b[24:])), GID: uint32(t.order.Uint16(b[26:])),
		ModTime: time.Unix(int64(t.order.Uint32(b[36:])), 0).UTC(),
	}
}

// newest gives the newest node that is whole.
func newest(nodes []inode) *inode {
	for i := len(nodes) - 1; i >= 0; i-- {
		if !nodes[i].bad {
			return &nodes[i]
		}
	}
	return nil
}

// plain gives the place of a content that is one run of the image, or -1.
func plain(nodes []inode, size int64) int64 {
	at := int64(-1)
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.dsize == 0 && !n.bad:
		case at < 0 && n.offset == 0 && n.end() >= size && n.compression == comprNone && n.csize == n.dsize && !n.bad:
			at = n.at + inodeSize
		default:
			return -1
		}
	}
	return at
}

func (t *tree) link(n *inode) (string, error) {
	if n.dsize > maxLink {
		return "", format.Errorf(n.at, "symlink of %d bytes", n.dsize)
	}
	if err := t.budget.Names(int(n.dsize)); err != nil {
		return "", err
	}
	target := make([]byte, n.dsize)
	err := t.unpack(n, target)
	return strings.TrimRight(string(target), "\x00"), err
}

// device reads a device number, in the old form of two bytes or the new of four.
func (t *tree) device(n *inode) (uint64, error) {
	var b [maxDevice]byte
	if n.dsize != 2 && n.dsize != 4 {
		return 0, format.Errorf(n.at, "device number of %d bytes", n.dsize)
	}
	if err := t.unpack(n, b[:n.dsize]); err != nil {
		return 0, err
	}
	if n.dsize == 2 {
		v := uint64(t.order.Uint16(b[:]))
		return v>>8<<32 | v&0xff, nil
	}
	v := uint64(t.order.Uint32(b[:]))
	return v>>8&0xfff<<32 | v>>12&0xfff00 | v&0xff, nil
}

// modeOf is the type of a file of which there is only a name.
func modeOf(kind uint8) fs.FileMode {
	return format.UnixMode(uint32(kind) << 12)
}

// lostFolders adds the folders that have names in them and none themselves.
func (t *tree) lostFolders() error {
	named := map[uint32]bool{}
	for _, d := range t.names {
		named[d.ino] = true
	}
	for _, cycles := range []bool{false, true} {
		for i, d := range t.names {
			if _, known := t.byInode[d.parent]; known || (i > 0 && t.names[i-1].parent == d.parent) || (named[d.parent] && !cycles) {
				continue
			}
			t.hurts.add(d.at, 0, fmt.Sprintf("the folder of %q has no name: inode %d", d.name, d.parent))
			if err := t.walk(d.parent, lostFound+strconv.FormatUint(uint64(d.parent), 10)+"/"); err != nil {
				return err
			}
		}
	}
	return nil
}

// lostFiles adds the contents that have no name: deleted, and still on the flash.
func (t *tree) lostFiles() error {
	for i := 0; i < len(t.inodes); {
		nodes := t.nodesOf(t.inodes[i].ino)
		i += len(nodes)
		ino := nodes[0].ino
		if _, known := t.byInode[ino]; known || ino == rootInode || !hasData(nodes) {
			continue
		}
		t.unlinked++
		d := dirent{at: nodes[0].at, ino: ino, kind: typeRegular, name: strconv.FormatUint(uint64(ino), 10)}
		if _, err := t.add(lostFound, d); err != nil {
			return err
		}
	}
	return nil
}

func hasData(nodes []inode) bool {
	return slices.ContainsFunc(nodes, func(n inode) bool { return n.dsize > 0 })
}

var _ format.Tree = (*tree)(nil)
