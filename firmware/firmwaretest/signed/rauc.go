package signed

import (
	"context"
	"crypto"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/verity"
)

var raucKinds = []Kind{
	{Name: "rauc plain", Reader: "rauc", Key: RSA2048, Certified: true, Build: raucPlain},
	{Name: "rauc verity", Reader: "rauc", Key: RSA2048, Certified: true, Build: raucVerity},
}

// bundle puts a message and its length behind a payload.
func bundle(payload, message []byte) []byte {
	return binary.BigEndian.AppendUint64(slices.Concat(payload, message), uint64(len(message)))
}

// raucPayload is a file system with an image, and with a manifest if it has one.
func raucPayload(manifest string) []byte {
	files := []firmwaretest.File{firmwaretest.Text("rootfs.img", 0o644, string(root()))}
	if manifest != "" {
		files = append(files, firmwaretest.Text("manifest.raucm", 0o644, manifest))
	}
	b := firmwaretest.Squashfs(files...)
	return append(b, make([]byte, -len(b)&4095)...)
}

func raucManifest(more string) string {
	return fmt.Sprintf("[update]\ncompatible=board\nversion=1.2\n%s[image.rootfs]\nfilename=rootfs.img\nsha256=%x\nsize=%d\n", more, sha256(root()), len(root()))
}

func raucPlain(m *Maker) []byte {
	payload := raucPayload(raucManifest(""))
	if m == nil {
		return payload
	}
	return bundle(payload, CMS(payload, false, m))
}

func raucVerity(m *Maker) []byte {
	payload := raucPayload("")
	tree := verity.Tree{Hash: crypto.SHA256, Salt: make([]byte, 32), DataBlock: 4096, HashBlock: 4096}
	top, levels, err := tree.Root(context.Background(), format.InMemory(payload))
	must(top, err)
	manifest := raucManifest(fmt.Sprintf("[bundle]\nformat=verity\nverity-hash=%x\nverity-salt=%x\nverity-size=%d\n", top, tree.Salt, len(levels)))
	whole := slices.Concat(payload, levels)
	if m == nil {
		return whole
	}
	return bundle(whole, CMS([]byte(manifest), true, m))
}
