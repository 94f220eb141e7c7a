package ordinary

import "bytes"

// pngEnd walks the chunks: length, name, data, checksum.
func pngEnd(b []byte) int {
	at := 8
	if name := at + 4; !has(b, name, "IHDR") && !has(b, name, "CgBI") {
		return 0
	}
	for {
		n := big32(b, at)
		if n < 0 || !printable(b, at+4) || n > len(b)-at-12 {
			return at
		}
		last := has(b, at+4, "IEND")
		if at += 12 + n; last {
			return at
		}
	}
}

// gifEnd walks the blocks, each of which is made of runs of up to 255 bytes.
func gifEnd(b []byte) int {
	const header, tables = 13, 0x80
	if len(b) < header || little16(b, 6) == 0 {
		return 0
	}
	colours := func(flags byte) int {
		if flags&tables == 0 {
			return 0
		}
		return 3 << (1 + flags&7)
	}
	at := header + colours(b[10])
	for first := true; ; first = false {
		stop := at
		switch {
		case first && at >= len(b):
			return 0
		case at >= len(b):
			return at
		case b[at] == ';':
			return at + 1
		case b[at] == '!':
			at += 2
		case b[at] == ',' && at+10 < len(b):
			at += 11 + colours(b[at+9])
		case first:
			return 0
		default:
			return at
		}
		for at < len(b) && b[at] != 0 {
			at += 1 + int(b[at])
		}
		if at++; at > len(b) {
			if first {
				return 0
			}
			return stop
		}
	}
}

// jpegEnd walks the segments up to the mark at the end, and over what is coded between
// them.
func jpegEnd(b []byte) int {
	at := 2
	for segments := 0; ; segments++ {
		stop := at
		for at < len(b)-1 && b[at] == 0xff && b[at+1] == 0xff {
			at++ // filling
		}
		if at > len(b)-2 || b[at] != 0xff {
			return broken(segments, stop)
		}
		mark := b[at+1]
		if mark == 0xd9 {
			return at + 2
		}
		n := big16(b, at+2)
		if mark < 0xc0 || mark >= 0xd0 && mark <= 0xd8 || n < 2 || n > len(b)-at-2 {
			return broken(segments, stop)
		}
		if at += 2 + n; mark != 0xda {
			continue
		}
		for { // coded data have a zero, or a mark to start again at, behind each 0xff
			i := bytes.IndexByte(b[at:], 0xff)
			if i < 0 || at+i+1 >= len(b) {
				return len(b) // cut in the middle of the picture
			}
			at += i
			if c := b[at+1]; c != 0 && (c < 0xd0 || c > 0xd7) {
				break
			}
			at += 2
		}
	}
}

// broken is where a structure ends that broke off; 0 if nothing of it held.
func broken(held, at int) int {
	if held == 0 {
		return 0
	}
	return at
}

// iconEnd is the end of the last picture of an icon or a pointer of Windows.
func iconEnd(b []byte) int {
	const header, entry, most = 6, 16, 256
	n := little16(b, 4)
	if n <= 0 || n > most {
		return 0
	}
	end := header + n*entry
	for i := range n {
		at := header + i*entry
		size, off := little32(b, at+8), little32(b, at+12)
		if size <= 0 || off < header+n*entry || off > len(b)-size {
			return 0
		}
		if !has(b, off, "\x89PNG") && little32(b, off) != 40 { // BITMAPINFOHEADER
			return 0
		}
		end = max(end, off+size)
	}
	return end
}

// icnsEnd is the end of Apple's icons, whose pieces have a name and a length.
func icnsEnd(b []byte) int {
	size, first := big32(b, 4), big32(b, 12)
	if !printable(b, 8) || first < 8 || first > size-8 || size > len(b) {
		return 0
	}
	return size
}

// riffEnd walks the chunks of sounds, pictures and films. What is recorded without an
// end being known has none.
func riffEnd(b []byte) int {
	const head = 12
	size, at := little32(b, 4), head
	if size < 0 || !printable(b, 8) {
		return 0
	}
	for at < 8+size || size == 0 {
		n := little32(b, at+4)
		if n < 0 || !printable(b, at) {
			break
		}
		if n > len(b)-at-8 {
			if !has(b, at, "data") {
				break
			}
			return len(b)
		}
		at += 8 + n + n&1
	}
	if at == head {
		return 0
	}
	return at
}

// swfEnd takes a film of Flash for as long as the file if it is packed (its length is
// that of what it unpacks to), and else for as long as it says.
func swfEnd(b []byte) int {
	const latest = 64
	size := little32(b, 4)
	if size < 21 || b[0] == 'F' && size > len(b) || b[3] == 0 || b[3] > latest {
		return 0
	}
	switch b[0] {
	case 'F':
		return size
	case 'C':
		if len(b) < 10 || b[8]&0xf != 8 || big16(b, 8)%31 != 0 { // RFC 1950
			return 0
		}
	case 'Z':
		if n := little32(b, 8); n < 0 || n > len(b)-17 {
			return 0
		}
	}
	return len(b)
}

// boxesEnd walks the boxes of a film, a sound or a picture: length and name.
func boxesEnd(b []byte) (at int) {
	for at <= len(b)-8 && printable(b, at+4) {
		n := big32(b, at)
		switch {
		case n == 1 && big32(b, at+8) == 0:
			n = big32(b, at+12)
		case n == 0 && at > 0:
			return len(b) // up to the end of the file
		}
		if n < 8 || n > len(b)-at {
			break
		}
		at += n
	}
	return at
}
