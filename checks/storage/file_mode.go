package storage

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed file_mode.md
var fileModeDoc string

// FileMode fails an image in which everyone on the device may read a secret.
var FileMode = &checks.Check{
	ID:        "storage/file-mode",
	Title:     "secrets can be read by their owners only",
	Doc:       fileModeDoc,
	Remedy:    "Give files with passwords and keys the mode 0600.",
	Principle: assay.Storage,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Medium,
	Provision: []string{"5.4-1"},
	Version:   6,
	Needs:     checks.Needs(facts.SecretFiles, facts.OpenTrees, facts.OfferedSettings),
	Run:       func(c *checks.Context) checks.Judgement { return fileMode(c).WithDeclared(declaredOpen(c.Product)...) },
}

func fileMode(c *checks.Context) checks.Judgement {
	secrets, trees := checks.Ask(c, facts.SecretFiles), checks.Ask(c, facts.OpenTrees)
	offered := checks.Ask(c, facts.OfferedSettings)
	if len(secrets) == 0 {
		if gap := c.Gap(); gap != "" {
			return c.Inconclusive("no file with a secret was found, but %s", gap)
		}
		return c.NotApplicable("no file of the image holds a password or a private key")
	}
	found := openTrees(secrets, trees)
	var examined []assay.Location
	modeless := ""
	for _, s := range secrets {
		if !s.Modes {
			modeless = assay.Inside(s.Location.Path)
			continue
		}
		examined = append(examined, s.Location)
		if s.Open() && !slices.ContainsFunc(trees, func(t facts.OpenTree) bool { return t.Holds(s.Location) }) {
			found = append(found, checks.Noted(openSeverity(s, offered),
				fmt.Sprintf("everyone on the device can %s the %s in %s", verb(s), s.What, assay.Inside(s.Location.Path)),
				fmt.Sprintf("mode %04o", s.Mode), s.Location))
		}
	}
	j := c.None(found, examined...)
	if j.Verdict != assay.Fail && modeless != "" {
		return c.Inconclusive("%s lies where files have no modes", modeless).With(found...)
	}
	return j
}

// openSeverity is Medium; a password in settings that nothing took up is a note, as it is in
// credentials/plaintext, and a key or a hash opens something all the same.
func openSeverity(s facts.SecretFile, offered []string) assay.Severity {
	severity := checks.Graded(assay.Medium, s.Location)
	if s.Unused() || s.OfSettings() && slices.Contains(offered, s.Location.Path) {
		return min(severity, assay.Low)
	}
	return severity
}

// openTrees makes one finding of a whole tree that lost its modes, not one for
// each file.
func openTrees(secrets []facts.SecretFile, trees []facts.OpenTree) []assay.Finding {
	var found []assay.Finding
	for _, t := range trees {
		if slices.ContainsFunc(secrets, func(s facts.SecretFile) bool { return t.Holds(s.Location) }) {
			found = append(found, checks.Noted(assay.Medium, "everyone on the device can read and change every file of "+assay.Inside(t.Location.Path),
				fmt.Sprintf("%d of %d files have the mode 0777", t.Files, t.Of), t.Location))
		}
	}
	return found
}

func verb(s facts.SecretFile) string {
	if s.Mode&0o004 != 0 {
		return "read"
	}
	return "change"
}
