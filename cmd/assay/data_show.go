package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/package-url/packageurl-go"
	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

func (p *program) dataShowCommand() *cobra.Command {
	var formats []string
	c := &cobra.Command{
		Use:   "show FOLDER [ID|PURL]",
		Short: "Say what a data set holds, or what it knows of a vulnerability or a package",
		Long: `Show prints what a data set was built from; with the id of a vulnerability its records;
with a package URL which vulnerabilities of that version are known, as "assay check"
looks them up. The folder "demo" is the data set that the program carries.

Of a distribution's package the qualifier distro names the release:
pkg:deb/debian/openssl@1.1.1n-0+deb11u3?distro=debian-11.`,
		Example: "  assay data show data\n  assay data show data CVE-2022-0778\n  assay data show demo pkg:generic/busybox@1.19.4",
		Args: func(c *cobra.Command, args []string) error {
			return asUsage(cobra.RangeArgs(1, 2)(c, args))
		},
		RunE: func(_ *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			set, err := openData(args[0])
			if err != nil {
				return err
			}
			defer set.Close()
			value, table, err := p.dataAnswer(set, args)
			if err != nil {
				return err
			}
			return p.show(outputs, value, table)
		},
	}
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json; repeatable")
	return c
}

// dataAnswer looks up what was asked for, and how to write it as a table.
func (p *program) dataAnswer(set *advisories.Set, args []string) (any, func(io.Writer) error, error) {
	switch {
	case len(args) == 1:
		return set.Manifest, func(w io.Writer) error { return p.tellManifest(w, args[0], &set.Manifest) }, nil
	case strings.HasPrefix(args[1], "pkg:"):
		r, err := lookUp(set, args[1])
		return r, func(w io.Writer) error { return p.tellReport(w, r) }, err
	}
	found, err := set.Find(args[1])
	if err == nil && len(found) == 0 {
		err = &codedError{code: exitNo, err: fmt.Errorf("the data set has no record of %s", report.Clean(args[1]))}
	}
	return found, func(w io.Writer) error { return tellRecords(w, found) }, err
}

// lookUp looks a package URL up as a component of an image would be.
func lookUp(set *advisories.Set, written string) (advisories.Report, error) {
	u, err := packageurl.FromString(written)
	if err != nil || u.Version == "" {
		return advisories.Report{}, badInput("write it as pkg:generic/busybox@1.19.4", "%q is no package URL with a version", report.Clean(written))
	}
	places := []assay.Location{{Path: "package URL"}}
	one := inventory.Component{Name: u.Name, Version: u.Version, PURL: written, Kind: inventory.KindPackage, Confidence: inventory.ConfidencePackage, Places: places}
	switch u.Type {
	case "golang":
		one.Kind = inventory.KindModule
	case "generic":
		one.Confidence = inventory.ConfidenceString
	}
	components := []inventory.Component{one}
	if name, release, ok := strings.Cut(u.Qualifiers.Map()["distro"], "-"); ok {
		components = append(components, inventory.Component{Name: name, Version: release, Kind: inventory.KindSystem, Places: places})
	}
	return advisories.Match(set, components)
}

func (p *program) tellReport(w io.Writer, r advisories.Report) error {
	b := &strings.Builder{}
	for _, m := range r.Missed {
		fmt.Fprintf(b, "%s %s could not be looked up: %s\n", report.Clean(m.Name), report.Clean(m.Version), report.Clean(m.Reason))
	}
	if len(r.Affected) == 0 && len(r.Missed) == 0 {
		fmt.Fprintln(b, "nothing is recorded about this version")
	}
	for _, c := range r.Affected {
		certain := ""
		if c.Potential {
			certain = ", potential: by the version number only"
		}
		fmt.Fprintf(b, "%s %s (by %s%s)\n", p.paint(bold, report.Clean(c.Name)), report.Clean(c.Version), report.Clean(c.By), certain)
		for _, v := range c.Known {
			line := fmt.Sprintf("  %-20s %-10s", report.Clean(v.ID), report.Clean(string(v.Rating)))
			if v.Score > 0 {
				line += fmt.Sprintf(" %4.1f", v.Score)
			}
			if v.EPSS > 0 {
				line += fmt.Sprintf("  EPSS %.3f", v.EPSS)
			}
			fmt.Fprintf(b, "%s%s%s\n", strings.TrimRight(line, " "), told("  repaired in ", v.Fixed), told("  exploited since ", v.Exploited))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// told is a text with words before it, or nothing.
func told(before, text string) string {
	if text == "" {
		return ""
	}
	return before + report.Clean(text)
}

func tellRecords(w io.Writer, found []advisories.Record) error {
	b := &strings.Builder{}
	for _, r := range found {
		fmt.Fprintf(b, "%s  %s%s\n  %s\n", report.Clean(r.ID), rated(r), exploitedOf(r), report.Clean(r.Summary))
		for _, a := range r.Affected {
			fmt.Fprintf(b, "  %s %s:", report.Clean(a.Package.Ecosystem), report.Clean(a.Package.Name))
			for _, g := range a.Ranges {
				b.WriteByte(' ')
				for _, e := range g.Events {
					b.WriteString(told(" from ", e.Introduced) + told(" to before ", e.Fixed) + told(" to ", e.LastAffected))
				}
				b.WriteByte(';')
			}
			if len(a.Versions) > 0 {
				fmt.Fprintf(b, " %s", report.Clean(strings.Join(a.Versions, " ")))
			}
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rated gives the rating of a record and its score, if there are any.
func rated(r advisories.Record) string {
	switch s := r.Specific; {
	case s.Rating == "":
		return "not rated"
	case s.Score == 0:
		return report.Clean(string(s.Rating))
	default:
		return fmt.Sprintf("%s %.1f", report.Clean(string(s.Rating)), s.Score)
	}
}

// exploitedOf says since when a vulnerability is exploited, and which of several.
func exploitedOf(r advisories.Record) string {
	text := told("  exploited since ", r.Specific.Exploited)
	if ids := r.Specific.ExploitedIDs; len(ids) > 0 {
		text += ": " + report.Clean(strings.Join(ids, ", "))
	}
	return text
}
