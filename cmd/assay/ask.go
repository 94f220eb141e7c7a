package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/schema/product"
)

// maxAnswers is how often a question is asked.
const maxAnswers = 5

// ask puts the questions that have no answer yet. An answer that does not fit is
// asked for again; an empty one takes the default.
func (p *program) ask(questions []product.Question, answers map[string]string) error {
	in := bufio.NewReader(io.LimitReader(p.in, 1<<20))
	for _, q := range questions {
		if _, done := answers[q.Path]; done {
			continue
		}
		for try := 0; ; try++ {
			if try == maxAnswers {
				return badInput("use --set "+q.Path+"=ANSWER", "no answer to the question %s fits", q.Path)
			}
			fmt.Fprint(p.err, q.Prompt)
			if len(q.Choices) > 0 {
				fmt.Fprintf(p.err, " (%s)", strings.Join(q.Choices, ", "))
			}
			if q.Default != "" {
				fmt.Fprintf(p.err, " [%s]", report.Clean(q.Default))
			}
			fmt.Fprint(p.err, ": ")
			line, err := in.ReadString('\n')
			line = strings.TrimSpace(line)
			if err != nil && line == "" {
				fmt.Fprintln(p.err)
				return badInput("answer the questions, or use --yes and --set", "the input ended at the question %s", q.Path)
			}
			if bad := q.Check(line); bad != nil {
				fmt.Fprintf(p.err, "  %s\n", bad)
				continue
			}
			answers[q.Path] = line
			break
		}
	}
	return nil
}

// lookInto opens an image and gives what a first product file can say of it.
func (p *program) lookInto(c *cobra.Command, dir, image string) (product.Seen, error) {
	nodes := []facts.Node{facts.Services, facts.Accounts, facts.Updaters}
	opened := sources{program: p}
	defer opened.close()
	o, err := opened.observe(c.Context(), image, nil, nodes)
	if err != nil {
		return product.Seen{}, sourceError(err)
	}
	seen := product.Seen{}
	if seen.Image, err = inFolder(dir, image); err != nil {
		return seen, err
	}
	for _, s := range known(o, facts.Services) {
		if !s.Reachable() || len(s.Listens) == 0 {
			continue // an updater or a clock that waits for nobody is no service
		}
		seen.Services = append(seen.Services, product.SeenService{
			Name: s.Name, Port: s.Listens[0].Port, Protocol: s.Listens[0].Protocol,
		})
	}
	if o.Coverage.Opaque {
		fmt.Fprintf(p.err, "nothing in %s could be read: %s\n", image, opaqueReason(o.Coverage))
	}
	if updaters := known(o, facts.Updaters); len(updaters) == 1 {
		seen.Mechanism = updaters[0].Name
	}
	for _, a := range known(o, facts.Accounts) {
		if a.CanLogIn() && !slices.Contains(seen.Accounts, a.Name) {
			seen.Accounts = append(seen.Accounts, a.Name)
		}
	}
	return seen, nil
}

func opaqueReason(c assay.Coverage) string {
	if len(c.Skipped) == 0 {
		return "nothing in it is recognised"
	}
	return c.Skipped[0].Reason
}
