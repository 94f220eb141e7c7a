package cpio_test

import (
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/cpio"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// odc is an archive of the old kind with one file.
const odc = "070707" + "000001000002100644000000000000000001000000" + "00000000000" + "000002" + "00000000003" + "a\x00hey" +
	"070707" + "000000000000000000000000000000000001000000" + "00000000000" + "000013" + "00000000000" + "TRAILER!!!\x00"

func seeds() [][]byte {
	one := firmwaretest.Cpio(
		firmwaretest.Text("init", 0o755, "#!/bin/sh\n"),
		firmwaretest.Symlink("bin/sh", "/init"),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
		firmwaretest.File{Name: "again", HardLink: "init"},
	)
	return [][]byte{one, slices.Concat(one, one), []byte(odc)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, cpio.Format, seeds()...) }

func FuzzCpio(f *testing.F) { formattest.Fuzz(f, cpio.Format, seeds()...) }
