// Package trust says whose labels count, and for what.
//
// A trust policy is written by whoever relies on labels: a shop, an authority, a
// certification body. It names issuers, the keys or workflows that sign for them,
// the schemes they hold, up to which level, for which products, and what must
// stand beside a signature.
//
//	issuer "tuv-example" {
//	  display       = "TÜV Example"
//	  schemes       = ["etsi-en-303-645"]
//	  max_level     = 3
//	  gtin_prefixes = ["09506000"]
//	  key "2026a" {
//	    public_key = file("tuv-2026a.pub")
//	    not_before = "2026-01-01T00:00:00Z"
//	    not_after  = "2029-01-01T00:00:00Z"
//	  }
//	  require {
//	    timestamp      = 1
//	    log            = 0
//	    status_max_age = "7d"
//	  }
//	}
//	log "labels.tuv.example/log" {
//	  key = file("log.pub")
//	}
//
// What a policy does not say it does not allow: a constraint that is missing is a
// mistake, and there are no patterns beyond those written down here.
// [Policy.Judge] applies one. A [List] is a policy that travels, signed.
package trust

import (
	"time"

	"github.com/assay-iot/assay/labels/verify"
)

// The limits of a policy.
const (
	MaxBytes     = 256 << 10 // of the policy file
	MaxIncluded  = 1 << 20   // bytes of a file that it names
	MaxIssuers   = 1024
	MaxKeys      = 64 // keys of one issuer, and workflows
	MaxEntries   = 4096
	MaxThreshold = 8 // witnesses that can be demanded
	MaxLogs      = 64
)

// Policy is a trust policy, compiled: no file is needed any more.
type Policy struct {
	Issuers   []Issuer `json:"issuers"`
	Assessors []Issuer `json:"assessors,omitempty"` // whose signed assessments count
	// Root is a Sigstore trusted root in JSON; empty if the policy names none.
	Root string `json:"root,omitempty"`
	// Stampers are timestamp authorities beside those of Root.
	Stampers []Stamper `json:"stampers,omitempty"`
	// Logs are transparency logs of labels.
	Logs []Log `json:"logs,omitempty"`
}

// Log is a transparency log of labels, whose proofs lie beside them.
type Log struct {
	Origin string `json:"origin"` // the name of the log in its checkpoints
	Key    string `json:"key"`    // verifier key: origin+hash+key
}

// Issuer is who may issue labels, or, among Assessors, sign assessments.
type Issuer struct {
	ID        string   `json:"id"`
	Display   string   `json:"display"`               // the name that people know, and that labels bear
	Address   string   `json:"address,omitempty"`     // where the QR codes of its labels lead
	Lists     []string `json:"statusLists,omitempty"` // beginnings of addresses where its status lists lie, beside those on the host of Address
	Schemes   []string `json:"schemes"`               // ids of those it may judge by
	MaxLevel  int      `json:"maxLevel,omitempty"`    // highest level; zero allows labels without one only
	Prefixes  []string `json:"prefixes"`              // of the GTINs it may judge; "*" for every product
	Assessors []string `json:"assessors,omitempty"`   // ids of whose signed assessments it may label; SelfAssessed is itself
	Keys      []Key    `json:"keys,omitempty"`
	Keyless   []Run    `json:"keyless,omitempty"`
	Require   Require  `json:"require"`
}

// EveryProduct is the entry of Prefixes that allows every product, also one that
// has no GTIN.
const EveryProduct = "*"

// SelfAssessed is the entry of Assessors that stands for the issuer itself.
const SelfAssessed = "self"

// Key is a public key and the time in which it may sign.
type Key struct {
	Name      string    `json:"name"`
	KeyID     string    `json:"keyId"`  // as in a bundle's hint
	Public    []byte    `json:"public"` // SubjectPublicKeyInfo, DER
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`

	verifier verify.Key
}

// Run is a workflow that may sign without a key of its own, and for whom it must
// have run. Every member is demanded.
type Run struct {
	Issuer       string `json:"issuer"`       // of the identity tokens
	Workflow     string `json:"workflow"`     // owner/repository/.github/workflows/file
	Ref          string `json:"ref"`          // refs/tags/v1.2.0, or refs/tags/v*
	RepositoryID string `json:"repositoryId"` // of the repository that it ran for
	OwnerID      string `json:"ownerId"`
	Trigger      string `json:"trigger"`
}

// Require is what must stand beside a signature.
type Require struct {
	Timestamp    int   `json:"timestamp"`              // authorities that saw it
	Log          int   `json:"log"`                    // transparency logs that hold it: Logs of the policy, or of Root
	StatusMaxAge int64 `json:"statusMaxAge,omitempty"` // seconds that a status list may be old; zero if any will do
}

// Stamper is a timestamp authority.
type Stamper struct {
	Name         string    `json:"name"`
	Certificates []byte    `json:"certificates"` // PEM, the signing certificate first and the root last
	NotBefore    time.Time `json:"notBefore"`
	NotAfter     time.Time `json:"notAfter"`
}

// Keys lists all public keys of the issuers, as the verifier takes them.
func (p *Policy) Keys() []verify.Key { return keysOf(p.Issuers) }

// LogKeys lists the verifier keys of the logs, as the verifier takes them.
func (p *Policy) LogKeys() []string {
	var keys []string
	for _, l := range p.Logs {
		keys = append(keys, l.Key)
	}
	return keys
}

// AssessorKeys lists the public keys of the assessors.
func (p *Policy) AssessorKeys() []verify.Key { return keysOf(p.Assessors) }

func keysOf(list []Issuer) []verify.Key {
	var keys []verify.Key
	for _, i := range list {
		for _, k := range i.Keys {
			key := k.verifier
			key.Issuer, key.From, key.Until = i.ID, k.NotBefore, k.NotAfter
			keys = append(keys, key)
		}
	}
	return keys
}

// Issuer finds an issuer by its id.
func (p *Policy) Issuer(id string) (Issuer, bool) {
	for _, i := range p.Issuers {
		if i.ID == id {
			return i, true
		}
	}
	return Issuer{}, false
}
