package communication

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

//go:embed ssh_configuration.md
var sshConfigurationDoc string

// SSHConfiguration fails an image whose SSH server lets root in by password,
// takes empty passwords, or offers weak algorithms.
var SSHConfiguration = &checks.Check{
	ID:        "communication/ssh-configuration",
	Title:     "the SSH server lets nobody in too easily",
	Doc:       sshConfigurationDoc,
	Remedy:    "Allow keys only (dropbear -s, PasswordAuthentication no), no root login, and no outdated algorithm.",
	Principle: assay.Communication,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.5-5"},
	Version:   4,
	Needs:     checks.Needs(facts.SSHServers, facts.SSHPrograms, facts.Inits, facts.Accounts, inventory.Components),
	Run:       sshConfiguration,
}

func sshConfiguration(c *checks.Context) checks.Judgement {
	inits := checks.Ask(c, facts.Inits)
	programs := checks.Ask(c, facts.SSHPrograms)
	components, _ := checks.Try(c, inventory.Components) // for notes only
	locked := rootIsLocked(c)
	var found []assay.Finding
	servers, unread := 0, ""
	for _, s := range checks.Ask(c, facts.SSHServers) {
		if !s.Reachable {
			continue
		}
		servers++
		if s.Unread != "" {
			unread = notInImage(s.Service, s.Unread)
		}
		found = append(found, sshLogins(s, locked)...)
		found = append(found, sshSettings(s)...)
		if s.Service == "sshd" {
			found = append(found, sshAge(c, s.Root, components)...)
		}
		for _, p := range programs {
			if s.Service == "dropbear" && strings.HasPrefix(p.Location.Path, s.Root+"!") {
				found = append(found, sshProgram(c, p)...)
			}
		}
	}
	j := c.NoneStarted(checks.Merged(found), inits)
	switch {
	case j.Verdict != assay.Pass:
		return j
	case servers == 0:
		return c.NotApplicable("the image starts no SSH server")
	case unread != "":
		return c.Inconclusive("%s", unread).With(j.Findings...)
	}
	return j
}

// rootIsLocked reports whether no account with user id 0 has a password that
// someone could know. Without accounts nothing is known.
func rootIsLocked(c *checks.Context) bool {
	accounts, err := checks.Try(c, facts.Accounts)
	if err != nil {
		return false
	}
	roots := 0
	for _, a := range accounts {
		if a.Kind == facts.UnixAccount && a.UID == 0 {
			roots++
			if a.CanLogIn() {
				return false
			}
		}
	}
	return roots > 0
}

// sshLogins judges who may come in. What the settings say outright counts also
// where root is locked: it waits for the first password.
func sshLogins(s facts.SSHServer, locked bool) []assay.Finding {
	var found []assay.Finding
	if s.EmptyPassword == facts.Yes {
		found = append(found, checks.Observed(assay.High, s.Service+" takes empty passwords", s.EmptyAt...))
	}
	if s.RootPassword == facts.Yes {
		severity := assay.High
		if locked && s.Service == "dropbear" {
			severity = assay.Low
		}
		found = append(found, checks.Observed(severity, s.Service+" lets root log in by password", s.RootPasswordAt...))
	}
	return found
}

// sshSettings judges the algorithms of the settings.
func sshSettings(s facts.SSHServer) []assay.Finding {
	var found []assay.Finding
	if len(s.Protocol1At) > 0 {
		found = append(found, checks.Observed(assay.Medium, s.Service+" is set to speak version 1 of the protocol, which is broken", s.Protocol1At...))
	}
	var names []string
	var places []assay.Location
	for _, a := range s.Algorithms {
		if facts.IsWeakSSH(a.Name) && !slices.Contains(names, a.Name) {
			names, places = append(names, a.Name), append(places, a.Location)
		}
	}
	if names == nil {
		return found
	}
	return append(found, checks.Observed(assay.Medium, s.Service+" is set to offer weak algorithms: "+strings.Join(names, ", "), places...))
}

// sshProgram judges what dropbear was built with.
func sshProgram(c *checks.Context, p facts.SSHProgram) []assay.Finding {
	var found []assay.Finding
	if len(p.Algorithms) > 0 {
		found = append(found, checks.Observed(assay.Medium, "dropbear was built to offer weak algorithms: "+strings.Join(p.Algorithms, ", "), p.Places...))
	}
	if p.Year != 0 && c.AsOf.Year()-p.Year >= oldSSH {
		found = append(found, checks.Observed(assay.Low, fmt.Sprintf("dropbear %s is %d years old", p.Version, c.AsOf.Year()-p.Year), p.Location))
	}
	return found
}
