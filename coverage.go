package assay

// CoverageClass says what became of a byte of an image. Every byte is in
// exactly one class, so the classes sum to the size.
type CoverageClass string

// The classes of coverage.
const (
	Opened         CoverageClass = "opened"          // read and understood
	Padding        CoverageClass = "padding"         // zeros, or one repeated byte
	Checked        CoverageClass = "verified"        // not opened, but covered by a signature or digest that was checked
	DeclaredOpaque CoverageClass = "declared-opaque" // named in the product file with place, supplier and reason
	Unexplained    CoverageClass = "unexplained"     // nobody knows
)

// UnexplainedLimit is the length, in bytes, up to which an unexplained range
// does not stand in the way of a check that says "there is none".
const UnexplainedLimit = 4096

// Range is a run of bytes of one class in the delivered image.
type Range struct {
	Offset int64         `json:"offset"`
	Length int64         `json:"length"`
	Class  CoverageClass `json:"class"`
	What   string        `json:"what,omitempty"` // container type, supplier, or why it could not be opened
}

// Skipped is a part, at any depth, that could not be opened, with the reason.
type Skipped struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Reason string `json:"reason"`
}

// Coverage says how much of an image was examined. The zero Coverage has
// examined nothing and is not complete.
type Coverage struct {
	Bytes          int64     `json:"bytes"`
	Opened         int64     `json:"opened"`
	Padding        int64     `json:"padding"`
	Verified       int64     `json:"verified"`
	DeclaredOpaque int64     `json:"declared_opaque"`
	Unexplained    int64     `json:"unexplained"`
	Ranges         []Range   `json:"ranges"`
	Skipped        []Skipped `json:"skipped"`
	Opaque         bool      `json:"opaque"` // nothing inside could be read
}

// Complete reports whether a check may say "there is none": something was
// opened, no unexplained range is longer than UnexplainedLimit, and no part that
// was found inside had to be skipped.
func (c Coverage) Complete() bool {
	if c.Bytes == 0 || c.Opaque || len(c.Skipped) > 0 {
		return false
	}
	for _, r := range c.Ranges {
		if r.Class == Unexplained && r.Length > UnexplainedLimit {
			return false
		}
	}
	return true
}

// Examined is the number of bytes that were opened, checked or padding.
func (c Coverage) Examined() int64 { return c.Opened + c.Padding + c.Verified }
