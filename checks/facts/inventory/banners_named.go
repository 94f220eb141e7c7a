package inventory

import (
	"bytes"
	"iter"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// namedBanners are identifiers that speak in programs of certain names only. They are
// looked for in these and nowhere else, so that they cost the one search over all files
// nothing, and their anchors may be short or usual words.
type namedBanners struct {
	list     []banner
	starts   map[string][]int // by what a pattern of a file's name begins with
	shortest int              // bytes of the shortest such beginning
	longest  int
}

// maxAnchors is the number of places of an anchor in one file that are looked at.
const maxAnchors = 64

var inNamedFiles = sync.OnceValue(func() *namedBanners {
	return newNamedBanners(slices.Concat(programBanners, libraryBanners))
})

func newNamedBanners(list []banner) *namedBanners {
	n := &namedBanners{list: list, starts: map[string][]int{}, shortest: math.MaxInt}
	for i, b := range list {
		for _, p := range b.files {
			start, _, _ := strings.Cut(p, "*")
			n.starts[start] = append(n.starts[start], i)
			n.shortest, n.longest = min(n.shortest, len(start)), max(n.longest, len(start))
		}
	}
	return n
}

// of gives the identifiers that may speak in a file by its base name, each once.
func (n *namedBanners) of(base string) iter.Seq[banner] {
	return func(yield func(banner) bool) {
		var seen map[int]bool
		for size := n.shortest; size <= min(n.longest, len(base)); size++ {
			for _, i := range n.starts[base[:size]] {
				b := n.list[i]
				fits := slices.ContainsFunc(b.files, func(p string) bool { ok, _ := path.Match(p, base); return ok })
				if fits && !seen[i] {
					if seen == nil {
						seen = map[int]bool{}
					}
					seen[i] = true
					if !yield(b) {
						return
					}
				}
			}
		}
	}
}

// ofManyPrograms is in a program that is many at once and may have the name of any.
const ofManyPrograms = "BusyBox v"

// see reads what an ELF file says of itself.
func (n *namedBanners) see(f *firmware.File, e *elf.File, content []byte, add func(sighting) bool) {
	base, asked := path.Base(f.Name), false
	for b := range n.of(base) {
		if !asked && bytes.Contains(content, []byte(ofManyPrograms)) {
			return
		}
		asked = true
		version, from, to := b.first(e, content)
		add(sighting{Name: b.name, Version: version, Confidence: ConfidenceString, Location: facts.AtSpan(f, from, to)})
	}
}

// first gives the version at the first of the anchor's places that has one.
func (b banner) first(e *elf.File, content []byte) (version string, from, to int) {
	if b.numbers != nil {
		return b.counted(e)
	}
	for next, n := 0, 0; n < maxAnchors; n++ {
		at := bytes.Index(content[next:], []byte(b.anchor))
		if at < 0 {
			break
		}
		at += next
		if version, from, to = b.find(content, at); version != "" || b.version == nil {
			return version, from, to
		}
		next = at + len(b.anchor)
	}
	return "", 0, 0
}

// counted joins numbers that a library exports as variables of 32 bits each. A larger
// one than maxNumber is none of a version.
func (b banner) counted(e *elf.File) (version string, from, to int) {
	const maxNumber = 1 << 16
	var parts []string
	for _, name := range b.numbers {
		at, ok := e.Variable(name)
		if !ok {
			return "", 0, 0
		}
		number := e.Order.Uint32(e.Data[at:])
		if number >= maxNumber {
			return "", 0, 0
		}
		parts = append(parts, strconv.Itoa(int(number)))
		if from, to = min(from, at), max(to, at+4); len(parts) == 1 {
			from = at
		}
	}
	return strings.Join(parts, "."), from, to
}

// lonelyVersions are the strings of a program that are versions of a form, with their
// places.
func lonelyVersions(content []byte, form *lazyregexp.Regexp) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for at := 0; at < len(content); {
			if content[at] == 0 {
				at++
				continue
			}
			n := bytes.IndexByte(content[at:], 0)
			if n < 0 {
				return
			}
			if n < leastLonely {
				at += n + 1
				continue
			}
			start := textBefore(content[at : at+n])
			if s := content[at+start : at+n]; len(s) >= leastLonely && s[0] >= '0' && s[0] <= '9' && (start == 0 || len(s) >= leastInCode) {
				if m := form.Get().FindSubmatch(s); m != nil && !yield(string(m[len(m)-1]), at+start) {
					return
				}
			}
			at += n + 1
		}
	}
}

// highestVersion is the highest of the strings that are versions of a form: a program
// that lists since which release each of its commands is there has none after its own.
func highestVersion(content []byte, form *lazyregexp.Regexp) (string, int) {
	best, where, highest := "", 0, []int(nil)
	for version, at := range lonelyVersions(content, form) {
		var numbers []int
		for part := range strings.SplitSeq(version, ".") {
			n, _ := strconv.Atoi(part)
			numbers = append(numbers, n)
		}
		if slices.Compare(numbers, highest) > 0 {
			best, where, highest = version, at, numbers
		}
	}
	return best, where
}
