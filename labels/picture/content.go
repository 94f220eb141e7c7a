package picture

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/picture/words"
)

// kind says what sort of label this is.
func (c *content) kind() string {
	switch {
	case c.l.Demo:
		return c.Demo
	case c.l.Issuer.Standing == labels.IsMaker:
		return c.SelfDeclared
	}
	return c.Fill(c.IssuedBy, "issuer", c.l.Issuer.Name)
}

// maker names the maker and the models.
func (c *content) maker(n int) string {
	models := c.l.Product.Models
	text := c.Models
	switch len(models) {
	case 0:
		return c.l.Product.Maker.Name
	case 1:
		text = c.Model
	}
	return c.apart(c.l.Product.Maker.Name) + "  ·  " + c.Fill(text, "models", c.List(models, n))
}

// apart keeps a value from running into what stands beside it.
func (c *content) apart(s string) string { return c.Fill("{s}", "s", s) }

// fact is one thing that the maker says.
type fact struct {
	what string
	text listed
}

func (c *content) facts() []fact {
	plain := func(s string) listed { return func(int) string { return s } }
	return []fact{
		{c.Updates, plain(c.updates())},
		{c.Passwords, plain(c.passwords())},
		{c.SensorsAndData, c.sensors},
		{c.Recipients, c.recipients},
	}
}

func (c *content) updates() string {
	switch a := c.l.Declared.AutomaticUpdates; {
	case a == nil:
		return c.Unsaid
	case *a:
		return c.UpdatesBySelf
	}
	return c.UpdatesByYou
}

func (c *content) passwords() string {
	var list []string
	for _, p := range c.l.Declared.Passwords {
		if p = term(c.Password, p); !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return c.Unsaid
	}
	return words.Sentence(strings.Join(list, c.Semicolon))
}

// term gives the word of a language for a value, or the value as it is written.
func term(known map[string]string, s string) string {
	if w := known[s]; w != "" {
		return w
	}
	return s
}

func (c *content) terms(list []string) []string {
	out := slices.Clone(list)
	for i, s := range out {
		out[i] = term(c.Terms, s)
	}
	return out
}

// sensors names n of each list: sensors that are there, those declared absent,
// and personal data.
func (c *content) sensors(n int) string {
	f := c.l.Declared
	var absent []string
	for _, s := range f.WithoutSensors {
		text := c.Absent[s]
		if text == "" {
			text = c.Fill(c.Absent[""], "sensor", s)
		}
		absent = append(absent, text)
	}
	there := filled(c.List(c.terms(f.Sensors), n), c.List(absent, n))
	text := orElse(strings.Join(there, c.Semicolon), c.NoSensors)
	if len(absent) > 0 {
		text = c.Fill(c.Declared, "sensors", text)
	}
	return words.Sentence(c.Fill(c.WithSensors, "sensors", text, "data", orElse(c.List(c.terms(f.PersonalData), n), c.NoneNamed)))
}

func (c *content) recipients(n int) string {
	return orElse(c.List(c.l.Declared.Recipients, n), c.NoRecipients) // host names, as they are written
}

// filled leaves out empty texts.
func filled(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// proof says how a principle is known.
func (c *content) proof(p labels.Principle) string {
	switch p.Outcome {
	case assay.NotMet:
		return c.NotFollowed
	case assay.DoesNotApply:
		return c.DoesNotApply
	case assay.Undecided:
		return c.NotAssessed
	}
	return orElse(c.Proofs[p.Proof].Word, c.NotAssessed)
}

// seen reports whether somebody looked, and did not only read or hear.
func seen(p labels.Principle) bool { return p.Outcome == assay.Met && p.Proof >= assay.Observed }

// known is how the word for a principle stands: bold where somebody looked, and
// where it is not followed.
func known(p labels.Principle, size float64) style {
	if seen(p) || p.Outcome == assay.NotMet {
		return style{bold, size, ink}
	}
	return style{regular, size, quiet}
}

func (c *content) principle(p assay.Principle) words.Principle {
	if w, ok := c.Principles[p]; ok {
		return w
	}
	return words.Principle{Long: p.Title(), Short: p.Title()}
}

// proofs are the four, from most to least.
var proofs = []assay.Proof{assay.Verified, assay.Observed, assay.Documented, assay.Declared}

func (c *content) meaning(p assay.Proof) string {
	w := c.Proofs[p]
	return w.Word + c.colon() + w.Meaning
}

func (c *content) colon() string {
	switch c.Tag {
	case words.French:
		return " : "
	case words.Japanese:
		return "："
	}
	return ": "
}

// cover is a class of bytes and how many of all they are.
type cover struct {
	class assay.CoverageClass
	text  string
}

func (c *content) covers() []cover {
	v := c.l.Coverage
	say := func(text, share string) string { return c.Fill(text, "n", share) }
	return []cover{
		{assay.Opened, say(c.CoverExamined, c.Share(v.Examined(), v.Bytes, false))},
		{assay.DeclaredOpaque, say(c.CoverClosed, c.Share(v.DeclaredOpaque, v.Bytes, true))},
		{assay.Unexplained, say(c.CoverOpen, c.Share(v.Unexplained, v.Bytes, true))},
	}
}

// scope sorts the parts of a product by how far they were examined.
type scope struct{ examined, closed, opaque, declared []string }

// scope names parts in most characters at most.
func (c *content) scope(most int) scope {
	var s scope
	l := c.l
	short := func(text string) string {
		if most < mostOfPart { // there is no room for all
			return clip(text, most)
		}
		return text
	}
	whole := map[string]bool{} // firmware of which nothing was examined, and that says who could
	for _, k := range l.Closed {
		part := c.Fill(c.Firmware, "name", short(k.Firmware))
		opened := slices.ContainsFunc(l.Parts, func(p labels.Part) bool { return p.Kind == "firmware" && p.Name == k.Firmware && p.Examined })
		switch {
		case k.Range != "":
			part = c.Fill(c.Range, "range", short(k.Range), "firmware", part)
		case opened:
			part = c.Fill(c.Rest, "firmware", part)
		default:
			whole[k.Firmware] = true
		}
		s.closed = append(s.closed, c.Fill(c.ClosedPart, "part", part, "supplier", short(k.Supplier)))
	}
	for _, f := range l.Firmware {
		switch name := c.part("firmware", f.Name, f.Version, most); {
		case whole[f.Name]:
		case f.Opaque:
			s.opaque = append(s.opaque, name)
		default:
			s.examined = append(s.examined, name)
		}
	}
	for _, p := range l.Parts {
		isImage := slices.ContainsFunc(l.Firmware, func(f labels.Firmware) bool { return f.Name == p.Name && f.Version == p.Version })
		switch name := c.part(p.Kind, p.Name, p.Version, most); {
		case p.Kind == "firmware" && (whole[p.Name] || isImage):
		case p.Examined:
			s.examined = append(s.examined, name)
		default:
			s.declared = append(s.declared, name)
		}
	}
	return s
}

// part names a part in most characters; a table has its name and version in full.
func (c *content) part(kind, name, version string, most int) string {
	const least = 6 // of a version that is shortened
	if n := utf8.RuneCountInString(name + version); version != "" && n >= most {
		version = middle(version, max(least, most-1-utf8.RuneCountInString(name)))
	}
	return strings.Join(strings.Fields(term(c.Kinds, kind)+" "+c.apart(clip(strings.TrimSpace(name+" "+version), most))), " ")
}

// middle shortens a version to n characters: its beginning and its end tell it from
// others.
func middle(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	tail := (n - 1) / 3
	return string(runes[:n-1-tail]) + "…" + string(runes[len(runes)-tail:])
}

// mostOfPart is how many characters of the name and version of a part a text has.
const mostOfPart = 40

// scopeText says what was examined, what not and who could, what nobody could
// read, and what was only declared.
func (c *content) scopeText(most int) listed {
	s := c.scope(most)
	return func(n int) string {
		var texts []string
		if c.l.Exceptions > 0 { // first: a number is short, and what stands last is cut first
			texts = append(texts, c.Fill(c.Exceptions, "n", strconv.Itoa(c.l.Exceptions)))
		}
		texts = append(texts, c.Fill(c.Examined, "list", orElse(c.List(s.examined, n), c.Nothing)))
		for _, more := range []struct {
			text string
			list []string
		}{{c.NotExamined, s.closed}, {c.Unreadable, s.opaque}, {c.Only, s.declared}} {
			if len(more.list) > 0 {
				texts = append(texts, c.Fill(more.text, "list", c.List(more.list, n)))
			}
		}
		return strings.Join(texts, c.space())
	}
}

// scopeIn fits what was examined into two lines. What was only declared stands last
// and is never cut away: names and versions are shortened for it, then fewer parts are
// named, and in the end the text is small.
func (c *content) scopeIn(s *sheet, st style, least float64) block {
	const shortest, smallest = 12, 3
	for most := mostOfPart; most >= shortest; most -= 4 {
		if b := s.fit(c.scopeText(most)(mostListed), st, s.width(), least, 2); !cut(b) {
			return b
		}
	}
	for most := mostOfPart; most >= shortest; most -= 4 {
		if b := s.fitLists(c.scopeText(most), st, s.width(), least, 2); !cut(b) {
			return b
		}
	}
	return s.whole(c.scopeText(shortest)(1), st, s.width(), smallest, 2)
}

// space stands between sentences.
func (c *content) space() string {
	if c.Tag == words.Japanese {
		return ""
	}
	return " "
}

// mostOfTitle is how many characters of a title are shown that are its issuer's own words:
// the id of the scheme stands behind them, and must be seen.
const mostOfTitle = 80

// scheme names a scheme, and its level only if the issuer may give it.
func (c *content) scheme(s labels.Scheme) string {
	text := c.Titled(s.Title, s.Edition)
	if !labels.Known(s.ID) {
		text = c.Titled(clip(s.Title, mostOfTitle), s.ID+", "+s.Edition)
	}
	if s.Level > 0 && c.l.Issuer.Standing == labels.Authorised {
		text = c.Fill(c.Level, "scheme", text, "level", strconv.Itoa(s.Level))
	}
	return text
}

// schemes says who assessed the product against what.
func (c *content) schemes() listed {
	var list []string
	for _, s := range c.l.Schemes {
		list = append(list, c.scheme(s))
	}
	by := c.By
	if c.l.Issuer.Standing == labels.IsMaker {
		by = c.BySelf
	}
	most, other := 48, 36
	if c.v.Format == A6 {
		most, other = 30, 24
	}
	others := c.unclaimed(other)
	return func(n int) string {
		text := c.Fill(by, "issuer", clip(c.l.Issuer.Name, most), "schemes", c.List(list, n))
		if len(others) > 0 {
			text += c.space() + c.Fill(c.AlsoLooked, "list", c.List(others, n))
		}
		return text
	}
}

// clip shortens a name to n characters, at a space where there is one: what comes
// behind it in a sentence matters more than its end.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	head := string(runes[:n-1])
	if i := strings.LastIndex(head, " "); i > n/2 {
		head = head[:i]
	}
	return strings.TrimRight(head, " ,:;") + "…"
}

// shortTitle leaves out what stands behind the name in a title that is too long:
// "ETSI EN 303 645, Cyber Security for …".
func shortTitle(s string, n int) string {
	if i := strings.IndexAny(s, ",("); i > 0 && len([]rune(s)) > n {
		s = strings.TrimSpace(s[:i])
	}
	return clip(s, n)
}

// unclaimed lists the schemes that were looked at too, with what came out; their
// titles have at most n characters.
func (c *content) unclaimed(n int) []string {
	var list []string
	for _, o := range c.l.AlsoAssessed {
		title := shortTitle(o.Title, n)
		if !labels.Known(o.ID) {
			title += " (" + o.ID + ")"
		}
		list = append(list, c.Fill(c.AlsoScheme, "scheme", title+" "+o.Edition, "outcome", c.outcome(o.Outcome)))
	}
	return list
}

func (c *content) outcome(o assay.Outcome) string {
	switch o {
	case assay.Met:
		return c.Met
	case assay.NotMet:
		return c.NotMet
	}
	return c.NoConclusion
}

func (c *content) dates() string {
	return c.Fill(c.Dates, "asof", c.Long(c.l.AsOf), "issued", c.Long(c.l.Issued), "until", c.Long(c.l.ValidUntil))
}
