package inventory

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/checks/facts/wordsearch"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// banner knows how a component writes its own version into its program.
type banner struct {
	name   string // of the component
	anchor string // a literal that must occur: at least minAnchor bytes
	keep   int    // how many bytes at the anchor's end belong to the version
	// version is matched after the anchor; its first group is the version.
	version *lazyregexp.Regexp
	// whole stands in place of version where the program prints it through a
	// format: then it is a string of its own in the file. Of several that fit,
	// none counts. Its first group, or all of it, is the version.
	whole *lazyregexp.Regexp
	// highest takes the highest of several that fit whole instead of none.
	highest bool
	// numbers are, in place of both, variables of a library that hold the numbers of
	// its version, one after the other.
	numbers []string
	files   []string // patterns of path.Match for the file's base name; nil for any
	// quoted are libraries: a program that is linked with one quotes the version
	// of the headers that it was built with, which says nothing about the library.
	// beside is a literal of the code itself: an ELF file without it only quotes
	// the headers too, whatever it is linked with. own are the base names of
	// which that is not true.
	quoted []string
	beside string
	own    []string
}

// minAnchor is the least length of an anchor: the search skips nearly as far.
const minAnchor = 6

// bannerWords finds the anchors of the builders and then those of the banners.
var bannerWords = func() *wordsearch.List {
	var words []string
	for _, b := range builders {
		words = append(words, b.anchor)
	}
	for _, b := range banners {
		words = append(words, b.anchor)
	}
	return wordsearch.New(words)
}()

// sighting is a component seen in one place.
type sighting struct {
	Name, Version string
	Confidence    string
	Ecosystem     string // golang, cargo, deb, …: the kind of its package URL; "" is a program
	Space         string // of the package URL
	Location      assay.Location
}

// sightings look for version strings in programs and flat code, not in texts:
// what a page says about a version is not the version.
var sightings = &facts.Scan[sighting]{
	Name:    "version-strings",
	Version: 5,
	Doc:     "Components that name their own version inside programs, modules and flat code.",
	Want:    func(f *firmware.File) bool { return f.Size >= minAnchor },
	Words:   bannerWords,
	Spot:    seeBanners,
}

// maxSightings bounds what one file can say.
const maxSightings = 4096

func seeBanners(f *firmware.File, content []byte, anchors wordsearch.Sights) []sighting {
	base := path.Base(f.Name)
	if f.Kind == firmware.Regular && (facts.IsText(content) || quotes(base, content)) {
		return nil
	}
	var all []sighting
	program, _ := elf.Parse(content)
	if name, version, ok := libraryVersion(base); ok && (program != nil || name == "uclibc") {
		all = append(all, sighting{Name: name, Version: version, Confidence: ConfidenceString, Location: facts.At(f)})
	}
	seen := map[[3]string]bool{}
	add := func(s sighting) bool {
		if key := [3]string{s.Name, s.Version, s.Ecosystem}; s.Version != "" && !seen[key] {
			seen[key] = true
			all = append(all, s)
		}
		return len(all) < maxSightings
	}
	if program != nil {
		inNamedFiles().see(f, program, content, add)
	}
	once := map[int]bool{} // words that say all at their first place
	anchors.Each(func(word, at int) bool {
		if once[word] {
			return true
		}
		if word < len(builders) {
			once[word] = builders[word].whole
			for _, s := range builders[word].read(f, content, at) {
				add(s)
			}
			return len(all) < maxSightings
		}
		b := banners[word-len(builders)]
		if once[word] = b.version == nil; !b.fits(base, program, content) {
			once[word] = true
			return true
		}
		version, from, to := b.find(content, at)
		return add(sighting{Name: b.name, Version: version, Confidence: ConfidenceString, Location: facts.AtSpan(f, from, to)})
	})
	return all
}

// quotes reports files that are no programs and name versions of others: a
// catalogue of translated messages (gettext), and compiled Python.
func quotes(base string, content []byte) bool {
	return bytes.HasPrefix(content, []byte("\xde\x12\x04\x95")) || bytes.HasPrefix(content, []byte("\x95\x04\x12\xde")) ||
		strings.HasSuffix(base, ".pyc")
}

// fits reports whether the banner may speak in a file of that name.
func (b banner) fits(base string, program *elf.File, content []byte) bool {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := path.Match(p, base); return ok })
	}
	if b.files != nil && !matches(b.files) {
		return false
	}
	archive := bytes.HasPrefix(content, []byte("!<arch>\n")) // of objects, each like an ELF file
	if program == nil && !archive || matches(b.own) {
		return true
	}
	if program != nil && slices.ContainsFunc(b.quoted, program.Needs) {
		return false
	}
	return b.beside == "" || bytes.Contains(content, []byte(b.beside))
}

// find gives the version that belongs to the anchor at an offset, and from
// where to where it was read.
func (b banner) find(content []byte, at int) (version string, from, to int) {
	if b.version == nil {
		if b.highest {
			version, from = highestVersion(content, b.whole)
		} else {
			version, from = lonelyVersion(content, b.whole)
		}
		return version, from, from + len(version)
	}
	start := at + len(b.anchor) - b.keep
	window := content[start:min(start+160, len(content))]
	m := b.version.Get().FindSubmatchIndex(window)
	if m == nil {
		return "", 0, 0
	}
	version = strings.TrimRight(string(window[m[2]:m[3]]), ".+~_-")
	return version, at, start + m[3]
}

// lonelyVersion finds the only string of a program that is a version of a form;
// if there is none, or if there are several, it gives "".
func lonelyVersion(content []byte, form *lazyregexp.Regexp) (string, int) {
	version, where := "", 0
	for found, at := range lonelyVersions(content, form) {
		if version != "" && version != found {
			return "", 0
		}
		version, where = found, at
	}
	return version, where
}

// Limits of a version that is a string of its own.
const (
	maxLonely   = 24 // bytes
	leastLonely = 3
	leastInCode = 5 // bytes of one behind a table or code, where shorter ones stand by chance
)

// textBefore is where the text at the end of some bytes begins: the first string of a
// program stands behind a table without a NUL byte between. What is too long is left out.
func textBefore(s []byte) int {
	start := len(s)
	for start > 0 && s[start-1] >= ' ' && s[start-1] <= '~' {
		if start--; len(s)-start > maxLonely {
			return len(s)
		}
	}
	return start
}
