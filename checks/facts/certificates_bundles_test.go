package facts

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
)

// TestBundledCertificates has certificates in a program: a list of authorities is that
// of others, a few are not, nor is the device's own far from the list.
func TestBundledCertificates(t *testing.T) {
	certificates := func(path string, n int, ca, self bool, from, step int64) (all []KeyMaterial) {
		for i := range n {
			c := &Certificate{Subject: fmt.Sprint(i), CA: ca, SelfSigned: self}
			c.Location.Path, c.Location.Offset = path, from+int64(i)*step
			all = append(all, KeyMaterial{Certificate: c})
		}
		return all
	}
	for name, tc := range map[string]struct {
		all  []KeyMaterial
		want int
	}{
		"a list":                    {certificates("root!usr/bin/node", 140, true, true, 4096, 2000), 140},
		"a few":                     {certificates("root!usr/bin/app", 4, true, true, 4096, 2000), 0},
		"certificates of devices":   {certificates("root!usr/bin/app", 140, false, true, 4096, 2000), 0},
		"intermediates of one root": {certificates("root!usr/bin/app", 140, true, false, 4096, 2000), 0},
		"far from each other":       {certificates("root!usr/bin/app", 140, true, true, 4096, 1<<20), 0},
		"in files of their own":     {append(certificates("root!a", 15, true, true, 0, 2000), certificates("root!b", 15, true, true, 0, 2000)...), 0},
		"one more, elsewhere":       {append(certificates("root!usr/bin/node", 140, true, true, 4096, 2000), certificates("root!usr/bin/node", 1, true, true, 9<<20, 1)...), 140},
	} {
		got := 0
		for _, m := range bundleCertificates(tc.all) {
			if m.Certificate.Class() == CABundles && m.OfOthers() {
				got++
			}
		}
		if got != tc.want {
			t.Errorf("%s: %d are others', want %d", name, got, tc.want)
		}
	}
}

func TestProbeKeys(t *testing.T) {
	const public = "sha256:de40cc4b0335addabe664e9d770f2548999af62a1f73c47e45c9173eae67956d"
	key := func(path, public string) Key {
		k := Key{Private: true}
		k.Location.Path = path
		k.Public = assay.Digest(public)
		return k
	}
	for _, tc := range []struct {
		path, public string
		want         bool
	}{
		{"i!opt/gw.jar!zip!io/netty/handler/ssl/OpenSsl.class", public, true},
		{"i!opt/gw.jar!zip!com/vendor/shaded/io/netty/handler/ssl/OpenSsl.class", public, true},
		{"i!etc/ssl/server.key", public, false},                            // somebody serves with it
		{"i!opt/gw.jar!zip!io/netty/handler/ssl/OpenSsl.class", "", false}, // another key
	} {
		if k := key(tc.path, tc.public); k.Probe() != tc.want || k.SelfTest() != tc.want {
			t.Errorf("%s: %t, want %t", tc.path, k.Probe(), tc.want)
		}
	}
}

// The roots that a program is built with are those of others; few of them, what is no
// root, and what the image has the key of are the device's own.
func TestCertificatesBundled(t *testing.T) {
	root := func() string { return pemOf("CERTIFICATE", selfSigned(t, testKeys().ec, true)) + "\x00" }
	many := func() string { return "\x7fELF" + strings.Repeat("\x00", 60) + strings.Repeat(root(), leastBundle) }
	for name, tc := range map[string]struct {
		files map[string]string
		want  int
	}{
		"a bundle":           {map[string]string{"usr/bin/node": many()}, leastBundle},
		"few":                {map[string]string{"usr/bin/node": root() + root()}, 0},
		"and one of its own": {map[string]string{"usr/bin/node": many() + pemOf("CERTIFICATE", selfSigned(t, testKeys().rsa, false))}, leastBundle},
		"with the key":       {map[string]string{"usr/bin/node": many(), "etc/key.pem": pemOf("PRIVATE KEY", der(x509.MarshalPKCS8PrivateKey(testKeys().ec)))}, 0},
	} {
		bundled := 0
		for _, c := range observed(t, Certificates, tc.files) {
			if c.Class() == CABundles {
				bundled++
			}
		}
		if bundled != tc.want {
			t.Errorf("%s: %d are of a bundle, want %d", name, bundled, tc.want)
		}
	}
}
