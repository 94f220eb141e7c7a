package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/words"
)

// A folder holds one label: a log proof, a code or a picture of another one beside it
// would be taken for its own.

// leftover is what lies in a folder of the label that was there before.
type leftover struct {
	label string // its number
	files []string
}

// leftoverIn finds the files of another label that writing these files would leave in
// a folder. The assessment is no file of the label, and stays. A folder without a
// label is somebody's own, and nothing in it is touched.
func leftoverIn(dir string, s *labels.Statement, files []labelFile) (leftover, error) {
	data, err := readLimited(filepath.Join(dir, "label.sigstore.json"), maxLabelFile)
	if err != nil {
		return leftover{}, nil //nolint:nilerr // there is none, or writing it tells why not
	}
	old := leftover{label: "which cannot be read"}
	if was, err := labels.Unverified(data); err == nil {
		if same, err := sameStatement(was, s); err != nil || same {
			return leftover{}, err
		}
		old.label = was.Predicate.ID
	}
	written := func(name string) bool {
		return slices.ContainsFunc(files, func(f labelFile) bool { return f.name == name })
	}
	for _, name := range labelNames() {
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil && !info.IsDir() && !written(name) {
			old.files = append(old.files, name)
		}
	}
	return old, nil
}

func sameStatement(a, b *labels.Statement) (bool, error) {
	one, err := a.Digest()
	if err != nil {
		return false, err
	}
	other, err := b.Digest()
	return one == other, err
}

// labelNames are the names that the files of a label can have.
func labelNames() []string {
	names := []string{"label.json", "label.cose", "label.txt", "label" + proofEnding, "qr.svg", "qr.png"}
	for _, kind := range []string{"pdf", "svg", "png", "html"} {
		for _, l := range words.Languages() {
			for _, f := range picture.Formats() {
				names = append(names, pictureName(picture.Variant{Format: f, Language: l}, kind))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names) // HTML has no formats
}

// noteAssessment tells of an assessment beside a label that rests on another one. It is
// the issuer's own, with every finding, and not ours to take away.
func (p *program) noteAssessment(dir string, s *labels.Statement) {
	const name = "assessment.json"
	data, err := readLimited(filepath.Join(dir, name), maxAssessment)
	if err != nil {
		return // there is none
	}
	var a assay.Assessment
	if json.Unmarshal(data, &a) == nil {
		if digest, err := labels.AssessmentDigest(&a); err == nil && digest == s.Predicate.Assessment {
			return
		}
	}
	fmt.Fprintf(p.err, "note: %s is not the assessment that this label rests on: it lay there before; move it away, or write it anew with --store-facts\n", report.Clean(filepath.Join(dir, name)))
}

// takeAway removes what is left of the label that was there before, and tells it.
func (p *program) takeAway(dir string, old leftover) error {
	if len(old.files) == 0 {
		return nil
	}
	for _, name := range old.files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("take away what is left of the label that was here before: %w", err)
		}
	}
	_, err := fmt.Fprintf(p.err, "note: %s held another label, %s; what was left of it is taken away: %s\n", report.Clean(dir), report.Clean(old.label), strings.Join(old.files, " "))
	return err
}
