package product

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// PublicKey parses the key: PEM of a public key or certificate, or a minisign
// or usign public key (a comment line, then base64 of "Ed", eight bytes of key
// number and 32 bytes of Ed25519 key).
func (k Key) PublicKey() (crypto.PublicKey, error) { return parsePublicKey(k.Public) }

func parsePublicKey(s string) (crypto.PublicKey, error) {
	if block, _ := pem.Decode([]byte(s)); block != nil {
		return parsePEM(block)
	}
	if key := parseSignify(s); key != nil {
		return key, nil
	}
	return nil, errors.New("is neither PEM nor a minisign or usign key")
}

func parsePEM(block *pem.Block) (crypto.PublicKey, error) {
	switch block.Type {
	case "CERTIFICATE":
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("holds a certificate that does not parse: %w", err)
		}
		return cert.PublicKey, nil
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	}
	return nil, fmt.Errorf("holds PEM of type %q, not a public key or certificate", block.Type)
}

// parseSignify reads the format of signify, minisign and usign.
func parseSignify(s string) crypto.PublicKey {
	for line := range strings.Lines(s) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err == nil && len(raw) == 42 && bytes.HasPrefix(raw, []byte("Ed")) {
			return ed25519.PublicKey(raw[10:])
		}
	}
	return nil
}

func checkPublicKey(s string) *problem {
	if _, err := parsePublicKey(s); err != nil {
		return &problem{"does not hold a public key", `Name a file that holds one: public = file("keys/release.pub"); PEM, or a minisign or usign key.`}
	}
	return nil
}

// algorithmOf names the kind of a key as the attribute algorithm does; "" if it
// is none of those.
func algorithmOf(key crypto.PublicKey) string {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return "ed25519"
	case *ecdsa.PublicKey:
		return "ecdsa-" + strings.ToLower(strings.ReplaceAll(key.Params().Name, "-", ""))
	case *rsa.PublicKey:
		return fmt.Sprintf("rsa-%d", key.N.BitLen())
	}
	return ""
}
