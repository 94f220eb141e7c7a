package facts

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/packages"
	"github.com/assay-iot/assay/firmware"
)

// What programs are published with and no device is set by: what a package needs,
// descriptions of interfaces with their examples, schemas of settings, and text that
// code holds for people. A file is known by its form or by the name that a tool demands,
// never by whose package it is: settings and code in the same folders count as always.

// manifestNames describe a package to its manager; they may hold settings too (npm's
// "config"), so that only the lists of what it needs are passed over.
var manifestNames = []string{"package.json", "composer.json", "bower.json", ".bower.json", "component.json", "pipfile", "cargo.toml", "pyproject.toml", "deno.json"}

// lockNames are written by package managers: what they resolved, from where.
var lockNames = []string{
	"package-lock.json", ".package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "composer.lock", "pipfile.lock", "poetry.lock",
	"uv.lock", "gemfile.lock", "cargo.lock", "mix.lock", "pubspec.lock", "go.sum", "deno.lock",
}

func isManifest(name string) bool {
	return slices.Contains(manifestNames, strings.ToLower(path.Base(name)))
}

func isLockFile(name string) bool {
	return slices.Contains(lockNames, strings.ToLower(path.Base(name))) || strings.HasSuffix(name, "vendor/composer/installed.json")
}

// vendorMarks are what package managers leave in their folder "vendor": Composer, Go and
// Bundler.
var vendorMarks = []string{"autoload.php", "composer", "modules.txt", "bundle", "gems"}

// isVendored reports whether a file lies in a folder "vendor" that a package manager
// filled, or in a package of Composer's below one. Other folders of that name, as
// Android's partition, hold the product's own.
func isVendored(f *firmware.File) bool {
	elements := strings.Split(f.Name, "/")
	for i, e := range elements[:len(elements)-1] {
		if e != "vendor" {
			continue
		}
		there := func(names ...string) bool {
			_, ok := f.Container.Lookup(path.Join(append(slices.Clone(elements[:i+1]), names...)...))
			return ok
		}
		if slices.ContainsFunc(vendorMarks, func(mark string) bool { return there(mark) }) ||
			len(elements) > i+3 && there(elements[i+1], elements[i+2], "composer.json") {
			return true
		}
	}
	return false
}

// isPackageRecord knows what pip keeps of a package (PEP 376 and 627): its description
// is the package's manual.
func isPackageRecord(name string) bool {
	dir, base := path.Base(path.Dir(name)), path.Base(name)
	return strings.HasSuffix(base, ".egg-info") || (strings.HasSuffix(dir, ".dist-info") || strings.HasSuffix(dir, ".egg-info")) &&
		slices.Contains([]string{"METADATA", "PKG-INFO", "RECORD", "SOURCES.txt", "requires.txt"}, base)
}

// buildServices are settings of services that build and test a package where it is
// developed; what they name is no part of a device that only has the package.
var buildServices = []string{".coveralls.yml", ".travis.yml", "appveyor.yml", ".appveyor.yml", "circle.yml", "codecov.yml", ".codecov.yml", ".gitlab-ci.yml", ".drone.yml", ".codeclimate.yml", "azure-pipelines.yml"}

// isBuildService reports whether a file is that of a published package.
func isBuildService(name string) bool {
	return packages.InLibraries(name) && (slices.Contains(buildServices, path.Base(name)) || strings.Contains(name, "/.github/") || strings.Contains(name, "/.circleci/"))
}

// maxHead is the number of bytes by which a description is known.
const maxHead = 2048

// interfaceForms are how descriptions of interfaces begin: a JSON schema (json-schema.org,
// "$schema"), the models of clouds' services and their examples (botocore and the SDKs
// that are made of it), and Smithy's syntax tree.
var interfaceForms = []struct {
	word string // without it the form is not asked
	form *pattern
}{
	{`"$schema"`, lazy(`^\s*\{\s*(?:"(?:\$id|id|title|\$comment|description|type)"\s*:\s*"[^"]*"\s*,\s*){0,5}"\$schema"\s*:\s*"https?://json-schema\.org/`)},
	{`"metadata"`, lazy(`^\s*\{\s*(?:"version"\s*:\s*"[0-9.]+"\s*,)?\s*"metadata"\s*:\s*\{\s*"(?:apiVersion|uid|endpointPrefix)"`)},
	{`"examples"`, lazy(`^\s*\{\s*"version"\s*:\s*"1\.0"\s*,\s*"examples"\s*:\s*\{`)},
	{`"smithy"`, lazy(`^\s*\{\s*"smithy"\s*:\s*"[0-9.]+"\s*,`)},
}

// TellsOfOthers reports whether a file is none of the product's own, or tells of other
// people and projects.
func TellsOfOthers(f *firmware.File) bool {
	return ClassOf(f.Path) != Product || namesOthers(f.Name)
}

// describesInterface reports whether a text is a description of an interface: what it
// names is what others may set.
func describesInterface(content []byte) bool {
	head := bytes.TrimPrefix(content[:min(len(content), maxHead)], []byte("\ufeff"))
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) && containsForm(head)
}

// DescribesInterface reports whether the text is a description of an interface.
func (t Text) DescribesInterface() bool { return describesInterface([]byte(t.Content)) }

func containsForm(head []byte) bool {
	for _, f := range interfaceForms {
		if bytes.Contains(head, []byte(f.word)) && f.form.Get().Match(head) {
			return true
		}
	}
	return false
}

// dependencyMap begins a list of packages by their names.
var dependencyMap = lazy(`(?m)(?:"(?:(?:dev|peer|optional|bundled?)?[dD]ependencies(?:Meta)?|require(?:-dev)?|resolutions|overrides|engines|suggest|conflict|packages)"\s*:\s*\{|^\[(?:[a-zA-Z0-9.-]*dependencies|packages|dev-packages)\]\s*$)`)

// dependencyRanges finds the lists of what a package needs: in JSON between brackets, in
// TOML a table up to the next.
func dependencyRanges(content []byte, found func(from, to int)) {
	past := 0
	for _, m := range dependencyMap.Get().FindAllIndex(content, 1000) {
		if m[0] < past {
			continue
		}
		past = len(content)
		if content[m[1]-1] == '{' {
			past = objectEnd(content, m[1])
		} else if i := bytes.Index(content[m[1]:], []byte("\n[")); i >= 0 {
			past = m[1] + i
		}
		found(m[1], past)
	}
}

// objectEnd is where an object of JSON that begins before the offset has its last
// bracket.
func objectEnd(content []byte, at int) int {
	quoted := false
	for depth := 1; at < len(content); at++ {
		switch c := content[at]; {
		case c == '\\' && quoted:
			at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return at
			}
		}
	}
	return len(content)
}

// settable gives a text with blanks where it cannot hold settings: the lists of what a
// package needs, and text for people in Python. Lines and offsets stay.
func settable(t Text) Text {
	var ranges func([]byte, func(from, to int))
	name := strings.ToLower(t.File.Name)
	first, _, _ := strings.Cut(t.Content[:min(len(t.Content), 256)], "\n")
	switch {
	case isLockFile(name):
		ranges = func(b []byte, found func(from, to int)) { found(0, len(b)) }
	case isManifest(name):
		ranges = dependencyRanges
	case path.Ext(name) == ".py" || strings.HasPrefix(first, "#!") && strings.Contains(first, "python"):
		if !strings.Contains(t.Content, `"""`) && !strings.Contains(t.Content, "'''") {
			return t
		}
		ranges = manualRanges
	default:
		return t
	}
	t.Content = string(blanked([]byte(t.Content), ranges))
	return t
}

// withoutManuals leaves out certificates and public keys that stand in Python's text for
// people: nothing trusts them. A private key there is published all the same; in a module
// of others it is an example.
func withoutManuals(f *firmware.File, content []byte, found []KeyMaterial) []KeyMaterial {
	if len(found) == 0 || path.Ext(f.Name) != ".py" || !IsText(content) {
		return found
	}
	manualRanges(content, func(from, to int) {
		found = slices.DeleteFunc(found, func(m KeyMaterial) bool {
			at := 0
			switch {
			case m.Certificate != nil:
				at = int(m.Certificate.Location.Offset)
			case m.Key.Private:
				at = int(m.Key.Location.Offset)
				m.Key.Shown = m.Key.Shown || packages.InLibraries(asInstalled(f)) && from <= at && at < to
				return false
			default:
				at = int(m.Key.Location.Offset)
			}
			return from <= at && at < to
		})
	})
	return found
}

var (
	// manualName is before a text for people: what a help option shows, and examples.
	manualName = lazy(`(?:["'](?:description|examples?|help|usage|epilog|documentation)["']\s*:|\b(?:description|help|usage|epilog|__doc__|[A-Z_]*(?:DESCRIPTION|DOCUMENTATION|EXAMPLES?|USAGE))\s*=)[\s(\[]*(?:(?:textwrap\.)?dedent\(\s*)?[rRuUbB]{0,2}$`)
	// nextManual is what stands between one and the next of a list of them.
	nextManual = lazy(`^\s*(?:#[^\n]*)?\s*\)?\s*,\s*(?:(?:textwrap\.)?dedent\(\s*)?[rRuUbB]{0,2}$`)
)

// manualRanges finds docstrings in Python (PEP 257), which are statements of their own,
// and strings in three quotes that are given as a description, a help or an example. Any
// other one may be settings that the program writes.
func manualRanges(content []byte, found func(from, to int)) {
	past, last := 0, false // where the string before ends, and whether it was one
	eachTripleQuoted(content, func(start, end int) {
		lead := content[max(past, start-maxLead):start]
		last = last && nextManual.Get().Match(lead) || manualName.Get().Match(lead) || isStatement(content[:start])
		if past = end; last {
			found(start, end)
		}
	})
}

// isStatement reports whether a string that begins behind code is a statement: it begins
// its line, and no bracket or sign waits for it in the line before.
func isStatement[T string | []byte](code T) bool {
	i, ok := lineOfString(code)
	if !ok {
		return false
	}
	for i > 0 {
		var first, last byte // of the line before, but for space
		for i--; i > 0 && code[i-1] != '\n'; i-- {
			if c := code[i-1]; c > ' ' {
				first = c
				last = cmp.Or(last, c)
			}
		}
		if first != 0 && first != '#' {
			return strings.IndexByte(`([{,=\+%`, last) < 0
		}
	}
	return true
}

// lineOfString gives where the line begins that a string behind code begins, if it does.
func lineOfString[T string | []byte](code T) (start int, ok bool) {
	const prefix = " \t\ufeffrRuUbB"
	i := len(code)
	for i > 0 && strings.IndexByte(prefix, code[i-1]) >= 0 {
		i--
	}
	return i, i == 0 || code[i-1] == '\n'
}

// eachTripleQuoted gives where the strings in three quotes begin and end, in order.
func eachTripleQuoted(content []byte, found func(start, end int)) {
	quotes := [][]byte{[]byte("'''"), []byte(`"""`)}
	next := [2]int{-1, -1} // where they stand, from at on
	for at := 0; ; {
		for k, q := range quotes {
			if next[k] >= at {
				continue
			}
			next[k] = len(content)
			if i := bytes.Index(content[at:], q); i >= 0 {
				next[k] = at + i
			}
		}
		k := 0
		if next[1] < next[0] {
			k = 1
		}
		if next[k] == len(content) {
			return
		}
		inner := next[k] + len(quotes[k])
		end := bytes.Index(content[inner:], quotes[k])
		if end < 0 {
			return
		}
		at = inner + end + len(quotes[k])
		found(next[k], at)
	}
}
