package iso9660

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of this reader, beside those of the image.
const (
	maxDepth     = 512      // directories inside one another
	maxPath      = 4096     // bytes of a path, as PATH_MAX
	maxDirectory = 64 << 20 // bytes of one directory
	maxParts     = 4096     // extents of one file
)

// place is a run of bytes of the volume.
type place struct{ start, size int64 }

// reader is an opened file system.
type reader struct {
	ctx    context.Context
	in     format.Input
	block  int64
	budget *format.Budget
	rock   bool
	skip   int // bytes before the system use entries of a record
	joliet bool
	second bool // this is the tree of which only unknown files are listed

	entries []format.Entry
	parts   [][]place // of entries that are regular files
	packed  []*zisofs
	shared  map[place]int // by first part: the entry whose content it is
	folders map[int64]bool
	listed  int64 // bytes of directories
	away    []folder
	damage  []format.Damage
	own     []format.Span // bytes that something refers to
	tables  []format.Span // of the volume, that others read
	idle    []format.Span // of directories: behind their records, and what these have for others
}

// unused notes bytes of a directory that say nothing to this reader.
func (r *reader) unused(at int64, n int) {
	if n > 0 {
		r.idle = append(r.idle, format.Span{Offset: at, Length: int64(n)})
	}
}

// refer notes that bytes belong to something.
func (r *reader) refer(at, n int64) {
	r.own = append(r.own, format.Span{Offset: at, Length: n})
}

func (r *reader) hurt(at int64, reason string) {
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: reason})
}

// folder is a directory to read.
type folder struct {
	name  string // path with a slash at its end, or empty
	place place
	depth int
	entry format.Entry // of a directory that belongs elsewhere
}

// walk reads the directories from the root on, each once. Directories that were
// moved are read where they belong; if they belong nowhere, where they are.
func (r *reader) walk(root []byte) error {
	rec, err := r.readRecord(root, descriptorsAt+rootAt)
	if err = cmp.Or(err, rec.err); err != nil {
		return err
	}
	r.folders, r.listed = map[int64]bool{}, 0
	if err := r.descend(folder{place: place{rec.start, rec.size}}); err != nil {
		return err
	}
	for len(r.away) > 0 {
		dir := r.away[0]
		r.away = r.away[1:]
		if r.folders[dir.place.start] {
			continue
		}
		r.put(dir.entry, nil, nil)
		if err := r.descend(dir); err != nil {
			return err
		}
	}
	return nil
}

// walkSecond lists the files that only the other tree has: that of Joliet, or the
// one with plain names.
func (r *reader) walkSecond(root []byte, joliet bool) error {
	known, rock := r.folders, r.rock
	r.second, r.joliet, r.rock = true, joliet, false
	err := r.walk(root)
	r.rock = rock
	for at := range known {
		r.folders[at] = true
	}
	return err
}

func (r *reader) descend(dir folder) error {
	stack := []folder{dir}
	for len(stack) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		raw, err := r.directory(dir.place)
		if err != nil {
			if len(r.folders) == 0 {
				return err // the root
			}
			r.hurt(dir.place.start, "directory /"+dir.name+": "+err.Error())
			continue
		}
		down, err := r.list(dir, raw)
		if err != nil {
			return err
		}
		slices.Reverse(down)
		stack = append(stack, down...)
	}
	return nil
}

// directory gives the bytes of a directory that was not read before. All of them
// together are no larger than the volume, unless they overlap.
func (r *reader) directory(p place) ([]byte, error) {
	switch {
	case r.folders[p.start]:
		return nil, format.Errorf(p.start, "is in the tree twice")
	case p.size > maxDirectory:
		return nil, format.Errorf(p.start, "%d bytes: %w", p.size, format.ErrLimit)
	case r.listed+p.size > r.in.Size:
		return nil, format.Errorf(p.start, "overlaps another directory")
	}
	raw, err := r.in.Bytes(p.start, p.size)
	if err == nil {
		r.listed += p.size
		r.refer(p.start, p.size)
		r.folders[p.start] = true
	}
	return raw, err
}

// list makes the entries of one directory and gives the directories in it. A
// record does not go on in the next sector. Only an exhausted budget is an error.
func (r *reader) list(dir folder, raw []byte) (down []folder, err error) {
	var file *record // that goes on in the next record
	var parts []place
	if len(raw) > 0 && (len(raw) <= nameAt || raw[0] == 0 || raw[nameAt] != 0) { // ECMA-119 6.8.2.2
		r.hurt(dir.place.start, "directory /"+dir.name+": it does not begin with a record of itself")
	}
	for off := 0; off < len(raw); {
		end := min(off/sectorSize*sectorSize+sectorSize, len(raw))
		if raw[off] == 0 {
			r.unused(dir.place.start+int64(off), end-off)
			off = end
			continue
		}
		rec, err := r.readRecord(raw[off:end], dir.place.start+int64(off))
		if err != nil {
			r.hurt(rec.at, "directory /"+dir.name+": "+err.Error())
			off = end
			continue
		}
		off += rec.length
		if !r.rock {
			r.unused(rec.useAt(), len(rec.use))
		}
		if rec.itself() {
			if r.rock {
				_, _ = r.rockRidge(&rec) // refers to where its entries go on
			}
			continue
		}
		if file != nil && file.name != rec.name {
			r.hurt(rec.at, "directory /"+dir.name+": another file follows where one should go on")
			file, parts = nil, nil
		}
		if rec.size > 0 {
			parts = append(parts, place{rec.start, rec.size})
		}
		if file != nil {
			rec.size, rec.err = rec.size+file.size, cmp.Or(file.err, rec.err)
		}
		if rec.flags&goesOn != 0 && !rec.folder() && len(parts) < maxParts {
			file = &rec
			continue
		}
		sub, err := r.add(dir, &rec, parts)
		if err != nil {
			return nil, err
		}
		if sub.name != "" {
			down = append(down, sub)
		}
		file, parts = nil, nil
	}
	if file != nil {
		r.hurt(file.at, "directory /"+dir.name+": it ends where a file should go on")
	}
	return down, nil
}

// add makes the entry of one record. If it is a directory to read, that is given.
func (r *reader) add(dir folder, rec *record, parts []place) (sub folder, err error) {
	var k rock
	if r.rock {
		if k, err = r.rockRidge(rec); err != nil {
			r.hurt(rec.at, "/"+dir.name+cmp.Or(k.name, rec.name)+": "+err.Error())
		}
		if k.child != 0 && !rec.folder() {
			r.moved(rec, &k)
		}
	}
	full := dir.name + r.plain(cmp.Or(k.name, rec.plainName(r.joliet)), rec.at)
	e := r.entry(full, rec, &k)
	if !rec.folder() {
		return sub, r.file(e, parts, &k)
	}
	sub = folder{name: full + "/", place: place{rec.start, rec.size}, depth: dir.depth + 1, entry: e}
	if dir.depth >= maxDepth || len(full) > maxPath {
		sub.entry.Err = cmp.Or(e.Err, format.Errorf(rec.at, "directories too deep"))
	}
	return r.directoryOf(sub, k.relocated, rec.at)
}

// directoryOf adds the entry of a directory, and gives the directory if it is to
// be read here and now.
func (r *reader) directoryOf(sub folder, relocated bool, at int64) (folder, error) {
	err := sub.entry.Err
	if r.second {
		if err == nil {
			return sub, nil
		}
		r.hurt(at, "directory /"+sub.name+": "+err.Error())
		return folder{}, nil
	}
	if err := r.budget.Entry(sub.entry.Name); err != nil {
		return folder{}, err
	}
	switch {
	case err == nil && relocated:
		r.away = append(r.away, sub)
		return folder{}, nil
	case err != nil:
		r.put(sub.entry, nil, nil)
		return folder{}, nil
	}
	r.put(sub.entry, nil, nil)
	return sub, nil
}

func first(parts []place) place {
	if len(parts) == 0 {
		return place{}
	}
	return parts[0]
}

// moved turns a record that stands for a directory elsewhere into that of the
// directory, as the directory itself has it.
func (r *reader) moved(rec *record, k *rock) {
	raw := r.in.Peek(k.child, 255)
	if len(raw) == 0 {
		rec.err = format.Errorf(rec.at, "the directory is at 0x%x, the volume ends at 0x%x", k.child, r.in.Size)
		return
	}
	self, err := r.readRecord(raw, k.child)
	if err != nil || self.name != "\x00" || !self.folder() {
		rec.err = format.Errorf(k.child, "no directory here")
		return
	}
	own, err := r.rockRidge(&self)
	if err != nil {
		r.hurt(self.at, k.name+": "+err.Error())
	}
	own.name, own.relocated = k.name, false
	self.at, self.name, self.start = rec.at, rec.name, k.child
	*rec, *k = self, own
}

// entry makes an entry of what a record and Rock Ridge say.
func (r *reader) entry(full string, rec *record, k *rock) format.Entry {
	e := format.Entry{Name: full, Mode: 0o644, Size: rec.size, ModTime: rec.time, Offset: -1, Err: rec.err}
	if k.owned {
		e.Mode, e.UID, e.GID = format.UnixMode(k.mode), k.uid, k.gid
	} else if rec.folder() {
		e.Mode = fs.ModeDir | 0o755
	}
	if e.Mode.IsDir() != rec.folder() {
		r.hurt(rec.at, fmt.Sprintf("/%s: the record and its mode %v differ in what it is", full, e.Mode))
		e.Mode &= fs.ModePerm
		if rec.folder() {
			e.Mode |= fs.ModeDir
		}
	}
	if !k.time.IsZero() {
		e.ModTime = k.time
	}
	switch {
	case e.Mode&fs.ModeSymlink != 0:
		e.Link, e.Size = k.link, int64(len(k.link))
	case e.Mode&fs.ModeDevice != 0:
		e.Rdev, e.Size = k.rdev, 0
	case !e.Mode.IsRegular():
		e.Size = 0
	}
	return e
}

// file adds what is no directory. Entries with the same content share it.
func (r *reader) file(e format.Entry, parts []place, k *rock) error {
	if _, known := r.shared[first(parts)]; r.second && (known || len(parts) == 0) {
		return nil
	}
	if err := cmp.Or(r.budget.Entry(e.Name), r.budget.Names(len(e.Link))); err != nil {
		return err
	}
	if !e.Mode.IsRegular() {
		r.put(e, nil, nil)
		return nil
	}
	if k.packed != nil {
		e.Size = k.packed.size
		e.Err = cmp.Or(e.Err, k.packed.readable)
	} else if len(parts) == 1 {
		e.Offset = parts[0].start
	}
	e.Inode = len(r.entries)
	if e.Err == nil && len(parts) > 0 {
		i, ok := r.shared[parts[0]]
		if !ok {
			r.shared[parts[0]] = e.Inode
		} else if r.entries[i].Size == e.Size && (r.packed[i] == nil) == (k.packed == nil) && slices.Equal(r.parts[i], parts) {
			e.Inode = i
		}
	}
	r.append(e, parts, k.packed)
	return nil
}

// put adds an entry that shares nothing.
func (r *reader) put(e format.Entry, parts []place, z *zisofs) {
	e.Inode = len(r.entries)
	r.append(e, parts, z)
}

func (r *reader) append(e format.Entry, parts []place, z *zisofs) {
	for _, p := range parts {
		r.refer(p.start, p.size)
	}
	r.entries, r.parts, r.packed = append(r.entries, e), append(r.parts, parts), append(r.packed, z)
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

// Batches has one batch for each file, in the order of the disk.
func (r *reader) Batches() []format.Batch {
	start := func(b format.Batch) int64 {
		if p := r.parts[b.Entries[0]]; len(p) > 0 {
			return p[0].start
		}
		return math.MaxInt64
	}
	batches := format.OneByOne(r)
	slices.SortStableFunc(batches, func(a, b format.Batch) int { return cmp.Compare(start(a), start(b)) })
	return batches
}

// Read gives a content, which is copied only if it is in several parts or
// compressed.
func (r *reader) Read(i int) ([]byte, error) {
	i = r.entries[i].Inode
	if err := r.entries[i].Err; err != nil {
		return nil, err
	}
	content, err := r.bytes(r.parts[i])
	if z := r.packed[i]; z != nil && err == nil {
		return z.unpack(content, first(r.parts[i]).start)
	}
	return content, err
}

func (r *reader) bytes(parts []place) ([]byte, error) {
	if len(parts) == 1 {
		return r.in.Bytes(parts[0].start, parts[0].size)
	}
	total := int64(0)
	for _, p := range parts {
		total += p.size
	}
	content := make([]byte, total)
	rest := content
	for _, p := range parts {
		if err := r.in.Full(rest[:p.size], p.start); err != nil {
			return nil, err
		}
		rest = rest[p.size:]
	}
	return content, nil
}
