package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// UncheckedBoot is a setting of U-Boot's environment by which it starts images
// without a look at their hashes and signatures, whatever keys it demands.
type UncheckedBoot struct {
	Stored   bool // it is the environment of a device; else the one that is made anew
	Either   bool // another copy says otherwise, and which of them counts cannot be told
	Location assay.Location
}

// UncheckedBoots are such settings of the environments in the image.
var UncheckedBoots = &Fact[[]UncheckedBoot]{
	Name:    "unchecked-boots",
	Version: 2,
	Doc:     "Environments of U-Boot that switch off the check of what it starts (verify=no).",
	Needs:   []Node{Texts, Tree},
	Observe: func(o *Observer) ([]UncheckedBoot, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		set, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		found := []UncheckedBoot{}
		off := map[*firmware.Container]bool{}
		var stored []*firmware.Container // of what is found
		for _, t := range set.All() {
			if !isLoaderEnvironment(t.File) || isStored(t.File) && isActive(img, t.File.Container) == fails {
				continue
			}
			for line := range t.Lines() {
				if value, ok := strings.CutPrefix(strings.TrimSpace(line.Text), "verify="); ok && switchesOff(value) {
					found = append(found, UncheckedBoot{Stored: isStored(t.File), Location: t.At(line)})
					stored = append(stored, t.File.Container)
					off[t.File.Container] = true
				}
			}
		}
		for i, c := range stored {
			found[i].Either = found[i].Stored && isActive(img, c) == unsure &&
				slices.ContainsFunc(environmentCopies(img, c), func(other *firmware.Container) bool { return !off[other] })
		}
		return found, nil
	},
}

// switchesOff reads a variable as U-Boot does (env_get_yesno): what begins with
// neither 1, y nor t is no. One without a value is not set.
func switchesOff(value string) bool {
	return value != "" && !strings.ContainsAny(value[:1], "1yYtT")
}
