package firmware

import (
	"slices"

	"github.com/assay-iot/assay/firmware/android"
	"github.com/assay-iot/assay/firmware/apk"
	"github.com/assay-iot/assay/firmware/ar"
	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/cramfs"
	"github.com/assay-iot/assay/firmware/dfu"
	"github.com/assay-iot/assay/firmware/elfimage"
	"github.com/assay-iot/assay/firmware/erofs"
	"github.com/assay-iot/assay/firmware/esp"
	"github.com/assay-iot/assay/firmware/ext"
	"github.com/assay-iot/assay/firmware/fat"
	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/fit"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/fwtool"
	"github.com/assay-iot/assay/firmware/gpt"
	"github.com/assay-iot/assay/firmware/hex"
	"github.com/assay-iot/assay/firmware/iso9660"
	"github.com/assay-iot/assay/firmware/jffs2"
	"github.com/assay-iot/assay/firmware/littlefs"
	"github.com/assay-iot/assay/firmware/mbr"
	"github.com/assay-iot/assay/firmware/mcuboot"
	"github.com/assay-iot/assay/firmware/mender"
	"github.com/assay-iot/assay/firmware/nand"
	"github.com/assay-iot/assay/firmware/nordic"
	"github.com/assay-iot/assay/firmware/nvs"
	"github.com/assay-iot/assay/firmware/ostree"
	"github.com/assay-iot/assay/firmware/ota"
	"github.com/assay-iot/assay/firmware/rauc"
	"github.com/assay-iot/assay/firmware/romfs"
	"github.com/assay-iot/assay/firmware/router"
	"github.com/assay-iot/assay/firmware/rpm"
	"github.com/assay-iot/assay/firmware/sevenzip"
	"github.com/assay-iot/assay/firmware/spiffs"
	"github.com/assay-iot/assay/firmware/squashfs"
	"github.com/assay-iot/assay/firmware/stream"
	"github.com/assay-iot/assay/firmware/suit"
	"github.com/assay-iot/assay/firmware/swupdate"
	"github.com/assay-iot/assay/firmware/tarball"
	"github.com/assay-iot/assay/firmware/ubi"
	"github.com/assay-iot/assay/firmware/ubifs"
	"github.com/assay-iot/assay/firmware/ubootenv"
	"github.com/assay-iot/assay/firmware/uimage"
	"github.com/assay-iot/assay/firmware/vectors"
	"github.com/assay-iot/assay/firmware/yaffs"
	"github.com/assay-iot/assay/firmware/zimage"
	"github.com/assay-iot/assay/firmware/zipfile"
)

// formats are the containers that are opened. Where two begin at the same byte,
// the first that opens has it. A new format is a folder with a format.Format and
// a line here.
func formats() []*format.Format {
	return slices.Concat(
		[]*format.Format{dfu.Suffix}, // at the end, around whatever begins at the first byte
		router.Formats(),
		images,
		updates, // before the archives and file systems that they are made of
		chips,
		fileSystems,
		partitions, // behind ISO 9660, which may have a partition table of its own
		archives,
		streams,
		faint,
	)
}

var (
	// images are what boots, and what a loader reads.
	images = []*format.Format{
		uimage.Format, fit.Format, fdt.Format, zimage.Format, zimage.BzImage, zimage.ZBoot, zimage.Image,
		android.Sparse, android.Boot, android.VBMeta, android.Footer,
		ubootenv.Format, fwtool.Format,
	}
	// updates are containers that bring software to a device.
	updates = []*format.Format{rauc.Format, swupdate.Format, mender.Format, ostree.Delta, apk.Signed}
	// chips are the images of microcontrollers, and what brings them there.
	chips = []*format.Format{
		mcuboot.Format, ota.Zigbee, ota.Telink, ota.Matter, suit.Format,
		hex.Intel, hex.SRecord, hex.UF2, dfu.SE, elfimage.Format, nordic.Format,
		esp.Flash, esp.Image, esp.Table, esp.SecureBootV2, esp.SecureBootV1,
	}
	// faint have little to be recognised by.
	faint       = []*format.Format{fat.Unnamed, cpio.Binary, vectors.Format, router.NPKFiles, tarball.Old, stream.AnyLZMA, spiffs.Format, esp.Encrypted}
	fileSystems = []*format.Format{
		nand.Whole, nand.Format, squashfs.Format, ext.Format, erofs.Format, cramfs.Format, romfs.Format, iso9660.Format, fat.Format,
		jffs2.Format, jffs2.EndMarker, yaffs.Dump, yaffs.Format, yaffs.FirstDump, yaffs.First, ubi.Format, ubifs.Format, littlefs.Format, nvs.Format,
	}
	partitions = []*format.Format{gpt.Format, gpt.ByBackup, gpt.AtEnd, mbr.Format}
	archives   = []*format.Format{cpio.Format, tarball.Format, ar.Format, apk.Format, rpm.Format, zipfile.Format, sevenzip.Format}
	streams    = []*format.Format{
		stream.Gzip, stream.XZ, stream.Zstd, stream.Bzip2, stream.LZ4, stream.LZOP, stream.Compress,
		stream.Zlib, stream.LongZlib, stream.KernelConfig, stream.ADB, stream.LZMA,
	}
)
