package ubifs

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

var _ format.Tree = (*reader)(nil)

// child is a name in a directory, or of an attribute.
type child struct {
	text string
	name
}

func byText(a, b child) int { return cmp.Compare(a.text, b.text) }

// planter makes entries of the state.
type planter struct {
	*reader
	children map[uint32][]child // of directories
	xattrs   map[uint32][]child // of inodes
	first    map[uint32]int     // by inode: its first entry; -1 for directories
}

// Entries lists the files, by directory.
func (r *reader) Entries() []format.Entry { return r.entries }

// plant lists the files from the root on, and then those that have lost their
// names.
func (r *reader) plant() error {
	if len(r.inodes) == 0 {
		return format.Errorf(0, "no node of a file is left")
	}
	p := &planter{r, map[uint32][]child{}, map[uint32][]child{}, map[uint32]int{rootInode: -1}}
	named := map[uint32]bool{rootInode: true}
	for k, n := range r.names {
		r.live[n.at] = true
		if n.inode == 0 {
			continue // was removed
		}
		if k.xattr {
			p.xattrs[k.parent] = append(p.xattrs[k.parent], child{k.name, n})
		} else {
			p.children[k.parent] = append(p.children[k.parent], child{k.name, n})
			named[n.inode] = true
		}
	}
	r.names = nil
	if !r.inode(rootInode).alive() {
		r.hurt(r.inode(rootInode).at, "the inode of the root directory is lost")
	}
	err := p.list(rootInode, "")
	if err == nil && len(r.damage) > 0 {
		err = p.nameless(named)
	}
	if errors.Is(err, format.ErrLimit) {
		r.hurt(0, "files are left out: "+err.Error())
		err = nil
	}
	r.keepInodes()
	r.state = state{lost: r.lost}
	return err
}

// nameless lists the inodes that no name leads to, as a repair of the file
// system would.
func (p *planter) nameless(named map[uint32]bool) error {
	for _, number := range slices.Sorted(maps.Keys(p.inodes)) {
		n := p.inodes[number]
		if named[number] || !n.alive() || n.Flags&flagXattr != 0 {
			continue
		}
		if err := p.add("lost+found/", child{fmt.Sprintf("inode-%d", number), name{inode: number}}, 1); err != nil {
			return err
		}
	}
	return nil
}

// folder is a directory to list.
type folder struct {
	inode uint32
	path  string // with a slash at its end, or empty
	depth int
}

// list makes the entries of a directory and of all below it.
func (p *planter) list(inode uint32, path string) error {
	return p.listAll([]folder{{inode, path, 0}})
}

func (p *planter) listAll(stack []folder) error {
	for len(stack) > 0 {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		children := p.children[dir.inode]
		slices.SortFunc(children, byText)
		secret := p.inode(dir.inode).Flags&flagCrypt != 0
		for _, c := range children {
			if secret {
				c.text = base64.RawURLEncoding.EncodeToString([]byte(c.text))
			}
			down, err := p.entry(dir, c)
			if err != nil {
				return err
			}
			if down {
				stack = append(stack, folder{c.inode, dir.path + c.text + "/", dir.depth + 1})
			}
		}
	}
	return nil
}

// add makes the entry of one name, and of all below it.
func (p *planter) add(path string, c child, depth int) error {
	down, err := p.entry(folder{path: path, depth: depth}, c)
	if err != nil || !down {
		return err
	}
	return p.listAll([]folder{{c.inode, path + c.text + "/", depth + 1}})
}

// entry makes the entry of one name. It says whether there is a directory to
// list. Only an exhausted budget is an error.
func (p *planter) entry(dir folder, c child) (down bool, err error) {
	full := dir.path + c.text
	if err := p.budget.Entry(full); err != nil {
		return false, err
	}
	n := p.inode(c.inode)
	if i, ok := p.first[c.inode]; ok {
		if i < 0 {
			p.hurt(c.at, "directory "+full+" is in the tree twice")
			return false, nil
		}
		e := p.entries[i]
		e.Name = full
		p.entries, p.files = append(p.entries, e), append(p.files, nil)
		return false, nil
	}
	e := p.describe(n, c)
	e.Name, e.Inode = full, len(p.entries)
	p.first[c.inode] = e.Inode
	p.entries = append(p.entries, e)
	if e.Mode.IsRegular() && e.Err == nil {
		n.settle()
		p.files = append(p.files, n)
	} else {
		p.files = append(p.files, nil)
	}
	if !e.Mode.IsDir() {
		return false, nil
	}
	p.first[c.inode] = -1
	if dir.depth >= maxDepth || len(full) > maxPath {
		p.hurt(n.at, full[:min(len(full), 80)]+": directories too deep")
		return false, nil
	}
	return true, nil
}

// types are the type bits of the kinds of inodes that a directory entry names.
var types = [...]uint32{0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000}

// describe makes an entry of an inode.
func (p *planter) describe(n *inode, c child) format.Entry {
	if !n.alive() {
		return p.missing(n, c)
	}
	e := format.Entry{
		Mode: format.UnixMode(n.Mode), UID: n.UID, GID: n.GID,
		ModTime: time.Unix(n.Modified, int64(n.ModifiedNano)).UTC(),
		Xattrs:  p.attributes(n), Offset: -1,
	}
	switch n.Mode & 0o170000 {
	case 0o100000:
		e.Size = int64(n.Bytes)
	case 0o120000:
		e.Size = int64(len(n.data))
		if e.Err = p.budget.Names(len(n.data)); e.Err == nil {
			e.Link = string(n.data)
		}
	case 0o060000, 0o020000:
		e.Rdev, e.Err = n.device()
	}
	switch {
	case n.Flags&flagCrypt != 0:
		e.Err = n.encrypted(&e)
	case e.Size > p.budget.LongBytes:
		e.Err = format.Errorf(n.at, "file of %d bytes, at most %d are read: %w", e.Size, p.budget.LongBytes, format.ErrLimit)
	}
	return e
}

// missing makes an entry of a name whose inode is lost.
func (p *planter) missing(n *inode, c child) format.Entry {
	e := format.Entry{Offset: -1, Err: n.err}
	if int(c.kind) < len(types) {
		e.Mode = format.UnixMode(types[c.kind])
	}
	if e.Err == nil {
		e.Err = format.Errorf(c.at, "inode %d is lost", c.inode)
	}
	return e
}

// encrypted says what cannot be read of an inode without its key.
func (n *inode) encrypted(e *format.Entry) error {
	switch {
	case e.Mode.IsDir():
		return format.Errorf(n.at, "the names in the directory are encrypted")
	case e.Link != "":
		e.Link = ""
		return format.Errorf(n.at, "the target of the symlink is encrypted")
	case e.Mode.IsRegular() && e.Size > 0:
		return format.Errorf(n.at, "the content is encrypted")
	}
	return nil
}

// device decodes a device's number, which has one of two lengths: 12 bits of
// major between 8 and 12 bits of minor, as in the kernel's new_encode_dev.
func (n *inode) device() (uint64, error) {
	if len(n.data) != 4 && len(n.data) != 8 {
		return 0, format.Errorf(n.at, "device number of %d bytes", len(n.data))
	}
	v := binary.LittleEndian.Uint32(n.data)
	return uint64(v>>8&0xfff)<<32 | uint64(v&0xff|v>>12&0xfff00), nil
}

// cryptContext is the attribute that says how an inode is encrypted. The kernel
// shows it to nobody.
const cryptContext = "c"

// attributes reads the extended attributes of an inode: each has its value in an
// inode of its own.
func (p *planter) attributes(n *inode) map[string][]byte {
	var out map[string][]byte
	total := 0
	slices.SortFunc(p.xattrs[n.number], byText)
	for _, c := range p.xattrs[n.number] {
		v := p.inodes[c.inode]
		switch {
		case c.text == cryptContext:
			continue
		case v == nil || !v.alive():
			p.hurt(c.at, fmt.Sprintf("the value of attribute %q of inode %d is lost", c.text, n.number))
			continue
		case len(out) == maxXattrs || total+len(v.data) > maxXattr:
			p.hurt(c.at, fmt.Sprintf("inode %d has more attributes than are read", n.number))
			return out
		}
		if out == nil {
			out = map[string][]byte{}
		}
		out[c.text] = v.data
		total += len(v.data)
	}
	return out
}
