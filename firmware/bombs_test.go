package firmware_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestManyBombs has streams one behind another that unpack to more than is allowed: when
// that is used up no more are tried, and it is said once.
func TestManyBombs(t *testing.T) {
	one := append([]byte("between"), firmwaretest.Gzip("", make([]byte, 8<<20))...)
	img := reference.Open(t, bytes.Repeat(one, 40), firmware.Options{Limits: firmware.Limits{TotalBytes: 100 << 20}})
	if n := len(img.Containers); n < 12 || n > 15 {
		t.Errorf("%d containers", n)
	}
	told := 0
	for _, s := range img.Skipped {
		if strings.Contains(s.Reason, "the rest is not looked through") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times: %+v", told, img.Skipped)
	}
}
