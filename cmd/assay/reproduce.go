package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/compare"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/schema/product"
)

// reproduceFlags are what "assay reproduce" is told beside the assessment.
type reproduceFlags struct {
	product    string
	images     []string // --firmware, and --image, its older name
	vars       []string
	validUntil string
	data       string
	all        bool
}

func (p *program) reproduceCommand() *cobra.Command {
	var f reproduceFlags
	c := &cobra.Command{
		Use:   "reproduce ASSESSMENT",
		Short: "Assess again and say whether the same comes out",
		Long: `Reproduce assesses a product as ASSESSMENT was made: on its day, by its schemes, from
the product's folder and its firmware images. It says whether the same bytes come out,
what differs from machine to machine left aside, and if not, the first difference.
ASSESSMENT is what "assay check --format json" wrote, or the assessment.json of a label.

What was asked online is not asked again: it is taken from the stored facts, if there
are any (--store-facts).

An assessment that looked into a data set is made again with the same one (--data).

Exit codes: 0 the same · 3 not the same · 4 cannot tell: another version of this program
made it, or it looked into other data.`,
		Example: "  assay reproduce label/assessment.json --product camera/\n  assay reproduce assessment.json --product camera/ --firmware downloads/camera-2.4.1.bin\n  assay reproduce assessment.json --product camera/ --data vulnerabilities/",
		Args:    oneArg,
		RunE:    func(c *cobra.Command, args []string) error { return p.reproduce(c, f, args[0]) },
	}
	c.Flags().StringVar(&f.product, "product", ".", "the product's `FOLDER`")
	c.Flags().StringArrayVar(&f.images, "firmware", nil, "open this image in place of the product's: `[FIRMWARE=]FILE`; repeatable")
	c.Flags().StringArrayVar(&f.images, "image", nil, "the same as --firmware")
	_ = c.Flags().MarkHidden("image") // its name until version 0.1
	c.Flags().StringVar(&f.data, "data", "", "the offline data that was looked into: its `FOLDER`, or \"demo\"")
	c.Flags().BoolVar(&f.all, "all", false, "show every difference, not only the first")
	c.Flags().StringArrayVar(&f.vars, "var", nil, "set a variable of the product file: `NAME=VALUE`; repeatable")
	c.Flags().StringVar(&f.validUntil, "valid-until", "", "the `DATE` that \"assay label\" was given, if it was")
	return c
}

func (p *program) reproduce(c *cobra.Command, f reproduceFlags, name string) error {
	old, err := readAssessment(name)
	if err != nil {
		return err
	}
	data, missing, err := dataAgain(f.data, old.Data)
	if err != nil {
		return err
	}
	if missing != "" {
		if _, err := fmt.Fprintf(p.out, "%s cannot tell: %s\n", p.paint(yellow, "?"), missing); err != nil {
			return err
		}
		return answered(exitCannotTell)
	}
	q, err := p.question(questionFlags{asOf: old.AsOf, vars: f.vars, facts: len(old.Facts) > 0, data: data}, []string{f.product})
	if err != nil {
		return err
	}
	if f.validUntil != "" {
		if q.labelEnd, err = assay.Date(f.validUntil); err != nil {
			return badInput("write it as 2027-11-23", "--valid-until %q is not a date", f.validUntil)
		}
	}
	if len(old.Facts) > 0 {
		q.whole = old
	}
	if q.images, err = imagesInstead(f.images, old); err != nil {
		return err
	}
	for _, at := range q.images {
		q.reads = append(q.reads, at)
	}
	declared, err := p.load(q, q.missingImage())
	if err != nil {
		return err
	}
	q.more = furtherSchemes(old, declared)
	j, err := p.assess(c.Context(), q)
	if err != nil {
		return err
	}
	return p.reproduced(old, &j.assessment, f.all)
}

// dataAgain gives the --data by which an assessment is made again, or says which
// data set that needs. The demonstration data is part of this program.
func dataAgain(given string, used *assay.DataSet) (data, missing string, err error) {
	switch {
	case used == nil && given == "":
		return "", "", nil
	case given == "" && used.Demo:
		given = "demo"
	case given == "":
		return "", "needs the " + dataName(used) + ": give it with --data", nil
	}
	offline, err := openOffline(given)
	if err != nil {
		return "", "", err
	}
	defer offline.close()
	is := offline.named()
	switch {
	case used == nil && is == nil, used != nil && is != nil && *used == *is:
		return given, "", nil
	case used == nil:
		return "", "it was made without a data set: leave --data out", nil
	case is == nil:
		return "", "needs the " + dataName(used) + "; --data " + given + " holds none", nil
	}
	return "", "needs the " + dataName(used) + "; --data " + given + " is the " + dataName(is), nil
}

func dataName(d *assay.DataSet) string {
	if d.Demo {
		return "demonstration data " + report.Clean(string(d.Digest))
	}
	return "data set " + report.Clean(string(d.Digest)) + " of " + report.Clean(d.AsOf)
}

func readAssessment(name string) (*assay.Assessment, error) {
	data, err := readLimited(name, maxAssessment)
	if err != nil {
		return nil, err
	}
	var a assay.Assessment
	if err := json.Unmarshal(data, &a); err != nil || a.Format != assay.AssessmentFormat {
		return nil, badInput("give what \"assay check --format json\" wrote, or the assessment.json of a label", "%s is not an assessment (%s)", name, assay.AssessmentFormat)
	}
	return &a, nil
}

// imagesInstead reads the values of --firmware.
func imagesInstead(values []string, old *assay.Assessment) (map[string]string, error) {
	images := map[string]string{}
	for _, v := range values {
		id, file, ok := strings.Cut(v, "=")
		if !ok || !slices.ContainsFunc(old.Images, func(img assay.Image) bool { return img.Firmware == id }) {
			if len(old.Images) != 1 {
				return nil, badInput("write --firmware FIRMWARE=FILE", "--firmware %s: the assessment has %s", v, count(len(old.Images), "image"))
			}
			id, file = old.Images[0].Firmware, v
		}
		if _, err := os.Stat(file); err != nil {
			return nil, badInput("check the path", "--firmware: %w", err)
		}
		images[id] = filepath.Clean(file)
	}
	return images, nil
}

// furtherSchemes are those that an assessment concludes by, but the product does
// not name.
func furtherSchemes(old *assay.Assessment, declared *product.Product) []string {
	var more []string
	for _, c := range old.Conclusions {
		if !slices.ContainsFunc(declared.Targets, func(t product.Target) bool { return t.Scheme == c.Scheme }) {
			more = append(more, c.Scheme)
		}
	}
	return more
}

// maxDifferences is the number of differences that --all shows.
const maxDifferences = 1000

// reproduced compares two assessments as labels name them, by their canonical JSON.
func (p *program) reproduced(old, again *assay.Assessment, all bool) error {
	was, err := labels.Canonical(old)
	if err != nil {
		return err
	}
	is, err := labels.Canonical(again)
	if err != nil {
		return err
	}
	differences, err := compare.JSON(was, is)
	if err != nil {
		return err
	}
	if len(differences) == 0 {
		digest, err := labels.AssessmentDigest(again)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "%s the same bytes: %s\n", p.paint(green, "✓"), digest)
		return err
	}
	shown := 1
	if all {
		shown = maxDifferences
	}
	b := &strings.Builder{}
	for _, d := range differences[:min(len(differences), shown)] {
		fmt.Fprintf(b, "  %s: %s → %s\n", report.Clean(d.At), report.Clean(d.Old), report.Clean(d.New))
	}
	if more := len(differences) - shown; more > 0 {
		fmt.Fprintf(b, "  … and %d more\n", more)
		if !all {
			fmt.Fprintf(b, "  To see them: --all\n")
		}
	}
	code := exitNo
	head := p.paint(red, "✗") + " not the same:"
	if old.Tool != again.Tool {
		code, head = exitCannotTell, fmt.Sprintf("%s %s %s made it, this is %s: run that version to tell", p.paint(yellow, "?"), report.Clean(old.Tool.Name), report.Clean(old.Tool.Version), again.Tool.Version)
	}
	if _, err := fmt.Fprintf(p.out, "%s\n%s", head, b); err != nil {
		return err
	}
	return answered(code)
}
