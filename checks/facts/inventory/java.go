package inventory

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/packages"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// maxJavaText is the size in bytes of the largest manifest or list of properties of a
// Java archive that is read.
const maxJavaText = 1 << 20

// maxJavaField is the number of bytes of a name that are read.
const maxJavaField = 4096

// maxJavaVersion is the length in bytes of the longest version that is taken for one.
const maxJavaVersion = 128

// javaMark is what an archive of Java, or a runtime of it, says of itself.
type javaMark struct {
	Unit                 string // the archive, or the folder into which one was unpacked
	Form                 string // pom, manifest or runtime
	Group, Name, Version string
	Location             assay.Location
}

// The forms of javaMark.
const (
	javaPOM      = "pom"
	javaManifest = "manifest"
	javaRuntime  = "runtime"
)

// javaMarks reads what Maven leaves in an archive, the manifest (JAR File
// Specification, "Main Attributes"; OSGi Core, "Bundle Manifest Headers"), and the file
// release of a Java runtime.
var javaMarks = &facts.Scan[javaMark]{
	Name: "java-marks",
	Doc:  "Names and versions in Java archives, packed or not, and of Java runtimes.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && f.Size <= maxJavaText && javaForm(f.Name) != ""
	},
	See: func(f *firmware.File, content []byte) []javaMark {
		m := javaMark{Form: javaForm(f.Name), Location: facts.At(f)}
		var ok bool
		switch m.Form {
		case javaPOM:
			ok = m.readPOM(f.Name, string(content))
		case javaManifest:
			ok = m.readManifest(string(content))
		case javaRuntime:
			ok = m.readRelease(string(content))
		}
		if !ok {
			return nil
		}
		m.Unit = javaUnit(f)
		return []javaMark{m}
	},
}

// javaForm says by a file's name what it may tell of Java.
func javaForm(name string) string {
	switch path.Base(name) {
	case "pom.properties":
		if packages.MatchBelow("META-INF/maven/*/*/pom.properties", name) {
			return javaPOM
		}
	case "MANIFEST.MF":
		if packages.MatchBelow("META-INF/MANIFEST.MF", name) {
			return javaManifest
		}
	case "release":
		return javaRuntime
	}
	return ""
}

// javaUnit is the place of what a file belongs to, up to META-INF.
func javaUnit(f *firmware.File) string {
	folder := path.Dir("/" + f.Name)
	if at := strings.LastIndex("/"+f.Name, "/META-INF/"); at >= 0 {
		folder = ("/" + f.Name)[:at]
	}
	return facts.ContainerPath(f) + "!" + folder
}

// readPOM reads pom.properties; what it leaves out its folders say.
func (m *javaMark) readPOM(name, text string) bool {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		if at := strings.IndexAny(line, "=:"); at > 0 {
			values[strings.TrimSpace(line[:at])] = strings.TrimSpace(line[at+1:])
		}
	}
	artifact := path.Dir(name)
	m.Group, m.Name, m.Version = path.Base(path.Dir(artifact)), path.Base(artifact), values["version"]
	if values["groupId"] != "" && values["artifactId"] != "" {
		m.Group, m.Name = values["groupId"], values["artifactId"]
	}
	return isJavaVersion(m.Version) && len(m.Group)+len(m.Name) <= maxJavaField && !strings.ContainsAny(m.Group+m.Name, "${} \t")
}

// readManifest reads the main section of a manifest: what makes the bundle known, else
// the implementation.
func (m *javaMark) readManifest(text string) bool {
	values := map[string]string{}
	key := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break // the sections of single files follow
		}
		if rest, folded := strings.CutPrefix(line, " "); folded {
			if len(values[key]) <= maxJavaField { // of longer ones nothing is a name
				values[key] += rest
			}
			continue
		}
		var value string
		if key, value, _ = strings.Cut(line, ":"); values[key] == "" {
			values[key] = strings.TrimSpace(value)
		}
	}
	symbolic, _, _ := strings.Cut(values["Bundle-SymbolicName"], ";")
	for _, as := range [][2]string{
		{symbolic, values["Bundle-Version"]}, {values["Implementation-Title"], values["Implementation-Version"]},
	} {
		if as[0] != "" && len(as[0]) <= maxJavaField && isJavaVersion(as[1]) && !strings.Contains(as[0], "${") {
			m.Name, m.Version = strings.TrimSpace(as[0]), as[1]
			return true
		}
	}
	return false
}

// readRelease reads the file release at the top of a Java runtime (JEP 223): the maker
// stands in the place of the group.
func (m *javaMark) readRelease(text string) bool {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.Trim(value, `"`); key {
		case "JAVA_VERSION":
			m.Version = value
		case "IMPLEMENTOR":
			m.Group = value
		}
	}
	m.Name = "openjdk"
	return isJavaVersion(m.Version)
}

func isJavaVersion(v string) bool {
	return v != "" && len(v) <= maxJavaVersion && strings.ContainsAny(v, "0123456789") && !strings.ContainsAny(v, "${} \t")
}

// javaName takes name and version of an archive's file name, as Maven gives it.
var javaName = lazyregexp.New(`^(.+)-(\d+(?:\.\d+)+[0-9A-Za-z.+_-]*)\.(?:jar|war|ear)$`)

// javaArchive is an archive of Java in the image.
type javaArchive struct {
	stem, version string // by the name of its file
	location      assay.Location
	classes       bool // it holds code of its own
	holder        bool // it holds other archives, and what else is in it is the program's own
}

// javaArchives are the opened archives, by their unit.
func javaArchives(img *firmware.Image) map[string]*javaArchive {
	all := map[string]*javaArchive{}
	for _, c := range img.Containers {
		name, ok := strings.CutSuffix(c.Path, "!zip")
		if base := path.Base(assay.Inside(name)); ok && slices.Contains([]string{".jar", ".war", ".ear"}, path.Ext(base)) {
			a := &javaArchive{stem: strings.TrimSuffix(base, path.Ext(base)), location: assay.Location{Path: name}}
			if m := javaName.Get().FindStringSubmatch(base); m != nil {
				a.stem, a.version = m[1], m[2]
			}
			all[c.Path+"!"] = a
		}
	}
	if len(all) == 0 {
		return all
	}
	for _, f := range img.Files {
		if a := all[facts.ContainerPath(f)+"!"]; a != nil {
			a.classes = a.classes || strings.HasSuffix(f.Name, ".class")
			a.holder = a.holder || strings.HasPrefix(f.Name, "BOOT-INF/lib/") || strings.HasPrefix(f.Name, "WEB-INF/lib/")
		}
	}
	return all
}

// javaInventory gives the components of Java, and the archives with code that say
// neither name nor version. What lies in a runtime belongs to it.
func javaInventory(img *firmware.Image, marks []javaMark) (all []Component, unnamed []assay.Location) {
	archives := javaArchives(img)
	var runtimes []string
	named := map[string]bool{}
	for _, m := range marks {
		switch m.Form {
		case javaRuntime:
			if folder := strings.TrimSuffix(m.Location.Path, "release"); !strings.HasSuffix(folder, "!") {
				runtimes = append(runtimes, folder)
			}
			all = append(all, m.component(archives))
		case javaPOM:
			named[m.Unit] = true
		}
	}
	ofRuntime := func(place string) bool {
		return slices.ContainsFunc(runtimes, func(r string) bool { return strings.HasPrefix(place, r) })
	}
	for _, m := range marks {
		if m.Form == javaRuntime || ofRuntime(m.Location.Path) || m.Form == javaManifest && named[m.Unit] {
			continue
		}
		if _, packed := archives[m.Unit]; m.Form == javaManifest && !packed && strings.HasSuffix(containerOf(m.Unit), "!zip") {
			continue // an archive of something else, such as an app of Android
		}
		all = append(all, m.component(archives))
	}
	for _, m := range marks {
		named[m.Unit] = true
	}
	for _, unit := range slices.Sorted(maps.Keys(archives)) {
		a := archives[unit]
		switch {
		case named[unit] || ofRuntime(a.location.Path):
		case a.version != "":
			all = append(all, Component{
				Name: a.stem, Version: a.version, PURL: purl("maven", "", a.stem, a.version), Confidence: ConfidenceString, Kind: KindJava,
				Places: []assay.Location{a.location},
			})
		case a.classes && !a.holder:
			unnamed = append(unnamed, a.location)
		}
	}
	if unnamed == nil {
		unnamed = []assay.Location{}
	}
	return all, unnamed
}

func containerOf(unit string) string { return unit[:max(0, strings.LastIndexByte(unit, '!'))] }

// component gives what a mark names. A manifest knows no group, and another name than
// that under which the archive was published, which its file has.
func (m javaMark) component(archives map[string]*javaArchive) Component {
	c := Component{Name: m.Name, Version: m.Version, Confidence: ConfidenceBuild, Kind: KindJava, Places: []assay.Location{m.Location}}
	switch m.Form {
	case javaRuntime:
		c.Kind, c.PURL = KindProgram, purl("generic", strings.ToLower(m.Group), m.Name, m.Version)
	case javaPOM:
		c.Name, c.Confidence, c.PURL = m.Group+":"+m.Name, ConfidencePackage, purl("maven", m.Group, m.Name, m.Version)
	default:
		c.PURL = purl("maven", "", m.Name, m.Version)
		if a := archives[m.Unit]; a != nil && a.stem != m.Name {
			c.Aliases = []string{a.stem}
		}
	}
	return c
}

// UnnamedArchives are archives of Java with code in them of which nothing says what
// they are.
var UnnamedArchives = &facts.Fact[[]assay.Location]{
	Name:  "unnamed-java-archives",
	Doc:   "Java archives that say neither name nor version.",
	Needs: []facts.Node{facts.Tree, javaMarks},
	Observe: func(o *facts.Observer) ([]assay.Location, error) {
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		marks, err := javaMarks.Of(o)
		if err != nil {
			return nil, err
		}
		_, unnamed := javaInventory(img, marks)
		return unnamed, nil
	},
}
