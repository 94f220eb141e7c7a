package signature_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/signed"
)

// bad is an image that is not as it should be, and what must be said of it.
type bad struct {
	name  string
	image []byte
	keys  []signature.Key
	want  string // in a finding or the reason
}

// refused judges images that must not pass, and for which there must be a finding.
func refused(t *testing.T, all []bad) {
	t.Helper()
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			j := judge(t, b.image, b.keys)
			said := j.result.Reason
			for _, f := range j.result.Findings {
				said += "\n" + f.Message
				for _, e := range f.Evidence {
					said += " " + e.Note
				}
			}
			if j.result.Verdict == assay.Pass || len(j.result.Findings) == 0 || !strings.Contains(said, b.want) {
				t.Errorf("%s: %s\nwant %q", j.result.Verdict, said, b.want)
			}
		})
	}
}

func kind(t *testing.T, name string) signed.Kind {
	t.Helper()
	all := signed.Kinds()
	i := slices.IndexFunc(all, func(k signed.Kind) bool { return k.Name == name })
	if i < 0 {
		t.Fatalf("no kind %q", name)
	}
	return all[i]
}

// good is a container of a kind with its key.
func good(t *testing.T, name string) ([]byte, []signature.Key) {
	t.Helper()
	k := kind(t, name)
	m := k.Key.Maker(0, since)
	return k.Build(m), declared(t, k, m)
}

func keysOf(t *testing.T, certified bool, makers ...*signed.Maker) (keys []signature.Key) {
	t.Helper()
	for _, m := range makers {
		parsed, err := signature.ParseKeys("maker", m.Public(certified))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, parsed...)
	}
	return keys
}

// TestSeveralSignatures has containers with two signatures, of which one is good.
func TestSeveralSignatures(t *testing.T) {
	a, b := signed.P256.Maker(0, since), signed.P256.Maker(1, since)
	r, q := signed.RSA2048.Maker(0, since), signed.RSA2048.Maker(1, since)
	both := func(first, second func(covered []byte) []signed.TLV) []byte {
		return signed.MCUboot(func(covered []byte) []signed.TLV {
			return append(first(covered), second(covered)[1:]...)
		})
	}
	wrong := func(m *signed.Maker) func([]byte) []signed.TLV {
		return func(covered []byte) []signed.TLV { return m.TLVs(append(bytes.Clone(covered), 0)) }
	}
	wrongBlock := func(m *signed.Maker) func([]byte) []byte {
		return func(covered []byte) []byte { return m.ESPBlock(append(bytes.Clone(covered), 0)) }
	}
	cms := func(content func([]byte) []byte, makers ...*signed.Maker) func([]byte) []byte {
		return func(description []byte) []byte { return signed.CMS(content(description), false, makers...) }
	}
	same := func(b []byte) []byte { return b }
	plain, key := good(t, "swupdate RSA")
	value := signatureMember(t, plain)
	refused(t, []bad{
		{"mcuboot, the second is wrong", both(a.TLVs, wrong(b)), keysOf(t, false, a, b), "invalid"},
		{"mcuboot, the first is wrong", both(wrong(b), a.TLVs), keysOf(t, false, a, b), "invalid"},
		{"mcuboot, the second is a stranger's", both(a.TLVs, b.TLVs), keysOf(t, false, a), "not by a declared key"},
		{"esp, the second is wrong", signed.ESPBlocks(a.ESPBlock, wrongBlock(b)), keysOf(t, false, a, b), "the digest in the signature block is not that of the image"},
		{"esp, the second is a stranger's", signed.ESPBlocks(a.ESPBlock, b.ESPBlock), keysOf(t, false, a), "not by a declared key"},
		{"swupdate, two signatures", signed.SWUpdate(func(d []byte) []byte { return value }, signed.Member{Name: "sw-description.sig", Content: value}), key, "a second member"},
		{"CMS, one signer is a stranger", signed.SWUpdate(cms(same, r, q)), keysOf(t, true, r), "not every signer of the image is a declared one"},
		{"CMS, nobody signed", signed.SWUpdate(cms(same)), keysOf(t, true, r), "no signer"},
		{"CMS, both about something else", signed.SWUpdate(cms(func([]byte) []byte { return nil }, r, q)), keysOf(t, true, r, q), "digest differs"},
		{"CMS, one signer is wrong", signed.SWUpdate(func(d []byte) []byte {
			m := signed.CMS(d, false, r, q)
			m[len(m)-1] ^= 1 // of the last signer's value
			return m
		}), keysOf(t, true, r, q), "does not verify"},
	})
	for name, image := range map[string][]byte{
		"mcuboot": both(a.TLVs, b.TLVs), "esp": signed.ESPBlocks(a.ESPBlock, b.ESPBlock),
	} {
		if j := judge(t, image, keysOf(t, false, a, b)); j.result.Verdict != assay.Pass || len(j.outcomes) != 2 {
			t.Errorf("%s with two good signatures: %s", name, j.said())
		}
	}
	if j := judge(t, signed.SWUpdate(cms(same, r, q)), keysOf(t, true, r, q)); j.result.Verdict != assay.Pass {
		t.Errorf("CMS with two good signers: %s", j.said())
	}
}

// signatureMember is the content of sw-description.sig.
func signatureMember(t *testing.T, image []byte) []byte {
	t.Helper()
	j := judge(t, image, nil)
	return j.signatures[0].Value
}

// TestLengthsThatLie changes the fields by which a container says how much is
// signed.
func TestLengthsThatLie(t *testing.T) {
	var all []bad
	for _, c := range []struct {
		kind  string
		what  string
		at    int // from the end if negative
		width int
		add   int64
		order binary.ByteOrder
	}{
		{"mcuboot P-256", "image", 12, 4, 64, binary.LittleEndian},
		{"mcuboot P-256", "image", 12, 4, -64, binary.LittleEndian},
		{"mcuboot P-256", "image", 12, 4, 1 << 30, binary.LittleEndian},
		{"mcuboot P-256", "protected fields", 10, 2, 4, binary.LittleEndian},
		{"rauc plain", "message", -8, 8, -2, binary.BigEndian},
		{"rauc verity", "message", -8, 8, -2, binary.BigEndian},
		{"avb vbmeta", "authentication", 12, 8, 64, binary.BigEndian},
		{"avb vbmeta", "auxiliary", 20, 8, -64, binary.BigEndian},
		{"avb vbmeta", "signature", 56, 8, -128, binary.BigEndian},
		{"fit configuration RSA", "tree", 4, 4, -16, binary.BigEndian},
		{"suit ES256", "manifest", 5, 1, 1, binary.BigEndian},
		{"zigbee-ota sect163k1", "file", 52, 4, -64, binary.LittleEndian},
		{"zigbee-ota sect163k1", "file", 52, 4, 64, binary.LittleEndian},
		{"apk 3 ECDSA", "database", 8, 4, -8, binary.LittleEndian},
		{"swupdate RSA", "description", 61, 1, -1, binary.BigEndian},
	} {
		image, keys := good(t, c.kind)
		all = append(all, bad{c.kind + ": " + c.what, lie(image, c.at, c.width, c.add, c.order), keys, ""})
	}
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			if j := judge(t, b.image, b.keys); j.result.Verdict == assay.Pass {
				t.Errorf("passes: %+v", j.result.Findings)
			}
		})
	}
}

// lie adds to a number of an image.
func lie(image []byte, at, width int, add int64, order binary.ByteOrder) []byte {
	b := bytes.Clone(image)
	if at < 0 {
		at += len(b)
	}
	switch f := b[at:]; width {
	case 1:
		f[0] += byte(add)
	case 2:
		order.PutUint16(f, order.Uint16(f)+uint16(add))
	case 4:
		order.PutUint32(f, order.Uint32(f)+uint32(add))
	default:
		order.PutUint64(f, order.Uint64(f)+uint64(add))
	}
	return b
}

// TestDoubles has containers in which something is twice of which only one can
// count.
func TestDoubles(t *testing.T) {
	m := signed.P256.Maker(0, since)
	keys := keysOf(t, false, m)
	twice := func(kind uint16) []byte {
		return signed.MCUboot(func(covered []byte) []signed.TLV {
			fields := m.TLVs(covered)
			for _, f := range fields {
				if f.Type == kind {
					return append(fields, f)
				}
			}
			return nil
		})
	}
	dfu, dfuKeys := good(t, "nordic ECDSA")
	members := signed.Unzip(dfu)
	again := func(name, as string) []byte {
		for _, f := range members {
			if f.Name == name {
				return signed.Zip(append(slices.Clone(members), signed.Member{Name: as, Content: f.Content})...)
			}
		}
		return nil
	}
	refused(t, []bad{
		{"mcuboot, the hash", twice(0x10), keys, "field SHA256 is there twice"},
		{"zip, two manifests", again("manifest.json", "manifest.json"), dfuKeys, "2 manifests in one package"},
		{"zip, a manifest in a folder", again("manifest.json", "x/manifest.json"), dfuKeys, "2 manifests in one package"},
		{"zip, two programs", again("app.bin", "./app.bin"), dfuKeys, `"app.bin" is there twice`},
		{"zip, two packets", again("app.dat", "app.dat"), dfuKeys, `"app.dat" is there twice`},
	})
	// The same signature twice says the same twice.
	if j := judge(t, twice(0x22), keys); j.result.Verdict == assay.Pass && !j.valid() {
		t.Errorf("%s", j.said())
	}
}

// TestPlaces has images whose pieces lie over one another, or far apart.
func TestPlaces(t *testing.T) {
	m := signed.P256.Maker(0, since)
	keys := keysOf(t, false, m)
	app := signed.MCUboot(m.TLVs)
	if j := judge(t, []byte(signed.Hex(0x8000, app)+signed.HexEnd), keys); j.result.Verdict != assay.Pass {
		t.Errorf("a good one: %s", j.said())
	}
	lines := strings.SplitAfter(signed.Hex(0x8000, app)+signed.HexEnd, "\n")
	changed := func(from, to int, text string) []byte {
		all := slices.Clone(lines)
		line := &all[100]
		*line = (*line)[:from] + text + (*line)[to:]
		return []byte(strings.Join(all, ""))
	}
	refused(t, []bad{
		{"segments over one another", m.ESPSigned(signed.ESPImage(0x40080400, 0x40080500)), keys, "overlaps segment"},
		{"HEX, written twice", []byte(signed.Hex(0x8000, app) + signed.Hex(0x8000, app[:32]) + signed.HexEnd), keys, "is written twice"},
		{"HEX, wrong length", changed(1, 3, "1F"), keys, "its length is not as it says"},
		{"HEX, wrong checksum", changed(41, 43, "A5"), keys, "checksum differs"},
		{"HEX, cut", []byte(signed.Hex(0x8000, app)), keys, "without an end record"},
		{"HEX, a gap of 4 GiB", []byte(signed.Hex(0x8000, app) + signed.Hex(0xfffffff0, []byte("reset vector...")) + signed.HexEnd), keys, "15 bytes of the image stand beside what is signed"},
		{"code in front", append(firmwaretest.Kernel("", 40960), app...), keys, "40960 bytes of the image stand beside what is signed"},
	})
}

// TestOddKeys has keys that protect nothing, declared or brought along.
func TestOddKeys(t *testing.T) {
	key := signed.RSA2048.Maker(0, since).Key.Public().(*rsa.PublicKey)
	one := &rsa.PublicKey{N: key.N, E: 1}
	odd := &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int).Rsh(key.N, 3), 0, 1), E: 65537}
	spki := func(k *rsa.PublicKey) []byte {
		der, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	declared := func(k *rsa.PublicKey) []signature.Key {
		keys, err := signature.ParseKeys("maker", spki(k))
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	brings := func(k *rsa.PublicKey) []byte {
		return signed.MCUboot(func(covered []byte) []signed.TLV {
			fields := signed.RSA2048.Maker(0, since).TLVs(covered)
			fields[1] = signed.TLV{Type: 0x02, Value: spki(k)}
			return fields
		})
	}
	m := signed.RSA3072.Maker(0, since)
	exponent := func(covered []byte) []byte {
		b := m.ESPBlock(covered)
		binary.LittleEndian.PutUint32(b[36+384:], 1)
		return signed.ESPSealed(b)
	}
	refused(t, []bad{
		{"exponent 1, declared", signed.SWUpdate(forged), declared(one), "the exponent 1 protects nothing"},
		{"exponent 1, brought along", brings(one), declared(one), "the exponent 1 protects nothing"},
		{"exponent 1, in a block", signed.ESPBlocks(exponent), keysOf(t, false, m), "the exponent 1 protects nothing"},
		{"an odd length, declared", signed.SWUpdate(forged), declared(odd), "2045 bits is no usual key"},
		{"an odd length, brought along", brings(odd), declared(key), "2045 bits is no usual key"},
	})
}

// forged is what verifies with the exponent 1: the padded digest itself.
func forged(message []byte) []byte {
	sum := sha256.Sum256(message)
	prefix, _ := base64.StdEncoding.DecodeString("MDEwDQYJYIZIAWUDBAIBBQAEIA==")
	padding := bytes.Repeat([]byte{0xff}, 256-3-len(prefix)-len(sum))
	return slices.Concat([]byte{0, 1}, padding, []byte{0}, prefix, sum[:])
}
