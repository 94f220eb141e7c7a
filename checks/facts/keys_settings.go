package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// tunnelWords are the names under which WireGuard's private key stands in settings: of
// wg and systemd-networkd, of OpenWrt and programs, and of NetworkManager.
var tunnelWords = []string{"PrivateKey", "private_key", "private-key"}

// tunnelKey parses the WireGuard key behind its name at an offset: base64 that is as
// long as a key. A commented line is no setting.
func tunnelKey(f *firmware.File, content []byte, at int, name string) (KeyMaterial, bool) {
	begin := bytes.LastIndexByte(content[:at], '\n') + 1
	if strings.HasPrefix(strings.TrimLeft(string(content[begin:min(at, begin+64)]), " \t"), "#") {
		return KeyMaterial{}, false
	}
	rest := content[at+len(name) : min(len(content), at+len(name)+64)]
	value := bytes.TrimLeft(rest, " \t=:'\"")
	n := slices.IndexFunc(value, func(c byte) bool { return !keys.IsBase64(c) && c != '=' })
	if n < 0 {
		n = len(value)
	}
	key, ok := keys.ParseCurve25519(value[:n])
	if !ok || len(value) == len(rest) {
		return KeyMaterial{}, false
	}
	key.Format = "WireGuard"
	m := KeyMaterial{Key: key}
	l := assay.Location{Path: f.Path, Offset: int64(at + len(name) + len(rest) - len(value)), Length: int64(n)}
	l.Line = 1 + bytes.Count(content[:at], []byte("\n"))
	m.place(l, f)
	return m, true
}
