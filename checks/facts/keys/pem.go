package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// PEMWord begins a block.
const PEMWord = "-----BEGIN "

var (
	pemEnd  = []byte("-----END ")
	pemDash = []byte("-----")
)

// Block is a block with a matching end (RFC 7468), wherever it stands: on
// lines of its own, in a string of a program, or on one line with "\n" written
// out.
type Block struct {
	Label          string
	Offset, Length int // place in the content, in bytes
	DER            []byte
	legacy         bool // has the headers of an encrypted key (RFC 1421)
}

// minPEM is the number of base64 characters that a private key has at least,
// and minPublicPEM a public one. Labels and placeholders in programs and
// documents have fewer.
const (
	minPEM       = 64
	minPublicPEM = 56
)

// Blocks finds the blocks of a content: a begin and an end with no other begin
// between them. The content is searched once for either.
func Blocks(content []byte) []Block {
	var blocks []Block
	end := -1
	next := func(from int, mark []byte) int {
		if i := bytes.Index(content[from:], mark); i >= 0 {
			return from + i
		}
		return len(content)
	}
	mark := []byte(PEMWord)
	begin := next(0, mark)
	for at := 0; len(blocks) < maxBlocks; {
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
		if begin < end || end-at > MaxPEM {
			at = begin
			continue
		}
		b, ok := parsePEM(content[at:min(len(content), at+MaxPEM)])
		if !ok {
			at += len(PEMWord)
			continue
		}
		b.Offset = at
		at += b.Length
		blocks = append(blocks, b)
	}
	return blocks
}

// parsePEM parses the block at the start of b.
func parsePEM(b []byte) (Block, bool) {
	rest := b[len(PEMWord):]
	n := bytes.Index(rest[:min(len(rest), 64)], pemDash)
	if n < 0 {
		return Block{}, false
	}
	label := string(rest[:n])
	body := rest[n+len(pemDash):]
	end := bytes.Index(body, pemEnd)
	if end < 0 {
		return Block{}, false
	}
	tail := append([]byte(label), pemDash...)
	if !bytes.HasPrefix(body[end+len(pemEnd):], tail) {
		return Block{}, false
	}
	block := Block{Label: label, Length: len(b) - len(body) + end + len(pemEnd) + len(tail)}
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
		return Block{}, false
	}
	decode := base64.StdEncoding.DecodeString
	if label == labelStatic {
		decode = hex.DecodeString
	}
	der, err := decode(text)
	block.DER = der
	return block, err == nil
}

// pemText undoes what source code does to a block: quotes, written-out ends of
// lines, and NUL bytes between the strings of a program.
var pemText = strings.NewReplacer(`\r`, "", `\n`, "\n", `\`, "", `"`, "", "'", "", ",", "", "\r", "", "\x00", "\n").Replace

// Key parses the key in a block. A block with another label holds none.
func (b *Block) Key() (*Key, bool) {
	var key *Key
	var ok bool
	switch b.Label {
	case "PUBLIC KEY":
		key, ok = ParseSPKI(b.DER)
	case "RSA PUBLIC KEY":
		key, ok = ParsePKCS1Public(b.DER)
	case "OPENSSH PRIVATE KEY":
		if key, ok = parseOpenSSH(b.DER); ok {
			return key, true
		}
	case "PGP PRIVATE KEY BLOCK":
		if key, ok = parseOpenPGP(b.DER); ok {
			return key, true
		}
	case labelStatic, labelServer2, labelClient2:
		if key, ok = parseTunnelBlock(b.Label, b.DER); ok {
			return key, true
		}
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "ANY PRIVATE KEY":
		if b.legacy {
			key, ok = &Key{Private: true, Encrypted: true, Algorithm: strings.TrimSuffix(b.Label, " PRIVATE KEY"), Same: digest(b.DER)}, true
		} else {
			key, ok = ParsePrivateDER(b.DER)
		}
	}
	if !ok || key == nil {
		return nil, false
	}
	key.Format = "PEM"
	return key, true
}
