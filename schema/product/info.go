package product

import (
	"slices"

	"github.com/assay-iot/assay"
)

// Info is the part of the declaration that an assessment and a label repeat.
// Whether a part was examined is not for a declaration to say: it is false.
func (p *Product) Info() assay.ProductInfo {
	info := assay.ProductInfo{
		ID: p.ID, Name: p.Name, Models: slices.Clone(p.Models), GTIN: p.GTIN, Category: p.Category,
		Declaration: p.Digest, Face: p.face(), Parts: p.parts(),
	}
	if m := p.Manufacturer; m != nil {
		info.Manufacturer = assay.Manufacturer{Name: m.Name, Address: m.Address, Country: m.Country, Website: m.Website, Contact: m.Contact}
	}
	if p.Support != nil {
		info.SupportUntil = string(p.Support.Until)
	}
	return info
}

// face is what consumers ask for first.
func (p *Product) face() assay.DeclaredFace {
	var face assay.DeclaredFace
	if p.Update != nil {
		face.AutomaticUpdates = p.Update.Automatic
	}
	for _, c := range p.Credentials {
		if c.Kind == "" || c.Kind == "password" || c.Kind == "code" || c.Kind == "psk" {
			face.Passwords = add(face.Passwords, c.Initial)
		}
	}
	for _, s := range p.Sensors {
		if s.Present == nil || *s.Present {
			face.Sensors = add(face.Sensors, s.ID)
		} else {
			face.WithoutSensors = add(face.WithoutSensors, s.ID)
		}
	}
	for _, d := range p.Data {
		if d.Personal != nil && *d.Personal {
			face.PersonalData = add(face.PersonalData, d.ID)
		}
	}
	for _, r := range p.Recipients {
		face.Recipients = add(face.Recipients, first(r.Host, r.ID))
	}
	if m := p.Manufacturer; m != nil && m.Disclosure != nil {
		face.Policy = m.Disclosure.Policy
	}
	if d := p.Deletion; d != nil {
		face.Deletion = first(d.Instructions, d.Device, d.App, d.Account)
	}
	return face
}

// add appends what is not empty and not there yet.
func add(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// parts lists firmware, apps and services in the order of the files.
func (p *Product) parts() []assay.DeclaredPart {
	parts := []assay.DeclaredPart{}
	for _, fw := range p.Firmwares {
		parts = append(parts, assay.DeclaredPart{Kind: "firmware", Name: fw.ID, Version: fw.Version})
	}
	for _, a := range p.Apps {
		parts = append(parts, assay.DeclaredPart{Kind: "app", Name: a.ID, Version: a.Version})
	}
	for _, c := range p.Clouds {
		parts = append(parts, assay.DeclaredPart{Kind: "cloud", Name: c.ID})
	}
	return parts
}
