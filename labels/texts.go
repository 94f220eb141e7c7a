package labels

import (
	"cmp"
	"slices"
	"strings"
)

// said is a text of a label and the schemes whose marks it may call: see unmarked.
type said struct {
	text    string
	schemes []string
	usual   bool // an address, of a house or a page
}

func say(text string, schemes ...string) said { return said{text, schemes, false} }

// texts gives every text of a label that people can read, whoever wrote it.
func (l *Label) texts() []said {
	p, d := &l.Product, &l.Declared
	var list []said
	add := func(all ...string) {
		for _, s := range all {
			list = append(list, say(s))
		}
	}
	addresses := []string{l.Issuer.Address}
	if l.Status != nil {
		addresses = append(addresses, l.Status.List)
	}
	if l.Issuer.Standing == Authorised { // name and hosts are then the policy's
		list = append(list, say(l.Issuer.Name, anyMark))
		for _, a := range addresses {
			host, path := splitAddress(a)
			list = append(list, say(host, anyMark), say(path, l.schemeIDs()...))
		}
	} else {
		add(l.Issuer.Name)
		add(addresses...)
	}
	add(l.ID, p.ID, p.Name, p.GTIN, p.Category, p.Maker.Name, p.Maker.Country, l.Tool.Name, l.Tool.Version)
	for _, s := range []string{p.Maker.Address, p.Maker.Website, p.Maker.Contact, d.Policy, d.Deletion} {
		list = append(list, said{text: s, usual: true})
	}
	add(slices.Concat(p.Models, d.Passwords, d.Sensors, d.WithoutSensors, d.PersonalData, d.Recipients)...)
	for _, f := range l.Firmware {
		add(f.Name, f.Version, f.Minimum)
	}
	for _, part := range l.Parts {
		add(part.Kind, part.Name, part.Version)
	}
	for _, c := range l.Closed {
		add(c.Firmware, c.Range, c.Supplier)
	}
	for _, doc := range l.Documents {
		add(doc.Kind, doc.By, doc.Date)
	}
	for _, e := range l.Evidence {
		add(e.Type, e.By)
	}
	for _, principle := range l.Principles {
		add(principle.Examined...)
	}
	return append(list, l.schemeTexts()...)
}

// splitAddress parts an address behind its host.
func splitAddress(s string) (host, path string) {
	const scheme = "https://"
	if i := strings.Index(strings.TrimPrefix(s, scheme), "/"); i >= 0 && strings.HasPrefix(s, scheme) {
		return s[:len(scheme)+i], s[len(scheme)+i:]
	}
	return s, ""
}

func (l *Label) schemeIDs() []string {
	var ids []string
	for _, s := range l.Schemes {
		ids = append(ids, s.ID)
	}
	return ids
}

// CheckPath refuses what the path of an address may not say, where a trust policy gives its
// host only. Schemes are those of the label.
func CheckPath(address string, schemes ...string) error {
	_, path := splitAddress(address)
	return cmp.Or(modest(path), unmarked(path, schemes...))
}

// schemeTexts are those that speak of a scheme, and can call it by its words.
func (l *Label) schemeTexts() []said {
	var list []said
	for _, s := range l.Schemes {
		list = append(list, say(s.ID, s.ID), say(s.Edition, s.ID), say(s.Title, s.ID))
		for _, r := range s.Requirements {
			list = append(list, say(r.ID, s.ID))
		}
	}
	for _, d := range l.Despite {
		scheme, _, _ := strings.Cut(d.Requirement, ":")
		list = append(list, say(d.Requirement, scheme), say(d.By), say(d.Reason))
	}
	for _, o := range l.AlsoAssessed {
		list = append(list, say(o.ID, o.ID), say(o.Edition, o.ID), say(o.Title, o.ID))
	}
	for _, r := range l.Rules {
		scheme := ""
		if r.Kind == "scheme" {
			scheme = r.Name
		}
		list = append(list, say(r.Kind), say(r.Name, scheme), say(r.Version, scheme))
	}
	return list
}
