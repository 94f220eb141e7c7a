package personaldata

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/builds"
	"github.com/assay-iot/assay/checks/facts/residue"
)

//go:embed residue.md
var residueDoc string

// Residue fails an image in which persons left something: those who built it,
// or those who used the device that it was copied from.
var Residue = &checks.Check{
	ID:        "personaldata/residue",
	Title:     "no personal or developer's data were left in the image",
	Doc:       residueDoc,
	Remedy:    "Build the image from a clean folder, never from a device that was in use, and take these files out.",
	Principle: assay.PersonalData,
	Reads:     checks.Firmware,
	Severity:  assay.Medium,
	Provision: []string{"6-1"},
	Version:   3,
	Needs:     checks.Needs(residue.All, builds.Homes, builds.Leftovers, facts.WifiNetworks, facts.Roots, facts.RootPlaces),
	Run:       leftBehind,
}

// mild are kinds that a product may ship on purpose.
var mild = map[residue.Kind]bool{residue.OtherMail: true, residue.KnownHosts: true, residue.WebHosts: true}

func leftBehind(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	add := func(severity assay.Severity, what string, l assay.Location) {
		found = append(found, checks.Observed(checks.Graded(severity, l), what+" was left in the image", l))
	}
	for _, r := range checks.Ask(c, residue.All) {
		severity := assay.Medium
		if mild[r.Kind] {
			severity = assay.Low
		}
		add(severity, string(r.Kind), r.Location)
	}
	for _, l := range checks.Ask(c, builds.Leftovers) {
		if l.Kind == builds.History {
			add(assay.Medium, string(l.Kind), l.Location)
		}
	}
	for _, n := range checks.Ask(c, facts.WifiNetworks) {
		if !n.AP && !n.Off && n.Name != "" && n.Security == facts.WifiKey {
			add(assay.Medium, "name and key of a wireless network that it joined", n.Location)
		}
	}
	found = checks.Merged(found)
	if homes := checks.Ask(c, builds.Homes); len(homes) > 0 {
		found = append(found, checks.Observed(assay.Low, "programs name the home folder of the person who built them", homes[:min(len(homes), maxPlaces)]...))
	}
	if len(found) == 0 && len(checks.Ask(c, facts.Roots)) == 0 {
		return c.Inconclusive("the image holds no root file system in which something could be left")
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}
