package verify

import (
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// Attestation verifies a signed assessment and gives what it says, who signed it,
// and its identity, the SHA-256 of what was signed. Whether the signer's
// assessments count is for a trust policy. The error is ErrNotAssessment, ErrNotLabel
// or ErrNeedsWitness, or a clause of why it is not authentic.
func Attestation(data []byte, keys []Key, w Witness) (*labels.Attestation, Signer, assay.Digest, error) {
	payload, by, err := attested(data, keys, w)
	if err != nil {
		return nil, by, "", err
	}
	a, err := labels.ParseAttestation(payload)
	if err != nil {
		return nil, by, "", err
	}
	return a, by, assay.SHA256(sha256.Sum256(payload)), nil
}

func attested(data []byte, keys []Key, w Witness) ([]byte, Signer, error) {
	if labels.Certified(data) {
		if w == nil {
			return nil, Signer{}, ErrNeedsWitness
		}
		return w.Verify(data, keys)
	}
	b, err := labels.ParseAttestationBundle(data)
	var form *labels.CanonicalError
	switch {
	case errors.As(err, &form):
		return nil, Signer{}, errors.New("it was changed after it was signed")
	case err != nil:
		return nil, Signer{}, err
	}
	by := Signer{Key: b.Material.PublicKey.Hint}
	at := slices.IndexFunc(keys, func(k Key) bool { return k.ID == by.Key })
	if at < 0 {
		return nil, by, errors.New("it is not signed with a key that is trusted")
	}
	if !keys[at].Verifies(labels.PAE(b.Envelope.PayloadType, b.Envelope.Payload), b.Envelope.Signatures[0].Sig) {
		return nil, by, errors.New("its signature does not fit what it says")
	}
	if b.Material.Stamps != nil && w != nil {
		if _, seen, err := w.Verify(data, keys); err == nil {
			by.Times, by.Logged = seen.Times, seen.Logged
		}
	}
	return b.Envelope.Payload, by, nil
}
