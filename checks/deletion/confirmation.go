package deletion

import (
	_ "embed"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

//go:embed confirmation.md
var confirmationDoc string

// Confirmation asks how a user learns that the data are gone. Only a person
// with the device can see whether it is so.
var Confirmation = &checks.Check{
	ID:        "deletion/confirmation",
	Title:     "the user is told that the data are gone",
	Doc:       confirmationDoc,
	Remedy:    "Say in deletion.confirmation how the user learns that the deletion is done.",
	Principle: assay.Deletion,
	Reads:     checks.Declared,
	Severity:  assay.Info,
	Provision: []string{"5.11-4"},
	Version:   1,
	Run:       confirmation,
}

func confirmation(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	switch {
	case p.Deletion == nil && nothingToDelete(p):
		return c.NotApplicable("the product declares no personal data, no app, no service and no password that a user chooses")
	case p.Deletion == nil:
		return c.Inconclusive("how data are deleted is not described").With(checks.Undescribed(assay.Info, "deletion", p.Range))
	case p.Deletion.Confirmation == "":
		return c.Inconclusive("how the user learns that the data are gone is not described").
			With(checks.Undescribed(assay.Info, "deletion.confirmation", p.Deletion.Range))
	}
	return c.Pass(assay.Declared, checks.Place(p.Deletion.Range))
}
