package signed

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// Uncovered are containers with a valid signature, and with something that is
// started or installed although nothing that is signed tells what it is. All of it
// is small.
func Uncovered() []Kind {
	return slices.Concat(uncoveredFIT, uncoveredAVB, uncoveredSUIT, []Kind{
		{Name: "swupdate: a script without a hash", Key: RSA2048, Build: swupdateScript},
		{Name: "nordic: a second image that nobody signed", Key: P256, Build: nordicSecond},
		{Name: "mender: a payload that is not in the manifest", Key: RSA2048, Build: menderMore},
		{Name: "apk: data without a hash", Key: RSA2048, Build: apkNoHash},
		{Name: "mcuboot: a program behind it", Key: P256, Build: func(m *Maker) []byte { return append(mcuboot(m), program()...) }},
		{Name: "mcuboot: a small program behind it", Key: P256, Build: func(m *Maker) []byte { return append(mcuboot(m), program()[:200]...) }},
	})
}

// uncoveredFIT have images that are started, and that no signature is over.
var uncoveredFIT = []Kind{
	fitWith("fit: a script", fitNode("script", "script", ""), nothing),
	fitWith("fit: a ramdisk", fitNode("ramdisk", "ramdisk", ""), nothing),
	fitWith("fit: a configuration that is not signed", nothing, func(t *devicetree) {
		t.node("conf-2", func() { t.text("kernel", "kernel-1") })
	}),
	fitWith("fit: a configuration and its kernel", fitNode("kernel-2", "kernel", "sha256"), func(t *devicetree) {
		t.node("conf-2", func() { t.text("kernel", "kernel-2") })
	}),
}

func fitWith(name string, images, configurations func(*devicetree)) Kind {
	return Kind{Name: name, Key: RSA2048, Build: func(m *Maker) []byte { return fitSigned(m, "sha256,rsa2048", m.rsa, images, configurations) }}
}

// fitNode is an image of 200 bytes.
func fitNode(name, kind, hash string) func(*devicetree) {
	content := program()[:200]
	return func(t *devicetree) {
		t.node(name, func() {
			t.set("data", content)
			t.text("type", kind)
			if hash == "" {
				return
			}
			t.node("hash-1", func() {
				t.set("value", sha256(content))
				t.text("algo", hash)
			})
		})
	}
}

// uncoveredAVB are blocks of libavb that demand nothing, or two things at once.
var uncoveredAVB = []Kind{
	{Name: "avb: no descriptor", Key: RSA2048, Build: func(m *Maker) []byte { return vbmeta(m, nil) }},
	{Name: "avb: two descriptors of a partition", Key: RSA2048, Build: func(m *Maker) []byte {
		return vbmeta(m, append(avbHash("boot", "", root()), avbHash("boot", "", program())...))
	}},
	{Name: "avb: hash trees switched off", Key: RSA2048, Build: func(m *Maker) []byte { return vbmetaFlags(m, avbHash("boot", "", root()), 1) }},
	{Name: "avb: verification switched off", Key: RSA2048, Build: func(m *Maker) []byte { return vbmetaFlags(m, avbHash("boot", "", root()), 2) }},
}

// uncoveredSUIT have manifests that do not fit what is there.
var uncoveredSUIT = []Kind{
	{Name: "suit: another size", Key: P256, Build: func(m *Maker) []byte { return suitOf(m, 10, "#app") }},
	{Name: "suit: a payload that is not there", Key: P256, Build: func(m *Maker) []byte { return suitOf(m, len(program()), "#other") }},
}

func swupdateScript(m *Maker) []byte {
	description := fmt.Appendf(nil, "software = {\n version = \"1\";\n images: ( { filename = \"root.squashfs\"; sha256 = \"%x\"; } );\n scripts: ( { filename = \"post.sh\"; type = \"shellscript\"; } );\n}\n", sha256(root()))
	return Cpio(Member{"sw-description", description}, Member{"sw-description.sig", m.sign(description, crypto.SHA256)},
		Member{"root.squashfs", root()}, Member{"post.sh", []byte("#!/bin/sh\nexit 0\n")})
}

func nordicSecond(m *Maker) []byte {
	members := Unzip(nordic(m))
	for i, f := range members {
		if f.Name == "manifest.json" {
			members[i].Content = []byte(strings.Replace(string(f.Content), `}}}`, `}, "bootloader": {"bin_file": "boot.bin", "dat_file": "boot.dat"}}}`, 1))
		}
	}
	var packet []byte
	for _, f := range Unzip(nordic(nil)) {
		if f.Name == "app.dat" {
			packet = f.Content
		}
	}
	return Zip(append(members, Member{"boot.bin", program()}, Member{"boot.dat", packet})...)
}

func menderMore(m *Maker) []byte {
	artifact := mender(3, m, func(b []byte) []byte { return m.sign(b, crypto.SHA256) })
	more := firmwaretest.Gzip("", Tar(Member{"evil", []byte("evil")}))
	end := 1024
	return slices.Concat(artifact[:len(artifact)-end], Tar(Member{"data/0001.tar.gz", more}))
}

func apkNoHash(m *Maker) []byte {
	control := apkControl("")
	return slices.Concat(apkStream(false, Member{".SIGN.RSA256.maker.rsa.pub", m.sign(control, crypto.SHA256)}), control, apkStream(true, Member{"etc/motd", bytes.Repeat([]byte("hello\n"), 40)}))
}

// APKSigners is a package with a signature of each maker.
func APKSigners(makers ...*Maker) []byte {
	data := apkStream(true, Member{"etc/motd", []byte("hello\n")})
	control := apkControl(fmt.Sprintf("datahash = %x\n", sha256(data)))
	var files []Member
	for i, m := range makers {
		files = append(files, Member{fmt.Sprintf(".SIGN.RSA256.maker-%d.rsa.pub", i), m.sign(control, crypto.SHA256)})
	}
	first := Tar(files...)
	return slices.Concat(firmwaretest.Gzip("", first[:len(first)-1024]), control, data)
}

// SWUpdateTwice is an image whose description gives the hash of a member twice, the
// second time rightly.
func SWUpdateTwice(m *Maker) []byte {
	description := fmt.Appendf(nil, "software = {\n version = \"1\";\n images: ( { filename = \"root.squashfs\"; sha256 = \"%064d\"; sha256 = \"%x\"; } );\n}\n", 0, sha256(root()))
	return Cpio(Member{"sw-description", description}, Member{"sw-description.sig", m.sign(description, crypto.SHA256)}, Member{"root.squashfs", root()})
}
