package credentials

import (
	_ "embed"
	"path"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/hashes"
)

//go:embed plaintext.md
var plaintextDoc string

// Plaintext fails an image in which a password stands as people type it.
var Plaintext = &checks.Check{
	ID:        "credentials/plaintext",
	Title:     "no password stands in clear",
	Doc:       plaintextDoc,
	Remedy:    "Keep passwords out of the image; where the device must check one, store a slow hash of it.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.1-1"},
	Version:   13,
	Needs:     checks.Needs(facts.CutScripts, facts.Accounts, facts.PlainSecrets, facts.WifiNetworks, facts.OfferedSettings, facts.RootPlaces, facts.Keys),
	Run:       plaintext,
}

func plaintext(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, a := range checks.Ask(c, facts.Accounts) {
		if a.Password == facts.Plain && a.SetBy == "" { // what scripts set is among the secrets
			found = append(found, checks.Observed(graded(assay.High, a), "the password of "+who(a)+" stands in clear in "+assay.Inside(a.Location.Path), a.Location))
		}
	}
	offered, networks := checks.Ask(c, facts.OfferedSettings), checks.Ask(c, facts.WifiNetworks)
	keys := checks.Ask(c, facts.Keys)
	for _, s := range checks.Ask(c, facts.PlainSecrets) {
		if s.Wifi || ofNetwork(networks, s) {
			continue
		}
		severity := checks.Graded(assay.High, s.Location)
		if slices.Contains(offered, s.Location.Path) || ofKeyToMake(keys, s) {
			severity = min(severity, assay.Low)
		}
		message := inClear(s)
		if s.Off {
			severity, message = min(severity, assay.Low), message+", in a part that is switched off"
		}
		found = append(found, checks.Observed(severity, message, s.Location))
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}

// ofNetwork reports whether a secret is the key of a wireless network, whatever its name:
// credentials/wifi-key has those.
func ofNetwork(networks []facts.WifiNetwork, s facts.PlainSecret) bool {
	return slices.ContainsFunc(networks, func(n facts.WifiNetwork) bool {
		return samePlace(n.Location, s.Location)
	})
}

// samePlace reports whether two sightings are one: on the same line of a text, or at the
// same offset of what has no lines.
func samePlace(a, b assay.Location) bool {
	return a.Path == b.Path && a.Line == b.Line && (a.Line > 0 || a.Offset == b.Offset)
}

// ofKeyToMake reports whether a secret is the pass phrase of a key that openssl makes by
// these settings (req(1ssl)), and has not made: it opens nothing.
func ofKeyToMake(keys []facts.Key, s facts.PlainSecret) bool {
	return path.Ext(s.Location.Path) == ".cnf" && (s.Name == "input_password" || s.Name == "output_password") &&
		!slices.ContainsFunc(keys, func(k facts.Key) bool {
			return k.Private && path.Dir(k.Location.Path) == path.Dir(s.Location.Path)
		})
}

var digestWords = map[facts.HashKind]string{hashes.RawMD5: "MD5", hashes.RawSHA1: "SHA-1", hashes.RawSHA256: "SHA-256", hashes.MySQL323: "old MySQL"}

// inClear says what a secret is the password of.
func inClear(s facts.PlainSecret) string {
	what := s.Name
	if s.Account != "" {
		what += " of account " + s.Account
	}
	if s.Digest != "" {
		return "a password, or its " + digestWords[s.Digest] + " digest, stands in " + assay.Inside(s.Location.Path) + " (" + what + ")"
	}
	return "a password stands in clear in " + assay.Inside(s.Location.Path) + " (" + what + ")"
}
