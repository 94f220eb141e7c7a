package facts

import (
	"strings"

	"github.com/assay-iot/assay"
)

// UncheckedBoot is a setting of U-Boot's environment by which it starts images
// without a look at their hashes and signatures, whatever keys it demands.
type UncheckedBoot struct {
	Stored   bool // it is the environment of a device; else the one that is made anew
	Location assay.Location
}

// UncheckedBoots are such settings of the environments in the image.
var UncheckedBoots = &Fact[[]UncheckedBoot]{
	Name:  "unchecked-boots",
	Doc:   "Environments of U-Boot that switch off the check of what it starts (verify=no).",
	Needs: []Node{Texts},
	Observe: func(o *Observer) ([]UncheckedBoot, error) {
		set, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		found := []UncheckedBoot{}
		for _, t := range set.All() {
			if !isLoaderEnvironment(t.File) {
				continue
			}
			for line := range t.Lines() {
				if value, ok := strings.CutPrefix(strings.TrimSpace(line.Text), "verify="); ok && switchesOff(value) {
					found = append(found, UncheckedBoot{isStored(t.File), t.At(line)})
				}
			}
		}
		return found, nil
	},
}

// switchesOff reads a variable as U-Boot does (env_get_yesno): what begins with
// neither 1, y nor t is no. One without a value is not set.
func switchesOff(value string) bool {
	return value != "" && !strings.ContainsAny(value[:1], "1yYtT")
}
