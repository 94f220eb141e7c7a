package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

func FuzzBootKeys(f *testing.F) {
	f.Add(firmwaretest.BootTree(make([]byte, 256)))
	f.Add(firmwaretest.BootTree([]byte{1}))
	f.Fuzz(func(_ *testing.T, content []byte) {
		seeBootKeys(&firmware.File{Path: "x!f", Name: "f", Kind: firmware.Regular, Size: int64(len(content)), Container: &firmware.Container{}}, content, bootKeyMarks.Sights(content))
	})
}
