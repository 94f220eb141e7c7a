package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/product"
)

// DeclareOpaque counts what the product file names as opaque apart from what is
// unexplained. Only bytes that nobody could explain change their class: what
// was opened stays opened, and a range in which a known file system starts (its
// What says which) cannot be declared away.
func DeclareOpaque(image string, c assay.Coverage, fw *product.Firmware) assay.Coverage {
	hidden := make([]assay.Range, 0, len(fw.Hidden)+1)
	if fw.Opaque {
		hidden = append(hidden, assay.Range{Length: c.Bytes, What: fw.Supplier})
	}
	for _, h := range fw.Hidden {
		hidden = append(hidden, assay.Range{Offset: h.Offset, Length: h.Length, What: h.Name + " (" + h.Supplier + ")"})
	}
	if len(hidden) == 0 {
		return c
	}
	ranges := c.Ranges
	for _, h := range hidden {
		ranges = cover(ranges, h)
	}
	c.Ranges = ranges
	c.Unexplained, c.DeclaredOpaque = 0, 0
	for _, r := range ranges {
		switch r.Class {
		case assay.Unexplained:
			c.Unexplained += r.Length
		case assay.DeclaredOpaque:
			c.DeclaredOpaque += r.Length
		}
	}
	c.Skipped = slices.DeleteFunc(slices.Clone(c.Skipped), func(s assay.Skipped) bool {
		return s.Path == image && s.Length > 0 && within(s, ranges, c.Bytes)
	})
	return c
}

// Closed lists what of a firmware was not examined because the maker declares it
// opaque; c is its coverage after DeclareOpaque, or zero if it has no image. A
// declaration that covers nothing, since all was opened, is left out.
func Closed(fw *product.Firmware, c assay.Coverage) []assay.ClosedPart {
	var closed []assay.ClosedPart
	for _, h := range fw.Hidden {
		if hides(c, h.Offset, h.Length) {
			closed = append(closed, assay.ClosedPart{Firmware: fw.ID, Range: h.Name, Supplier: h.Supplier})
		}
	}
	if fw.Opaque && (c.Bytes == 0 || hides(c, 0, c.Bytes)) {
		closed = append(closed, assay.ClosedPart{Firmware: fw.ID, Supplier: fw.Supplier})
	}
	return closed
}

// Undeclared says of each range that the product file names as opaque what it does not
// do, if that is anything; c is the coverage after DeclareOpaque.
func Undeclared(image string, c assay.Coverage, fw *product.Firmware) (notes []string) {
	inside := slices.DeleteFunc(slices.Clone(c.Skipped), func(s assay.Skipped) bool { return s.Path == image })
	for _, h := range fw.Hidden {
		unexplained := slices.ContainsFunc(c.Ranges, func(r assay.Range) bool {
			return r.Class == assay.Unexplained && r.Offset < h.Offset+h.Length && h.Offset < r.Offset+r.Length
		})
		why := ""
		switch {
		case h.Offset >= c.Bytes:
			why = fmt.Sprintf("has no effect: the image has %d bytes", c.Bytes)
		case !hides(c, h.Offset, h.Length) && unexplained:
			why = "has no effect: a file system begins there, which cannot be declared away"
		case !hides(c, h.Offset, h.Length):
			why = "has no effect: all of its bytes were opened"
		case len(inside) > 0:
			why = fmt.Sprintf("counts bytes of the image, and says nothing of what lies in a container in it: %s stays not examined", inside[0].Path)
			if n := len(inside) - 1; n > 0 {
				why += fmt.Sprintf(", and %d more", n)
			}
		default:
			continue
		}
		notes = append(notes, fmt.Sprintf("opaque_range %q of firmware %s %s", h.Name, fw.ID, why))
	}
	return notes
}

// hides reports whether a range is declared opaque at least in part.
func hides(c assay.Coverage, offset, length int64) bool {
	return slices.ContainsFunc(c.Ranges, func(r assay.Range) bool {
		return r.Class == assay.DeclaredOpaque && r.Offset < offset+length && offset < r.Offset+r.Length
	})
}

// opaque is the judgement of an image that the maker declares opaque as a whole.
// What was found in it all the same counts. Else nothing in it is a pass: the
// question does not apply to it, and the label says that it was not examined.
// But where a file system begins in it, the declaration is refused, and the
// judgement stays.
func (c *Context) opaque(j Judgement) Judgement {
	if c.Firmware == nil || !c.Firmware.Opaque || j.Verdict == assay.Fail || c.Coverage.Opened > 0 || len(c.Coverage.Skipped) > 0 || c.Coverage.Unexplained > 0 {
		return j
	}
	return c.NotApplicable("declared opaque as a whole by %s: nothing in it was examined", c.Firmware.Supplier)
}

// cover splits the unexplained ranges at the edges of h and changes their class
// inside it.
func cover(ranges []assay.Range, h assay.Range) []assay.Range {
	end := h.Offset + h.Length
	out := make([]assay.Range, 0, len(ranges)+2)
	for _, r := range ranges {
		from, to := max(r.Offset, h.Offset), min(r.Offset+r.Length, end)
		if r.Class != assay.Unexplained || from >= to || startsFileSystem(r.What) {
			out = append(out, r)
			continue
		}
		if r.Offset < from {
			out = append(out, assay.Range{Offset: r.Offset, Length: from - r.Offset, Class: r.Class, What: r.What})
		}
		out = append(out, assay.Range{Offset: from, Length: to - from, Class: assay.DeclaredOpaque, What: h.What})
		if to < r.Offset+r.Length {
			out = append(out, assay.Range{Offset: to, Length: r.Offset + r.Length - to, Class: r.Class, What: r.What})
		}
	}
	return out
}

// within reports whether a skipped part of the delivered image itself lies in
// ranges that are declared opaque.
func within(s assay.Skipped, ranges []assay.Range, size int64) bool {
	if s.Offset < 0 || s.Offset+s.Length > size {
		return false
	}
	left := s.Length
	for _, r := range ranges {
		if r.Class == assay.DeclaredOpaque {
			left -= max(0, min(r.Offset+r.Length, s.Offset+s.Length)-max(r.Offset, s.Offset))
		}
	}
	return left == 0
}

// fileSystems are the types of container that hold files by name.
var fileSystems = []string{"squashfs", "ext", "ubi", "ubifs", "jffs2", "yaffs2", "yaffs1", "cramfs", "romfs", "erofs", "fat", "iso9660", "cpio", "tar", "zip", "littlefs", "spiffs"}

func startsFileSystem(what string) bool {
	return slices.ContainsFunc(fileSystems, func(t string) bool {
		rest, is := strings.CutPrefix(what, t)
		return is && (rest == "" || rest[0] == ' ' || rest[0] == ':') // and no file's name
	})
}
