package signing

import (
	"maps"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// UpdateContainer is a container of a kind that is made for updates, and has a
// place for a signature or for a version that only goes up.
type UpdateContainer struct {
	Type       string
	Outermost  bool // it is the delivered image itself
	Signable   bool // its kind has a place for a signature
	Signatures int
	Encrypted  bool
	Damaged    bool              // a part of it could not be read
	Attributes map[string]string // those that have to do with versions and encryption
	Location   assay.Location
}

// UpdateContainers are the containers of the image that are made for updates.
var UpdateContainers = &facts.Fact[[]UpdateContainer]{
	Name:    "update-containers",
	Version: 4,
	Doc:     "Containers of kinds that are made for updates: whether they can carry a signature and do, and the counters that refuse older versions; kernels in U-Boot's legacy format, which can carry none.",
	Needs:   []facts.Node{facts.Tree, OSTree},
	Observe: func(o *facts.Observer) ([]UpdateContainer, error) {
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		repos, err := OSTree.Of(o)
		if err != nil {
			return nil, err
		}
		found := []UpdateContainer{}
		signed, unsigned, blocks := signedParts(img), unsignedFlashes(img), unsignedBlocks(img)
		for _, c := range img.Containers {
			if u, ok := updateContainer(c); ok && !signed[c] {
				u.Outermost = u.Outermost || unsigned[c.Parent] && c.Type == "esp-image" || blocks[c]
				found = append(found, u)
			}
		}
		for _, r := range repos {
			found = append(found, UpdateContainer{
				Type: "ostree", Outermost: r.Outermost, Signable: true, Signatures: r.signed(), Attributes: map[string]string{}, Location: r.Location,
			})
		}
		return append(found, stripped(img)...), nil
	},
}

// signable are the types of container whose format has a place for a signature.
var signable = []string{
	"android-vbmeta", "apk", "esp-image", "fit", "fwtool", "matter-ota", "mcuboot", "mender", "nordic-dfu", "ostree-delta", "rauc", "rpm", "suit",
	"swupdate", "zigbee-ota",
}

// told are the attributes that speak of versions and of encryption.
var told = []string{
	"boot-record", "crypt-key", "encrypted", "encryption", "encryption-key", "file-version", "forced", "flags", "nvs-keys",
	"rollback-index", "secure-version", "security-counter", "sequence-number", "verification", "version",
}

func updateContainer(c *firmware.Container) (UpdateContainer, bool) {
	u := UpdateContainer{
		Type: c.Type, Outermost: outermost(c), Signable: slices.Contains(signable, c.Type), Signatures: len(c.Signatures), Damaged: len(c.Damage) > 0,
		Attributes: map[string]string{},
		Location:   assay.Location{Path: c.Path},
	}
	for k, v := range c.Attributes {
		if slices.Contains(told, k) {
			u.Attributes[k] = v
		}
	}
	u.Encrypted = u.Attributes["encrypted"] != "" || u.Attributes["encryption"] != "" || strings.Contains(u.Attributes["flags"], "encrypted")
	known := slices.ContainsFunc(slices.Collect(maps.Keys(u.Attributes)), func(k string) bool { return k != "version" && k != "flags" && k != "verification" })
	return u, u.Signable || u.Signatures > 0 || known || legacyKernel(c)
}
