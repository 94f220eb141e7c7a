package inventory

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// How sure a component's version is, surest first.
const (
	ConfidencePackage = "package" // a package database says so
	ConfidenceBuild   = "build"   // the build wrote it: module version magic, Go build data, image header
	ConfidenceString  = "string"  // a version string in a program, or the name of a file
)

// Component is a piece of software in the image, with its version.
type Component struct {
	Name       string           `json:"name"`
	Version    string           `json:"version"`
	PURL       string           `json:"purl"` // package URL (ECMA-427)
	Confidence string           `json:"confidence"`
	Kind       string           `json:"kind"`              // one of the Kind words
	Source     string           `json:"source,omitempty"`  // the source package, if named otherwise
	Licence    string           `json:"licence,omitempty"` // as its package says it
	Depends    []string         `json:"depends,omitempty"` // packages that it says it needs
	Aliases    []string         `json:"aliases,omitempty"` // other names under which it was seen
	Base       string           `json:"base,omitempty"`    // of an operating system: name and version of the one that it was made from
	Places     []assay.Location `json:"places"`
}

// Components are the parts of the image that say who they are: by package
// database, by what the build left behind, and by version strings. The same
// component seen several times is listed once, with its places.
var Components = &facts.Fact[[]Component]{
	Name:    "components",
	Version: 10,
	Doc:     "Software components with version, package URL, places and confidence.",
	Needs:   []facts.Node{facts.Tree, facts.Roots, facts.Texts, listed, sightings, javaMarks},
	Observe: func(o *facts.Observer) ([]Component, error) {
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := facts.Texts.Of(o)
		if err != nil {
			return nil, err
		}
		entries, err := listed.Of(o)
		if err != nil {
			return nil, err
		}
		seen, err := sightings.Of(o)
		if err != nil {
			return nil, err
		}
		marks, err := javaMarks.Of(o)
		if err != nil {
			return nil, err
		}
		systems := systemsOf(img, texts)
		inv := &merging{byKey: map[string]int{}}
		for _, s := range systems {
			inv.add(s.component())
		}
		for _, p := range entries {
			if !p.Recipe {
				inv.add(p.component(systems[p.Root]))
			}
		}
		for _, p := range entries {
			if p.Recipe {
				inv.meet(p.component(systems[p.Root]))
			}
		}
		java, _ := javaInventory(img, marks)
		for _, c := range java {
			inv.meet(c)
		}
		for _, s := range packagesFirst(append(fromHeaders(img), seen...)) {
			inv.sight(s)
		}
		return inv.list(), nil
	},
}

// packagesFirst puts what names its package before what only names a program, so
// that the one is found to be part of the other.
func packagesFirst(all []sighting) []sighting {
	slices.SortStableFunc(all, func(a, b sighting) int {
		return cmp.Compare(b.component().packageRank(), a.component().packageRank())
	})
	return all
}

func (c Component) packageRank() int {
	if c.Kind == KindPackage {
		return 1
	}
	return 0
}

// merging merges what was seen several times.
type merging struct {
	all   []Component
	byKey map[string]int
}

func (v *merging) add(c Component) {
	if c.Name == "" {
		return
	}
	key := c.Kind + "\x00" + c.Name + "\x00" + c.Version
	if i, ok := v.byKey[key]; ok {
		v.all[i].Places = append(v.all[i].Places, c.Places...)
		return
	}
	v.byKey[key] = len(v.all)
	v.all = append(v.all, c)
}

// sight adds a component that was seen in a file.
func (v *merging) sight(s sighting) { v.meet(s.component()) }

// meet adds a component, unless it is a package that is listed already with the
// same upstream version: then only its place.
func (v *merging) meet(c Component) {
	for i := range v.all {
		p := &v.all[i]
		if p.Kind == c.Kind || p.Kind == KindPackage && !c.OfLanguage() {
			if sameUpstream(p.Version, c.Version) && p.Named(c.Name) {
				p.Places = append(p.Places, c.Places...)
				if p.Name != c.Name && !slices.Contains(p.Aliases, c.Name) {
					p.Aliases = append(p.Aliases, c.Name)
				}
				if c.Confidence == ConfidenceBuild && p.Confidence == ConfidenceString {
					p.Confidence = ConfidenceBuild
				}
				return
			}
		}
	}
	v.add(c)
}

func (v *merging) list() []Component {
	for i := range v.all {
		c := &v.all[i]
		slices.SortFunc(c.Places, assay.Location.Compare)
		c.Places = slices.CompactFunc(c.Places, func(a, b assay.Location) bool { return a.Compare(b) == 0 })
		slices.Sort(c.Aliases)
	}
	slices.SortFunc(v.all, func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Kind, b.Kind))
	})
	if v.all == nil {
		return []Component{}
	}
	return v.all
}

// The kinds of component.
const (
	KindPackage = "package"
	KindModule  = "go-module"
	KindCrate   = "rust-crate"
	KindNode    = "node-package"
	KindPython  = "python-package"
	KindJava    = "java-archive"
	KindSystem  = "operating-system"
	KindKernel  = "kernel"
	KindProgram = "program"
)

// RecognisedIn are the paths of the files in which components were recognised: an
// address in one may name its project.
func RecognisedIn(components []Component) map[string]bool {
	files := map[string]bool{}
	for _, c := range components {
		for _, l := range c.Places {
			files[l.Path] = true
		}
	}
	return files
}

// Named reports whether the component goes by a name: its own, that of its
// source package, one under which it was seen, or that of its project
// ("libssl3" is of openssl).
func (c Component) Named(name string) bool {
	if c.Kind == KindJava { // by its group too, or under the name of its file
		name = strings.ToLower(name)
		_, artifact, _ := strings.Cut(strings.ToLower(c.Name), ":")
		return name != "" && (artifact == name || strings.ToLower(c.Name) == name || slices.ContainsFunc(c.Aliases, func(a string) bool { return strings.ToLower(a) == name }))
	}
	if c.OfLanguage() {
		return strings.EqualFold(c.Name, name) // the crate openssl is not OpenSSL
	}
	return slices.Contains(c.Projects(), Project(name))
}

// Projects are the projects by whose names the component goes, sorted: those of its own
// name, of its source package, and of the names under which it was seen. A package of a
// language has none.
func (c Component) Projects() []string {
	if c.OfLanguage() {
		return nil
	}
	all := []string{Project(c.Name)}
	if !slices.Contains(ownProjects, all[0]) {
		for _, n := range append([]string{sourceName(c.Source)}, c.Aliases...) {
			all = append(all, Project(n))
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(n string) bool { return n == "" })
}

// sourceName is the project of a source that a build system names by a path
// ("package/network/services/dnsmasq") or a recipe ("busybox_1.36.1.bb").
func sourceName(s string) string {
	s = strings.Trim(path.Base(s), "./")
	if recipe, ok := strings.CutSuffix(s, ".bb"); ok {
		s, _, _ = strings.Cut(recipe, "_")
	}
	return s
}

// OfLanguage reports a package of a programming language: its name is its own,
// whatever else in the world is called so.
func (c Component) OfLanguage() bool {
	return slices.Contains([]string{KindModule, KindCrate, KindNode, KindPython, KindJava}, c.Kind)
}

// SameVersion reports whether two versions are of one upstream release: epoch,
// a leading v and what a distribution added are left out.
func SameVersion(a, b string) bool {
	a, b = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	if _, after, ok := strings.Cut(b, ":"); ok {
		b = after
	}
	return a == b || sameUpstream(a, b) || sameUpstream(b, a)
}

// sameUpstream reports whether a package's version is that of an upstream
// release: epoch and what the distribution added are left out.
func sameUpstream(pkg, upstream string) bool {
	if _, after, ok := strings.Cut(pkg, ":"); ok {
		pkg = after
	}
	rest, ok := strings.CutPrefix(pkg, upstream)
	if !ok {
		return false
	}
	return rest == "" || strings.ContainsAny(rest[:1], "-+~_") || (rest[0] == '.' && strings.HasPrefix(rest, ".dfsg"))
}

func (s sighting) component() Component {
	c := Component{Name: s.Name, Version: s.Version, Confidence: s.Confidence, Kind: KindProgram, Places: []assay.Location{s.Location}}
	switch s.Ecosystem {
	case "golang":
		c.Kind, c.PURL = KindModule, purl("golang", path.Dir(s.Name), path.Base(s.Name), s.Version)
	case "cargo":
		c.Kind, c.PURL = KindCrate, purl("cargo", "", s.Name, s.Version)
	case "":
		if s.Name == "linux" {
			c.Kind = KindKernel
		}
		c.PURL = purl("generic", "", s.Name, s.Version)
	default:
		c.Kind, c.PURL = KindPackage, purl(s.Ecosystem, s.Space, s.Name, s.Version)
	}
	return c
}

// component gives a package under the system that it is installed in.
func (p installed) component(s system) Component {
	c := Component{
		Name: p.Name, Version: p.Version, Source: p.Source, Licence: p.Licence, Depends: p.Depends,
		Confidence: ConfidencePackage, Kind: KindPackage, Places: []assay.Location{p.Location},
	}
	switch p.Database {
	case "npm":
		c.Kind, c.PURL = KindNode, purl("npm", path.Dir(p.Name), path.Base(p.Name), p.Version)
		return c
	case "pypi":
		c.Kind, c.PURL = KindPython, purl("pypi", "", strings.ReplaceAll(strings.ToLower(p.Name), "_", "-"), p.Version)
		return c
	case "yocto", "buildroot":
		c.PURL = purl("generic", "", p.Name, p.Version)
		return c
	}
	qualifiers := map[string]string{}
	if p.Arch != "" {
		qualifiers["arch"] = p.Arch
	}
	version := p.Version
	if p.Epoch != "" && p.Epoch != "0" { // PURL types, "rpm": the epoch is a qualifier
		version, qualifiers["epoch"] = strings.TrimPrefix(version, p.Epoch+":"), p.Epoch
	}
	space := cmp.Or(s.ID, map[string]string{"deb": "debian", "apk": "alpine"}[p.Database])
	c.PURL = packageurl.NewPackageURL(p.Database, space, p.Name, version, packageurl.QualifiersFromMap(qualifiers), "").ToString()
	return c
}

func purl(kind, space, name, version string) string {
	if space == "." {
		space = ""
	}
	return packageurl.NewPackageURL(kind, space, name, version, nil, "").ToString()
}

var (
	linuxInName   = lazyregexp.New(`(?i)linux[- ]v?(\d+\.\d+[0-9A-Za-z.+-]*)`)
	modulesFolder = lazyregexp.New(`(?:^|/)lib/modules/(\d+\.\d+[0-9A-Za-z.+~_-]*)$`)
)

// arduinoProject is what the description of a program says that was built with
// Arduino: it is that of the libraries which come with the core, and its version
// that of ESP-IDF.
const arduinoProject = "arduino-lib-builder"

// fromHeaders gives what the headers of containers and the folders of kernel
// modules say.
func fromHeaders(img *firmware.Image) []sighting {
	var all []sighting
	for _, c := range img.Containers {
		place := assay.Location{Path: c.Path, Offset: c.Offset, Length: c.Length}
		if m := linuxInName.Get().FindStringSubmatch(c.Attributes["name"]); m != nil {
			all = append(all, sighting{Name: "linux", Version: m[1], Confidence: ConfidenceBuild, Location: place})
		}
		if v := c.Attributes["version"]; c.Type == "mcuboot" && v != "" {
			all = append(all, sighting{Name: "application", Version: v, Confidence: ConfidenceBuild, Location: place})
		}
		if v := c.Attributes["idf-version"]; v != "" {
			all = append(all, sighting{Name: "esp-idf", Version: strings.TrimPrefix(v, "v"), Confidence: ConfidenceBuild, Location: place})
		}
		if name, v := c.Attributes["project"], c.Attributes["app-version"]; c.Type == "esp-image" && name != "" && v != "" && name != arduinoProject {
			all = append(all, sighting{Name: strings.ToLower(name), Version: v, Confidence: ConfidenceBuild, Location: place})
		}
	}
	for _, f := range img.Files {
		if f.Kind != firmware.Directory {
			continue
		}
		if m := modulesFolder.Get().FindStringSubmatch(f.Name); m != nil {
			all = append(all, sighting{Name: "linux", Version: m[1], Confidence: ConfidenceBuild, Location: facts.At(f)})
		}
	}
	return all
}
