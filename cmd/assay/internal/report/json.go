// Package report writes assessments and inspections for people and for
// programs: tables, JSON, SARIF, annotations of GitHub, and HTML.
package report

import (
	"encoding/json"
	"io"
	"runtime"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// JSON writes v as indented JSON with a line end. The members stand in the
// order of the Go type, so the same value gives the same bytes. What could steer a
// terminal is escaped.
func JSON(w io.Writer, v any) error {
	out := &Visible{To: w}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Run is what differs from machine to machine. No digest covers it.
type Run struct {
	OS      string   `json:"os"`
	Arch    string   `json:"arch"`
	Go      string   `json:"go"`
	Sandbox string   `json:"sandbox"` // what the process could not do while it read the image
	Profile *Profile `json:"profile,omitempty"`
}

// ThisRun describes the machine.
func ThisRun(sandbox string) Run {
	return Run{OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), Sandbox: sandbox}
}

// InspectionFormat is the format id of an Inspection.
const InspectionFormat = "assay.inspection/v1"

// Inspection is what was found in one image, with no product declared. It is a
// public format.
type Inspection struct {
	Format     string                `json:"format"`
	Tool       assay.Tool            `json:"tool"`
	AsOf       string                `json:"as_of"`
	Image      InspectedImage        `json:"image"`
	Containers []assay.Container     `json:"containers"`
	Files      int                   `json:"files"`
	Coverage   assay.Coverage        `json:"coverage"`
	Components []inventory.Component `json:"components"`
	Services   []facts.Service       `json:"services"`
	Data       *assay.DataSet        `json:"data,omitempty"` // of known vulnerabilities, if one was given
	Results    []assay.Result        `json:"results"`
	Run        Run                   `json:"run"`
}

// InspectedImage names the image.
type InspectedImage struct {
	Path   string       `json:"path"`
	Size   int64        `json:"size"`
	Digest assay.Digest `json:"digest"`
	// Signatures are the files with detached signatures that were read with it.
	Signatures []string `json:"signatures,omitempty"`
}

// AssessmentDocument is an assessment with the account of its run.
type AssessmentDocument struct {
	assay.Assessment
	Run Run `json:"run"`
}
