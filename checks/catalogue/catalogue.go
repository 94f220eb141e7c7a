// Package catalogue lists all checks. The list is written out: there is no
// registry, and a check that is not in it does not exist for anybody.
package catalogue

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/communication"
	"github.com/assay-iot/assay/checks/credentials"
	"github.com/assay-iot/assay/checks/deletion"
	"github.com/assay-iot/assay/checks/disclosure"
	"github.com/assay-iot/assay/checks/lifecycle"
	"github.com/assay-iot/assay/checks/personaldata"
	"github.com/assay-iot/assay/checks/storage"
	"github.com/assay-iot/assay/checks/support"
	"github.com/assay-iot/assay/checks/updates"
)

//go:generate go test -run ^TestReadme$ -update

// Checks lists every check, sorted by id.
func Checks() []*checks.Check {
	return []*checks.Check{
		communication.CleartextService,
		communication.SSHConfiguration,
		communication.UndeclaredService,
		communication.WebWithoutTLS,
		credentials.DefaultPassword,
		credentials.DerivedPassword,
		credentials.EmptyPassword,
		credentials.ExtraRoot,
		credentials.StaticPassword,
		credentials.UndeclaredLogin,
		credentials.WeakHash,
		deletion.Confirmation,
		deletion.FactoryReset,
		deletion.Instructions,
		disclosure.CSAFProvider,
		disclosure.Policy,
		disclosure.Repository,
		disclosure.SecurityTxt,
		lifecycle.BinaryHardening,
		lifecycle.ComponentInventory,
		lifecycle.DebugInterface,
		lifecycle.DebugLeftover,
		lifecycle.KernelHardening,
		lifecycle.KnownVulnerability,
		lifecycle.Privileges,
		lifecycle.Repository,
		lifecycle.RiskAssessment,
		lifecycle.SecurityTesting,
		lifecycle.StaleBuild,
		lifecycle.WritablePath,
		personaldata.Notice,
		personaldata.Recipients,
		personaldata.Sensors,
		storage.DeviceIdentity,
		storage.FileMode,
		storage.KeyOfCertificate,
		storage.PrivateKey,
		support.ComponentEndOfLife,
		support.EndDate,
		support.Expiry,
		support.NotShortened,
		support.Published,
		updates.DeviceVerifies,
		updates.Mechanism,
		updates.Transport,
	}
}

// ErrUnknown says that there is no check with an id.
var ErrUnknown = errors.New("there is no such check")

// Find gives the check with an id. The error suggests the id that was meant,
// if one is near.
func Find(id string) (*checks.Check, error) {
	all := Checks()
	for _, c := range all {
		if string(c.ID) == id {
			return c, nil
		}
	}
	if meant := nearest(all, id); meant != "" {
		return nil, fmt.Errorf("%w: %q; did you mean %q?", ErrUnknown, id, meant)
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknown, id)
}

// nearest gives the id that is most like a written one: the one with the same
// name in another folder, else the fewest changes, at most a third of it.
func nearest(all []*checks.Check, written string) string {
	written = strings.ToLower(written)
	name := written[strings.LastIndex(written, "/")+1:]
	best, least := "", len(written)/3+1
	for _, c := range all {
		if strings.HasSuffix(string(c.ID), "/"+name) {
			return string(c.ID)
		}
		if d := levenshtein.Distance(written, string(c.ID), nil); d < least {
			best, least = string(c.ID), d
		}
	}
	return best
}

// Of lists the checks with these ids, in the order of the catalogue; an unknown
// id is an error.
func Of(ids ...string) ([]*checks.Check, error) {
	var found []*checks.Check
	for _, id := range ids {
		c, err := Find(id)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b *checks.Check) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return slices.Compact(found), nil
}
