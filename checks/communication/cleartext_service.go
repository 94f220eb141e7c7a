package communication

import (
	_ "embed"
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed cleartext_service.md
var cleartextServiceDoc string

// CleartextService fails an image that starts a service which sends everything
// in clear, or lets anyone in, and a declaration that says so.
var CleartextService = &checks.Check{
	ID:        "communication/cleartext-service",
	Title:     "no service is started that talks in clear",
	Doc:       cleartextServiceDoc,
	Remedy:    "Remove the service, or put one with encryption and a login in its place.",
	Principle: assay.Communication,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Critical,
	Provision: []string{"5.5-1", "5.6-1"},
	Version:   11,
	Needs:     checks.Needs(facts.Services, facts.Inits),
	Run:       cleartextService,
}

func cleartextService(c *checks.Context) checks.Judgement {
	services := checks.Ask(c, facts.Services)
	var found []assay.Finding
	for _, s := range services {
		if !s.Reachable() {
			continue
		}
		if severity, what := inClear(s); what != "" {
			found = append(found, checks.Observed(ifCertain(severity, s), s.Name+" "+what, s.Places...))
		}
	}
	inits := checks.Ask(c, facts.Inits)
	j := c.NoneStarted(append(checks.Merged(found), checks.OddScripts(inits)...), inits)
	judged := func(s facts.Service) bool { return s.Kind != facts.KindWeb && s.Kind != facts.KindSSH }
	if unread := unreadSettings(services, judged); j.Verdict == assay.Pass && unread != "" {
		j = c.Inconclusive("%s", unread).With(j.Findings...)
	}
	if open := unspoken(c.Product, services); j.Verdict == assay.Pass && len(open) > 0 {
		j = c.Inconclusive("%s, and what it speaks is not known", unspokenReason(open)).With(j.Findings...)
	}
	return j.WithDeclared(declaredClear(c.Product)...)
}

// inClear says what is wrong with a service by its kind; empty if nothing is.
func inClear(s facts.Service) (severity assay.Severity, what string) {
	if s.Shell && (s.Kind == facts.KindOther || s.Kind == facts.KindPipe || s.Kind == facts.KindWeb) {
		return assay.Critical, "is started and gives a shell to everyone" + onPort(s)
	}
	if s.Name == "coapd" && s.TLS() == facts.No {
		return assay.High, "is started: CoAP without DTLS" + onPort(s)
	}
	switch s.Kind {
	case facts.KindPipe:
		if s.TLS() == facts.No {
			return assay.High, "is started and waits for everyone without encryption" + onPort(s)
		}
	case facts.KindTelnet:
		if s.Shell {
			return assay.Critical, "is started and gives a shell to everyone" + onPort(s)
		}
		return assay.Critical, "is started: telnet sends passwords in clear" + onPort(s)
	case facts.KindRemote:
		return assay.Critical, "is started: it sends passwords in clear" + onPort(s)
	case facts.KindADB:
		return debugBridge(s)
	case facts.KindFTP:
		if s.TLS() == facts.Yes {
			return 0, ""
		}
		if s.Anonymous == facts.Yes {
			return assay.High, "is started: FTP without encryption, open to everyone" + onPort(s)
		}
		return assay.High, "is started: FTP sends passwords in clear" + onPort(s)
	case facts.KindTFTP:
		return assay.High, "is started: TFTP has neither login nor encryption (tftp)" + onPort(s)
	case facts.KindSNMP:
		if s.TLS() == facts.No {
			return assay.High, "is started and answers to communities (SNMP v1 and v2c)" + onPort(s)
		}
	case facts.KindMQTT, facts.KindStore:
		return broker(s)
	case facts.KindShare:
		if s.Anonymous != facts.Yes {
			return assay.High, "is started: it is not encrypted" + onPort(s)
		}
		return assay.High, "is started and lets everyone at its files" + onPort(s)
	case facts.KindRTSP, facts.KindVNC:
		if s.TLS() != facts.Yes && s.Unread == "" {
			return assay.High, "is started: " + s.Kind + " is not encrypted" + onPort(s)
		}
	}
	return 0, ""
}

// debugBridge judges Android's debug bridge: over the network, or open.
func debugBridge(s facts.Service) (assay.Severity, string) {
	switch network := len(s.Listens) > 0; {
	case network && s.Anonymous != facts.No:
		return assay.Critical, "is started and gives a shell to everyone" + onPort(s)
	case network:
		return assay.High, "is started: the debug bridge waits on the network" + onPort(s)
	case s.Anonymous == facts.Yes:
		return assay.Medium, "is started without authentication (USB)"
	}
	return 0, ""
}

// broker judges each listener of an MQTT broker or a data base by itself.
func broker(s facts.Service) (assay.Severity, string) {
	for _, l := range s.Listens {
		switch {
		case l.Loopback():
		case l.TLS == facts.No && l.Anonymous == facts.Yes:
			return assay.High, fmt.Sprintf("listens on port %d without TLS and lets everyone in", l.Port)
		case l.TLS == facts.No:
			return assay.High, fmt.Sprintf("listens on port %d without TLS", l.Port)
		case l.Anonymous == facts.Yes:
			return assay.High, fmt.Sprintf("listens on port %d and lets everyone in", l.Port)
		}
	}
	return 0, ""
}

func onPort(s facts.Service) string {
	for _, l := range s.Listens {
		if !l.Loopback() && l.Port != 0 {
			return fmt.Sprintf(" (port %d)", l.Port)
		}
	}
	return ""
}

// ifCertain lowers the severity by one where a condition on the way to the
// service could not be decided.
func ifCertain(severity assay.Severity, s facts.Service) assay.Severity {
	if s.Certain || severity <= assay.Medium {
		return severity
	}
	return severity - 1
}
