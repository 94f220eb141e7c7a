package main

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/status/ledger"
	"github.com/assay-iot/assay/schema/product"
)

// labelFlags are what "assay label" is told beside the question.
type labelFlags struct {
	questionFlags
	signerFlags
	pictureFlags
	out                string
	issuer, address    string
	issued, validUntil string
	claim              []string
	despite            []string // requirements that are not met, with the reasons
	decidedBy          string
	from               string       // an assessment that was made before
	assessmentKeys     []string     // of those whose signed assessments count
	policy             assay.Digest // of the trust policy that is applied
	held               []string     // schemes that it lets the issuer judge by
	trust              string       // trust policy that the label is held against before it is written
	status             string       // the issuer's status list, of which the label takes a place
	logFlags
	batch string // list of assessments of which labels are made; empty for one label
}

func (p *program) labelCommand() *cobra.Command {
	var f labelFlags
	c := &cobra.Command{
		Use:   "label [FOLDER]",
		Short: "Check a product and, if all its schemes are met, make its signed label",
		Long: `Label checks the product of FOLDER (default: this one) as "assay check" does. If every
scheme that it names as a target is met, it writes these files:

  label.sigstore.json  the label: a signed statement in a Sigstore bundle
  label.pdf            the label for people, with the bundle attached; --format, --language
                       and --picture give others, such as label.de.a6.pdf
  label.json           what the statement says, to read
  label.cose           the compact label, for the QR code, signed too
  label.txt            the text of the QR code

The folder then holds this label alone: what another one has left there is taken away.

With --status it takes a place in a status list, so that it can be withdrawn. With --log
it is put into a transparency log, and label.tlog-proof proves that.
With --store-facts it also writes assessment.json, what the label rests on: findings
with their places, and the facts. Its SHA-256 is the digest that the label names.

With --from the label is made of an assessment that was made before; a signed one must
be by somebody whose assessments count. It may be at most 30 days old. If --from names a
label (label.sigstore.json) that counts by the --trust policy, it is signed once more
with another key of its issuer, and stays the same label: one that was signed in a
workflow gets a code that verifies offline, and one of an old key a new signature.

With --batch it makes a label of each assessment of a list: a CSV file whose first line
names its columns, assessment (a file, from the list's folder), name (of the label's
folder; default: that of the file) and valid_until, of which only the first must be there;
or a folder of assessments. Each label has a folder of its own below --out, which is there
whole or not at all; pictures are drawn if --picture asks for them. Stopped or killed at
any moment, the same command goes on: no label is lost, none is issued twice, and no place
of the status list is given twice. Assessments of which no label can be made are told,
and the others are labelled.

If one is not met (exit code 3) or inconclusive (4), nothing is written. An issuer other
than the maker may decide to label the product all the same, with --despite and
--decided-by: the label then says so first, with the reason and the name.`,
		Example: "  assay issuer keys generate --out issuer\n  assay label camera/ --key issuer.key --issuer \"Example Body\" --address https://body.example/labels --out label",
		Args:    atMostOne,
		RunE:    func(c *cobra.Command, args []string) error { return p.label(c, f, args) },
	}
	f.questionFlags.add(c)
	f.signerFlags.add(c)
	f.signerFlags.addCertificate(c)
	f.pictureFlags.add(c)
	f.logFlags.add(c)
	c.Flags().Lookup("store-facts").Usage = "write the assessment with the observed facts too, as assessment.json; it holds every finding"
	c.Flags().BoolVar(&f.demo, "demo", false, "sign with the published demo key; the label says DEMO and proves nothing")
	c.Flags().StringVar(&f.from, "from", "", "make the label of this `ASSESSMENT` (of check --format json, or check --sign) instead of assessing; or sign this label again")
	c.Flags().StringVar(&f.batch, "batch", "", "make a label of each assessment of this `LIST`: a CSV file with the columns assessment, name, valid_until, or a folder")
	c.Flags().StringArrayVar(&f.assessmentKeys, "assessment-key", nil, "with --from: public key `FILE` of an assessor whose signed assessments count; repeatable (default: those of --trust)")
	c.Flags().StringVar(&f.trust, "trust", "", "trust policy `FILE`: who issues is taken from it, and a label that it would refuse is not written")
	c.Flags().StringVar(&f.out, "out", "label", "write the label to this `FOLDER`")
	c.Flags().StringVar(&f.issuer, "issuer", "", "`NAME` of who issues the label (default: the maker)")
	c.Flags().StringVar(&f.address, "address", "", "https `ADDRESS` of the issuer, where the QR code leads (default: the maker's web site; needed if another than the maker issues it)")
	c.Flags().StringVar(&f.issued, "issued", "", "issue `DATE` (default: the as-of date)")
	c.Flags().StringVar(&f.validUntil, "valid-until", "", "last `DATE` on which the label is valid (default: a year, at most to the support end)")
	c.Flags().StringVar(&f.status, "status", "", "`LEDGER` of the status list in which the label takes a place (\"assay issuer status new\")")
	c.Flags().StringArrayVar(&f.despite, "despite", nil, "label the product although this mandatory requirement is not met: `SCHEME:ID=REASON`; repeatable; never for the maker itself")
	c.Flags().StringVar(&f.decidedBy, "decided-by", "", "with --despite: `NAME` of the person or body that decided")
	c.Flags().StringArrayVar(&f.claim, "scheme", nil, "put only this `ID` of the assessed schemes on the label; repeatable (default: all)")
	return c
}

func (p *program) label(c *cobra.Command, f labelFlags, args []string) error {
	if f.batch != "" {
		return p.batch(c, f, args)
	}
	if err := f.pictureFlags.check(); err != nil {
		return err
	}
	if _, err := f.who(); err != nil {
		return err
	}
	if c.Flags().Changed("issuer") && strings.TrimSpace(f.issuer) == "" {
		return badInput("give a name, or leave --issuer out, and the maker issues it", "--issuer names nobody")
	}
	if bundle, ok := f.issuedBefore(); ok {
		return p.signAgain(c, f, bundle)
	}
	despite, err := f.decisions()
	if err != nil {
		return err
	}
	q, err := p.question(f.questionFlags, args)
	if err != nil {
		return err
	}
	issued := q.asOf
	q.more = f.claim
	if f.issued != "" {
		if issued, err = assay.Date(f.issued); err != nil {
			return badInput("write it as 2026-11-23", "--issued %q is not a date", f.issued)
		}
	}
	if f.validUntil != "" {
		if q.labelEnd, err = assay.Date(f.validUntil); err != nil {
			return badInput("write it as 2027-11-23", "--valid-until %q is not a date", f.validUntil)
		}
	}
	s, err := p.openSigner(c.Context(), f.signerFlags, f.online)
	if err != nil {
		return err
	}
	defer s.close()
	t, issuer, err := p.issuing(&f, s)
	if err != nil {
		return err
	}
	logged, err := p.openLogOf(c.Context(), f.logFlags, f.online)
	if err != nil {
		return err
	}
	defer logged.close()
	keyID, err := p.suits(s, logged)
	if err != nil {
		return err
	}
	p.noteDate(issued)
	q.writes = []string{existing(f.out)}
	if f.status != "" {
		if _, err := ledger.Read(f.status); err != nil {
			return ledgerError(err)
		}
		q.writes = append(q.writes, filepath.Dir(f.status))
	}
	if f.log != "" {
		q.writes = append(q.writes, f.log)
	}
	q.accepts = f.addressed
	made, err := p.assessed(c, q, f, t, issuer)
	if err != nil {
		return err
	}
	options := f.options(made, issued, issuer)
	options.Despite = despite
	statement, err := labels.New(&made.assessment, options)
	if err != nil {
		return p.noLabel(&made.assessment, err)
	}
	seal, err := f.seal(s, statement.Predicate.Issued)
	if err != nil {
		return err
	}
	if f.status != "" { // only now that there will be a label
		l := &statement.Predicate
		if l.Status, err = p.reserve(f.status, l.Issuer.Address, l.ID, keyID); err != nil {
			return err
		}
	}
	files, err := p.issue(c.Context(), s, seal, statement, t, logged, &f)
	if err != nil {
		return err
	}
	if f.facts {
		assessment, err := labels.Canonical(&made.assessment)
		if err != nil {
			return err
		}
		files = append(files, labelFile{"assessment.json", assessment})
	}
	if err := p.publish(f.out, statement, files); err != nil {
		return err
	}
	p.noteForGood(&f)
	return nil
}

// noteForGood tells that a label without a place in a status list is issued for good.
func (p *program) noteForGood(f *labelFlags) {
	if f.status == "" && !f.demo {
		fmt.Fprintln(p.err, "note: without --status LEDGER nobody can withdraw it before its last day (make one with: assay issuer status new)")
	}
}

// issue signs a statement, looks whether it would count, has it logged, and draws it:
// the files of a label.
func (p *program) issue(ctx context.Context, s *signer, seal sign.Seal, statement *labels.Statement, t *trustPolicy, logged *appender, f *labelFlags) ([]labelFile, error) {
	bundle, err := s.label(statement)
	if err != nil {
		return nil, err
	}
	if t != nil && !f.demo {
		if err := p.wouldCount(bundle, statement, t); err != nil {
			return nil, err
		}
	}
	proof, err := p.logged(ctx, logged, statement, t)
	if err != nil {
		return nil, err
	}
	files, err := p.drawLabel(s.key, seal, bundle, statement, f.pictureFlags)
	if err == nil && proof != nil {
		files = append(files, labelFile{"label" + proofEnding, proof})
	}
	return files, err
}

// options are what the issuer adds to an assessment. issuerID is its entry in the
// trust policy; empty without one.
func (f labelFlags) options(b *basis, issued time.Time, issuerID string) labels.IssueOptions {
	return labels.IssueOptions{
		Issued: issued.Format(time.DateOnly), ValidUntil: f.validUntil, Latest: latestLabel(b.targets, issued),
		Schemes: f.claim, Issuer: f.issuer, Address: address(f, &b.assessment), Demo: f.demo,
		Authority: issuerID != "" && !labels.SameName(f.issuer, b.assessment.Product.Manufacturer.Name), Evidence: b.evidence, Policy: f.policy, Held: f.held,
	}
}

// publish writes the files and tells their names.
func (p *program) publish(out string, statement *labels.Statement, files []labelFile) error {
	old, err := leftoverIn(out, statement, files)
	if err != nil {
		return err
	}
	if err := writeAll(out, files); err != nil {
		return err
	}
	if err := p.takeAway(out, old); err != nil {
		return err
	}
	p.noteAssessment(out, statement)
	told := fmt.Sprintf("%s label %s\n", p.paint(green, "✓"), report.Clean(statement.Predicate.ID))
	for _, file := range files {
		told += "  " + filepath.Join(out, file.name) + "\n"
	}
	if _, err := io.WriteString(p.out, told); err != nil {
		// Whoever called hears of a failure, so there must be no label.
		removeAll(out, files)
		return err
	}
	return nil
}

// decisions reads what the issuer decided to label the product in spite of.
func (f labelFlags) decisions() ([]labels.Decision, error) {
	if (len(f.despite) > 0) != (f.decidedBy != "") {
		return nil, badInput("say --despite SCHEME:ID=REASON --decided-by NAME", "a decision has a requirement, a reason and a name: --despite and --decided-by go together")
	}
	var list []labels.Decision
	for _, d := range f.despite {
		requirement, reason, ok := strings.Cut(d, "=")
		if !ok || !strings.Contains(requirement, ":") || strings.TrimSpace(reason) == "" {
			return nil, badInput("write it as uk-psti:1=\"why it is labelled all the same\"", "--despite %q is not SCHEME:ID=REASON", d)
		}
		list = append(list, labels.Decision{Requirement: requirement, By: f.decidedBy, Reason: reason})
	}
	return list, nil
}

// addressed demands an address of an issuer that is not the maker: without one
// the QR code would lead nowhere.
func (f labelFlags) addressed(declared *product.Product) error {
	return f.addressedTo(declared.Info().Manufacturer.Name)
}

func (f labelFlags) addressedTo(maker string) error {
	if f.issuer == "" || f.address != "" || labels.SameName(f.issuer, maker) {
		return nil
	}
	return badInput("add --address https://…, the issuer's page where the QR code of the label leads; or leave --issuer out, and the maker issues it",
		"the issuer %q is not the maker, %q, and has no address", f.issuer, maker)
}

// address is where the QR code leads: what the issuer says, or, where the maker
// issues the label itself, the maker's web site.
func address(f labelFlags, a *assay.Assessment) string {
	return cmp.Or(f.address, a.Product.Manufacturer.Website)
}

// noLabel says why there is none. Nothing was written.
func (p *program) noLabel(a *assay.Assessment, err error) error {
	code := exitInput
	switch {
	case errors.Is(err, labels.ErrNotMet):
		code = exitNo
	case errors.Is(err, labels.ErrInconclusive):
		code = exitCannotTell
	}
	if code != exitInput {
		if werr := report.Conclusions(p.err, a.Conclusions, p.paint); werr != nil {
			return werr
		}
	}
	if code == exitInput {
		return &codedError{code: code, err: err}
	}
	return &codedError{code: code, err: fmt.Errorf("no label: %s", strings.ReplaceAll(err.Error(), "\n", "; ")), fix: "\"assay check\" shows every finding"}
}

// labelFile is one file of a label.
type labelFile struct {
	name string
	data []byte
}

// drawLabel makes all files of a signed label in memory. There is no key if the
// signer has none of its own: then the code holds the digest only, and the PDF is
// not signed itself.
func (p *program) drawLabel(key crypto.Signer, seal sign.Seal, bundle []byte, s *labels.Statement, f pictureFlags) ([]labelFile, error) {
	message, code, err := p.compactLabel(key, s)
	if err != nil {
		return nil, err
	}
	var pictures []labelFile
	if !f.none {
		pictures, err = labelled{s, bundle, message, key, seal}.pictures(f)
		if err != nil {
			return nil, err
		}
	}
	payload, err := s.Payload()
	if err != nil {
		return nil, err
	}
	readable, err := labels.Readable(payload)
	if err != nil {
		return nil, err
	}
	files := append([]labelFile{{"label.sigstore.json", bundle}}, pictures...)
	files = append(files, labelFile{"label.json", readable})
	if message != nil {
		files = append(files, labelFile{"label.cose", message}, labelFile{"label.txt", []byte(code + "\n")})
	}
	return files, nil
}

// compactLabel makes what the QR code holds; nothing if the issuer has no
// address for one, or it does not fit. The code then holds the digest alone.
func (p *program) compactLabel(key crypto.Signer, s *labels.Statement) (message []byte, code string, err error) {
	if key == nil {
		return nil, "", nil
	}
	l, err := compact.FromStatement(s, key.Public())
	if errors.Is(err, compact.ErrAddress) || errors.Is(err, compact.ErrTooLong) || errors.Is(err, compact.ErrDespite) {
		fmt.Fprintf(p.err, "note: the QR code holds the digest only and cannot be verified offline: %v\n", err)
		return nil, "", nil
	} else if err != nil {
		return nil, "", err
	}
	if message, err = l.Sign(key); err != nil {
		return nil, "", err
	}
	code, err = compact.Code(&s.Predicate, message)
	return message, code, err
}

// writeAll writes a label's files into a folder: all of them, or, if one fails,
// none.
func writeAll(dir string, files []labelFile) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, f := range files {
		if err := writeFile(filepath.Join(dir, f.name), f.data, 0o644); err != nil {
			removeAll(dir, files[:i])
			return err
		}
	}
	return nil
}

// removeAll takes back files that were written, and the folder if it is empty
// then.
func removeAll(dir string, files []labelFile) {
	for _, f := range files {
		os.Remove(filepath.Join(dir, f.name))
	}
	os.Remove(dir)
}
