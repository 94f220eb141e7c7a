package updates

import (
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/publishedkeys"
)

// openKeys finds the keys that an updater trusts and whose private half anybody has: it
// lies in the image too, or was published. Whatever they sign is installed.
func openKeys(c *checks.Context, u facts.Updater) (found []assay.Finding) {
	judge := func(public assay.Digest, at assay.Location) {
		if public == "" || !slices.ContainsFunc(u.Verification.Places, func(p assay.Location) bool { return p.Path == at.Path }) {
			return
		}
		if k, ok := publishedkeys.Of(public); ok {
			found = append(found, checks.Observed(gravity(c, u), subject(u)+" installs what anybody signs: its key is a published one, "+k.Name, at))
			return
		}
		keys := checks.Ask(c, facts.Keys)
		if i := slices.IndexFunc(keys, func(k facts.Key) bool { return k.Private && !k.Encrypted && !k.Token && k.Public == public }); i >= 0 {
			found = append(found, checks.Observed(gravity(c, u), subject(u)+" installs what anybody signs: the private half of its key is in the image", at, keys[i].Location))
		}
	}
	for _, k := range checks.Ask(c, facts.Keys) {
		judge(k.Public, k.Location)
	}
	for _, cert := range checks.Ask(c, facts.Certificates) {
		judge(cert.Public, cert.Location)
	}
	return checks.Merged(found)
}
