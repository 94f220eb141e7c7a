package firmware

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	maxName = 4096 // bytes of a path in a container, as PATH_MAX
	shown   = 200  // bytes of a bad name that are shown
)

// planted are the files of a container while their contents are read.
type planted struct {
	tree    format.Tree
	spent   error         // entries are left out
	walked  chan struct{} // closed when all was read
	*walker               // what was read
	lost    homeless
}

// plant makes the files of a container out of what its reader lists, and begins to
// read their contents.
func (o *opener) plant(ctx context.Context, k *Container, in format.Input, tree format.Tree) *planted {
	entries := tree.Entries()
	files, spent := o.name(k, entries)
	t := &planted{tree: tree, spent: spent, walked: make(chan struct{})}
	o.link(files, entries, in, tree)
	for _, f := range files {
		if f != nil && f.Offset >= 0 {
			f.Offset += k.Offset
		}
	}
	if len(files) > 0 {
		o.readable = true
	}
	o.walks.Go(func() {
		defer close(t.walked)
		t.walker = o.walk(ctx, k, files, tree)
	})
	return t
}

// reap waits until the contents were read, and opens the files that are containers
// themselves. Of what nobody could tell what it is, the places in the container
// are gone, and what has no known place is noted with the planted.
func (o *opener) reap(p *place, k *Container, in format.Input, t *planted) (gone []Range, err error) {
	<-t.walked
	files, entries, kept := t.files, t.tree.Entries(), t.kept
	closed := make([][]Range, len(files))
	lose := func(i int, ranges ...Range) { closed[i] = append(closed[i], ranges...) }
	whole := func(i int, why string) { lose(i, Range{0, files[i].Size, Unexplained, why}) }
	for i, f := range files {
		if f != nil {
			lose(i, f.closed...)
			f.closed = nil
		}
		if f != nil && f.Long && !f.blank && f.Err == nil && f.HardLink == nil && !slices.Contains(t.inside, i) {
			whole(i, o.tooLong(f))
		}
	}
	o.addSingles(t.singles)
	first := len(o.img.Containers)
	for _, i := range t.inside {
		sub := &place{path: files[i].Path, parent: k, depth: p.depth + 1, member: true}
		if off := entries[i].Offset; off >= 0 {
			sub.in, sub.shift = in.Section(off, files[i].Size), off
		} else if sub.in = o.content(files[i], kept[i]); sub.in.Size == 0 {
			continue
		}
		delete(kept, i)
		if runs := t.within[i]; len(runs) > 0 {
			ranges, err := o.lookWithin(sub, runs)
			if err != nil {
				return nil, err
			}
			if lose(i, ranges...); !isProgram(sub.in.Head(4)) {
				t.closeGaps(files[i], sub.in, ranges)
				lose(i, files[i].closed...)
			}
			if t.from[i] == 0 {
				continue
			}
		}
		at := t.from[i]
		sub.in, sub.shift, sub.after = sub.in.Section(at, sub.in.Size-at), sub.shift+at, at > 0
		f, err := o.look(sub)
		if err != nil {
			return nil, err
		}
		if files[i].Long && f.containers == 0 {
			whole(i, o.tooLong(files[i]))
		}
		if at > 0 && f.containers == 0 {
			t.closeRest(files[i], sub.in, at)
			lose(i, files[i].closed...)
			continue
		}
		lose(i, shifted(f.ranges, at)...)
	}
	for i, ranges := range closed {
		if len(ranges) > 0 {
			gone = append(gone, t.lost.place(t.tree, i, files[i], ranges)...)
		}
	}
	if err := o.settle(o.img.Containers[first:], filesBeside(k)); err != nil {
		return nil, err
	}
	return gone, t.spent
}

// unnamed is the name of a file that says it has none, or that of the root.
const unnamed = "\ufffd"

// name makes a File of each entry whose name can be used: nil for the others.
// Of two entries with one name the last counts; an earlier one stands beside it
// as name@entry. An error says that entries are left out.
func (o *opener) name(k *Container, entries []format.Entry) (files []*File, spent error) {
	files = make([]*File, len(entries))
	if len(k.files) == 0 {
		k.files = make(map[string]*File, len(entries))
	}
	room := make([]File, len(entries))
	for i := range entries {
		e := &entries[i]
		name, err := safeName(e.Name)
		if err != nil {
			o.note(Skipped{Path: k.Path, Offset: max(e.Offset, 0), Length: max(e.Size, 0), Reason: fmt.Sprintf("name %q: %v", cut(e.Name), err), Entries: true})
			continue
		}
		if name == "." {
			if e.Mode.IsDir() {
				continue // the root itself
			}
			name = unnamed
		}
		if spent = o.budget.Names(len(k.Path) + len(name)); spent != nil {
			o.note(Skipped{Path: k.Path, Reason: fmt.Sprintf("%d of %d entries are left out: %v", len(entries)-i, len(entries), spent), Entries: true})
			break
		}
		if old := k.files[name]; old != nil {
			k.earlier(old, files)
		}
		files[i] = &room[i]
		files[i].set(k, name, i, e)
		k.files[name] = files[i]
	}
	var list []*File
	for _, f := range files {
		if f != nil {
			list = append(list, f)
		}
	}
	o.img.Files = append(o.img.Files, list...)
	o.addParents(k, list)
	return files, spent
}

// earlier renames a file that another of its name replaces: it was delivered all the
// same, and is looked at.
func (k *Container) earlier(old *File, files []*File) {
	if old.Kind != Regular || old.Size == 0 {
		files[old.entry] = nil
		return
	}
	name := fmt.Sprintf("%s@%d", old.Name, old.entry)
	for k.files[name] != nil {
		name += "@"
	}
	old.Name, old.Path = name, k.Path+"!"+name
	k.files[name] = old
}

// addParents lets Lookup find directories that an archive only implies, as long
// as there is room for their names.
func (o *opener) addParents(k *Container, files []*File) {
	done := ""
	for _, f := range files {
		dir := folderOf(f.Name)
		if dir == done {
			continue
		}
		for done = dir; dir != "" && k.files[dir] == nil; dir = folderOf(dir) {
			if cmp.Or(o.budget.Files(1), o.budget.Names(len(k.Path)+len(dir))) != nil {
				return
			}
			k.files[dir] = &File{Path: k.Path + "!" + dir, Name: dir, Container: k, Kind: Directory, Mode: 0o755, Offset: -1}
		}
	}
}

// folderOf is the folder of a plain name, or nothing.
func folderOf(name string) string { return name[:max(strings.LastIndexByte(name, '/'), 0)] }

func (f *File) set(k *Container, name string, entry int, e *format.Entry) {
	full := k.Path + "!" + name
	*f = File{
		Path: full, Name: full[len(k.Path)+1:], Container: k, Kind: kindOf(e.Mode),
		Mode: e.Mode & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky),
		UID:  e.UID, GID: e.GID, Size: e.Size, ModTime: e.ModTime, Link: e.Link,
		Rdev: e.Rdev, Xattrs: e.Xattrs, Offset: e.Offset, Err: located(k, e.Err),
		entry: entry,
	}
}

func kindOf(m fs.FileMode) Kind {
	switch {
	case m.IsRegular():
		return Regular
	case m.IsDir():
		return Directory
	case m&fs.ModeSymlink != 0:
		return Symlink
	case m&fs.ModeCharDevice != 0:
		return CharDevice
	case m&fs.ModeDevice != 0:
		return BlockDevice
	case m&fs.ModeNamedPipe != 0:
		return FIFO
	default:
		return Socket
	}
}

// maxFolders is how deep a file may lie: an archive implies every folder above
// each of its files, so that a short one could ask for millions.
const maxFolders = 128

// safeName makes a name relative and plain. A leading "/" or "./" is harmless
// and dropped; what leads out of the container is refused. Bytes that are no
// UTF-8 stay as they are.
func safeName(name string) (string, error) {
	switch {
	case len(name) > maxName:
		return "", fmt.Errorf("longer than %d bytes", maxName)
	case strings.IndexByte(name, 0) >= 0:
		return "", fmt.Errorf("holds a NUL byte")
	}
	if strings.Count(name, "/") > maxFolders {
		return "", fmt.Errorf("more than %d folders deep", maxFolders)
	}
	if fs.ValidPath(name) {
		return name, nil
	}
	for el := range strings.SplitSeq(name, "/") {
		if el == ".." {
			return "", fmt.Errorf("leads out of the container")
		}
	}
	clean := strings.TrimLeft(path.Clean("/"+name), "/")
	return cmp.Or(clean, "."), nil
}

func cut(s string) string { return s[:min(len(s), shown)] }

// cleanName makes one path element of a name that a header gives, or nothing.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	if name == "." || name == ".." || name == "/" || len(name) > 255 || !utf8.ValidString(name) || strings.ContainsAny(name, "\x00\n!") {
		return ""
	}
	return name
}

// link settles which of the files that share a content is the first, and what
// may be read of them. Sizes are taken from the budget before anything is read.
func (o *opener) link(files []*File, entries []format.Entry, in format.Input, tree format.Tree) {
	first := make([]*File, len(entries)) // by Inode: the first file by path
	for i, f := range files {
		if f == nil || f.Kind != Regular {
			continue
		}
		if head := &first[entries[i].Inode]; *head == nil || f.Path < (*head).Path {
			*head = f
		}
	}
	for i, f := range files {
		if f == nil || f.Kind != Regular {
			continue
		}
		node := entries[i].Inode
		if head := first[node]; head != f {
			f.HardLink = head
			continue
		}
		if f.Err == nil && f.Size > o.opts.Limits.FileBytes && o.lengthen(f, &entries[node], in, tree) {
			continue
		}
		if f.Err == nil {
			f.Err = o.budget.File(f.Size)
		}
		f.read = func() (b []byte, err error) {
			err = format.Guard(func() error { b, err = tree.Read(node); return err })
			return b, err
		}
	}
}
