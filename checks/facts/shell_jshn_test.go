package facts

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// jshnLike is written in the manner of OpenWrt's library.
const jshnLike = `
_set() { eval "${JSON_PREFIX}$1=\"\$2\""; }
json_init() { unset ${JSON_PREFIX}CUR; export -- ${JSON_PREFIX}CUR=J_V; }
json_add_string() { local cur; _set "$1" "$2"; }
json_get_var() { local dest="$1"; eval "export -- \"$dest=\${$2}\""; [ -n "$2" ]; }
json_load() { eval "$(jshn -r "$1")"; }
json_dump() { jshn "$@" -w; }
`

// TestJSONOfScripts tells calls of OpenWrt's library from those of another of its name.
func TestJSONOfScripts(t *testing.T) {
	caller := "#!/bin/sh\n. /usr/share/libubox/jshn.sh\njson_init\njson_add_string psk x\njson_get_var key psk\nuse \"$key\"\n"
	for _, tc := range []struct{ name, file, library, want string }{
		{"the library", "jshn.sh", jshnLike, "use $key"},
		{"another name", "json.sh", jshnLike, "use"},
		{"starts a service", "jshn.sh", jshnLike + "json_init() { telnetd; }\n", "telnetd; use"},
		{"starts it behind another function", "jshn.sh", jshnLike + "_set() { telnetd; }\n", "telnetd; use"},
		{"evaluates it", "jshn.sh", jshnLike + "json_init() { eval \"telnetd -l $1\"; }\n", "telnetd -l; use"},
		{"in the background", "jshn.sh", jshnLike + "json_init() { echo & }\n", "echo; use"},
		{"writes a file", "jshn.sh", jshnLike + "json_init() { echo x >/etc/y; }\n", "echo x; use"},
		{"cannot be parsed", "jshn.sh", jshnLike + "json_dump( {\n", "use"},
		{"reads in a way that is followed", "jshn.sh", strings.Replace(jshnLike, "jshn -r", "telnetd", 1), "use $key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := map[string]string{"bin/s": strings.ReplaceAll(caller, "jshn.sh", tc.file), "usr/share/libubox/" + tc.file: tc.library}
			var ran []string
			for _, c := range list(scriptOf(t, "bin/s", files)) {
				if c.Name != "" {
					ran = append(ran, words(c))
				}
			}
			if got := strings.Join(ran, "; "); got != tc.want {
				t.Errorf("ran %q, want %q", got, tc.want)
			}
		})
	}
}

// TestJSONLibraryItself has all commands of the library in its own entry.
func TestJSONLibraryItself(t *testing.T) {
	s := scriptOf(t, "usr/share/libubox/jshn.sh", map[string]string{"usr/share/libubox/jshn.sh": jshnLike})
	heard := map[string]bool{}
	for _, c := range s.Commands.All() {
		heard[c.Function] = true
	}
	for _, name := range []string{"_set", "json_get_var", "json_dump"} {
		if !heard[name] {
			t.Errorf("no command of %s", name)
		}
	}
}

// scriptOf reads one script of a root file system.
func scriptOf(t *testing.T, name string, files map[string]string) Script {
	t.Helper()
	src := firmware.Source{Name: "image", Folder: bootFolder(files), Modes: true}
	o, err := Observe(t.Context(), src, firmware.Options{}, Scripts)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Scripts.Of(o.For("test", []Node{Scripts}))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no script %s", name)
	return Script{}
}
