// Package export says what an assessment found in the forms of others: SLSA's
// verification summary, and in-toto's test result. What they have no word for is
// left out, never rounded up.
//
// The statements are not signed. Whoever publishes them signs them with a tool for
// attestations; they are no labels.
package export

import (
	"cmp"
	"net/url"
	"path"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// The predicate types.
const (
	VSAType        = "https://slsa.dev/verification_summary/v1"
	TestResultType = "https://in-toto.io/attestation/test-result/v0.1"
)

// Verifier names this program in a verification summary.
const Verifier = "https://github.com/assay-iot/assay"

// Resource is an in-toto ResourceDescriptor, or one of its kin.
type Resource struct {
	Name   string                `json:"name,omitempty"`
	URI    string                `json:"uri,omitempty"`
	Digest *labels.SubjectDigest `json:"digest,omitempty"`
}

func sha256Of(d assay.Digest) *labels.SubjectDigest { return &labels.SubjectDigest{SHA256: d.Hex()} }

// subjects are the images, each once.
func subjects(images []assay.Image) []labels.Subject {
	list := []labels.Subject{}
	for _, m := range images {
		list = append(list, labels.Subject{Name: cmp.Or(m.Firmware, path.Base(m.Path)), Digest: *sha256Of(m.Digest)})
	}
	slices.SortFunc(list, func(a, b labels.Subject) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Digest.SHA256, b.Digest.SHA256))
	})
	return slices.Compact(list)
}

// resource names a product as package URLs do.
func resource(a *assay.Assessment) string {
	uri := "pkg:generic/" + url.PathEscape(a.Product.ID)
	if len(a.Images) == 1 && a.Images[0].Version != "" {
		uri += "@" + url.PathEscape(a.Images[0].Version)
	}
	return uri
}
