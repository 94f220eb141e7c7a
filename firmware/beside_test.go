package firmware_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

// TestBeside has files beside an image: a signature, one that is cut, and one of
// an unknown kind.
func TestBeside(t *testing.T) {
	src := firmware.Bytes("image", []byte("firmware"))
	src.Beside = []firmware.Beside{
		{Name: "a.sig", Data: []byte(strings.Repeat("\xff", 256)), Found: true},
		{Name: "b.sig", Data: []byte("untrusted comment: x\nRWQ")},
		{Name: "c.sig", Data: []byte("nothing")},
	}
	img, err := firmware.Open(t.Context(), src, firmware.Options{})
	if err != nil || len(img.Beside) != 3 {
		t.Fatalf("%v, %v", img, err)
	}
	if s := img.Beside[0]; !s.Found || s.File != "a.sig" || s.Problem != "" || len(s.Covers) != 1 || s.Covers[0].Length != 8 || string(s.Message) != "firmware" || len(s.Digests) != 5 {
		t.Errorf("%+v", s)
	}
	if s := img.Beside[1]; s.Problem == "" || s.Found {
		t.Errorf("%+v", s)
	}
	if s := img.Beside[2]; s.Problem != "" || s.Algorithm != "" || len(s.Value) == 0 {
		t.Errorf("%+v", s)
	}
	folder := firmware.Source{Name: "folder", Folder: fstest.MapFS{"a": {Data: []byte("a")}}, Beside: src.Beside[:1]}
	if img, err = firmware.Open(t.Context(), folder, firmware.Options{}); err != nil || !strings.Contains(img.Beside[0].Problem, "a folder") {
		t.Errorf("%+v, %v", img, err)
	}
}
