package facts

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

func TestOfferedSettings(t *testing.T) {
	link := func(to string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(to), Mode: 0o777 | fs.ModeSymlink}
	}
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s), Mode: 0o644} }
	m := fstest.MapFS{
		"etc/nginx/sites-available/taken":    file("a"),
		"etc/nginx/sites-available/other":    file("b"),
		"etc/nginx/sites-available/included": file("c"),
		"etc/nginx/sites-enabled/00-taken":   link("../sites-available/taken"),
		"etc/nginx/nginx.conf":               file("# see sites-available/other\ninclude sites-available/included;\n"),
		"etc/alone/mods-available/x":         file("d"), // nothing says how they are taken up
		"etc/nginx/available/x":              file("e"),
		"var/lib/dpkg/info/nginx.list":       file("/etc/nginx/sites-available/other\n"),
	}
	o, err := Observe(context.Background(), firmware.Source{Name: "x", Folder: m}, firmware.Options{}, OfferedSettings)
	if err != nil {
		t.Fatal(err)
	}
	got, err := OfferedSettings.Of(o.For("test", []Node{OfferedSettings}))
	if err != nil || strings.Join(got, " ") != "x!etc/nginx/sites-available/other" {
		t.Errorf("%v %v", got, err)
	}
}
