package keys

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the key stores have it so
	"crypto/subtle"
	"encoding/asn1"
	"encoding/binary"
	"slices"
)

// Kinds of entries of Bouncy Castle's key stores (its BcKeyStoreSpi).
const (
	bouncyEnd = iota
	bouncyCertificate
	bouncyKey // not encrypted
	bouncySecret
	bouncySealed
)

const (
	bouncySalt   = 20
	bouncyHeader = 4 + 4 + bouncySalt + 4 // version, length of the salt, salt, rounds
	uberBlock    = 16                     // of Twofish
	minUber      = 64                     // bytes of an entry and a digest
	maxBouncyPBE = 65536                  // rounds; the reader takes no more
)

// parseBouncy finds the first private or secret key of a key store of Bouncy Castle.
// In one of the kind BKS the entries stand in clear, their keys encrypted; one of the
// kind UBER is encrypted whole, and nothing tells what it holds.
func parseBouncy(b []byte) (*Key, bool) {
	if len(b) > maxKeyRing || len(b) < bouncyHeader+sha1.Size || !isBouncy(b) {
		return nil, false
	}
	key, entries := bouncyEntries(b)
	switch body := b[bouncyHeader:]; {
	case key != nil:
		return key, true
	case entries:
		return nil, false // certificates alone
	case len(body)%uberBlock == 0 && len(body) >= minUber && variety(body) > minUber/2:
		return closedStore("Bouncy Castle key store (UBER)", b), true
	}
	return nil, false
}

// isBouncy looks at version, salt and rounds.
func isBouncy(b []byte) bool {
	version, salt := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	rounds := binary.BigEndian.Uint32(b[bouncyHeader-4:])
	return version <= 2 && salt == bouncySalt && rounds >= 16 && rounds <= maxBouncyPBE && variety(b[8:8+bouncySalt]) > bouncySalt/2
}

// bouncyEntries goes through the entries up to the first key; whole reports that they
// are entries up to the digest.
func bouncyEntries(store []byte) (key *Key, whole bool) {
	r := &javaReader{b: store[bouncyHeader : len(store)-sha1.Size]}
	for !r.bad {
		kind := r.number(1)
		if kind == bouncyEnd {
			return nil, !r.bad && len(r.b) == 0
		}
		if kind > bouncySealed {
			return nil, false
		}
		r.take(r.number(2)) // its name
		r.take(8)           // its date
		var chain []byte
		for n := r.number(4); n > 0 && !r.bad; n-- {
			if der := r.certificate(2); chain == nil {
				chain = der
			}
		}
		if kind == bouncyCertificate {
			r.certificate(2)
			continue
		}
		if key := bouncyKeyOf(kind, r, store); key != nil && !r.bad {
			if key.Public == "" {
				key.ofCertificate(chain)
			}
			return key, true
		}
	}
	return nil, false
}

// bouncyKeyOf reads what an entry holds. A public key is none.
func bouncyKeyOf(kind int, r *javaReader, store []byte) *Key {
	key := &Key{Private: true, Encrypted: true, Format: "Bouncy Castle key store", Same: digest(store), sealed: bytes.Clone(store)}
	if kind != bouncyKey {
		r.take(r.number(4))
		return key
	}
	half := r.number(1)
	r.take(r.number(2)) // format
	r.take(r.number(2)) // algorithm
	der := r.take(r.number(4))
	if open, ok := ParsePrivateDER(der); ok {
		key = open
	}
	key.Private, key.Encrypted, key.Format, key.Symmetric = half != 1, false, "Bouncy Castle key store", half == 2
	key.sealed = nil
	if half == 1 {
		return nil
	}
	return key
}

// bouncyOpens reports whether a well-known passphrase makes the digest at the end of a
// key store of the kind BKS.
func bouncyOpens(store []byte) bool {
	salt := store[8 : 8+bouncySalt]
	rounds := int(binary.BigEndian.Uint32(store[bouncyHeader-4:]))
	body, sum := store[bouncyHeader:len(store)-sha1.Size], store[len(store)-sha1.Size:]
	return slices.ContainsFunc(knownPassphrases, func(p string) bool {
		secret := pkcs12Key(sha1.New, p, salt, min(rounds, maxPKCS12Rounds))
		if store[3] != 2 { // earlier versions took the length in bytes for one in bits
			secret = secret[:sha1.Size/8]
		}
		h := hmac.New(sha1.New, secret)
		h.Write(body)
		return subtle.ConstantTimeCompare(h.Sum(nil), sum) == 1
	})
}

// closedStore is a file that a passphrase closes whole: it may hold a key or not.
func closedStore(format string, b []byte) *Key {
	return &Key{Closed: true, Format: format, Same: digest(b)}
}

// parseBCFKS knows a key store of Bouncy Castle's kind for FIPS: contents encrypted
// whole, and what their integrity is checked by.
func parseBCFKS(b []byte) (*Key, bool) {
	if n, ok := DERLength(b); !ok || n != len(b) || n > maxKeyRing {
		return nil, false
	}
	var store struct {
		Sealed struct {
			Algorithm struct {
				ID         asn1.ObjectIdentifier
				Parameters asn1.RawValue
			}
			Data []byte
		}
		Check struct {
			MAC        struct{ ID, Parameters asn1.RawValue }
			Derivation struct{ ID, Parameters asn1.RawValue }
			Sum        []byte
		}
	}
	if !unmarshal(b, &store) || !store.Sealed.Algorithm.ID.Equal(oidPBES2) || len(store.Sealed.Data) < 32 || len(store.Check.Sum) < sha1.Size {
		return nil, false
	}
	return closedStore("Bouncy Castle key store (BCFKS)", b), true
}
