package facts

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// Key is a private or public key that was parsed.
type Key = keys.Key

// KeyMaterial is what one scan finds: either a key or a certificate.
type KeyMaterial struct {
	Key         *Key
	Certificate *Certificate
}

var keyScan = &Scan[KeyMaterial]{
	Name:    "key-material",
	Version: 9,
	Doc:     "Keys and certificates in PEM, DER, OpenSSH, dropbear, OpenPGP and other forms, anywhere in a file.",
	Want: func(f *firmware.File) bool {
		return (f.Kind == firmware.Regular || f.Kind == firmware.Raw) && f.Size >= minKeyFile
	},
	Words: keyWords,
	Spot:  seeKeys,
}

const (
	minKeyFile = 44     // bytes; a key of WireGuard
	maxKeys    = 10000  // items kept of one file
	maxRawDER  = 100000 // places of a raw range at which a DER structure is tried
	// maxWordTries is the number of places in one file at which a word of a key is tried.
	maxWordTries = 1000
	maxUnsealed  = 50 // files of an image at which the well-known passphrases are tried
)

// keyWords are how keys begin, or what stands before them.
var keyWords = newLiterals(slices.Concat([]string{keys.PEMWord, wrappedPEM, widePEM, keys.SignerWord, keys.PuTTYWord, keys.JWKWord, keys.AgeWord, wrappedRSA, wrappedEd25519, wrappedEC}, keys.BareWords, keys.HexWords, tunnelWords, keys.SSHWords, rawMarks, privateMarks))

// The places of keyWords.
const (
	wordPEM = iota
	wordWrapped
	wordWide
	wordSigner
	wordPuTTY
	wordObject
	wordAge
	wordHostRSA
	wordHostEd25519
	wordHostEC
	wordBare // and those behind it
)

// The places of the words that follow.
var (
	wordHex     = wordBare + len(keys.BareWords)
	wordTunnel  = wordHex + len(keys.HexWords)
	wordSSH     = wordTunnel + len(tunnelWords)
	wordRaw     = wordSSH + len(keys.SSHWords)
	wordPrivate = wordRaw + len(rawMarks)
)

// seeKeys looks at a whole file first, then for what stands at the words and, in raw
// ranges, for DER anywhere: a flat program has no file around its key.
func seeKeys(f *firmware.File, content []byte, words sights) []KeyMaterial {
	if m, ok := wholeFile(f, content); ok {
		m.place(AtSecret(f), f)
		return []KeyMaterial{m}
	}
	var found []KeyMaterial
	if words.Has(wordPEM, wordPEM+1) {
		found = pemMaterial(f, content)
	}
	if words.Has(wordWrapped, wordSSH) {
		found = append(found, otherMaterial(f, content, words)...)
	}
	found = withoutManuals(f, content, found)
	if words.Has(wordSSH, wordRaw) {
		found = append(found, sshPublicKeys(f, content)...)
	}
	switch {
	case f.Kind == firmware.Raw:
		found = append(found, rawMaterial(f, content, words)...)
		found = append(found, compiledKeys(f, content, found, words)...)
		found = append(found, numbersBeside(f, content, found)...)
	case !IsText(content): // a program, or what a program reads: firmware of another chip, a store of the maker's own
		found = append(found, compiledKeys(f, content, found, words)...)
	}
	return found[:min(len(found), maxKeys)]
}

// otherMaterial parses what stands at the other words.
func otherMaterial(f *firmware.File, content []byte, words sights) []KeyMaterial {
	var found []KeyMaterial
	tunnels := f.Kind == firmware.Regular && len(content) <= maxTextOf(f) && IsText(content)
	last := wordTunnel // behind the words that are tried here; those of tunnels in texts only
	if tunnels {
		last += len(tunnelWords)
	}
	tries, past := 0, 0
	words.Each(func(word, at int) bool {
		if word < wordWrapped || word >= last {
			return true
		}
		if tries++; tries > maxWordTries || len(found) >= maxKeys {
			return false
		}
		var more []KeyMaterial
		switch {
		case at < past || coveredBy(found, at):
		case word == wordWrapped:
			more, past = wrappedMaterial(f, content, at)
		case word >= wordHostRSA && word <= wordHostEC:
			key, n, ok := parseWrappedHost(content[at:])
			found = withKey(found, f, key, at, n, ok)
		case word == wordWide:
			more, past = wideMaterial(f, content, at)
		case word == wordSigner:
			key, n, ok := keys.ParseSigner(content[at:])
			found = withKey(found, f, key, at, n, ok)
		case word == wordPuTTY:
			key, n, ok := keys.ParsePuTTY(content[at:])
			found = withKey(found, f, key, at, n, ok)
		case word == wordObject:
			key, from, n, ok := keys.ParseJWK(content, at)
			found = withKey(found, f, key, from, n, ok)
		case word == wordAge:
			key, n, ok := keys.ParseAge(content[at:])
			found = withKey(found, f, key, at, n, ok)
		case word < wordHex:
			key, from, n, ok := keys.ParseBare(content, at)
			found = withKey(found, f, key, from, n, ok)
		case word < wordTunnel:
			key, from, n, ok := keys.ParseHex(content, at)
			found = withKey(found, f, key, from, n, ok)
		default:
			if m, ok := tunnelKey(f, content, at, keyWords.Words[word]); ok {
				more = append(more, m)
			}
		}
		found = append(found, more...)
		return true
	})
	return found
}

// withKey adds a key that was found at a place.
func withKey(found []KeyMaterial, f *firmware.File, key *Key, from, length int, ok bool) []KeyMaterial {
	if !ok {
		return found
	}
	m := KeyMaterial{Key: key}
	m.place(assay.Location{Path: f.Path, Offset: int64(from), Length: int64(length)}, f)
	return append(found, m)
}

// wholeFile parses a file that is nothing but one key or certificate.
func wholeFile(f *firmware.File, content []byte) (KeyMaterial, bool) {
	if key, ok := keys.ParseFile(f.Path, content); ok {
		return KeyMaterial{Key: key}, true
	}
	if n, ok := keys.DERLength(content); !ok || n != len(content) || n > keys.MaxDER {
		return KeyMaterial{}, false
	}
	return derMaterial(content)
}

// derMaterial parses one DER structure as a private key, a public key or a
// certificate.
func derMaterial(der []byte) (KeyMaterial, bool) {
	if key, ok := keys.ParseDER(der); ok {
		return KeyMaterial{Key: key}, true
	}
	if cert, ok := parseCertificateDER(der); ok {
		return KeyMaterial{Certificate: cert}, true
	}
	return KeyMaterial{}, false
}

var kernelBanner = []byte("Linux version ")

// rawMarks are how a structure in flat code may begin: a sequence with a length of
// two bytes, and the public keys in DER that are shorter, as SubjectPublicKeyInfo: on
// P-256 and P-384, and of Ed25519 (RFC 5480, RFC 8410).
var rawMarks = []string{
	"\x30\x82",
	"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
	"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
	"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
}

// rawMaterial tries each place of a raw range at which a DER sequence of a fitting
// length begins.
func rawMaterial(f *firmware.File, content []byte, words sights) []KeyMaterial {
	var found []KeyMaterial
	kernel := bytes.Contains(content, kernelBanner)
	tries, end := 0, 0 // end is that of the last structure
	words.Each(func(word, at int) bool {
		mark := word - wordRaw
		if mark < 0 || mark >= len(rawMarks) || at < end {
			return true
		}
		if tries++; tries > maxRawDER {
			return false
		}
		least := len(rawMarks[mark])
		if mark == 0 {
			least = 128
		}
		n, ok := keys.DERLength(content[at:])
		if !ok || n < least || n > keys.MaxDER || at+n > len(content) {
			return true
		}
		if first := content[at+4]; mark == 0 && first != asn1.TagInteger && first != asn1.TagSequence|0x20 {
			return true // chance: every key and certificate begins with a version or a structure
		}
		m, ok := parseRaw(content[at:at+n], kernel)
		if !ok {
			return true
		}
		m.place(assay.Location{Path: f.Path, Offset: int64(at), Length: int64(n)}, f)
		if m.Key != nil {
			m.Key.InKernel = kernel
		}
		found = append(found, m)
		end = at + n
		return true
	})
	return found
}

// parseRaw parses a structure in flat code: there, an RSA public key may stand as
// PKCS #1 has it, as boot loaders do; it must be of a usual size and exponent. A
// kernel has such keys for its own tests.
func parseRaw(der []byte, kernel bool) (KeyMaterial, bool) {
	if m, ok := derMaterial(der); ok || kernel {
		return m, ok
	}
	key, ok := keys.ParsePKCS1Public(der)
	if !ok || key.Bits < 1024 || key.Bits%512 != 0 || !slices.Contains([]int64{3, 17, 65537}, key.RSA().E.Int64()) {
		return KeyMaterial{}, false
	}
	key.Format = "DER"
	return KeyMaterial{Key: key}, true
}

// place says where the key or certificate stands. The file of a private key
// gets no digest.
func (m *KeyMaterial) place(l assay.Location, f *firmware.File) {
	if m.Certificate != nil || !m.Key.Private {
		l.Digest = At(f).Digest
	}
	if m.Key != nil {
		m.Key.Location = l
	} else {
		m.Certificate.Location = l
	}
}

// Location is the place of the key or certificate.
func (m KeyMaterial) Location() assay.Location {
	if m.Key != nil {
		return m.Key.Location
	}
	return m.Certificate.Location
}

// Keys are the private and public keys of the image.
var Keys = &Fact[[]Key]{
	Name:    "keys",
	Doc:     "Private and public keys in PEM, DER, PKCS#12, Java's and Bouncy Castle's key stores, bare base64, age, OpenSSH, dropbear, PuTTY, OpenPGP, WireGuard, OpenVPN, usign, minisign and JSON form: kind, size, digest of the public half, place.",
	Version: 7,
	Needs:   []Node{KeysAndCertificates},
	Observe: func(o *Observer) ([]Key, error) {
		all, err := KeysAndCertificates.Of(o)
		keys := []Key{}
		tries := 0
		for _, m := range all {
			if m.Key == nil {
				continue
			}
			k := *m.Key
			if k.Sealed() && tries < maxUnsealed {
				tries++
				k.Unseal()
			}
			k.Forget()
			keys = append(keys, k)
		}
		return keys, err
	},
}

// PrivateKeys picks the private ones, grouped by content: the same key under
// several paths is one group. The groups keep the order of the places.
func PrivateKeys(keys []Key) [][]Key {
	var groups [][]Key
	group := map[assay.Digest]int{}
	for _, k := range keys {
		if !k.Private {
			continue
		}
		i, ok := group[k.Same]
		if !ok {
			i = len(groups)
			group[k.Same] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], k)
	}
	return groups
}

// KeyPlaces are the places of the keys.
func KeyPlaces(keys []Key) []assay.Location {
	places := make([]assay.Location, len(keys))
	for i, k := range keys {
		places[i] = k.Location
	}
	slices.SortFunc(places, assay.Location.Compare)
	return places
}

func digestOf(b []byte) assay.Digest { return assay.SHA256(sha256.Sum256(b)) }
