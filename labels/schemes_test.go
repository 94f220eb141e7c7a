package labels_test

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

// Whoever may label by one scheme cannot print another in its name, nor words that
// never stand on a label.
func TestSchemesBearTheirNames(t *testing.T) {
	const edition = "2019-11-14"
	name, known := labels.Title("platform-statement", edition)
	if !known {
		t.Fatal("the statement of the platform is not known")
	}
	for _, c := range []struct{ change, title, edition, want string }{
		{"its name", name, edition, ""},
		{"another name", "Singapore CLS Level 4", edition, "its name is"},
		{"another name for an edition of its own", "Baseline", edition + " ", "its name is"},
		{"a blank behind its edition", name, edition + " ", "a blank at an end"},
		{"a boast for an edition", name, "2030: completely secure", "never stands on a label"},
		{"a sentence for an edition", name, "2019-11-14) and the national label of Singapore, level 4 of 4 (2024", "no version or date"},
		{"another edition", name, "V3.2", ""},
		{"a mark for an edition", name, "CLS level 4", "official mark"},
	} {
		s := labeltest.Statement(t)
		s.Predicate.Schemes[0].Title, s.Predicate.Schemes[0].Edition = c.title, c.edition
		check(t, "a scheme with "+c.change, s.Validate(), c.want)
		s = labeltest.Statement(t)
		s.Predicate.AlsoAssessed[0] = labels.Unclaimed{ID: "platform-statement", Title: c.title, Edition: c.edition, Outcome: assay.NotMet}
		check(t, "one that was looked at too, with "+c.change, s.Validate(), c.want)
	}
	for id, want := range map[string]string{"x-baseline": "official mark", "sg-cls": ""} {
		s := labeltest.Statement(t)
		s.Predicate.AlsoAssessed[0] = labels.Unclaimed{ID: id, Title: "Cybersecurity Labelling Scheme", Edition: "2030", Outcome: assay.NotMet}
		check(t, "the name of another scheme, of "+id, s.Validate(), want)
	}
	s := labeltest.Statement(t)
	s.Predicate.Product.Name = "Aurora, completely secure"
	check(t, "a product's name", s.Validate(), "never stands on a label")
}

func check(t *testing.T, name string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: %v, want %q", name, err, want)
	}
}

// A label says of a scheme that its issuer does not hold that it is not met, never
// that it is.
func TestHeld(t *testing.T) {
	for held, want := range map[string]int{"": 2, "platform-statement": 1} {
		a, o := labeltest.Assessment(), labeltest.Options()
		o.Schemes = []string{"platform-statement"}
		if held != "" {
			o.Held = []string{held}
		}
		s, err := labels.New(a, o)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s.Predicate.AlsoAssessed); n != want {
			t.Errorf("held %q: %d schemes beside the one, want %d", held, n, want)
		}
	}
}

// What the verifier refuses, whoever signed it.
func TestStatementRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*labels.Label)
		want   string
	}{
		"a boast in the address":                {func(l *labels.Label) { l.Product.Maker.Address = "Officially endorsed by all" }, "never stands on a label"},
		"a mark of a document":                  {func(l *labels.Label) { l.Documents[0].By = "Cyber Trust Mark Lab" }, "official mark"},
		"stars of the maker":                    {func(l *labels.Label) { l.Product.Maker.Name = "Acme ★★★" }, "shows stars"},
		"a name with a blank":                   {func(l *labels.Label) { l.Product.Name += " " }, "no blank at an end"},
		"a name of nothing but blanks":          {func(l *labels.Label) { l.Product.Name = "\u00a0" }, "no blank at an end"},
		"an address that no phone follows":      {func(l *labels.Label) { l.Issuer.Address = "https://b\u00fccher.example/labels" }, "xn--"},
		"a part of another kind":                {func(l *labels.Label) { l.Parts[0].Kind = "everything examined; app" }, "firmware, app or cloud"},
		"firmware that is not supported itself": {func(l *labels.Label) { l.Firmware[0].Minimum = "9.0" }, "older than 9.0"},
		"a scheme twice":                        {func(l *labels.Label) { l.Schemes = append(l.Schemes, l.Schemes[0]) }, "twice"},
		"a requirement twice": {func(l *labels.Label) {
			l.Schemes[0].Requirements = append(l.Schemes[0].Requirements, l.Schemes[0].Requirements[0])
		}, "twice"},
		"a sentence for a date":       {func(l *labels.Label) { l.Documents[0].Date = "approved in full" }, "not a date"},
		"a sensor that is not there":  {func(l *labels.Label) { l.Declared.WithoutSensors = []string{l.Declared.Sensors[0]} }, "not to have it"},
		"an examined app":             {func(l *labels.Label) { l.Parts[1].Examined = true }, "no image of the label"},
		"another examined firmware":   {func(l *labels.Label) { l.Parts[0].Name = "radio" }, "no image of the label"},
		"a part that is not examined": {func(l *labels.Label) { l.Parts[0].Name, l.Parts[0].Examined = "radio", false }, ""},
		"a document without a date":   {func(l *labels.Label) { l.Documents[0].Date = "" }, ""},
		"a boast of a document":       {func(l *labels.Label) { l.Documents[0].By = "Unhackable Labs" }, "never stands on a label"},
		"an invisible letter":         {func(l *labels.Label) { l.Product.Name += "\u3164" }, "U+3164"},
		"an invisible blank":          {func(l *labels.Label) { l.Product.Name += "\u2800x" }, "U+2800"},
		"a form of a letter":          {func(l *labels.Label) { l.Product.Name += "\ufe0f" }, "U+FE0F"},
		"a long GTIN":                 {func(l *labels.Label) { l.Product.GTIN = "0950600013435299999" }, "GTIN"},
		"a GTIN with a space":         {func(l *labels.Label) { l.Product.GTIN = "09506000 13435" }, "GTIN"},
		"a GTIN with a wide digit":    {func(l *labels.Label) { l.Product.GTIN = "0950600013435\uff13" }, "GTIN"},
		"a GTIN with a typing error":  {func(l *labels.Label) { l.Product.GTIN = "09506000134353" }, "GTIN"},
	} {
		s := labeltest.Statement(t)
		c.change(&s.Predicate)
		check(t, name, s.Validate(), c.want)
	}
}

// A scheme that the program does not know is called by no name of one that it knows, and
// by no level; its edition is a version or a date.
func TestUnknownSchemes(t *testing.T) {
	for _, c := range []struct{ id, title, edition, want string }{
		{"sg-cls", "Cybersecurity Labelling Scheme", "2026", ""},
		{"sg-cls", "UK PSTI (Security Requirements) Regulations 2023, Schedule 1", "2026", "as uk-psti is called"},
		{"sg-cls", "The U.K.-P S T I rules", "2026", "as uk-psti is called"},
		{"sg-cls", "Baseline after uk-p\u0455ti", "2026", "as uk-psti is called"},
		{"sg-cls", "Tested by ETSI EN 303 645", "2026", "as etsi-en-303-645 is called"},
		{"sg-cls", "ETSI EN 303645", "2026", "as etsi-en-303-645 is called"},
		{"sg-cls", "Statement of nine common principles", "2026", "as platform-statement is called"},
		{"x-uk-psti", "Baseline", "2026", "looks like uk-psti"},
		{"uk-psti-x", "Baseline", "2026", "looks like uk-psti"},
		{"uk.psti", "Baseline", "2026", "looks like uk-psti"},
		{"my-psti", "Baseline", "2026", "looks like uk-psti"},
		{"x-en-303-645", "Baseline", "2026", "looks like etsi-en-303-645"},
		{"x-sg-cls", "Baseline", "2026", "looks like sg-cls"},
		{"x-platform-statement2", "Baseline", "2026", ""},
		{"eu-cra", "Baseline", "2026", ""},
		{"eu-en-18031", "Baseline", "2026", ""},
		{"au-smart-devices", "Baseline", "2026", ""},
		{"us-cyber-trust-mark", "Baseline", "2026", ""},
		{"lamp-mark", "Baseline", "2026", ""},
		{"uk-pstix", "Baseline", "2026", ""},
		{"uk-pst\u0456", "Baseline", "2026", "looks like uk-psti"},
		{"sg-cls-md", "Cybersecurity Labelling Scheme for Medical Devices", "2024", ""},
		{"cls-md", "Cybersecurity Labelling Scheme for Medical Devices (CLS(MD))", "October 2024", ""},
		{"cls-md", "Cybersecurity Labelling Scheme for Medical Devices and Cybersecurity Labelling Scheme", "2024", "official mark"},
		{"cls-md", "Cybersecurity Labelling Scheme for Medical Devices, CLS level 4", "2024", "official mark"},
		{"lamp-mark", "Cybersecurity Labelling Scheme for Medical Devices", "2024", "official mark"},
		{"sg-cls-mdx", "Baseline", "2024", "looks like sg-cls"},
		{"de-bsi-tr-03148", "BSI TR-03148, Secure Broadband Router", "Version 1.3", ""},
		{"de-bsi-x", "Baseline", "2024", "looks like de-bsi"},
		{"etsi-ts-103-701", "CYBER; Cyber Security for Consumer Internet of Things: Conformance Assessment of Baseline Requirements", "v1.1.1", ""},
		{"etsi-ts-103-701", "Cyber Security for Consumer Internet of Things: Baseline Requirements", "V1.1.1", "as etsi-en-303-645 is called"},
		{"lamp-mark", "Cyber Security for Consumer Internet of Things: Conformance Assessment of Baseline Requirements", "V1.1.1", "as etsi-en-303-645 is called"},
		{"psa-certified", "PSA Certified Level 1", "2.2", ""},
		{"psa-certified", "PSA Certified Level 3", "2.2", "names a level"},
		{"common-criteria-eal4", "Common Criteria EAL4", "2022", ""},
		{"lamp-mark", "European Norm 303 645", "2", "as etsi-en-303-645 is called"},
		{"lamp-mark", "ETSI's 303 645 for consumer IoT", "2", "as etsi-en-303-645 is called"},
		{"lamp-mark", "UK Product Security Regulations 2023", "2", "as uk-psti is called"},
		{"lamp-mark", "Lamp mark, level four", "2", "names a level"},
		{"lamp-mark", "Lamp mark, level IV", "2", "names a level"},
		{"lamp-mark", "Lamp mark, Level \u2163", "2", "names a level"},
		{"lamp-mark", "Lamp mark, level \u2463", "2", "names a level"},
		{"lamp-mark", "Lamp mark, four stars", "2", "names a level"},
		{"lamp-mark", "Lamp mark, 4-star", "2", "names a level"},
		{"lamp-mark", "Lamp mark, four of four", "2", "names a level"},
		{"lamp-mark", "Lampenzeichen, Stufe vier", "2", "names a level"},
		{"lamp-mark", "Marque, niveau quatre", "2", "names a level"},
		{"lamp-mark", "Marque, quatre étoiles", "2", "names a level"},
		{"lamp-mark", "EUCC 'high'", "2", "names a level"},
		{"lamp-mark", "Lamp mark SL 4", "2", "names a level"},
		{"lamp-mark", "Scheme of four bodies for multi-level lamps, class of its own", "2", ""},
		{"lamp-mark", "Level verification of starlight lamps", "2", ""},
		{"sg-cls", "CLS level four", "2", "names a level"},
		{"sg-cls", "Cybersecurity Labelling Scheme", "4/4", "no version or date"},
		{"sg-cls", "Cybersecurity Labelling Scheme CLS4", "2026", "names a level"},
		{"sg-cls", "Scheme LVL 4", "2026", "names a level"},
		{"sg-cls", "Scheme, Star 5", "2026", "names a level"},
		{"sg-cls", "Common Criteria EAL4", "2026", "names a level"},
		{"sg-cls", "Cybersecurity Labelling Scheme", "CLS 4", "no version or date"},
		{"sg-cls", "Cybersecurity Labelling Scheme", "LVL 4", "no version or date"},
		{"sg-cls", "Cybersecurity Labelling Scheme", "V2.1", ""},
		{"sg-cls", "Cybersecurity Labelling Scheme", "2026-05-01", ""},
	} {
		s := labeltest.Statement(t)
		s.Predicate.AlsoAssessed[0] = labels.Unclaimed{ID: c.id, Title: c.title, Edition: c.edition, Outcome: assay.NotMet}
		check(t, c.id+" "+c.title+" "+c.edition, s.Validate(), c.want)
	}
	s := labeltest.Statement(t)
	s.Predicate.Rules = []labels.Rules{{Kind: "scheme", Name: "uk-psti", Version: "V3.1.3, all requirements met", Digest: labeltest.Digest("r")}}
	check(t, "a sentence for a version of rules", s.Validate(), "no version or date")
}

// An authorised issuer's name and host are the policy's; what it writes behind the host is not.
func TestPathsBearNoMarks(t *testing.T) {
	for _, c := range []struct{ address, list, want string }{
		{"https://labels.bsi-certified.example/l", "https://labels.bsi-certified.example/status/1", ""},
		{"https://labels.body.example/approved-by-the-bsi", "https://labels.body.example/status/1", "official mark"},
		{"https://labels.body.example/l", "https://labels.body.example/level-4/1", "official mark"},
		{"https://labels.body.example/officially-endorsed", "https://labels.body.example/status/1", "never stands on a label"},
	} {
		s := labeltest.Statement(t)
		l := &s.Predicate
		l.Issuer = labels.Issuer{Name: "Example Body", Standing: labels.Authorised, Address: c.address}
		l.Policy, l.Status = labeltest.Digest("policy"), &labels.Status{List: c.list, Index: 1}
		check(t, c.address+" "+c.list, s.Validate(), c.want)
	}
	// The path may call the scheme that the label is of.
	check(t, "its own scheme", labels.CheckPath("https://body.example/jc-star/1", "uk-psti", "jp-jc-star"), "")
	check(t, "another's", labels.CheckPath("https://body.example/jc-star/1", "uk-psti"), "official mark")
}
