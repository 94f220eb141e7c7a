package facts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// A password that is listed stands beside the name of its account's setting.
func TestRawAccount(t *testing.T) {
	for content, want := range map[string]int{
		"\x00admin_password\x00admin\x00":         1,
		"\x00root_pass\x00toor\x00":               1,
		"\x00admin_password\x00admin_user\x00":    0, // a list of names
		"\x00change_password\x00admin\x00":        0,
		"\x00wifi_password\x00password\x00":       0,
		"\x00admin_password\x00/set/password\x00": 0,
	} {
		file := &firmware.File{Path: "image!code", Kind: firmware.Raw, Container: &firmware.Container{Path: "image"}}
		if got := seeRawSecrets(file, []byte(content)); len(got) != want {
			t.Errorf("%q: %d, want %d: %+v", content, len(got), want, got)
		}
	}
}

// BenchmarkRawSecrets has a flat program of nothing but strings that could be
// settings. A name of a password is what asks for an expression.
func BenchmarkRawSecrets(b *testing.B) {
	var program strings.Builder
	for i := 0; program.Len() < 8<<20; i++ {
		fmt.Fprintf(&program, "http://a%d.example.net/x\x00password%d\x00Error %d in module\x00wifi_%d\x00mqtt://u%d:p@h/\x00", i, i, i, i, i)
	}
	content := []byte(program.String())
	file := &firmware.File{Path: "image!code", Kind: firmware.Raw, Container: &firmware.Container{Path: "image"}}
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		seeRawSecrets(file, content)
	}
}
