package facts

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// privateMarks are how the contents of private keys in DER begin: PKCS #1 and the
// form of DSA keys (version 0, then a number; RFC 8017, A.1.2), PKCS #8 (version 0,
// then the algorithm; RFC 5958, 2) and SEC 1 (version 1, then the number as bytes;
// RFC 5915, 3). The header of the sequence, of two to four bytes, stands before.
var privateMarks = []string{
	"\x02\x01\x00\x30", // first: it may hold the others
	"\x02\x01\x00\x02",
	"\x02\x01\x01\x04",
}

// maxCompiledTries is the number of places in one program at which a private key is
// tried.
const maxCompiledTries = 20000

// compiledKeys finds private keys in DER that are arrays of a program. What stands
// where a key was found already is left out.
func compiledKeys(f *firmware.File, content []byte, known []KeyMaterial, words sights) []KeyMaterial {
	var found []KeyMaterial
	var kernel bool
	tries := 0
	for _, places := range markPlaces(words) {
		end := 0
		for _, at := range places {
			if at < end {
				continue
			}
			if tries++; tries > maxCompiledTries {
				break
			}
			start, n, ok := sequenceAround(content, at)
			if !ok || coveredBy(known, start) || coveredBy(found, start) {
				continue
			}
			key, ok := keys.ParsePrivateDER(content[start : start+n])
			if !ok || !fitsItself(key, content[start:start+n]) {
				continue
			}
			if found == nil { // seldom: a whole program need not be searched before
				if bytes.Contains(content, speedMark) {
					return nil
				}
				kernel = bytes.Contains(content, kernelBanner) || bytes.Contains(content, vermagicMark)
			}
			key.Format, key.InKernel = "DER", kernel
			m := KeyMaterial{Key: key}
			m.place(assay.Location{Path: f.Path, Offset: int64(start), Length: int64(n)}, f)
			found = append(found, m)
			if end = start + n; len(found) >= maxKeys {
				return found
			}
		}
	}
	slices.SortFunc(found, func(a, b KeyMaterial) int { return a.Location().Compare(b.Location()) })
	return found
}

// markPlaces gives where each of the marks stands. No more are kept than are tried.
func markPlaces(words sights) [][]int {
	places := make([][]int, len(privateMarks))
	words.Each(func(word, at int) bool {
		if k := word - wordPrivate; k >= 0 && len(places[k]) < maxCompiledTries {
			places[k] = append(places[k], at)
		}
		return true
	})
	return places
}

// elfStart begins a program, library or module in ELF.
var elfStart = []byte("\x7fELF")

// speedMark stands in OpenSSL's tool, whose "speed" measures with published keys of
// its own (apps/testrsa.h).
var speedMark = []byte("Doing %u bits %s %s's for %ds: ")

// coveredBy reports whether an offset lies in something that was found.
func coveredBy(found []KeyMaterial, at int) bool {
	return slices.ContainsFunc(found, func(m KeyMaterial) bool {
		l := m.Location()
		return l.Offset <= int64(at) && int64(at) < l.Offset+l.Length
	})
}

// vermagicMark stands in every module of the kernel.
var vermagicMark = []byte("vermagic=")

// sequenceAround is the DER sequence whose contents begin at an offset.
func sequenceAround(content []byte, at int) (start, n int, ok bool) {
	for header := 2; header <= 4 && header <= at; header++ {
		start = at - header
		n, ok = keys.DERLength(content[start:at])
		if !ok || n < minKeyFile || n > keys.MaxDER || start+n > len(content) {
			continue
		}
		if short := content[start+1] < 0x80; short && header == 2 || !short && int(content[start+1]&0x7f) == header-2 {
			return start, n, true
		}
	}
	return 0, 0, false
}

// fitsItself asks more of an elliptic key among other bytes than its form: that
// the public half belongs to the private one where Go can compute that, and a curve
// that is known where it cannot.
func fitsItself(k *Key, der []byte) bool {
	if k.Algorithm != "EC" {
		return true
	}
	if k.Bits == 0 {
		return false
	}
	var public crypto.PublicKey
	if c, err := x509.ParseECPrivateKey(der); err == nil {
		public = c.Public()
	} else if c, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if signer, ok := c.(crypto.Signer); ok {
			public = signer.Public()
		}
	}
	if public == nil { // a curve that Go cannot compute on
		return !goComputes(k)
	}
	computed, ok := keys.Of(public)
	return ok && computed.Public == k.Public
}

// goComputes reports whether the curve of a key is, by its size, one of those that
// crypto/x509 reads; brainpool and secp256k1 have such sizes too and are tried as
// files of their own only.
func goComputes(k *Key) bool { return slices.Contains([]int{224, 256, 384, 521}, k.Bits) }
