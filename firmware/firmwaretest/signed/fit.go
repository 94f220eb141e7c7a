package signed

import (
	"context"
	"crypto"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/fit"
	"github.com/assay-iot/assay/firmware/format"
)

var fitKinds = []Kind{
	{Name: "fit configuration RSA", Reader: "fit", Key: RSA2048, Build: func(m *Maker) []byte { return fitConfiguration(m, "sha256,rsa2048", m.rsa) }},
	{Name: "fit configuration ECDSA", Reader: "fit", Key: P256, Build: func(m *Maker) []byte { return fitConfiguration(m, "sha256,ecdsa256", m.ecdsa) }},
	{
		Name: "fit image RSA", Reader: "fit", Key: RSA2048, Build: func(m *Maker) []byte { return fitImage(m, "sha256,rsa2048", m.rsa) },
		Unsealed: "the tree with load addresses and configurations is not signed",
	},
}

func (m *Maker) rsa(b []byte) []byte   { return m.sign(b, crypto.SHA256) }
func (m *Maker) ecdsa(b []byte) []byte { return m.joined(b, crypto.SHA256) }

// devicetree builds a flattened device tree.
type devicetree struct{ structure, names []byte }

func (t *devicetree) words(n ...int) {
	for _, w := range n {
		t.structure = binary.BigEndian.AppendUint32(t.structure, uint32(w))
	}
}

func (t *devicetree) pad() { t.structure = append(t.structure, make([]byte, -len(t.structure)&3)...) }

func (t *devicetree) node(name string, inside func()) {
	t.words(1)
	t.structure = append(append(t.structure, name...), 0)
	t.pad()
	inside()
	t.words(2)
}

func (t *devicetree) set(name string, value []byte) {
	t.words(3, len(value), len(t.names))
	t.names = append(append(t.names, name...), 0)
	t.structure = append(t.structure, value...)
	t.pad()
}

func (t *devicetree) text(name, value string) { t.set(name, append([]byte(value), 0)) }

func (t *devicetree) blob() []byte {
	t.words(9)
	b := append(append(make([]byte, 56), t.structure...), t.names...)
	b = append(b, make([]byte, -len(b)&3)...)
	copy(b, "\xd0\x0d\xfe\xed")
	for i, v := range []int{len(b), 56, 56 + len(t.structure), 40, 17, 16, 0, len(t.names), len(t.structure)} {
		binary.BigEndian.PutUint32(b[4+4*i:], uint32(v))
	}
	return b
}

// fitTree is a kernel with a configuration; both may be signed by what is given.
func fitTree(image, configuration func(*devicetree)) []byte {
	return fitMore(image, configuration, nothing, nothing)
}

// fitMore is one with more images and configurations.
func fitMore(image, configuration, images, configurations func(*devicetree)) []byte {
	t := &devicetree{}
	t.node("", func() {
		t.text("description", "signed")
		t.node("images", func() {
			t.node("kernel-1", func() {
				t.set("data", root())
				t.text("type", "kernel")
				t.node("hash-1", func() {
					t.set("value", sha256(root()))
					t.text("algo", "sha256")
				})
				image(t)
			})
			images(t)
		})
		t.node("configurations", func() {
			t.text("default", "conf")
			t.node("conf", func() {
				t.text("kernel", "kernel-1")
				configuration(t)
			})
			configurations(t)
		})
	})
	return t.blob()
}

func nothing(*devicetree) {}

// signedTree builds a tree twice: first to learn from the reader which bytes are
// to be signed (its own tests have mkimage say that they are the right ones), then
// with the signature.
func signedTree(m *Maker, sign func([]byte) []byte, build func(value []byte) []byte) []byte {
	blank := format.InMemory(build(make([]byte, len(sign(nil)))))
	o := must(fit.Format.Open(context.Background(), blank, nil))
	s := o.Signatures[0]
	if s.Message == nil {
		s.Message = must(s.Signed())
	}
	return build(sign(s.Message))
}

func fitConfiguration(m *Maker, algorithm string, sign func([]byte) []byte) []byte {
	if m == nil {
		return fitTree(nothing, nothing)
	}
	return fitSigned(m, algorithm, sign, nothing, nothing)
}

// fitSigned is a tree with a signed configuration, and with more that it does not
// name.
func fitSigned(m *Maker, algorithm string, sign func([]byte) []byte, images, configurations func(*devicetree)) []byte {
	return signedTree(m, sign, func(value []byte) []byte {
		return fitMore(nothing, func(t *devicetree) {
			strings := len(t.names)
			t.node("signature-1", func() {
				t.set("hashed-strings", binary.BigEndian.AppendUint64(nil, uint64(strings)))
				t.set("hashed-nodes", []byte("/\x00/configurations/conf\x00/images/kernel-1\x00/images/kernel-1/hash-1\x00"))
				t.set("value", value)
				t.text("key-name-hint", "maker")
				t.text("algo", algorithm)
			})
		}, images, configurations)
	})
}

func fitImage(m *Maker, algorithm string, sign func([]byte) []byte) []byte {
	if m == nil {
		return fitTree(nothing, nothing)
	}
	return signedTree(m, sign, func(value []byte) []byte {
		return fitTree(func(t *devicetree) {
			t.node("signature-1", func() {
				t.set("value", value)
				t.text("key-name-hint", "maker")
				t.text("algo", algorithm)
			})
		}, nothing)
	})
}
