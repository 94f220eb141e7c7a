package littlefs

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/bits"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// reader is an opened file system.
type reader struct {
	ctx    context.Context
	in     format.Input
	sb     superblock
	budget *format.Budget
	damage []format.Damage

	owned   map[uint32]bool       // blocks that belong to something
	byBlock map[uint32]*directory // of both blocks of each pair
	failed  map[pair]error
	dirs    []*directory // in the order of the list of all pairs
	moved   bool

	entries  []format.Entry
	contents []content
}

// content is where the bytes of a file stand.
type content struct {
	inline []byte
	blocks []uint32
}

func (r *reader) hurt(at, length int64, reason string, args ...any) {
	r.damage = append(r.damage, format.Damage{Offset: at, Length: length, Reason: fmt.Sprintf(reason, args...)})
}

// block is the place of a block.
func (r *reader) block(n uint32) int64 { return int64(n) * int64(r.sb.blockSize) }

// own takes a block. Each belongs to one thing only.
func (r *reader) own(n uint32) error {
	switch {
	case r.block(n) >= r.in.Size:
		return fmt.Errorf("block 0x%x of %d", n, r.sb.blockCount)
	case r.owned[n]:
		return fmt.Errorf("block 0x%x belongs to something else already", n)
	}
	r.owned[n] = true
	return nil
}

// load reads all pairs, and the tree.
func (r *reader) load() error {
	root := pair{0, 1}
	if r.sb.version>>16 == 1 {
		root = r.sb.root
	}
	if err := r.pairs(); err != nil {
		return err
	}
	r.move()
	return r.walk(root)
}

// pairs follows the list of all pairs. Where it breaks, the directories behind it
// are still found by those that name them.
func (r *reader) pairs() error {
	for next := (pair{0, 1}); !next.null(); {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		d, err := r.fetch(next)
		if err != nil {
			if len(r.dirs) == 0 {
				return err
			}
			r.hurt(r.block(r.dirs[len(r.dirs)-1].pair[0]), 0, "the list of all directories breaks: %v", err)
			return nil
		}
		d.found = true
		next = d.tail
	}
	return nil
}

// fetch reads a pair whose blocks belong to nothing yet.
func (r *reader) fetch(p pair) (*directory, error) {
	if err := r.failed[p]; err != nil {
		return nil, err
	}
	if p[0] == p[1] {
		return nil, fmt.Errorf("pair %v of one block", p)
	}
	for _, n := range p {
		if err := r.own(n); err != nil {
			return nil, fmt.Errorf("pair %v: %w", p, err)
		}
	}
	return r.later(p)
}

// later reads the later of the two blocks of a pair that is right.
func (r *reader) later(p pair) (*directory, error) {
	first, second := p[0], p[1]
	if a, b := r.in.Peek(r.block(first), 4), r.in.Peek(r.block(second), 4); len(a) == 4 && len(b) == 4 && int32(le.Uint32(a)-le.Uint32(b)) < 0 {
		first, second = second, first
	}
	d, err := r.read(first)
	if err != nil {
		var also error
		if d, also = r.read(second); also != nil {
			r.failed[p] = fmt.Errorf("pair %v: %w; %w", p, err, also)
			return nil, r.failed[p]
		}
	}
	d.pair = p
	r.dirs = append(r.dirs, &d)
	r.byBlock[p[0]], r.byBlock[p[1]] = &d, &d
	return &d, nil
}

func (r *reader) read(n uint32) (directory, error) {
	at := r.block(n)
	b := r.in.Peek(at, int(r.sb.blockSize))
	if r.sb.version>>16 == 1 {
		return readV1(b, at)
	}
	all, ok := readLog(b, keep)
	if !ok {
		return directory{}, format.Errorf(at, "no right commit")
	}
	return replay(all, at, min(len(b)/minFile, 0x3ff))
}

// find gives a pair that was read, or reads it. The list of all pairs may still
// have one of which a block was replaced; then the tree is right.
func (r *reader) find(p pair) (*directory, error) {
	for i, n := range p {
		d := r.byBlock[n]
		switch {
		case d == nil:
		case d.pair.same(p):
			return d, nil
		case d.found:
			d.found = false
			if other := p[1-i]; r.byBlock[other] == nil {
				if err := r.own(other); err != nil {
					return nil, fmt.Errorf("pair %v: %w", p, err)
				}
				return r.later(p)
			}
		}
	}
	return r.fetch(p)
}

// move leaves out the file of an unfinished move, where it was. The move is the
// sum of what all pairs say of it.
func (r *reader) move() {
	var state [3]uint32
	for _, d := range r.dirs {
		for i := range state {
			state[i] ^= d.delta[i]
		}
	}
	t := tag(state[0])
	if t.kind() != typeDelete {
		return
	}
	r.moved = true
	for _, d := range r.dirs {
		if i := t.id(); d.pair.same(pair{state[1], state[2]}) && i < len(d.files) {
			d.files = append(d.files[:i:i], d.files[i+1:]...)
		}
	}
}

type pending struct {
	pair  pair
	name  string
	depth int
}

// walk reads the directories from the root on, each once.
func (r *reader) walk(root pair) error {
	seen := map[*directory]bool{}
	stack := []pending{{pair: root}}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for more := true; more; {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			d, err := r.find(at.pair)
			switch {
			case err != nil:
				r.hurt(r.block(at.pair[0]), 0, "directory /%s: %v", at.name, err)
			case seen[d]:
				r.hurt(d.at, 0, "directory /%s is in the tree twice", at.name)
			}
			if err != nil || seen[d] {
				break
			}
			seen[d] = true
			down, err := r.list(d, at)
			if err != nil {
				return err
			}
			stack = append(stack, down...)
			more, at.pair = d.hard, d.tail
		}
	}
	return nil
}

// list makes the entries of a directory, and gives the directories in it.
func (r *reader) list(d *directory, at pending) (down []pending, err error) {
	for _, f := range d.files {
		if f == nil || f.kind == kindSuperblock {
			continue
		}
		full := at.name + f.name
		if err := r.budget.Entry(full); err != nil {
			return nil, err
		}
		r.add(f, full, d)
		if f.kind != kindDir || f.structure != structDir {
			continue
		}
		if at.depth >= maxDepth || len(full) > maxPath {
			r.hurt(d.at, 0, "/%s: directories too deep", full[:min(len(full), 80)])
			continue
		}
		down = append(down, pending{f.dir, full + "/", at.depth + 1})
	}
	return down, nil
}

// add makes the entry of a file.
func (r *reader) add(f *file, name string, d *directory) {
	e := format.Entry{Name: name, Mode: 0o644, Inode: len(r.entries), Offset: -1}
	var c content
	switch {
	case f.kind == kindDir && f.structure == structDir:
		e.Mode = fs.ModeDir | 0o755
	case f.kind == kindFile && f.structure == structInline:
		c.inline, e.Size, e.Offset = f.inline, int64(len(f.inline)), f.inlineAt
	case f.kind == kindFile && f.structure == structCTZ:
		e.Size = int64(f.size)
		if c.blocks, e.Err = r.blocks(f); len(c.blocks) == 1 && e.Err == nil {
			e.Offset = r.block(c.blocks[0])
		}
	case f.kind == kindFile && f.structure == structNone: // created, and not written yet
	default:
		e.Err = format.Errorf(d.at, "file of kind 0x%02x and structure 0x%02x", f.kind, f.structure)
	}
	attributes(&e, f.attrs)
	r.entries, r.contents = append(r.entries, e), append(r.contents, c)
}

// timeAttr is the user attribute that is used for the time of the last change.
const timeAttr = 't'

func attributes(e *format.Entry, attrs map[byte][]byte) {
	for n, v := range attrs {
		if n == timeAttr && (len(v) == 4 || len(v) == 8) {
			e.ModTime = time.Unix(int64(le.Uint64(append(bytes.Clone(v), 0, 0, 0, 0)[:8])), 0).UTC()
			continue
		}
		if e.Xattrs == nil {
			e.Xattrs = map[string][]byte{}
		}
		e.Xattrs[fmt.Sprintf("user.littlefs.0x%02x", n)] = v
	}
}

// blocks lists the blocks of a file from the first to the last. Each but the
// first begins with pointers back, to the one before it, two, four … before it,
// as often as 2 divides its number.
func (r *reader) blocks(f *file) ([]uint32, error) {
	if f.size == 0 {
		return nil, nil
	}
	if int64(f.size) > r.in.Size {
		return nil, format.Errorf(r.in.Size, "file of %d bytes in a file system of %d", f.size, r.in.Size)
	}
	last := r.index(f.size - 1)
	list := make([]uint32, last+1)
	n := f.head
	for i := last; i >= 0; i-- {
		if err := r.own(n); err != nil {
			return nil, format.Errorf(r.block(n), "block %d of the file: %w", i, err)
		}
		list[i] = n
		if i > 0 {
			b := r.in.Peek(r.block(n), 4)
			if len(b) < 4 {
				return nil, format.Errorf(r.block(n), "block %d of the file is cut off", i)
			}
			n = le.Uint32(b)
		}
	}
	for i := 1; i <= last; i++ {
		b := r.in.Peek(r.block(list[i]), pointers(i))
		for k := 0; 4*k+4 <= len(b); k++ {
			if to := le.Uint32(b[4*k:]); to != list[i-1<<k] {
				return nil, format.Errorf(r.block(list[i])+int64(4*k), "block %d of the file points back to 0x%x, where 0x%x is", i, to, list[i-1<<k])
			}
		}
	}
	return list, nil
}

// pointers is the length of the pointers in a block of a file.
func pointers(i int) int {
	if i == 0 {
		return 0
	}
	return 4 * (bits.TrailingZeros(uint(i)) + 1)
}

// index is the number of the block of a file that holds a byte. All pointers in
// the blocks up to number i are 2i less the bits that are set in i.
func (r *reader) index(off uint32) int {
	room := int64(r.sb.blockSize) - 8
	i := int64(off) / room
	if i == 0 {
		return 0
	}
	return int((int64(off) - 4*int64(bits.OnesCount64(uint64(i-1))+2)) / room)
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

// Batches has one batch for each file.
func (r *reader) Batches() []format.Batch { return format.OneByOne(r) }

// Read puts a content together.
func (r *reader) Read(n int) ([]byte, error) {
	c, e := &r.contents[n], &r.entries[n]
	if e.Err != nil || !e.Mode.IsRegular() {
		return nil, format.Errorf(0, "no content")
	}
	if c.blocks == nil {
		return c.inline, nil
	}
	buf := make([]byte, 0, e.Size)
	for i, b := range c.blocks {
		skip := pointers(i)
		n := min(e.Size-int64(len(buf)), int64(r.sb.blockSize)-int64(skip))
		piece, err := r.in.Bytes(r.block(b)+int64(skip), n)
		if err != nil {
			return nil, err
		}
		buf = append(buf, piece...)
	}
	return buf, nil
}
