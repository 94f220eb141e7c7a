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

func TestOfferedSettingsTakenUp(t *testing.T) {
	const script = "#!/bin/sh\n"
	for name, tc := range map[string]struct {
		file, text string
		taken      bool
	}{
		"a pattern":              {"etc/app/main.conf", "include conf-available/*.conf;\n", true},
		"Apache's":               {"etc/app/main.conf", "  IncludeOptional /etc/app/conf-available/*.conf\n", true},
		"nginx's, on one line":   {"etc/app/main.conf", "http { include conf-available/*; }\n", true},
		"FreeRADIUS's folder":    {"etc/app/main.conf", "$INCLUDE conf-available/\n", true},
		"a folder":               {"etc/app/main.conf", "Include conf-available\n", true},
		"a loop":                 {"etc/init.d/S50x", script + "for f in /etc/app/conf-available/*.conf; do ln -s $f /etc/app/conf-enabled; done\n", true},
		"a loop of lines":        {"etc/init.d/S50x", script + "for f in /etc/app/conf-available/*\ndo\n  [ -f \"$f\" ] && cp \"${f}\" /etc/app/conf-enabled/\ndone\n", true},
		"a loop of names":        {"etc/init.d/S50x", script + "for n in web db; do ln -sf ../conf-available/$n.conf /etc/app/conf-enabled/$n.conf; done\n", true},
		"a loop of listed names": {"etc/init.d/S50x", script + "for n in $(ls /etc/app/conf-available); do ln -s \"../conf-available/${n}\" /etc/app/conf-enabled/; done\n", true},
		"all linked":             {"etc/init.d/S50x", script + "ln -s ../conf-available/* /etc/app/conf-enabled/\n", true},
		"all in one":             {"etc/init.d/S50x", script + "cat /etc/app/conf-available/*.conf > /tmp/main.conf\n", true},
		"Debian's tool":          {"etc/init.d/S50x", script + "/usr/sbin/a2enconf -q web db\n", true},
		"in a condition":         {"etc/init.d/S50x", script + "if [ -x /x ]; then a2enconf 'd*' >/dev/null; fi\n", true},
		"in a loop":              {"etc/init.d/S50x", script + "for c in web db; do\n  a2enconf \"$c\"\ndone\n", true},
		"lighttpd's":             {"etc/init.d/S50x", script + "lighty-enable-mod db\n", true},
		"of a unit":              {"etc/systemd/system/x.service", "[Service]\nExecStart=/usr/sbin/a2enconf db\n", true},

		"another pattern":         {"etc/app/main.conf", "include conf-available/web*.conf\n", false},
		"the enabled ones":        {"etc/app/main.conf", "include conf-enabled/*.conf\n", false},
		"a remark":                {"etc/app/main.conf", "# include conf-available/*.conf\n", false},
		"only their rights":       {"etc/init.d/S50x", script + "chmod 640 /etc/app/conf-available/*\n", false},
		"a loop that looks":       {"etc/init.d/S50x", script + "for f in /etc/app/conf-available/*.conf; do grep -q x $f; done\n", false},
		"a loop of other names":   {"etc/init.d/S50x", script + "for n in web ssl; do ln -s ../conf-available/$n.conf /etc/app/conf-enabled/; done\n", false},
		"a tool like Debian's":    {"usr/sbin/enable", script + "for n in \"$@\"; do ln -s ../conf-available/$n /etc/app/conf-enabled/; done\n", false},
		"by its argument":         {"usr/sbin/enable", script + "ln -s ../conf-available/$1 /etc/app/conf-enabled/\n", false},
		"another name":            {"etc/init.d/S50x", script + "a2enconf web\n", false},
		"of sites":                {"etc/init.d/S50x", script + "a2ensite db\n", false},
		"taken back":              {"etc/init.d/S50x", script + "a2disconf db\n", false},
		"what to read":            {"etc/app/README.rst", "See ``conf-available/db.conf`` and ``conf-available/10-db.conf``.\n", false},
		"settings that name it":   {"etc/app/reader.conf", "include conf-available/db.conf\n", true},
		"a hint":                  {"etc/init.d/S50x", script + "echo \"run a2enconf db\"\n", false},
		"a manual":                {"etc/app/hints", "a2enconf db\n", false},
		"where the image is made": {"var/lib/dpkg/info/db.postinst", script + "a2enconf db\n", false},
		"nothing":                 {"etc/app/main.conf", "a = 1\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, offer := range []string{"db.conf", "10-db.conf"} {
				if offer == "10-db.conf" && name != "lighttpd's" && tc.taken {
					continue
				}
				m := fstest.MapFS{
					"etc/app/conf-available/" + offer: {Data: []byte("a"), Mode: 0o644},
					"etc/app/conf-enabled":            {Mode: 0o755 | fs.ModeDir}, // empty
					tc.file:                           {Data: []byte(tc.text), Mode: 0o755},
				}
				o, err := Observe(context.Background(), firmware.Source{Name: "x", Folder: m}, firmware.Options{}, OfferedSettings)
				if err != nil {
					t.Fatal(err)
				}
				got, err := OfferedSettings.Of(o.For("test", []Node{OfferedSettings}))
				if err != nil || (len(got) == 0) != tc.taken {
					t.Errorf("%v %v", got, err)
				}
			}
		})
	}
}
