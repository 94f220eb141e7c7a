package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

func (p *program) trustCommand() *cobra.Command {
	c := &cobra.Command{Use: "trust", Short: "Say, check and hand on whose labels count", Args: noArgs, RunE: help}
	c.AddCommand(p.trustShowCommand(), p.trustCheckCommand(), p.trustExplainCommand(), p.trustListCommand(), p.trustUpdateCommand())
	return c
}

// given loads the policy that is named, or the list that is in place.
func (p *program) given(args []string) (*trustPolicy, error) {
	if len(args) > 0 {
		return p.loadTrust(args[0])
	}
	t, err := p.installedTrust()
	if err == nil && t == nil {
		err = badInput("name a trust.hcl, or put a trust list in place: assay issuer trust update FILE", "no trust list is in place")
	}
	return t, err
}

func (p *program) trustShowCommand() *cobra.Command {
	var formats []string
	c := &cobra.Command{
		Use:   "show [POLICY]",
		Short: "Show a trust policy or list: who may issue what",
		Long: `Show prints a trust policy (trust.hcl) or a signed trust list (default: the one in
place). Besides a table: json, the whole policy; root, a Sigstore trusted_root.json for
other tools; page, what the browser verifier embeds.`,
		Args: atMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json", "root", "page"})
			if err != nil {
				return err
			}
			t, err := p.given(args)
			if err != nil {
				return err
			}
			for _, o := range outputs {
				if err := p.write(o, func(w io.Writer) error { return showTrust(w, o.kind, t) }); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json root page; repeatable")
	return c
}

func showTrust(w io.Writer, kind string, t *trustPolicy) error {
	switch kind {
	case "json":
		if t.list != nil {
			return report.JSON(w, t.list)
		}
		return report.JSON(w, t.policy)
	case "root":
		data, err := t.root.JSON()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n", data)
		return err
	case "page":
		return report.JSON(w, t.policy.Embed())
	}
	if l := t.list; l != nil {
		fmt.Fprintf(w, "Trust list %d of %s, until %s; %d of %d root keys must sign the next\n\n",
			l.Version, l.Issued.Format(time.DateOnly), l.LastDay(), l.Threshold, len(l.Roots))
	}
	for _, i := range t.policy.Issuers {
		if err := showIssuer(w, "issuer", &i); err != nil {
			return err
		}
	}
	for _, i := range t.policy.Assessors {
		if err := showIssuer(w, "assessor", &i); err != nil {
			return err
		}
	}
	for _, s := range t.policy.Stampers {
		fmt.Fprintf(w, "timestamp authority %s\n", report.Clean(s.Name))
	}
	if t.policy.Root != "" {
		fmt.Fprintln(w, "a Sigstore trusted root, with the authorities and logs of its own (--format root)")
	}
	for _, l := range t.policy.Logs {
		fmt.Fprintf(w, "log %s\n", report.Clean(l.Key))
	}
	return nil
}

func showIssuer(out io.Writer, what string, i *trust.Issuer) error {
	fmt.Fprintf(out, "%s %s: %s\n", what, i.ID, report.Clean(i.Display))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %s\t%s\n", what, report.Clean(fmt.Sprintf(format, args...)))
	}
	row("schemes", "%s", strings.Join(i.Schemes, ", "))
	if i.MaxLevel > 0 {
		row("highest level", "%d", i.MaxLevel)
	}
	row("products", "%s", products(i.Prefixes))
	for _, k := range i.Keys {
		row("key "+k.Name, "%s, %s to %s", k.KeyID, k.NotBefore.Format(time.DateOnly), k.NotAfter.Format(time.DateOnly))
	}
	for _, r := range i.Keyless {
		row("workflow", "%s@%s, started by %s, for repository %s of owner %s", r.Workflow, r.Ref, r.Trigger, r.RepositoryID, r.OwnerID)
	}
	if len(i.Lists) > 0 {
		row("status lists at", "%s", strings.Join(i.Lists, ", "))
	}
	row("demands", "%s", demands(i.Require))
	if len(i.Assessors) > 0 {
		row("assessments by", "%s", strings.Join(i.Assessors, ", "))
	}
	return w.Flush()
}

func products(prefixes []string) string {
	var list []string
	for _, p := range prefixes {
		if p == trust.EveryProduct {
			return "every one"
		}
		list = append(list, "GTIN "+p+"…")
	}
	return strings.Join(list, ", ")
}

func demands(r trust.Require) string {
	status := "no status list, and one that a label names of any age"
	if r.StatusMaxAge > 0 {
		status = "a status list of at most " + count(int(r.StatusMaxAge/(24*60*60)), "day")
	}
	return fmt.Sprintf("%s, %s, %s", count(r.Timestamp, "timestamp"), count(r.Log, "log proof"), status)
}

func (p *program) trustCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check POLICY", Short: "Check a trust policy for mistakes", Args: oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := p.loadTrust(args[0])
			if err != nil {
				return err
			}
			known, err := schemeTitles()
			if err != nil {
				return err
			}
			for _, i := range t.policy.Issuers {
				for _, s := range i.Schemes {
					if _, ok := known[s]; !ok {
						p.unknownScheme(s)
					}
				}
			}
			_, err = fmt.Fprintf(p.out, "%s: %s, no mistake\n", args[0], count(len(t.policy.Issuers), "issuer"))
			return err
		},
	}
}

// unknownScheme tells of the id of a scheme that may be mistyped. It may also be a
// scheme of somebody's own.
func (p *program) unknownScheme(id string) {
	fmt.Fprintf(p.err, "note: this version knows no scheme %q (\"assay schemes\" lists those that it knows)\n", report.Clean(id))
}

func (p *program) trustExplainCommand() *cobra.Command {
	var policy, asOf string
	c := &cobra.Command{
		Use:   "explain LABEL",
		Short: "Say why a label, or a signed assessment, counts or does not by a trust policy",
		Args:  oneArg,
		RunE: func(_ *cobra.Command, args []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			t, err := p.reliedOn(policy, 0)
			if err == nil && t == nil {
				err = badInput("give --trust trust.hcl", "no trust list is in place")
			}
			if err != nil {
				return err
			}
			data, err := readLimited(args[0], maxAssessment)
			if err != nil {
				return err
			}
			if isAssessment(data) {
				return p.explainAssessment(args[0], data, t, day.Format(time.DateOnly))
			}
			proofs, err := logProofs(args[0], nil)
			if err != nil {
				return err
			}
			answer, err := verify.File(data, t.policy.Keys(), verify.Options{
				AsOf: day.Format(time.DateOnly), Trust: t.judge(), Witness: t.witness(), Proofs: proofs, Logs: t.policy.LogKeys(),
			})
			if errors.Is(err, labels.ErrNotLabel) {
				return badInput("give a label.sigstore.json or label.pdf, or what assay check --sign has written", "%s: %w", args[0], err)
			} else if err != nil {
				return err
			}
			if err := p.explainTrust(answer, t); err != nil {
				return err
			}
			if answer.Points != "" {
				return answered(exitCannotTell)
			}
			if answer.Label == nil {
				return answered(exitNo)
			}
			if len(answer.Unsure) > 0 {
				return answered(exitCannotTell)
			}
			return nil
		},
	}
	c.Flags().StringVar(&policy, "trust", "", "trust policy `FILE` or signed trust list (default: the list in place)")
	c.Flags().StringVar(&asOf, "as-of", "", "judge as on this `DATE` (default: today)")
	return c
}

func (p *program) explainTrust(answer *verify.Report, t *trustPolicy) error {
	if answer.Label == nil {
		fmt.Fprintln(p.out, answer.Summary)
	} else {
		fmt.Fprintf(p.out, "This label counts: %s signed it, and may issue it.\n", report.Clean(answer.Issuer))
	}
	for _, s := range answer.Unsure {
		fmt.Fprintln(p.out, s)
	}
	if by := answer.Signer; by != nil {
		fmt.Fprintln(p.out)
		if by.Key != "" {
			fmt.Fprintf(p.out, "signed with the key %s\n", by.Key)
		}
		if i := by.Identity; i != nil {
			fmt.Fprintf(p.out, "signed by the workflow %s\n  for %s (repository %s of owner %s), started by %s\n",
				report.Clean(i.Subject), report.Clean(i.Repository), report.Clean(i.RepositoryID), report.Clean(i.OwnerID), report.Clean(i.Trigger))
		}
		for _, at := range by.Times {
			fmt.Fprintf(p.out, "seen on %s\n", at.Format(time.RFC3339))
		}
		for _, origin := range by.Proved {
			fmt.Fprintf(p.out, "held by the log %s\n", report.Clean(origin))
		}
	}
	for _, i := range t.policy.Issuers {
		if i.Display == answer.Issuer {
			fmt.Fprintln(p.out)
			return showIssuer(p.out, "issuer", &i)
		}
	}
	return nil
}
