package export

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// VSA is an in-toto statement with a SLSA verification summary, version 1.
type VSA struct {
	Type          string           `json:"_type"`
	Subject       []labels.Subject `json:"subject"`
	PredicateType string           `json:"predicateType"`
	Predicate     Summary          `json:"predicate"`
}

// Summary is the verification summary: its members are those of
// slsa.dev/spec/v1.0/verification_summary.
type Summary struct {
	Verifier          VerifierID `json:"verifier"`
	TimeVerified      string     `json:"timeVerified"` // RFC 3339
	ResourceURI       string     `json:"resourceUri"`
	Policy            Resource   `json:"policy"` // the scheme
	InputAttestations []Resource `json:"inputAttestations"`
	Result            string     `json:"verificationResult"` // PASSED or FAILED
	VerifiedLevels    []string   `json:"verifiedLevels,omitempty"`
}

// VerifierID names who verified.
type VerifierID struct {
	ID string `json:"id"`
}

// VSAs gives a verification summary for each scheme that is met or not met. An
// inconclusive one gets none: the form knows PASSED and FAILED only. There is none
// either if no image was examined, as it would be about nothing.
func VSAs(a *assay.Assessment) ([]VSA, error) {
	digest, err := labels.AssessmentDigest(a)
	if err != nil {
		return nil, err
	}
	about := subjects(a.Images)
	if len(about) == 0 {
		return nil, nil
	}
	var list []VSA
	for _, c := range a.Conclusions {
		result, ok := map[assay.Outcome]string{assay.Met: "PASSED", assay.NotMet: "FAILED"}[c.Outcome]
		if !ok {
			continue
		}
		list = append(list, VSA{
			Type: labels.StatementType, Subject: about, PredicateType: VSAType,
			Predicate: Summary{
				Verifier: VerifierID{Verifier}, TimeVerified: a.AsOf + "T00:00:00Z", ResourceURI: resource(a),
				Policy:            policy(a, c),
				InputAttestations: []Resource{{URI: labels.AssessmentType, Digest: sha256Of(digest)}},
				Result:            result, VerifiedLevels: levels(c),
			},
		})
	}
	return list, nil
}

// policy names the scheme and the digest of its rules.
func policy(a *assay.Assessment, c assay.Conclusion) Resource {
	r := Resource{URI: fmt.Sprintf("%s#scheme=%s@%s", Verifier, c.Scheme, strings.ReplaceAll(c.Edition, " ", "%20"))}
	for _, s := range a.Rules {
		if s.Kind == "scheme" && s.Name == c.Scheme && s.Version == c.Edition {
			r.Digest = sha256Of(s.Digest)
		}
	}
	return r
}

// levels names what is met in capital letters, as SLSA does. Names of one's own
// must not begin with SLSA_.
func levels(c assay.Conclusion) []string {
	if c.Outcome != assay.Met {
		return nil
	}
	name := "ASSAY_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(c.Scheme))
	if c.Level > 0 {
		name += fmt.Sprintf("_LEVEL_%d", c.Level)
	}
	return []string{name}
}
