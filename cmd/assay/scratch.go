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
		p.scratch = newScratch(p.scratchFolders()...)
	}
	return p.scratch
}

// scratchFolders are where such a file may lie, the first that will do.
func (p *program) scratchFolders() []string {
	return []string{p.getenv("TMPDIR"), "/var/tmp", os.TempDir()}
}

// newScratch makes a Scratch of a file without a name; nil if there is no place for one.
func newScratch(folders ...string) *firmware.Scratch {
	if f := unnamed(folders...); f != nil {
		return firmware.NewScratch(f, maxScratch)
	}
	return nil
}

// unnamed makes a file without a name, which is gone when the program ends,
// however it ends; nil if there is no place for one. /var/tmp is for large files
// (Filesystem Hierarchy Standard 3.0, 5.15); /tmp may be memory.
func unnamed(folders ...string) *os.File {
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
		return f
	}
	return nil
}
