package trust

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/assay-iot/assay/labels"
)

// The rules of a policy, the same for one that is written (trust.hcl) and for one
// that travels in a signed list: that may come from another tool, or an older one.

const (
	secondsOfDay = 24 * 60 * 60
	maxStatusAge = 366 // days
)

// displayWrong says why a name is none that people can know an issuer by; empty if
// it is one.
func displayWrong(s string) string {
	if n := utf8.RuneCountInString(s); n == 0 || n > labels.MaxName {
		return fmt.Sprintf("a name has 1 to %d characters, this has %d", labels.MaxName, n)
	}
	if err := labels.CheckText(s); err != nil {
		return err.Error()
	}
	return ""
}

func isIssuerID(s string) bool { return idForm().MatchString(s) && s != SelfAssessed }

func isLevel(n int) bool { return n >= 0 && n <= 99 }

func isThreshold(n int) bool { return n >= 0 && n <= MaxThreshold }

// isAge reports whether s is an age of a status list in seconds: whole days, or zero
// for any age.
func isAge(s int64) bool { return s >= 0 && s%secondsOfDay == 0 && s/secondsOfDay <= maxStatusAge }

// isPlaceOfLists reports whether s is the address of a folder: what begins with it lies in
// it, and on no other host.
func isPlaceOfLists(s string) bool {
	return labels.IsPlainAddress(s) && strings.HasSuffix(s, "/")
}

// The parts of a keyless block.
const (
	runIssuer = iota
	runWorkflow
	runRef
	runRepository
	runOwner
	runTrigger
)

// runMistake is a mistake in a part of a keyless block, and what to do.
type runMistake struct {
	part       int
	what, todo string
}

// wild are the characters of patterns and regular expressions.
const wild = `*?+[]()|^$\{} `

// mistakes lists what is wrong with a workflow: each part must be exact, without patterns
// but v* for a tag.
func (r Run) mistakes() (list []runMistake) {
	const exact = "Write the value as it stands in the certificate: there are no patterns and no regular expressions."
	no := func(part int, todo, format string, args ...any) {
		list = append(list, runMistake{part, fmt.Sprintf(format, args...), todo})
	}
	if strings.ContainsAny(r.Issuer, wild) || !strings.HasPrefix(r.Issuer, "https://") {
		no(runIssuer, exact, "%q is not the address of an issuer of identity tokens", r.Issuer)
	}
	parts := strings.Split(r.Workflow, "/")
	if strings.ContainsAny(r.Workflow, wild+"@:") || len(parts) != 5 || parts[2] != ".github" || parts[3] != "workflows" || slices.Contains(parts, "") {
		no(runWorkflow, "Write it as owner/repository/.github/workflows/label.yml, exactly.", "%q is not the path of a workflow", r.Workflow)
	}
	tag, isTag := strings.CutPrefix(r.Ref, "refs/tags/")
	switch {
	case !isTag:
		no(runRef, `Write "refs/tags/v1.2.0", or "refs/tags/v*" for every version. A branch moves: whoever can push to it could issue.`, "%q is not a tag", r.Ref)
	case tag != "v*" && (tag == "" || strings.ContainsAny(tag, wild)):
		no(runRef, `Write the tag exactly, or "refs/tags/v*".`, "%q is neither one tag nor v*", r.Ref)
	}
	for n, id := range []string{r.RepositoryID, r.OwnerID} {
		if len(id) > 19 || id == "" || strings.Trim(id, "0123456789") != "" || id[0] == '0' {
			no(runRepository+n, "gh api repos/OWNER/NAME shows it as id and owner.id.", "%.40q is no number of a repository or owner", id)
		}
	}
	if r.Trigger == "" || strings.ContainsAny(r.Trigger, wild) {
		no(runTrigger, exact, "%q is not the name of an event", r.Trigger)
	}
	if r.Trigger == "pull_request_target" || r.Trigger == "pull_request" {
		no(runTrigger, `Write "push" or "release".`, "a workflow that %s starts runs for code that nobody has accepted", r.Trigger)
	}
	return list
}

// lacks says what an issuer demands, or needs, and the policy does not have: a
// timestamp of somebody who is trusted, a log whose key is known. The part is that
// of a block: "timestamp", "log" or "keyless"; empty if nothing lacks.
func (p *Policy) lacks(i *Issuer, assessor bool) (part, what string) {
	switch {
	case i.Require.Timestamp > 0 && p.Root == "" && len(p.Stampers) == 0:
		return "timestamp", "timestamps are required, and no authority is named"
	case i.Require.Log > 0 && p.Root == "" && (assessor || len(p.Logs) == 0):
		return "log", "log proofs are required, and no log is named"
	case i.Require.Log > len(p.Logs) && p.Root == "":
		return "log", fmt.Sprintf("%d log proofs are required, and %d logs are named", i.Require.Log, len(p.Logs))
	case len(i.Keyless) > 0 && p.Root == "":
		return "keyless", "a workflow may sign, and no authority for its certificates is named"
	}
	return "", ""
}

// unknownAssessor gives an assessor that an issuer names and the policy does not
// have; empty if there is none.
func (p *Policy) unknownAssessor(i *Issuer) string {
	for _, id := range i.Assessors {
		if id != SelfAssessed && !slices.ContainsFunc(p.Assessors, func(a Issuer) bool { return a.ID == id }) {
			return id
		}
	}
	return ""
}

// obeys holds a policy that travels to the rules of one that is written.
func (p *Policy) obeys() error {
	if len(p.Issuers) == 0 {
		return errors.New("it names no issuer, so no label would count")
	}
	if p.Root != "" && !json.Valid([]byte(p.Root)) {
		return errors.New("its Sigstore trusted root is not JSON")
	}
	for _, s := range p.Stampers {
		if why := s.certificatesWrong(); why != "" {
			return fmt.Errorf("timestamp authority %q: %s", s.Name, why)
		}
		if !s.NotBefore.Before(s.NotAfter) {
			return fmt.Errorf("timestamp authority %q: its time ends before it begins", s.Name)
		}
	}
	for n, list := range [][]Issuer{p.Issuers, p.Assessors} {
		for k := range list {
			i := &list[k]
			if err := i.obeys(); err != nil {
				return fmt.Errorf("issuer %q: %w", i.ID, err)
			}
			if _, what := p.lacks(i, n == 1); what != "" {
				return fmt.Errorf("issuer %q: %s", i.ID, what)
			}
			if id := p.unknownAssessor(i); id != "" && n == 0 {
				return fmt.Errorf("issuer %q: there is no assessor %q", i.ID, id)
			}
		}
	}
	return nil
}

func (i *Issuer) obeys() error {
	why := displayWrong(i.Display)
	switch {
	case !isIssuerID(i.ID):
		return errors.New("this is no id of an issuer")
	case why != "":
		return errors.New(why)
	case i.Display != strings.Join(strings.Fields(i.Display), " ") || cty.NormalizeString(i.Display) != i.Display:
		return fmt.Errorf("the name %q is not in its one form: single spaces, and letters with their accents as one character", i.Display)
	case i.Address != "" && !labels.IsPlainAddress(i.Address):
		return fmt.Errorf("%q is not a plain https address", i.Address)
	case len(i.Lists) > MaxKeys || slices.ContainsFunc(i.Lists, func(s string) bool { return !isPlaceOfLists(s) }):
		return fmt.Errorf("its status lists lie at %.200q: want at most %d plain https addresses of folders", i.Lists, MaxKeys)
	case !isLevel(i.MaxLevel):
		return fmt.Errorf("%d is no level", i.MaxLevel)
	case len(i.Keys)+len(i.Keyless) == 0 || len(i.Keys)+len(i.Keyless) > MaxKeys:
		return fmt.Errorf("%d keys and workflows: want 1 to %d", len(i.Keys)+len(i.Keyless), MaxKeys)
	case repeats(i.Keys):
		return errors.New("a key or a name of a key is there twice")
	case !isThreshold(i.Require.Timestamp) || !isThreshold(i.Require.Log):
		return fmt.Errorf("it requires %d timestamps and %d log proofs: want 0 to %d", i.Require.Timestamp, i.Require.Log, MaxThreshold)
	case !isAge(i.Require.StatusMaxAge):
		return fmt.Errorf("%d seconds are no age of a status list: whole days, up to %d", i.Require.StatusMaxAge, maxStatusAge)
	}
	for _, run := range i.Keyless {
		if m := run.mistakes(); len(m) > 0 {
			return errors.New(m[0].what)
		}
	}
	for _, s := range i.Schemes {
		if err := labels.CheckSchemeID(s); err != nil {
			return err
		}
	}
	if err := entries("scheme", i.Schemes, func(s string) bool { return idForm().MatchString(s) }); err != nil {
		return err
	}
	return entries("GTIN prefix", i.Prefixes, prefix)
}

// entries demands at least one entry, each of the right form and once.
func entries(what string, list []string, right func(string) bool) error {
	if len(list) == 0 || len(list) > MaxEntries {
		return fmt.Errorf("%d entries where a %s is wanted: want 1 to %d", len(list), what, MaxEntries)
	}
	seen := map[string]bool{}
	for _, e := range list {
		switch {
		case !right(e):
			return fmt.Errorf("%.60q is no %s", e, what)
		case seen[e]:
			return fmt.Errorf("the %s %q stands there twice", what, e)
		}
		seen[e] = true
	}
	return nil
}

// certificatesWrong says why the certificates of a timestamp authority are none;
// empty if they are.
func (s *Stamper) certificatesWrong() string {
	n := 0
	for rest := s.Certificates; ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return fmt.Sprintf("certificate %d cannot be read", n+1)
		}
	}
	if n == 0 {
		return "no certificate"
	}
	return ""
}
