package facts

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware"
)

// illegibleScan finds scripts that are no texts and cannot be read as a shell reads
// them: too long, or with something else between their lines. A shell runs them all
// the same.
var illegibleScan = &Scan[*firmware.File]{
	Name:    "illegible-scripts",
	Version: 3,
	Doc:     "Files that begin as a script and are longer than 256 KiB or hold other bytes than text.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size > 2 },
	See: func(f *firmware.File, content []byte) []*firmware.File {
		if !bytes.HasPrefix(content, []byte("#!")) || len(content) <= MaxText && IsText(content) {
			return nil
		}
		if _, ok := readAsShell(f, content); ok {
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

// oddly notes that a script of the boot is no plain text, of which was read what a
// shell reads.
func (g *boot) oddly(t Text) {
	if t.odd == nil || len(g.init.Odd) >= maxUnjudged {
		return
	}
	reason := fmt.Sprintf("it holds %d NUL bytes, which a shell leaves out", len(t.odd.left))
	if int64(t.odd.read) < t.File.Size {
		reason = fmt.Sprintf("a shell reads its first %d bytes of %d and then ends", t.odd.read, t.File.Size)
	}
	if o := (Unjudged{reason, At(t.File)}); !slices.Contains(g.init.Odd, o) {
		g.init.Odd = append(g.init.Odd, o)
	}
}
