package keys

import (
	"bytes"
	"testing"
)

// Whatever the bytes are, no parser panics, and what it finds lies inside them.
func FuzzParse(f *testing.F) {
	for _, words := range [][]string{BareWords, HexWords, SSHWords, {PEMWord, SignerWord, PuTTYWord, JWKWord, AgeWord}} {
		for _, w := range words {
			f.Add([]byte("M" + w + "AAAA\n"))
		}
	}
	f.Add([]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01"))
	f.Add([]byte("openssh-key-v1\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ParseFile("etc/wireguard/private", data)
		ParseDER(data)
		for _, b := range Blocks(data) {
			if b.Offset+b.Length > len(data) {
				t.Errorf("a block at %d of %d bytes", b.Offset, b.Length)
			}
			b.Key()
		}
		for at := range min(len(data), 64) {
			for _, parse := range []func([]byte, int) (*Key, int, int, bool){ParseBare, ParseHex} {
				if len(data)-at < 3 {
					continue
				}
				if _, from, length, ok := parse(data, at); ok && (from < 0 || from+length > len(data)) {
					t.Errorf("a key at %d of %d bytes", from, length)
				}
			}
		}
		for _, parse := range []func([]byte) (*Key, int, bool){ParseSigner, ParsePuTTY, ParseAge} {
			if _, length, ok := parse(data); ok && length > len(data) {
				t.Errorf("a key of %d bytes", length)
			}
		}
		if at := bytes.Index(data, []byte(JWKWord)); at >= 0 {
			ParseJWK(data, at)
		}
	})
}
