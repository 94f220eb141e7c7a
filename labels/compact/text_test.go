package compact_test

import (
	"crypto/elliptic"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/compact"
)

// The text of a code is one, however it was stored or scanned.
func TestForms(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	_, text := make1(t, key, listed(t))
	for _, form := range []string{text, "\ufeff" + text + "\r\n", strings.Replace(text, "https://", "HTTPS://", 1)} {
		if !compact.IsText([]byte(form)) {
			t.Errorf("%.20q is no text", form)
		}
		m, err := compact.Parse([]byte(form))
		if err != nil {
			t.Errorf("%.20q: %v", form, err)
			continue
		}
		if _, err := m.Verify(key.Public()); err != nil {
			t.Errorf("%.20q: %v", form, err)
		}
		if h := compact.Host(form); h != "labels.acme.example" {
			t.Errorf("%.20q leads to %q", form, h)
		}
	}
}
