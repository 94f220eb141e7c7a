package storage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
)

// kindOf describes a key: "private RSA key of 2048 bits".
func kindOf(k facts.Key) string {
	words := "private key"
	if k.Algorithm != "" {
		words = "private " + k.Algorithm + " key"
	}
	if k.Symmetric {
		words = strings.Replace(words, "private", "secret", 1)
	}
	if k.Encrypted {
		words = "encrypted " + words
	}
	if k.Token {
		words = "handle of a " + words + " that a security token keeps"
	}
	if k.Bits > 0 && !k.Token && k.Algorithm != "Ed25519" && k.Algorithm != "X25519" {
		words += fmt.Sprintf(" of %d bits", k.Bits)
	}
	return words
}

// indefinite puts the article before words that may begin with an abbreviation.
func indefinite(words string) string {
	if strings.ContainsAny(words[:1], "aeioAEIO") {
		return "an " + words
	}
	return "a " + words
}

// cryptoLibraries carry whole keys, with which they test themselves; the keys
// are published with the libraries' source.
var cryptoLibraries = []string{"libgnutls", "libmbedcrypto", "libmbedtls", "libmbedx509", "libpolarssl", "libwolfssl", "libcrypto", "libgcrypt"}

// selfTest reports whether a key stands inside a cryptographic library, or in
// DER inside a Linux kernel, whose crypto/testmgr.h has such keys.
func selfTest(k facts.Key) bool {
	if k.InKernel {
		return true
	}
	name, version, ok := strings.Cut(path.Base(assay.Inside(k.Location.Path)), ".so")
	return ok && (version == "" || version[0] == '.') && k.Location.Offset > 0 && slices.Contains(cryptoLibraries, name)
}
