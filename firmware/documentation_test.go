package firmware_test

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// What is packed stays closed where distributions put their documentation, whatever it is
// packed as, and nowhere else.
func TestDocumentation(t *testing.T) {
	page := []byte(strings.Repeat("a line of a page\n", 400) + key)
	for ending, packed := range map[string][]byte{
		"gz": firmwaretest.Gzip("", page), "zip": deflated("conf/server.pem", page),
		"tgz": firmwaretest.Gzip("", firmwaretest.Tar(firmwaretest.Text("server.pem", 0o600, key))),
	} {
		for folder, closed := range map[string]bool{
			"usr/share/doc/app/": true, "usr/share/man/man1/": true, "usr/share/help/C/": true, "usr/local/share/man/man1/": true,
			"etc/doc/": false, "opt/app/man/": false, "usr/share/document/": false, "usr/share/app/doc/": false, "usr/doc/": false, "data/usr/share/doc/": false,
		} {
			img := reference.Open(t, rootWith(folder+"page."+ending, packed))
			if offered(img) == closed || len(img.Skipped) > 0 {
				t.Errorf("%s in %s: offered %v, skipped %v", ending, folder, offered(img), img.Skipped)
			}
		}
	}
	if img := reference.Open(t, rootWith("usr/share/doc/app/server.pem", page)); !offered(img) {
		t.Error("what is not packed is not looked at")
	}
}
