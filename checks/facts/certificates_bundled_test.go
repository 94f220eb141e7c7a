package facts

import (
	"crypto/x509"
	"strings"
	"testing"
)

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
