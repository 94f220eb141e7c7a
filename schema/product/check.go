package product

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// check checks what no single attribute shows: how blocks fit together. start
// is where something that is missing altogether could be written.
func (f *file) check(start hcl.Range) hcl.Diagnostics {
	var diags hcl.Diagnostics
	switch len(f.Products) {
	case 0:
		diags = append(diags, mistake(start, `Add product "NAME" { … }; assay init writes one.`, "the folder declares no product"))
	case 1:
		diags = append(diags, f.Products[0].check(f)...)
	default:
		for _, p := range f.Products[1:] {
			diags = append(diags, mistake(p.Range, "Give each product a folder of its own.",
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
	if is := algorithmOf(key); err == nil && k.Algorithm != "" && is != k.Algorithm {
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

func (fw *Firmware) check() hcl.Diagnostics {
	var diags hcl.Diagnostics
	if fw.Opaque && strings.TrimSpace(fw.Supplier) == "" {
		diags = append(diags, mistake(fw.Range, "Add supplier = \"…\": whoever reads the label must know who can examine it.", "firmware %s is opaque and names no supplier", quoted(fw.ID)))
	}
	for _, h := range fw.Hidden {
		if h.Length <= 0 {
			diags = append(diags, mistake(h.Range, "Write how many bytes it has.", "opaque_range %s has no length", quoted(h.Name)))
		}
	}
	return diags
}

// product is the one product of the files, with what it implies filled in.
func (f *file) product() *Product {
	p := &f.Products[0]
	p.Keys = f.Keys
	for i, m := range f.Manufacturers {
		if p.Maker == nil && len(f.Manufacturers) == 1 {
			p.Maker = &Ref{ID: "manufacturer." + m.ID}
		}
		if p.Maker != nil && p.Maker.Label() == m.ID {
			p.Manufacturer = &f.Manufacturers[i]
		}
	}
	if p.Release != nil && p.Release.For == nil {
		p.Release.For = &Ref{ID: "firmware." + p.Firmwares[0].ID}
	}
	if u := p.Update; u != nil && len(u.SignedBy) == 0 && len(f.Keys) == 1 && f.Keys[0].signsUpdates() && u.Mechanism != "none" {
		u.SignedBy = []Ref{{ID: "key." + f.Keys[0].ID}}
	}
	return p
}

// signsUpdates reports whether the key may be taken for the one of updates: its
// uses say so, or say nothing.
func (k Key) signsUpdates() bool {
	for _, use := range k.Uses {
		if use == "firmware" || use == "update-manifest" {
			return true
		}
	}
	return len(k.Uses) == 0
}
