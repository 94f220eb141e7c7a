package mbr

import (
	"context"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// maxLogical is how many logical partitions are followed.
const maxLogical = 128

// disk collects what the tables say.
type disk struct {
	in     format.Input
	opened *format.Opened
	own    []format.Span // sectors with tables
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	head, err := in.Bytes(0, sector)
	if err != nil {
		return nil, err
	}
	entries, ok := table(head)
	if !ok {
		return nil, format.Errorf(tableAt, "no partition table")
	}
	o := &format.Opened{Length: sector, Attributes: map[string]string{"disk": fmt.Sprintf("%02x%02x%02x%02x", head[diskAt+3], head[diskAt+2], head[diskAt+1], head[diskAt])}}
	d := &disk{in, o, []format.Span{{Offset: 0, Length: sector}}}
	for i, e := range entries {
		switch {
		case e.kind == 0:
		case e.extended():
			d.reach(i+1, e)
			if err := d.chain(ctx, e); err != nil {
				return nil, err
			}
		default:
			d.add(i+1, e)
		}
	}
	o.Parts = format.WithGaps(o.Length, o.Parts, d.own...)
	for _, s := range d.own { // code, in front of each table
		o.Unread = append(o.Unread, format.Span{Offset: s.Offset, Length: diskAt})
	}
	return o, nil
}

// reach notes an entry and how far the disk goes with it.
func (d *disk) reach(number int, e entry) (end int64) {
	name := fmt.Sprintf("partition-%d", number)
	said := fmt.Sprintf("type 0x%02x, sector %d, %d sectors", e.kind, e.start, e.length)
	if e.active {
		said += ", active"
	}
	d.opened.Attributes[name] = said
	end = (e.start + e.length) * sector
	if end > d.in.Size {
		from := max(e.start*sector, d.in.Size)
		d.damage(d.in.Size, end-from, "%s ends at 0x%x, the image before that", name, end)
	}
	end = min(end, d.in.Size)
	d.opened.Length = max(d.opened.Length, end)
	return end
}

// add adds a partition, as far as it is there.
func (d *disk) add(number int, e entry) {
	end := d.reach(number, e)
	if start := e.start * sector; start < end {
		d.opened.Parts = append(d.opened.Parts, format.Part{Name: fmt.Sprintf("partition-%d", number), Offset: start, Length: end - start})
	}
}

// chain follows the logical partitions of an extended one. A table's first entry
// counts from that table, its second from the extended partition.
func (d *disk) chain(ctx context.Context, ext entry) error {
	seen := map[int64]bool{}
	for at, number := ext.start, 5; ; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if seen[at] || number >= 5+maxLogical {
			d.damage(at*sector, sector, "the chain of logical partitions does not end")
			return nil
		}
		seen[at] = true
		s, err := d.in.Bytes(at*sector, sector)
		if err != nil {
			d.damage(min(at*sector, d.in.Size), sector, "the table of logical partition %d lies beyond the image", number)
			return nil
		}
		entries, ok := table(s)
		if !ok {
			d.damage(at*sector, sector, "the table of logical partition %d is none", number)
			return nil
		}
		d.own = append(d.own, format.Span{Offset: at * sector, Length: sector})
		if e := entries[0]; e.kind != 0 {
			e.start += at
			if e.start+e.length > ext.start+ext.length {
				d.damage(at*sector, sector, "logical partition %d reaches out of the extended one", number)
			}
			d.add(number, e)
		}
		next := entries[1]
		if !next.extended() {
			return nil
		}
		if next.start >= ext.length {
			d.damage(at*sector, sector, "the chain of logical partitions leads out of the extended one")
			return nil
		}
		at = ext.start + next.start
	}
}

func (d *disk) damage(off, length int64, f string, args ...any) {
	d.opened.Damage = append(d.opened.Damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(f, args...)})
}
