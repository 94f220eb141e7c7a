package firmware_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

func unexplained(img *firmware.Image) int64 {
	n := int64(0)
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained {
			n += r.Length
		}
	}
	return n
}

// What a reader could not read was not examined, also inside of a container that
// was opened.
func TestLostBytesAreUnexplained(t *testing.T) {
	noise := string(firmwaretest.Kernel("5.10.1", 300<<10))
	bad := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, noise), firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	whole := reference.Open(t, bad)
	if n := unexplained(whole); n > 0 {
		t.Fatalf("%d bytes of a whole image are unexplained", n)
	}
	for i := range 64 {
		bad[1000+i] ^= 0x55 // in the first data block of "a"
	}
	big := firmwaretest.Zip(firmwaretest.Text("zeros", 0o644, strings.Repeat("\x00", 1<<20)))
	stream := firmwaretest.Gzip("x", []byte(strings.Repeat(noise, 8)))
	for name, c := range map[string]struct {
		image []byte
		least int64
		opts  firmware.Options
	}{
		"data block":       {bad, 64 << 10, firmware.Options{}},
		"member of a zip":  {big, 1 << 10, firmware.Options{Limits: firmware.Limits{FileBytes: 1 << 19}}},
		"member of a cpio": {firmwaretest.Cpio(firmwaretest.Text("big", 0o644, noise)), 300 << 10, firmware.Options{Limits: firmware.Limits{FileBytes: 1 << 18}}},
		"stream":           {bytes.Replace(stream, stream[len(stream)/2:len(stream)/2+8], make([]byte, 8), 1), int64(len(stream)) / 2, firmware.Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, c.image, c.opts)
			if n := unexplained(img); n < c.least {
				t.Errorf("%d bytes are unexplained, want at least %d: %s", n, c.least, fmt.Sprint(img.Ranges))
			}
			if len(img.Skipped) == 0 {
				t.Error("nothing is skipped")
			}
		})
	}
}
