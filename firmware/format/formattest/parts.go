package formattest

import (
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// gathered reads a part that was put together, in pieces of an odd size: its
// reader must fill each or say why not.
func gathered(t testing.TB, f *format.Format, in format.Input) {
	if in.ReaderAt == nil {
		return
	}
	buf := make([]byte, 65537)
	for off := int64(0); off < min(in.Size, fileBytes); off += int64(len(buf)) {
		n, err := in.ReadAt(buf, off)
		if n < len(buf) && err == nil || int64(n) > in.Size-off {
			t.Fatalf("%s: %d bytes at 0x%x of a part of %d, and %v", f.Name, n, off, in.Size, err)
		}
	}
	if n, err := in.ReadAt(buf, in.Size); n != 0 || err == nil {
		t.Fatalf("%s: %d bytes beyond the end of a part, and %v", f.Name, n, err)
	}
}
