package versions

import (
	"cmp"
	"slices"
	"strings"
)

// Maven compares as Maven does (POM Reference, "Version Order Specification"): parts
// between dots, hyphens and changes from digits to letters; words that come before the
// release and after it in their order, unknown words after those.
func Maven(a, b string) int {
	pa, pb := parseMaven(a), parseMaven(b)
	for i := range max(len(pa), len(pb)) {
		var x, y mavenPart
		switch {
		case i >= len(pa):
			y = pb[i]
			x = y.null()
		case i >= len(pb):
			x = pa[i]
			y = x.null()
		default:
			x, y = pa[i], pb[i]
		}
		if d := x.compare(y); d != 0 {
			return d
		}
	}
	return 0
}

// mavenPart is a number or a word, and whether a hyphen stands before it.
type mavenPart struct {
	hyphen, number bool
	text           string
}

// mavenWords are the words that Maven knows, in their order; "" is the release.
var mavenWords = []string{"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"}

// mavenShort are short for others, some only before a number.
var mavenShort = map[string]string{
	"a": "alpha", "b": "beta", "m": "milestone", "cr": "rc", "ga": "", "final": "", "release": "",
}

func parseMaven(v string) []mavenPart {
	v = strings.ToLower(v)
	var all []mavenPart
	hyphen := false
	for v != "" {
		p := mavenPart{hyphen: hyphen}
		n := 0
		switch {
		case isDigit(v[0]):
			p.number = true
			p.text, _ = digits(v)
			for n < len(v) && isDigit(v[n]) {
				n++
			}
		default:
			for n < len(v) && !isDigit(v[n]) && v[n] != '.' && v[n] != '-' && v[n] != '_' {
				n++
			}
			p.text = v[:n]
			p.number = n == 0 // nothing between two dots counts as 0
			if long, ok := mavenShort[p.text]; ok && (len(p.text) > 1 || n < len(v) && isDigit(v[n])) {
				p.text = long
			}
		}
		all = append(all, p)
		hyphen = true // also where digits and letters meet
		if v = v[n:]; v != "" && (v[0] == '.' || v[0] == '-' || v[0] == '_') {
			hyphen = v[0] != '.'
			v = v[1:]
		}
	}
	return trimMaven(all)
}

// trimMaven leaves out what says nothing at the end, and before each hyphen.
func trimMaven(all []mavenPart) []mavenPart {
	for i := len(all) - 1; i > 0; i-- {
		if all[i].text == "" && (i == len(all)-1 || all[i+1].hyphen) {
			all = slices.Delete(all, i, i+1)
		}
	}
	return all
}

// null is what stands in the place of a part that the other version does not have.
func (p mavenPart) null() mavenPart { return mavenPart{hyphen: p.hyphen, number: p.number} }

// compare puts words before numbers after a hyphen, and these before numbers after a dot.
func (p mavenPart) compare(q mavenPart) int {
	if d := cmp.Compare(p.rank(), q.rank()); d != 0 {
		return d
	}
	if p.number {
		return compareDigits(p.text, q.text)
	}
	return cmp.Or(cmp.Compare(mavenRank(p.text), mavenRank(q.text)), strings.Compare(p.text, q.text))
}

func (p mavenPart) rank() int {
	switch {
	case !p.number:
		return 0
	case p.hyphen:
		return 1
	}
	return 2
}

func mavenRank(word string) int {
	if i := slices.Index(mavenWords, word); i >= 0 {
		return i
	}
	return len(mavenWords)
}
