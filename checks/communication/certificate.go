package communication

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed certificate.md
var certificateDoc string

// Certificate fails an image whose certificates have ended, end soon, or are
// weak.
var Certificate = &checks.Check{
	ID:        "communication/certificate",
	Title:     "certificates are valid and strong",
	Doc:       certificateDoc,
	Remedy:    "Issue certificates that outlast the support, with a key of at least 2048 bits (RSA) or 256 (elliptic curve) and SHA-256.",
	Principle: assay.Communication,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.5-1"},
	Version:   7,
	Needs:     checks.Needs(facts.Certificates, facts.Keys),
	Run:       certificate,
}

// soon is how long before its end a certificate counts as ending.
const soon = 90 * 24 * time.Hour

func certificate(c *checks.Context) checks.Judgement {
	private := map[assay.Digest]bool{}
	for _, k := range checks.Ask(c, facts.Keys) {
		private[k.Public] = private[k.Public] || k.Private && k.Public != ""
	}
	var found []assay.Finding
	var examined []assay.Location
	broken := ""
	certs := checks.Ask(c, facts.Certificates)
	issuers := map[string]bool{}
	for _, cert := range certs {
		if !cert.SelfSigned {
			issuers[cert.Issuer] = true
		}
	}
	for _, cert := range certs {
		class := cert.Class()
		if class == facts.CABundles && !private[cert.Public] || cert.Err != "" && class != facts.Product {
			continue
		}
		examined = append(examined, cert.Location)
		if cert.Err != "" {
			broken = assay.Inside(cert.Location.Path)
			continue
		}
		for _, f := range []assay.Finding{ending(c, cert), beginning(c, cert), weakKeyOf(cert), weakSignature(cert, private[cert.Public]), authority(cert, private[cert.Public], issuers[cert.Subject])} {
			if f.Message != "" {
				if class != facts.Product && class != facts.CABundles { // there its private key is here: it is the device's own
					f.Severity = min(f.Severity, assay.Low)
				}
				found = append(found, f)
			}
		}
	}
	j := c.None(checks.Merged(found), examined...)
	switch {
	case j.Verdict == assay.Fail:
		return j
	case broken != "":
		return c.Inconclusive("the certificate in %s could not be parsed", broken).With(found...)
	case len(examined) == 0 && c.Gap() == "":
		return c.NotApplicable("the image holds no certificate but root certificates of others")
	case len(examined) == 0:
		return c.Inconclusive("no certificate was found, but %s", c.Gap())
	}
	return j
}

func certificateName(cert facts.Certificate) string {
	return fmt.Sprintf("the certificate of %s in %s", cert.Subject, assay.Inside(cert.Location.Path))
}

// ending finds a certificate that has ended or ends soon; the end of support is
// a limit too, for those that only an update can replace.
func ending(c *checks.Context, cert facts.Certificate) assay.Finding {
	name, day := certificateName(cert), cert.NotAfter.Format(time.DateOnly)
	severity := assay.High
	if cert.CA {
		severity = assay.Medium // whoever checks against it may look at its key only
	}
	switch {
	case cert.NotAfter.Before(c.AsOf):
		return checks.Observed(severity, name+" ended on "+day, cert.Location)
	case cert.NotAfter.Before(c.AsOf.Add(soon)):
		return checks.Observed(assay.Medium, name+" ends on "+day, cert.Location)
	case c.Product != nil && c.Product.Support != nil && c.Product.Support.Until != "" && cert.NotAfter.Before(c.Product.Support.Until.Time()):
		message := fmt.Sprintf("%s ends on %s, before the support on %s", name, day, c.Product.Support.Until)
		return checks.Contradiction(assay.Medium, message, c.Product.Support.UntilRange, cert.Location)
	}
	return assay.Finding{}
}

// beginning finds a certificate that is not valid yet: a device whose clock is right
// does not accept it before that day.
func beginning(c *checks.Context, cert facts.Certificate) assay.Finding {
	if !cert.NotBefore.After(c.AsOf.AddDate(0, 0, 1)) {
		return assay.Finding{}
	}
	return checks.Observed(assay.Low, certificateName(cert)+" is not valid before "+cert.NotBefore.Format(time.DateOnly), cert.Location)
}

// weakKeyOf finds keys below what NIST SP 800-57 allows since 2014: 112 bits of
// strength.
func weakKeyOf(cert facts.Certificate) assay.Finding {
	least := map[string]int{"RSA": 2048, "DSA": 2048, "EC": 224}[cert.Algorithm]
	if cert.Bits == 0 || cert.Bits >= least {
		return assay.Finding{}
	}
	return checks.Observed(assay.High, fmt.Sprintf("%s has a weak key: %s with %d bits", certificateName(cert), cert.Algorithm, cert.Bits), cert.Location)
}

// weakSignature finds MD5 and SHA-1 where the signature counts: on a root, whose own
// signature nobody looks at, it does not. The device's own certificate is no root, even
// if it signs itself: clients refuse MD5 there, and take note of SHA-1.
func weakSignature(cert facts.Certificate, private bool) assay.Finding {
	switch s := strings.ToUpper(cert.Signature); {
	case cert.SelfSigned && !private:
	case cert.SelfSigned && (strings.Contains(s, "MD5") || strings.Contains(s, "MD2")):
		return checks.Observed(assay.Medium, certificateName(cert)+" is signed with "+cert.Signature+", by itself", cert.Location)
	case cert.SelfSigned && strings.Contains(s, "SHA1"):
		return checks.Observed(assay.Low, certificateName(cert)+" is signed with "+cert.Signature+", by itself", cert.Location)
	case cert.SelfSigned:
	case strings.Contains(s, "MD5") || strings.Contains(s, "MD2"):
		return checks.Observed(assay.High, certificateName(cert)+" is signed with "+cert.Signature, cert.Location)
	case strings.Contains(s, "SHA1"):
		return checks.Observed(assay.Medium, certificateName(cert)+" is signed with "+cert.Signature, cert.Location)
	}
	return assay.Finding{}
}

// authority finds a certificate of a device or server that may sign others: its
// private key is in the image, or it names hosts, or nothing says that it is there
// to sign: neither itself, nor its name, nor a certificate that it issued.
func authority(cert facts.Certificate, private, issued bool) assay.Finding {
	switch {
	case !cert.CA || cert.SelfSigned && !private:
	case private:
		return checks.Observed(assay.Medium, certificateName(cert)+" may sign other certificates, and its private key is in the image", cert.Location)
	case len(cert.Hosts) > 0, !cert.Signs && !issued && !namesAuthority(cert.Subject):
		return checks.Observed(assay.Medium, certificateName(cert)+" is not that of an authority, but may sign other certificates", cert.Location)
	}
	return assay.Finding{}
}

// namesAuthority reports whether a name is one that authorities have.
func namesAuthority(subject string) bool {
	lower := strings.ToLower(subject)
	for _, word := range []string{"root", "authority", "issuing", "intermediate", "signing", "trust", "class "} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return strings.Contains(subject, "CA") || strings.HasSuffix(lower, " ca") || strings.HasPrefix(lower, "ca ")
}
