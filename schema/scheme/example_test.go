package scheme_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

// checkProofs lists the checks that there are, each with the proof by which it
// passes without a network.
var checkProofs = map[assay.CheckID]assay.Proof{
	"credentials/empty-password":       assay.Observed,
	"credentials/static-password":      assay.Observed,
	"credentials/default-password":     assay.Observed,
	"credentials/weak-hash":            assay.Observed,
	"credentials/extra-root":           assay.Observed,
	"credentials/derived-password":     assay.Observed,
	"credentials/undeclared-login":     assay.Observed,
	"credentials/plaintext":            assay.Observed,
	"credentials/wifi-key":             assay.Observed,
	"credentials/authorized-key":       assay.Observed,
	"credentials/brute-force":          assay.Observed,
	"storage/private-key":              assay.Observed,
	"storage/device-identity":          assay.Observed,
	"storage/key-of-certificate":       assay.Observed,
	"storage/file-mode":                assay.Observed,
	"storage/api-token":                assay.Observed,
	"storage/weak-key":                 assay.Observed,
	"communication/cleartext-service":  assay.Observed,
	"communication/open-shell":         assay.Observed,
	"communication/tls-settings":       assay.Observed,
	"communication/tls-verification":   assay.Observed,
	"communication/certificate":        assay.Observed,
	"communication/cleartext-endpoint": assay.Observed,
	"updates/update-script":            assay.Observed,
	"deletion/reset-coverage":          assay.Observed,
	"personaldata/at-rest":             assay.Observed,
	"communication/web-without-tls":    assay.Observed,
	"communication/ssh-configuration":  assay.Observed,
	"communication/undeclared-service": assay.Observed,
	"updates/mechanism":                assay.Observed,
	"storage/flash-encryption":         assay.Observed,
	"storage/known-key":                assay.Observed,
	"updates/device-verifies":          assay.Observed,
	"updates/image-signature":          assay.Verified,
	"updates/rollback":                 assay.Observed,
	"updates/signature-strength":       assay.Observed,
	"updates/verified-boot":            assay.Observed,
	"updates/transport":                assay.Observed,
	"disclosure/policy":                assay.Declared,
	"disclosure/repository":            assay.NotAssessed,
	"support/end-date":                 assay.Declared,
	"support/expiry":                   assay.Observed,
	"lifecycle/risk-assessment":        assay.Documented,
	"lifecycle/security-testing":       assay.Documented,
	"lifecycle/component-inventory":    assay.Observed,
	"lifecycle/debug-interface":        assay.Observed,
	"lifecycle/binary-hardening":       assay.Observed,
	"lifecycle/kernel-hardening":       assay.Observed,
	"lifecycle/debug-leftover":         assay.Observed,
	"lifecycle/privileges":             assay.Observed,
	"lifecycle/stale-build":            assay.Observed,
	"support/component-end-of-life":    assay.Observed,
	"lifecycle/repository":             assay.Observed,
	"lifecycle/known-vulnerability":    assay.Observed,
	"support/published":                assay.Observed,
	"support/not-shortened":            assay.Observed,
	"disclosure/security-txt":          assay.Observed,
	"disclosure/csaf-provider":         assay.Observed,
	"personaldata/notice":              assay.Observed,
	"personaldata/residue":             assay.Observed,
	"personaldata/telemetry":           assay.Observed,
	"lifecycle/writable-path":          assay.Observed,
	"personaldata/sensors":             assay.Observed,
	"personaldata/recipients":          assay.Observed,
	"deletion/factory-reset":           assay.Observed,
	"deletion/instructions":            assay.Declared,
	"deletion/confirmation":            assay.Declared,
}

// allPass is what the checks say of a product with which nothing is wrong.
func allPass() []assay.Result {
	var results []assay.Result
	for id, proof := range checkProofs {
		r := pass(id, proof)
		if proof == assay.NotAssessed {
			r = unknown(id)
		}
		results = append(results, r)
	}
	return results
}

func TestChecksAndSchemesFit(t *testing.T) {
	c := bundled(t)
	for id := range checkProofs {
		if len(c.Uses(id)) == 0 {
			t.Errorf("no scheme uses %s", id)
		}
	}
	for _, s := range c.All() {
		for _, q := range s.Requirements {
			for _, id := range q.Checks() {
				if _, ok := checkProofs[id]; !ok {
					t.Errorf("%s:%s names %s, which is not there", s.ID, q.ID, id)
				}
			}
		}
	}
}

// camera is the whole product of the language's own tests.
func camera(t *testing.T) scheme.Declaration {
	t.Helper()
	p, diags := product.Load("../product/testdata/valid/camera", product.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return scheme.Describe(p, p.Manufacturer)
}

// TestGoodProduct holds that a product with which nothing is wrong earns what can
// be earned without a person, and no more.
func TestGoodProduct(t *testing.T) {
	b := scheme.Basis{Results: allPass(), Declaration: camera(t), AsOf: day}
	for id, want := range map[string]assay.Outcome{
		"platform-statement": assay.Met,
		"uk-psti":            assay.Met,
		"etsi-en-303-645":    assay.Undecided,
	} {
		got := scheme.Conclude(inForce(t, id), b)
		if got.Outcome == want {
			continue
		}
		t.Errorf("%s: got %s, want %s", id, got.Outcome, want)
		for _, r := range got.Requirements {
			if r.Mandatory && r.Outcome != assay.Met {
				t.Logf("%s %s: %s", r.ID, r.Outcome, r.Reason)
			}
		}
	}
}

// TestGoodProductNeedsEachCheck holds that every required check of the schemes that
// are earned can take them away: by failing, and by not being run.
func TestGoodProductNeedsEachCheck(t *testing.T) {
	declared := camera(t)
	for _, id := range []string{"platform-statement", "uk-psti"} {
		s := inForce(t, id)
		for _, q := range s.Requirements {
			for _, check := range q.Required {
				without := slices.DeleteFunc(allPass(), func(r assay.Result) bool { return r.Check == check })
				if got := scheme.Conclude(s, scheme.Basis{Results: without, Declaration: declared, AsOf: day}); got.Outcome != assay.Undecided {
					t.Errorf("%s without %s: got %s", id, check, got.Outcome)
				}
				failing := append(without, fail(check, assay.KindObserved))
				if got := scheme.Conclude(s, scheme.Basis{Results: failing, Declaration: declared, AsOf: day}); got.Outcome != assay.NotMet {
					t.Errorf("%s with a failed %s: got %s", id, check, got.Outcome)
				}
			}
		}
	}
}

// TestSilentProduct holds that a product of which nothing is described earns
// nothing, whatever its image looks like.
func TestSilentProduct(t *testing.T) {
	b := scheme.Basis{Results: allPass(), AsOf: day}
	for _, s := range bundled(t).All() {
		if got := scheme.Conclude(s, b); got.Outcome != assay.NotMet {
			t.Errorf("%s: got %s", s.ID, got.Outcome)
		}
	}
	empty := scheme.Conclude(inForce(t, "platform-statement"), scheme.Basis{AsOf: day})
	for _, r := range empty.Requirements {
		if r.Outcome != assay.NotMet || !strings.HasPrefix(r.Reason, "not described: ") {
			t.Errorf("%s: got %s, %q", r.ID, r.Outcome, r.Reason)
		}
	}
}

// TestAssessedEN303645 holds that EN 303 645 can be met: with records for what only
// people can decide, and reasons for what is not followed.
func TestAssessedEN303645(t *testing.T) {
	s := inForce(t, "etsi-en-303-645")
	b := scheme.Basis{Results: allPass(), Declaration: camera(t), AsOf: day}
	for _, r := range scheme.Conclude(s, b).Requirements {
		switch {
		case r.Outcome == assay.Met || r.Outcome == assay.DoesNotApply || r.ID == "5.0-1":
		case r.Mandatory:
			b.Records = append(b.Records, scheme.Record{
				Requirement: s.ID + ":" + r.ID, Outcome: assay.Met, By: "R. Assessor", Date: "2026-11-01", Reason: "seen",
			})
		default:
			b.Unmet = append(b.Unmet, assay.Marked{Subject: s.ID + ":" + r.ID, Reason: "not followed"})
		}
	}
	if len(b.Records) == 0 || len(b.Unmet) == 0 {
		t.Fatal("nothing was left for people")
	}
	if got := scheme.Conclude(s, b); got.Outcome != assay.Met {
		t.Errorf("got %s", got.Outcome)
		for _, r := range got.Requirements {
			if r.Mandatory && r.Outcome != assay.Met && r.Outcome != assay.DoesNotApply {
				t.Logf("%s %s: %s", r.ID, r.Outcome, r.Reason)
			}
		}
	}
	b.Unmet = b.Unmet[1:]
	if got := scheme.Conclude(s, b); got.Outcome == assay.Met {
		t.Error("met without a reason for a recommendation")
	}
}
