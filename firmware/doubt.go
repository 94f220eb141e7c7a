package firmware

import (
	"cmp"
	"context"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// maxDoubts is how many containers in a doubtful member are tried.
const maxDoubts = 64

// doubt ends an archive that was cut in its last member where a file system begins, or
// another archive, which followed it: the length of the member, and of all in front of
// it, says nothing then.
func (o *opener) doubt(ctx context.Context, in format.Input, got *format.Opened) error {
	d := got.Doubt
	if d == nil {
		return nil
	}
	at, end := d.Offset, min(d.Offset+d.Length, in.Size)
	if whole := d.Length <= in.Size-d.Offset; whole { // what begins it is its own
		at = max(at+1, o.begins(ctx, in, d))
	}
	s := o.matcher.scan(in)
	for tries := 0; tries < maxDoubts; {
		next, err := s.next(at)
		if err != nil || len(next) == 0 || next[0].off >= end {
			return err
		}
		at = next[0].off + 1
		for _, c := range next {
			if c.likeness != format.Sure {
				continue
			}
			tries++
			length, tree := o.whole(ctx, in.Section(c.off, in.Size-c.off), c.format)
			if tree && (d.Cut || c.off+length > end) {
				cutAt(got, c.off, "another container begins here: the archive is cut")
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// begins is where the container ends that begins a doubtful member and lies in it.
func (o *opener) begins(ctx context.Context, in format.Input, d *format.Doubt) (end int64) {
	if !d.Cut {
		return 0
	}
	member := in.Section(d.Offset, d.Length)
	for _, c := range o.matcher.starts(member) {
		if length, _ := o.whole(ctx, member, c.format); length > 0 {
			return d.Offset + length
		}
	}
	return 0
}

// whole is how long the container is that begins an input, and whether it is a tree; 0
// if there is none without damage.
func (o *opener) whole(ctx context.Context, in format.Input, f *format.Format) (length int64, tree bool) {
	l := &o.opts.Limits
	_ = format.Guard(func() error {
		if err := o.budget.Try(); err != nil {
			return err
		}
		got, err := f.Open(ctx, in, format.NewBudget(int64(l.Files), l.TotalBytes, l.FileBytes, l.Ratio))
		if err == nil && !got.Hollow && len(got.Damage) == 0 {
			length, tree = got.Length, got.Tree != nil && len(got.Tree.Entries()) > 0
		}
		return err
	})
	return length, tree
}

// cutAt ends an archive in its doubtful member.
func cutAt(got *format.Opened, at int64, reason string) {
	d := got.Doubt
	got.Length = at
	if d.Entry >= 0 {
		e := &got.Tree.Entries()[d.Entry]
		e.Err = cmp.Or(e.Err, format.Errorf(d.Offset, "%d bytes, the archive ends before", d.Length))
	}
	for i := range got.Parts {
		if p := &got.Parts[i]; p.Bytes.ReaderAt == nil {
			p.Length = max(0, min(p.Length, at-p.Offset))
		}
	}
	for i := range got.Damage {
		h := &got.Damage[i]
		h.Offset = min(h.Offset, at)
		h.Length = min(h.Length, at-h.Offset)
	}
	got.Damage = append(got.Damage, format.Damage{Offset: d.Offset, Length: max(0, at-d.Offset), Reason: fmt.Sprintf("at 0x%x: %s", at, reason)})
}
