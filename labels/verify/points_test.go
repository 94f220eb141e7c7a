package verify_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/verify"
)

// The code of a mark holds an address: that is no label, and no forged one either.
func TestPoints(t *testing.T) {
	s := labeltest.Statement(t)
	digest, err := s.Digest()
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.File([]byte("https://labels.acme.example/l#"+string(digest)), keys(t, labeltest.Key().Public()), today())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	if r.Status != verify.CannotTell || r.Status.ExitCode() != 4 || r.Digest != digest || r.Points != "https://labels.acme.example/l" || r.Label != nil || r.Compact != nil {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"This is the address of a label, not the label: nothing was verified.", "leads to https://labels.acme.example/l", "label.sigstore.json or label.pdf", string(digest)} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "genuine") {
		t.Errorf("nothing was verified:\n%s", b.String())
	}
}
