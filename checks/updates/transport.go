package updates

import (
	_ "embed"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed transport.md
var transportDoc string

// Transport fails an image whose updates come over a connection that anybody on
// the way can read and change.
var Transport = &checks.Check{
	ID:        "updates/transport",
	Title:     "updates come over a protected connection",
	Doc:       transportDoc,
	Remedy:    "Serve updates over https and write https addresses into the updater's settings.",
	Principle: assay.Updates,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.3-7"},
	Version:   8,
	Needs:     checks.Needs(facts.CutScripts, facts.Updaters, facts.Endpoints, facts.UnverifiedTLS),
	Run:       transport,
}

func transport(c *checks.Context) checks.Judgement {
	updaters, all := checks.Ask(c, facts.Updaters), checks.Ask(c, facts.UnverifiedTLS)
	var found []assay.Finding
	var examined []assay.Location
	addresses := 0
	for _, u := range updaters {
		addresses += len(u.Addresses)
		examined = append(examined, u.Places...)
		severity := assay.High
		if u.Verification.State == facts.Verifies {
			severity = assay.Low // nobody on the way can change what is signed
		}
		for _, a := range u.Addresses {
			examined = append(examined, a.Location)
			if inClear(a) {
				found = append(found, checks.Observed(severity, subject(u)+" fetches over "+a.Scheme+" from "+a.Host, a.Location))
			} else if how, at := unchecked(all, u, a); how != "" {
				found = append(found, checks.Observed(severity, subject(u)+" takes any certificate for that of "+a.Host+": "+how, at))
			}
		}
	}
	for _, e := range checks.Ask(c, facts.Endpoints) {
		if e.Kind == facts.InCode && soundsLikeUpdate(e.URL) && !setsValues(e) {
			examined = append(examined, e.Location)
			addresses++
			if inClear(facts.Address{Scheme: e.Scheme}) {
				found = append(found, checks.Observed(assay.High, "an update address uses "+e.Scheme+": "+e.Host, e.Location))
			}
		}
	}
	if len(examined) == 0 {
		return c.Inconclusive("no updater and no update address was seen in the image")
	}
	found = checks.Merged(found)
	j := c.None(found, examined...)
	if u, ok := silent(updaters); ok && j.Verdict == assay.Pass && (addresses == 0 || u.Name == "own") {
		return c.Inconclusive("where %s fetches from was not seen", subject(u)).With(found...)
	}
	return j
}

// silent gives an updater that does not tell where it fetches from, a script of the
// maker's before any other.
func silent(updaters []facts.Updater) (first facts.Updater, found bool) {
	for _, u := range updaters {
		if len(u.Addresses) == 0 && (u.Name == "own" || !found) {
			first, found = u, true
		}
	}
	return first, found
}

// inClear reports whether an address has a scheme without protection.
func inClear(a facts.Address) bool {
	switch a.Scheme {
	case "http", "ftp", "tftp", "mqtt", "ws", "coap", "rsync", "git":
		return true
	}
	return false
}

// soundsLikeUpdate reports whether an address in flat code is one that software
// is fetched from: by its path, not by the host of a project's home page.
func soundsLikeUpdate(url string) bool {
	_, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(strings.ToLower(rest), "/")
	for _, w := range []string{"firmware", "/ota", "ota/", "update", "upgrade", ".bin", "fota"} {
		if strings.Contains("/"+path, w) {
			return true
		}
	}
	first, _, _ := strings.Cut(host, ".")
	return first == "ota" || first == "fota" || first == "update" || first == "updates" || first == "firmware" || first == "fw"
}

// setsValues reports whether an address may be one that a device hands values to: a
// channel of data is updated too.
func setsValues(e facts.Endpoint) bool {
	path, update := strings.CutSuffix(strings.ToLower(e.URL), "/update")
	return e.Sends && update && !soundsLikeUpdate(path)
}
