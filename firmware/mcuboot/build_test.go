package mcuboot_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// field is a TLV.
type field struct {
	kind  uint16
	value []byte
}

func (f field) bytes() []byte {
	b := binary.LittleEndian.AppendUint16(nil, f.kind)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(f.value)))
	return append(b, f.value...)
}

// area writes fields behind their head; the size may lie.
func area(magic uint16, lie int, fields ...field) []byte {
	var body []byte
	for _, f := range fields {
		body = append(body, f.bytes()...)
	}
	b := binary.LittleEndian.AppendUint16(nil, magic)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)+4+lie))
	return append(b, body...)
}

// options say how an image is built.
type options struct {
	header    int // bytes; 0x200 if 0
	flags     uint32
	payload   []byte
	protected []field
}

// signed is header, program and protected fields.
func signed(o options) []byte {
	if o.header == 0 {
		o.header = 0x200
	}
	if o.payload == nil {
		o.payload = firmwaretest.Kernel("", 5000)
	}
	var protected []byte
	if o.protected != nil {
		protected = area(0x6908, 0, o.protected...)
	}
	le := binary.LittleEndian
	h := le.AppendUint32(nil, 0x96f3b83d)
	h = le.AppendUint32(h, 0x08020000)
	h = le.AppendUint16(h, uint16(o.header))
	h = le.AppendUint16(h, uint16(len(protected)))
	h = le.AppendUint32(h, uint32(len(o.payload)))
	h = le.AppendUint32(h, o.flags)
	h = append(h, 1, 2)
	h = le.AppendUint16(h, 3)
	h = le.AppendUint32(h, 4)
	h = le.AppendUint32(h, 0)
	h = append(h, make([]byte, o.header-len(h))...)
	return slices.Concat(h, o.payload, protected)
}

var counter = field{0x50, []byte{9, 0, 0, 0}}

func sha(b []byte) []byte    { s := sha256.Sum256(b); return s[:] }
func sha384(b []byte) []byte { s := sha512.Sum384(b); return s[:] }
func sha5(b []byte) []byte   { s := sha512.Sum512(b); return s[:] }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Keys are made when they are needed: a fuzz target needs none.
var (
	p256    = sync.OnceValue(func() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384    = sync.OnceValue(func() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	rsa2048 = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	rsa3072 = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 3072)) })
	edKey   = sync.OnceValue(func() crypto.Signer { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) })
)

func spki(key crypto.Signer) []byte { return must(x509.MarshalPKIXPublicKey(key.Public())) }

// sign makes the field with the hash, that of the key, and the signature.
func sign(over []byte, key crypto.Signer) []field {
	digest, hash := sha(over), field{0x10, sha(over)}
	public, kind, opts := spki(key), uint16(0x22), crypto.SignerOpts(crypto.SHA256)
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P384() {
			digest, hash, opts = sha384(over), field{0x11, sha384(over)}, crypto.SHA384
		}
	case *rsa.PrivateKey:
		public = x509.MarshalPKCS1PublicKey(&k.PublicKey)
		kind, opts = 0x20, &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}
		if k.N.BitLen() == 3072 {
			kind = 0x23
		}
	case ed25519.PrivateKey:
		kind, opts = 0x24, crypto.Hash(0)
	}
	keyHash := sha(public)
	if hash.kind == 0x11 {
		keyHash = sha384(public)
	}
	return []field{hash, {0x01, keyHash}, {kind, must(key.Sign(rand.Reader, digest, opts))}}
}

// image is a whole image, signed with a key.
func image(o options, key crypto.Signer) []byte {
	over := signed(o)
	return append(over, area(0x6907, 0, sign(over, key)...)...)
}
