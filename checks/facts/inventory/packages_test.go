package inventory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/factstest"
)

func TestLanguagePackages(t *testing.T) {
	got := factstest.Seen(t, Components, map[string]string{
		"usr/lib/node_modules/@acme/agent/package.json": `{"name": "@acme/agent", "version": "1.2.0"}`,
		"usr/lib/python3/Foo_Bar-1.egg-info/PKG-INFO":   "Name: Foo_Bar\nVersion: 1\n",
	})
	var list []string
	for _, c := range got {
		list = append(list, c.Kind+" "+c.PURL)
	}
	if want := "node-package pkg:npm/%40acme/agent@1.2.0, python-package pkg:pypi/foo-bar@1"; strings.Join(list, ", ") != want {
		t.Errorf("%q, want %q", list, want)
	}
}

// A recipe whose packages are listed is no component beside them.
func TestRecipes(t *testing.T) {
	got := factstest.Seen(t, Components, map[string]string{
		"usr/share/common-licenses/license.manifest":   "PACKAGE NAME: libz1\nPACKAGE VERSION: 1.2.11\nRECIPE NAME: zlib\nLICENSE: Zlib\n",
		"usr/share/common-licenses/zlib/recipeinfo":    "LICENSE: Zlib\nPV: 1.2.11\n",
		"usr/share/common-licenses/openssl/recipeinfo": "LICENSE: Apache-2.0\nPV: 3.0.7\n",
	})
	var list []string
	for _, c := range got {
		list = append(list, fmt.Sprint(c.Name, " ", c.Version, " ", len(c.Places)))
	}
	if want := "libz1 1.2.11 2, openssl 3.0.7 1"; strings.Join(list, ", ") != want {
		t.Errorf("%q, want %q", list, want)
	}
}
