package main

import (
	"os"

	"github.com/assay-iot/assay/firmware"
)

// maxScratch is how much of a disk long streams may take while the program runs.
const maxScratch = 8 << 30

// makeScratch makes room for long streams, once: when the process has dropped its
// rights it cannot.
func (p *program) makeScratch() *firmware.Scratch {
	if p.scratch == nil {
		p.scratch = newScratch(p.getenv("TMPDIR"), "/var/tmp", os.TempDir())
	}
	return p.scratch
}

// newScratch makes a file without a name, which is gone when the program ends,
// however it ends; nil if there is no place for one. /var/tmp is for large files
// (Filesystem Hierarchy Standard 3.0, 5.15); /tmp may be memory.
func newScratch(folders ...string) *firmware.Scratch {
	for _, dir := range folders {
		if dir == "" {
			continue
		}
		f, err := os.CreateTemp(dir, "assay-")
		if err != nil {
			continue
		}
		if os.Remove(f.Name()) != nil { // where a file in use cannot be removed
			_ = f.Close()
			continue
		}
		return firmware.NewScratch(f, maxScratch)
	}
	return nil
}
