package assay

import "time"

// CheckID names a check: principle, slash, name, as "credentials/empty-password".
type CheckID string

// Result is what one check said about one image, or, where Firmware is empty,
// about the declaration.
type Result struct {
	Check    CheckID    `json:"check"`
	Version  int        `json:"version"`            // of the check's rules
	Firmware string     `json:"firmware,omitempty"` // label of the firmware block
	Verdict  Verdict    `json:"verdict"`
	Proof    Proof      `json:"proof"`
	Reason   string     `json:"reason,omitempty"` // why, where no finding says it
	Examined []Location `json:"examined"`         // what was looked at
	Findings []Finding  `json:"findings"`
}

// Container is one layer that was opened: a header, a stream, a file system.
type Container struct {
	Type   string `json:"type"`
	Path   string `json:"path"`
	Offset int64  `json:"offset"` // in its parent
	Length int64  `json:"length"` // in its parent
}

// Image is one firmware image that was examined.
type Image struct {
	Firmware   string      `json:"firmware,omitempty"` // label of the firmware block
	Version    string      `json:"version,omitempty"`  // as declared
	Minimum    string      `json:"minimum,omitempty"`  // lowest version that is still supported, as declared
	Path       string      `json:"path"`
	Size       int64       `json:"size"`
	Digest     Digest      `json:"digest"`
	Containers []Container `json:"containers"`
	Files      int         `json:"files"`
	Coverage   Coverage    `json:"coverage"`
}

// Tool is the program that assessed.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Marked is an exception or an unmet recommendation that the maker wrote down.
// It changes no verdict; it is shown beside what it speaks of.
type Marked struct {
	Subject  string   `json:"subject"` // a check id, or scheme:requirement
	Path     string   `json:"path,omitempty"`
	Reason   string   `json:"reason"`
	Author   string   `json:"author,omitempty"`
	Expires  string   `json:"expires,omitempty"` // YYYY-MM-DD
	Declared Location `json:"declared"`
}

// RuleSet is something that an assessment was judged by, known by its digest: a
// scheme, the checks, a list that checks compare with.
type RuleSet struct {
	Kind    string `json:"kind"` // scheme, checks or data
	Name    string `json:"name"`
	Version string `json:"version,omitempty"` // of a scheme its edition
	Digest  Digest `json:"digest"`
}

// AssessmentFormat is the format id of an Assessment in JSON.
const AssessmentFormat = "assay.assessment/v1"

// Assessment is what a label rests on: everything that was declared, observed
// and judged about one product at one date. The same input and the same AsOf
// give the same Assessment, byte for byte.
type Assessment struct {
	Format      string             `json:"format"`
	Tool        Tool               `json:"tool"`
	AsOf        string             `json:"as_of"` // YYYY-MM-DD, the date all dates are compared with
	Rules       []RuleSet          `json:"rules,omitempty"` // what it was judged by
	Product     ProductInfo        `json:"product"`
	Images      []Image            `json:"images"`
	Results     []Result           `json:"results"`
	Conclusions []Conclusion       `json:"conclusions"`
	Data        *DataSet           `json:"data,omitempty"` // of known vulnerabilities, if one was given
	Exceptions  []Marked           `json:"exceptions,omitempty"`
	Facts       map[string]Stored  `json:"facts,omitempty"` // by "firmware/fact", with --store-facts
	Documents   []DocumentEvidence `json:"documents,omitempty"`
}

// DataSet names the data set of known vulnerabilities that was looked into.
type DataSet struct {
	Digest Digest `json:"digest,omitempty"` // of its manifest
	AsOf   string `json:"as_of,omitempty"`  // YYYY-MM-DD, the day that it was built for
	Demo   bool   `json:"demo,omitempty"`   // the small one for demonstration
}

// Stored is a fact's value as it was observed, so that it can be judged again
// without the image, or why it is not known. Value holds JSON.
type Stored struct {
	Version int    `json:"version"`
	Value   []byte `json:"value,omitempty"`
	Unknown string `json:"unknown,omitempty"`
}

// DocumentEvidence is a document that the maker supplied, known by its digest.
type DocumentEvidence struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	By     string   `json:"by,omitempty"`
	Date   string   `json:"date,omitempty"`
	Covers []string `json:"covers,omitempty"`
	Digest Digest   `json:"digest"`
}

// ProductInfo is the part of the declaration that an assessment and a label
// repeat, in plain values.
type ProductInfo struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Models       []string       `json:"models"`
	GTIN         string         `json:"gtin,omitempty"`
	Category     string         `json:"category,omitempty"`
	Manufacturer Manufacturer   `json:"manufacturer"`
	SupportUntil string         `json:"support_until,omitempty"` // YYYY-MM-DD
	Declaration  Digest         `json:"declaration"`             // of the product files, in name order
	Face         DeclaredFace   `json:"face"`
	Parts        []DeclaredPart `json:"parts"`
	Closed       []ClosedPart   `json:"closed,omitempty"`
}

// ClosedPart is firmware, or a range of it, that the maker declares opaque and
// that was not examined, with who supplied it.
type ClosedPart struct {
	Firmware string `json:"firmware"`
	Range    string `json:"range,omitempty"` // its name; empty for all that was not opened
	Supplier string `json:"supplier"`
}

// Manufacturer is who makes the product.
type Manufacturer struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Country string `json:"country,omitempty"`
	Website string `json:"website,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// DeclaredFace holds the few declared facts that consumers ask for first.
type DeclaredFace struct {
	AutomaticUpdates *bool    `json:"automatic_updates,omitempty"`
	Passwords        []string `json:"passwords,omitempty"`       // how each credential starts: "unique-per-device", "user-set", …
	Sensors          []string `json:"sensors,omitempty"`         // present ones
	WithoutSensors   []string `json:"without_sensors,omitempty"` // those declared absent
	PersonalData     []string `json:"personal_data,omitempty"`
	Recipients       []string `json:"recipients,omitempty"`
	Policy           string   `json:"policy,omitempty"` // vulnerability disclosure policy
	Deletion         string   `json:"deletion,omitempty"`
}

// DeclaredPart is a part of the product and whether it was examined at all.
type DeclaredPart struct {
	Kind     string `json:"kind"` // firmware, app, cloud
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	Examined bool   `json:"examined"`
}

// Date parses the YYYY-MM-DD form that the project uses everywhere.
func Date(s string) (time.Time, error) { return time.ParseInLocation(time.DateOnly, s, time.UTC) }
