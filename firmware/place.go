package firmware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// maxFailures bounds how many candidates of one place may fail to open.
const maxFailures = 1024

var (
	errTiny   = errors.New("too small to be of interest")
	errHollow = errors.New("nothing inside")
	errCopy   = errors.New("a copy of what it stands in")
)

// place is a run of bytes in which containers are looked for.
type place struct {
	in      format.Input
	path    string     // containers found here are called path!type
	parent  *Container // nil for the whole image
	shift   int64      // of the first byte in the parent's bytes
	depth   int
	role    format.Role
	hint    string // the compression that a header claims
	mapped  bool   // bytes of the delivered image itself
	stream  bool   // what a stream unpacked to
	member  bool   // a file of a container: what is not recognised was seen as a file
	after   bool   // of a member that is known to hold no more than what follows a program or a header
	name    string // for a stream, what its header calls the content
	raw     *Container
	outer   string // type of the container that begins at the first byte too
	tried   *tried // what did not open in these bytes
	begin   int64  // of the first byte in the bytes that tried is about
	why     string // what is said of bytes that are not recognised: nothing refers to them
	carried bool   // within a file of another kind: what is no container is of that file
	quiet   bool   // what is no container here is known to be read, and told by whoever looks
}

// found is what was found in a place.
type found struct {
	ranges     []Range // every byte of the place once, in order
	containers int
	kernel     string     // version of a Linux kernel, here or further inside
	later      []*holding // what is to be looked into when all is found
	last       *Container // that was opened
	torn       *Container // the last stream that broke off, and tornAt where it begins
	tornAt     int64
}

// look finds and opens the containers of a place.
func (o *opener) look(p *place) (found, error) {
	var f found
	if p.depth > o.opts.Limits.Depth {
		o.tooDeep++
		o.skip(p.path, p.shiftIn(), p.in.Size, fmt.Sprintf("containers nested more than %d deep are not opened", o.opts.Limits.Depth))
		f.ranges = []Range{{0, p.in.Size, Unexplained, "nested too deep"}}
		return f, nil
	}
	if p.tried == nil {
		p.tried = &tried{}
	}
	s, begins := o.matcher.scan(p.in), o.matcher
	if p.carried {
		if s = o.carriers.scan(p.in); !p.stream {
			begins = o.carriers
		}
	}
	next := slices.DeleteFunc(begins.starts(p.in), func(c candidate) bool { return c.format.Name == p.outer })
	failures, begun := 0, false
	for pos := int64(0); ; {
		var failed []refusal
		opened := false
		for _, c := range next {
			length, err := o.try(p, c, &f)
			if o.ctx.Err() != nil {
				return f, o.ctx.Err()
			}
			if err == nil {
				pos, opened = max(pos, c.off+length), true
				o.ends(&f, c.off, length)
				begun = begun || c.off == 0
				break
			}
			if errors.Is(err, format.ErrSpent) {
				o.skip(p.path, p.shiftIn()+c.off, p.in.Size-c.off, err.Error()+"; the rest is not looked through")
				err = o.finishPlace(p, &f)
				return f, err
			}
			if !errors.Is(err, errTiny) && !errors.Is(err, errHollow) {
				failures++
			}
			failed = append(failed, refusal{c, err})
		}
		o.refused(p, failed, opened)
		if len(next) > 0 {
			pos = max(pos, next[0].off+1)
		}
		if failures > maxFailures {
			o.skip(p.path, p.shiftIn()+pos, p.in.Size-pos, fmt.Sprintf("more than %d broken containers; the rest is not looked through", maxFailures))
			break
		}
		var err error
		if next, err = s.next(pos); err != nil {
			return f, err
		}
		if len(next) == 0 {
			break
		}
	}
	if !begun && !p.quiet && !p.carried {
		o.torn(p)
	}
	err := o.finishPlace(p, &f)
	return f, err
}

// torn notes what a place, in which nothing was opened at the first byte, clearly
// was when it was whole.
func (o *opener) torn(p *place) {
	for _, f := range o.matcher.begun(p.in) {
		if f.Torn == nil || f.Name == p.outer || f.Probe(p.in) != format.No {
			continue
		}
		if err := f.Torn(p.in); err != nil {
			o.broken(p.path, p.shiftIn(), f.Name, true, f.Name+" cannot be opened: "+placed(f.Name, err.Error()))
			return
		}
	}
}

// ends notes that another container begins: what was told to be missing of a stream
// that broke off before reaches no further.
func (o *opener) ends(f *found, off, length int64) {
	if k := f.torn; k != nil && off > f.tornAt {
		to := off - f.tornAt
		for i := range k.Damage {
			k.Damage[i].Length = max(0, min(k.Damage[i].Length, to-k.Damage[i].Offset))
		}
		o.mu.Lock()
		for i := range o.img.Skipped {
			if s := &o.img.Skipped[i]; s.Path == k.Path && s.Offset+s.Length > to {
				s.Length = max(0, to-s.Offset)
			}
		}
		o.mu.Unlock()
		f.torn = nil
	}
	if k := f.last; k != nil && len(k.Damage) > 0 && !k.FileSystem {
		if d := k.Damage[len(k.Damage)-1]; d.Offset+d.Length > length {
			f.torn, f.tornAt = k, off
		}
	}
}

// refusal is a candidate that did not open.
type refusal struct {
	candidate
	err error
}

// refused says why candidates of one place did not open, unless they were chance
// bytes: as they were, all but the sure ones, where another container opened.
func (o *opener) refused(p *place, failed []refusal, opened bool) {
	for _, r := range failed {
		copied := p.quiet && r.format.Name == p.parent.Type // in a journal, of the head of its file system
		if copied || errors.Is(r.err, errTiny) {
			continue
		}
		if r.likeness == format.Sure || !opened && (r.off == 0 && !p.carried || errors.Is(r.err, format.ErrLimit)) {
			kind := r.format.Name
			if opened {
				kind = "" // it is what opened
			}
			o.broken(p.path, p.shiftIn()+r.off, kind, r.likeness == format.Sure, r.format.Name+" cannot be opened: "+placed(r.format.Name, r.err.Error()))
		}
	}
}

// accept opens a candidate and what is inside it. An error means that the
// candidate is no container, or too broken to use.
func (o *opener) accept(p *place, c candidate, f *found) (int64, error) {
	in := p.in.Section(c.off, p.in.Size-c.off)
	if err := o.budget.Try(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(o.ctx, o.opts.Limits.Time)
	waits := false
	defer func() {
		if !waits {
			cancel()
		}
	}()
	if c.format.Start != nil || c.off > 0 {
		before := p.in.Section(0, c.off)
		in.Before = &before
	}
	var got *format.Opened
	err := format.Guard(func() (err error) {
		got, err = c.format.Open(ctx, in, o.budget)
		return err
	})
	if err != nil {
		return 0, err
	}
	if p.quiet && c.format.Name == p.parent.Type && (len(got.Damage) > 0 || c.off == 0 && p.outer != "") {
		return 0, errCopy // a journal has the head of its file system, which does not fit in there
	}
	if got.Hollow && o.inVain > maxInVain {
		return 0, fmt.Errorf("over %d bytes were looked through in vain: %w", int64(maxInVain), format.ErrLimit)
	}
	if p.carried && !p.stream {
		if err := proven(c, got); err != nil {
			return 0, err
		}
	}
	if err := o.takeStream(p, in, c, got); err != nil {
		return 0, err
	}
	if err := o.doubt(ctx, in, got); err != nil {
		return 0, err
	}
	if got.Length <= 0 || got.Length > in.Size {
		return 0, fmt.Errorf("length of %d bytes", got.Length)
	}
	k := &Container{
		Type: c.format.Name, Path: o.containerPath(p, c), Parent: p.parent,
		Offset: p.shift + c.off, Length: got.Length,
		Modes: got.Modes, FileSystem: got.Tree != nil,
		Attributes: got.Attributes, Signatures: got.Signatures, Hashes: got.Hashes, Damage: got.Damage,
		files: map[string]*File{}, claims: got.Claims,
	}
	if k.Attributes == nil {
		k.Attributes = map[string]string{}
	}
	if isOfRoot(k) {
		k.Modes = false // nobody unpacks it: that of the archive counts
	}
	before := o.mark()
	o.img.Containers = append(o.img.Containers, k)
	if got.Whole != "" && (!p.member || got.Length < p.in.Size) {
		whole := &place{in: in, path: k.Path, parent: k, shift: k.Offset}
		o.rawFile(whole, got.Whole, 0, got.Length)
	}
	for i := range got.Damage {
		d := &got.Damage[i]
		d.Reason = placed(c.format.Name, d.Reason)
		o.skip(k.Path, d.Offset, d.Length, d.Reason)
	}
	if got.Endless && p.parent == nil && c.off+got.Length == p.in.Size {
		o.skip(k.Path, got.Length, 0, k.Type+" without the mark at its end: the image may be cut, and more may have followed")
	}
	f.last = k
	held := &holding{Container: k, in: in.Section(0, got.Length), opened: got}
	if waits = o.mayWait(p, got); waits {
		if held.done = cancel; got.Tree != nil {
			held.tree = o.plant(ctx, k, held.in, got.Tree)
		}
		f.later = append(f.later, held)
		return got.Length, nil
	}
	ranges, kernel, err := o.inside(ctx, p, held)
	if err != nil {
		return 0, err
	}
	if got.Hollow && len(o.img.Containers) == before.containers+1 {
		o.forget(before, k)
		_ = o.budget.Live(-int64(len(got.Stream))) // gives it back
		stream, _ := got.Unpacked()
		o.inVain += got.Length + stream.Size
		return 0, errHollow
	}
	f.holds(p, k, ranges, kernel)
	return got.Length, nil
}

// takeStream decides whether what a stream unpacked to is kept, and where: a little one
// in the middle of something may be chance bytes.
func (o *opener) takeStream(p *place, in format.Input, c candidate, got *format.Opened) error {
	stream, is := got.Unpacked()
	if !is {
		return nil
	}
	if len(got.Damage) > 0 {
		if err := o.shorten(in, got); err != nil {
			return err
		}
	}
	sure := (c.format.Summed || got.Summed) && len(got.Damage) == 0 && stream.Size >= minTelling
	if (c.off > 0 || p.carried && !p.stream) && stream.Size < minStream && !sure {
		return errTiny
	}
	if err := o.budget.Spill(got); err != nil {
		return err
	}
	return o.budget.Live(int64(len(got.Stream)))
}

// shorten ends a stream that broke off where another container surely begins: the
// decoder stumbled only behind that.
func (o *opener) shorten(in format.Input, got *format.Opened) error {
	s := o.matcher.scan(in)
	for at := int64(1); ; at++ {
		next, err := s.next(at)
		if err != nil || len(next) == 0 || next[0].off >= got.Length {
			return err
		}
		if at = next[0].off; slices.ContainsFunc(next, func(c candidate) bool { return c.likeness == format.Sure }) {
			got.Length = at
			got.Damage[0].Offset, got.Damage[0].Length = min(at, got.Damage[0].Offset), in.Size-min(at, got.Damage[0].Offset)
			return nil
		}
	}
}

// holds adds a container of a place, and what its bytes are.
func (f *found) holds(p *place, k *Container, ranges []Range, kernel string) {
	f.containers++
	f.kernel = cmp.Or(f.kernel, kernel)
	f.ranges = append(f.ranges, shifted(ranges, k.Offset-p.shift)...)
}

// mark is how much was found at some time.
type mark struct{ containers, files, skipped, raws, pieces int }

func (o *opener) mark() mark {
	o.mu.Lock()
	defer o.mu.Unlock()
	return mark{len(o.img.Containers), len(o.img.Files), len(o.img.Skipped), len(o.raws), len(o.pieces)}
}

// forget takes back a container that turned out to be none. Meanwhile more may
// have been said of files of another.
func (o *opener) forget(m mark, k *Container) {
	o.img.Containers = o.img.Containers[:m.containers]
	o.img.Files = o.img.Files[:m.files]
	o.raws = o.raws[:m.raws]
	o.pieces = o.pieces[:m.pieces]
	delete(o.paths, k.Path)
	o.mu.Lock()
	defer o.mu.Unlock()
	own := func(s Skipped) bool { return s.Path == k.Path || strings.HasPrefix(s.Path, k.Path+"!") }
	o.img.Skipped = append(o.img.Skipped[:m.skipped], slices.DeleteFunc(o.img.Skipped[m.skipped:], own)...)
}

// containerPath names a container: by its type, and by its place too where that
// is not enough.
func (o *opener) containerPath(p *place, c candidate) string {
	name := p.path + "!" + c.format.Name
	if o.paths[name] {
		name = fmt.Sprintf("%s@0x%x", name, p.shift+c.off)
	}
	if o.paths == nil {
		o.paths = map[string]bool{}
	}
	o.paths[name] = true
	return name
}
