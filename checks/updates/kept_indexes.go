package updates

import (
	"path"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/signing"
	"github.com/assay-iot/assay/checks/signature"
)

// keptIndexes are notes on the signed packages and indexes that a root file system
// keeps, judged with the keys that its own package managers trust. They fail
// nothing: these are copies, and the updater looks at them again.
func keptIndexes(c *checks.Context) (found []assay.Finding) {
	var keys []signature.Key
	for _, k := range checks.Ask(c, facts.TrustedKeys) {
		if parsed, err := signature.ParseKeys(path.Base(k.Location.Path), k.Content); err == nil {
			keys = append(keys, parsed...)
		}
	}
	for _, s := range checks.Ask(c, signing.Signatures) {
		if !s.Kept {
			continue
		}
		switch o := signature.Verify(s.Signature, keys, c.AsOf); o.Verdict {
		case signature.Valid:
			found = append(found, checks.Noted(assay.Info, called(s)+" is by a key that the device trusts", made(o), s.Location))
		case signature.Invalid:
			found = append(found, checks.Noted(assay.Low, called(s)+" is invalid: "+o.Reason, made(o), s.Location))
		default:
			found = append(found, checks.Noted(assay.Low, called(s)+" is not by a key that the device has", made(o), s.Location))
		}
	}
	return checks.Merged(found)
}
