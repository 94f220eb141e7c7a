package facts

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

const pemBegin = "-----BEGIN "

var (
	pemEnd  = []byte("-----END ")
	pemDash = []byte("-----")
)

// pemBlock is a block with a matching end (RFC 7468), wherever it stands: on
// lines of its own, in a string of a program, or on one line with "\n" written
// out.
type pemBlock struct {
	label          string
	offset, length int
	legacy         bool // has the headers of an encrypted key (RFC 1421)
	der            []byte
}

// minPEM is the number of base64 characters that a private key has at least,
// and minPublicPEM a public one. Labels and placeholders in programs and
// documents have fewer.
const (
	minPEM       = 64
	minPublicPEM = 56
)

// pemBlocks finds the blocks of a content: a begin and an end with no other begin
// between them. The content is searched once for either.
func pemBlocks(content []byte) []pemBlock {
	var blocks []pemBlock
	end := -1
	next := func(from int, mark []byte) int {
		if i := bytes.Index(content[from:], mark); i >= 0 {
			return from + i
		}
		return len(content)
	}
	mark := []byte(pemBegin)
	begin := next(0, mark)
	for at := 0; len(blocks) < maxKeys; {
		if begin < at {
			begin = next(at, mark)
		}
		if at = begin; at == len(content) {
			break
		}
		begin = next(at+len(mark), mark)
		if end < at {
			if end = next(at, pemEnd); end == len(content) {
				break
			}
		}
		if begin < end || end-at > maxPEM {
			at = begin
			continue
		}
		b, ok := parsePEM(content[at:min(len(content), at+maxPEM)])
		if !ok {
			at += len(pemBegin)
			continue
		}
		b.offset = at
		at += b.length
		blocks = append(blocks, b)
	}
	return blocks
}

// parsePEM parses the block at the start of b.
func parsePEM(b []byte) (pemBlock, bool) {
	rest := b[len(pemBegin):]
	n := bytes.Index(rest[:min(len(rest), 64)], pemDash)
	if n < 0 {
		return pemBlock{}, false
	}
	label := string(rest[:n])
	body := rest[n+len(pemDash):]
	end := bytes.Index(body, pemEnd)
	if end < 0 {
		return pemBlock{}, false
	}
	tail := append([]byte(label), pemDash...)
	if !bytes.HasPrefix(body[end+len(pemEnd):], tail) {
		return pemBlock{}, false
	}
	block := pemBlock{label: label, length: len(b) - len(body) + end + len(pemEnd) + len(tail)}
	text := pemText(string(body[:end]))
	if strings.HasPrefix(label, "PGP ") { // its checksum proves nothing
		text, _, _ = strings.Cut(text, "\n=")
	}
	if head, data, ok := strings.Cut(text, "\n\n"); ok && strings.Contains(head, ":") {
		block.legacy = strings.Contains(head, "ENCRYPTED") && strings.Contains(head, "DEK-Info")
		text = data
	}
	text = strings.Join(strings.Fields(text), "")
	if len(text) < minPublicPEM || len(text) < minPEM && strings.Contains(label, "PRIVATE") {
		return pemBlock{}, false
	}
	decode := base64.StdEncoding.DecodeString
	if label == labelStatic {
		decode = hex.DecodeString
	}
	der, err := decode(text)
	block.der = der
	return block, err == nil
}

// pemText undoes what source code does to a block: quotes, written-out ends of
// lines, and NUL bytes between the strings of a program.
var pemText = strings.NewReplacer(`\r`, "", `\n`, "\n", `\`, "", `"`, "", "'", "", ",", "", "\r", "", "\x00", "\n").Replace

// pemMaterial parses the PEM blocks of a file.
func pemMaterial(f *firmware.File, content []byte) []keyMaterial {
	var found []keyMaterial
	line, counted := 1, 0
	for _, b := range pemBlocks(content) {
		m, ok := parseBlock(b)
		if !ok {
			continue
		}
		l := assay.Location{Path: f.Path, Offset: int64(b.offset), Length: int64(b.length)}
		if f.Kind == firmware.Regular && IsText(content) {
			line += bytes.Count(content[counted:b.offset], []byte("\n"))
			counted, l.Line = b.offset, line
		}
		m.place(l, f)
		found = append(found, m)
	}
	return found
}

func parseBlock(b pemBlock) (keyMaterial, bool) {
	var key *Key
	var ok bool
	switch b.label {
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
		cert := parseCertificatePEM(b.der)
		return keyMaterial{Certificate: cert}, cert != nil
	case "PUBLIC KEY":
		key, ok = parseSPKI(b.der)
	case "RSA PUBLIC KEY":
		key, ok = parsePKCS1Public(b.der)
	case "OPENSSH PRIVATE KEY":
		if key, ok = parseOpenSSH(b.der); ok {
			return keyMaterial{Key: key}, true
		}
	case "PGP PRIVATE KEY BLOCK":
		if key, ok = parseOpenPGP(b.der); ok {
			return keyMaterial{Key: key}, true
		}
	case labelStatic, labelServer2, labelClient2:
		if key, ok = parseTunnelBlock(b.label, b.der); ok {
			return keyMaterial{Key: key}, true
		}
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "ANY PRIVATE KEY":
		if b.legacy {
			key, ok = &Key{Private: true, Encrypted: true, Algorithm: strings.TrimSuffix(b.label, " PRIVATE KEY"), Same: digestOf(b.der)}, true
		} else {
			key, ok = parsePrivateDER(b.der)
		}
	}
	if !ok || key == nil {
		return keyMaterial{}, false
	}
	key.Format = "PEM"
	return keyMaterial{Key: key}, true
}
