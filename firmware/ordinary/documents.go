package ordinary

import "bytes"

// pdfEnd is behind the last mark of the end: a document that was changed has several.
// In front of each stands where its table of objects is.
func pdfEnd(b []byte) int {
	const near = 4 << 10
	if !bytes.Contains(b[:min(len(b), near)], []byte(" obj")) {
		return 0
	}
	mark := []byte("%%EOF")
	i := bytes.LastIndex(b, mark)
	if i < 0 || !bytes.Contains(b[max(0, i-64):i], []byte("startxref")) {
		return 0
	}
	i += len(mark)
	for i < len(b) && (b[i] == '\r' || b[i] == '\n' || b[i] == ' ') {
		i++
	}
	return i
}

// sqliteEnd is the end of the last page, as the header counts them: where it does not,
// as it was written by an old version, the file ends with its last whole page.
func sqliteEnd(b []byte) int {
	size := big16(b, 16)
	if size == 1 {
		size = 1 << 16
	}
	if size < 512 || size&(size-1) != 0 || len(b) < 100 || b[21] != 64 || b[22] != 32 || b[23] != 32 {
		return 0
	}
	pages := big32(b, 28)
	if pages == 0 || big32(b, 24) != big32(b, 92) {
		return len(b)
	}
	return pages * size
}

// arEnd walks the members of an archive or library.
func arEnd(b []byte) int {
	const header = 60
	at := 8
	for has(b, at+header-2, "`\n") {
		n := 0
		for _, c := range bytes.TrimRight(b[at+48:at+58], " ") {
			if c < '0' || c > '9' {
				return at
			}
			n = n*10 + int(c-'0')
		}
		if n > len(b)-at-header {
			return at
		}
		at += header + (n+1)&^1
	}
	return at
}

// moEnd is the end of the last text of a catalogue of gettext.
func moEnd(b []byte, u32 func([]byte, int) int) int {
	const header, entry = 28, 8
	n, hashes, off := u32(b, 8), u32(b, 20), u32(b, 24)
	if n < 0 || n > len(b)/entry || hashes > len(b)/4 || u32(b, 4)&0xffff > 1 {
		return 0
	}
	end := max(header, off+4*hashes)
	for _, table := range []int{u32(b, 12), u32(b, 16)} {
		if table < header || table > len(b)-n*entry {
			return 0
		}
		end = max(end, table+n*entry)
		for at := table; at < table+n*entry; at += entry {
			size, text := u32(b, at), u32(b, at+4)
			if text > len(b)-size {
				return 0
			}
			end = max(end, text+size+1)
		}
	}
	return end
}

// pakEnd is the end of the last page of a collection of Chromium's resources, of version 4
// or 5 (ui/base/resource/data_pack.cc): a table says where each begins.
func pakEnd(b []byte) int {
	const entry, alias, encodings = 6, 4, 2
	n, aliases, table, encoding := little32(b, 4), 0, 9, 8
	if b[0] == 5 {
		n, aliases, table, encoding = little16(b, 8), little16(b, 10), 12, 4
	}
	if n <= 0 || aliases < 0 || n >= len(b)/entry || int(b[encoding]) > encodings {
		return 0
	}
	last := table + (n+1)*entry + aliases*alias
	for i := range n + 1 {
		at := table + i*entry
		off := little32(b, at+2)
		if off < last || off > len(b) || i == 0 && off != last {
			return 0
		}
		last = off
	}
	return last
}
