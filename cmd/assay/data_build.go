package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

func (p *program) dataBuildCommand() *cobra.Command {
	var s advisories.Sources
	var out, asOf string
	c := &cobra.Command{
		Use:   "build --out FOLDER",
		Short: "Build a data set of known vulnerabilities from files that you downloaded",
		Long: `Build reads downloaded lists of vulnerabilities and writes a data set: the records by
ecosystem and package in the schema of OSV, with the digest and the day of every source.
The same files and the same --as-of make the same bytes.

  --osv         exports of OSV, one zip (or folder) for each ecosystem
  --nvd         feeds of NVD 2.0: .json, .json.gz, a zip or a folder of them
  --cve         the CVE list, version 5: a zip or folder of records
  --kev         CISA's catalogue of known exploited vulnerabilities, .json or .csv
  --epss        FIRST's scores, .csv or .csv.gz
  --end-of-life a table of ends of support, in place of the program's own`,
		Example: "  assay data build --out data --osv Debian/all.zip --osv Alpine/all.zip \\\n    --nvd nvdcve-2.0-2024.json.gz --kev known_exploited_vulnerabilities.json --epss epss_scores.csv.gz",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			if len(s.OSV)+len(s.NVD)+len(s.CVE) == 0 && s.EndOfLife == "" {
				return badInput("give at least one of --osv, --nvd, --cve and --end-of-life", "there is nothing to build a data set from")
			}
			m, err := advisories.Build(c.Context(), out, s, day)
			switch {
			case errors.Is(err, advisories.ErrSource), errors.Is(err, fs.ErrNotExist):
				return badInput("give the file as it was downloaded", "%w", err)
			case errors.Is(err, advisories.ErrNotData):
				return badInput("give another folder", "--out: %w", err)
			case err != nil:
				return err
			}
			return p.tellManifest(p.out, out, m)
		},
	}
	c.Flags().StringVar(&out, "out", "", "write the data set into this `FOLDER`; a data set that is there is replaced")
	c.Flags().StringVar(&asOf, "as-of", "", "the `DATE` on which the files were downloaded: nothing is dated later (default: today)")
	c.Flags().StringArrayVar(&s.OSV, "osv", nil, "export of OSV, a `ZIP` or folder; repeatable")
	c.Flags().StringArrayVar(&s.NVD, "nvd", nil, "`FILE`, zip or folder of NVD 2.0; repeatable")
	c.Flags().StringArrayVar(&s.CVE, "cve", nil, "zip or `FOLDER` of the CVE list; repeatable")
	c.Flags().StringVar(&s.KEV, "kev", "", "`FILE` of exploited vulnerabilities")
	c.Flags().StringVar(&s.EPSS, "epss", "", "`FILE` of scores")
	c.Flags().StringVar(&s.EndOfLife, "end-of-life", "", "`FILE` with a table of ends of support")
	if err := c.MarkFlagRequired("out"); err != nil {
		panic(err)
	}
	return c
}

// tellManifest says what a data set holds.
func (p *program) tellManifest(w io.Writer, name string, m *advisories.Manifest) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s, as of %s\n", p.paint(bold, report.Clean(name)), m.AsOf)
	if m.Demo {
		fmt.Fprintln(b, "  for demonstration: a few records, no base for a label")
	}
	for _, e := range m.Ecosystems {
		fmt.Fprintf(b, "  %-20s %8d records of %d packages, the newest of %s\n", report.Clean(e.Name), e.Records, e.Packages, e.Day)
	}
	for _, l := range []struct {
		name string
		list *advisories.Joined
	}{{"exploited", m.Exploited}, {"EPSS", m.Scored}} {
		if l.list != nil {
			fmt.Fprintf(b, "  %-20s %8d entries, of %s, on %d records\n", l.name, l.list.Entries, l.list.Day, l.list.Records)
		}
	}
	if m.EndOfLife != nil {
		fmt.Fprintf(b, "  %-20s %8d rows\n", "ends of support", m.EndOfLife.Rows)
	}
	for _, s := range m.Sources {
		fmt.Fprintf(b, "  %s\n", p.paint(faint, fmt.Sprintf("from %s %s: %d records, %d left out, %s", s.Kind, report.Clean(s.Name), s.Records, s.LeftOut, s.Digest)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
