package labels

import (
	"slices"
	"strings"
)

// said is a text of a label and the scheme whose mark it may call: see unmarked.
type said struct{ text, scheme string }

// texts gives every text of a label that people can read, whoever wrote it.
func (l *Label) texts() []said {
	p, d := &l.Product, &l.Declared
	issuer := ""
	if l.Issuer.Standing == Authorised { // name and address are then the policy's
		issuer = anyMark
	}
	list := []said{{l.Issuer.Name, issuer}, {l.Issuer.Address, issuer}}
	if l.Status != nil {
		list = append(list, said{l.Status.List, issuer})
	}
	add := func(all ...string) {
		for _, s := range all {
			list = append(list, said{s, ""})
		}
	}
	add(l.ID, p.ID, p.Name, p.GTIN, p.Category, p.Maker.Name, p.Maker.Address, p.Maker.Country, p.Maker.Website, p.Maker.Contact,
		d.Policy, d.Deletion, l.Tool.Name, l.Tool.Version)
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

// schemeTexts are those that speak of a scheme, and can call it by its words.
func (l *Label) schemeTexts() []said {
	var list []said
	for _, s := range l.Schemes {
		list = append(list, said{s.ID, s.ID}, said{s.Edition, s.ID}, said{s.Title, s.ID})
		for _, r := range s.Requirements {
			list = append(list, said{r.ID, s.ID})
		}
	}
	for _, d := range l.Despite {
		scheme, _, _ := strings.Cut(d.Requirement, ":")
		list = append(list, said{d.Requirement, scheme}, said{d.By, ""}, said{d.Reason, ""})
	}
	for _, o := range l.AlsoAssessed {
		list = append(list, said{o.ID, o.ID}, said{o.Edition, o.ID}, said{o.Title, o.ID})
	}
	for _, r := range l.Rules {
		scheme := ""
		if r.Kind == "scheme" {
			scheme = r.Name
		}
		list = append(list, said{r.Kind, ""}, said{r.Name, scheme}, said{r.Version, scheme})
	}
	return list
}
