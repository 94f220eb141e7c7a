package firmware

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// minRaw is the least length of an unexplained range that must be something.
	minRaw = 4 << 10
	// minSmall is the least length of an unexplained range that is offered as a
	// file: the shortest private key has as much.
	minSmall = 48
	// maxRaw is the most bytes of an unexplained range in one file.
	maxRaw = 64 << 20
	// minRun is from how many equal bytes on a run is padding, minEdge at an edge.
	minRun, minEdge = 256, 16
	// longRun is the least run where there is much that is not explained.
	longRun = 4 << 10
	// minStream is the least that a stream in the middle of something unpacks to:
	// a kernel holds little ones to test its own decoders with.
	minStream = 1 << 10
)

// leftover explains the bytes of a place that belong to no container, as far as
// they can be explained, and offers the rest as raw files.
func (o *opener) leftover(p *place, f *found) error {
	gaps := gaps(f.ranges, p.in.Size)
	switch {
	case len(gaps) == 0 || p.quiet || p.carried && !p.stream:
		return nil
	case p.carried && f.containers == 0:
		return o.unpackedFile(p, f)
	}
	if p.member && f.containers == 0 {
		if p.after {
			return nil // chance bytes of a file that was seen
		}
		f.ranges = o.unrecognised(p)
		return nil
	}
	whole := p.why == "" && len(gaps) == 1 && gaps[0].Length == p.in.Size
	kernel := ""
	if p.stream || p.role == format.Code {
		kernel, _ = kernelBanner(p.in)
	}
	f.kernel = cmp.Or(f.kernel, kernel)
	switch {
	case kernel != "":
		o.rawFile(p, "kernel", 0, p.in.Size)
		p.parent.Attributes["linux-version"] = kernel
	case whole && p.stream && looks(p.in) == "text":
		o.rawFile(p, cmp.Or(cleanName(p.name), "text"), 0, p.in.Size)
		o.readable = true
		kernel = "text"
	case p.role == format.Flat:
	case whole && f.kernel == "":
		o.nothing(p)
	}
	for _, g := range gaps {
		pieces, err := split(p.in, g)
		if err != nil {
			return err
		}
		if p.role == format.Flat {
			f.ranges = append(f.ranges, o.flat(p, g, pieces)...)
			continue
		}
		for _, r := range pieces {
			o.explain(p, &r, f, kernel, whole)
			f.ranges = append(f.ranges, r)
		}
	}
	sortRanges(f.ranges)
	return nil
}

// explain says what one run outside of containers is.
func (o *opener) explain(p *place, r *Range, f *found, covered string, whole bool) {
	if r.Class == Padding {
		return
	}
	switch {
	case covered != "":
		r.Class, r.What = Opened, "kernel"
		o.readable = true
		return
	case p.role == format.Code && f.kernel != "":
		// The program that unpacks the kernel and jumps to it.
		r.Class, r.What = Opened, "loader"
		if r.Length >= minRaw {
			o.rawRange(p, "loader", *r)
		}
		return
	}
	if r.Length < minRaw {
		r.What = p.why + "not recognised"
		if r.Length >= minSmall {
			o.rawRange(p, "range", *r) // it may be short, and a key
		} else {
			o.laid(p, r.Offset, r.Length, false)
		}
		return
	}
	r.What = p.why + looks(p.in.Section(r.Offset, r.Length))
	if whole {
		return // nothing did
	}
	o.rawRange(p, "range", *r)
	if !p.mapped {
		o.skip(p.path, p.shiftIn()+r.Offset, r.Length, "not recognised: "+r.What)
	}
}

// flat explains a run of a program that lies there as it runs. It is offered
// whole, and is opened but for the pieces that nobody can read.
func (o *opener) flat(p *place, g Range, pieces []Range) (ranges []Range) {
	for _, r := range pieces {
		if r.Class == Padding {
			ranges = append(ranges, r)
			continue
		}
		ranges = append(ranges, readable(p.in, r)...)
	}
	ranges = merge(ranges)
	offered := false
	for _, r := range ranges {
		switch {
		case r.Class == Padding:
			continue
		case r.Class == Opened:
			o.readable = true
		case !p.mapped:
			o.skip(p.path, p.shiftIn()+r.Offset, r.Length, "not recognised: "+r.What)
		}
		offered = true
	}
	if offered {
		o.rawRange(p, "code", g)
	}
	return ranges
}

// readable tells the pieces of a run that look encrypted from the others.
func readable(in format.Input, r Range) (ranges []Range) {
	const step = 16 << 10 // of which the entropy is taken
	for off, end := r.Offset, r.Offset+r.Length; off < end; off += step {
		one := Range{off, min(step, end-off), Opened, "code"}
		if strings.HasPrefix(looks(in.Section(off, one.Length)), "encrypted") {
			one.Class, one.What = Unexplained, "encrypted, or compressed in an unknown way"
		}
		ranges = append(ranges, one)
	}
	return ranges
}

// nothing was found in a place: it is offered whole.
func (o *opener) nothing(p *place) {
	what := looks(p.in)
	if what == "text" {
		o.readable = true
	}
	if what == onlyPadding {
		if p.parent != nil {
			return // an empty partition, or an empty stream
		}
		if pieces, err := split(p.in, Range{Length: p.in.Size}); err == nil && len(pieces) == 1 && pieces[0].Class == Padding {
			o.skip(p.path, 0, p.in.Size, "not recognised: "+what)
			return // gigabytes of it are of no interest to anyone
		}
	}
	if p.hint != "" && p.hint != "none" {
		what += "; the header says " + p.hint
	}
	o.rawRange(p, "range", Range{0, p.in.Size, Unexplained, what})
	o.skip(p.path, p.shiftIn(), p.in.Size, cmp.Or(unopened(p.in.Head(16), false), "not recognised: "+what))
}

// shiftIn is where the place begins in the bytes of what its path names.
func (p *place) shiftIn() int64 {
	if p.why != "" || p.quiet {
		return p.shift
	}
	if p.parent != nil && p.path == p.parent.Path && !p.stream {
		return p.shift
	}
	return 0
}

// rawRange offers a run as one file, or several if it is long.
func (o *opener) rawRange(p *place, kind string, r Range) {
	for off := int64(0); off < r.Length; off += maxRaw {
		at := r.Offset + off
		o.rawFile(p, fmt.Sprintf("%s-0x%08x", kind, p.shift+at), at, min(maxRaw, r.Length-off))
	}
}

// rawFile offers a run of a place as a file.
func (o *opener) rawFile(p *place, name string, off, length int64) {
	c := o.rawContainer(p)
	if prefix := strings.TrimPrefix(p.path, c.Path+"!"); prefix != p.path {
		name = prefix + "!" + name
	}
	in := p.in.Section(off, length)
	f := &File{
		Path: c.Path + "!" + name, Name: name, Container: c, Kind: Raw, Size: length, Offset: p.shift + off,
		read: func() ([]byte, error) {
			buf := make([]byte, length)
			return buf, in.Full(buf, 0)
		},
	}
	if c.files[name] != nil {
		return
	}
	if err := o.budget.Files(1); err != nil {
		o.skip(f.Path, 0, length, err.Error())
		return
	}
	c.files[name] = f
	o.img.Files = append(o.img.Files, f)
	if length > o.opts.Limits.FileBytes {
		o.lengthen(f, &format.Entry{Offset: 0}, in, nil)
		if f.Err != nil {
			o.skip(f.Path, 0, length, f.Err.Error())
			return
		}
	}
	o.raws = append(o.raws, raw{f, in})
	o.laid(p, off, length, true)
}

// raw is a raw file and its bytes, which are not copied to be visited.
type raw struct {
	*File
	in format.Input
}

// readRaws reads the raw files that were not yet, with all workers.
func (o *opener) readRaws() {
	raws := o.raws[o.rawsRead:]
	o.rawsRead = len(o.raws)
	o.par(len(raws), func(i int) {
		if r := raws[i]; r.Long {
			o.longRaw(r)
		} else if o.ctx.Err() == nil {
			if r.Container.Type == "raw" && r.Container.Parent == nil && r.Offset == 0 && r.Size == o.img.Size {
				r.Digest = o.img.Digest // the image itself
			}
			if o.opts.Visit == nil {
				o.digestRaw(r)
				return
			}
			content, err := r.in.Bytes(0, r.in.Size)
			o.seen(r.File, content, err)
		}
	})
}

// digestRaw takes the digest of a raw file that nobody wants to look at, and holds
// little of it.
func (o *opener) digestRaw(r raw) {
	if r.Digest != ([32]byte{}) {
		return
	}
	sum := sha256.New()
	if err := format.Sum(o.ctx, sum, r.in, format.Span{Length: r.in.Size}); err != nil {
		o.seen(r.File, nil, err)
		return
	}
	r.Digest = [32]byte(sum.Sum(nil))
}

// seen takes the content of a file, or says why there is none.
func (o *opener) seen(f *File, content []byte, err error) {
	if err != nil {
		f.Err = located(f.Container, err)
		o.skip(f.Path, 0, f.Size, f.Err.Error())
		return
	}
	if f.Digest == ([32]byte{}) {
		f.Digest = sha256.Sum256(content)
	}
	if o.opts.Visit != nil {
		o.visit(f, content)
	}
}

// visit shows a content to the caller. Should that panic, it is for no reader to
// explain away: Open panics with it.
func (o *opener) visit(f *File, content []byte) {
	defer func() {
		if p := recover(); p != nil {
			o.panicked.CompareAndSwap(nil, &p)
			panic(p)
		}
	}()
	o.opts.Visit(f, content)
}

// located says whose bytes the place is counted in that an error of a reader has.
func located(k *Container, err error) error {
	if e, ok := err.(*format.Error); ok { //nolint:errorlint // the outermost place only
		return fmt.Errorf("at 0x%x of the %s: %w", e.Offset, k.Type, e.Err)
	}
	return err
}

// unsaid is a place in the words of a reader that says not of what it is.
var unsaid = regexp.MustCompile(`\bat 0x[0-9a-f]+:`)

// placed says in the words of a reader that places are counted in the bytes of its
// container: in those of what a stream unpacked to, if it lies in one.
func placed(kind, words string) string {
	return unsaid.ReplaceAllStringFunc(words, func(at string) string {
		return strings.TrimSuffix(at, ":") + " of the " + kind + ":"
	})
}

// rawContainer is the container that raw files of a place belong to: the one
// around it, or, for an image or a member, one that stands for its bytes.
func (o *opener) rawContainer(p *place) *Container {
	if p.parent != nil && !p.member && p.why == "" {
		return p.parent
	}
	if p.raw != nil {
		return p.raw
	}
	c := &Container{
		Type: "raw", Path: p.path, Parent: p.parent, Offset: p.shift, Length: p.in.Size,
		Attributes: map[string]string{}, files: map[string]*File{},
	}
	if p.why != "" { // one for all runs to which nothing refers
		c.Offset, c.Length = 0, p.parent.Length
	}
	p.raw = c
	first := len(o.img.Containers)
	for i := len(o.img.Containers) - 1; i >= 0; i-- {
		if k := o.img.Containers[i]; k.Parent == p.parent && strings.HasPrefix(k.Path, p.path+"!") {
			k.Parent, first = c, i
		}
	}
	o.img.Containers = append(o.img.Containers[:first:first], append([]*Container{c}, o.img.Containers[first:]...)...)
	return c
}

// unrecognised says of a member in which nothing was found whether it is a part
// that could not be opened, or a file like any other.
func (o *opener) unrecognised(p *place) []Range {
	what := looks(p.in)
	if what == "text" || what == "empty" || what == onlyPadding {
		return []Range{{0, p.in.Size, Opened, what}}
	}
	what = cmp.Or(unopened(p.in.Head(16), false), "not recognised: "+what)
	o.skip(p.path, 0, p.in.Size, what)
	return []Range{{0, p.in.Size, Unexplained, what}}
}
