package firmware

import (
	"github.com/assay-iot/assay/firmware/android"
	"github.com/assay-iot/assay/firmware/apk"
	"github.com/assay-iot/assay/firmware/ar"
	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/cramfs"
	"github.com/assay-iot/assay/firmware/erofs"
	"github.com/assay-iot/assay/firmware/ext"
	"github.com/assay-iot/assay/firmware/fat"
	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/fit"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/fwtool"
	"github.com/assay-iot/assay/firmware/gpt"
	"github.com/assay-iot/assay/firmware/iso9660"
	"github.com/assay-iot/assay/firmware/jffs2"
	"github.com/assay-iot/assay/firmware/mbr"
	"github.com/assay-iot/assay/firmware/mender"
	"github.com/assay-iot/assay/firmware/rauc"
	"github.com/assay-iot/assay/firmware/romfs"
	"github.com/assay-iot/assay/firmware/rpm"
	"github.com/assay-iot/assay/firmware/squashfs"
	"github.com/assay-iot/assay/firmware/stream"
	"github.com/assay-iot/assay/firmware/swupdate"
	"github.com/assay-iot/assay/firmware/tarball"
	"github.com/assay-iot/assay/firmware/ubi"
	"github.com/assay-iot/assay/firmware/ubifs"
	"github.com/assay-iot/assay/firmware/ubootenv"
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
		fit.Format,
		fdt.Format,
		rauc.Format, // before the squashfs that begins it
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
		iso9660.Format, // before the partition table that it may have
		fat.Format,
		zimage.Format,
		swupdate.Format, // before the archive that it is
		cpio.Format,
		android.Sparse,
		android.Boot,
		android.VBMeta,
		android.Footer,
		ubootenv.Format,
		fwtool.Format,
		gpt.Format,
		gpt.ByBackup,
		mbr.Format,
		mender.Format, // before the archive that it is
		tarball.Format,
		ar.Format,
		apk.Format,
		rpm.Format,
		zipfile.Format,
		apk.Signed, // before the stream that it is
		stream.Gzip,
		stream.XZ,
		stream.Zstd,
		stream.Bzip2,
		stream.LZ4,
		stream.ADB,
		stream.LZMA,
		fat.Unnamed,
		tarball.Old,
		stream.AnyLZMA,
	}, unread.Formats()...)
}
