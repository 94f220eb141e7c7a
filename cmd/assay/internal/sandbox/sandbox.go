// Package sandbox takes rights away from the process before it reads bytes of
// strangers. A reader that such bytes could take over can then neither write
// outside of the output, nor send anything.
package sandbox

// Rights are what a run may still do.
type Rights struct {
	Read    []string // files and folders to read; empty for all
	Write   []string // folders to write into
	Network bool     // TCP
}

// States that Confine answers with; they stand in the member "run" of a report.
const (
	Landlock    = "landlock"
	Unavailable = "none: this system has no Landlock"
)
