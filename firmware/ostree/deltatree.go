package ostree

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"github.com/assay-iot/assay/firmware/format"
)

func sum(b []byte) Checksum { return sha256.Sum256(b) }

var errAbsent = errors.New("not in the delta")

// maxTreeDepth is how deep folders may lie.
const maxTreeDepth = 128

// tree lists the files of the commit.
func (d *delta) tree() (*Commit, error) {
	if sum(d.super.commit) != Checksum(d.super.to) {
		return nil, format.Errorf(d.base+at(d.raw, d.super.commit), "the commit is not the one that the delta leads to")
	}
	c, err := ParseCommit(d.super.commit)
	if err != nil {
		return nil, err
	}
	return c, d.folder("", c.Tree, c.Meta, 0)
}

// folder lists a folder and what is in it. What is not in the delta, because the
// older commit has it, is listed as what cannot be read. Only an exhausted budget
// is an error.
func (d *delta) folder(name string, tree, meta Checksum, depth int) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	e := format.Entry{Name: name, Mode: fs.ModeDir | 0o755, Offset: -1}
	about := d.objects[meta]
	h, err := ParseMeta(about.bytes())
	if about.kind == objectDirMeta && about.err == nil && err == nil {
		e.Mode, e.UID, e.GID, e.Xattrs = format.UnixMode(h.Mode), h.UID, h.GID, attributes(h)
	} else if len(d.super.from) == 0 {
		d.hurt(0, "owner and mode of %q: %v", name, errAbsent)
	}
	if name != "" {
		if err := d.add(e, object{}); err != nil {
			return err
		}
		name += "/"
	}
	o, there := d.objects[tree]
	d.used[meta], d.used[tree] = true, true
	if !there || o.kind != objectDirTree || o.err != nil || depth == maxTreeDepth {
		d.hurt(0, "the folder %q: %v", name, errAbsent)
		return nil
	}
	files, folders, err := ParseTree(o.bytes())
	if err != nil {
		d.hurt(0, "the folder %q: %v", name, err)
		return nil
	}
	for _, f := range files {
		if err := d.file(name+f.Name, f.Sum); err != nil {
			return err
		}
	}
	for _, f := range folders {
		if err := d.folder(name+f.Name, f.Sum, f.Meta, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *delta) file(name string, want Checksum) error {
	o, there := d.objects[want]
	d.used[want] = true
	e := format.Entry{Name: name, Mode: 0o644, Offset: -1}
	switch {
	case !there || o.kind != objectFile:
		e.Err = fmt.Errorf("the content %s is %w", want, errAbsent)
	default:
		e.Mode, e.UID, e.GID, e.Xattrs = format.UnixMode(o.header.Mode), o.header.UID, o.header.GID, attributes(o.header)
		e.Link, e.Err = o.header.Link, o.err
		if e.Mode.IsRegular() {
			e.Size = o.size()
		}
	}
	return d.add(e, o)
}

func attributes(h Header) map[string][]byte {
	if len(h.Xattrs) == 0 {
		return nil
	}
	all := map[string][]byte{}
	for _, x := range h.Xattrs {
		n := len(x.Name)
		if n > 0 && x.Name[n-1] == 0 {
			n--
		}
		all[string(x.Name[:n])] = x.Value
	}
	return all
}

func (d *delta) add(e format.Entry, o object) error {
	text := len(e.Link)
	for name, v := range e.Xattrs {
		text += len(name) + len(v)
	}
	if err := cmp.Or(d.budget.Entry(e.Name), d.budget.Names(text)); err != nil {
		return err
	}
	e.Inode = len(d.entries)
	d.entries, d.files = append(d.entries, e), append(d.files, o)
	return nil
}

// whole reports whether all objects of the delta are part of the commit's tree, so
// that whoever signed the commit signed them.
func (d *delta) whole() bool {
	for _, e := range d.entries {
		if e.Err != nil {
			return false
		}
	}
	return len(d.opened.Damage) == 0 && len(d.used) == len(d.objects)
}

// Entries lists folders and files in the order of the tree.
func (d *delta) Entries() []format.Entry { return d.entries }

// Batches has one batch for each file.
func (d *delta) Batches() []format.Batch { return format.OneByOne(d) }

// Read gives a content.
func (d *delta) Read(i int) ([]byte, error) {
	if err := d.entries[i].Err; err != nil {
		return nil, err
	}
	return d.files[i].bytes(), nil
}
