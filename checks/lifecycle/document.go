package lifecycle

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// paper is a document that the declaration rests on.
type paper struct {
	what   string // as in "the risk assessment"
	block  string // as in "risk_assessment"
	file   string
	date   product.Date
	sha256 string
	at     hcl.Range
}

// examine says what is wrong with a document. It is an error if the file is
// there and could not be read.
func (d paper) examine(c *checks.Context, p *product.Product) (place assay.Location, found []assay.Finding, err error) {
	wrong := func(format string, args ...any) {
		found = append(found, checks.Misdeclared(assay.High, d.what+" "+fmt.Sprintf(format, args...), d.at))
	}
	if d.date == "" {
		found = append(found, checks.Undescribed(assay.High, d.block+".date", d.at))
	} else if d.date.Time().After(c.AsOf) {
		wrong("is dated %s, after %s", d.date, c.AsOf.Format("2006-01-02"))
	}
	if d.file == "" {
		return place, append(found, checks.Undescribed(assay.High, d.block+".file", d.at)), nil
	}
	doc, ok := p.Documents[d.file]
	place = assay.Location{Path: d.file, Digest: doc.Digest}
	switch {
	case !ok:
		return place, found, fmt.Errorf("the file %s was not read", d.file)
	case errors.Is(doc.Err, fs.ErrNotExist):
		wrong("is not there: %s", d.file)
	case doc.Err != nil:
		return place, found, fmt.Errorf("the file %s could not be read", d.file)
	case len(doc.Data) == 0:
		wrong("is an empty file: %s", d.file)
	case d.sha256 != "" && !fits(d.sha256, doc.Digest):
		wrong("is not the file that was declared: the SHA-256 of %s differs", d.file)
	}
	return place, found, nil
}

func fits(declared string, digest assay.Digest) bool {
	want, err := assay.ParseDigest(declared)
	return err == nil && want == digest
}
