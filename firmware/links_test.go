package firmware_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// A packing that knows hard links shows the same contents, under the same names, as one
// that holds copies; beyond 64 names of one file it does not.
func TestHardLinksAreVisited(t *testing.T) {
	for links, want := range map[int]int{2: 3, 100: 65} {
		files := []firmwaretest.File{firmwaretest.Text("etc/a", 0o600, "key\n")}
		for i := range links {
			files = append(files, firmwaretest.File{Name: fmt.Sprintf("etc/b%03d", i), HardLink: "etc/a"})
		}
		for name, image := range map[string][]byte{"squashfs": firmwaretest.Squashfs(files...), "tar": firmwaretest.Tar(files...), "cpio": firmwaretest.Cpio(files...)} {
			var mu sync.Mutex
			seen := map[string]bool{}
			visit := func(f *firmware.File, content []byte) {
				mu.Lock()
				defer mu.Unlock()
				if string(content) != "key\n" || f.Size != 4 || f.Digest == ([32]byte{}) {
					return
				}
				seen[f.Name] = true
			}
			src := firmware.Source{Name: "image.bin", Reader: bytes.NewReader(image), Size: int64(len(image))}
			if _, err := firmware.Open(t.Context(), src, firmware.Options{Visit: visit}); err != nil {
				t.Fatal(err)
			}
			if len(seen) != want || !seen["etc/b001"] {
				t.Errorf("%s, %d links: %d names are visited, want %d", name, links, len(seen), want)
			}
		}
	}
}
