package support

import (
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/checks/checktest"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

func TestComponentEndOfLife(t *testing.T) { checktest.Run(t, ComponentEndOfLife) }

// Nobody can tell whose packages are those of an image with two distributions: one that
// goes on keeps them. What a kit brings is not a distribution's.
func TestKeeperLeft(t *testing.T) {
	system := func(name, version string) inventory.Component {
		return inventory.Component{Name: name, Version: version, Kind: inventory.KindSystem}
	}
	openwrt, debian, poky := system("openwrt", "19.07.4"), system("debian", "12"), system("poky", "3.1.2")
	day := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		systems []inventory.Component
		kind    string
		want    bool
	}{
		"a package":                {[]inventory.Component{openwrt}, inventory.KindPackage, true},
		"a kernel":                 {[]inventory.Component{openwrt}, inventory.KindKernel, true},
		"beside one that goes on":  {[]inventory.Component{openwrt, debian}, inventory.KindPackage, false},
		"one that goes on":         {[]inventory.Component{debian}, inventory.KindPackage, false},
		"none":                     {nil, inventory.KindPackage, false},
		"a kernel that it has not": {[]inventory.Component{poky}, inventory.KindKernel, false},
		"a kit's part":             {[]inventory.Component{openwrt}, inventory.KindProgram, false},
	} {
		if got := keeperOf(endOfLife(), tc.systems, day).left(inventory.Component{Kind: tc.kind}); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Every line of the table that is no comment must be whole: one that is not
// would be left out without a word.
func TestEndOfLifeTable(t *testing.T) {
	seen := map[[2]string]bool{}
	for _, b := range endOfLife() {
		if _, err := time.Parse(time.DateOnly, b.Until); err != nil {
			t.Errorf("%s %s: %v", b.Component, b.Version, err)
		}
		if !strings.HasPrefix(b.Source, "https://") {
			t.Errorf("%s %s: %q is no source that can be read", b.Component, b.Version, b.Source)
		}
		if k := [2]string{b.Component, b.Version}; seen[k] {
			t.Errorf("%s %s stands there twice", b.Component, b.Version)
		} else {
			seen[k] = true
		}
	}
	if n := tableLines(); n != len(endOfLife()) {
		t.Errorf("%d of %d lines were read", len(endOfLife()), n)
	}
}

func tableLines() int {
	n := 0
	for line := range strings.Lines(endOfLifeText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			n++
		}
	}
	return n
}
func TestPublished(t *testing.T)    { checktest.Run(t, Published) }
func TestNotShortened(t *testing.T) { checktest.Run(t, NotShortened) }
