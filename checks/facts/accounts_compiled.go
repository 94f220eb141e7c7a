package facts

import (
	"bytes"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxCompiledLine is the length in bytes of a line of passwd or shadow in a program.
const maxCompiledLine = 512

// compiledAccounts finds lines of passwd and shadow with a hash that are strings of a
// program or of flat code: what a program writes into /etc or compares with.
func compiledAccounts(f *firmware.File, content []byte, anchors sights) []accountLine {
	var lines []accountLine
	end := 0
	anchors.Each(func(_, at int) bool {
		if at < end {
			return true
		}
		from := at
		for from > 0 && at-from < maxCompiledLine && isGraphic(content[from-1]) {
			from--
		}
		for end = at; end < len(content) && end-at < maxCompiledLine && isGraphic(content[end]); {
			end++
		}
		a, ok := parseAccountLine("", string(content[from:end]))
		if ok && (a.Form == "passwd" || a.Form == "shadow") {
			a.File, a.Location = f.Path, assay.Location{Path: f.Path, Offset: int64(from), Length: int64(end - from), Digest: At(f).Digest}
			lines = append(lines, a)
		}
		return len(lines) < MaxAccounts
	})
	return lines
}

func isGraphic(c byte) bool { return c >= ' ' && c < 0x7f }

// isCode reports whether a file is a program, or flat code in which one may be.
func isCode(f *firmware.File, content []byte) bool {
	return f.Kind == firmware.Raw || bytes.HasPrefix(content, elfStart)
}
