package storage

import (
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed device_identity.md
var deviceIdentityDoc string

// DeviceIdentity fails an image that carries the key by which a device proves
// that it is itself: all devices prove to be the same one.
var DeviceIdentity = &checks.Check{
	ID:        "storage/device-identity",
	Title:     "each device has an identity of its own",
	Doc:       deviceIdentityDoc,
	Remedy:    "Make host keys and certificates on each device at first start, and leave them out of the image.",
	Principle: assay.Storage,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.4-4"},
	Version:   6,
	Needs:     checks.Needs(facts.Keys, facts.Certificates, facts.Services, facts.Identity, facts.PlacedKeys, facts.Inits),
	Run:       deviceIdentity,
}

func deviceIdentity(c *checks.Context) checks.Judgement {
	certificates := checks.Ask(c, facts.Certificates)
	var found []assay.Finding
	for _, same := range facts.PrivateKeys(checks.Ask(c, facts.Keys)) {
		k := gravest(same)
		if k.Probe() {
			continue
		}
		places := facts.KeyPlaces(same)
		role := roleOf(same, certificates)
		if at, ok := placedAt(c, same); role == "" && ok {
			role, places = "SSH host", append(places, at)
		}
		if role != "" {
			found = append(found, checks.Observed(severityOf(k, assay.High),
				"the "+role+" key in "+assay.Inside(k.Location.Path)+" is the same on every device", places...))
		}
	}
	if slices.ContainsFunc(found, func(f assay.Finding) bool { return f.Severity.Fails() }) {
		return c.Fail(assay.Observed, found...)
	}
	return made(c).With(found...)
}

// placedAt finds the command of the boot path that puts a key where an SSH server
// looks for its own.
func placedAt(c *checks.Context, same []facts.Key) (assay.Location, bool) {
	for _, p := range checks.Ask(c, facts.PlacedKeys) {
		if slices.ContainsFunc(same, func(k facts.Key) bool { return k.Location.Path == p.From }) {
			return p.Location, true
		}
	}
	return assay.Location{}, false
}

// roleOf says what a key proves: "SSH host", "WireGuard" or "TLS"; empty for other
// keys.
func roleOf(same []facts.Key, certificates []facts.Certificate) string {
	for _, k := range same {
		base := path.Base(assay.Inside(k.Location.Path))
		if k.Format == "dropbear" || strings.HasPrefix(base, "ssh_host_") {
			return "SSH host"
		}
		if k.Format == "WireGuard" {
			return "WireGuard"
		}
		fits := func(cert facts.Certificate) bool { return cert.Public == k.Public }
		if k.Public != "" && slices.ContainsFunc(certificates, fits) || slices.Contains(tlsFormats, k.Format) && tlsName(assay.Inside(k.Location.Path)) {
			return "TLS"
		}
	}
	return ""
}

// tlsFormats are those in which servers keep their keys.
var tlsFormats = []string{"PEM", "DER", "PKCS#12", "Java key store"}

// tlsWords are words in the paths at which servers keep their keys.
var tlsWords = []string{"ssl", "tls", "https", "server", "uhttpd", "httpd", "lighttpd", "nginx", "stunnel", "goahead", "boa", "mosquitto"}

// tlsName reports whether a path speaks of the key of a TLS server.
func tlsName(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/._-", r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(tlsWords, w) })
}

// made judges an image without such keys: it passes if, for each service that
// proves itself with a key, the boot path makes one.
func made(c *checks.Context) checks.Judgement {
	if gap := c.Gap(); gap != "" {
		return c.Inconclusive("no key was found, but %s", gap)
	}
	inits := checks.Ask(c, facts.Inits)
	needs := needed(checks.Ask(c, facts.Services))
	if len(needs) == 0 {
		return nothingNeeded(c, inits)
	}
	var examined []assay.Location
	for _, n := range needs {
		i := slices.IndexFunc(checks.Ask(c, facts.Identity), func(g facts.Generator) bool { return g.For == n.what })
		if i < 0 {
			return c.Inconclusive("nothing that was followed at boot makes the %s key of %s", strings.ToUpper(n.what), n.service)
		}
		examined = append(examined, checks.Ask(c, facts.Identity)[i].Location)
	}
	return c.Pass(assay.Observed, examined...)
}

// nothingNeeded judges an image in which no service was found to need a key.
func nothingNeeded(c *checks.Context, inits []facts.Init) checks.Judgement {
	for _, i := range inits {
		if i.Problem != "" {
			return c.Inconclusive("no key was found, but the start of %s was not followed whole: %s", i.Root, i.Problem)
		}
	}
	if len(inits) == 0 {
		return c.Inconclusive("no key was found, and no init system that says what is started")
	}
	return c.NotApplicable("no service that the image starts proves itself with a key")
}

type need struct{ what, service string }

// needed lists the started services that prove themselves with a key.
func needed(services []facts.Service) []need {
	var needs []need
	for _, s := range services {
		switch {
		case !s.Reachable():
		case s.Name == "dropbear" || s.Name == "sshd":
			needs = append(needs, need{"ssh", s.Name})
		case slices.ContainsFunc(s.Listens, func(l facts.Listen) bool { return l.TLS == facts.Yes && !l.Loopback() }):
			needs = append(needs, need{"tls", s.Name})
		}
	}
	return needs
}
