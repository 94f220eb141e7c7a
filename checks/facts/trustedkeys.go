package facts

import (
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// TrustedKey is a file with public keys by which a package manager of the device
// knows what may be installed.
type TrustedKey struct {
	Root     string // path of the container
	Content  []byte
	Location assay.Location
}

// keyFolders are where opkg, apk, apt and rpm keep such keys.
var keyFolders = []string{
	"etc/opkg/keys/", "etc/apk/keys/", "usr/share/apk/keys/", "etc/apt/trusted.gpg", "etc/apt/keyrings/", "usr/share/keyrings/", "etc/pki/rpm-gpg/",
}

// maxTrustedKey is the size of the largest file that is taken for keys.
const maxTrustedKey = 256 << 10

// TrustedKeys are the public keys that the package managers of the device trust.
var TrustedKeys = &Scan[TrustedKey]{
	Name: "trusted-keys",
	Doc:  "Public keys by which the package managers of the device know what they may install.",
	Want: func(f *firmware.File) bool {
		if f.Kind != firmware.Regular || f.Size == 0 || f.Size > maxTrustedKey {
			return false
		}
		for _, dir := range keyFolders {
			if strings.HasPrefix(f.Name, dir) {
				return true
			}
		}
		return false
	},
	See: func(f *firmware.File, content []byte) []TrustedKey {
		return []TrustedKey{{f.Container.Path, append([]byte{}, content...), At(f)}}
	},
}
