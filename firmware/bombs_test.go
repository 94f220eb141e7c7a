package firmware_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
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

// What is unpacked of files that are too long for memory counts as what is unpacked in
// memory does: an image of kilobytes costs no more than its size allows, and that is told.
func TestManyLongFiles(t *testing.T) {
	limits := firmware.Limits{FileBytes: 1 << 20, TotalBytes: 10 << 20}
	long := deflated("a", make([]byte, 3<<20))
	var files []firmwaretest.File
	for i := range 8 {
		files = append(files, firmwaretest.Binary(fmt.Sprintf("b%d.zip", i), 0o644, long))
	}
	img := reference.Open(t, firmwaretest.Zip(files...), firmware.Options{Limits: limits})
	read, told := 0, 0
	for _, f := range img.Files {
		if f.Long && f.Err == nil {
			read++
		}
		if f.Long && errors.Is(f.Err, format.ErrLimit) {
			told++
		}
	}
	if read != 3 || told != 5 || len(img.Skipped) < told {
		t.Errorf("%d read, %d told, skipped %v", read, told, img.Skipped)
	}
}
