package product

import "github.com/hashicorp/hcl/v2"

// check checks what no single attribute shows: how blocks fit together, and to
// what is outside.
func (f *file) check(s *scope) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i := range f.Products {
		diags = append(diags, f.Products[i].check(f)...)
		diags = append(diags, f.Products[i].checkOutside(s)...)
		if i > 0 {
			diags = append(diags, mistake(f.Products[i].Range, "Give each product a folder of its own.",
				"a folder is one product: product %s stands at %s already", quoted(f.Products[0].ID), place(f.Products[0].Range)))
		}
	}
	for _, k := range f.Keys {
		diags = append(diags, k.check()...)
	}
	return diags
}

func (k Key) check() hcl.Diagnostics {
	var diags hcl.Diagnostics
	if k.NotBefore != "" && k.NotAfter != "" && k.NotAfter < k.NotBefore {
		diags = append(diags, mistake(k.Range, "Correct one of the two days.", "key %s: not_after is before not_before", quoted(k.ID)))
	}
	key, err := k.PublicKey()
	if is := algorithmOf(key); err == nil && key != nil && k.Algorithm != "" && is != k.Algorithm {
		diags = append(diags, mistake(k.Range, "Correct algorithm or leave it out, or name the right file.", "key %s is declared as %s and is %s", quoted(k.ID), k.Algorithm, known(is)))
	}
	return diags
}

func known(algorithm string) string {
	if algorithm == "" {
		return "of another kind"
	}
	return algorithm
}

func (p *Product) check(f *file) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if p.Maker == nil && len(f.Manufacturers) > 1 {
		diags = append(diags, mistake(p.Range, "Say which is meant: manufacturer = manufacturer."+f.Manufacturers[0].ID+".",
			"the folder declares %d manufacturers and the product names none", len(f.Manufacturers)))
	}
	for _, fw := range p.Firmwares {
		diags = append(diags, fw.check()...)
	}
	if r := p.Release; r != nil && r.For == nil && len(p.Firmwares) != 1 {
		diags = append(diags, mistake(r.Range, "Say which firmware it is: for = firmware.NAME.", "the release names no firmware, and the product has %d", len(p.Firmwares)))
	}
	seen := map[string]hcl.Range{}
	for _, t := range p.Targets {
		name := t.Scheme + "@" + t.Edition
		if at, twice := seen[name]; twice {
			diags = append(diags, mistake(t.Range, "Keep one of the two, or name another edition.", "target %s is written twice: it stands at %s already", quoted(t.Scheme), place(at)))
			continue
		}
		seen[name] = t.Range
	}
	return diags
}

// checkOutside checks blocks against what is outside.
func (p *Product) checkOutside(s *scope) hcl.Diagnostics {
	if s.outside == nil {
		return nil
	}
	var diags hcl.Diagnostics
	add := func(d *hcl.Diagnostic) {
		if d != nil {
			diags = append(diags, d)
		}
	}
	for _, t := range p.Targets {
		add(s.outside.vetTarget(t))
	}
	for _, e := range p.Exceptions {
		add(s.outside.vetException(e))
	}
	for i := range p.Firmwares {
		fw, r := &p.Firmwares[i], p.Release
		add(s.vetImage(fw, r != nil && (r.For == nil || r.For.Label() == fw.ID)))
	}
	if p.Label != nil {
		add(vetLanguages(p.Label))
	}
	return diags
}

func (fw *Firmware) check() hcl.Diagnostics {
	if fw.Opaque && fw.Supplier == "" {
		return hcl.Diagnostics{mistake(fw.Range, "Add supplier = \"…\": whoever reads the label must know who can examine it.", "firmware %s is opaque and names no supplier", quoted(fw.ID))}
	}
	return nil
}
