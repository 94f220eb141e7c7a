package keys

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// probeKeys are whole pairs that a library carries to find out what it can do: they are
// published with its source, and no device proves itself with them. The file is where
// they stand, as its name ends.
var probeKeys = []struct {
	public assay.Digest
	file   string
}{
	// Netty asks OpenSSL with it whether it takes a key manager.
	{"sha256:de40cc4b0335addabe664e9d770f2548999af62a1f73c47e45c9173eae67956d", "netty/handler/ssl/OpenSsl.class"},
	// Dovecot's tests talk TLS with themselves by it (lib-ssl-iostream, test settings).
	{"sha256:67b41cdcfec69306353dbf30afa3c0e06c38308ce0f61e35611cc7f2153080d5", "libdovecot.so.0.0.0"},
}

// IsProbe reports whether a library carries the pair with this public half to find out
// what it can do, at this place.
func IsProbe(public assay.Digest, at assay.Location) bool {
	return slices.ContainsFunc(probeKeys, func(p struct {
		public assay.Digest
		file   string
	},
	) bool {
		return p.public == public && strings.HasSuffix(at.Path, p.file)
	})
}

// Probe reports whether a library carries the key to find out what it can do.
func (k Key) Probe() bool { return IsProbe(k.Public, k.Location) }
