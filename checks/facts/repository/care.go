package repository

import "github.com/assay-iot/assay/checks/facts"

// Care is how a source repository is looked after: each question has its own
// answer, for a token may see some and not others.
type Care struct {
	Name           string `json:"name"`
	Protected      Answer `json:"protected"`       // the default branch takes no direct pushes
	Reviewed       Answer `json:"reviewed"`        // a second person looks at changes
	Updated        Answer `json:"updated"`         // dependencies are kept up to date by a machine
	CodeScanned    Answer `json:"code_scanned"`    // code scanning is on
	SecretsScanned Answer `json:"secrets_scanned"` // secret scanning is on
	SignedReleases Answer `json:"signed_releases"` // releases carry signatures or attestations
	Attested       Answer `json:"attested"`        // there is an attestation of the tested image, by its digest
}

// CareFact is what GitHub says about the care of the declared repository.
var CareFact = &facts.Given[Care]{
	Name:    "repository-care",
	Version: 2,
	Doc:     "What GitHub says about branch protection, reviews, dependency updates, scanning, signed releases and attestations.",
	Without: "the repository was not asked: needs --online",
}
