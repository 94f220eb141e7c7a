package labels

import (
	"errors"
	"fmt"
	"slices"

	"github.com/assay-iot/assay"
)

// CheckDeclared says of a product and its images, as the maker declares them, what a
// label would be refused for: texts that claim what no label says, and versions that
// cannot be. The rest is known only when there is an assessment.
func CheckDeclared(p assay.ProductInfo, images []assay.Image, documents []assay.DocumentEvidence) error {
	l := &Label{
		Product: Product{
			ID: p.ID, Name: oneLine(p.Name), Models: p.Models, Category: p.Category, Maker: maker(p.Manufacturer),
		},
		Firmware: firmware(images), Parts: parts(p.Parts), Closed: closed(p.Closed), Declared: face(p.Face),
	}
	for _, d := range documents {
		l.Documents = append(l.Documents, Document{Kind: d.Kind, By: d.By, Date: d.Date})
	}
	l.Issuer.Name = l.Product.Maker.Name
	return errors.Join(l.boasting(), l.validateVersions())
}

// validateVersions holds the versions of the images to each other: none is older than
// the lowest that is supported, and none differs from that of the part it is.
func (l *Label) validateVersions() error {
	for _, f := range l.Firmware {
		if order, known := CompareVersions(f.Version, f.Minimum); known && order < 0 {
			return fmt.Errorf("firmware %q has version %s, older than %s, the lowest that it says is supported", f.Name, f.Version, f.Minimum)
		}
		isOther := func(p Part) bool { return p.Kind == "firmware" && p.Name == f.Name && p.Version != f.Version }
		if i := slices.IndexFunc(l.Parts, isOther); i >= 0 {
			return fmt.Errorf("firmware %q has version %q, and as a part of the product %q", f.Name, f.Version, l.Parts[i].Version)
		}
	}
	return nil
}
