package verify

import "time"

// Signer is who made a signature, and what others saw of it, as far as checking
// the bundle told. It says nothing of trust.
type Signer struct {
	Key      string      `json:"key,omitempty"`      // id of the public key, as in a bundle's hint
	Identity *Identity   `json:"identity,omitempty"` // instead of Key: what the certificate says
	Times    []time.Time `json:"times,omitempty"`    // at which authorities or logs saw the signature, earliest first
	Logged   int         `json:"logged,omitempty"`   // transparency logs that prove they hold the signature
	Proved   []string    `json:"proved,omitempty"`   // those that prove, beside the bundle, that they hold the label's digest
}

// Identity is what the certificate of a keyless signature says: which workflow
// signed, and for whom it ran. The numbers are those of the certificate
// extensions 1.3.6.1.4.1.57264.1.N, which Fulcio documents in oid-info.md.
type Identity struct {
	Subject      string `json:"subject"`                // subject alternative name: the workflow and its ref
	Issuer       string `json:"issuer"`                 // 8: who vouches for it
	Signer       string `json:"signer,omitempty"`       // 9: the workflow that signs, the same as Subject in GitHub Actions
	Repository   string `json:"repository,omitempty"`   // 12: address of the repository it ran for
	RepositoryID string `json:"repositoryId,omitempty"` // 15: its number, which no renaming changes
	OwnerID      string `json:"ownerId,omitempty"`      // 17: the number of its owner
	Trigger      string `json:"trigger,omitempty"`      // 20: the event that started it
}

// Is reports whether the certificate is for exactly this subject, vouched for by
// exactly this issuer.
func (i *Identity) Is(subject, issuer string) bool {
	return subject != "" && issuer != "" && i.Subject == subject && i.Issuer == issuer
}
