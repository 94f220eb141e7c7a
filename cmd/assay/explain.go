package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CHECK|REQUIREMENT|SCHEME|PRINCIPLE|ATTRIBUTE",
		Short: "Explain a check, a requirement, a scheme, a principle, or a part of the product file",
		Example: "  assay explain credentials/empty-password\n  assay explain uk-psti:1\n" +
			"  assay explain credentials\n  assay explain support.until",
		Args: oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := explain(args[0])
			if err != nil {
				return badInput("\"assay explain PRINCIPLE\" lists the checks of a principle, \"assay schemes\" the schemes", "%w", err)
			}
			_, err = fmt.Fprintln(p.out, strings.TrimSpace(text))
			return err
		},
	}
}

// explain finds out what an id names. A slash makes it a check, a colon a
// requirement; else it is a principle, a scheme, or a path of the product file.
func explain(id string) (string, error) {
	all, err := scheme.Bundled()
	if err != nil {
		return "", err
	}
	switch {
	case strings.Contains(id, "/"):
		c, err := catalogue.Find(id)
		if err != nil {
			return "", err
		}
		return explainCheck(all, c), nil
	case strings.Contains(id, ":"):
		s, r, err := all.Requirement(id)
		if err != nil {
			return "", err
		}
		return s.Explain(r), nil
	}
	var parts []string
	if pr := assay.Principle(id); pr.Valid() {
		parts = append(parts, explainPrinciple(all, pr))
	}
	for _, s := range all.All() {
		if s.ID == id {
			parts = append(parts, explainScheme(s))
		}
	}
	text, ok := product.Explain(id)
	if ok {
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "", unknownID(all, id, text)
	}
	return strings.Join(parts, "\n\n"), nil
}

// unknownID says what was meant, if anything is near.
func unknownID(all scheme.Catalogue, id, hint string) error {
	if _, err := catalogue.Find(id); err != nil && strings.Contains(err.Error(), "did you mean") {
		return err
	}
	if _, err := all.Find(id, ""); err != nil && strings.Contains(err.Error(), "did you mean") {
		return err
	}
	if hint != "" {
		return fmt.Errorf("nothing is called %q: %s", id, hint)
	}
	return fmt.Errorf("nothing is called %q", id)
}

func explainCheck(all scheme.Catalogue, c *checks.Check) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %s\n", c.ID, c.Title)
	fmt.Fprintf(b, "principle %s, gravest finding %s, version %d\n", c.Principle, c.Severity, c.Version)
	if uses := all.Uses(c.ID); len(uses) > 0 {
		fmt.Fprintf(b, "asked for by %s\n", strings.Join(uses, ", "))
	}
	if len(c.Provision) > 0 {
		fmt.Fprintf(b, "bears on ETSI EN 303 645 V3.1.3: %s\n", strings.Join(c.Provision, ", "))
	}
	if len(c.Needs) > 0 {
		var facts []string
		for _, n := range c.Needs {
			facts = append(facts, n.ID())
		}
		fmt.Fprintf(b, "reads the facts %s\n", strings.Join(facts, ", "))
	}
	fmt.Fprintf(b, "\n%s\n\nRemedy: %s\n", strings.TrimSpace(c.Doc), c.Remedy)
	return b.String()
}

func explainPrinciple(all scheme.Catalogue, pr assay.Principle) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %s\n\nChecks:\n", pr, pr.Title())
	for _, c := range catalogue.Checks() {
		if c.Principle == pr {
			fmt.Fprintf(b, "  %-34s %s\n", c.ID, c.Title)
		}
	}
	b.WriteString("\nRequirements:\n")
	for _, s := range all.All() {
		for _, r := range s.Requirements {
			if r.Principle == pr {
				fmt.Fprintf(b, "  %-34s %-9s %s\n", s.ID+":"+r.ID, r.Status, r.Title)
			}
		}
	}
	return b.String()
}

func explainScheme(s *scheme.Scheme) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s, %s\n%s\n%s\nin force from %s\n", s.ID, s.Edition, s.Title, s.Source, s.From)
	if s.Note != "" {
		fmt.Fprintf(b, "\n%s\n", s.Note)
	}
	b.WriteString("\n")
	for _, r := range s.Requirements {
		who := ""
		if r.Assessor {
			who = " (for an assessor)"
		}
		fmt.Fprintf(b, "  %-10s %-12s %s%s\n", r.ID, r.Status, r.Title, who)
	}
	return b.String()
}
