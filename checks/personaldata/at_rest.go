package personaldata

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/storages"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed at_rest.md
var atRestDoc string

// AtRest compares how personal data are declared to be protected on the device
// with what the image mounts and opens.
var AtRest = &checks.Check{
	ID:        "personaldata/at-rest",
	Title:     "personal data on the device are protected as declared",
	Doc:       atRestDoc,
	Remedy:    "Say in a storage block where the data lie and how they are protected, and mount that place from an encrypted volume.",
	Principle: assay.PersonalData,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Medium,
	Provision: []string{"5.4-1"},
	Version:   1,
	Needs:     checks.Needs(storages.All),
	Run:       atRest,
}

// bareTypes are file systems that cannot encrypt by themselves.
var bareTypes = []string{"vfat", "msdos", "exfat", "jffs2", "yaffs2", "ext2", "ext3", "ntfs", "minix", "squashfs", "tmpfs"}

func atRest(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	onDevice := slices.DeleteFunc(slices.Clone(p.Data), func(d product.Data) bool { return !isPersonal(d) || !slices.Contains(d.Where, "device") })
	if len(onDevice) == 0 {
		return c.NotApplicable("no personal data are declared to lie on the device")
	}
	seen := checks.Ask(c, storages.All)
	var found []assay.Finding
	var examined []assay.Location
	unknown, proof := "", assay.Declared
	for _, d := range onDevice {
		places := slices.DeleteFunc(slices.Clone(p.Storages), func(s product.Storage) bool {
			return !slices.ContainsFunc(s.Holds, func(r product.Ref) bool { return r.Label() == d.ID })
		})
		if len(places) == 0 {
			found = append(found, checks.Undescribed(assay.Medium, "a storage block that holds "+d.ID, d.Range))
		}
		for _, s := range places {
			examined = append(examined, checks.Place(s.Range))
			fs, places, open := protectedAs(s, d, seen)
			found, examined = append(found, fs...), append(examined, places...)
			if open != "" {
				unknown = open
			}
			if len(places) > 0 {
				proof = assay.Observed
			}
		}
	}
	switch {
	case len(found) > 0:
		return c.Fail(proofOf(found), checks.Merged(found)...)
	case unknown != "":
		return c.Inconclusive("%s", unknown)
	}
	return c.Pass(proof, examined...)
}

// proofOf is observed if a finding names a place in the image.
func proofOf(found []assay.Finding) assay.Proof {
	for _, f := range found {
		if slices.ContainsFunc(f.Evidence, func(e assay.Evidence) bool { return e.Kind == assay.KindObserved }) {
			return assay.Observed
		}
	}
	return assay.Declared
}

func isPersonal(d product.Data) bool {
	return d.Personal != nil && *d.Personal || d.Sensitive != nil && *d.Sensitive
}

// protectedAs compares one place with what the image says.
func protectedAs(s product.Storage, d product.Data, seen storages.Storage) (found []assay.Finding, places []assay.Location, open string) {
	switch s.Protection {
	case "":
		return []assay.Finding{checks.Undescribed(assay.Medium, "storage.protection", s.Range)}, nil, ""
	case "none":
		if d.Sensitive != nil && *d.Sensitive {
			return []assay.Finding{checks.Misdeclared(assay.Medium, "sensitive data "+d.ID+" are declared to lie in "+s.ID+" without protection", s.Range)}, nil, ""
		}
	case "encrypted":
		if !strings.HasPrefix(s.At, "/") {
			return nil, nil, "storage " + s.ID + " is declared as encrypted, and its place on the device is not declared"
		}
		if yes, where := seen.Encrypted(s.At); yes {
			return nil, where, ""
		}
		if m, ok := seen.MountOf(s.At); ok && slices.Contains(bareTypes, m.Type) {
			message := s.At + " is declared as encrypted and mounted from " + m.Device + " (" + m.Type + ") in clear"
			return []assay.Finding{checks.Contradiction(assay.Medium, message, s.Range, m.Location)}, nil, ""
		}
		return nil, nil, "no encryption of " + s.At + " was seen, though it is declared"
	case "tee", "secure-element":
		return nil, nil, "whether " + s.ID + " lies in a protected part of the chip cannot be seen in the image"
	}
	return nil, nil, ""
}
