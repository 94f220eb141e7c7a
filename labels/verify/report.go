package verify

import (
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
)

// Status is the answer. The zero Status is CannotTell.
type Status uint8

// The answers.
const (
	CannotTell       Status = iota // the data are genuine, something else is not known: the picture was not compared
	Valid                          // authentic, and valid on the day asked for
	NotAuthentic                   // nobody who is trusted has signed this
	FirmwareDiffers                // authentic, but not about the image that was given
	NotYetValid                    // authentic, but issued later
	Expired                        // authentic, but no longer valid
	SupportEnded                   // authentic, but the product gets no more updates
	Revoked                        // authentic, but its issuer has withdrawn it
	Suspended                      // authentic, but its issuer has withdrawn it for a time
	Superseded                     // authentic, but another label has taken its place
	FreshnessUnknown               // authentic, but nobody knows whether it was withdrawn

	// Authentic, but the image that was given is another than the labelled one, and
	// says of itself what it is.
	FirmwareNewer       // than the labelled one: not yet assessed
	FirmwareOlder       // than the labelled one, and still supported
	FirmwareUnsupported // older than the lowest version that is still supported
	FirmwareUnknown     // it says nothing that could be compared
)

var statusNames = []string{
	"cannot-tell", "valid", "not-authentic", "firmware-differs", "not-yet-valid", "expired", "support-ended",
	"revoked", "suspended", "superseded", "freshness-unknown",
	"firmware-newer", "firmware-older", "firmware-unsupported", "firmware-unknown",
}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("unknown(%d)", uint8(s))
}

// MarshalText writes the status's name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ExitCode is what a program that verifies ends with: 0 yes, 3 no, 4 cannot
// tell, 5 authentic but not valid now.
func (s Status) ExitCode() int {
	switch s {
	case Valid:
		return 0
	case NotAuthentic, FirmwareDiffers, FirmwareUnsupported:
		return 3
	case NotYetValid, Expired, SupportEnded, Revoked, Suspended, Superseded:
		return 5
	}
	return 4
}

// Picture says whether what a PDF shows, or a picture around a QR code, is what its
// data say.
type Picture string

// What became of the picture; empty if there is none. That of a QR code in a
// picture is never compared.
const (
	PictureSame        Picture = "same"
	PictureDiffers     Picture = "differs"
	PictureNotCompared Picture = "not-compared"
)

// Image is a firmware image that somebody holds against a label.
type Image struct {
	Name   string       `json:"name"`
	Digest assay.Digest `json:"digest"`

	// Read gives what the image says of itself; it is called if its digest is not
	// the label's. Without it nothing more is said.
	Read   func() Stated `json:"-"`
	Stated *Stated       `json:"stated,omitempty"` // what Read gave
}

// ReportFormat is the format id of a Report in JSON.
const ReportFormat = "assay.verification/v1"

// Report is the answer to one verification.
type Report struct {
	Format   string         `json:"format"`
	Status   Status         `json:"status"`
	Summary  string         `json:"summary"`           // one sentence for anybody
	Reasons  []string       `json:"reasons,omitempty"` // what else there is to say
	AsOf     string         `json:"asOf"`
	Digest   assay.Digest   `json:"digest,omitempty"` // the label's identity
	Key      string         `json:"key,omitempty"`    // id of the key that signed
	Signer   *Signer        `json:"signer,omitempty"` // who signed, and what others saw of it
	Issuer   string         `json:"issuer,omitempty"` // name in the trust policy; empty without one
	Unsure   []string       `json:"unsure,omitempty"` // what is not known, so that there is no yes
	Demo     bool           `json:"demo,omitempty"`
	Picture  Picture        `json:"picture,omitempty"`
	Sealed   bool           `json:"sealed,omitempty"`   // the PDF carries a signature of the same key, over all of it
	Seal     *Seal          `json:"seal,omitempty"`     // what else that signature holds
	Image    *Image         `json:"image,omitempty"`    // the one that was given
	Labelled string         `json:"labelled,omitempty"` // the firmware of the label that it is
	Label    *labels.Label  `json:"label,omitempty"`    // only if authentic
	Compact  *compact.Label `json:"compact,omitempty"`  // likewise, if that is what was given
	List     *ListAnswer    `json:"statusList,omitempty"`
	Points   string         `json:"pointsTo,omitempty"`  // the address that a code holds in place of a label; nothing was verified
	Logs     []LogAnswer    `json:"logProofs,omitempty"` // of the proofs that lie beside the label

	subject subject
	today   string          // by the clock; AsOf is the day that is asked about
	entry   string          // of the issuer in the trust policy; empty without one
	maxAge  time.Duration   // of a status list, by the trust policy; zero if any will do
	told    string          // what the image says of itself, as a clause
	against labels.Firmware // the labelled firmware that it was compared with
}

// subject is what a verdict is about, from whichever form of the label.
type subject struct {
	id, maker, product               string
	makerCut, productCut             bool // only the beginning of the name is there
	models                           []string
	issued, validUntil, supportUntil string
	firmware                         []labels.Firmware
}
