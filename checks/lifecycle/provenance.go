package lifecycle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// Limits of a file of provenance.
const (
	maxProvenance         = 1000 // of a file
	maxProvenanceSubjects = 10000
)

// provenances compares the declared provenance of each image with the image that was
// tested: what speaks of another image says nothing of this one. Unknown are those that
// could not be compared.
func provenances(c *checks.Context, p *product.Product) (found []assay.Finding, places []assay.Location, unknown []string) {
	for i := range p.Firmwares {
		fw := &p.Firmwares[i]
		if fw.Provenance == "" {
			continue
		}
		doc := p.Documents[fw.Provenance]
		digests, err := subjectsOf(doc.Data)
		image, tested := c.Tested[fw.ID]
		switch {
		case doc.Err != nil || doc.Data == nil:
			unknown = append(unknown, "what the provenance "+fw.Provenance+" says")
		case err != nil:
			found = append(found, checks.Misdeclared(assay.Medium, fmt.Sprintf("the provenance %s of firmware %s cannot be read: %v", fw.Provenance, fw.ID, err), fw.Range))
		case !tested:
			unknown = append(unknown, "whether the provenance "+fw.Provenance+" is of the image of firmware "+fw.ID)
		case !digests[image]:
			found = append(found, checks.Misdeclared(assay.Medium, fmt.Sprintf("the provenance %s is not of the image of firmware %s that was tested", fw.Provenance, fw.ID), fw.Range))
		default:
			places = append(places, assay.Location{Path: fw.Provenance, Digest: doc.Digest})
		}
	}
	return found, places, unknown
}

// subjectsOf gives the digests of the files that a file of in-toto statements is about:
// bare ones, in envelopes (DSSE 1.0) or in bundles of Sigstore, one or several in a row.
// Signatures are not looked at.
func subjectsOf(data []byte) (map[assay.Digest]bool, error) {
	digests := map[assay.Digest]bool{}
	in := json.NewDecoder(bytes.NewReader(data))
	for n := 0; ; n++ {
		var s provenance
		switch err := in.Decode(&s); {
		case errors.Is(err, io.EOF) && n > 0:
			return digests, nil
		case err != nil:
			return nil, errors.New("it is no JSON of in-toto")
		case n == maxProvenance:
			return nil, fmt.Errorf("it has more than %d statements", maxProvenance)
		}
		if s.Envelope != nil {
			s.Payload = s.Envelope.Payload
		}
		if len(s.Payload) > 0 {
			inner := provenance{}
			if err := json.Unmarshal(s.Payload, &inner); err != nil {
				return nil, errors.New("what is in its envelope is no JSON of in-toto")
			}
			s = inner
		}
		if len(s.Subject) == 0 || len(digests)+len(s.Subject) > maxProvenanceSubjects {
			return nil, fmt.Errorf("a statement names no subject, or all more than %d", maxProvenanceSubjects)
		}
		for _, subject := range s.Subject {
			if d, err := assay.ParseDigest(subject.Digest["sha256"]); err == nil {
				digests[d] = true
			}
		}
	}
}

// provenance is a statement of in-toto (Attestation Framework 1.0), or what it lies in.
type provenance struct {
	Subject []struct {
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
	Payload  []byte `json:"payload"`
	Envelope *struct {
		Payload []byte `json:"payload"`
	} `json:"dsseEnvelope"`
}
