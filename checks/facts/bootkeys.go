package facts

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"math/big"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

// BootKey is a public key in the control tree of U-Boot.
type BootKey struct {
	Name      string       // of its node, without "key-"
	Required  string       // "conf" or "image"; empty if U-Boot also starts what it did not sign
	Algorithm string       // "sha256,rsa2048"
	Public    assay.Digest `json:",omitempty"` // SHA-256 of its SubjectPublicKeyInfo, if it can be read
	Number    string       `json:",omitempty"` // of the key, as in Key
	Location  assay.Location

	spki []byte // the key; not stored
}

// SPKI is the SubjectPublicKeyInfo of the key in DER; nil if it could not be read, or
// was stored.
func (k BootKey) SPKI() []byte { return k.spki }

// BootKeys are the keys with which U-Boot checks what it starts, in a device tree
// of its own or appended to its program.
var BootKeys = &Scan[BootKey]{
	Name:    "boot-keys",
	Doc:     "Public keys in the control tree of U-Boot, and whether it demands their signature.",
	Version: 2,
	Want:    mayBeTree,
	Words:   bootKeyMarks,
	Spot:    seeBootKeys,
}

// The names of properties that only a tree with a key has, and the limits of the
// search for such trees.
var bootKeyMarks = newLiterals([]string{"rsa,modulus\x00", "ecdsa,x-point\x00"})

const (
	maxBootTrees = 16
	maxBootKeys  = 64
)

func seeBootKeys(f *firmware.File, content []byte, marks sights) (found []BootKey) {
	if !marks.Any() {
		return nil
	}
	magic := []byte(fdt.Magic)
	for at, trees := 0, 0; trees < maxBootTrees && len(found) < maxBootKeys; trees++ {
		i := bytes.Index(content[at:], magic)
		if i < 0 || at+i+minTree > len(content) {
			break
		}
		at += i
		size := min(int64(binary.BigEndian.Uint32(content[at+4:])), int64(len(content)-at))
		tree, err := fdt.Parse(format.InMemory(content[at : int64(at)+size]))
		if err == nil {
			found = append(found, bootKeysOf(f, tree, int64(at))...)
		}
		at += len(magic)
	}
	return found[:min(len(found), maxBootKeys)]
}

func bootKeysOf(f *firmware.File, tree *fdt.Tree, at int64) (found []BootKey) {
	signature := tree.Root.Child("signature")
	if signature == nil {
		return nil
	}
	for _, n := range signature.Children {
		k := BootKey{Name: strings.TrimPrefix(n.Name, "key-"), Location: At(f)}
		k.Location.Offset = at + n.Offset
		material := false
		for _, p := range n.Properties {
			switch p.Name {
			case "required":
				k.Required = propertyText(p)
			case "algo":
				k.Algorithm = propertyText(p)
			case "rsa,modulus", "ecdsa,x-point":
				material = true
			}
		}
		if material {
			if der := bootKey(n); der != nil {
				k.spki, k.Public, k.Number = der, digestOf(der), keys.Number(der)
			}
			found = append(found, k)
		}
	}
	return found
}

// bootKey puts a key together from the numbers that mkimage writes, as a
// SubjectPublicKeyInfo; nil if they are none.
func bootKey(n *fdt.Node) []byte {
	number := func(name string) *big.Int {
		p, _ := n.Property(name)
		return new(big.Int).SetBytes(p.Value.Head(maxBootNumber))
	}
	var key crypto.PublicKey
	if m, e := number("rsa,modulus"), number("rsa,exponent"); m.Sign() > 0 {
		if !e.IsInt64() || e.Sign() == 0 || e.BitLen() > 31 {
			e = big.NewInt(usualExponent) // which U-Boot takes then
		}
		key = &rsa.PublicKey{N: m, E: int(e.Int64())}
	} else if curve := bootCurves[n.Text("ecdsa,curve")]; curve != nil {
		size := (curve.Params().BitSize + 7) / 8
		x, y := number("ecdsa,x-point"), number("ecdsa,y-point")
		if x.BitLen() > 8*size || y.BitLen() > 8*size {
			return nil
		}
		point := append([]byte{4}, x.FillBytes(make([]byte, size))...)
		k, err := ecdsa.ParseUncompressedPublicKey(curve, append(point, y.FillBytes(make([]byte, size))...))
		if err != nil {
			return nil
		}
		key = k
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil
	}
	return der
}

const (
	maxBootNumber = 2048 // bytes
	usualExponent = 65537
)

// bootCurves are the curves, as mkimage names them.
var bootCurves = map[string]elliptic.Curve{
	"prime256v1": elliptic.P256(), "secp384r1": elliptic.P384(), "secp521r1": elliptic.P521(),
}
