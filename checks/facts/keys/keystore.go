package keys

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the key stores have it so
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"unicode/utf16"
)

// How Java's own key stores begin, and the object identifiers of what their private
// keys are encrypted with (sun.security.provider.JavaKeyStore, com.sun.crypto.provider).
var (
	magicJKS    = []byte{0xfe, 0xed, 0xfe, 0xed}
	magicJCEKS  = []byte{0xce, 0xce, 0xce, 0xce}
	oidJavaKeys = []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 42, 2, 17, 1, 1}, {1, 3, 6, 1, 4, 1, 42, 2, 19, 1}}
	javaStream  = []byte{0xac, 0xed, 0x00, 0x05} // a serialised object
)

// Kinds of entries of a key store, and what its digest is salted with.
const (
	javaPrivate = 1
	javaTrusted = 2
	javaSecret  = 3
	javaSalt    = "Mighty Aphrodite"
)

// parseKeyStore finds the first private or secret key of a Java key store. One of
// certificates alone holds none. Its keys are encrypted, each by itself.
func parseKeyStore(b []byte) (*Key, bool) {
	if len(b) > maxKeyRing || len(b) < 12+sha1.Size || !isKeyStore(b) {
		return nil, false
	}
	r := &javaReader{b: b[4 : len(b)-sha1.Size]}
	version, count := r.number(4), r.number(4)
	if version != 1 && version != 2 {
		return nil, false
	}
	for ; count > 0 && !r.bad; count-- {
		kind := r.number(4)
		r.take(r.number(2)) // its name
		r.take(8)           // its date
		switch kind {
		case javaPrivate:
			return r.privateKey(version, b)
		case javaTrusted:
			r.certificate(version)
		case javaSecret:
			return storedKey(b), bytes.HasPrefix(r.b, javaStream)
		default:
			return nil, false
		}
	}
	return nil, false
}

func isKeyStore(b []byte) bool { return bytes.HasPrefix(b, magicJKS) || bytes.HasPrefix(b, magicJCEKS) }

// storedKey is a key of which nothing is known but that it is encrypted.
func storedKey(store []byte) *Key {
	return &Key{Private: true, Encrypted: true, Format: "Java key store", Same: digest(store), sealed: bytes.Clone(store)}
}

// privateKey reads an encrypted key and its certificate, which tells the public half.
func (r *javaReader) privateKey(version int, store []byte) (*Key, bool) {
	var sealed struct {
		Algorithm struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Data []byte
	}
	der := r.take(r.number(4))
	if r.bad || !unmarshal(der, &sealed) || len(sealed.Data) < 32 {
		return nil, false
	}
	if id := sealed.Algorithm.ID; !id.Equal(oidJavaKeys[0]) && !id.Equal(oidJavaKeys[1]) && !isPBE(id) {
		return nil, false
	}
	key := storedKey(store)
	if r.number(4) > 0 {
		key.ofCertificate(r.certificate(version))
	}
	return key, !r.bad
}

// ofCertificate takes the public half from a certificate of the key, if it is one.
func (k *Key) ofCertificate(der []byte) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return
	}
	k.Public = digest(c.RawSubjectPublicKeyInfo)
	if public, ok := ParseSPKI(c.RawSubjectPublicKeyInfo); ok {
		k.Public, k.Algorithm, k.Bits = public.Public, public.Algorithm, public.Bits
	}
}

// javaReader reads numbers, most significant byte first.
type javaReader struct {
	b   []byte
	bad bool
}

func (r *javaReader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *javaReader) number(size int) (n int) {
	for _, c := range r.take(size) {
		n = n<<8 | int(c)
	}
	return n
}

// certificate reads a certificate; version 2 says before it of which type it is.
func (r *javaReader) certificate(version int) []byte {
	if version == 2 {
		r.take(r.number(2))
	}
	return r.take(r.number(4))
}

// keyStoreOpens reports whether a well-known passphrase makes the digest at the end
// of a key store.
func keyStoreOpens(store []byte) bool {
	body, sum := store[:len(store)-sha1.Size], store[len(store)-sha1.Size:]
	for _, p := range knownPassphrases {
		h := sha1.New() //nolint:gosec // as above
		for _, u := range utf16.Encode([]rune(p)) {
			h.Write(binary.BigEndian.AppendUint16(nil, u))
		}
		h.Write([]byte(javaSalt))
		h.Write(body)
		if subtle.ConstantTimeCompare(h.Sum(nil), sum) == 1 {
			return true
		}
	}
	return false
}
