package facts

import (
	"bytes"
	"encoding/base64"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// How a PEM block begins in base64, which settings of cloud clients use, and in
// UTF-16, which editors of Windows write.
const (
	wrappedPEM = "LS0tLS1CRUdJTi" // "-----BEGIN "
	widePEM    = "B\x00E\x00G\x00I\x00N\x00 \x00"
)

// pemMaterial parses the PEM blocks of a file.
func pemMaterial(f *firmware.File, content []byte) []KeyMaterial {
	var found []KeyMaterial
	line, counted := 1, 0
	for _, b := range keys.Blocks(content) {
		m, ok := parseBlock(b)
		if !ok {
			continue
		}
		l := assay.Location{Path: f.Path, Offset: int64(b.Offset), Length: int64(b.Length)}
		if f.Kind == firmware.Regular && IsText(content) {
			line += bytes.Count(content[counted:b.Offset], []byte("\n"))
			counted, l.Line = b.Offset, line
		}
		m.place(l, f)
		found = append(found, m)
	}
	return found
}

func parseBlock(b keys.Block) (KeyMaterial, bool) {
	switch b.Label {
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
		cert := parseCertificatePEM(b.DER)
		return KeyMaterial{Certificate: cert}, cert != nil
	}
	key, ok := b.Key()
	return KeyMaterial{Key: key}, ok
}

// How dropbear's host keys begin in base64, as scripts and NVRAM keep them. Public keys of
// RSA and EC begin so too; the private numbers tell.
const (
	wrappedRSA     = "AAAAB3NzaC1yc2EAAAAD"           // "ssh-rsa", an exponent of three bytes
	wrappedEd25519 = "AAAAC3NzaC1lZDI1NTE5AAAAQ"      // "ssh-ed25519", 64 bytes
	wrappedEC      = "AAAAE2VjZHNhLXNoYTItbmlzdHAyNT" // "ecdsa-sha2-nistp256"
)

// maxWrappedHost is the length in letters of a host key in base64.
const maxWrappedHost = 8 << 10

// parseWrappedHost parses a private host key of dropbear in base64, on one line or on
// several, and gives its length in the text.
func parseWrappedHost(content []byte) (*Key, int, bool) {
	for _, lines := range []bool{false, true} {
		var letters []byte
		n := 0
		for n < len(content) && len(letters) < maxWrappedHost {
			c := content[n]
			if !keys.IsBase64(c) && (!lines || c != '\n' && c != '\r') {
				break
			}
			if n++; keys.IsBase64(c) {
				letters = append(letters, c)
			}
		}
		blob := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
		m, err := base64.RawStdEncoding.Decode(blob, letters)
		if key, ok := keys.ParseDropbear(blob[:m]); err == nil && ok {
			return key, n, true
		}
	}
	return nil, 0, false
}

// wrappedMaterial parses the PEM blocks in the base64 at an offset, which ends at
// past.
func wrappedMaterial(f *firmware.File, content []byte, at int) (found []KeyMaterial, past int) {
	var letters []byte
	var places []int // of each letter
	for i := at; i < len(content) && len(letters) < 2*keys.MaxPEM; i++ {
		switch c := content[i]; {
		case keys.IsBase64(c):
			letters, places = append(letters, c), append(places, i)
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		default:
			i = len(content)
		}
	}
	text := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, _ := base64.RawStdEncoding.Decode(text, letters) // of what follows, all but the blocks is of no interest
	found = materialOf(f, text[:n], func(b keys.Block) (int, int) {
		from, to := b.Offset*4/3, (b.Offset+b.Length)*4/3
		return places[from], places[min(to, len(places)-1)] + 1
	})
	return found, places[len(places)-1] + 1
}

// wideMaterial parses the PEM blocks in UTF-16 from the one on whose label begins at
// an offset, up to past, where something else than ASCII stands.
func wideMaterial(f *firmware.File, content []byte, at int) (found []KeyMaterial, past int) {
	from := at - 2*len("-----")
	if from < 0 {
		return nil, at
	}
	var text []byte
	for i := from; i+1 < len(content) && len(text) < keys.MaxPEM && content[i] != 0 && content[i+1] == 0; i += 2 {
		text = append(text, content[i])
	}
	if len(text) > 0 && from+2*len(text) == len(content)-1 && content[len(content)-1] != 0 {
		text = append(text, content[len(content)-1]) // the last one, where zeros stand before letters
	}
	found = materialOf(f, text, func(b keys.Block) (int, int) {
		return from + 2*b.Offset, min(from+2*(b.Offset+b.Length), len(content))
	})
	return found, from + 2*len(text)
}

// materialOf parses the PEM blocks of what a part of a file says; place gives where a
// block begins and ends in the file.
func materialOf(f *firmware.File, text []byte, place func(keys.Block) (from, to int)) []KeyMaterial {
	var found []KeyMaterial
	for _, b := range keys.Blocks(text) {
		m, ok := parseBlock(b)
		if !ok {
			continue
		}
		from, to := place(b)
		m.place(assay.Location{Path: f.Path, Offset: int64(from), Length: int64(to - from)}, f)
		found = append(found, m)
	}
	return found
}
