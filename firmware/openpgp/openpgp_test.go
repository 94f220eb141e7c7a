package openpgp_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/openpgp"
)

// body is that of a signature of version 4 by RSA, with subpackets.
func body(hashed, unhashed string) []byte {
	b := []byte{4, 0, 1, 8, 0, byte(len(hashed))}
	b = append(append(b, hashed...), 0, byte(len(unhashed)))
	return append(append(b, unhashed...), 0xab, 0xcd, 0, 9, 1, 0xff)
}

func TestSubpackets(t *testing.T) {
	s, err := openpgp.ParseSignature(body("\x05\x02\x00\x00\x00\x07\x05\x03\x00\x00\x00\x3c\x05\x09\x00\x00\x00\x3d\x02\x1b\x03", "\x05\x02\x00\x00\x00\x09\x05\x09\x00\x00\x00\x09\x09\x10\x01\x02\x03\x04\x05\x06\x07\x08"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Created.Unix() != 7 || s.Lifetime.Seconds() != 60 || s.KeyLifetime.Seconds() != 61 || !bytes.Equal(s.Flags, []byte{3}) || s.Issuer != "0102030405060708" || s.Unknown {
		t.Errorf("what nobody signed counts, or what was signed does not: %+v", s)
	}
	for name, c := range map[string]struct {
		hashed string
		want   bool
	}{"not known": {"\x02\x3c\x01", false}, "critical": {"\x02\xbc\x01", true}, "critical and known": {"\x02\x99\x01", false}, "a critical notation": {"\x02\x94\x01", true}} {
		if s, err := openpgp.ParseSignature(body(c.hashed, "")); err != nil || s.Unknown != c.want {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	wide := append([]byte{0xff, 0, 0, 1, 1, 20}, make([]byte, 256)...)
	long := append([]byte{4, 0, 1, 8, byte(len(wide) >> 8), byte(len(wide))}, wide...)
	if _, err := openpgp.ParseSignature(append(long, 0, 0, 0xab, 0xcd, 0, 9, 1, 0xff)); err != nil {
		t.Errorf("a subpacket with a length of five bytes: %v", err)
	}
}

func TestBadSignatures(t *testing.T) {
	good := body("", "")
	for name, b := range map[string][]byte{
		"nothing": nil, "a subpacket that is too long": body("\x09\x02\x00", ""), "one of no bytes": body("\x00", ""),
		"a short time": body("\x03\x02\x00\x00", ""), "something behind": append(bytes.Clone(good), 0), "no number": good[:len(good)-4],
		"subpackets beyond the end": {4, 0, 1, 8, 0xff, 0xff}, "version 3 with another length": append([]byte{3, 4}, make([]byte, 30)...),
	} {
		if s, err := openpgp.ParseSignature(b); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	for _, v := range []byte{2, 5, 7} {
		if _, err := openpgp.ParseSignature([]byte{v, 0, 0}); !errors.Is(err, openpgp.ErrVersion) {
			t.Errorf("version %d: %v", v, err)
		}
	}
}

func TestPackets(t *testing.T) {
	for name, c := range map[string]struct {
		b     string
		count int
		ok    bool
	}{
		"old, one byte": {"\x88\x01a", 1, true}, "old, two": {"\x89\x00\x01a", 1, true}, "old, four": {"\x8a\x00\x00\x00\x01a", 1, true},
		"new, one": {"\xc2\x01a", 1, true}, "new, two": {"\xc2\xc0\x00" + strings.Repeat("a", 192), 1, true}, "new, five": {"\xc2\xff\x00\x00\x00\x01a", 1, true},
		"two": {"\xc2\x00\x88\x00", 2, true}, "length left open": {"\x8ba", 0, false}, "in parts": {"\xc2\xe0aa", 0, false},
		"too long": {"\xc2\x05a", 0, false}, "4 GiB": {"\xc2\xff\xff\xff\xff\xff", 0, false}, "no packet behind": {"\xc2\x00a", 1, false}, "cut header": {"\xc2\xff\x00", 0, false},
	} {
		p, err := openpgp.Packets([]byte(c.b))
		if len(p) != c.count || (err == nil) != c.ok {
			t.Errorf("%s: %d packets, %v", name, len(p), err)
		}
	}
	if p, err := openpgp.Packets(bytes.Repeat([]byte("\xc2\x00"), 1<<13)); err == nil || len(p) != 1<<12 {
		t.Errorf("%d packets, %v", len(p), err)
	}
}

func TestBadKeys(t *testing.T) {
	for name, b := range map[string]string{
		"nothing": "", "no number": "\x04\x00\x00\x00\x00\x01", "a number that is cut": "\x04\x00\x00\x00\x00\x01\x10\x00a", "something behind": "\x04\x00\x00\x00\x00\x01\x00\x00\x00\x00a",
		"version 6 with another length": "\x06\x00\x00\x00\x00\x01\x00\x00\x00\x09\x00\x00\x00\x00",
	} {
		if k, err := openpgp.ParseKey([]byte(b)); err == nil {
			t.Errorf("%s: %+v", name, k)
		}
	}
	for name, b := range map[string]string{
		"an unknown curve": "\x04\x00\x00\x00\x00\x13\x01\x01\x00\x08\x04", "no point of the curve": "\x04\x00\x00\x00\x00\x13\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x00\x08\x04",
		"a large exponent": "\x04\x00\x00\x00\x00\x01\x00\x08\xff\x00\x28\xff\xff\xff\xff\xff", "an unknown algorithm": "\x04\x00\x00\x00\x00\x63abc",
	} {
		if k, err := openpgp.ParseKey([]byte(b)); err != nil || k.Public != nil {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
	}
}

func TestArmour(t *testing.T) {
	for name, c := range map[string]struct{ text, kind, content string }{
		"plain":               {"-----BEGIN PGP SIGNATURE-----\n\nYWJj\n-----END PGP SIGNATURE-----", "SIGNATURE", "abc"},
		"headers, sum and CR": {"note\r\n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\nVersion: 1\r\n\r\nYWJj\r\n=abcd\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n", "PUBLIC KEY BLOCK", "abc"},
		"none":                {"abc", "", ""}, "in a line": {"x-----BEGIN PGP SIGNATURE-----\n\nYWJj\n-----END PGP SIGNATURE-----", "", ""},
		"no end": {"-----BEGIN PGP SIGNATURE-----\n\nYWJj\n", "bad", ""}, "another end": {"-----BEGIN PGP SIGNATURE-----\n\nYWJj\n-----END PGP MESSAGE-----", "bad", ""},
		"no empty line": {"-----BEGIN PGP SIGNATURE-----\nYWJj\n-----END PGP SIGNATURE-----", "bad", ""}, "no base64": {"-----BEGIN PGP SIGNATURE-----\n\n*\n-----END PGP SIGNATURE-----", "bad", ""},
	} {
		kind, content, _, err := openpgp.Armour([]byte(c.text))
		if err != nil {
			kind = "bad"
		}
		if kind != c.kind || string(content) != c.content {
			t.Errorf("%s: %q, %q, %v", name, kind, content, err)
		}
	}
}

func TestBadClear(t *testing.T) {
	const sig = "-----BEGIN PGP SIGNATURE-----\n\nYWJj\n-----END PGP SIGNATURE-----"
	for name, text := range map[string]string{
		"nothing": "", "no text": "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n", "no signature": "-----BEGIN PGP SIGNED MESSAGE-----\n\nabc\n",
		"a signature that is cut": "-----BEGIN PGP SIGNED MESSAGE-----\n\nabc\n" + sig[:40], "something behind the first line": "-----BEGIN PGP SIGNED MESSAGE-----x\n\nabc\n" + sig,
		"a header": "-----BEGIN PGP SIGNED MESSAGE-----\nabc\n\nabc\n" + sig,
	} {
		if c, err := openpgp.ParseClear([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func Fuzz(f *testing.F) {
	for _, name := range []string{"version6.key", "version6.sig", "subkey.key", "subkey.sig"} {
		b, err := os.ReadFile("testdata/" + name + ".asc")
		if err != nil {
			f.Fatal(err)
		}
		_, packets, _, err := openpgp.Armour(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(packets)
	}
	f.Add([]byte("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- -a \n-----BEGIN PGP SIGNATURE-----\n\nYWJj\n-----END PGP SIGNATURE-----"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := openpgp.ParseClear(b); err == nil && (c.At > c.Rest || c.Rest > len(b)) {
			t.Errorf("%+v of %d bytes", c, len(b))
		}
		if _, content, _, err := openpgp.Armour(b); err == nil && content != nil {
			b = content
		}
		packets, _ := openpgp.Packets(b)
		for _, p := range packets {
			_, _ = openpgp.ParseKey(p.Body)
			_, _ = openpgp.ParseSecret(p.Body)
			if s, err := openpgp.ParseSignature(p.Body); err == nil {
				_, _ = s.Sum(func(w io.Writer) error { _, err := w.Write(b); return err })
			}
		}
	})
}
