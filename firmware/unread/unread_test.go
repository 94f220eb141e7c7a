package unread

import (
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

func TestRecognised(t *testing.T) {
	f := Formats()[0]
	in := format.InMemory([]byte("\x01\x00\x00\x00\xf0\x0f\xff\xf7littlefs"))
	if f.Probe(in) != format.Sure {
		t.Error("littlefs is not recognised")
	}
	if _, err := f.Open(t.Context(), in, nil); err != ErrNotRead {
		t.Errorf("it opens: %v", err)
	}
}
