// Package android reads the images of Android's boot chain: sparse images, boot
// images and the tables of verified boot.
//
// The layouts are those of the Android Open Source Project: libsparse
// (sparse_format.h), mkbootimg (bootimg.h: boot images of version 0 to 4, vendor
// boot images of version 3 and 4) and libavb (avb_vbmeta_image.h,
// avb_descriptor.h, avb_footer.h). Numbers are little endian, but for those of
// libavb, which are big endian.
//
// Checksums of sparse images, the SHA-1 over the parts of boot images and the
// digest of a vbmeta block are compared, and so are the digests in a block that
// stands with the partition that it is about; those of other partitions are listed.
// Signatures are parsed and not verified.
package android

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// text reads a text that fills a field up to a NUL.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// align rounds up to a power of two.
func align(n, to int64) int64 { return (n + to - 1) &^ (to - 1) }

// section is a run of a boot image that its header names.
type section struct {
	name   string
	length int64
	role   format.Role
}

// layOut places sections one after another, each on a page of its own, and
// reports those that the input does not hold whole.
func layOut(in format.Input, o *format.Opened, from, page int64, sections []section) {
	at := from
	for _, s := range sections {
		if s.length == 0 {
			continue
		}
		if there := max(0, in.Size-at); s.length > there {
			o.Damage = append(o.Damage, format.Damage{Offset: min(at, in.Size), Length: s.length, Reason: fmt.Sprintf("%s has %d bytes, %d are there", s.name, s.length, there)})
			s.length = there
		}
		if s.length > 0 {
			o.Parts = append(o.Parts, format.Part{Name: s.name, Offset: at, Length: s.length, Role: s.role})
		}
		at = align(at+s.length, page)
	}
	o.Length = min(at, in.Size)
}

// set sets an attribute that has a value.
func set(o *format.Opened, key, value string) {
	if value != "" {
		o.Attributes[key] = value
	}
}
