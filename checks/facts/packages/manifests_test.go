package packages

import (
	"fmt"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"opkg": {
			"usr/lib/opkg/status", "Package: dropbear\nVersion: 2022.83-1\nDepends: libc, zlib (>= 1.2), a | b\nLicense: MIT\nStatus: install user installed\n",
			"dropbear 2022.83-1 MIT [libc zlib a] 1",
		},
		"apk": {
			"lib/apk/db/installed", "P:dropbear\nV:2022.83-r1\nL:MIT\nD:so:libc.musl-arm.so.1 zlib>=1.2 !other /bin/sh\n",
			"dropbear 2022.83-r1 MIT [zlib] 1",
		},
		"Yocto": {
			"usr/share/common-licenses/license.manifest", "PACKAGE NAME: busybox\nPACKAGE VERSION: 1.35.0\nRECIPE NAME: busybox\nLICENSE: GPL-2.0-only & bzip2-1.0.4\n\nPACKAGE NAME: libz1\nPACKAGE VERSION: 1.2.11\nRECIPE NAME: zlib\nLICENSE: Zlib\n",
			"busybox 1.35.0 GPL-2.0-only & bzip2-1.0.4 [] 1, libz1 1.2.11 Zlib [] 6",
		},
		"Buildroot": {
			"usr/share/legal-info/manifest.csv", "\"PACKAGE\",\"VERSION\",\"LICENSE\",\"LICENSE FILES\"\n\"busybox\",\"1.36.1\",\"GPL-2.0, bzip2-1.0.4\",\"LICENSE\"\n\"skeleton\",\"\",\"unknown\",\"\"\n",
			"busybox 1.36.1 GPL-2.0, bzip2-1.0.4 [] 2",
		},
		"another table": {"srv/manifest.csv", "name,price\nbread,1.20\n", ""},
		"node": {
			"usr/lib/node_modules/@acme/agent/package.json", `{"name": "@acme/agent", "version": "1.2.0", "license": "MIT", "dependencies": {"ws": "^8", "ms": "2"}}`,
			"@acme/agent 1.2.0 MIT [ms ws] 0",
		},
		"node, as of old": {"app/node_modules/ms/package.json", `{"name": "ms", "version": "0.7.1", "license": {"type": "MIT", "url": "x"}}`, "ms 0.7.1 MIT [] 0"},
		"a maker's own":   {"app/package.json", `{"name": "app", "version": "1"}`, ""},
		"broken":          {"app/node_modules/ms/package.json", `{"name": `, ""},
		"python": {
			"usr/lib/python3/dist-packages/paho_mqtt-1.6.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: paho-mqtt\nVersion: 1.6.1\nLicense: EPL-2.0\nRequires-Dist: PySocks ; extra == 'proxy'\nRequires-Dist: six (>=1.9) ; python_version < '3'\n\nName: in the text\n",
			"paho-mqtt 1.6.1 EPL-2.0 [six] 0",
		},
		"node's lock": {
			"opt/app/package-lock.json", `{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "app", "version": "1.0.0"}, "node_modules/lodash": {"version": "4.17.15", "license": "MIT"}, "node_modules/a/node_modules/@s/b": {"version": "2.0.0"}, "node_modules/jest": {"version": "29.0.0", "dev": true}, "node_modules/own": {"link": true}, "lib/own": {"version": "1.0.0"}, "node_modules/alias": {"name": "real", "version": "3.0.0"}}}`,
			"@s/b 2.0.0  [] 0, real 3.0.0  [] 0, lodash 4.17.15 MIT [] 0",
		},
		"node's lock, as of old": {
			"opt/app/npm-shrinkwrap.json", `{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "requires": {"b": "^2"}, "dependencies": {"b": {"version": "2.0.0"}}}, "jest": {"version": "29.0.0", "dev": true}, "fork": {"version": "git+https://git.example/fork.git#1"}}}`,
			"a 1.0.0  [] 0, b 2.0.0  [] 0",
		},
		"a lock that was published": {"app/node_modules/ms/package-lock.json", `{"lockfileVersion": 3, "packages": {"node_modules/x": {"version": "1"}}}`, ""},
		"a lock in a gem":           {"usr/lib/ruby/gems/3.1.0/gems/typeprof-0.21.2/vscode/package-lock.json", `{"lockfileVersion": 3, "packages": {"node_modules/x": {"version": "1"}}}`, ""},
		"broken lock":               {"opt/app/package-lock.json", `{"packages": [`, ""},
		"python, one file":          {"usr/lib/python3/dist-packages/six.egg-info", "Metadata-Version: 1.1\nName: six\nVersion: 1.16.0\n", "six 1.16.0  [] 0"},
		"recipe":                    {"usr/share/common-licenses/zlib/recipeinfo", "LICENSE: Zlib\nPR: r0\nPV: 1.2.11\n", "zlib 1.2.11 Zlib [] 0"},
		"recipe without a version":  {"usr/share/common-licenses/zlib/recipeinfo", "LICENSE: Zlib\n", ""},
		"python without a version":  {"x.egg-info/PKG-INFO", "Name: x\nLicense: UNKNOWN\n", ""},
	} {
		var got []string
		for _, p := range Read(Kind(c.file), c.file, []byte(c.content)) {
			got = append(got, fmt.Sprint(p.Name, " ", p.Version, " ", p.Licence, " ", p.Depends, " ", p.Location.Line))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, kind := range []string{"npm", "npm-lock", "pypi", "yocto", "recipe", "buildroot"} {
		f.Add(kind, []byte("Name: a\nVersion: 1\nPACKAGE NAME: b\nPACKAGE VERSION: 2\n\n"))
	}
	f.Add("npm", []byte(`{"name": "a", "version": "1", "license": []}`))
	f.Add("npm-lock", []byte(`{"dependencies": {"a": {"version": "1", "dependencies": {"b": {"version": "2"}}}}}`))
	f.Add("npm-lock", []byte(`{"packages": {"node_modules/a": {"version": "1"}}}`))
	f.Add("recipe", []byte("LICENSE: MIT\nPV: 1\n"))
	f.Add("buildroot", []byte("\"PACKAGE\",\"VERSION\",\"LICENSE\"\na,1,\"x\n"))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		for _, p := range Read(kind, "usr/share/common-licenses/zlib/recipeinfo", data) {
			if p.Name == "" || p.Version == "" || p.Location.Offset+p.Location.Length > int64(len(data)) {
				t.Errorf("%s: read %+v from %q", kind, p, data)
			}
		}
	})
}
