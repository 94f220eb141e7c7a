package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/cmd/assay/internal/compare"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/firmware"
)

func (p *program) diffCommand() *cobra.Command {
	var asOf string
	var formats []string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what changed between two products, images, assessments or labels",
		Long: `Diff compares OLD and NEW: the folder or file of a product, a firmware image, or what
"assay check --format json" or "assay inspect --format json" wrote. It names the files,
components and services that changed, the verdicts that are others, and the findings
that are new and gone. An assessment has components and services only if it was made
with --store-facts, and never a list of files. Two labels are compared by what they
say: proof, requirements, support, firmware; whether they are genuine "assay verify" says.

Exit codes: 0 nothing became worse · 3 something did: a verdict, or a finding of medium
severity or above · 4 an answer became inconclusive, and nothing else became worse.`,
		Example: "  assay diff build/camera-1.0.bin build/camera-1.1.bin\n  assay diff last-release.json camera/ --format json=changes.json\n  assay diff 2026/label.pdf 2027/label.pdf",
		Args:    func(c *cobra.Command, args []string) error { return asUsage(cobra.ExactArgs(2)(c, args)) },
		RunE: func(c *cobra.Command, args []string) error {
			outputs, err := parseFormats(formats, []string{"table", "json"})
			if err != nil {
				return err
			}
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			rights := sandbox.Rights{Read: args, Write: outputFolders(outputs)}
			var sides [2]compare.Side
			for i, name := range args {
				if sides[i], err = p.side(c.Context(), name, day, rights); err != nil {
					return err
				}
			}
			if (sides[0].Kind == kindLabel) != (sides[1].Kind == kindLabel) {
				return badInput("give two labels, or the assessments that they were made of", "a label holds conclusions only: it is compared with a label")
			}
			if err := level(&sides[0], &sides[1]); err != nil {
				return err
			}
			d := compare.Sides(sides[0], sides[1])
			if err := p.show(outputs, d, func(w io.Writer) error { return report.Diff(w, d, p.paint) }); err != nil {
				return err
			}
			return answered(regression(d))
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "the `DATE` that products and images are judged by (default: today)")
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json; repeatable")
	return c
}

// regression is the exit code of a comparison.
func regression(d compare.Diff) int {
	switch {
	case d.Worse > 0:
		return exitNo
	case d.Unclear > 0:
		return exitCannotTell
	}
	return exitYes
}

// side finds out what one of the two is and what is known of it.
func (p *program) side(ctx context.Context, name string, day time.Time, rights sandbox.Rights) (compare.Side, error) {
	folder, err := productFolder(name)
	if err != nil {
		return compare.Side{}, err
	}
	if folder != "" {
		j, err := p.assess(ctx, question{dir: folder, asOf: day, reads: rights.Read, writes: rights.Write})
		if err != nil {
			return compare.Side{}, err
		}
		return productSide(name, j), nil
	}
	if s, ok, err := labelSide(name); ok || err != nil {
		return s, err
	}
	if s, ok, err := storedSide(name); ok || err != nil {
		return s, err
	}
	p.dropRights(rights)
	in, o, err := p.inspect(ctx, name, nil, offline{}, checks.Subject{AsOf: day}, false)
	if err != nil {
		return compare.Side{}, err
	}
	s := inspectionSide(name, "image", in)
	s.Files = map[string]string{}
	addFiles(s.Files, "", o.Image)
	delete(s.Unknown, "files")
	return s, nil
}

// productFolder is the folder of a product, if a name is one or one of its files.
func productFolder(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", badInput("give a product, an image or an assessment", "%w", err)
	case !info.IsDir() && filepath.Ext(name) == ".hcl":
		return filepath.Dir(name), nil
	case !info.IsDir():
		return "", nil
	}
	if files, err := filepath.Glob(filepath.Join(name, "*.hcl")); err != nil || len(files) == 0 {
		return "", nil // an unpacked image
	}
	return name, nil
}

func newSide(name, kind, asOf string, tool assay.Tool) compare.Side {
	return compare.Side{Name: name, Kind: kind, AsOf: asOf, Tool: tool, Digests: []assay.Digest{}, Unknown: map[string]string{
		"files": "an assessment holds no list of files",
	}, Components: map[string]string{}, Services: map[string]string{}}
}

func productSide(name string, j *judged) compare.Side {
	s := assessmentSide(name, "product", &j.assessment)
	delete(s.Unknown, "files")
	s.Files = map[string]string{}
	for _, part := range j.parts {
		if part.Observation == nil {
			continue
		}
		label := ""
		if len(j.parts) > 1 {
			label = part.Firmware.ID + ": "
		}
		addFiles(s.Files, label, part.Observation.Image)
		addObserved(&s, label, part.Observation)
	}
	return s
}

func assessmentSide(name, kind string, a *assay.Assessment) compare.Side {
	s := newSide(name, kind, a.AsOf, a.Tool)
	s.Results, s.Conclusions = a.Results, a.Conclusions
	for _, img := range a.Images {
		s.Digests = append(s.Digests, img.Digest)
	}
	return s
}

func inspectionSide(name, kind string, in *report.Inspection) compare.Side {
	s := newSide(name, kind, in.AsOf, in.Tool)
	s.Results, s.Digests = in.Results, []assay.Digest{in.Image.Digest}
	s.Unknown["conclusions"] = "an image alone is concluded by no scheme"
	addComponents(s.Components, "", in.Components)
	addServices(s.Services, "", in.Services)
	return s
}

// storedSide reads an assessment or an inspection; another file is none of these.
func storedSide(name string) (s compare.Side, ok bool, err error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxAssessment || !beginsWithBrace(name) {
		return s, false, nil
	}
	data, err := readLimited(name, maxAssessment)
	if err != nil {
		return s, false, err
	}
	var what struct{ Format string }
	if err := json.Unmarshal(data, &what); err != nil {
		if ours.Match(data[:min(len(data), 512)]) {
			return s, false, badInput("make it again", "%s: an assessment or inspection that is damaged: %w", name, err)
		}
		return s, false, nil
	}
	switch what.Format {
	case assay.AssessmentFormat:
		var a assay.Assessment
		if err := json.Unmarshal(data, &a); err != nil {
			return s, false, badInput("make it again", "%s: a damaged assessment: %w", name, err)
		}
		if len(a.Results) == 0 {
			return s, false, badInput("make it again", "%s: an assessment without results", name)
		}
		s = assessmentSide(name, "assessment", &a)
		return s, true, addStored(&s, &a)
	case report.InspectionFormat:
		var in report.Inspection
		if err := json.Unmarshal(data, &in); err != nil {
			return s, false, badInput("make it again", "%s: a damaged inspection: %w", name, err)
		}
		return inspectionSide(name, "inspection", &in), true, nil
	}
	return s, false, badInput("give an image, a product, an assessment, an inspection or a label", "%s is JSON of another kind (format %.40q)", name, what.Format)
}

// ours is how the JSON that this program writes begins.
var ours = regexp.MustCompile(`^\{\s*"format":\s*"assay\.`)

func beginsWithBrace(name string) bool { return beginsWith(name, "{") }

func beginsWith(name, magic string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == magic
}

// addStored adds what the stored facts of an assessment say.
func addStored(s *compare.Side, a *assay.Assessment) error {
	if len(a.Facts) == 0 {
		why := "the assessment holds no facts; make it with --store-facts"
		s.Unknown["components"], s.Unknown["services"] = why, why
		return nil
	}
	for _, img := range a.Images {
		o, err := facts.Restore(factsOf(a, img.Firmware), img.Coverage, inventory.Components, facts.Services)
		if err != nil {
			return badInput("assess with the image", "%s: the assessment is damaged: %w", s.Name, err)
		}
		label := ""
		if len(a.Images) > 1 {
			label = img.Firmware + ": "
		}
		addObserved(s, label, o)
	}
	return nil
}

// addObserved adds the components and services of one image, or why they are not
// known.
func addObserved(s *compare.Side, label string, o *facts.Observation) {
	if list, err := inventory.Components.Of(o.For("diff", []facts.Node{inventory.Components})); err != nil {
		s.Unknown["components"] = err.Error()
	} else {
		addComponents(s.Components, label, list)
	}
	if list, err := facts.Services.Of(o.For("diff", []facts.Node{facts.Services})); err != nil {
		s.Unknown["services"] = err.Error()
	} else {
		addServices(s.Services, label, list)
	}
}

func addComponents(into map[string]string, label string, list []inventory.Component) {
	for _, c := range list {
		key := label + c.Name
		if c.OfLanguage() {
			key += " (" + c.Kind + ")"
		}
		if into[key] != "" {
			into[key] += ", "
		}
		into[key] += c.Version
	}
}

func addServices(into map[string]string, label string, list []facts.Service) {
	for _, s := range list {
		state := "not started"
		if s.Started {
			state = "started"
		}
		for _, l := range s.Listens {
			if l.Port > 0 {
				state += fmt.Sprintf(", %s %d", l.Protocol, l.Port)
			}
		}
		key := label + strings.TrimSpace(s.Name+" "+s.Program)
		if into[key] != "" {
			into[key] += "; "
		}
		into[key] += state
	}
}

// addFiles says what each file of an image is: kind, mode, owner and content.
func addFiles(into map[string]string, label string, img *firmware.Image) {
	for _, f := range img.Files {
		into[label+compare.Inside(f.Path)] = fileWords(f)
	}
}

func fileWords(f *firmware.File) string {
	owner := ""
	if f.Container != nil && f.Container.Modes {
		owner = fmt.Sprintf(" %d:%d", f.UID, f.GID)
	}
	mode := f.Mode &^ fs.ModeType
	switch f.Kind {
	case firmware.Symlink:
		return "link to " + f.Link
	case firmware.Regular:
		return fmt.Sprintf("%v%s, %d bytes, %.14s", mode, owner, f.Size, fmt.Sprintf("%x", f.Digest))
	case firmware.Raw:
		return fmt.Sprintf("%d bytes, %.14s", f.Size, fmt.Sprintf("%x", f.Digest))
	}
	return fmt.Sprintf("%v, %v%s", f.Kind, mode, owner)
}
