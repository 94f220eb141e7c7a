package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/packages"
	"github.com/assay-iot/assay/firmware"
)

// Tree is the opened image itself: containers and files with their modes and
// owners. Derived facts read it; a check needs a fact that can be stored.
var Tree = &Fact[*firmware.Image]{
	Name:    "tree",
	Doc:     "Every container and file of the image with owner, mode, place and digest.",
	Observe: func(o *Observer) (*firmware.Image, error) { return imageOf(o) },
	image:   true,
}

// Root is a root file system inside an image: a container that holds the
// programs and settings of a device.
type Root struct {
	Path  string // of the container
	Modes bool   // modes and owners mean something
	Files int
}

// Roots are the root file systems of the image.
var Roots = &Fact[[]Root]{
	Name:  "roots",
	Doc:   "The root file systems: containers with programs and settings in the usual places.",
	Needs: []Node{Tree},
	Observe: func(o *Observer) ([]Root, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		roots := []Root{}
		for _, c := range img.Containers {
			if IsRoot(c) {
				roots = append(roots, Root{Path: c.Path, Modes: c.Modes, Files: countFiles(img, c)})
			}
		}
		return roots, nil
	},
}

// IsRoot reports whether a container is a root file system: it has two of the folders
// that every Unix root has. The archive of a program that lies in a root file system is
// none, whatever folders it has: nothing starts there.
func IsRoot(c *firmware.Container) bool {
	if !c.FileSystem || isProgramArchive(c) {
		return false
	}
	n := 0
	for _, dir := range []string{"etc", "bin", "sbin", "usr", "lib", "dev", "proc"} {
		if f, ok := c.Lookup(dir); ok && f.Kind == firmware.Directory {
			n++
		}
	}
	return n >= 2
}

// isProgramArchive reports whether a container is a zip or 7z archive in a root file
// system, at any depth.
func isProgramArchive(c *firmware.Container) bool {
	if c.Type != "zip" && c.Type != "7z" {
		return false
	}
	for p := c.Parent; p != nil; p = p.Parent {
		if IsRoot(p) {
			return true
		}
	}
	return false
}

// amongRoots reports whether a container is one of the root file systems.
func amongRoots(c *firmware.Container, roots []Root) bool {
	return slices.ContainsFunc(roots, func(r Root) bool { return r.Path == c.Path })
}

func countFiles(img *firmware.Image, c *firmware.Container) int {
	n := 0
	for _, f := range img.Files {
		if f.Container == c {
			n++
		}
	}
	return n
}

func imageOf(o *Observer) (*firmware.Image, error) {
	if o.Image == nil {
		return nil, ErrNoImage
	}
	return o.Image, nil
}

// At is the place of a file, with its digest where it may have one.
func At(f *firmware.File) assay.Location {
	l := assay.Location{Path: f.Path}
	if f.Kind == firmware.Regular && f.Size >= MinDigest {
		l.Digest = assay.SHA256(f.Digest)
	}
	return l
}

// AtLine is the place of a line (from 1) of a text file, n bytes long, that
// starts at offset.
func AtLine(f *firmware.File, line int, offset, n int64) assay.Location {
	l := At(f)
	l.Line, l.Offset, l.Length = line, offset, n
	return l
}

// AtSpan is the place of the bytes of a file from one offset to before another.
func AtSpan(f *firmware.File, from, to int) assay.Location {
	l := At(f)
	l.Offset, l.Length = int64(from), int64(to-from)
	return l
}

// AtSecret is the place of a file that is nothing but a secret: it gets no
// digest.
func AtSecret(f *firmware.File) assay.Location {
	return assay.Location{Path: f.Path, Length: f.Size}
}

// MinDigest is the size in bytes under which a file gets no digest of its own:
// a short file could be guessed from it.
const MinDigest = 64

// PathClass tells what kind of place a path is, so that examples are not taken
// for the product.
type PathClass uint8

// The classes of path. All but Product lower the severity of a finding to Low.
const (
	Product PathClass = iota
	Documentation
	Tests
	Examples
	CABundles // bundles of other people's root certificates
)

// ClassOf gives the class of a file's path.
func ClassOf(p string) PathClass {
	name := assay.Inside(p)
	elements := strings.Split(strings.ToLower(name), "/")
	has := func(words ...string) bool {
		return slices.ContainsFunc(elements[:max(len(elements)-1, 0)], func(e string) bool { return slices.Contains(words, e) })
	}
	switch {
	case isTestFile(elements) || setsUpTest(elements):
		return Tests
	case amongPublished(elements) && has("demo", "demos"):
		return Examples
	case amongPublished(elements) && (has("fixtures", "spec", "specs", "__mocks__", "selftest", "self_test", "molecule") || hasVectors(elements)):
		return Tests
	case packages.InLibraries(strings.ToLower(name)) && has("ansible_collections") && !has("plugins"):
		return Examples // what is done to other machines
	case amongPublished(elements) && strings.HasPrefix(path.Base(strings.ToLower(name)), "readme"):
		return Documentation // its examples are for whoever builds with it
	case has("examples", "example", "samples", "sample") || isExampleName(path.Base(strings.ToLower(name))):
		return Examples
	case has(testFolders...):
		return Tests
	case slices.ContainsFunc(documentationFolders, func(folder string) bool { return inDocumentation(elements, folder) }):
		return Documentation
	case has("ca-certificates") || strings.HasPrefix(name, "etc/ssl/certs/") || path.Base(name) == "ca-certificates.crt" || path.Base(name) == "ca-bundle.crt" || path.Base(name) == "cacert.pem":
		return CABundles
	}
	return Product
}

// testFile is what runners of tests take for one in a package: pytest, and those of Node.
var testFile = lazy(`^test_[a-z0-9_]+\.pyc?$|^[a-z0-9_]+_test\.pyc?$|\.(?:test|spec)\.[cm]?[jt]sx?$`)

// isTestFile reports whether a file of a published package is one of its tests. Go never
// builds what ends in _test.go into a program (cmd/go).
func isTestFile(elements []string) bool {
	base := elements[len(elements)-1]
	return strings.HasSuffix(base, "_test.go") || amongPublished(elements) && testFile.Get().MatchString(base)
}

// setsUpTest reports whether a file fills a data base with the users of a package's test,
// as coturn's testsqldbsetup.sql does.
func setsUpTest(elements []string) bool {
	if len(elements) != 4 || elements[0] != "usr" || elements[1] != "share" {
		return false
	}
	base := elements[3]
	return strings.HasPrefix(base, "test") && (strings.HasSuffix(base, "setup.sh") || strings.HasSuffix(base, "setup.sql"))
}

// hasVectors reports whether one of the folders of a path holds the vectors of tests.
func hasVectors(elements []string) bool {
	return slices.ContainsFunc(elements[:max(len(elements)-1, 0)], func(e string) bool {
		return e == "vectors" || strings.HasSuffix(e, "_vectors") || strings.HasSuffix(e, "-vectors") || e == "testvectors"
	})
}

var documentationFolders = []string{"doc", "docs", "man", "info", "help", "licenses", "licences"}

// inDocumentation reports whether a path, in its elements, has a folder of documentation of
// some name where distributions and packages of languages put one: in a share or lib folder.
// A folder of that name elsewhere is of the product, as /etc/doc or /opt/app/man.
func inDocumentation(elements []string, folder string) bool {
	installed := false
	for _, e := range elements[:max(len(elements)-1, 0)] {
		if installed && e == folder {
			return true
		}
		installed = installed || e == "share" || e == "lib" || e == "lib32" || e == "lib64" || e == "node_modules"
	}
	return false
}

// testFolders are those in which projects of all languages keep their tests.
var testFolders = []string{
	"test", "tests", "testdata", "testing", "_test", "_tests", "__tests__", "test_data", "test-data", "unittest", "unittests", "unit_tests", "test_fixtures",
}

// amongPublished reports whether one of the folders of a path, in small letters, is one in
// which what others published is kept as it came. Android's partition /vendor is none.
func amongPublished(elements []string) bool {
	for i, e := range elements[:max(len(elements)-1, 0)] {
		if packages.IsLibraryFolder(e) || e == "vendor" && i > 0 && elements[i-1] != "system" {
			return true
		}
	}
	return false
}

// environmentExamples are files of surroundings that no program reads as they are: those
// from which one is made, and those for a run of tests (Symfony, Laravel, Vite).
var environmentExamples = []string{".env.example", ".env.sample", ".env.template", ".env.dist", ".env.test", ".env.testing"}

// isExampleName reports whether a file is an example by its last or second to
// last ending: wpa_supplicant.conf.example, agent.sample.conf.
func isExampleName(base string) bool {
	if slices.Contains(environmentExamples, base) {
		return true
	}
	parts := strings.Split(base, ".")
	for _, p := range parts[max(1, len(parts)-2):] {
		if p == "example" || p == "sample" || p == "examples" {
			return true
		}
	}
	return false
}

// ContainerPath is the path of the container that a file lies in, such as a root file
// system; "" where it lies in none.
func ContainerPath(f *firmware.File) string {
	if f.Container == nil {
		return ""
	}
	return f.Container.Path
}

// Within reports whether a path has one of the folders in it.
func Within(name string, folders ...string) bool {
	for _, folder := range folders {
		if strings.HasPrefix(name, folder) || strings.Contains(name, "/"+folder) {
			return true
		}
	}
	return false
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// coverageOf puts the opener's account of the image into the project's words.
func CoverageOf(img *firmware.Image) assay.Coverage {
	c := assay.Coverage{Bytes: img.Size, Opaque: img.Opaque, Ranges: []assay.Range{}, Skipped: []assay.Skipped{}}
	for _, r := range img.Ranges {
		class := assay.Unexplained
		switch r.Class {
		case firmware.Opened:
			class = assay.Opened
			c.Opened += r.Length
		case firmware.Padding:
			class = assay.Padding
			c.Padding += r.Length
		default:
			c.Unexplained += r.Length
		}
		c.Ranges = append(c.Ranges, assay.Range{Offset: r.Offset, Length: r.Length, Class: class, What: r.What})
	}
	for _, s := range img.Skipped {
		c.Skipped = append(c.Skipped, assay.Skipped{Path: s.Path, Offset: s.Offset, Length: s.Length, Reason: s.Reason})
	}
	return c
}
