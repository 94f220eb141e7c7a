package storage

import (
	"fmt"
	"strings"

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
