package yaffs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Objects with fixed numbers. Below the last two stands what was deleted.
const (
	rootObject = iota + 1
	lostObject
	unlinkedObject
	deletedObject
)

const (
	maxDepth = 128
	maxPath  = 4096
	lost     = "lost+found"
)

// Entries lists the files in the order of the folders.
func (v *volume) Entries() []format.Entry { return v.entries }

// build finds the objects and hangs them into their folders.
func (v *volume) build() error {
	v.first = map[uint32]int{}
	v.objects = map[uint32]*object{}
	for rest := v.chunks; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].object == rest[0].object {
			n++
		}
		o := v.gather(rest[:n])
		v.objects[o.id] = o
		v.ids = append(v.ids, o.id)
		rest = rest[n:]
		if err := v.ctx.Err(); err != nil {
			return err
		}
	}
	v.chunks = nil
	slices.SortFunc(v.ids, func(a, b uint32) int { return cmp.Compare(v.objects[a].at, v.objects[b].at) })
	children := map[uint32][]*object{}
	for _, id := range v.ids {
		if p := v.parent(v.objects[id]); p != 0 {
			children[p] = append(children[p], v.objects[id])
		}
	}
	if err := v.walk(children, rootObject, ""); err != nil {
		return err
	}
	if v.objects[lostObject] == nil {
		if err := v.walk(children, lostObject, lost+"/"); err != nil {
			return err
		}
	}
	return v.cycles(children)
}

// parent gives the folder that an object stands in, 0 if it was deleted.
func (v *volume) parent(o *object) uint32 {
	p := o.header.parent
	switch {
	case o.id <= deletedObject && o.id != lostObject:
		return 0
	case !o.known:
		v.hurt(o.at, 0, fmt.Sprintf("object %d has no header", o.id))
		o.header.name = "object-" + strconv.FormatUint(uint64(o.id), 10)
		return lostObject
	case p == unlinkedObject, p == deletedObject:
		v.deleted++
		return 0
	case p == rootObject, p == lostObject:
		return p
	}
	if folder := v.objects[p]; folder == nil || !folder.known || folder.header.kind != typeFolder {
		v.hurt(o.at, 0, fmt.Sprintf("object %d, %q: its folder %d is missing", o.id, o.header.name, p))
		return lostObject
	}
	return p
}

// walk adds everything below a folder.
func (v *volume) walk(children map[uint32][]*object, root uint32, prefix string) error {
	type folder struct {
		id    uint32
		path  string
		depth int
	}
	for stack := []folder{{root, prefix, 0}}; len(stack) > 0; {
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if err := v.ctx.Err(); err != nil {
			return err
		}
		below := children[dir.id]
		delete(children, dir.id) // each folder once
		for _, o := range below {
			if err := v.add(dir.path, o); err != nil {
				return err
			}
			path := dir.path + o.header.name + "/"
			switch {
			case o.header.kind != typeFolder || children[o.id] == nil:
			case dir.depth >= maxDepth || len(path) > maxPath:
				v.hurt(o.at, 0, "folders too deep at "+strconv.Quote(o.header.name))
			default:
				stack = append(stack, folder{o.id, path, dir.depth + 1})
			}
		}
	}
	return nil
}

// cycles adds folders that lie in one another and not in the root, and what is in
// folders that were deleted or have no good name.
func (v *volume) cycles(children map[uint32][]*object) error {
	for _, id := range v.ids {
		if children[id] == nil {
			continue
		}
		v.hurt(v.objects[id].at, 0, fmt.Sprintf("the folder %d, %q, is in no folder", id, v.objects[id].header.name))
		if err := v.walk(children, id, lost+"/object-"+strconv.FormatUint(uint64(id), 10)+"/"); err != nil {
			return err
		}
	}
	return nil
}

// add makes the entry of an object. Only an exhausted budget is an error.
func (v *volume) add(path string, o *object) error {
	name := o.header.name
	if name == "" || name == "." || name == ".." || strings.ContainsRune(name, '/') {
		v.hurt(o.at, 0, fmt.Sprintf("object %d: the name %q is none", o.id, name))
		name = "object-" + strconv.FormatUint(uint64(o.id), 10)
		o.header.name = name
	}
	if err := v.budget.Entry(path + name); err != nil {
		return err
	}
	target := o
	if o.header.kind == typeHardLink {
		target = v.objects[o.header.equivalent]
		if target == nil || !target.known || target.header.kind == typeHardLink || target.header.kind == typeFolder {
			v.append(format.Entry{
				Name: path + name, Inode: len(v.entries), Offset: -1,
				Err: format.Errorf(o.at, "hard link to object %d, which is none", o.header.equivalent),
			}, nil)
			return nil
		}
	}
	i, known := v.first[target.id]
	if known {
		e := v.entries[i]
		e.Name = path + name
		v.append(e, nil)
		return nil
	}
	e := target.header.entry()
	e.Name, e.Inode = path+name, len(v.entries)
	v.first[target.id] = len(v.entries)
	if target.known {
		e.Xattrs, _ = v.geometry.xattrs(v.in.Peek(target.at+headerSize, v.page-headerSize))
	}
	if !e.Mode.IsRegular() {
		v.append(e, nil)
		return nil
	}
	v.content(target, &e)
	v.append(e, target.parts)
	return nil
}

func (v *volume) append(e format.Entry, parts []chunk) {
	v.entries, v.files = append(v.entries, e), append(v.files, parts)
}

var _ format.Tree = (*volume)(nil)
