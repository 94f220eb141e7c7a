package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/schema/product"
)

// judged is an assessment with what the reports need beside it.
type judged struct {
	assessment assay.Assessment
	product    *product.Product
	imageLine  map[string]assay.Location // by firmware: the line that names the image
	profile    profile
	targets    []target
	parts      []checks.Part
}

type profile struct {
	observe, judge time.Duration
	times          []facts.Took
}

// question is what "assay check" and "assay label" are asked.
type question struct {
	dir      string
	from     string // a stored assessment to judge again; empty to open the images
	vars     map[string]string
	asOf     time.Time
	online   bool
	facts    bool      // store the facts with the assessment
	data     string    // folder of offline data, or demoData; empty for none
	more     []string  // schemes to conclude by, besides the product's own targets
	labelEnd time.Time // last day of the label that is asked for; zero if none is
	writes   []string  // folders that the answer is written to
	written  []string  // files that the answer is written to, which must not be the product's
	reads    []string  // what is read besides the product's folder

	// images are to be opened in place of those that the product names, by
	// firmware, under the name that the product gives them; whole is an assessment
	// whose answers from outside of the images are taken as they are.
	images map[string]string
	whole  *assay.Assessment

	// accepts looks at the declaration before any work is done; nil accepts all.
	accepts func(*product.Product) error
}

// assess loads the declaration, observes every image, asks every check and
// concludes for every scheme that the product names.
func (p *program) assess(ctx context.Context, q question) (*judged, error) {
	declared, err := p.load(q, q.missingImage())
	if err != nil {
		return nil, err
	}
	if err := notOverProduct(declared, q.written); err != nil {
		return nil, err
	}
	wanted, err := targets(declared, q.more, q.asOf)
	if err != nil {
		return nil, err
	}
	if q.accepts != nil {
		if err := q.accepts(declared); err != nil {
			return nil, err
		}
	}
	j := &judged{product: declared, imageLine: imageLines(declared), targets: wanted}
	list := catalogue.Checks()
	started := time.Now()
	opened := sources{program: p}
	defer opened.close()
	lists, err := openOffline(q.data)
	if err != nil {
		return nil, err
	}
	defer lists.close()
	images, subject, err := p.observations(ctx, q, &opened, lists, declared, list)
	if err != nil {
		return nil, err
	}
	subject.Product, subject.AsOf, subject.Terms, subject.LabelEnd = declared, q.asOf, terms(wanted), q.labelEnd
	j.profile.observe, started = time.Since(started), time.Now()
	results := checks.Assess(ctx, subject, list)
	j.parts = subject.Images
	exceptions := checks.MarkExceptions(results, declared, q.asOf)
	j.profile.judge, j.profile.times = time.Since(started), times(subject)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j.assessment = assay.Assessment{
		Format: assay.AssessmentFormat, Tool: assay.Tool{Name: "assay", Version: version},
		AsOf: q.asOf.Format(time.DateOnly), Rules: ruleSets(wanted), Product: declared.Info(),
		Images: images, Results: results, Conclusions: conclude(declared, wanted, results, q.asOf),
		Exceptions: exceptions, Documents: documents(declared),
	}
	for i, part := range j.assessment.Product.Parts {
		if part.Kind == "firmware" {
			j.assessment.Product.Parts[i].Examined = slices.ContainsFunc(images, func(img assay.Image) bool {
				return img.Firmware == part.Name && img.Coverage.Opened > 0
			})
		}
	}
	for _, part := range subject.Images {
		j.assessment.Product.Closed = append(j.assessment.Product.Closed, checks.Closed(part.Firmware, coverageOf(part))...)
	}
	j.vulnerabilities(subject)
	if q.facts {
		j.assessment.Facts = storeFacts(subject, list)
	}
	return j, nil
}

// times adds up what was spent on the facts and checks of all parts.
func times(s checks.Subject) []facts.Took {
	all := []*facts.Observation{s.Whole}
	for _, part := range s.Images {
		all = append(all, part.Observation)
	}
	return facts.Times(all...)
}

// missingImage says that an image must be there, unless stored facts are judged.
func (q question) missingImage() hcl.DiagnosticSeverity {
	if q.from != "" || len(q.images) > 0 {
		return hcl.DiagInvalid
	}
	return hcl.DiagError
}

// observations gives what was observed: now, of every image and, with --online, of
// the repository; or as a stored assessment has it.
func (p *program) observations(ctx context.Context, q question, opened *sources, lists offline, declared *product.Product, list []*checks.Check) (images []assay.Image, s checks.Subject, err error) {
	var stored *assay.Assessment
	s.Whole = facts.NewObservation()
	if q.from != "" {
		if stored, err = storedAssessment(q.from, declared); err != nil {
			return nil, s, err
		}
		if !q.online {
			if s.Whole, err = restoreWhole(stored, list); err != nil {
				return nil, s, err
			}
		}
	}
	if q.whole != nil {
		if s.Whole, err = restoreWhole(q.whole, list); err != nil {
			return nil, s, err
		}
	}
	if q.online {
		if stored == nil {
			if err := p.fetchRelease(ctx, declared); err != nil {
				return nil, s, err
			}
		}
		p.askRepository(ctx, declared, s.Whole)
	}
	p.dropRights(sandbox.Rights{Read: append(append([]string{declared.Dir}, q.reads...), dataFolders(q.data)...), Write: q.writes})
	if stored != nil {
		images, s.Images, err = restoreAll(stored, declared, list, lists.set != nil)
	} else {
		images, s.Images, err = opened.observeAll(ctx, declared, q.images, needs(list))
	}
	for _, part := range s.Images {
		lists.supply(part.Observation)
	}
	return images, s, err
}

// coverageOf is how much of a part was examined: nothing if it has no image.
func coverageOf(p checks.Part) assay.Coverage {
	if p.Observation == nil {
		return assay.Coverage{}
	}
	return p.Observation.Coverage
}

// needs lists the facts that any of the checks asks for.
func needs(list []*checks.Check) []facts.Node {
	var nodes []facts.Node
	for _, c := range list {
		nodes = append(nodes, c.Needs...)
	}
	return nodes
}

// observeAll opens every declared image once, also those that the maker declares
// opaque. A firmware block without an image is a part that nothing is known of.
func (s *sources) observeAll(ctx context.Context, declared *product.Product, instead map[string]string, nodes []facts.Node) ([]assay.Image, []checks.Part, error) {
	images := []assay.Image{}
	var parts []checks.Part
	for i := range declared.Firmwares {
		fw := &declared.Firmwares[i]
		if fw.Image == "" {
			parts = append(parts, checks.Part{Firmware: fw})
			continue
		}
		at, err := imageOf(declared, fw, instead)
		if err != nil {
			fix := "give the image a path inside the product's folder"
			if errors.Is(err, fs.ErrNotExist) {
				fix = "build the image first, or correct the path"
			}
			return nil, nil, badInput(fix, "%s: firmware %s: %w", imageLine(fw), fw.ID, err)
		}
		o, err := s.observeAs(ctx, at, path.Base(fw.Image), checks.Beside(declared, fw), nodes)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: firmware %s: %w", imageLine(fw), fw.ID, sourceError(err))
		}
		o.Coverage = checks.DeclareOpaque(o.Image.Name, o.Coverage, fw)
		for _, note := range checks.Undeclared(o.Image.Name, o.Coverage, fw) {
			fmt.Fprintf(s.program.err, "note: %s\n", report.Clean(note))
		}
		images = append(images, describe(o, fw))
		parts = append(parts, checks.Part{Firmware: fw, Observation: o})
	}
	return images, parts, nil
}

// imageOf is the file of a firmware's image: the one given in its place, or that
// of the product's folder.
func imageOf(declared *product.Product, fw *product.Firmware, instead map[string]string) (string, error) {
	if at := instead[fw.ID]; at != "" {
		return at, nil
	}
	return declared.ImagePath(fw)
}

// sources are the image files that are open while their facts are asked for: a
// fact may read a file of the image again.
type sources struct {
	program *program
	files   []io.Closer
}

func (s *sources) close() {
	for _, c := range s.files {
		c.Close()
	}
}

// observe opens one image file or folder, with the signatures that came with it,
// and runs the scans over it.
func (s *sources) observe(ctx context.Context, at string, beside []firmware.Beside, nodes []facts.Node) (*facts.Observation, error) {
	return s.observeAs(ctx, at, "", beside, nodes)
}

// observeAs does so under a name that is not that of the file.
func (s *sources) observeAs(ctx context.Context, at, name string, beside []firmware.Beside, nodes []facts.Node) (*facts.Observation, error) {
	src, closer, err := s.program.source(at)
	if err != nil {
		return nil, err
	}
	s.files = append(s.files, closer)
	src.Name = cmp.Or(name, src.Name)
	src.Beside = beside
	return facts.Observe(ctx, src, firmware.Options{Scratch: s.program.makeScratch()}, nodes...)
}

// describe puts an observed image into the words of an assessment.
func describe(o *facts.Observation, fw *product.Firmware) assay.Image {
	img := assay.Image{
		Path: o.Image.Name, Size: o.Image.Size, Digest: assay.SHA256(o.Image.Digest),
		Containers: []assay.Container{}, Files: len(o.Image.Files), Coverage: o.Coverage,
	}
	if fw != nil {
		img.Firmware, img.Version, img.Minimum = fw.ID, fw.Version, fw.Minimum
	}
	for _, c := range o.Image.Containers {
		img.Containers = append(img.Containers, assay.Container{Type: c.Type, Path: c.Path, Offset: c.Offset, Length: c.Length})
	}
	return img
}

func imageLines(declared *product.Product) map[string]assay.Location {
	lines := map[string]assay.Location{}
	for i := range declared.Firmwares {
		fw := &declared.Firmwares[i]
		lines[fw.ID] = imageLine(fw)
	}
	return lines
}

// imageLine is the line of the product file that names the image, or, where a
// release does, that of its block.
func imageLine(fw *product.Firmware) assay.Location {
	if fw.ImageRange.Filename == "" {
		return checks.Place(fw.Range)
	}
	return checks.Place(fw.ImageRange)
}

func unmet(declared *product.Product) []assay.Marked {
	var marked []assay.Marked
	for _, u := range declared.Unmet {
		marked = append(marked, assay.Marked{Subject: u.Requirement, Reason: u.Reason, Declared: checks.Place(u.Range)})
	}
	return marked
}

func documents(declared *product.Product) []assay.DocumentEvidence {
	var list []assay.DocumentEvidence
	add := func(name, kind, by string, date product.Date, covers []string, file string) {
		if d, ok := declared.Documents[file]; ok && d.Err == nil {
			list = append(list, assay.DocumentEvidence{Name: name, Kind: kind, By: by, Date: string(date), Covers: covers, Digest: d.Digest})
		}
	}
	if r := declared.Risk; r != nil {
		add("risk-assessment", "risk-assessment", "", r.Date, nil, r.File)
	}
	for _, e := range declared.Evidence {
		add(e.ID, e.Kind, e.By, e.Date, e.Covers, e.File)
	}
	return list
}

// storeFacts keeps what was observed: of an image by "firmware/fact", of the
// product as a whole by "/fact".
func storeFacts(s checks.Subject, list []*checks.Check) map[string]assay.Stored {
	stored := map[string]assay.Stored{}
	for _, c := range list {
		if !c.NeedsImage() {
			for id, f := range s.Whole.Store(c.Needs...) {
				stored["/"+id] = f
			}
		}
	}
	for _, part := range s.Images {
		if part.Observation == nil {
			continue
		}
		for id, s := range part.Observation.Store(needs(list)...) {
			stored[part.Firmware.ID+"/"+id] = s
		}
	}
	return stored
}

// inDir makes the paths of a product's own files relative to the folder that
// the program was started in, so that annotations point at them.
func inDir(dir string, l assay.Location) assay.Location {
	if dir != "." && dir != "" && !filepath.IsAbs(l.Path) {
		l.Path = filepath.ToSlash(filepath.Join(dir, l.Path))
	}
	return l
}
