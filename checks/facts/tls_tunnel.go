package facts

import (
	"slices"
	"strings"
)

// Settings of OpenVPN for what goes through the tunnel, in its own files and in
// those of UCI.
var (
	openvpnCiphers = lazy(`^\s*(?:option\s+|list\s+)?(?:cipher|(?:data|ncp)[-_]ciphers(?:[-_]fallback)?)\s+['"]?([\w:?-]+)`)
	openvpnDigest  = lazy(`^\s*(?:option\s+)?auth\s+['"]?([\w-]+)`)
)

// weakTunnel finds broken ciphers in a list of OpenVPN: those with blocks of 64 bits
// (SWEET32), RC2, RC4, and none.
func weakTunnel(value string) []string {
	var weak []string
	for w := range strings.SplitSeq(strings.ToUpper(value), ":") {
		for _, c := range []struct{ begins, name string }{
			{"BF-", "Blowfish"},
			{"CAST5-", "CAST5"},
			{"IDEA-", "IDEA"},
			{"DES-EDE", "3DES"},
			{"DES3", "3DES"},
			{"DES-", "DES"},
			{"DESX", "DES"},
			{"RC2-", "RC2"},
			{"RC4", "RC4"},
			{"NONE", "NULL"},
		} {
			if strings.HasPrefix(strings.TrimPrefix(w, "?"), c.begins) {
				if !slices.Contains(weak, c.name) {
					weak = append(weak, c.name)
				}
				break
			}
		}
	}
	return weak
}

// weakDigest finds digests that should no longer authenticate packets.
func weakDigest(value string) []string {
	switch strings.ToUpper(value) {
	case "MD5", "RSA-MD5":
		return []string{"HMAC-MD5"}
	case "MD4", "RSA-MD4":
		return []string{"HMAC-MD4"}
	case "NONE":
		return []string{"packets without authentication"}
	}
	return nil
}
