package lifecycle

import (
	_ "embed"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/repository"
)

//go:embed repository.md
var repositoryDoc string

// Repository fails a source repository that anyone with a password can change
// without anybody noticing.
var Repository = &checks.Check{
	ID:        "lifecycle/repository",
	Title:     "the source repository is looked after",
	Doc:       repositoryDoc,
	Remedy:    "Protect the default branch, demand a review of each change, and switch on dependency updates and scanning.",
	Principle: assay.Lifecycle,
	Reads:     checks.Declared + checks.Repository,
	Severity:  assay.Medium,
	Provision: []string{"5.6-9"},
	Version:   2,
	Needs:     checks.Needs(repository.CareFact),
	Run:       sourceRepository,
}

func sourceRepository(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	found, places, unknown := provenances(c, p)
	fails := checks.Fails(found)
	if p.Repository == "" {
		switch {
		case fails:
			return c.Fail(assay.Documented, found...)
		case len(unknown) > 0:
			return c.Inconclusive("not known: %s", strings.Join(unknown, ", "))
		}
		return c.NotApplicable("no source repository is declared")
	}
	r, err := checks.Try(c, repository.CareFact)
	if err != nil {
		if fails {
			return c.Fail(assay.Documented, found...)
		}
		return c.Inconclusive("%v", err)
	}
	for _, q := range []struct {
		answer   repository.Answer
		what     string
		severity assay.Severity
	}{
		{r.Protected, "protection of the default branch", assay.Medium},
		{r.Reviewed, "review of changes", assay.Medium},
		{r.Updated, "updates of dependencies", assay.Low},
		{r.CodeScanned, "code scanning", assay.Low},
		{r.SecretsScanned, "secret scanning", assay.Low},
		{r.SignedReleases, "signed releases", assay.Low},
		{r.Attested, "attestation of the image that was tested", assay.Low},
	} {
		switch q.answer.State {
		case repository.Yes:
			places = append(places, q.answer.Location)
		case repository.No:
			fails = fails || q.severity.Fails()
			found = append(found, assay.Finding{Severity: q.severity, Message: r.Name + " has no " + q.what, Evidence: []assay.Evidence{{Kind: assay.KindAbsent, Location: q.answer.Location}}})
		default:
			unknown = append(unknown, q.what)
		}
	}
	switch {
	case fails:
		return c.Fail(assay.Observed, found...)
	case len(unknown) > 0:
		return c.Inconclusive("%s: not known: %s", r.Name, strings.Join(unknown, ", ")).With(found...)
	}
	return c.Pass(assay.Observed, places...).With(found...)
}
