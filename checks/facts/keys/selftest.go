package keys

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// cryptoLibraries carry whole keys, with which they test themselves; the keys
// are published with the libraries' source.
var cryptoLibraries = []string{"libgnutls", "libmbedcrypto", "libmbedtls", "libmbedx509", "libpolarssl", "libwolfssl", "libcrypto", "libgcrypt"}

// SelfTest reports whether a key stands inside a cryptographic library, or in
// DER inside a Linux kernel, whose crypto/testmgr.h has such keys, or only in the
// manual of a published module.
func (k Key) SelfTest() bool {
	if k.InKernel || k.Shown || k.Probe() {
		return true
	}
	name, version, ok := strings.Cut(path.Base(assay.Inside(k.Location.Path)), ".so")
	return ok && (version == "" || version[0] == '.') && k.Location.Offset > 0 && slices.Contains(cryptoLibraries, name)
}
