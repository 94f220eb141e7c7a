package credentials

import (
	_ "embed"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed wifi_key.md
var wifiKeyDoc string

// WifiKey fails an image with a wireless network whose key all devices share,
// or that has none.
var WifiKey = &checks.Check{
	ID:        "credentials/wifi-key",
	Title:     "no wireless network is open or has a key that all devices share",
	Doc:       wifiKeyDoc,
	Remedy:    "Give each device a random key of its own for the network that it offers, and no key of the networks that it joins.",
	Principle: assay.Credentials,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.1-1"},
	Version:   9,
	Needs:     checks.Needs(facts.CutScripts, facts.WifiNetworks, facts.PlainSecrets, facts.RootPlaces),
	Run:       wifiKey,
}

func wifiKey(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	networks := checks.Ask(c, facts.WifiNetworks)
	for _, n := range networks {
		severity := checks.Graded(wifiSeverity(c, n), n.Location)
		found = append(found, checks.Observed(severity, network(n)+" "+wifiFault(n), n.Location))
	}
	for _, s := range checks.Ask(c, facts.PlainSecrets) {
		known := slices.ContainsFunc(networks, func(n facts.WifiNetwork) bool {
			return samePlace(n.Location, s.Location)
		})
		if s.Wifi && !known {
			found = append(found, checks.Observed(checks.Graded(assay.High, s.Location),
				"the key of a wireless network is fixed in "+assay.Inside(s.Location.Path)+" ("+s.Name+")", s.Location))
		}
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}

// wifiSeverity is High; a network that is switched off, an open one that is declared,
// and one in settings that nothing uses are noted.
func wifiSeverity(c *checks.Context, n facts.WifiNetwork) assay.Severity {
	switch {
	case n.Off, n.Unused, n.Security == facts.WifiOpen && n.AP && declaredOpen(c):
		return assay.Low
	case n.Security == facts.WifiOpen && !n.AP:
		return assay.Medium
	}
	return assay.High
}

// declaredOpen reports whether the maker declares a network without a key, as
// one for setting the device up.
func declaredOpen(c *checks.Context) bool {
	return c.Product != nil && slices.ContainsFunc(c.Product.Credentials, func(d product.Credential) bool {
		return d.Kind == "psk" && d.Initial == "none"
	})
}

func network(n facts.WifiNetwork) string {
	what := "the wireless network"
	if n.AP {
		what = "the access point"
	}
	if n.Name != "" {
		what += " " + n.Name
	}
	return what
}

func wifiFault(n facts.WifiNetwork) string {
	switch n.Security {
	case facts.WifiOpen:
		if n.Unused {
			return "is open in settings that nothing uses"
		}
		return "is open"
	case facts.WifiWEP:
		return "is protected with WEP"
	case facts.WifiWPSPIN:
		return "has a fixed WPS PIN"
	}
	return "has a fixed key"
}
