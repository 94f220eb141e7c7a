package mcuboot_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

// TestAgainstOpenSSL has openssl make the key and the signature, and verify what
// was read.
func TestAgainstOpenSSL(t *testing.T) {
	tool := reference.Need(t, "openssl")
	for name, c := range map[string]struct {
		key  []string
		hash func([]byte) []byte
		kind uint16 // of the signature
		tlv  uint16 // of the hash
		sign []string
	}{
		"P-256":                {[]string{"EC", "-pkeyopt", "ec_paramgen_curve:P-256"}, sha, 0x22, 0x10, nil},
		"P-384":                {[]string{"EC", "-pkeyopt", "ec_paramgen_curve:P-384"}, sha384, 0x22, 0x11, nil},
		"RSA-2048":             {[]string{"RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, sha, 0x20, 0x10, []string{"-pkeyopt", "digest:sha256", "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32"}},
		"RSA-3072":             {[]string{"RSA", "-pkeyopt", "rsa_keygen_bits:3072"}, sha, 0x23, 0x10, []string{"-pkeyopt", "digest:sha256", "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:32"}},
		"Ed25519":              {[]string{"ED25519"}, sha, 0x24, 0x10, []string{"-rawin"}},
		"Ed25519 over SHA-512": {[]string{"ED25519"}, sha5, 0x24, 0x12, []string{"-rawin"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put := func(name string, b []byte) {
				if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			over := signed(options{protected: []field{counter}})
			reference.Run(t, dir, tool, append([]string{"genpkey", "-out", "key", "-algorithm"}, c.key...)...)
			put("in", c.hash(over))
			reference.Run(t, dir, tool, append([]string{"pkeyutl", "-sign", "-inkey", "key", "-in", "in", "-out", "sig"}, c.sign...)...)
			sig, err := os.ReadFile(filepath.Join(dir, "sig"))
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, append(over, area(0x6907, 0, field{c.tlv, c.hash(over)}, field{c.kind, sig})...)).Signatures[0]
			if s.Problem != "" {
				t.Fatal(s.Problem)
			}
			put("value", s.Value)
			put("message", s.Digest)
			if s.Algorithm == format.Ed25519 {
				put("message", s.Message)
			}
			reference.Run(t, dir, tool, append([]string{"pkeyutl", "-verify", "-inkey", "key", "-in", "message", "-sigfile", "value"}, c.sign...)...)
		})
	}
}
