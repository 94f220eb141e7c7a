package signed

import (
	"archive/zip"
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

var nordicKinds = []Kind{
	{Name: "nordic ECDSA", Reader: "nordic", Key: P256, Build: nordic, Change: changeInZip},
	{Name: "nordic Ed25519", Reader: "nordic", Key: Ed25519, Build: nordic, Change: changeInZip},
}

// Zip packs members in their order.
func Zip(members ...Member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range members {
		w := must(z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store}))
		must(w.Write(f.Content))
	}
	must(0, z.Close())
	return b.Bytes()
}

// changeInZip changes a byte of a member.
func changeInZip(image []byte, s format.Span, at int64) []byte {
	var members []Member
	for _, f := range Unzip(image) {
		if f.Name == s.Path {
			f.Content[at] ^= 1
		}
		members = append(members, f)
	}
	return Zip(members...)
}

// Unzip gives the members of an archive.
func Unzip(archive []byte) (members []Member) {
	for _, f := range must(zip.NewReader(bytes.NewReader(archive), int64(len(archive)))).File {
		members = append(members, Member{f.Name, must(io.ReadAll(must(f.Open())))})
	}
	return members
}

// number and message are fields of a message of protobuf.
func number(field int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), v)
}

func message(field int, parts ...[]byte) []byte {
	b := slices.Concat(parts...)
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(b))), b...)
}

const nordicManifest = `{"manifest": {"application": {"bin_file": "app.bin", "dat_file": "app.dat"}}}`

func nordic(m *Maker) []byte {
	init := slices.Concat(number(1, 7), number(2, 52), message(3, binary.AppendUvarint(nil, 0xcb)), number(4, 0), number(5, 0), number(6, 0),
		number(7, uint64(len(program()))), message(8, number(1, 3), message(2, reversed(sha256(program())))))
	command := slices.Concat(number(1, 1), message(2, init))
	packet := message(1, command)
	if m != nil {
		kind, value := uint64(0), []byte(nil)
		if _, is := m.Key.(ed25519.PrivateKey); is {
			kind, value = 1, m.sign(init, 0)
		} else {
			value = m.joined(init, crypto.SHA256)
			slices.Reverse(value[:32])
			slices.Reverse(value[32:])
		}
		packet = message(2, message(1, command), number(2, kind), message(3, value))
	}
	return Zip(Member{"manifest.json", []byte(nordicManifest)}, Member{"app.bin", program()}, Member{"app.dat", packet})
}
