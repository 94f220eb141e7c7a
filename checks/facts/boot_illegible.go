package facts

import (
	"bytes"
	"fmt"

	"github.com/assay-iot/assay/firmware"
)

// illegibleScan finds scripts that are no texts: too long, or with something else
// behind their lines, as one that unpacks itself. A shell runs them all the same.
var illegibleScan = &Scan[*firmware.File]{
	Name: "illegible-scripts",
	Doc:  "Files that begin as a script and are longer than 256 KiB or hold other bytes than text.",
	Want: func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size > 2 },
	See: func(f *firmware.File, content []byte) []*firmware.File {
		if !bytes.HasPrefix(content, []byte("#!")) || len(content) <= MaxText && IsText(content) {
			return nil
		}
		return []*firmware.File{f}
	},
}

// illegible notes that the boot runs a script that could not be read.
func (g *boot) illegible(l *launch, f *firmware.File) {
	if !g.unread[f] && !g.unread[f.HardLink] {
		return
	}
	at := l.cmd.Location
	if at.Path == "" {
		at = At(f)
	}
	g.unjudge(at, fmt.Sprintf("it runs %s, a script that is longer than %d bytes or not all text", f.Name, MaxText))
}
