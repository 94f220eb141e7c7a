package storage

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/facts/storages"
)

//go:embed flash_encryption.md
var flashEncryptionDoc string

// FlashEncryption says what the image shows of encryption of what the device
// stores.
var FlashEncryption = &checks.Check{
	ID:        "storage/flash-encryption",
	Title:     "encryption of stored data is configured",
	Doc:       flashEncryptionDoc,
	Remedy:    "Encrypt the partition that holds settings and keys, with a key that never leaves the chip.",
	Principle: assay.Storage,
	Reads:     checks.Firmware,
	Severity:  assay.Medium,
	Provision: []string{"5.4-1"},
	Version:   4,
	Needs:     checks.Needs(signing.UpdateContainers, storages.Encryptions),
	Run:       flashEncryption,
}

func flashEncryption(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	passing := true // nothing is encrypted but what is made anew at each boot
	for _, u := range checks.Ask(c, signing.UpdateContainers) {
		if u.Attributes["nvs-keys"] != "" {
			found = append(found, checks.Observed(assay.Medium, "the keys of the encrypted settings stand in clear beside them", u.Location))
		}
		if u.Attributes["crypt-key"] != "" {
			found = append(found, checks.Observed(assay.Medium, "the key of the encrypted "+u.Type+" bundle stands in clear in its manifest", u.Location))
		}
		if u.Encrypted {
			passing = false
			found = append(found, checks.Observed(assay.Info, "the "+u.Type+" is encrypted", u.Location))
		}
	}
	var volumes []assay.Location
	for _, e := range checks.Ask(c, storages.Encryptions) {
		switch {
		case e.Clear != "":
			found = append(found, checks.Observed(assay.Medium, "the key of "+e.Kind+" stands in clear "+e.Clear, e.Location))
		case e.Passing:
			found = append(found, checks.Observed(assay.Info, e.Kind+" is made anew at each boot, which keeps nothing", e.Location))
		default:
			volumes = append(volumes, e.Location)
			found = append(found, checks.Observed(assay.Info, e.Kind+" is configured", e.Location))
		}
	}
	switch {
	case checks.Fails(found):
		return c.Fail(assay.Observed, found...)
	case len(volumes) > 0:
		return c.Pass(assay.Observed, volumes...).With(found...).Because("configured; what is written elsewhere was not seen")
	case len(found) > 0 && passing:
		return c.Inconclusive("what is encrypted keeps nothing from one boot to the next").With(found...)
	case len(found) > 0:
		return c.Inconclusive("the image is encrypted; whether the device insists on it is not in the image").With(found...)
	}
	return c.Inconclusive("nothing was seen of encryption of stored data")
}
