package support

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed expiry.md
var expiryDoc string

// Expiry fails an image whose certificates end before the promised support does.
var Expiry = &checks.Check{
	ID:        "support/expiry",
	Title:     "certificates and keys last as long as the promised support",
	Doc:       expiryDoc,
	Remedy:    "Issue certificates that outlast the support period, or renew them in an update long before they end.",
	Principle: assay.Support,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Medium,
	Provision: []string{"5.3-13"},
	Version:   3,
	Needs:     checks.Needs(facts.Certificates),
	Run:       expiry,
}

func expiry(c *checks.Context) checks.Judgement {
	own, others := ownCertificates(checks.Ask(c, facts.Certificates))
	until, promised := promise(c.Product)
	found := keysEnding(c.Product, until)
	var examined []assay.Location
	broken := ""
	for _, same := range own {
		examined = append(examined, same[0].Location)
		if same[0].Err != "" {
			broken = assay.Inside(same[0].Location.Path)
		} else if f, ok := ending(c, same, until); ok {
			found = append(found, f)
		}
	}
	notes := othersEnding(c, others, until)
	j := c.None(found, examined...).With(notes...)
	switch {
	case j.Verdict == assay.Fail:
		return j
	case len(own) == 0 && c.Gap() == "":
		return c.NotApplicable("the image holds no certificate but root certificates of others and examples").With(notes...)
	case len(own) == 0:
		return c.Inconclusive("no certificate was found, but %s", c.Gap()).With(notes...)
	case !promised:
		return c.Inconclusive("no certificate has ended, but no end of support is declared to compare with").With(j.Findings...)
	case broken != "":
		return c.Inconclusive("the certificate in %s could not be parsed", broken).With(j.Findings...)
	}
	return j
}

// promise is the declared end of support.
func promise(p *product.Product) (time.Time, bool) {
	if p == nil || p.Support == nil || p.Support.Until == "" {
		return time.Time{}, false
	}
	return p.Support.Until.Time(), true
}

// ownCertificates groups the certificates by content, and keeps root
// certificates of others, documentation, tests and examples apart.
func ownCertificates(all []facts.Certificate) (own [][]facts.Certificate, others []facts.Certificate) {
	group := map[assay.Digest]int{}
	for _, cert := range all {
		if cert.Class() != facts.Product {
			others = append(others, cert)
			continue
		}
		i, ok := group[cert.Digest]
		if !ok {
			i = len(own)
			group[cert.Digest] = i
			own = append(own, nil)
		}
		own[i] = append(own[i], cert)
	}
	return own, others
}

// ending makes the finding of a certificate that has ended, or ends too early.
func ending(c *checks.Context, same []facts.Certificate, until time.Time) (assay.Finding, bool) {
	var places []assay.Location
	for _, cert := range same {
		places = append(places, cert.Location)
	}
	cert := same[0]
	name := fmt.Sprintf("the certificate of %s in %s", cert.Subject, assay.Inside(cert.Location.Path))
	day := cert.NotAfter.Format(time.DateOnly)
	switch {
	case cert.NotAfter.Before(c.AsOf):
		return checks.Observed(assay.Medium, name+" ended on "+day, places...), true
	case cert.NotAfter.Before(until):
		message := fmt.Sprintf("%s ends on %s, before the support on %s", name, day, c.Product.Support.Until)
		return checks.Contradiction(assay.Medium, message, c.Product.Support.UntilRange, places...), true
	}
	return assay.Finding{}, false
}

// othersEnding notes, in one finding, how many certificates of others end.
func othersEnding(c *checks.Context, others []facts.Certificate, until time.Time) []assay.Finding {
	last := until
	if last.Before(c.AsOf) {
		last = c.AsOf
	}
	var places []assay.Location
	for _, cert := range others {
		if cert.Err == "" && cert.NotAfter.Before(last) {
			places = append(places, cert.Location)
		}
	}
	if len(places) == 0 {
		return nil
	}
	message := fmt.Sprintf("certificates of others or examples end by %s: %d", last.Format(time.DateOnly), len(places))
	return []assay.Finding{checks.Observed(assay.Low, message, places[:min(len(places), 20)]...)}
}

// keysEnding lists the declared keys that end before the support.
func keysEnding(p *product.Product, until time.Time) []assay.Finding {
	var found []assay.Finding
	if p == nil {
		return nil
	}
	for _, k := range p.Keys {
		if k.NotAfter != "" && k.NotAfter.Time().Before(until) {
			message := fmt.Sprintf("key %s ends on %s, before the support on %s", k.ID, k.NotAfter, p.Support.Until)
			found = append(found, checks.Misdeclared(assay.Medium, message, k.Range))
		}
	}
	return found
}
