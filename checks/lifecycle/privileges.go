package lifecycle

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed privileges.md
var privilegesDoc string

// Privileges fails an image in which a program gives more rights than usual.
var Privileges = &checks.Check{
	ID:        "lifecycle/privileges",
	Title:     "no unusual program or device node gives the rights of root",
	Doc:       privilegesDoc,
	Remedy:    "Take the setuid bit off (chmod u-s), give a service an account of its own, and keep device nodes in dev.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.Medium,
	Provision: []string{"5.6-7"},
	Version:   3,
	Needs:     checks.Needs(facts.Privileges, facts.FreeRoots, facts.Roots, facts.Services),
	Run:       privileges,
}

func privileges(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	for _, p := range checks.Ask(c, facts.Privileges) {
		if severity, message := privilege(p); message != "" {
			found = append(found, checks.Observed(checks.Graded(severity, p.Location), message, p.Location))
		}
	}
	for _, r := range checks.Ask(c, facts.FreeRoots) {
		found = append(found, checks.Observed(checks.Graded(assay.Medium, r.Location), r.Who+" does everything as root without a password ("+r.By+")", r.Location))
	}
	found = append(found, asRoot(checks.Ask(c, facts.Services))...)
	return withModes(c, checks.Merged(found))
}

// usualSetuid are programs that need the rights of root to do their work and
// are written for that; the names are those of the large distributions.
var usualSetuid = strings.Fields(`
	su sudo sudoedit doas ping ping4 ping6 mount umount fusermount fusermount3 passwd chsh chfn gpasswd newgrp sg login chage expiry
	crontab at pkexec polkit-agent-helper-1 dbus-daemon-launch-helper unix_chkpwd unix2_chkpwd pam_timestamp_check pam_extrausers_chkpwd ssh-keysign
	ssh-agent traceroute traceroute6 arping clockdiff mtr-packet bwrap newuidmap newgidmap wall write bsd-write mount.nfs mount.cifs
	mount.fuse ntfs-3g mount.ntfs-3g pppd exim4 sendmail postdrop postqueue vlock Xorg.wrap Xorg chrome-sandbox utempter
	pt_chown staprun userhelper usernetctl dotlockfile dma procmail screen tmux locate mlocate plocate start-suid`)

// mightyCapabilities are as good as being root.
var mightyCapabilities = []string{"sys_admin", "sys_ptrace", "sys_module", "sys_rawio", "dac_override", "dac_read_search", "setuid", "setgid", "setfcap", "chown", "fowner", "bpf"}

// privilege says what is unusual about a file; the message is empty if nothing is.
func privilege(p facts.Privilege) (assay.Severity, string) {
	base, _, _ := strings.Cut(path.Base(p.Name), ".distrib")
	usual := slices.Contains(usualSetuid, base) || strings.HasPrefix(base, "busybox")
	switch {
	case p.Device != "" && p.Harmless:
		return assay.Info, p.Device + " device node " + p.Name + " lies outside dev"
	case p.Device != "":
		return assay.Medium, p.Device + " device node " + p.Name + " lies outside dev"
	case usual:
		return 0, ""
	case p.Setuid && p.Owner == 0:
		return assay.Medium, p.Name + " runs as root for everyone (setuid)"
	case p.Setuid:
		return assay.Low, p.Name + fmt.Sprintf(" runs as user id %d for everyone (setuid)", p.Owner)
	case p.Setgid:
		return assay.Low, p.Name + " runs with the rights of its group for everyone (setgid)"
	}
	var mighty []string
	for _, name := range p.Capabilities {
		if slices.Contains(mightyCapabilities, name) {
			mighty = append(mighty, name)
		}
	}
	if len(mighty) == 0 {
		return 0, ""
	}
	return assay.Medium, p.Name + " has capabilities that are as good as root: " + strings.Join(mighty, ", ")
}

// asRoot notes services that others reach and that run as root, but for those
// that must, because they change to the user who logs in.
func asRoot(services []facts.Service) []assay.Finding {
	var names []string
	var places []assay.Location
	for _, s := range services {
		if !s.Reachable() || s.User != "" && s.User != "root" && s.User != "0" || s.Kind == facts.KindSSH || s.Kind == facts.KindTelnet || s.Kind == "" {
			continue
		}
		names, places = append(names, s.Name), append(places, s.Places...)
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []assay.Finding{checks.Observed(assay.Low, "services that others can reach run as root: "+strings.Join(slices.Compact(names), ", "), places...)}
}
