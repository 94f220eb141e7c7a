package inventory

import (
	"cmp"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// system is what a root file system says that it is.
type system struct {
	ID, Name, Version string
	Base              string // the distribution that it was made from, with version
	Location          assay.Location
}

func (s system) component() Component {
	return Component{
		Name: cmp.Or(s.ID, s.Name), Version: s.Version, Confidence: ConfidenceBuild, Kind: KindSystem,
		PURL: purl("generic", "", cmp.Or(s.ID, s.Name, "unknown"), s.Version), Base: s.Base, Places: []assay.Location{s.Location},
	}
}

// bareVersions are the files in which a distribution writes its version and
// nothing else, as older ones do without os-release, and what the version begins with.
var bareVersions = []struct {
	file, id string
	form     *lazyregexp.Regexp
}{
	{"etc/debian_version", "debian", lazyregexp.New(`^\d+(\.\d+)*$`)}, // "bookworm/sid" is no release
	{"etc/alpine-release", "alpine", lazyregexp.New(`^\d+\.\d+(\.\d+)?$`)},
	{"etc/openwrt_version", "openwrt", lazyregexp.New(`^\d+\.\d+(\.\d+)?$`)},
}

// completed completes what os-release says by the bare version of the same
// distribution: Debian's testing and derivatives of other names say none of theirs.
func (s system) completed(c *firmware.Container, texts *facts.TextSet) system {
	if s.Version != "" {
		return s
	}
	for _, b := range bareVersions {
		t, ok := texts.Get(c, b.file)
		if !ok || s.ID != "" && s.ID != b.id || s.ID == "" && s.Name != "" {
			continue
		}
		if version := strings.TrimSpace(t.Content); b.form.MatchString(version) {
			return system{ID: b.id, Name: s.Name, Version: version, Location: facts.At(t.File)}
		}
	}
	return s
}

// leadingVersion is the version at the start of a text.
var leadingVersion = lazyregexp.New(`^\d+(?:\.\d+)+`)

// openwrtRelease takes the version of OpenWrt's own file where os-release says none, or
// only the line of releases that it is of ("23.05" of 23.05.5).
func (s system) openwrtRelease(c *firmware.Container, texts *facts.TextSet) system {
	t, ok := texts.Get(c, "etc/openwrt_release")
	if !ok || s.ID != "openwrt" {
		return s
	}
	release := assignments(t)["DISTRIB_RELEASE"]
	if leadingVersion.Get().MatchString(release) && (s.Version == "" || strings.HasPrefix(release, s.Version+".")) {
		s.Version, s.Location = release, facts.At(t.File)
	}
	return s
}

// based completes the base of a distribution of another name by the files that its
// own was made with: Debian's derivatives keep etc/debian_version.
func (s system) based(c *firmware.Container, texts *facts.TextSet) system {
	if s.Base != "" || s.ID == "" && s.Name == "" {
		return s
	}
	for _, b := range bareVersions {
		t, ok := texts.Get(c, b.file)
		if !ok || s.ID == b.id {
			continue
		}
		if version := strings.TrimSpace(t.Content); b.form.MatchString(version) {
			s.Base = b.id + " " + version
		}
	}
	return s
}

// releaseSaid is a distribution with its version in what os-release says of what a
// system was made from: OPENWRT_RELEASE="OpenWrt 18.06.4 r7808".
var releaseSaid = lazyregexp.New(`^(?i:OpenWrt) (\d+\.\d+(?:\.\d+)?)\b`)

// yoctoSeries are the code names of the Yocto Project's releases, which the vendors
// of processors write into the version of their own distributions ("5.15-kirkstone"),
// with the version of Poky (wiki.yoctoproject.org/wiki/Releases).
var yoctoSeries = map[string]string{
	"dylan": "1.4", "dora": "1.5", "daisy": "1.6", "dizzy": "1.7", "fido": "1.8", "jethro": "2.0", "krogoth": "2.1", "morty": "2.2", "pyro": "2.3", "rocko": "2.4",
	"sumo": "2.5", "thud": "2.6", "warrior": "2.7", "zeus": "3.0", "dunfell": "3.1", "gatesgarth": "3.2", "hardknott": "3.3", "honister": "3.4", "kirkstone": "4.0",
	"langdale": "4.1", "mickledore": "4.2", "nanbield": "4.3", "scarthgap": "5.0", "styhead": "5.1", "walnascar": "5.2",
}

// baseSaid is the distribution that a system was made from, as far as its os-release
// says it: OpenWrt's own variable, or the code name of a release of Yocto.
func baseSaid(values map[string]string) string {
	id := strings.ToLower(values["ID"])
	if m := releaseSaid.Get().FindStringSubmatch(values["OPENWRT_RELEASE"]); m != nil && id != "openwrt" {
		return "openwrt " + m[1]
	}
	if id == "poky" {
		return ""
	}
	for _, variable := range []string{"VERSION_CODENAME", "DISTRO_CODENAME", "VERSION", "VERSION_ID"} {
		for _, w := range strings.FieldsFunc(strings.ToLower(values[variable]), func(r rune) bool { return r < 'a' || r > 'z' }) {
			if version := yoctoSeries[w]; version != "" {
				return "poky " + version
			}
		}
	}
	return ""
}

// systemsOf reads os-release (os-release(5)), OpenWrt's own file and the files with
// a bare version, by the path of the container.
func systemsOf(img *firmware.Image, texts *facts.TextSet) map[string]system {
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
			s := system{ID: strings.ToLower(values[file.id]), Name: values[file.label], Version: values[file.version], Base: baseSaid(values), Location: facts.At(t.File)}
			if s.ID == "" && file.id == "" {
				s.ID = strings.ToLower(s.Name)
			}
			if s.Version == "" && file.id != "" { // VERSION is for people, and begins with what VERSION_ID would say
				s.Version = leadingVersion.Get().FindString(values["VERSION"])
			}
			if s.ID != "" || s.Name != "" {
				systems[c.Path] = s
				break
			}
		}
		if s, ok := androidOf(c, texts); ok && systems[c.Path] == (system{}) {
			systems[c.Path] = s
		}
		if s := systems[c.Path].openwrtRelease(c, texts).completed(c, texts).based(c, texts); s.ID != "" || s.Name != "" {
			systems[c.Path] = s
		}
	}
	return systems
}

// androidOf reads the properties of an Android system, on a partition of its own or in
// the root that holds it (source.android.com: partitions, system properties).
func androidOf(c *firmware.Container, texts *facts.TextSet) (system, bool) {
	for _, file := range []string{"system/build.prop", "build.prop"} {
		t, ok := texts.Get(c, file)
		if !ok {
			continue
		}
		values := assignments(t)
		version := cmp.Or(values["ro.build.version.release"], values["ro.system.build.version.release"])
		if androidVersion.Get().MatchString(version) { // a preview has a letter
			return system{ID: "android", Name: "Android", Version: version, Location: facts.At(t.File)}, true
		}
	}
	return system{}, false
}

var androidVersion = lazyregexp.New(`^\d+(\.\d+)*$`)

// assignments reads lines NAME=value with or without quotes.
func assignments(t facts.Text) map[string]string {
	values := map[string]string{}
	for l := range t.Lines() {
		key, val, ok := strings.Cut(strings.TrimSpace(l.Text), "=")
		if ok && !strings.HasPrefix(key, "#") {
			values[key] = strings.Trim(strings.TrimSpace(val), `"'`)
		}
	}
	return values
}
