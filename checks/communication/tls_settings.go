package communication

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed tls_settings.md
var tlsSettingsDoc string

// TLSSettings fails an image whose settings allow broken versions or ciphers.
var TLSSettings = &checks.Check{
	ID:        "communication/tls-settings",
	Title:     "settings allow no broken version or cipher of TLS",
	Doc:       tlsSettingsDoc,
	Remedy:    "Set the lowest version to TLS 1.2 and take RC4, 3DES, EXPORT, NULL and anonymous ciphers out.",
	Principle: assay.Communication,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.5-1"},
	Version:   4,
	Needs:     checks.Needs(facts.TLS, facts.Inits),
	Run:       tlsSettings,
}

func tlsSettings(c *checks.Context) checks.Judgement {
	use := checks.Ask(c, facts.TLS)
	var found []assay.Finding
	for _, s := range use.Settings {
		if len(s.Weak) == 0 {
			continue
		}
		severity := assay.High
		if s.Used == facts.No {
			severity = assay.Low // the service is not started, or has no TLS
		}
		found = append(found, checks.Observed(severity, s.Program+" is set to allow "+strings.Join(s.Weak, ", "), s.Location))
	}
	unknown := ""
	var examined []assay.Location
	for _, s := range use.Servers {
		examined = append(examined, s.Places...)
		if !s.Settings && !goodByDefault(s.Library) {
			unknown = fmt.Sprintf("the settings of %s do not say which versions of TLS it takes", s.Service)
			if s.Library != "" {
				unknown += ", and those that " + s.Library + " takes by default depend on how it was built"
			}
		}
	}
	j := c.NoneStarted(checks.Merged(found), checks.Ask(c, facts.Inits))
	j.Examined = append(j.Examined, examined...)
	switch {
	case j.Verdict != assay.Pass:
		return j
	case unknown != "":
		return c.Inconclusive("%s", unknown).With(j.Findings...)
	case len(use.Servers) == 0 && len(use.Settings) == 0:
		return c.NotApplicable("the image starts no service with TLS and has no settings of it")
	}
	return j
}

// goodByDefault names libraries that take nothing below TLS 1.2 unless they are
// told to: OpenSSL 3 at its default security level, Mbed TLS 3.
func goodByDefault(library string) bool {
	for _, name := range []string{"libssl.so.3", "libssl.so.4", "libmbedtls.so.19", "libmbedtls.so.20", "libmbedtls.so.21"} {
		if strings.HasPrefix(library, name) {
			return true
		}
	}
	return false
}
