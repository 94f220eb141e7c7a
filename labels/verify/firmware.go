package verify

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/labels"
)

// Stated is what a firmware image says of itself. Anybody could have written it,
// so it never makes a yes: only the digest does.
type Stated struct {
	Products []string `json:"products,omitempty"` // names of what it is for
	Versions []string `json:"versions,omitempty"`
}

// The firmware that is labelled is known by its digest. What any other is, newer
// or older or of another product, follows from what it says of itself, so far as
// that can be read and compared.
func (r *Report) holdAgainst(firmware []labels.Firmware) {
	for _, f := range firmware {
		if f.Digest != "" && f.Digest == r.Image.Digest {
			r.Labelled = strings.TrimSpace(f.Name + " " + f.Version)
			return
		}
	}
	before := r.Status
	r.Status = FirmwareDiffers
	if r.Compact != nil {
		r.Status = FirmwareUnknown
	}
	if r.Image.Read != nil {
		stated := r.Image.Read()
		r.Image.Stated = &stated
		r.Status = r.other(stated, firmware)
	}
	// What is known to be wrong outweighs what is not known.
	if r.Status.ExitCode() == CannotTell.ExitCode() && before.ExitCode() != Valid.ExitCode() && before.ExitCode() != CannotTell.ExitCode() {
		r.Reasons = append(r.Reasons, r.sentence(r.Status))
		r.Status = before
	} else if before != Valid {
		r.Reasons = append(r.Reasons, r.sentence(before))
	}
}

// other says what a firmware is that is not the labelled one.
func (r *Report) other(s Stated, firmware []labels.Firmware) Status {
	if len(s.Products) == 0 {
		r.told = "does not say which product it is for"
		return FirmwareUnknown
	}
	switch r.subject.namedBy(s.Products) {
	case nameOfAnother:
		r.told = fmt.Sprintf("says that it is for %s", strings.Join(quoted(s.Products), " and "))
		return FirmwareDiffers
	case namePerhaps:
		r.told = fmt.Sprintf("says that it is for %s, which may be another product", strings.Join(quoted(s.Products), " and "))
		return FirmwareUnknown
	}
	if len(s.Versions) != 1 {
		r.told = "does not say which version it is"
		if len(s.Versions) > 1 {
			r.told = "calls itself " + strings.Join(quoted(s.Versions), " and ")
		}
		return FirmwareUnknown
	}
	r.told = "calls itself version " + s.Versions[0]
	if _, number := labels.CompareVersions(s.Versions[0], s.Versions[0]); !number { // it may be a sentence
		r.told = "calls itself version " + quoted(s.Versions)[0]
	}
	answer := FirmwareUnknown
	for i, f := range firmware {
		switch a := agedAgainst(s.Versions[0], f); {
		case i == 0:
			answer, r.against = a, f
		case a != answer:
			return FirmwareUnknown // it may be either of them
		}
	}
	return answer
}

// agedAgainst compares a version with that of a labelled firmware.
func agedAgainst(version string, f labels.Firmware) Status {
	order, ok := labels.CompareVersions(version, f.Version)
	switch {
	case !ok:
		return FirmwareUnknown
	case order > 0:
		return FirmwareNewer
	case order == 0 && f.Digest == "":
		return FirmwareUnknown // a QR code holds no digest
	case order == 0:
		return FirmwareDiffers
	}
	if f.Minimum == "" {
		return FirmwareOlder
	}
	order, ok = labels.CompareVersions(version, f.Minimum)
	switch {
	case !ok:
		return FirmwareUnknown
	case order < 0:
		return FirmwareUnsupported
	}
	return FirmwareOlder
}

func quoted(list []string) []string {
	var out []string
	for _, s := range list[:min(len(list), 3)] {
		out = append(out, fmt.Sprintf("%.60q", s))
	}
	return out
}

// firmwareSentence is what follows "This label is genuine, but ".
func (r *Report) firmwareSentence(s Status) string {
	name, l := r.Image.Name, r.against
	switch s {
	case FirmwareNewer:
		return fmt.Sprintf("%s %s, newer than the labelled %s, and is not yet assessed", name, r.told, l.Version)
	case FirmwareOlder:
		return fmt.Sprintf("%s %s, older than the labelled %s: the label does not speak of it; there is an update", name, r.told, l.Version)
	case FirmwareUnsupported:
		return fmt.Sprintf("%s %s, older than %s, the lowest that is still supported: update it", name, r.told, l.Minimum)
	case FirmwareUnknown:
		if r.Compact != nil {
			return fmt.Sprintf("whether %s is the firmware that it speaks of cannot be told, since a QR code holds no digest (it %s): verify the whole label", name, cmp.Or(r.told, "was not read"))
		}
		return fmt.Sprintf("%s is not the firmware that it speaks of, and whether it is newer or older cannot be told: it %s", name, r.told)
	}
	if r.told != "" {
		return fmt.Sprintf("%s is not the firmware that it speaks of: it %s", name, r.told)
	}
	return name + " is not the firmware that it speaks of"
}
