package deletion

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed instructions.md
var instructionsDoc string

// Instructions fails a product that does not tell its users how to delete their
// data on the device, in the app and in the services that belong to it.
var Instructions = &checks.Check{
	ID:        "deletion/instructions",
	Title:     "instructions for deleting user data are declared for the device and its services",
	Doc:       instructionsDoc,
	Remedy:    "Publish instructions and declare in the deletion block how the device, the app and the account are erased.",
	Principle: assay.Deletion,
	Reads:     checks.Declared,
	Severity:  assay.Medium,
	Provision: []string{"5.11-2", "5.11-3"},
	Version:   1,
	Run:       instructions,
}

func instructions(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	switch {
	case p.Deletion == nil && nothingToDelete(p):
		return c.NotApplicable("the product declares no personal data, no app, no service and no password that a user chooses")
	case p.Deletion == nil:
		return c.NotDescribed(assay.Medium, "deletion")
	}
	if found := unsaid(p, p.Deletion); len(found) > 0 {
		return c.Fail(assay.Declared, found...)
	}
	return c.Pass(assay.Declared, checks.Place(p.Deletion.Range))
}

// unsaid lists what a user is not told.
func unsaid(p *product.Product, d *product.Deletion) []assay.Finding {
	var found []assay.Finding
	lacks := func(what string) {
		found = append(found, checks.Undescribed(assay.Medium, what, d.Range))
	}
	if d.Device == "" {
		lacks("deletion.device")
	}
	if d.Instructions == "" {
		lacks("deletion.instructions")
	}
	if len(p.Apps) > 0 && d.App == "" {
		lacks("deletion.app")
	}
	if len(p.Clouds) > 0 && d.Account == "" && d.App == "" {
		lacks("deletion.account")
	}
	return found
}
