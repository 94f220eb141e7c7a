package ubi

import "github.com/assay-iot/assay/firmware/format"

// layoutBytes is the length of the volume table: 128 records of 172 bytes.
const layoutBytes = maxVolumes * 172

// unused lists the runs that are neither a header nor data of a volume: eraseblocks
// that are free or were replaced, and what stands between the headers.
func (d *device) unused(length int64) []format.Span {
	var own []format.Span
	for n := range d.blocks {
		if _, ok := readEC(d.in.Peek(n*d.peb, headerSize)); ok {
			own = append(own, format.Span{Offset: n * d.peb, Length: headerSize})
		}
		v, ok := readVID(d.in.Peek(n*d.peb+d.vid, headerSize), d.leb())
		if !ok {
			continue
		}
		own = append(own, format.Span{Offset: n*d.peb + d.vid, Length: headerSize})
		own = append(own, format.Span{Offset: n*d.peb + d.data, Length: d.used(n, v)})
	}
	return format.Gaps(length, own)
}

// used is how much of the data of an eraseblock is that of a volume, or of a map of
// all eraseblocks.
func (d *device) used(n int64, v vidHeader) int64 {
	vol := d.volumes[v.Volume]
	switch {
	case v.Volume > layoutVolume:
		return d.leb()
	case v.Volume == layoutVolume:
		return min(d.leb(), layoutBytes)
	case vol == nil || vol.lebs[v.LEB].number != n:
		return 0
	case v.Type == staticVolume:
		return int64(v.Size)
	}
	return d.leb()
}
