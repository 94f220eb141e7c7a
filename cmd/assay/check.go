package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels/export"
)

// questionFlags are shared by check and label.
type questionFlags struct {
	asOf   string
	vars   []string
	online bool
	facts  bool
	data   string
	more   []string
}

func (f *questionFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.asOf, "as-of", "", "the `DATE` that all dates are compared with (default: today)")
	c.Flags().StringArrayVar(&f.vars, "var", nil, "set a variable of the product file: `NAME=VALUE`; repeatable")
	c.Flags().BoolVar(&f.online, "online", false, "ask the source repository and fetch released firmware")
	c.Flags().StringVar(&f.data, "data", "", "look known vulnerabilities and compromised keys up in the offline data of this `FOLDER`; \"demo\" is a small set to try")
	c.Flags().BoolVar(&f.facts, "store-facts", false, "keep the observed facts in the assessment, so that it can be judged again")
}

func (p *program) question(f questionFlags, args []string) (question, error) {
	asOf, err := p.asOf(f.asOf)
	if err != nil {
		return question{}, err
	}
	q := question{dir: ".", asOf: asOf, online: f.online, facts: f.facts, data: f.data, more: f.more, vars: map[string]string{}}
	if len(args) > 0 {
		q.dir = args[0]
	}
	for _, v := range f.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return question{}, badInput("write --var version=1.2.3", "--var %q has no value", v)
		}
		q.vars[name] = value
	}
	return q, nil
}

// holdsProduct reports whether a folder holds product files.
func holdsProduct(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".hcl") || strings.HasSuffix(e.Name(), ".hcl.json")
	})
}

var checkFormats = []string{"table", "json", "sarif", "html", "github", "vsa", "test-result"}

func (p *program) checkCommand() *cobra.Command {
	var f questionFlags
	var formats []string
	var details, profiled bool
	var from string
	var attest attestFlags
	var since baselineFlags
	c := &cobra.Command{
		Use:   "check [FOLDER]",
		Short: "Check a product's declaration and firmware, and conclude by its schemes",
		Long: `Check reads the product files of FOLDER (default: this one), opens every firmware
image they name, runs all checks, and says what follows for each scheme named as
a target. With --from it judges the facts that an earlier check stored, without
the images: by other checks or schemes, on another day, or, with --data, by newer
records of vulnerabilities. With --sign it signs the assessment, whatever the
verdict; "assay label --from" makes a label of it.

With --baseline only what is new since an earlier assessment decides the exit code, so
that a product with old findings can start. Nothing else changes: verdicts, conclusions
and every output stay as they are, and no label is made of it.

Exit codes: 0 all schemes met · 3 one is not met · 4 one is inconclusive.`,
		Example: "  assay check\n  assay check camera/ --format json=out.json --as-of 2026-11-23",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, checkFormats)
			if err != nil {
				return err
			}
			q, err := p.question(f, args)
			if err != nil {
				return err
			}
			q.from, q.writes, q.written = from, outputFolders(outputs), paths(outputs)
			if attest.to != "" {
				q.written = append(q.written, attest.to)
			}
			if err := notOverGiven(c, args, q.written...); err != nil {
				return err
			}
			if from != "" && len(args) == 0 && !holdsProduct(q.dir) && holdsProduct(filepath.Dir(from)) {
				q.dir = filepath.Dir(from) // the assessment lies beside its product
			}
			s, err := p.openAttester(c, attest, &q)
			if err != nil {
				return err
			}
			defer s.close()
			if slices.ContainsFunc(outputs, func(o output) bool { return o.kind == "github" }) {
				q.writes = append(q.writes, p.summaryFolder()...)
			}
			baseline, err := since.read()
			if err != nil {
				return err
			}
			ctx := c.Context()
			if profiled {
				ctx = facts.WithTimes(ctx)
			}
			j, err := p.assess(ctx, q)
			if err != nil {
				return err
			}
			if profiled {
				if err := j.profile.report().Write(p.err); err != nil {
					return err
				}
			}
			for _, o := range outputs {
				if err := p.writeAssessment(o, j, q, details, profiled); err != nil {
					return err
				}
			}
			if err := p.attest(s, attest, &j.assessment); err != nil {
				return err
			}
			return p.answerSince(baseline, j, since, q.asOf)
		},
	}
	f.add(c)
	attest.add(c)
	c.Flags().StringVar(&from, "from", "", "judge the facts of this `ASSESSMENT` again instead of opening the images; check --store-facts --format json makes one")
	c.Flags().StringVar(&since.file, "baseline", "", "let only what is new since this `ASSESSMENT` decide the exit code; check --format json makes one")
	c.Flags().StringVar(&since.until, "baseline-until", "", "the last `DATE` on which the baseline counts (default: a year after its own)")
	c.Flags().StringArrayVar(&f.more, "scheme", nil, "conclude by this scheme too: `ID`; repeatable")
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json sarif html github vsa test-result; repeatable")
	c.Flags().BoolVar(&details, "details", false, "with --format github: show findings with their place (they are public in a public repository)")
	c.Flags().BoolVar(&profiled, "profile", false, "show how long each fact and check took, and with --format json add it to the run")
	return c
}

func (f profile) report() *report.Profile { return report.NewProfile(f.observe, f.judge, f.times) }

// writeAssessment writes one form of the assessment.
func (p *program) writeAssessment(o output, j *judged, q question, details, profiled bool) error {
	a := j.assessment
	file := inDir(q.dir, assay.Location{Path: j.product.Range.Filename, Line: j.product.Range.Start.Line})
	lines := map[string]assay.Location{}
	for id, l := range j.imageLine {
		lines[id] = inDir(q.dir, l)
	}
	github := report.GitHub{Assessment: a, ImageLine: lines, Default: file, Details: details}
	github.Assessment.Results = placed(q.dir, a.Results)
	if o.kind == "github" {
		if err := p.writeSummary(github); err != nil {
			return err
		}
	}
	return p.write(o, func(w io.Writer) error {
		switch o.kind {
		case "json":
			run := report.ThisRun(p.state)
			if profiled {
				run.Profile = j.profile.report()
			}
			return report.JSON(w, report.AssessmentDocument{Assessment: a, Run: run})
		case "sarif":
			return report.SARIF(w, report.SARIFInput{
				Tool: a.Tool, Product: a.Product.ID, Results: github.Assessment.Results, Images: a.Images,
				Checks: catalogue.Checks(), ImageLine: lines, Default: file, ExitCode: worst(a.Conclusions),
			})
		case "html":
			return report.HTML(w, a)
		case "vsa":
			return p.writeVSA(w, &a)
		case "test-result":
			return report.JSON(w, export.TestResults(&a))
		case "github":
			return github.Annotations(w)
		}
		return p.table(w, a)
	})
}

// writeVSA writes a verification summary for each scheme that has an answer, one to
// a line, and says which have none.
func (p *program) writeVSA(w io.Writer, a *assay.Assessment) error {
	list, err := export.VSAs(a)
	if err != nil {
		return err
	}
	if open := len(a.Conclusions) - len(list); open > 0 {
		fmt.Fprintf(p.err, "%s without a verification summary: that form knows no inconclusive\n", count(open, "scheme"))
	}
	lines := json.NewEncoder(w)
	for _, s := range list {
		if err := lines.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// summaryFolder is where the job summary goes, if anywhere.
func (p *program) summaryFolder() []string {
	if name := p.getenv("GITHUB_STEP_SUMMARY"); name != "" {
		return []string{filepath.Dir(name)}
	}
	return nil
}

// writeSummary appends the job summary to the file that GitHub names.
func (p *program) writeSummary(g report.GitHub) error {
	name := p.getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	err = g.Summary(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func (p *program) table(w io.Writer, a assay.Assessment) error {
	fmt.Fprintf(w, "%s by %s, as of %s\n", p.paint(bold, report.Clean(a.Product.Name)), report.Clean(a.Product.Manufacturer.Name), a.AsOf)
	for _, img := range a.Images {
		if err := report.Coverage(w, img.Path, img.Coverage); err != nil {
			return err
		}
	}
	if err := report.Results(w, a.Results, p.paint); err != nil {
		return err
	}
	if a.Data != nil {
		fmt.Fprintf(w, "\n%s\n", dataLine(*a.Data))
	}
	if len(a.Exceptions) > 0 {
		fmt.Fprintf(w, "\nExceptions written by the maker (they change no verdict):\n")
		for _, e := range a.Exceptions {
			fmt.Fprintf(w, "  %s: %s\n", report.Clean(e.Subject), report.Clean(report.ExceptionText(e)))
		}
	}
	return report.Conclusions(w, a.Conclusions, p.paint)
}

// placed makes the declared places of results relative to where the program runs.
func placed(dir string, results []assay.Result) []assay.Result {
	moved := make([]assay.Result, len(results))
	for i, r := range results {
		findings := make([]assay.Finding, len(r.Findings))
		for k, f := range r.Findings {
			evidence := make([]assay.Evidence, len(f.Evidence))
			for n, e := range f.Evidence {
				if e.Kind != assay.KindObserved {
					e.Location = inDir(dir, e.Location)
				}
				evidence[n] = e
			}
			f.Evidence = evidence
			findings[k] = f
		}
		r.Findings = findings
		moved[i] = r
	}
	return moved
}
