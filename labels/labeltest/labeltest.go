// Package labeltest makes assessments, statements and signed labels for tests.
package labeltest

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/sign"
)

// Issued is the day on which the labels made here are issued.
const Issued = "2026-10-01"

// PSTI is the edition of uk-psti, as the program writes it.
const PSTI = "SI 2023/1007 as amended by SI 2025/211 and SI 2025/1267"

// Digest names s.
func Digest(s string) assay.Digest { return assay.SHA256(sha256.Sum256([]byte(s))) }

// Assessment gives an assessment that earns two of its three schemes, with
// every kind of proof, a part that was only declared, and an image with an
// opaque range.
func Assessment() *assay.Assessment {
	yes := true
	return &assay.Assessment{
		Format: assay.AssessmentFormat,
		Tool:   assay.Tool{Name: "assay", Version: "0.1.0"},
		AsOf:   "2026-09-28",
		Rules: []assay.RuleSet{
			{Kind: "scheme", Name: "uk-psti", Version: PSTI, Digest: Digest("uk-psti.hcl")}, {Kind: "checks", Name: "catalogue", Digest: Digest("checks")},
		},
		Product: assay.ProductInfo{
			ID: "aurora-cam-2", Name: "Aurora Cam 2", Models: []string{"AC2-W", "AC2-B"}, GTIN: "09506000134352", Category: "camera",
			Manufacturer: assay.Manufacturer{
				Name: "Acme Devices GmbH", Address: "Musterstraße 1\n10115 Berlin", Country: "DE",
				Website: "https://acme.example", Contact: "mailto:help@acme.example",
			},
			SupportUntil: "2031-06-30",
			Declaration:  Digest("product.hcl"),
			Face: assay.DeclaredFace{
				AutomaticUpdates: &yes,
				Passwords:        []string{"unique-per-device"},
				Sensors:          []string{"camera", "microphone"},
				PersonalData:     []string{"video", "account"},
				Recipients:       []string{"Acme Cloud (cloud.acme.example)"},
				Policy:           "https://acme.example/security",
				Deletion:         "Hold the reset button for ten seconds.",
			},
			Parts: []assay.DeclaredPart{
				{Kind: "firmware", Name: "main", Version: "2.4.1", Examined: true},
				{Kind: "app", Name: "example.acme.aurora", Version: "3.0"},
				{Kind: "cloud", Name: "Acme Cloud"},
			},
		},
		Images:      []assay.Image{image()},
		Results:     results(),
		Conclusions: []assay.Conclusion{platform(), psti(), etsi()},
		Exceptions:  []assay.Marked{{Subject: "communication/ssh-configuration", Reason: "closed network", Author: "A. Muster"}},
		Documents:   []assay.DocumentEvidence{{Name: "pentest.pdf", Kind: "penetration-test", By: "Testlab", Date: "2026-05-02", Digest: Digest("pentest")}},
	}
}

func image() assay.Image {
	return assay.Image{
		Firmware: "main", Version: "2.4.1", Minimum: "2.2.0", Path: "images/aurora.bin", Size: 8 << 20, Digest: Digest("aurora"),
		Coverage: assay.Coverage{
			Bytes: 8 << 20, Opened: 6<<20 + 2048, Padding: 1 << 20, DeclaredOpaque: 1<<20 - 4096, Unexplained: 2048,
			Ranges: []assay.Range{{Offset: 0, Length: 8 << 20, Class: assay.Opened}},
		},
	}
}

func requirement(id string, p assay.Principle, proof assay.Proof) assay.RequirementOutcome {
	return assay.RequirementOutcome{
		ID: id, Title: p.Title(), Principle: p, Status: "M", Mandatory: true, Outcome: assay.Met, Proof: proof, Needs: assay.Declared,
		Checks: []assay.CheckID{looked(p)},
	}
}

// looked names the check that looked into the image for a principle.
func looked(p assay.Principle) assay.CheckID { return assay.CheckID(p) + "/looked" }

// results are those of the checks that looked into the image.
func results() []assay.Result {
	var list []assay.Result
	for _, p := range []assay.Principle{assay.PersonalData, assay.Updates, assay.Credentials, assay.Communication, assay.Storage} {
		list = append(list, assay.Result{
			Check: looked(p), Version: 1, Firmware: "main", Verdict: assay.Pass, Proof: assay.Observed,
			Examined: []assay.Location{}, Findings: []assay.Finding{},
		})
	}
	return list
}

func platform() assay.Conclusion {
	return assay.Conclusion{
		Scheme: "platform-statement", Edition: "2019-11-14", Title: "IoT Security Policy Platform, statement of nine common principles", Outcome: assay.Met,
		Requirements: []assay.RequirementOutcome{
			requirement(string(assay.Lifecycle), assay.Lifecycle, assay.Documented),
			requirement(string(assay.PersonalData), assay.PersonalData, assay.Observed),
			requirement(string(assay.Deletion), assay.Deletion, assay.Declared),
			requirement(string(assay.Disclosure), assay.Disclosure, assay.Verified),
			requirement(string(assay.Support), assay.Support, assay.Declared),
			requirement(string(assay.Updates), assay.Updates, assay.Verified),
			requirement(string(assay.Credentials), assay.Credentials, assay.Observed),
			requirement(string(assay.Communication), assay.Communication, assay.Observed),
			requirement(string(assay.Storage), assay.Storage, assay.Observed),
		},
	}
}

func psti() assay.Conclusion {
	return assay.Conclusion{
		Scheme: "uk-psti", Edition: PSTI, Title: "UK PSTI (Security Requirements) Regulations 2023, Schedule 1", Outcome: assay.Met,
		Requirements: []assay.RequirementOutcome{
			requirement("1", assay.Credentials, assay.Observed),
			requirement("2", assay.Disclosure, assay.Declared),
			requirement("3", assay.Support, assay.Declared),
		},
	}
}

func etsi() assay.Conclusion {
	r := requirement("5.1-1", assay.Credentials, assay.NotAssessed)
	r.Outcome, r.Assessor = assay.Undecided, true
	return assay.Conclusion{
		Scheme: "etsi-en-303-645", Edition: "V3.1.3", Title: "ETSI EN 303 645, Cyber Security for Consumer Internet of Things: Baseline Requirements",
		Requirements: []assay.RequirementOutcome{r},
	}
}

// Options are those of a self-declared label for the two schemes that are met.
func Options() labels.IssueOptions {
	return labels.IssueOptions{
		Issued: Issued, Schemes: []string{"platform-statement", "uk-psti"}, Address: "https://labels.acme.example/l",
	}
}

// Statement makes the statement for Assessment and Options.
func Statement(t testing.TB) *labels.Statement {
	t.Helper()
	s, err := labels.New(Assessment(), Options())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Key is a key that is the same in every run, so that what it signs is too.
func Key() crypto.Signer { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

// Bundle signs s with key.
func Bundle(t testing.TB, key crypto.Signer, s *labels.Statement) []byte {
	t.Helper()
	b, err := sign.Statement(key, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
