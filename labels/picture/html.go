package picture

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture/words"
)

//go:embed label.html
var page string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("label").Parse(page))
})

// HTML writes a label as one page that needs nothing else: the same words, both
// layers, for a browser, a screen reader or a printer. Its link leads where the
// QR code does. The page itself proves nothing, and says how to verify.
func HTML(s *labels.Statement, compactLabel []byte, l words.Language) ([]byte, error) {
	c, err := newContent(s, compactLabel, Variant{A5, l})
	if err != nil {
		return nil, err
	}
	qr, err := QR(s, compactLabel)
	if err != nil {
		return nil, err
	}
	qr.Title, qr.Description = c.Scan, c.codeMeaning()
	image, err := qr.SVG()
	if err != nil {
		return nil, err
	}
	v := view{
		C: c, L: c.l, Code: template.HTML(image), Direction: "ltr",
		Title: c.title(), Kind: c.kind(), Maker: c.maker(labels.MaxModels), Until: c.Long(c.l.Product.SupportUntil),
		Scope: c.scopeText(mostOfPart)(labels.MaxList), Schemes: c.schemes()(labels.MaxList), Dates: c.dates(),
		Withdrawal: c.withdrawal(), Exceptions: c.exceptions(), Steps: c.steps(),
	}
	if strings.HasPrefix(c.code, "https://") {
		v.Link = c.code
	}
	if c.RightToLeft {
		v.Direction = "rtl"
	}
	if len(c.l.Despite) > 0 {
		v.Despite = c.despiteText()(labels.MaxList)
	}
	v.rows(c)
	var out bytes.Buffer
	if err := pageTemplate().Execute(&out, v); err != nil {
		return nil, fmt.Errorf("draw label: %w", err)
	}
	return out.Bytes(), nil
}

// view is what the page is filled with.
type view struct {
	C                                     *content
	L                                     *labels.Label
	Code                                  template.HTML
	Direction, Title, Kind, Maker, Until  string
	Scope, Schemes, Dates, Despite        string
	Withdrawal, Exceptions, Link          string
	Facts                                 [][2]string
	Principles, Covers, Firmware, Digests [][]string
	SchemeRows, Documents                 [][]string
	Steps                                 []string
}

func (v *view) rows(c *content) {
	for _, f := range c.facts() {
		v.Facts = append(v.Facts, [2]string{f.what, f.text(labels.MaxList)})
	}
	for _, p := range c.l.Principles {
		v.Principles = append(v.Principles, []string{
			c.principle(p.Principle).Long, c.proof(p), c.Count(c.DecidedOf, p.Requirements, "decided", fmt.Sprint(p.Decided)), c.reach(p),
		})
	}
	for _, k := range c.covers() {
		v.Covers = append(v.Covers, []string{k.text})
	}
	for _, w := range c.l.Firmware {
		v.Firmware = append(v.Firmware, []string{w.Name, orElse(w.Version, "–"), orElse(w.Minimum, "–"), string(w.Digest)})
	}
	for _, s := range c.l.Schemes {
		v.SchemeRows = append(v.SchemeRows, []string{c.scheme(s), c.requirements(s, true), c.requirements(s, false)})
	}
	for _, d := range c.l.Documents {
		date := "–"
		if d.Date != "" {
			date = c.Long(d.Date)
		}
		v.Documents = append(v.Documents, []string{term(c.DocumentKinds, d.Kind), orElse(d.By, "–"), date, string(d.Digest)})
	}
	for _, d := range c.digests() {
		v.Digests = append(v.Digests, []string{d.what, string(d.digest)})
	}
}

// Meaning says what a mark means, for the page.
func (v view) Meaning() []string {
	var list []string
	for _, p := range proofs {
		list = append(list, v.C.meaning(p))
	}
	return list
}

// Words gives the page its words.
func (v view) Words() *words.Words { return v.C.Words }

// codeMeaning says what the QR code holds.
func (c *content) codeMeaning() string {
	if c.offline {
		return c.CodeMeans
	}
	return c.CodeMeansDigest
}
