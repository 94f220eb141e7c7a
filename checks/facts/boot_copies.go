package facts

import (
	"strconv"

	"github.com/assay-iot/assay/firmware"
)

// environmentCopies are the environments of U-Boot in one image that may be copies of one:
// of one size, and with a flag that tells which is the newer.
func environmentCopies(img *firmware.Image, of *firmware.Container) (copies []*firmware.Container) {
	for _, c := range img.Containers {
		if c.Type == of.Type && c.Length == of.Length && c.Attributes["flag"] != "" {
			copies = append(copies, c)
		}
	}
	return copies
}

// isActive says whether U-Boot reads an environment, or another copy in its place. In
// serial flash, eMMC and UBI the flag counts up (env_check_redund): the greater is the
// newer, and 0 comes after 255. In parallel flash it is 1 of the active copy and 0 of the
// other, and one of 255 is taken (env_flash_init). Equal flags say nothing of which copy
// comes first, and 0 beside 255 means one thing here and another there.
func isActive(img *firmware.Image, c *firmware.Container) outcome {
	flag, err := strconv.ParseUint(c.Attributes["flag"], 0, 8)
	if err != nil {
		return works // it has no copies
	}
	copies := environmentCopies(img, c)
	if len(copies) > 2 {
		return unsure
	}
	for _, other := range copies {
		its, err := strconv.ParseUint(other.Attributes["flag"], 0, 8)
		switch {
		case other == c:
		case err != nil || its == flag || its == 0 && flag == 255 || its == 255 && flag == 0:
			return unsure
		default:
			return outcomeOf(flag > its)
		}
	}
	return works
}
