package ordinary

import "bytes"

// oggEnd walks the pages: 27 bytes, a table, and as many bytes as that adds up to.
func oggEnd(b []byte) (at int) {
	const header = 27
	for has(b, at, "OggS\x00") && at+header <= len(b) {
		table := int(b[at+26])
		end := at + header + table
		if end > len(b) {
			break
		}
		for _, n := range b[at+header : end] {
			end += int(n)
		}
		if end > len(b) {
			break
		}
		at = end
	}
	return at
}

// id3End is where the tag ends that stands in front of a sound, and the sound.
func id3End(b []byte) int {
	const header = 10
	if len(b) < header || b[3] < 2 || b[3] > 4 {
		return 0
	}
	size := 0
	for _, c := range b[6:header] {
		if c >= 0x80 {
			return 0
		}
		size = size<<7 | int(c)
	}
	end := header + size
	if b[5]&0x10 != 0 {
		end += header // another at the end
	}
	if end > len(b) {
		return 0
	}
	for end < len(b) && b[end] == 0 {
		end++
	}
	return end + audioEnd(b[end:])
}

// minFrames is how many frames there must be at least for bytes to be a sound: each
// begins with only eleven bits that are known.
const minFrames = 4

// audioEnd walks the frames of MPEG audio (layers 1 to 3, and AAC in ADTS), and over the
// tags behind it.
func audioEnd(b []byte) (at int) {
	frames := 0
	for ; at < len(b); frames++ {
		n := frameLength(b[at:])
		if n == 0 && frames >= minFrames {
			n = again(b[at:])
		}
		if n == 0 {
			break
		}
		at += n
	}
	if frames < minFrames {
		return 0
	}
	if at = min(at, len(b)); has(b, at, "APETAGEX") {
		const header = 32
		if n := little32(b, at+12); n >= 0 && n <= len(b)-at-header {
			at += header + n
		}
	}
	if has(b, at, "TAG") {
		at = min(at+128, len(b))
	}
	return at
}

// again finds where the frames go on behind a place that players pass over; 0 if they
// do not soon.
func again(b []byte) int {
	const soon = 2 << 10
	for at := 1; at < min(soon, len(b)); at++ {
		next, frames := at, 0
		for frames < minFrames && next < len(b) {
			n := frameLength(b[next:])
			if n == 0 {
				break
			}
			next += n
			frames++
		}
		if frames == minFrames {
			return at
		}
	}
	return 0
}

// bitRates are those of MPEG audio in kbit/s: of version 1 by layer, and of version 2 of
// layer 1 and of the others.
var bitRates = [5][15]int{
	{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

// frameLength is the length of the frame that begins with the first byte; 0 if none does.
func frameLength(b []byte) int {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return 0
	}
	version, layer := b[1]>>3&3, 4-int(b[1]>>1&3)
	if layer == 4 { // AAC
		if b[1]&0xf6 != 0xf0 || len(b) < 7 || b[2]>>2&0xf > 12 {
			return 0
		}
		if n := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5; n >= 7 {
			return n
		}
		return 0
	}
	rate, sampling := int(b[2]>>4), int(b[2]>>2&3)
	if version == 1 || rate == 0 || rate == 15 || sampling == 3 {
		return 0
	}
	hertz := [3]int{44100, 48000, 32000}[sampling]
	row, samples := layer-1, 1152
	if version != 3 { // 2, or 2.5 with half of its sampling rates
		if hertz /= 2; version == 0 {
			hertz /= 2
		}
		if row = 4; layer == 1 {
			row = 3
		}
		if layer == 3 {
			samples = 576
		}
	}
	bits, padding := bitRates[row][rate]*1000, int(b[2]>>1&1)
	if layer == 1 {
		return (12*bits/hertz + padding) * 4
	}
	return samples/8*bits/hertz + padding
}

// flacEnd walks the blocks in front, and looks for the header of the last frame: a frame
// does not say how long it is.
func flacEnd(b []byte) int {
	const head = 4
	at, last := 4, false
	if big32(b, at)&0x7fffffff != 34 {
		return 0 // STREAMINFO
	}
	most := big32(b, at+head+6) & 0xffffff // bytes of a frame; 0 if unknown
	if most == 0 {
		most = 1 << 20
	}
	for !last {
		n := big32(b, at)
		if n < 0 || n&0xffffff > len(b)-at-head {
			return at
		}
		last = n>>31 != 0
		at += head + n&0xffffff
	}
	end := at
	for from := at; from < min(end+most, len(b)); {
		i := bytes.IndexByte(b[from:min(end+most, len(b))], 0xff)
		if i < 0 {
			break
		}
		if from += i; isFrame(b[from:]) {
			end = from + 1
		}
		from++
	}
	if end == at {
		return at
	}
	return min(end+most, len(b))
}

// isFrame reports whether the header of a frame of FLAC stands there, which has a
// checksum: x⁸+x²+x+1.
func isFrame(b []byte) bool {
	if len(b) < 6 || b[1]&0xfe != 0xf8 || b[2]>>4 == 0 || b[2]&0xf == 0xf || b[3]&1 != 0 {
		return false
	}
	n := 5 // with one byte of the number of the frame, as UTF-8 has it
	for c := b[4]; c >= 0xc0; c <<= 1 {
		n++
	}
	switch b[2] >> 4 {
	case 6:
		n++
	case 7:
		n += 2
	}
	switch b[2] & 0xf {
	case 12:
		n++
	case 13, 14:
		n += 2
	}
	if n >= len(b) {
		return false
	}
	sum := byte(0)
	for _, c := range b[:n] {
		sum ^= c
		for range 8 {
			if sum&0x80 != 0 {
				sum = sum<<1 ^ 7
			} else {
				sum <<= 1
			}
		}
	}
	return sum == b[n]
}

// minVoice is how many frames there must be at least for bytes to be a voice of GSM 06.10:
// each begins with only four bits that are known.
const minVoice = 16

// voiceEnd walks the frames of a voice of GSM 06.10 (ETSI EN 300 961), as telephone
// exchanges keep them (RFC 3551, 4.5.8): of 33 bytes, the first of which begins with 0xD.
func voiceEnd(b []byte) (at int) {
	const frame, signature = 33, 0xd
	for at <= len(b)-frame && b[at]>>4 == signature {
		at += frame
	}
	if at < minVoice*frame {
		return 0
	}
	return at
}
