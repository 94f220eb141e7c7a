package firmware

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/assay-iot/assay/firmware/format"
)

var errNotRead = errors.New("not read")

// maxKept and maxKeptFile are how much is kept of files that are opened in their
// own right afterwards: what holds a small file is not unpacked twice for it.
const maxKept, maxKeptFile = 32 << 20, 4 << 20

// walk reads the content of every file once, with all workers, and lists the
// files that are worth opening in their own right, with the contents of some, and what
// single files in it unpacked to.
func (o *opener) walk(ctx context.Context, k *Container, files []*File, tree format.Tree) *walker {
	w := &walker{opener: o, ctx: ctx, files: files, done: make([]bool, len(files)), root: isRoot(k) || isOfRoot(k), from: map[int]int64{}, within: map[int][]Range{}}
	w.heads(tree.Entries())
	batches := tree.Batches()
	var next atomic.Int64
	o.parallel(len(batches), func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(batches) {
				return
			}
			w.batch(&batches[i])
		}
	})
	w.longs()
	for i, f := range files {
		if f == nil {
			continue
		}
		switch {
		case f.HardLink != nil:
			f.Digest, f.Size, f.Err, f.Long = f.HardLink.Digest, f.HardLink.Size, f.HardLink.Err, f.HardLink.Long
		case f.Err != nil && !w.done[i]:
			o.skip(f.Path, 0, f.Size, f.Err.Error())
		}
	}
	slices.Sort(w.inside)
	w.inside = slices.Compact(w.inside)
	return w
}

// parallel runs f in as many goroutines as there are workers, at most n.
func (o *opener) parallel(n int, f func()) {
	var wg sync.WaitGroup
	for range min(n, o.opts.Workers) - 1 {
		wg.Go(f)
	}
	if n > 0 {
		f()
	}
	wg.Wait()
}

// par is what a Batch gets to spread its work.
func (o *opener) par(n int, f func(i int)) {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	o.parallel(n, func() {
		err := format.Guard(func() error {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
			return nil
		})
		if err != nil {
			failed.Store(&err)
		}
	})
	if err := failed.Load(); err != nil {
		panic(*err) // caught around the batch
	}
}

type walker struct {
	*opener
	ctx   context.Context
	files []*File
	head  []*File           // by Inode: the file that is read for it, or nil
	names map[*File][]*File // by file that is read: its further names that are visited with it
	done  []bool            // by file: read, or its error noted
	root  bool

	inner   sync.Mutex
	inside  []int
	from    map[int]int64   // by file in inside: where in it a container begins
	within  map[int][]Range // by file in inside: runs of it that may carry containers
	singles []single
	kept    map[int]format.Input
	held    int // bytes of memory in kept
}

// heads maps the entry that the reader visits to the file that stands for it: of
// hard links, the first by path.
func (w *walker) heads(entries []format.Entry) {
	w.head = make([]*File, len(entries))
	for i, f := range w.files {
		if f != nil && f.Kind == Regular && f.HardLink == nil {
			w.head[entries[i].Inode] = f
		}
	}
	w.further()
}

// Limits of showing a content again under its further names. Beyond them a hard link
// stands for nothing but its name.
const (
	maxNames = 64        // further names of one content
	maxAgain = 256 << 20 // bytes of contents that are shown again, in one container
)

// further chooses the hard links whose content is shown again: to a packing that knows no
// links they are files of their own, and the same is to be seen in both.
func (w *walker) further() {
	w.names = map[*File][]*File{}
	again := int64(0)
	for _, f := range w.files {
		if f == nil || f.HardLink == nil || f.HardLink.Long {
			continue
		}
		size := max(f.HardLink.Size, 0)
		if len(w.names[f.HardLink]) < maxNames && size <= maxAgain-again {
			again += size
			w.names[f.HardLink] = append(w.names[f.HardLink], f)
		}
	}
}

// batch runs one batch. Whatever it did not visit was not read.
func (w *walker) batch(b *format.Batch) {
	wanted := slices.ContainsFunc(b.Entries, func(e int) bool { return w.waits(e) != nil })
	if !wanted {
		return
	}
	err := w.ctx.Err()
	if err == nil {
		err = format.Guard(func() error {
			b.Run(w.par, w.visit)
			return nil
		})
	}
	if err == nil {
		err = errNotRead
	}
	for _, e := range b.Entries {
		if f := w.waits(e); f != nil {
			w.done[f.entry] = true
			w.seen(f, nil, err)
		}
	}
}

// waits gives the file whose content an entry is, if it is still to be read.
func (w *walker) waits(entry int) *File {
	f := w.head[entry]
	if f == nil || w.done[f.entry] || f.Err != nil || f.Long {
		return nil
	}
	return f
}

// visit takes one content. Each file is in one batch only, so that no two
// goroutines come to it.
func (w *walker) visit(entry int, content []byte, err error) {
	f := w.waits(entry)
	if f == nil {
		return
	}
	w.done[f.entry] = true
	if err == nil {
		f.Size = int64(len(content))
	}
	w.seen(f, content, err)
	if err != nil {
		return
	}
	for _, l := range w.names[f] {
		l.Size, l.Digest = f.Size, f.Digest
		if w.opts.Visit != nil {
			w.opener.visit(l, content)
		}
	}
	if w.root && isDocumentation(f.Name) && w.isPacked(content) {
		return // and what is not packed is looked at as any file
	}
	as := w.unpack(f, content)
	if as == seen {
		return
	}
	if as == inside || w.worth(format.InMemory(content), content) {
		w.enter(f.entry, content)
		return
	}
	at, unknown := w.behind(content)
	own := content // what follows is opened
	if at > 0 {
		own = content[:at]
	}
	runs := w.carried(own, unknown && !w.isPage(f.Name, content))
	if len(runs) == 0 || isProgram(own) {
		w.close(f, w.opaque(own), 0)
	}
	if at == 0 && len(runs) == 0 {
		return
	}
	w.enter(f.entry, content)
	w.inner.Lock()
	defer w.inner.Unlock()
	if at > 0 {
		w.from[f.entry] = at
	}
	if len(runs) > 0 {
		w.within[f.entry] = runs
	}
}

// enter notes a file that is opened in its own right.
func (w *walker) enter(i int, content []byte) {
	w.inner.Lock()
	defer w.inner.Unlock()
	w.inside = append(w.inside, i)
	if w.files[i].Offset >= 0 || len(content) > maxKeptFile || w.held+len(content) > maxKept {
		return
	}
	w.keep(i, format.InMemory(bytes.Clone(content)))
	w.held += len(content)
}

func (w *walker) keep(i int, content format.Input) {
	if w.kept == nil {
		w.kept = map[int]format.Input{}
	}
	w.kept[i] = content
}
