package tarball

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Places in a header.
const (
	sizeAt, sizeLength = 124, 12
	typeAt             = 156
	linkAt, linkLength = 157, 100
	moreAt             = 482 // of an old sparse file: further blocks list its parts
	moreLastAt         = 504 // in those
)

// headerOnly is the kinds of entries without a content, whatever size they say.
const headerOnly = "123456"

// stored is how many bytes of content follow the header of an entry that is not
// sparse.
func stored(h *tar.Header) int64 {
	if strings.ContainsRune(headerOnly, rune(h.Typeflag)) {
		return 0
	}
	return h.Size
}

// sparseEnd is where the content of a sparse file ends, given the place of its own
// header: the size there is what is stored.
func (a *archive) sparseEnd(h *tar.Header, own int64) int64 {
	head := a.in.Peek(own, block)
	if len(head) < block {
		return a.in.Size
	}
	size := number(head[sizeAt : sizeAt+sizeLength])
	if v, err := strconv.ParseInt(h.PAXRecords["size"], 10, 64); err == nil {
		size = v
	}
	at := own + block
	for more := h.Typeflag == tar.TypeGNUSparse && head[moreAt] != 0; more; at += block {
		b := a.in.Peek(at, block)
		more = len(b) == block && b[moreLastAt] != 0
	}
	return at + min(max(size, 0), max(a.in.Size-at, 0))
}

// number reads a field, which is octal or, with its first bit set, binary.
func number(b []byte) int64 {
	if b[0]&0x80 != 0 {
		return int64(binary.BigEndian.Uint64(b[len(b)-8:]))
	}
	v, _ := strconv.ParseInt(strings.Trim(string(b), " \x00"), 8, 64)
	return v
}

// meta goes over the headers between two places that say something of the entry
// behind them, or of all: it gives the place of the entry's own, and notes what in
// them nobody reads. The target of a link is read for a link only.
func (a *archive) meta(from, to int64, link bool) (own int64) {
	for from+block <= to {
		h := a.in.Peek(from, block)
		size := number(h[sizeAt : sizeAt+sizeLength])
		if !strings.ContainsRune("xgLK", rune(h[typeAt])) || size < 0 || size > to-from-block {
			return from
		}
		at, end := from+block, min((from+block+size+block-1)&^(block-1), a.in.Size)
		b := a.in.Peek(at, int(size))
		if h[typeAt] == 'L' || h[typeAt] == 'K' {
			if i := bytes.IndexByte(b, 0); i >= 0 {
				size = int64(i)
			}
		} else {
			a.records(b, at, link)
		}
		if h[typeAt] == 'K' && !link {
			a.says(at, at+size)
		}
		a.nobodys(at+size, end)
		from = end
	}
	return from
}

// nobodys notes a run that nobody reads.
func (a *archive) nobodys(from, to int64) {
	if from < to {
		a.unused = append(a.unused, format.Span{Offset: from, Length: to - from})
	}
}

// says notes a run that tells something of an entry, and that nobody here reads.
func (a *archive) says(from, to int64) {
	if from < to {
		a.unread = append(a.unread, format.Span{Offset: from, Length: to - from})
	}
}

// linkField notes what the header of an entry that is no link has in the place for a
// link's target.
func (a *archive) linkField(own int64) {
	if field := a.in.Peek(own+linkAt, linkLength); len(bytes.Trim(field, "\x00 ")) > 0 {
		a.says(own+linkAt, own+linkAt+linkLength)
	}
}

// records goes over the records of a PAX header: the length of all, a space, a
// keyword, its value behind "=", and a newline.
func (a *archive) records(b []byte, at int64, link bool) {
	for len(b) > 0 {
		digits, rest, _ := bytes.Cut(b, []byte(" "))
		n, err := strconv.Atoi(string(digits))
		if err != nil || n <= len(digits) || n > len(b) {
			a.says(at, at+int64(len(b)))
			return
		}
		key, value, _ := strings.Cut(string(rest[:n-len(digits)-1]), "=")
		if value = strings.TrimSuffix(value, "\n"); key == "comment" && format.IsCommit(value) {
			a.commit = value
		} else if !isRead(key, value) || key == "linkpath" && !link {
			a.says(at, at+int64(n))
		}
		b, at = b[n:], at+int64(n)
	}
}

// The keywords that count, and those that say something of the machine on which the
// archive was made: rights and numbers that an unpacked file does not have here.
// Others, comments among them, may hold anything.
var (
	keywords = []string{
		"path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime", "atime", "ctime", "charset", "hdrcharset",
	}
	prefixes = []string{xattrPrefix, sparsePrefix}
	foreign  = []string{"SCHILY.", "LIBARCHIVE.", "RHT.", "SUN.", "APK-TOOLS.checksum."}
)

const (
	xattrPrefix  = "SCHILY.xattr."
	sparsePrefix = "GNU.sparse."
	// maxForeign is the length of a value from which on it may be something else.
	maxForeign = 100
)

func isRead(key, value string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
	return slices.Contains(keywords, key) || slices.ContainsFunc(prefixes, begins) ||
		len(value) < maxForeign && slices.ContainsFunc(foreign, begins)
}
