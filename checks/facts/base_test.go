package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// An archive with folders as of a root is one where it is delivered as such, and none
// where a program has it in a root.
func TestRootsOfArchives(t *testing.T) {
	archive := firmwaretest.Zip(
		firmwaretest.Text("bin/start", 0o755, "#!/bin/sh\n"), firmwaretest.Text("lib/app.jar", 0o644, "x"), firmwaretest.Text("etc/app.conf", 0o644, "y"))
	for name, c := range map[string]struct {
		image []byte
		want  int
	}{
		"delivered": {archive, 1},
		"in a part": {firmwaretest.Tar(firmwaretest.Binary("rootfs.zip", 0o644, archive)), 1},
		"in a root": {firmwaretest.Squashfs(firmwaretest.Dir("etc", 0o755), firmwaretest.Dir("bin", 0o755), firmwaretest.Binary("opt/app.zip", 0o644, archive)), 1},
		"deeper":    {firmwaretest.Squashfs(firmwaretest.Dir("etc", 0o755), firmwaretest.Dir("bin", 0o755), firmwaretest.Binary("opt/all.tar", 0o644, firmwaretest.Tar(firmwaretest.Binary("app.zip", 0o644, archive)))), 1},
	} {
		o, err := Observe(t.Context(), firmware.Bytes("image.bin", c.image), firmware.Options{}, Roots)
		if err != nil {
			t.Fatal(err)
		}
		if roots := valueOf(t, o, Roots); len(roots) != c.want {
			t.Errorf("%s: %v", name, roots)
		}
	}
}

// The modules of a wheel are published ones as those that are installed; those of a
// program's own archive are its own.
func TestUnverifiedInArchives(t *testing.T) {
	module := firmwaretest.Zip(firmwaretest.Text("app/net.py", 0o644, "import requests\nrequests.get(url, verify=False)\n"))
	for name, want := range map[string]int{"usr/share/python-wheels/app.whl": 0, "opt/app.pyz": 1} {
		image := firmwaretest.Squashfs(firmwaretest.Dir("etc", 0o755), firmwaretest.Dir("bin", 0o755), firmwaretest.Binary(name, 0o644, module))
		o, err := Observe(t.Context(), firmware.Bytes("image.bin", image), firmware.Options{}, UnverifiedTLS)
		if err != nil {
			t.Fatal(err)
		}
		if found := valueOf(t, o, UnverifiedTLS); len(found) != want {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestClassOf(t *testing.T) {
	for name, want := range map[string]PathClass{
		"usr/lib/python3/site-packages/foo/test_data/certs/key.pem":                  Tests,
		"usr/share/python-wheels/foo.whl!zip!foo/_test/a.pem":                        Tests,
		"opt/lib.jar!zip!com/a/unittest/key.pem":                                     Tests,
		"opt/app/node_modules/x/__tests__/key.pem":                                   Tests,
		"opt/app/node_modules/x/fixtures/key.pem":                                    Tests,
		"opt/app/node_modules/x/spec/key.pem":                                        Tests,
		"opt/app/node_modules/x/demo/key.pem":                                        Examples,
		"usr/share/zoneminder/www/vendor/firebase/php-jwt/README.md":                 Documentation,
		"usr/lib/python3/dist-packages/Cryptodome/SelfTest/IO/x.py":                  Tests,
		"usr/lib/python3/dist-packages/cryptography_vectors/x509/a.pem":              Tests,
		"usr/lib/python3/dist-packages/ecdsa/test_keys.py":                           Tests,
		"usr/lib/python3/dist-packages/ansible_collections/a/b/playbooks/x.yml":      Examples,
		"usr/lib/python3/dist-packages/ansible_collections/a/b/molecule/x/y.yml":     Tests,
		"usr/lib/python3/dist-packages/ansible_collections/a/b/plugins/modules/x.py": Product,
		"opt/app/node_modules/x/lib/key.test.js":                                     Tests,
		"usr/share/gocode/src/a/key_test.go":                                         Tests,
		"usr/share/coturn/testmongosetup.sh":                                         Tests,
		"usr/share/coturn/testsqldbsetup.sql":                                        Tests,
		"usr/share/acme/setup.sh":                                                    Product,
		"usr/share/acme/testmode.sh":                                                 Product,
		"opt/acme/testsetup.sh":                                                      Product,
		"opt/app/test_keys.py":                                                       Product,
		"opt/app/vectors/a.pem":                                                      Product,
		"opt/selftest/a.pem":                                                         Product,
		"etc/ansible/playbooks/x.yml":                                                Product,
		"opt/app/fixtures/users.json":                                                Product,
		"opt/demo/key.pem":                                                           Product,
		"etc/ssl/README.md":                                                          Product,
		"etc/vendor":                                                                 Product,
		"opt/vendor/server.key":                                                      Product,
		"opt/contest/key.pem":                                                        Product,
		"vendor/etc/demo/server.key":                                                 Product,
		"system/vendor/etc/spec/server.key":                                          Product,
	} {
		if got := ClassOf("fw.bin!squashfs!" + name); got != want {
			t.Errorf("%s: class %d, want %d", name, got, want)
		}
	}
}
