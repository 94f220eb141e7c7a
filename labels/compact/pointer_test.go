package compact_test

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/compact"
)

// A code that holds an address and a digest is told from a label and from anything else.
func TestPointer(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	if address, d, ok := compact.Pointer("https://a.example/labels#" + digest + "\n"); !ok || address != "https://a.example/labels" || string(d) != digest {
		t.Errorf("%q %q %v", address, d, ok)
	}
	for _, text := range []string{
		"", "#" + digest, "https://a.example/labels", "https://a.example/labels#", "http://a.example#" + digest, "https://a.example/\u202e#" + digest,
		"https://a.example#" + digest[:20], "https://a.example#" + digest + "00", "https://a.example#" + strings.ToUpper(digest),
		"https://a.example#sha256:" + strings.Repeat("0A", 32), "https://a.example#A123Z", "javascript:alert(1)#" + digest,
	} {
		if _, _, ok := compact.Pointer(text); ok {
			t.Errorf("%q is the address of a label", text)
		}
	}
}
