package signature_test

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/firmware/firmwaretest/signed"
)

// TestUncovered has containers whose signature is valid, and which do not pass: a
// little of what is started or installed is not what was signed.
func TestUncovered(t *testing.T) {
	for _, k := range signed.Uncovered() {
		t.Run(k.Name, func(t *testing.T) {
			m := k.Key.Maker(0, since)
			j := judge(t, k.Build(m), declared(t, k, m))
			if !j.valid() || j.result.Verdict == assay.Pass || j.result.Verdict == assay.Fail && !strings.HasPrefix(k.Name, "avb") {
				t.Errorf("%s: %+v", j.said(), j.outcomes)
			}
		})
	}
}

// TestAPKSigners has packages with two signatures, each of which counts.
func TestAPKSigners(t *testing.T) {
	one, other := signed.RSA2048.Maker(0, since), signed.RSA2048.Maker(1, since)
	image := signed.APKSigners(one, other)
	for name, c := range map[string]struct {
		keys []signature.Key
		want assay.Verdict
	}{
		"both": {keysOf(t, false, one, other), assay.Pass}, "the first": {keysOf(t, false, one), assay.Fail}, "the second": {keysOf(t, false, other), assay.Fail},
	} {
		if j := judge(t, image, c.keys); j.result.Verdict != c.want || len(j.signatures) != 2 {
			t.Errorf("%s: %s", name, j.said())
		}
	}
}

// TestSWUpdateTwice has a description with a name that stands twice, which libconfig
// does not take.
func TestSWUpdateTwice(t *testing.T) {
	m := signed.RSA2048.Maker(0, since)
	j := judge(t, signed.SWUpdateTwice(m), keysOf(t, false, m))
	if !j.valid() || j.result.Verdict != assay.Inconclusive || !strings.Contains(j.said(), "stands twice") {
		t.Error(j.said())
	}
}
