package signed

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

var menderKinds = []Kind{
	{Name: "mender 2 ECDSA", Reader: "mender", Key: P256, Build: func(m *Maker) []byte {
		return mender(2, m, func(b []byte) []byte { return m.joined(b, crypto.SHA256) })
	}},
	{Name: "mender 3 RSA", Reader: "mender", Key: RSA2048, Build: func(m *Maker) []byte {
		return mender(3, m, func(b []byte) []byte { return m.sign(b, crypto.SHA256) })
	}},
	{Name: "mender 3 ECDSA", Reader: "mender", Key: P256, Build: func(m *Maker) []byte {
		return mender(3, m, func(b []byte) []byte { return m.joined(b, crypto.SHA256) })
	}},
}

// Tar packs members in their order.
func Tar(members ...Member) []byte {
	const end = 1024
	var all []byte
	for _, f := range members {
		one := firmwaretest.Tar(firmwaretest.Binary(f.Name, 0o644, f.Content))
		size := 512 + (len(f.Content)+511)/512*512
		all = append(all, one[len(one)-end-size:len(one)-end]...)
	}
	return append(all, make([]byte, end)...)
}

func packed(name string, content []byte) []byte {
	return firmwaretest.Gzip("", firmwaretest.Tar(firmwaretest.Binary(name, 0o644, content)))
}

// menderInfo is the header of each version of the format.
var menderInfo = map[int]string{
	2: `{"updates": [{"type": "rootfs-image"}], "artifact_name": "release-1", "device_types_compatible": ["board"]}`,
	3: `{"payloads": [{"type": "rootfs-image"}], "artifact_provides": {"artifact_name": "release-1"}, "artifact_depends": {"device_type": ["board"]}}`,
}

func mender(version int, m *Maker, sign func([]byte) []byte) []byte {
	first := fmt.Appendf(nil, `{"format": "mender", "version": %d}`, version)
	header := packed("header-info", []byte(menderInfo[version]))
	var list strings.Builder
	for _, f := range []Member{{"data/0000/root.squashfs", root()}, {"header.tar.gz", header}, {"version", first}} {
		fmt.Fprintf(&list, "%x  %s\n", sha256(f.Content), f.Name)
	}
	members := []Member{{"version", first}, {"manifest", []byte(list.String())}}
	if m != nil {
		text := base64.StdEncoding.EncodeToString(sign([]byte(list.String())))
		members = append(members, Member{"manifest.sig", []byte(text)})
	}
	return Tar(append(members, Member{"header.tar.gz", header}, Member{"data/0000.tar.gz", packed("root.squashfs", root())})...)
}
