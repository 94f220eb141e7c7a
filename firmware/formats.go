package firmware

import (
	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/cramfs"
	"github.com/assay-iot/assay/firmware/erofs"
	"github.com/assay-iot/assay/firmware/esp"
	"github.com/assay-iot/assay/firmware/ext"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/jffs2"
	"github.com/assay-iot/assay/firmware/littlefs"
	"github.com/assay-iot/assay/firmware/nvs"
	"github.com/assay-iot/assay/firmware/romfs"
	"github.com/assay-iot/assay/firmware/spiffs"
	"github.com/assay-iot/assay/firmware/squashfs"
	"github.com/assay-iot/assay/firmware/stream"
	"github.com/assay-iot/assay/firmware/tarball"
	"github.com/assay-iot/assay/firmware/ubi"
	"github.com/assay-iot/assay/firmware/ubifs"
	"github.com/assay-iot/assay/firmware/uimage"
	"github.com/assay-iot/assay/firmware/unread"
	"github.com/assay-iot/assay/firmware/yaffs"
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
		ext.Format,
		jffs2.Format,
		jffs2.EndMarker,
		yaffs.Dump,
		yaffs.Format,
		ubi.Format,
		ubifs.Format,
		erofs.Format,
		cramfs.Format,
		romfs.Format,
		zimage.Format,
		cpio.Format,
		tarball.Format,
		zipfile.Format,
		esp.Flash,
		esp.Image,
		esp.Table,
		nvs.Format,
		littlefs.Format,
		esp.SecureBootV2,
		esp.SecureBootV1,
		stream.Gzip,
		stream.XZ,
		stream.Zstd,
		stream.Bzip2,
		stream.LZ4,
		stream.LZMA,
		tarball.Old,
		stream.AnyLZMA,
		spiffs.Format,
		esp.Encrypted,
	}, unread.Formats()...)
}
