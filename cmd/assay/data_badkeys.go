package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/knownkeys"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

func (p *program) dataImportCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "Put lists that others publish into a folder of offline data", Args: noArgs, RunE: help,
	}
	c.AddCommand(p.dataBadkeysCommand())
	return c
}

func (p *program) dataBadkeysCommand() *cobra.Command {
	var out, asOf string
	c := &cobra.Command{
		Use:   "badkeys FILE|FOLDER --out FOLDER",
		Short: "Import the list of compromised keys of badkeys.info",
		Long: `Badkeys makes a list of compromised keys, for the check storage/known-key, of what
https://badkeys.info publishes: a folder with badkeysdata.json, blocklist.dat and, to
say where each key is published, lookup.txt; the last two may be packed with xz. A
blocklist alone will do. The digests in badkeysdata.json must hold.`,
		Example: "  assay data import badkeys ~/.cache/badkeys --out data\n  assay inspect --data data router.bin",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			h, err := knownkeys.Import(c.Context(), args[0], out, day)
			switch {
			case errors.Is(err, knownkeys.ErrSource), errors.Is(err, fs.ErrNotExist):
				return badInput("give the files as badkeys.info publishes them", "%w", err)
			case err != nil:
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s: %d compromised keys of %d collections, as of %s\n  %s\n",
				p.paint(bold, report.Clean(out)), h.Entries, len(h.Collections), h.Date, h.Digest)
			return err
		},
	}
	c.Flags().StringVar(&out, "out", "", "write the list into this `FOLDER`; one that is there is replaced")
	c.Flags().StringVar(&asOf, "as-of", "", "the `DATE` of a list that states none (default: today)")
	if err := c.MarkFlagRequired("out"); err != nil {
		panic(err)
	}
	return c
}

// openKeyList opens the list of compromised keys in a folder of data; nil if there
// is none.
func openKeyList(folder string) (*knownkeys.List, error) {
	if folder == "" || folder == demoData {
		return nil, nil
	}
	l, err := knownkeys.Open(folder)
	if errors.Is(err, knownkeys.ErrNotList) {
		return nil, badInput("\"assay data import badkeys\" makes one", "--data: %w", err)
	}
	return l, err
}

// supplyKeyList gives a list to an observation.
func supplyKeyList(l *knownkeys.List, o *facts.Observation) {
	if l != nil && o != nil {
		knownkeys.Blocklist.Supply(o, l, nil)
	}
}
