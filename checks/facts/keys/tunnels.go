package keys

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"path"
	"strings"
)

const (
	curveKey     = 32 // bytes of a number on Curve25519
	curveLetters = 44 // of it in base64
	minVaried    = 12 // different bytes that no placeholder has
	minMixed     = 4  // and that no padding has
)

// ParseCurve25519 parses a private number of Curve25519 in base64. Zeros and patterns that
// stand for one are none.
func ParseCurve25519(letters []byte) (*Key, bool) {
	if len(letters) != curveLetters {
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(string(letters))
	if err != nil || len(b) != curveKey || variety(b) < minVaried {
		return nil, false
	}
	private, err := ecdh.X25519().NewPrivateKey(b)
	if err != nil {
		return nil, false
	}
	key, ok := Of(private.PublicKey())
	if ok {
		key.Private = true
	}
	return key, ok
}

// variety counts the different bytes.
func variety(b []byte) int {
	var seen [256]bool
	n := 0
	for _, c := range b {
		if !seen[c] {
			seen[c], n = true, n+1
		}
	}
	return n
}

// tunnelFile parses a file that is nothing but a key of WireGuard: its name says that
// it is private, and the bits of the number are as `wg genkey` sets them.
func tunnelFile(name string, content []byte) (*Key, bool) {
	if len(content) > curveLetters+2 || !strings.Contains(strings.ToLower(path.Base(name)), "priv") && !strings.Contains(name, "wireguard/") {
		return nil, false
	}
	letters := bytes.TrimSpace(content)
	key, ok := ParseCurve25519(letters)
	if !ok {
		return nil, false
	}
	b, _ := base64.StdEncoding.DecodeString(string(letters)) // it parsed
	key.Format = "WireGuard"
	return key, b[0]&7 == 0 && b[31]>>6 == 1
}

// Labels of the keys that both ends of an OpenVPN tunnel hold (doc/man-sections of
// OpenVPN), and their size in bytes.
const (
	labelStatic  = "OpenVPN Static key V1"
	labelServer2 = "OpenVPN tls-crypt-v2 server key"
	labelClient2 = "OpenVPN tls-crypt-v2 client key"
	staticKey    = 256
	server2Key   = 128
)

// parseTunnelBlock parses the block of an OpenVPN key.
func parseTunnelBlock(label string, body []byte) (*Key, bool) {
	least := map[string]int{labelStatic: staticKey, labelServer2: server2Key, labelClient2: staticKey}[label]
	if least == 0 || len(body) < least || label != labelClient2 && len(body) != least || variety(body) < minMixed {
		return nil, false
	}
	return &Key{Private: true, Symmetric: true, Format: "OpenVPN", Algorithm: "OpenVPN", Same: hiddenDigest(body)}, true
}
