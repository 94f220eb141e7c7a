package communication

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed cleartext_endpoint.md
var cleartextEndpointDoc string

// CleartextEndpoint fails an image whose software names addresses of others
// that are reached without encryption.
var CleartextEndpoint = &checks.Check{
	ID:        "communication/cleartext-endpoint",
	Title:     "the software talks to no address without encryption",
	Doc:       cleartextEndpointDoc,
	Remedy:    "Use the address with TLS: https, mqtts, wss, ftps or sftp.",
	Principle: assay.Communication,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.8-1"},
	Version:   8,
	Needs:     checks.Needs(facts.CutScripts, facts.Endpoints, facts.Updaters, inventory.Components, facts.RootPlaces),
	Run:       cleartextEndpoint,
}

// maxPlaces is how many places one finding names.
const maxPlaces = 10

// clearSchemes are those without encryption that carry what the device says.
var clearSchemes = []string{"http", "ftp", "tftp", "mqtt", "ws", "amqp", "coap", "rtmp", "ldap", "nats", "redis"}

func cleartextEndpoint(c *checks.Context) checks.Judgement {
	personal := personalHosts(c.Product)
	known := updateLines(checks.Ask(c, facts.Updaters))
	published := inventory.RecognisedIn(checks.Ask(c, inventory.Components))
	var found []assay.Finding
	for _, e := range checks.Ask(c, facts.Endpoints) {
		if !slices.Contains(clearSchemes, e.Scheme) || forEveryone(e.Host) {
			continue
		}
		severity := assay.Medium
		switch {
		case known[line{e.Location.Path, e.Host}]: // updates/transport judges it
			severity = assay.Low
		case covers(personal, e.Host):
			severity = assay.High
		case published[e.Location.Path], e.Kind == facts.InPage, e.Alone, e.Link, e.Listed, isLink(e):
			severity = assay.Low
		}
		message := "the software names " + e.Scheme + "://" + e.Host
		found = append(found, checks.Observed(checks.Graded(severity, e.Location), message, e.Location))
	}
	found = checks.Merged(found)
	for i := range found {
		found[i].Evidence = found[i].Evidence[:min(len(found[i].Evidence), maxPlaces)]
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}

// isLink reports whether a string of a program, or a message of an interpreter's
// module, may be no more than the page of a project: http, and nothing in its path
// that programs ask for.
func isLink(e facts.Endpoint) bool {
	if e.Kind != facts.InProgram && e.Kind != facts.InCode && !inModule(e) || e.Scheme != "http" {
		return false
	}
	_, rest, _ := strings.Cut(strings.ToLower(e.URL), "://")
	if first, _, _ := strings.Cut(rest, "."); slices.Contains([]string{"doc", "docs", "wiki", "forum", "forums", "blog"}, first) || strings.HasSuffix(rest, ".html") || strings.HasSuffix(rest, ".htm") {
		return true // for people to read
	}
	for _, word := range []string{"api", "rest/", "rpc", "upload", "report", "log", "telemetry", "stat", "track", "push", "regist", "auth", "token", "data", "event", "update", "upgrade", "firmware", "ota", ".bin", "cgi", "device", "v1/", "v2/"} {
		if _, path, _ := strings.Cut(rest, "/"); strings.Contains(path+"/", word) || strings.HasPrefix(rest, word+".") {
			return false
		}
	}
	return true
}

// inModule reports a script in a folder where modules of Python, Perl and PHP are
// installed (for PHP the folder of its include_path, and vendor of Composer), or in a
// package of such.
func inModule(e facts.Endpoint) bool {
	if e.Kind != facts.InScript && e.Kind != facts.InSetting {
		return false
	}
	at := e.Location.Path
	return slices.ContainsFunc([]string{"/site-packages/", "/dist-packages/", "/share/perl5/", ".whl!zip!", ".egg!zip!"}, func(folder string) bool { return strings.Contains(at, folder) }) ||
		strings.HasSuffix(at, ".php") && (strings.Contains(at, "/share/php/") || strings.Contains(at, "/share/php-") || strings.Contains(at, "/vendor/"))
}

// forEveryone are hosts that are asked without encryption by design: what they
// answer is signed.
func forEveryone(host string) bool {
	first, _, _ := strings.Cut(host, ".")
	return first == "ocsp" || first == "crl" || first == "crls" || strings.HasPrefix(first, "ocsp")
}

// line is a host that a file names.
type line struct{ path, host string }

// updateLines are the hosts from which updaters fetch, by the files that say so:
// updates/transport judges them.
func updateLines(updaters []facts.Updater) map[line]bool {
	hosts := map[line]bool{}
	for _, u := range updaters {
		for _, a := range u.Addresses {
			hosts[line{a.Location.Path, a.Host}] = true
		}
	}
	return hosts
}

// personalHosts are those to which personal data are declared to flow.
func personalHosts(p *product.Product) []string {
	if p == nil {
		return nil
	}
	var hosts []string
	for _, r := range p.Recipients {
		if slices.ContainsFunc(r.Gets, func(d product.Ref) bool { return isPersonal(p, d.Label()) }) {
			hosts = append(hosts, r.Host)
		}
	}
	for _, n := range p.Connections {
		if n.To == nil || !carriesPersonal(p, n) {
			continue
		}
		for _, cloud := range p.Clouds {
			if cloud.ID == n.To.Label() {
				hosts = append(hosts, cloud.Hosts...)
			}
		}
	}
	return hosts
}

// covers reports whether a host is one of the names; *.example.com covers all
// below it.
func covers(names []string, host string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		n = strings.ToLower(n)
		below, wild := strings.CutPrefix(n, "*.")
		return n == host || wild && strings.HasSuffix(host, "."+below)
	})
}
