package checktest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/schema/product"
)

// ImageName is the name of a fixture's image, the first element of every path.
const ImageName = "image"

// subject makes what Assess judges out of a fixture.
func (a *archive) subject(ctx context.Context, check *checks.Check, dir string) (checks.Subject, error) {
	s := checks.Subject{AsOf: a.asOf}
	if len(a.product) > 0 {
		p, err := a.declare(dir)
		if err != nil {
			return s, err
		}
		s.Product = p
	}
	for _, label := range slices.Sorted(maps.Keys(a.images)) {
		var part checks.Part
		var err error
		if part.Firmware, err = block(s.Product, label); err != nil {
			return s, err
		}
		if part.Observation, err = a.images[label].observe(ctx, check, checks.Beside(s.Product, part.Firmware)); err != nil {
			return s, err
		}
		s.Images = append(s.Images, part)
	}
	s.Whole = facts.NewObservation()
	return s, a.supply(check, s)
}

// declare writes the product's folder and loads it.
func (a *archive) declare(dir string) (*product.Product, error) {
	for name, data := range a.product {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			return nil, err
		}
	}
	p, diags := product.Load(dir, product.Options{})
	if diags.HasErrors() {
		return nil, diags
	}
	return p, nil
}

// block finds the firmware block with a label; the first for the empty one.
func block(p *product.Product, label string) (*product.Firmware, error) {
	if p == nil || (label == "" && len(p.Firmwares) == 0) {
		return nil, nil
	}
	for i := range p.Firmwares {
		if label == "" || p.Firmwares[i].ID == label {
			return &p.Firmwares[i], nil
		}
	}
	return nil, fmt.Errorf("no block firmware %q is declared", label)
}

// supply puts in the facts that a fixture gives as JSON.
func (a *archive) supply(check *checks.Check, s checks.Subject) error {
	for name, value := range a.facts {
		nodes := facts.Closure(check.Needs...)
		i := slices.IndexFunc(nodes, func(n facts.Node) bool { return n.ID() == name })
		if i < 0 {
			return fmt.Errorf("%s: the check does not need the fact %q", a.file, name)
		}
		if err := s.Whole.Put(nodes[i], value); err != nil {
			return err
		}
		for _, part := range s.Images {
			if err := part.Observation.Put(nodes[i], value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (img *image) observe(ctx context.Context, check *checks.Check, beside []firmware.Beside) (*facts.Observation, error) {
	src := firmware.Bytes(img.name, img.whole)
	if img.whole == nil {
		if !img.noRoot {
			img.folder.addRoot()
		}
		src = firmware.Source{Name: ImageName, Folder: img.folder, Modes: !img.noModes}
	}
	src.Beside = beside
	o, err := facts.Observe(ctx, src, firmware.Options{}, check.Needs...)
	if err != nil {
		return nil, err
	}
	img.plant(&o.Coverage)
	return o, nil
}

// plant makes the coverage worse, as the fixture says.
func (img *image) plant(c *assay.Coverage) {
	c.Bytes = max(c.Bytes, 1) // a folder of empty files was examined all the same
	for _, l := range img.coverage {
		switch l.kind {
		case "opaque":
			c.Opaque = true
		case "skipped":
			c.Skipped = append(c.Skipped, assay.Skipped{Path: l.path, Reason: l.reason})
		case "unexplained":
			c.Bytes += l.length
			c.Unexplained += l.length
			c.Ranges = append(c.Ranges, assay.Range{Offset: l.offset, Length: l.length, Class: assay.Unexplained, What: l.reason})
		}
	}
}

// restore makes the same subject out of the stored facts of its check.
func restore(check *checks.Check, s checks.Subject) (checks.Subject, error) {
	var err error
	s.Images = slices.Clone(s.Images)
	for i, part := range s.Images {
		s.Images[i].Digest = part.ImageDigest()
		if s.Images[i].Observation, err = restored(check, part.Observation); err != nil {
			return s, err
		}
	}
	s.Whole, err = restored(check, s.Whole)
	return s, err
}

func restored(check *checks.Check, o *facts.Observation) (*facts.Observation, error) {
	return facts.Restore(o.Store(check.Needs...), o.Coverage, check.Needs...)
}
