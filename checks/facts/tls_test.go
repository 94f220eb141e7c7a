package facts

import (
	"strings"
	"testing"
)

func TestWeakTLS(t *testing.T) {
	for value, want := range map[string]string{
		"TLSv1.2 TLSv1.3":       "",
		"TLSv1 TLSv1.1 TLSv1.2": "TLS 1.0, TLS 1.1",
		"all -SSLv3 -TLSv1":     "",
		"+SSLv3 +TLSv1.2":       "SSLv3",
		"tlsv1.1":               "TLS 1.1",
		"1.0":                   "TLS 1.0",
		"1.2":                   "",
	} {
		if got := strings.Join(weakVersions(value), ", "); got != want {
			t.Errorf("versions %q: %q, want %q", value, got, want)
		}
	}
	for value, want := range map[string]string{
		"BF-CBC":                  "Blowfish",
		"AES-256-GCM:AES-128-GCM": "",
		"AES-256-GCM:?BF-CBC":     "Blowfish",
		"des-ede3-cbc":            "3DES",
		"DES-CBC":                 "DES",
		"none":                    "NULL",
		"CHACHA20-POLY1305":       "",
	} {
		if got := strings.Join(weakTunnel(value), ", "); got != want {
			t.Errorf("tunnel %q: %q, want %q", value, got, want)
		}
	}
	for value, want := range map[string]string{"MD5": "HMAC-MD5", "SHA256": "", "SHA1": "", "none": "packets without authentication"} {
		if got := strings.Join(weakDigest(value), ", "); got != want {
			t.Errorf("digest %q: %q, want %q", value, got, want)
		}
	}
	for value, want := range map[string]string{
		"HIGH:!aNULL:!MD5":                       "",
		"ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA": "",
		"ALL:RC4+RSA:!RC4":                       "",
		"ECDHE-RSA-RC4-SHA":                      "RC4",
		"DES-CBC3-SHA":                           "3DES",
		"EDH-RSA-DES-CBC3-SHA:HIGH":              "3DES",
		"EXP-RC4-MD5":                            "RC4, EXPORT",
		"HIGH:NULL-SHA":                          "NULL",
		"ADH-AES128-SHA":                         "anonymous",
		"HIGH:LOW:3DES":                          "3DES, DES",
		"DEFAULT@SECLEVEL=0":                     "security level 0",
		"DEFAULT:@SECLEVEL=2:-RC4":               "",
		"none":                                   "NULL",
		"":                                       "",
	} {
		if got := strings.Join(weakCiphers(value), ", "); got != want {
			t.Errorf("ciphers %q: %q, want %q", value, got, want)
		}
	}
}
