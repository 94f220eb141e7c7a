package firmware

import (
	"bytes"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/ordinary"
)

// maxVendorHeader is how far from the first byte of a file that nobody knows a container
// may begin that has a header of a maker's own in front.
const maxVendorHeader = 4 << 10

// behind finds where in a file a container begins that follows a program, a picture or
// the like, or, in a root file system, a script or a short header: an AppImage, an archive
// that unpacks itself, a part with a header of its maker. 0 if none does; it says then
// whether the file is one of a root file system that nobody knows.
func (w *walker) behind(content []byte) (at int64, unknown bool) {
	if len(content) < minSmall {
		return 0, false
	}
	from, to := int64(1), int64(maxVendorHeader)
	end := int64(ordinary.End(content))
	switch script := bytes.HasPrefix(content, []byte("#!")); {
	case end == int64(len(content)):
		return 0, false
	case end > 0:
		from, to = end, end+maxVendorHeader
	case !w.root:
		return 0, false
	case script && !isText(content):
		to = int64(len(content))
	case script || isKnown(content):
		return 0, false
	default:
		unknown = true
	}
	s := w.matcher.scan(format.InMemory(content))
	for from < to && from < int64(len(content)) {
		found, err := s.next(from)
		if err != nil || len(found) == 0 || found[0].off >= to {
			return 0, unknown
		}
		at := found[0].off
		if content[0] != '#' || content[at-1] == '\n' {
			return at, false
		}
		from = at + 1
	}
	return 0, unknown
}

// closeRest notes what follows a file of an ordinary kind, a script or a header, when it
// turned out to be no container.
func (w *walker) closeRest(f *File, rest format.Input, at int64) {
	if content, err := rest.Bytes(0, rest.Size); err == nil {
		w.close(f, opaqueIn(content), at)
	}
}
