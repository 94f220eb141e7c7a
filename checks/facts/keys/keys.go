// Package keys parses private and public keys: it gets bytes, or the name of a file and
// its bytes, and tells of what kind a key is and how large, with the digest of its public
// half. A key counts when it parses and its numbers fit each other, never by its label.
// The private part is not kept.
//
// Forms that stand in the middle of other bytes have a word, which whoever searches a
// file looks for; the parser gets the place of the word. The package searches no file
// for them itself, and knows neither images nor facts. All input may be hostile: sizes
// are bounded, and a parser that is not sure says false.
//
// Beside that there is the arithmetic on public numbers that tells weak keys.
package keys

import (
	"crypto/sha256"

	"github.com/assay-iot/assay"
)

// Key is a private or public key that was parsed, never just its label. The
// private part is not kept.
type Key struct {
	Private   bool
	Symmetric bool   `json:",omitempty"` // a secret that both ends hold
	Encrypted bool   // a private key behind a passphrase
	Closed    bool   `json:",omitempty"` // a passphrase closes the file whole: whether it holds a private key is not known
	Token     bool   `json:",omitempty"` // the handle of a private key that a security token keeps
	Format    string // "PEM", "DER", "PKCS#12", "OpenSSH", "dropbear", "SSH public key", "Java key store", "age", "OpenPGP", "WireGuard", …
	Algorithm string // "RSA", "EC", "Ed25519", …; empty if a passphrase hides it
	Bits      int    // size of the modulus or of the curve; 0 if hidden or fixed
	Shown     bool   `json:",omitempty"` // it stands in the text for people of a module that others publish
	InKernel  bool   // it stands in a Linux kernel, which tests its own ciphers with published keys
	// Public is the SHA-256 of the public half as SubjectPublicKeyInfo (RFC 5280,
	// 4.1), to find what fits together; empty if a passphrase hides it.
	Public assay.Digest
	// Number names the public half as the blocklists of badkeys do; see [Number].
	Number string `json:",omitempty"`
	// Same is equal for keys with the same content: Public, or the SHA-256 of the
	// encrypted bytes.
	Same     assay.Digest
	Location assay.Location // where it stands; who knows the file says it

	rsa    *RSAPublic // the public numbers, for arithmetic; not stored
	sealed []byte     // a PKCS #12 file or key store whose passphrase may be a well-known one; not stored
}

// RSA gives the public numbers of an RSA key, for arithmetic; nil of other keys.
func (k *Key) RSA() *RSAPublic { return k.rsa }

// Sealed reports whether the key stands in a PKCS #12 file or key store whose passphrase
// may be a well-known one.
func (k *Key) Sealed() bool { return k.sealed != nil }

// Unseal tries the well-known passphrases; a key that one of them opens is not encrypted.
// It takes up to some milliseconds for each.
func (k *Key) Unseal() { k.Encrypted = !opensWithKnown(k.sealed) }

// Forget drops the bytes of the file that the key was sealed in.
func (k *Key) Forget() { k.sealed = nil }

// Limits of what is parsed.
const (
	MaxDER     = 64 << 10  // bytes of a key or certificate on its own
	MaxPEM     = 256 << 10 // bytes of one PEM block
	maxBlocks  = 10000     // blocks of one file
	maxKeyBits = 16384
)

// ParseFile parses a file that is nothing but one key, in another form than PEM or DER:
// key stores of Java and Bouncy Castle, OpenPGP, GnuPG, WireGuard, age, dropbear and
// OpenSSH. Some are told by the file's name, or by its path inside the image: name is that path.
func ParseFile(name string, content []byte) (*Key, bool) {
	for _, parse := range []func([]byte) (*Key, bool){parseKeyStore, parseBouncy, parseBCFKS, parseOpenPGP, parseGcrypt} {
		if key, ok := parse(content); ok {
			return key, true
		}
	}
	for _, parse := range []func(string, []byte) (*Key, bool){tunnelFile, parseAgeFile} {
		if key, ok := parse(name, content); ok {
			return key, true
		}
	}
	if len(content) > MaxDER {
		return nil, false
	}
	if key, ok := ParseDropbear(content); ok {
		return key, true
	}
	if key, ok := parseOpenSSH(content); ok {
		return key, true
	}
	return nil, false
}

// ParseDER parses one DER structure as a private key, a public key or a PKCS #12 file.
func ParseDER(der []byte) (*Key, bool) {
	if key, ok := ParsePrivateDER(der); ok {
		key.Format = "DER"
		return key, true
	}
	if !beginsWithSequence(der) {
		return parsePKCS12(der)
	}
	key, ok := ParseSPKI(der)
	if ok {
		key.Format = "DER"
	}
	return key, ok
}

func digest(b []byte) assay.Digest { return assay.SHA256(sha256.Sum256(b)) }

// IsBase64 reports whether a byte is a letter of base64 (RFC 4648, 4).
func IsBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}
