package labels_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/assay-iot/assay/labels/labeltest"
)

var (
	commonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	surname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	serialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	country      = asn1.ObjectIdentifier{2, 5, 4, 6}
	locality     = asn1.ObjectIdentifier{2, 5, 4, 7}
	organisation = asn1.ObjectIdentifier{2, 5, 4, 10}
	department   = asn1.ObjectIdentifier{2, 5, 4, 11}
	role         = asn1.ObjectIdentifier{2, 5, 4, 12}
	postalCode   = asn1.ObjectIdentifier{2, 5, 4, 17}
	givenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
	registered   = asn1.ObjectIdentifier{2, 5, 4, 97}
	email        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// The subject of a certificate is the issuer and speaks of nobody else, in whatever part.
func TestCertifiedFor(t *testing.T) {
	type attribute struct {
		kind asn1.ObjectIdentifier
		text string
	}
	body := attribute{commonName, "Example Body"}
	jane := []attribute{{organisation, "Example Body"}, {commonName, "Jane Doe"}}
	for name, c := range map[string]struct {
		subject []attribute
		good    bool
	}{
		"its name":                   {[]attribute{body}, true},
		"its name and form":          {[]attribute{{organisation, "Example Body GmbH"}, {commonName, "Example Body GmbH"}}, true},
		"forms in parts":             {[]attribute{{commonName, "Example Body GmbH & Co. KG"}}, true},
		"another form":               {[]attribute{{organisation, "Example Body Ltd."}, body}, true},
		"a seal and a year":          {[]attribute{{organisation, "Example Body"}, {commonName, "Example Body eSeal 2026"}}, true},
		"a person":                   {jane, true},
		"a person with all parts":    {append(jane[:2:2], attribute{givenName, "Jane"}, attribute{surname, "Doe"}, attribute{serialNumber, "PNOEE-60001019906"}, attribute{country, "EE"}), true},
		"a person of many words":     {[]attribute{{organisation, "Example Body"}, {commonName, "J. Anne-Marie van der O’Neil"}}, true},
		"a role":                     {append(jane[:2:2], attribute{role, "Head of Certification"}), true},
		"a department":               {[]attribute{body, {department, "IoT Security Labels"}}, true},
		"numbers and a place":        {[]attribute{body, {registered, "VATDE-123456789"}, {serialNumber, "HRB12345"}, {postalCode, "10115"}, {locality, "Frankfurt am Main"}, {country, "DE"}}, true},
		"an address of its own":      {[]attribute{body, {email, "labels@body.example"}}, true},
		"another name":               {[]attribute{{commonName, "TUV Rheinland"}}, false},
		"another name of its own":    {[]attribute{{organisation, "Example Body"}, {commonName, "TUV Rheinland"}}, false},
		"an office as a person":      {[]attribute{{organisation, "Example Body"}, {commonName, "Federal Office"}}, false},
		"a person of nobody":         {[]attribute{{commonName, "Jane Doe"}}, false},
		"a person of another":        {[]attribute{{organisation, "Other Body"}, {commonName, "Jane Doe"}}, false},
		"another organisation":       {[]attribute{body, {organisation, "TUV Rheinland"}}, false},
		"two organisations":          {[]attribute{body, {organisation, "Example Body"}, {organisation, "TUV Rheinland"}}, false},
		"the beginning of its name":  {[]attribute{body, {organisation, "E"}}, false},
		"its name and more":          {[]attribute{body, {organisation, "Example Body by appointment of TUV Rheinland"}}, false},
		"another's department":       {[]attribute{body, {department, "TUV Rheinland AG"}}, false},
		"an office's department":     {[]attribute{body, {department, "Bundesamt fuer Sicherheit"}}, false},
		"another's place":            {[]attribute{body, {locality, "TUV Rheinland approved"}}, false},
		"a title that certifies":     {[]attribute{body, {role, "Common Criteria EAL7 of TUV Rheinland"}}, false},
		"a number that speaks":       {[]attribute{body, {serialNumber, "Approved by TUV Rheinland 2026"}}, false},
		"a number that speaks short": {[]attribute{body, {serialNumber, "TUVRheinland1"}}, false},
		"an address of another":      {[]attribute{body, {email, "labels@tuv.example"}}, false},
		"an address that speaks":     {[]attribute{body, {email, "tuv-rheinland@body.example"}}, false},
		"a given name of another":    {append(jane[:2:2], attribute{givenName, "TUV"}), false},
		"an attribute of no kind":    {[]attribute{body, {asn1.ObjectIdentifier{2, 5, 4, 13}, "approved"}}, false},
		"a mark":                     {[]attribute{body, {department, "CE marked"}}, false},
	} {
		l := labeltest.Statement(t).Predicate
		l.Issuer.Name, l.Issuer.Address = "Example Body", "https://labels.body.example/l"
		var rdn pkix.RDNSequence
		for _, a := range c.subject {
			rdn = append(rdn, pkix.RelativeDistinguishedNameSET{{Type: a.kind, Value: a.text}})
		}
		var subject pkix.Name
		subject.FillFromRDNSequence(&rdn)
		if got := l.CertifiedFor(subject); got != c.good {
			t.Errorf("%s: %v is certified for %s: %v", name, subject, l.Issuer.Name, got)
		}
	}
}
