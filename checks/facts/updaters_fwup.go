package facts

import (
	"strings"

	"github.com/assay-iot/assay"
)

// fwupUpdater reads how scripts and units run fwup, which asks for a signature only
// where it is handed a public key. What hands it one from a program (Nerves does, from
// the release's settings) is not followed.
func fwupUpdater(v *updateView) *Updater {
	bin, there := v.program("fwup")
	if !there {
		return nil
	}
	u := &Updater{Name: "fwup", Root: v.root.Path, Places: []assay.Location{At(bin)}}
	u.Verification = Verification{VerifiesUnknown, "no script or unit applies an update with it", []assay.Location{At(bin)}}
	judge := func(args []string, at assay.Location) {
		if !fwupApplies(args) {
			return
		}
		u.Places = append(u.Places, at)
		if got := v.fwupVerification(args, at); graver(got, u.Verification) {
			u.Verification = got
		}
	}
	for _, s := range v.scripts {
		verified := false
		for _, c := range s.Commands.All() {
			if c.Program() != "fwup" {
				continue
			}
			_, args := c.Effective()
			verified = verified || containsAny(args, []string{"-V", "--verify"}) && len(fwupKeys(args)) > 0
			if !verified || len(fwupKeys(args)) > 0 {
				judge(args, c.Location)
			} else if fwupApplies(args) {
				u.Verification = Verification{VerifiesUnknown, "whether what it applies is what was verified before is not followed", []assay.Location{c.Location}}
			}
		}
	}
	v.eachStart("fwup", judge)
	v.fetchedBy(u, "fwup")
	return u
}

// graver reports whether a way to run an updater decides over what was seen before: one
// way that takes what is not signed is enough, and any tells more than that the program
// is there.
func graver(got, before Verification) bool {
	rank := map[string]int{VerifiesNot: 2, VerifiesUnknown: 1}
	return rank[got.State] >= rank[before.State] || before.State == VerifiesUnknown && got.State == Verifies && strings.HasPrefix(before.Reason, "no script")
}

// fwupApplies reports whether a command line applies an update: -a, alone or among
// flags without values.
func fwupApplies(args []string) bool {
	for _, a := range args {
		short := strings.TrimPrefix(a, "-")
		if a == "--apply" || short != a && strings.Contains(short, "a") && strings.Trim(short, "aEnquUvyZ") == "" {
			return true
		}
	}
	return false
}

// fwupKeys are the files with public keys that a command line names, and the keys
// themselves that stand in it.
func fwupKeys(args []string) (keys []string) {
	for i, a := range args {
		switch {
		case (a == "-p" || a == "--public-key-file" || a == "--public-key") && i+1 < len(args):
			keys = append(keys, args[i+1])
		case strings.HasPrefix(a, "--public-key-file=") || strings.HasPrefix(a, "--public-key="):
			_, key, _ := strings.Cut(a, "=")
			keys = append(keys, key)
		}
	}
	return keys
}

func (v *updateView) fwupVerification(args []string, at assay.Location) Verification {
	keys := fwupKeys(args)
	if len(keys) == 0 {
		return Verification{VerifiesNot, "it is run without a public key", []assay.Location{at}}
	}
	got := Verification{VerifiesUnknown, "its public key is only known on the device", []assay.Location{at}}
	for _, key := range keys {
		switch {
		case Unresolved(key):
		case strings.HasPrefix(key, "/"):
			if k := v.keyVerification(key, at); k.State == Verifies || got.State != Verifies {
				got = k // any of the keys will do
			}
		case len(key) >= minFwupKey:
			return Verification{Verifies, "the public key stands in its command line", []assay.Location{at}}
		}
	}
	return got
}

// minFwupKey is the length of the 32 bytes of a key in base64, without padding.
const minFwupKey = 43
