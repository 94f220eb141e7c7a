package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/schema/scheme"
)

func (p *program) schemesCommand() *cobra.Command {
	var formats []string
	c := &cobra.Command{
		Use: "schemes", Short: "List the schemes, their editions and requirements", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			all, err := scheme.Bundled()
			if err != nil {
				return err
			}
			return p.show(outputs, all.List(), func(w io.Writer) error { return p.schemeTable(w, all) })
		},
	}
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json; repeatable")
	return c
}

func (p *program) schemeTable(w io.Writer, all scheme.Catalogue) error {
	b := &strings.Builder{}
	for _, s := range all.All() {
		mandatory, people := 0, 0
		for _, r := range s.Requirements {
			if r.Status.Mandatory() {
				mandatory++
			}
			if r.Assessor {
				people++
			}
		}
		fmt.Fprintf(b, "%s  %s\n", p.paint(bold, s.ID), s.Edition)
		fmt.Fprintf(b, "    %s\n    %d requirements, %d mandatory, %d for an assessor; in force from %s\n", s.Title, len(s.Requirements), mandatory, people, s.From)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
