package versions

import (
	"cmp"
	"slices"
	"strings"
)

// PyPI compares by PEP 440: epoch, release, and what stands before it (1.0.dev1, 1.0a1,
// 1.0rc1) or after it (1.0.post1, 1.0-1, 1.0+local).
func PyPI(a, b string) int {
	x, y := parsePyPI(a), parsePyPI(b)
	return cmp.Or(
		compareDigits(x.epoch, y.epoch),
		compareParts(x.release, y.release),
		compareStage(x.pre, y.pre),
		compareStage(x.post, y.post),
		compareStage(x.dev, y.dev),
		compareLocal(x.local, y.local),
	)
}

type pypi struct {
	epoch          string
	release        []string
	pre, post, dev stage
	local          string // and what is no version
}

// stage is a step on the way to a release or after it. Where a version does not have
// it, rank says on which side of those that do it stands.
type stage struct {
	rank   int
	number string
}

func compareStage(a, b stage) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), compareDigits(a.number, b.number))
}

// pypiWords are the words of PEP 440, spelled in full, short, or as it takes them for.
var pypiWords = map[string]string{
	"a": "a", "alpha": "a", "b": "b", "beta": "b", "rc": "rc", "c": "rc", "pre": "rc", "preview": "rc",
	"post": "post", "rev": "post", "r": "post", "dev": "dev",
}

// pypiPre are those before a release, in their order.
var pypiPre = []string{"a", "b", "rc"}

func parsePyPI(v string) pypi {
	v = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(v)), "v")
	var p pypi
	if number, rest := digits(v); strings.HasPrefix(rest, "!") {
		p.epoch, v = number, rest[1:]
	}
	for v != "" && isDigit(v[0]) {
		var number string
		number, v = digits(v)
		p.release = append(p.release, number)
		if len(v) < 2 || v[0] != '.' || !isDigit(v[1]) {
			break
		}
		v = v[1:]
	}
	pre, post, dev := -1, false, false
	for {
		if after, ok := strings.CutPrefix(v, "-"); ok && after != "" && isDigit(after[0]) && !post { // 1.0-1
			p.post.number, v = digits(after)
			post = true
			continue
		}
		rest := strings.TrimLeft(v, ".-_")
		word := letters(rest)
		kind := pypiWords[word]
		if kind == "" {
			break
		}
		v = rest[len(word):]
		number := strings.TrimLeft(v, ".-_")
		if number != "" && isDigit(number[0]) {
			number, v = digits(number)
		} else {
			number = ""
		}
		switch kind {
		case "post":
			p.post.number, post = number, true
		case "dev":
			p.dev.number, dev = number, true
		default:
			p.pre.number, pre = number, slices.Index(pypiPre, kind)
		}
	}
	p.local = strings.TrimPrefix(v, "+")
	switch {
	case pre >= 0:
		p.pre.rank = pre
	case dev && !post: // 1.0.dev1 comes before 1.0a1
		p.pre.rank = -1
	default:
		p.pre.rank = len(pypiPre)
	}
	if post {
		p.post.rank = 1
	}
	if !dev {
		p.dev.rank = 1
	}
	return p
}

// compareLocal compares what a distributor added: part by part, numbers after words,
// and after none.
func compareLocal(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a = cutLocal(a)
		y, b = cutLocal(b)
		nx, rx := digits(x)
		ny, ry := digits(y)
		var d int
		switch {
		case rx == "" && ry == "":
			d = compareDigits(nx, ny)
		case rx == "":
			d = 1
		case ry == "":
			d = -1
		default:
			d = strings.Compare(x, y)
		}
		if d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}

func cutLocal(s string) (part, rest string) {
	if i := strings.IndexAny(s, ".-_"); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}
