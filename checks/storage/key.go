package storage

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
)

// inside is a place without the containers around it, as a message names it.
func inside(l assay.Location) string {
	return l.Path[strings.LastIndex(l.Path, "!")+1:]
}

// kindOf describes a key: "private RSA key of 2048 bits".
func kindOf(k facts.Key) string {
	words := "private key"
	if k.Algorithm != "" {
		words = "private " + k.Algorithm + " key"
	}
	if k.Encrypted {
		words = "encrypted " + words
	}
	if k.Bits > 0 && k.Algorithm != "Ed25519" && k.Algorithm != "X25519" {
		words += fmt.Sprintf(" of %d bits", k.Bits)
	}
	return words
}

func article(words string) string {
	if strings.HasPrefix(words, "e") {
		return "an " + words
	}
	return "a " + words
}
