package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

func (p *program) dataVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify FOLDER",
		Short: "Read a data set whole and hold it to its manifest",
		Long: `Verify reads every record of a data set and compares digests, order and numbers with
the manifest, and its days with the manifest's seal. It prints the digest of the manifest, which names the data set: compare
it with the one that you were told, or that stands in an assessment.

Exit codes: 0 it is as it was built · 2 not a data set · 3 it was changed.`,
		Args: oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := advisories.Verify(args[0])
			if errors.Is(err, advisories.ErrDamaged) {
				return &codedError{code: exitNo, err: fmt.Errorf("%s: %w", args[0], err), fix: "build it again"}
			} else if err != nil {
				return dataError("verify", args[0], err)
			}
			note := ""
			if !set.Manifest.Sealed() {
				note = "  An earlier version built it: no digest covers its days. Build it again to have them covered.\n"
			}
			_, err = fmt.Fprintf(p.out, "%s %s, as of %s\n  %s\n%s", p.paint(green, "✓"), report.Clean(args[0]), set.Manifest.AsOf, set.Digest, note)
			return err
		},
	}
}
