package advisories

import (
	"regexp"
	"slices"
	"testing"

	"github.com/assay-iot/assay/checks/facts/inventory"
)

// TestProductsOf holds under which names components are looked up: those of their
// makers, and none of a package of a language that is called the same.
func TestProductsOf(t *testing.T) {
	for _, c := range []struct {
		name, is, isNot string
	}{
		{"redis", "redis:redis", "redis_project:redis"},
		{"freetype", "freetype:freetype", ""},
		{"gdb", "gnu:gdb", ""},
		{"openldap", "openldap:openldap", ""},
		{"libidn2", "gnu:libidn2", ""},
		{"libmodbus", "libmodbus:libmodbus", ""},
		{"ser2net", "ser2net_project:ser2net", ""},
		{"zeromq", "zeromq:libzmq", ""},
		{"libnl", "libnl_project:libnl", ""},
		{"tar", "gnu:tar", "tar_project:tar"}, // of node
		{"apache-httpd", "apache:http_server", ""},
		{"isc-dhcp", "isc:dhcp", ""},
		{"node", "nodejs:node.js", ""},
		{"coreutils", "gnu:coreutils", ""},
	} {
		got := productsOf(inventory.Component{Name: c.name, Version: "1.2", Kind: inventory.KindProgram, Confidence: inventory.ConfidenceString})
		if !slices.Contains(got, c.is) || c.isNot != "" && slices.Contains(got, c.isNot) {
			t.Errorf("%s: %q, want %q and not %q", c.name, got, c.is, c.isNot)
		}
	}
}

var cpeName = regexp.MustCompile(`^[a-z0-9._-]+:[a-z0-9._-]+$`)

// TestMakers holds that each project has names of makers and products.
func TestMakers(t *testing.T) {
	for project, names := range makers {
		if len(names) == 0 {
			t.Errorf("%s: no name", project)
		}
		for _, n := range names {
			if !cpeName.MatchString(n) {
				t.Errorf("%s: %q is not maker:product", project, n)
			}
		}
	}
}

// TestMakersOfProjects holds that each name of the table is that of a project: under
// another nothing would be found.
func TestMakersOfProjects(t *testing.T) {
	for name := range makers {
		if got := inventory.Project(name); got != name {
			t.Errorf("%s is of %s", name, got)
		}
	}
}

// TestPackagesOfProjects holds that a package is looked up as its project is.
func TestPackagesOfProjects(t *testing.T) {
	for _, c := range []struct {
		name, source, is string
	}{
		{"connman", "", "intel:connman"},
		{"minidlna", "", "readymedia_project:readymedia"},
		{"iperf3", "", "es:iperf3"},
		{"libyaml-0-2", "", "pyyaml:libyaml"},
		{"libpcre2-8-0", "", "pcre:pcre2"},
		{"libinput10", "", "freedesktop:libinput"},
		{"python3-core", "", "python:python"},
		{"libz1", "zlib_1.2.11.bb", "zlib:zlib"},
		{"openssl-bin", "", "openssl:openssl"},
		{"libcurl4", "", "haxx:curl"},
		{"wpa-supplicant", "", "w1.fi:wpa_supplicant"},
	} {
		got := productsOf(inventory.Component{Name: c.name, Source: c.source, Version: "1.2", Kind: inventory.KindPackage, Confidence: inventory.ConfidencePackage})
		if !slices.Contains(got, c.is) {
			t.Errorf("%s: %q, want %q", c.name, got, c.is)
		}
	}
	iperf := inventory.Component{Name: "iperf", Version: "2.1.8", Kind: inventory.KindProgram, Confidence: inventory.ConfidenceString}
	if got := productsOf(iperf); slices.Contains(got, "es:iperf3") {
		t.Errorf("iperf 2 is looked up as iperf3: %q", got)
	}
}
