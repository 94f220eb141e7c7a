// Package labels says what a security label is: an in-toto statement about
// firmware images, whose predicate is a [Label], signed in a Sigstore bundle.
//
// [New] makes the statement from an [assay.Assessment]; package sign signs it,
// package pdf draws it, package verify checks it with nothing but a public key.
// A label is known by the SHA-256 of its statement, never by its bundle.
//
// The package knows no firmware reader and no check, and imports the standard
// library, the root package and the normal forms of Unicode only, so that a verifier
// stays small.
package labels

import (
	"crypto/sha256"
	"errors"

	"github.com/assay-iot/assay"
)

// The types that a statement names.
const (
	StatementType = "https://in-toto.io/Statement/v1"
	PredicateType = "https://assay-iot.github.io/label/v1"
)

// Renderer is the renderer that new labels name. A renderer never changes once
// it is released: a new look is a new number, and old ones stay.
const Renderer = 1

// ErrUnknownRenderer says that a label names a renderer that this program does
// not have: its picture can then be neither drawn nor compared.
var ErrUnknownRenderer = errors.New("unknown renderer")

// ErrUnknownVariant says that the renderer of a label draws no such format or
// language. The variants of a renderer are as fixed as what it draws.
var ErrUnknownVariant = errors.New("unknown variant")

// Statement is an in-toto Statement v1 whose predicate is a label.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Label     `json:"predicate"`
}

// Subject is one firmware image, known by its digest.
type Subject struct {
	Name   string        `json:"name"`
	Digest SubjectDigest `json:"digest"`
}

// SubjectDigest holds the digest in the form that in-toto wants: bare
// hexadecimal digits.
type SubjectDigest struct {
	SHA256 string `json:"sha256"`
}

// Label is what is said about the product: conclusions, their proof, and the
// digests of what they rest on. It holds no finding and no place in an image.
type Label struct {
	ID           string       `json:"id"`
	Renderer     int          `json:"renderer"`
	Demo         bool         `json:"demo,omitempty"` // signed with a published key; proves nothing
	Issuer       Issuer       `json:"issuer"`
	Issued       string       `json:"issued"`     // YYYY-MM-DD
	ValidUntil   string       `json:"validUntil"` // last day
	AsOf         string       `json:"asOf"`       // the day that the assessment speaks of
	Product      Product      `json:"product"`
	Firmware     []Firmware   `json:"firmware"`
	Parts        []Part       `json:"parts,omitempty"`
	Closed       []Closed     `json:"closed,omitempty"`
	Declared     Face         `json:"declared"`
	Schemes      []Scheme     `json:"schemes"`
	AlsoAssessed []Unclaimed  `json:"alsoAssessed,omitempty"`
	Principles   []Principle  `json:"principles"`
	Coverage     Coverage     `json:"coverage"`
	Exceptions   int          `json:"exceptions"` // written by the maker; they change no verdict
	Despite      []Decision   `json:"despite,omitempty"`
	Assessment   assay.Digest `json:"assessment"`       // of its canonical JSON
	Rules        []Rules      `json:"rules,omitempty"`  // what the assessment was judged by
	Policy       assay.Digest `json:"policy,omitempty"` // of the trust policy that lets the issuer judge
	Declaration  assay.Digest `json:"declaration"`
	Documents    []Document   `json:"documents,omitempty"`
	Status       *Status      `json:"status,omitempty"`   // where it would stand that the label was withdrawn
	Evidence     []Evidence   `json:"evidence,omitempty"` // signed attestations that it was made of
	Tool         Tool         `json:"tool"`
}

// Issuer is who says so.
type Issuer struct {
	Name     string   `json:"name"`
	Address  string   `json:"address,omitempty"` // where the QR code leads
	Standing Standing `json:"standing"`
}

// Standing says by what right an issuer speaks.
type Standing string

// The standings. They say no more than was known when the label was made;
// whether an issuer is trusted is for whoever verifies it.
const (
	IsMaker    Standing = "maker"      // the maker itself: a declaration of its own
	Other      Standing = "other"      // somebody else; nothing is said of an authority
	Authorised Standing = "authorised" // a trust policy that was applied lets it judge by these schemes
)

// Product is what the label is about.
type Product struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Models       []string `json:"models"`
	GTIN         string   `json:"gtin,omitempty"`
	Category     string   `json:"category,omitempty"`
	Maker        Maker    `json:"maker"`
	SupportUntil string   `json:"supportUntil"`
}

// Maker is who makes the product.
type Maker struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Country string `json:"country,omitempty"`
	Website string `json:"website,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// Firmware is one image that was examined; its digest is in the subject of the
// same place.
type Firmware struct {
	Name    string       `json:"name"`
	Version string       `json:"version,omitempty"`
	Minimum string       `json:"minimum,omitempty"` // lowest version still supported
	Digest  assay.Digest `json:"digest"`
	Opaque  bool         `json:"opaque,omitempty"` // nothing inside could be read
}

// Decision is an issuer's word to label a product although a mandatory requirement
// of a scheme is not met or not decided. The outcome stays what it is.
type Decision struct {
	Requirement string          `json:"requirement"` // scheme:requirement
	Principle   assay.Principle `json:"principle"`   // that the requirement is about, for those who know no requirement by its number
	Outcome     assay.Outcome   `json:"outcome"`     // not met, or inconclusive
	By          string          `json:"by"`          // who decided, by name
	Reason      string          `json:"reason"`
}

// Closed is firmware, or a range of it, that the maker declares opaque and that
// nobody examined; its supplier is who could.
type Closed struct {
	Firmware string `json:"firmware"`
	Range    string `json:"range,omitempty"` // all that was not opened if empty
	Supplier string `json:"supplier"`
}

// Part is a part of the product, and whether it was examined at all.
type Part struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	Examined bool   `json:"examined"`
}

// Face holds what the maker says and people ask for first. Nothing here is
// proof; the principles say what was.
type Face struct {
	AutomaticUpdates *bool    `json:"automaticUpdates,omitempty"`
	Passwords        []string `json:"passwords,omitempty"`
	Sensors          []string `json:"sensors,omitempty"`
	WithoutSensors   []string `json:"withoutSensors,omitempty"` // declared absent
	PersonalData     []string `json:"personalData,omitempty"`
	Recipients       []string `json:"recipients,omitempty"`
	Policy           string   `json:"policy,omitempty"`
	Deletion         string   `json:"deletion,omitempty"`
}

// Scheme is a scheme whose mandatory requirements are met.
type Scheme struct {
	ID           string        `json:"id"`
	Edition      string        `json:"edition"`
	Title        string        `json:"title"`
	Level        int           `json:"level,omitempty"`
	Requirements []Requirement `json:"requirements"`
}

// Requirement is what followed for one requirement, about which principle, and from
// what proof.
type Requirement struct {
	ID        string          `json:"id"`
	Principle assay.Principle `json:"principle"`
	Mandatory bool            `json:"mandatory"`
	Outcome   assay.Outcome   `json:"outcome"`
	Proof     assay.Proof     `json:"proof"`
}

// Unclaimed is a scheme that was assessed too and that the label does not claim.
type Unclaimed struct {
	ID      string        `json:"id"`
	Edition string        `json:"edition"`
	Title   string        `json:"title"`
	Outcome assay.Outcome `json:"outcome"`
}

// Principle is what the schemes on the label say about one of the nine.
type Principle struct {
	Principle    assay.Principle `json:"principle"`
	Outcome      assay.Outcome   `json:"outcome"`
	Proof        assay.Proof     `json:"proof"`              // the least of those that carry the outcome
	Examined     []string        `json:"examined,omitempty"` // firmware whose image was looked into for it
	Requirements int             `json:"requirements"`       // of the schemes on the label that are about it
	Decided      int             `json:"decided"`            // how many of these have an answer
}

// Coverage sums the bytes of all images by what became of them.
type Coverage struct {
	Bytes          int64 `json:"bytes"`
	Opened         int64 `json:"opened"`
	Padding        int64 `json:"padding"`
	Verified       int64 `json:"verified"`
	DeclaredOpaque int64 `json:"declaredOpaque"`
	Unexplained    int64 `json:"unexplained"`
}

// Examined is the number of bytes that were opened, checked or padding.
func (c Coverage) Examined() int64 { return c.Opened + c.Padding + c.Verified }

// Document is a document that the assessment rests on, known by its digest.
type Document struct {
	Kind   string       `json:"kind"`
	By     string       `json:"by,omitempty"`
	Date   string       `json:"date,omitempty"`
	Digest assay.Digest `json:"digest"`
}

// Status is a label's place in a status list (Token Status List,
// draft-ietf-oauth-status-list): package status reads it. It is part of what is
// signed, so nobody can take it away.
type Status struct {
	List  string `json:"list"`  // address of the list
	Index int    `json:"index"` // of the label's entry, chosen at random
}

// Evidence is a signed attestation that the label was made of, known by the SHA-256
// of its statement.
type Evidence struct {
	Type   string       `json:"type"` // its predicate type
	By     string       `json:"by"`
	Digest assay.Digest `json:"digest"`
}

// Rules is a scheme, the checks, or a list that checks compare with.
type Rules struct {
	Kind    string       `json:"kind"` // scheme, checks or data
	Name    string       `json:"name"`
	Version string       `json:"version,omitempty"`
	Digest  assay.Digest `json:"digest"`
}

// Tool is the program that assessed.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Payload gives the bytes that are signed: the statement in canonical JSON.
func (s *Statement) Payload() ([]byte, error) { return Canonical(s) }

// Digest names the label: the SHA-256 of its payload.
func (s *Statement) Digest() (assay.Digest, error) {
	payload, err := s.Payload()
	if err != nil {
		return "", err
	}
	return assay.SHA256(sha256.Sum256(payload)), nil
}
