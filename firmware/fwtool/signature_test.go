package fwtool_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

// key makes a key of usign from one byte.
func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func text(seed byte, comment string, b []byte) string {
	return "untrusted comment: " + comment + "\n" + base64.StdEncoding.EncodeToString(slices.Concat([]byte("Ed"), bytes.Repeat([]byte{seed}, 8), b)) + "\n"
}

func usign(seed byte, message []byte) string {
	return text(seed, "signed", ed25519.Sign(key(seed), message))
}

// attr makes an attribute as libubox does, with a name if there is one.
func attr(id uint32, name string, content []byte) []byte {
	if name != "" {
		head := append(binary.BigEndian.AppendUint16(nil, uint16(len(name))), name+"\x00"...)
		content = append(append(head, make([]byte, -len(head)&3)...), content...)
		id |= 1 << 7
	}
	b := append(binary.BigEndian.AppendUint32(nil, id<<24|uint32(4+len(content))), content...)
	return append(b, make([]byte, -len(b)&3)...)
}

// certificate is that of one key, signed by another.
func certificate(by, of byte) []byte {
	payload := attr(3, "ucert", slices.Concat(
		attr(5, "certtype", []byte{0, 0, 0, 1}), attr(4, "validfrom", make([]byte, 8)), attr(4, "expiresat", make([]byte, 8)),
		attr(3, "pubkey", []byte(text(of, "key", key(of).Public().(ed25519.PublicKey))+"\x00")),
	))
	return attr(0, "", slices.Concat(attr(0, "", []byte(usign(by, payload))), attr(1, "", payload)))
}

// signatures opens an image and gives those of its trailer.
func signatures(t *testing.T, image []byte) []firmware.Signature {
	t.Helper()
	img := reference.Open(t, image)
	k := img.Containers[len(img.Containers)-1]
	if k.Type != "fwtool" {
		t.Fatalf("the last container is a %s", k.Type)
	}
	return k.Signatures
}

func front() []byte {
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"))
	return appendTo(append(root, make([]byte, 5000)...), info, metadata)
}

func TestUsign(t *testing.T) {
	image := front()
	s := signatures(t, appendTo(slices.Clone(image), signature, usign(7, image)))
	if len(s) != 1 || s[0].Kind != "usign" || s[0].Problem != "" || s[0].KeyName != "0707070707070707" || s[0].Algorithm != format.Ed25519 {
		t.Fatalf("%+v", s)
	}
	if !ed25519.Verify(key(7).Public().(ed25519.PublicKey), s[0].Message, s[0].Value) || !bytes.Equal(s[0].Message, image) {
		t.Error("it does not verify over the bytes that it is over")
	}
	if c := s[0].Covers; len(c) != 2 || -c[0].Offset != c[0].Length || c[0].Length+c[1].Length != int64(len(image)) {
		t.Errorf("covers %+v of %d bytes", c, len(image))
	}
}

func TestUcert(t *testing.T) {
	image := front()
	chain := slices.Concat(certificate(1, 2), attr(0, "", attr(0, "", []byte(usign(2, image)))))
	s := signatures(t, appendTo(slices.Clone(image), signature, string(chain)))
	if len(s) != 2 || s[0].Name != "certificate 1" || s[1].Name != "image" || s[0].Problem+s[1].Problem != "" {
		t.Fatalf("%+v", s)
	}
	if !ed25519.Verify(key(1).Public().(ed25519.PublicKey), s[0].Message, s[0].Value) {
		t.Error("the certificate does not verify")
	}
	public, err := x509.ParsePKIXPublicKey(s[1].PublicKey)
	if err != nil || !ed25519.Verify(public.(ed25519.PublicKey), s[1].Message, s[1].Value) {
		t.Errorf("the image does not verify with the key of the certificate: %v", err)
	}
}

// TestBadSignatures has blocks that are not as they should be.
func TestBadSignatures(t *testing.T) {
	image := front()
	last := attr(0, "", attr(0, "", []byte(usign(2, image))))
	for name, c := range map[string]struct{ block, want string }{
		"noise":                    {"noise that is longer", "neither a text of usign nor a chain"},
		"a short text":             {"untrusted comment: x\nRWQ=\n", "2 bytes, 74 are wanted"},
		"no image":                 {string(certificate(1, 2)), "no signature over the image"},
		"cut":                      {string(slices.Concat(certificate(1, 2), last)[:len(certificate(1, 2))+40]), "no link of the chain follows"},
		"two images":               {string(slices.Concat(last, last)), "goes on behind"},
		"a certificate of nothing": {string(slices.Concat(attr(0, "", slices.Concat(attr(0, "", []byte(usign(1, nil))), attr(1, "", attr(3, "ucert", nil)))), last)), "names no key"},
	} {
		said := ""
		for _, s := range signatures(t, appendTo(slices.Clone(image), signature, c.block)) {
			said += fmt.Sprint(s.Problem, "; ")
		}
		if !strings.Contains(said, c.want) {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
	}
	if s := signatures(t, image); len(s) > 0 {
		t.Errorf("a description is taken for a signature: %v", s)
	}
}
