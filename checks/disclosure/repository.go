package disclosure

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/repository"
)

//go:embed repository.md
var repositoryDoc string

// Repository fails a source repository that gives a finder of a vulnerability
// no way to report it.
var Repository = &checks.Check{
	ID:        "disclosure/repository",
	Title:     "the source repository says how to report a vulnerability",
	Doc:       repositoryDoc,
	Remedy:    "Put a SECURITY.md into the repository and switch on private vulnerability reporting.",
	Principle: assay.Disclosure,
	Reads:     checks.Declared + checks.Repository,
	Severity:  assay.Medium,
	Provision: []string{"5.2-1"},
	Version:   1,
	Needs:     checks.Needs(repository.Fact),
	Run:       sourceRepository,
}

func sourceRepository(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	if p.Repository == "" {
		return c.NotApplicable("no source repository is declared")
	}
	r := checks.Ask(c, repository.Fact)
	switch {
	case r.Policy.State == repository.No && r.Reports.State == repository.Yes:
		return c.Pass(assay.Observed, r.Reports.Location).With(absent(assay.Low, r.Name+" has no security policy", r.Policy))
	case r.Policy.State == repository.No && r.Reports.State == repository.No:
		return c.Fail(assay.Observed, absent(assay.Medium, r.Name+" has no security policy and takes no private reports", r.Policy, r.Reports))
	case r.Policy.State == repository.No:
		return c.Inconclusive("%s has no security policy, and whether it takes private reports is not known: %s", r.Name, r.Reports.Reason)
	case r.Policy.State != repository.Yes && r.Reports.State != repository.Yes:
		return c.Inconclusive("%s: whether it has a security policy is not known: %s", r.Name, r.Policy.Reason)
	}
	return c.Pass(assay.Observed, seen(r)...).With(notes(r)...)
}

// seen lists where answers were found.
func seen(r repository.Repository) []assay.Location {
	var places []assay.Location
	for _, a := range []repository.Answer{r.Policy, r.Reports, r.Advisories} {
		if a.State == repository.Yes {
			places = append(places, a.Location)
		}
	}
	return places
}

// notes lists what would be better, and what could not be seen.
func notes(r repository.Repository) []assay.Finding {
	var found []assay.Finding
	if r.Reports.State == repository.No {
		found = append(found, absent(assay.Info, r.Name+" takes no private reports", r.Reports))
	}
	if r.Archived {
		found = append(found, absent(assay.Low, r.Name+" is archived: nobody works on it", r.Policy))
	}
	return found
}

// absent makes a finding of what was looked for and not found.
func absent(severity assay.Severity, message string, answers ...repository.Answer) assay.Finding {
	f := assay.Finding{Severity: severity, Message: message}
	for _, a := range answers {
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindAbsent, Location: a.Location})
	}
	return f
}
