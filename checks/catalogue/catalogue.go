// Package catalogue lists all checks. The list is written out: there is no
// registry, and a check that is not in it does not exist for anybody.
package catalogue

import (
	"errors"
	"fmt"
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
		communication.Certificate,
		communication.CleartextEndpoint,
		communication.CleartextService,
		communication.OpenShell,
		communication.SSHConfiguration,
		communication.TLSSettings,
		communication.TLSVerification,
		communication.UndeclaredService,
		communication.WebWithoutTLS,
		credentials.AuthorizedKey,
		credentials.BruteForce,
		credentials.DefaultPassword,
		credentials.DerivedPassword,
		credentials.EmptyPassword,
		credentials.ExtraRoot,
		credentials.Plaintext,
		credentials.StaticPassword,
		credentials.UndeclaredLogin,
		credentials.WeakHash,
		credentials.WifiKey,
		deletion.Confirmation,
		deletion.FactoryReset,
		deletion.Instructions,
		deletion.ResetCoverage,
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
		personaldata.AtRest,
		personaldata.Notice,
		personaldata.Recipients,
		personaldata.Residue,
		personaldata.Sensors,
		personaldata.Telemetry,
		storage.APIToken,
		storage.DeviceIdentity,
		storage.FileMode,
		storage.FlashEncryption,
		storage.KeyOfCertificate,
		storage.KnownKey,
		storage.PrivateKey,
		storage.WeakKey,
		support.ComponentEndOfLife,
		support.EndDate,
		support.Expiry,
		support.NotShortened,
		support.Published,
		updates.DeviceVerifies,
		updates.ImageSignature,
		updates.Mechanism,
		updates.Rollback,
		updates.SignatureStrength,
		updates.Transport,
		updates.UpdateScript,
		updates.VerifiedBoot,
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
