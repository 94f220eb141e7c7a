package signed

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

var apkKinds = []Kind{
	{Name: "apk 2 RSA", Reader: "apk", Key: RSA2048, Build: func(m *Maker) []byte { return apk2(m, "RSA", crypto.SHA1) }},
	{Name: "apk 2 RSA256", Reader: "apk", Key: RSA2048, Build: func(m *Maker) []byte { return apk2(m, "RSA256", crypto.SHA256) }},
	{Name: "apk 3 ECDSA", Reader: "apk", Key: P256, Build: apk3},
	{Name: "apk 3 RSA", Reader: "apk", Key: RSA2048, Build: apk3},
}

// apkStream is a stream of gzip with one file of an archive, which ends in it if
// it is the last.
func apkStream(last bool, f Member) []byte {
	b := Tar(f)
	if !last {
		b = b[:len(b)-1024]
	}
	return firmwaretest.Gzip("", b)
}

func apkControl(more string) []byte {
	return apkStream(false, Member{".PKGINFO", []byte("pkgname = sample\npkgver = 1.0-r0\narch = armv7\n" + more)})
}

func apk2(m *Maker, kind string, h crypto.Hash) []byte {
	data := apkStream(true, Member{"etc/motd", bytes.Repeat([]byte("hello\n"), 40)})
	control := apkControl(fmt.Sprintf("datahash = %x\n", sha256(data)))
	if m == nil {
		return append(control, data...)
	}
	return slices.Concat(apkStream(false, Member{".SIGN." + kind + ".maker.rsa.pub", m.sign(control, h)}), control, data)
}

// apkValues builds the values of a database; each function gives a value.
type apkValues struct{ b []byte }

func (d *apkValues) object(values ...uint32) uint32 {
	d.b = append(d.b, make([]byte, -len(d.b)&3)...)
	at := uint32(len(d.b))
	for _, v := range append([]uint32{uint32(len(values) + 1)}, values...) {
		d.b = le.AppendUint32(d.b, v)
	}
	return 0xe0000000 | at
}

func (d *apkValues) blob(b []byte) uint32 {
	at := uint32(len(d.b))
	d.b = append(append(d.b, byte(len(b))), b...)
	return 0x80000000 | at
}

func apkNumber(n uint32) uint32 { return 0x10000000 | n }

func apkBlock(kind uint32, content []byte) []byte {
	b := append(le.AppendUint32(nil, kind<<30|uint32(len(content)+4)), content...)
	return append(b, make([]byte, -len(b)&7)...)
}

// apk3 is a package of apk-tools 3 with one file.
func apk3(m *Maker) []byte {
	d := &apkValues{b: make([]byte, 8)}
	text := []byte("hello\n")
	owner := d.blob([]byte("root"))
	rights := d.object(apkNumber(0o644), owner, owner)
	file := d.object(d.blob([]byte("motd")), rights, apkNumber(uint32(len(text))), 0, d.blob(sha256(text)))
	dir := d.object(d.blob([]byte("etc")), d.object(apkNumber(0o755), owner, owner), d.object(file)&^0x20000000|0xd0000000)
	info := d.object(d.blob([]byte("sample")), d.blob([]byte("1.0-r0")), 0, 0, d.blob([]byte("armv7")))
	le.PutUint32(d.b[4:], d.object(info, d.object(dir)&^0x20000000|0xd0000000))
	var signature []byte
	if m != nil {
		head := append([]byte{0, 4}, digest(crypto.SHA512, m.spki())[:16]...)
		over := slices.Concat([]byte("pckg"), head, digest(crypto.SHA512, d.b))
		signature = apkBlock(1, append(head, m.sign(over, crypto.SHA512)...))
	}
	place := le.AppendUint32(le.AppendUint32(nil, 1), 1)
	return slices.Concat([]byte("ADB.pckg"), apkBlock(0, d.b), signature, apkBlock(2, append(place, text...)))
}
