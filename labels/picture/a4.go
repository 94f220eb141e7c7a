package picture

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture/words"
)

// a4 is a data sheet: the A5 page, larger, and then all details: the second
// layer of the label.
func (c *content) a4() *sheet {
	s := c.sheet(210, 297, 18, 8)
	s.d.Pages = nil
	const by = 210 / a5Width
	small := c.sheet(a5Width, 210, 13, 5)
	c.first(small, 5.6)
	c.despite(small)
	s.scaled(small, by)
	s.qr(small.left*by, (footerTop+1)*by, 37.2, c.code)
	c.details(s)
	return s
}

// details sets the second layer. If its last page would be nearly empty, the rows
// stand as much closer as it takes to save the page, where that does.
func (c *content) details(s *sheet) {
	first := s.d.Pages
	f := c.detailsWith(s, 1)
	wide := s.d.Pages
	if f.y < s.d.Height/2 && len(wide) > len(first)+1 {
		for tenths := 9; tenths >= 5 && len(s.d.Pages) == len(wide); tenths-- {
			s.d.Pages = first
			f = c.detailsWith(s, float64(tenths)/10)
		}
		if len(s.d.Pages) == len(wide) {
			s.d.Pages = wide
		}
	}
	f.number()
}

func (c *content) detailsWith(s *sheet, air float64) *flow {
	f := &flow{content: c, s: s, first: 1, air: air}
	f.newPage()
	f.productSection()
	f.schemeSection()
	f.principleSection()
	f.firmwareSection()
	f.documentSection()
	f.ruleSection()
	f.digestSection()
	f.withdrawalSection()
	f.verifySection()
	return f
}

func (f *flow) productSection() {
	f.section(f.ProductAndMaker)
	p := f.l.Product
	shares := []float64{0.25, 0.75}
	for _, pair := range [][2]string{
		{f.ProductID, f.apart(p.ID)},
		{f.GTIN, p.GTIN},
		{words.Sentence(f.Fill(f.Models, "models", "")), f.List(p.Models, labels.MaxModels)},
		{f.Address, f.address()},
		{f.Website, f.apart(p.Maker.Website)},
		{f.Contact, f.apart(bareContact(p.Maker.Contact))},
		{f.Policy, f.apart(f.l.Declared.Policy)},
		{f.Deletion, f.apart(f.l.Declared.Deletion)},
		{f.LabelID, f.apart(f.l.ID)},
	} {
		if pair[1] != "" {
			f.row(shares, faint(strings.TrimSpace(pair[0])), plain(pair[1]))
		}
	}
}

// address writes the maker's address on one line.
func (c *content) address() string {
	m := c.l.Product.Maker
	parts := []string{m.Name}
	for line := range strings.Lines(m.Address) {
		parts = append(parts, strings.Join(strings.Fields(line), " "))
	}
	parts = filled(append(parts, m.Country)...)
	return c.List(parts, len(parts))
}

// bareContact leaves out what only a browser needs.
func bareContact(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(s, "mailto:"), "tel:")
}

func (f *flow) schemeSection() {
	f.section(f.SchemeByScheme)
	shares := []float64{0.36, 0.36, 0.28}
	f.row(shares, faint(f.SchemeWord), faint(f.Mandatory), faint(f.Recommended))
	for _, s := range f.l.Schemes {
		f.row(shares, cell{f.scheme(s), boldCell}, plain(f.requirements(s, true)), plain(f.requirements(s, false)))
	}
	if len(f.l.Despite) > 0 {
		f.text(f.despiteText()(labels.MaxList), boldCell)
	}
	if list := f.unclaimed(labels.MaxText); len(list) > 0 {
		f.text(f.Fill(f.AlsoLooked, "list", f.List(list, labels.MaxList)), plainCell)
	}
}

// requirements sums up what came out for a scheme's requirements, and from what
// proof.
func (c *content) requirements(s labels.Scheme, mandatory bool) string {
	var met, not, open, none int
	known := map[assay.Proof]int{}
	for _, r := range s.Requirements {
		if r.Mandatory != mandatory {
			continue
		}
		switch r.Outcome {
		case assay.Met:
			met++
			known[r.Proof]++
		case assay.NotMet:
			not++
		case assay.DoesNotApply:
			none++
		default:
			open++
		}
	}
	var list []string
	for _, k := range []struct {
		text string
		n    int
	}{{c.CountMet, met}, {c.CountNotMet, not}, {c.CountOpen, open}, {c.CountNot, none}} {
		if k.n > 0 {
			list = append(list, c.Fill(k.text, "n", fmt.Sprint(k.n)))
		}
	}
	if len(list) == 0 {
		return c.CountNone
	}
	text := strings.Join(list, c.Comma)
	var by []string
	for _, p := range proofs {
		if known[p] > 0 {
			by = append(by, fmt.Sprintf("%s %d", strings.ToLower(c.Proofs[p].Word), known[p]))
		}
	}
	if len(by) > 0 {
		text += c.Semicolon + c.Fill(c.KnownBy, "list", strings.Join(by, c.Comma))
	}
	return text
}

func (f *flow) principleSection() {
	f.section(f.PrincipleByPrinciple)
	shares := []float64{0.38, 0.16, 0.18, 0.28}
	f.row(shares, faint(f.PrincipleWord), faint(f.HowKnown), faint(f.Decided), faint(f.WhatWasExamined))
	for _, p := range f.l.Principles {
		st := plainCell
		if known(p, st.size).face == bold {
			st = boldCell
		}
		f.row(shares, plain(f.principle(p.Principle).Long), cell{f.proof(p), st},
			plain(f.Count(f.DecidedOf, p.Requirements, "decided", fmt.Sprint(p.Decided))), faint(f.reach(p)))
	}
	f.text(f.scopeText(mostOfPart)(labels.MaxList), plainCell)
}

// reach says what was looked into for a principle.
func (c *content) reach(p labels.Principle) string {
	switch {
	case len(p.Examined) > 0:
		return c.Fill(c.LookedInto, "list", c.List(p.Examined, mostListed))
	case p.Outcome == assay.Met && !seen(p):
		return c.ByDeclaration
	}
	return "–"
}

func (f *flow) firmwareSection() {
	f.section(f.FirmwareWord)
	shares := []float64{0.24, 0.13, 0.17, 0.46}
	f.row(shares, faint(f.Name), faint(f.Version), faint(f.Lowest), faint(f.Digest))
	for _, w := range f.l.Firmware {
		name := f.apart(w.Name)
		if w.Opaque {
			name = f.Fill(f.ClosedPart, "part", name, "supplier", f.Unopened)
		}
		f.row(shares, plain(name), plain(f.apart(orElse(w.Version, "–"))), plain(f.apart(orElse(w.Minimum, "–"))), bare(w.Digest))
	}
}

// bare is a digest without the name of its algorithm, which stands in the
// heading.
func bare(d assay.Digest) cell { return cell{strings.TrimPrefix(string(d), "sha256:"), codeCell} }

func (f *flow) documentSection() {
	f.section(f.Documents)
	if len(f.l.Documents) == 0 {
		f.text(f.NoDocuments, plainCell)
		return
	}
	shares := []float64{0.2, 0.17, 0.17, 0.46}
	f.row(shares, faint(f.Kind), faint(f.DocumentBy), faint(f.DateWord), faint(f.Digest))
	for _, d := range f.l.Documents {
		date := "–"
		if d.Date != "" {
			date = f.Long(d.Date)
		}
		f.row(shares, plain(term(f.DocumentKinds, d.Kind)), plain(f.apart(orElse(d.By, "–"))), plain(date), bare(d.Digest))
	}
}

func (f *flow) ruleSection() {
	if len(f.l.Rules) == 0 {
		return
	}
	f.section(f.JudgedBy)
	shares := []float64{0.12, 0.21, 0.21, 0.46}
	f.row(shares, faint(f.Kind), faint(f.Name), faint(f.Version), faint(f.Digest))
	for _, r := range f.l.Rules {
		f.row(shares, plain(term(f.RuleKinds, r.Kind)), plain(f.apart(r.Name)), plain(f.apart(orElse(r.Version, "–"))), bare(r.Digest))
	}
}

func (f *flow) digestSection() {
	f.section(f.Digests)
	shares := []float64{0.4, 0.6}
	for _, d := range f.digests() {
		f.row(shares, plain(d.what), code(d.digest))
	}
}

type digestOf struct {
	what   string
	digest assay.Digest
}

func (c *content) digests() []digestOf {
	list := []digestOf{{c.OfLabel, c.digest}, {c.OfAssessment, c.l.Assessment}, {c.OfDeclaration, c.l.Declaration}}
	if c.l.Policy != "" {
		list = append(list, digestOf{c.OfPolicy, c.l.Policy})
	}
	for _, e := range c.l.Evidence {
		list = append(list, digestOf{c.Fill(c.Evidence, "by", e.By), e.Digest})
	}
	return list
}

// withdrawal says whether the label can be withdrawn, and where that would
// stand.
func (c *content) withdrawal() string {
	if s := c.l.Status; s != nil {
		return c.Fill(c.StatusPlace, "index", fmt.Sprint(s.Index), "list", s.List)
	}
	return c.NoStatus
}

// exceptions counts those that the maker wrote, if any.
func (c *content) exceptions() string {
	if c.l.Exceptions == 0 {
		return ""
	}
	return c.Count(c.ExceptionCount, c.l.Exceptions)
}

func (f *flow) withdrawalSection() {
	f.section(f.Withdrawal)
	f.text(strings.Join(filled(f.withdrawal(), f.exceptions()), f.space()), plainCell)
}

// steps say how to verify.
func (c *content) steps() []string {
	var list []string
	for _, s := range c.Verify {
		list = append(list, c.Fill(s, "command", "assay verify label.pdf --key issuer.pub"))
	}
	if c.offline {
		return append(list, c.CodeMeans)
	}
	return append(list, c.CodeMeansDigest)
}

func (f *flow) verifySection() {
	f.section(f.HowToVerify)
	for i, step := range f.steps() {
		f.row([]float64{0.05, 0.95}, cell{fmt.Sprint(i + 1), style{bold, 7.8, accent}}, plain(step))
	}
	f.text(f.Disclaimer, quietCell)
}
