// Package unread recognises file systems that are not read yet. They are found
// and named, and never opened: what lies in them was not seen, and whoever looks
// at an image must know that a file system begins there.
//
// Each is recognised by its superblock or first node, with its checksum where
// it has one, as the kernel's documentation of the file system describes it.
package unread

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// ErrNotRead says that a file system was recognised and is not read.
var ErrNotRead = errors.New("file systems of this kind are not read yet")

// Formats are the file systems that are recognised only. A reader takes the
// place of its line here.
func Formats() []*format.Format {
	return []*format.Format{
		kind("iso9660", always, format.Magic{Offset: 0x8000, Bytes: "\x01CD001\x01"}),
		kind("fat", fat, format.Magic{Offset: 54, Bytes: "FAT12   "}, format.Magic{Offset: 54, Bytes: "FAT16   "}, format.Magic{Offset: 82, Bytes: "FAT32   "}),
	}
}

func kind(name string, is func(head []byte) bool, magics ...format.Magic) *format.Format {
	return &format.Format{
		Name: name, Magics: magics, Anywhere: true,
		Probe: func(in format.Input) format.Likeness {
			if is(in.Head(headSize)) {
				return format.Sure
			}
			return format.No
		},
		Open: func(context.Context, format.Input, *format.Budget) (*format.Opened, error) { return nil, ErrNotRead },
	}
}

// headSize is how many bytes a superblock or first node is looked for in.
const headSize = 4096

func always([]byte) bool { return true }

func fat(b []byte) bool {
	return len(b) >= 512 && b[510] == 0x55 && b[511] == 0xaa && (b[0] == 0xeb || b[0] == 0xe9) &&
		binary.LittleEndian.Uint16(b[11:])%512 == 0 && b[13] != 0 && b[13]&(b[13]-1) == 0
}
