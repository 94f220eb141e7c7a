package report

import (
	"slices"
	"testing"

	"github.com/assay-iot/assay"
)

// What a signature is over stands in a line for each way of it, with offsets and
// lengths, and not in one for each run.
func TestSpans(t *testing.T) {
	at := func(note, path string, off, length int64) assay.Evidence {
		return assay.Evidence{Note: note, Location: assay.Location{Path: path, Offset: off, Length: length}}
	}
	evidence := []assay.Evidence{at("RSA", "a", 9, 1), at(assay.NoteLeftOut, "a", 300, 4)}
	for i := range int64(6) {
		evidence = append(evidence, at(assay.NoteCovered, "a", 16*i, 8))
	}
	evidence = append(evidence, at(assay.NoteHashed, "b", 0, 100), at(assay.NoteHashed, "c", 0, 200))
	lines, others := spansOf(evidence, "")
	if want := []string{
		"covered: 48 bytes, a 0x0+8, 0x10+8, 0x20+8, 0x30+8, and 2 more",
		"covered through a hash list: 300 bytes, b 0x0+100, c 0x0+200",
		"left out: 4 bytes, a 0x12c+4",
	}; !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	if len(others) != 1 || others[0].Note != "RSA" {
		t.Errorf("%+v", others)
	}
}
