package ubi

import (
	"bytes"
	"context"

	"github.com/assay-iot/assay/firmware/format"
)

// device is an image that is being attached.
type device struct {
	in format.Input
	geometry
	peb     int64 // bytes of a physical eraseblock
	blocks  int64 // that belong to the image
	volumes map[uint32]*volume
	damage  []format.Damage
	listed  []string // the volumes, for people
}

// leb is the bytes of a logical eraseblock.
func (d *device) leb() int64 { return d.peb - d.data }

func (d *device) hurt(block int64, reason string) {
	d.damage = append(d.damage, format.Damage{Offset: block * d.peb, Length: min(d.peb, d.in.Size-block*d.peb), Reason: reason})
}

// attach reads the headers of all eraseblocks. The image ends with the last
// eraseblock that has one.
func (d *device) attach(ctx context.Context) error {
	var bad []int64 // since the last good one
	gap := 0
	for n := int64(0); n*d.peb < d.in.Size && gap <= maxGap; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		g, counted := readEC(d.in.Peek(n*d.peb, headerSize))
		if counted && g != d.geometry {
			return nil // another image
		}
		mapped := d.block(n, counted)
		if !counted && !mapped {
			gap++
			if !blank(d.in.Peek(n*d.peb, headerSize)) {
				bad = append(bad, n)
			}
			continue
		}
		for _, b := range bad {
			d.hurt(b, "eraseblock without valid headers")
		}
		bad, gap, d.blocks = nil, 0, n+1
		if left := d.in.Size - n*d.peb; left < d.peb {
			d.hurt(n, "the image ends inside of an eraseblock")
		}
	}
	return nil
}

// block reads the volume identifier header of one eraseblock and maps it.
func (d *device) block(n int64, counted bool) (mapped bool) {
	at := n*d.peb + d.vid
	raw := d.in.Peek(at, headerSize)
	v, ok := readVID(raw, d.leb())
	if !ok {
		if counted && !blank(raw) {
			d.hurt(n, "eraseblock with a bad volume identifier header")
		}
		return false
	}
	if !counted {
		d.hurt(n, "eraseblock with a bad erase counter header, used all the same")
	}
	if v.Volume > layoutVolume {
		return true // a fastmap
	}
	vol := d.volumes[v.Volume]
	if vol == nil {
		vol = &volume{id: v.Volume, lebs: map[uint32]block{}}
		d.volumes[v.Volume] = vol
	}
	b := block{n, v}
	if old, ok := vol.lebs[v.LEB]; ok && !d.newer(b, old) {
		return true
	}
	vol.lebs[v.LEB] = b
	return true
}

// newer reports whether b takes the place of old. A copy that was being made
// when the power failed may not be whole.
func (d *device) newer(b, old block) bool {
	if b.Sequence == old.Sequence {
		d.hurt(b.number, "two eraseblocks claim one place with the same sequence number; the first is used")
		return false
	}
	if b.Sequence < old.Sequence {
		return old.Copy != 0 && !d.whole(old)
	}
	return b.Copy == 0 || d.whole(b)
}

// whole checks the data of an eraseblock against the checksum in its header.
func (d *device) whole(b block) bool {
	data, err := d.in.Bytes(b.number*d.peb+d.data, int64(b.Size))
	return err == nil && sum(data) == b.CRC
}

// blank reports whether nothing was written since the block was erased.
func blank(b []byte) bool { return len(bytes.TrimLeft(b, string([]byte{erased}))) == 0 }
