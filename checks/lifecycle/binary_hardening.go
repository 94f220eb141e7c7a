package lifecycle

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed binary_hardening.md
var binaryHardeningDoc string

// BinaryHardening fails an image whose programs face the network without the
// protections that every compiler has.
var BinaryHardening = &checks.Check{
	ID:        "lifecycle/binary-hardening",
	Title:     "programs that face the network are built with the usual protections",
	Doc:       binaryHardeningDoc,
	Remedy:    "Build with -fPIE -pie, -Wl,-z,relro,-z,now,-z,noexecstack, -fstack-protector-strong and -D_FORTIFY_SOURCE=2.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.Medium,
	Provision: []string{"5.6-6"},
	Version:   5,
	Needs:     checks.Needs(facts.Hardenings, facts.Inits),
	Run:       binaryHardening,
}

// lack is a protection that a program may be without.
type lack struct {
	protection facts.Protection
	words      string
	severity   assay.Severity // where the program faces the network
}

// unprotected are the protections in the order of the report, with the words
// for a program without one.
var unprotected = []lack{
	{facts.NoExecStack, "an executable stack", assay.Medium},
	{facts.PIE, "no PIE", assay.Medium},
	{facts.RELRO, "no RELRO", assay.Medium},
	{facts.StackProtector, "no stack protector", assay.Medium},
	{facts.FullRELRO, "only partial RELRO", assay.Low},
	{facts.Fortify, "no fortify", assay.Low},
}

func binaryHardening(c *checks.Context) checks.Judgement {
	facing, others := facingFirst(checks.Ask(c, facts.Hardenings))
	var found []assay.Finding
	for _, u := range unprotected {
		found = append(found, lacking(facing, u.protection, u.severity, "programs that face the network", u.words)...)
	}
	found = append(found, straying(facing, assay.Medium)...)
	for _, u := range unprotected {
		found = append(found, lacking(others, u.protection, assay.Low, "other programs and libraries", u.words)...)
	}
	found = append(found, straying(others, assay.Low)...)
	j := c.NoneStarted(found, checks.Ask(c, facts.Inits))
	if j.Verdict != assay.Pass {
		return j
	}
	if why := notAllSeen(facing, others); why != "" {
		return c.Inconclusive("%s", why).With(found...)
	}
	return j
}

// notAllSeen says why the programs that face the network may not be all protected
// although nothing of them was found.
func notAllSeen(facing, others []facts.Hardening) string {
	if i := slices.IndexFunc(facing, func(h facts.Hardening) bool { return h.Unread }); i >= 0 {
		return assay.Inside(facing[i].Program.Location.Path) + " faces the network, and its file cannot be read as a program"
	}
	if len(facing) == 0 {
		return "no program was seen that faces the network"
	}
	for _, h := range others {
		name := assay.Inside(h.Program.Location.Path)
		switch {
		case !h.May:
		case h.Unread:
			return name + " may face the network, and its file cannot be read as a program"
		case slices.ContainsFunc(unprotected, func(u lack) bool { return u.severity >= assay.Medium && slices.Contains(h.Lacks, u.protection) }):
			return name + " may face the network, and lacks protections"
		}
	}
	return ""
}

func facingFirst(all []facts.Hardening) (facing, others []facts.Hardening) {
	for _, h := range all {
		if len(h.Faces) > 0 {
			facing = append(facing, h)
		} else {
			others = append(others, h)
		}
	}
	return facing, others
}

// lacking makes one finding of all programs without a protection: their share,
// and the list.
func lacking(all []facts.Hardening, p facts.Protection, severity assay.Severity, who, words string) []assay.Finding {
	var places []assay.Location
	asked := 0
	for _, h := range all {
		switch {
		case slices.Contains(h.Lacks, p):
			places = append(places, h.Program.Location)
			asked++
		case slices.Contains(h.Has, p):
			asked++
		}
	}
	if len(places) == 0 {
		return nil
	}
	return []assay.Finding{checks.Observed(severity, fmt.Sprintf("%d of %d %s have %s", len(places), asked, who, words), places...)}
}

// straying lists programs that look for libraries where others may put them.
func straying(all []facts.Hardening, severity assay.Severity) []assay.Finding {
	var found []assay.Finding
	for _, h := range all {
		for _, dir := range h.Strays {
			found = append(found, checks.Observed(checks.Graded(severity, h.Program.Location), h.Program.Base()+" looks for libraries in "+fmt.Sprintf("%q", dir)+" (RUNPATH)", h.Program.Location))
		}
	}
	return checks.Merged(found)
}
