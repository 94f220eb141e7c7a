package ordinary_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay/firmware/ordinary"
)

// Files that packages of a distribution brought end where they end.
func TestInstalledFiles(t *testing.T) {
	const most = 200 // of each kind
	for _, pattern := range []string{
		"/usr/lib/chromium/*.pak", "/usr/lib/chromium/locales/*.pak", "/usr/lib/erlang/lib/*/ebin/*.beam",
		"/usr/share/asterisk/sounds/*/*.gsm", "/usr/share/help/C/*/figures/*.webm",
	} {
		t.Run(filepath.Base(pattern), func(t *testing.T) {
			files, err := filepath.Glob(pattern)
			if err != nil {
				t.Fatal(err)
			}
			if len(files) == 0 {
				t.Skip("none is installed: ", pattern)
			}
			for _, file := range files[:min(len(files), most)] {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if end := ordinary.End(b); end != len(b) && len(b) >= 4<<10 {
					t.Errorf("%s ends at %d of %d", file, end, len(b))
				}
			}
		})
	}
}
