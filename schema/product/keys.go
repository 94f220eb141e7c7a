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
// number and 32 bytes of Ed25519 key). Of a key of OpenPGP or OpenSSH it looks at
// the outside only, and gives nil.
func (k Key) PublicKey() (crypto.PublicKey, error) { return parsePublicKey(k.Public) }

func parsePublicKey(s string) (crypto.PublicKey, error) {
	if packets, ok := unarmour(s); ok {
		if len(packets) == 0 || !isPublicPacket(packets[0]) {
			return nil, errors.New("holds an ASCII armour without a public key")
		}
		return nil, nil
	}
	if block, _ := pem.Decode([]byte(s)); block != nil {
		return parsePEM(block)
	}
	if key := parseSignify(s); key != nil {
		return key, nil
	}
	if isOpenSSH(s) {
		return nil, nil
	}
	return nil, errors.New("is neither PEM nor a minisign, usign, OpenSSH or OpenPGP key")
}

const (
	pgpBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
	pgpEnd   = "-----END PGP PUBLIC KEY BLOCK-----"
)

// armour gives packets of OpenPGP as text, which a product file can hold.
func armour(packets []byte) string {
	return pgpBegin + "\n\n" + base64.StdEncoding.EncodeToString(packets) + "\n" + pgpEnd + "\n"
}

// unarmour gives the packets in a text; it reports whether that is an ASCII armour
// of public keys (RFC 9580, 6.2) at all.
func unarmour(s string) ([]byte, bool) {
	_, s, begins := strings.Cut(strings.ReplaceAll(s, "\r\n", "\n"), pgpBegin)
	s, _, ends := strings.Cut(s, pgpEnd)
	_, s, body := strings.Cut(s, "\n\n")
	s, _, _ = strings.Cut(s, "\n=")
	packets, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil || !body || !ends {
		packets = nil
	}
	return packets, begins
}

// isPublicPacket tells a packet with a public key of OpenPGP by its first byte
// (RFC 9580, 4.2), isSecretPacket one with a private key.
func isPublicPacket(first byte) bool { return first == 0xc6 || first&^3 == 0x98 }
func isSecretPacket(first byte) bool { return first == 0xc5 || first&^3 == 0x94 }

// isOpenSSH reports whether a text is a line with a public key of OpenSSH: its
// kind, and base64 of what begins with the length of the kind and the kind.
func isOpenSSH(s string) bool {
	f := strings.Fields(s)
	if len(f) < 2 {
		return false
	}
	raw, err := base64.StdEncoding.DecodeString(f[1])
	return err == nil && len(raw) > 4+len(f[0]) && string(raw[4:4+len(f[0])]) == f[0] && int(raw[3]) == len(f[0])
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

// parseSignify reads the format of signify, minisign and usign, or a bare key in
// base64, as OSTree has it.
func parseSignify(s string) crypto.PublicKey {
	for line := range strings.Lines(s) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err == nil && len(raw) == 42 && bytes.HasPrefix(raw, []byte("Ed")) {
			return ed25519.PublicKey(raw[10:])
		}
		if err == nil && len(raw) == ed25519.PublicKeySize {
			return ed25519.PublicKey(raw)
		}
	}
	return nil
}

func checkPublicKey(s string) *problem {
	if _, err := parsePublicKey(s); err != nil {
		return &problem{"does not hold a public key", `Name a file that holds one: public = file("keys/release.pub"); PEM, or a minisign, usign, OpenSSH or OpenPGP key.`}
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
