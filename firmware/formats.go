package firmware

import (
	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/squashfs"
	"github.com/assay-iot/assay/firmware/stream"
	"github.com/assay-iot/assay/firmware/tarball"
	"github.com/assay-iot/assay/firmware/uimage"
	"github.com/assay-iot/assay/firmware/unread"
	"github.com/assay-iot/assay/firmware/zimage"
	"github.com/assay-iot/assay/firmware/zipfile"
)

// formats are the containers that are opened. Where two begin at the same byte,
// the first that opens has it. A new format is a folder with a format.Format and
// a line here.
func formats() []*format.Format {
	return append([]*format.Format{
		uimage.Format,
		squashfs.Format,
		zimage.Format,
		zimage.BzImage,
		zimage.ZBoot,
		zimage.Image,
		cpio.Format,
		tarball.Format,
		zipfile.Format,
		stream.Gzip,
		stream.XZ,
		stream.Zstd,
		stream.Bzip2,
		stream.LZ4,
		stream.LZOP,
		stream.Zlib,
		stream.LongZlib,
		stream.KernelConfig,
		stream.LZMA,
		tarball.Old,
		stream.AnyLZMA,
	}, unread.Formats()...)
}
