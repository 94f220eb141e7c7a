package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// How sure a component's version is, surest first.
const (
	ConfidencePackage = "package" // a package database says so
	ConfidenceBuild   = "build"   // the build wrote it: module version magic, Go build data, image header
	ConfidenceString  = "string"  // a version string in a program
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
	Places     []assay.Location `json:"places"`
}

// Components are the parts of the image that say who they are: by package
// database, by what the build left behind, and by version strings. The same
// component seen several times is listed once, with its places.
var Components = &Fact[[]Component]{
	Name:    "components",
	Version: 5,
	Doc:     "Software components with version, package URL, places and confidence.",
	Needs:   []Node{Tree, Roots, Texts, packages, sightings},
	Observe: func(o *Observer) ([]Component, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		entries, err := packages.Of(o)
		if err != nil {
			return nil, err
		}
		seen, err := sightings.Of(o)
		if err != nil {
			return nil, err
		}
		systems := systemsOf(img, texts)
		inv := &inventory{byKey: map[string]int{}}
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

// inventory merges what was seen several times.
type inventory struct {
	all   []Component
	byKey map[string]int
}

func (v *inventory) add(c Component) {
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
func (v *inventory) sight(s sighting) { v.meet(s.component()) }

// meet adds a component, unless it is a package that is listed already with the
// same upstream version: then only its place.
func (v *inventory) meet(c Component) {
	for i := range v.all {
		p := &v.all[i]
		if p.Kind == c.Kind || p.Kind == KindPackage && !c.OfLanguage() {
			if p.Named(c.Name) && sameUpstream(p.Version, c.Version) {
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

func (v *inventory) list() []Component {
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
	name = strings.ToLower(name)
	if c.OfLanguage() {
		return strings.ToLower(c.Name) == name // the crate openssl is not OpenSSL
	}
	return slices.ContainsFunc(append([]string{c.Name, c.Source}, c.Aliases...), func(own string) bool {
		own = strings.ToLower(own)
		return own != "" && (own == name || upstreamName(own) == upstreamName(name))
	})
}

// OfLanguage reports a package of a programming language: its name is its own,
// whatever else in the world is called so.
func (c Component) OfLanguage() bool {
	return slices.Contains([]string{KindModule, KindCrate, KindNode, KindPython}, c.Kind)
}

// upstreamName gives the project of a name that a distribution made.
func upstreamName(name string) string {
	if up, ok := upstreamNames[name]; ok {
		return up
	}
	if strings.HasPrefix(name, "linux-image") || strings.HasPrefix(name, "kernel-image") || strings.HasPrefix(name, "linux-yocto") {
		return "linux"
	}
	return name
}

// upstreamNames gives the project of packages whose source field is not known.
var upstreamNames = map[string]string{
	"kernel": "linux", "linux-kernel": "linux", "linux_kernel": "linux", "libc6": "glibc", "uclibc-ng": "uclibc", "libz": "zlib", "libcrypto": "openssl", "libssl": "openssl", "libopenssl": "openssl", "libopenssl1.1": "openssl", "libopenssl3": "openssl", "openssl-util": "openssl",
	"libssl3": "openssl", "libcrypto3": "openssl", "libssl1.1": "openssl", "libcrypto1.1": "openssl",
	"zlib1g": "zlib", "wpad": "hostapd", "wpad-basic": "hostapd", "wpad-mini": "hostapd", "libsqlite3": "sqlite",
	"libmbedtls": "mbedtls", "libwolfssl": "wolfssl", "openssh-server": "openssh", "libexpat": "expat", "libcurl4": "libcurl",
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

// system is what a root file system says that it is.
type system struct {
	ID, Name, Version string
	Location          assay.Location
}

func (s system) component() Component {
	return Component{
		Name: cmp.Or(s.ID, s.Name), Version: s.Version, Confidence: ConfidenceBuild, Kind: KindSystem,
		PURL: purl("generic", "", cmp.Or(s.ID, s.Name, "unknown"), s.Version), Places: []assay.Location{s.Location},
	}
}

// bareVersions are the files in which a distribution writes its version and
// nothing else, as older ones do without os-release, and what the version begins with.
var bareVersions = []struct {
	file, id string
	form     *pattern
}{
	{"etc/debian_version", "debian", lazy(`^\d+(\.\d+)*$`)}, // "bookworm/sid" is no release
	{"etc/alpine-release", "alpine", lazy(`^\d+\.\d+(\.\d+)?$`)},
	{"etc/openwrt_version", "openwrt", lazy(`^\d+\.\d+(\.\d+)?$`)},
}

// completed completes what os-release says by the bare version of the same
// distribution: Debian's testing and derivatives of other names say none of theirs.
func (s system) completed(c *firmware.Container, texts *TextSet) system {
	if s.Version != "" {
		return s
	}
	for _, b := range bareVersions {
		t, ok := texts.Get(c, b.file)
		if !ok || s.ID != "" && s.ID != b.id || s.ID == "" && s.Name != "" {
			continue
		}
		if version := strings.TrimSpace(t.Content); b.form.MatchString(version) {
			return system{ID: b.id, Name: s.Name, Version: version, Location: At(t.File)}
		}
	}
	return s
}

// systemsOf reads os-release (os-release(5)), OpenWrt's own file and the files with
// a bare version, by the path of the container.
func systemsOf(img *firmware.Image, texts *TextSet) map[string]system {
	systems := map[string]system{}
	for _, c := range img.Containers {
		for _, file := range []struct{ name, id, label, version string }{
			{"etc/os-release", "ID", "NAME", "VERSION_ID"},
			{"usr/lib/os-release", "ID", "NAME", "VERSION_ID"},
			{"etc/openwrt_release", "", "DISTRIB_ID", "DISTRIB_RELEASE"},
		} {
			t, ok := texts.Get(c, file.name)
			if !ok {
				continue
			}
			values := assignments(t)
			s := system{ID: strings.ToLower(values[file.id]), Name: values[file.label], Version: values[file.version], Location: At(t.File)}
			if s.ID == "" && file.id == "" {
				s.ID = strings.ToLower(s.Name)
			}
			if s.ID != "" || s.Name != "" {
				systems[c.Path] = s
				break
			}
		}
		if s := systems[c.Path].completed(c, texts); s.ID != "" || s.Name != "" {
			systems[c.Path] = s
		}
	}
	return systems
}

// assignments reads lines NAME=value with or without quotes.
func assignments(t Text) map[string]string {
	values := map[string]string{}
	for l := range t.Lines() {
		key, val, ok := strings.Cut(strings.TrimSpace(l.Text), "=")
		if ok && !strings.HasPrefix(key, "#") {
			values[key] = strings.Trim(strings.TrimSpace(val), `"'`)
		}
	}
	return values
}

var (
	linuxInName   = lazy(`(?i)linux[- ]v?(\d+\.\d+[0-9A-Za-z.+-]*)`)
	modulesFolder = lazy(`(?:^|/)lib/modules/(\d+\.\d+[0-9A-Za-z.+~_-]*)$`)
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
		if m := modulesFolder.Get().FindStringSubmatch(f.Name); m != nil && f.Kind == firmware.Directory {
			all = append(all, sighting{Name: "linux", Version: m[1], Confidence: ConfidenceBuild, Location: At(f)})
		}
	}
	return all
}
