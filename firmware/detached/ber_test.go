package detached_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// TestBER reads a message whose lengths openssl left open, and has openssl read what
// it is as DER.
func TestBER(t *testing.T) {
	openssl := reference.Need(t, "openssl")
	dir := folder(t)
	reference.Run(t, dir, openssl, "req", "-batch", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=dev", "-keyout", "key.pem", "-out", "cert.pem")
	for _, size := range []int{3000, len(content)} { // openssl has a piece for each 4096 bytes
		content := content[:size]
		write(t, dir, "image", content)
		reference.Run(t, dir, openssl, "cms", "-sign", "-binary", "-stream", "-in", "image", "-signer", "cert.pem", "-inkey", "key.pem", "-outform", "DER", "-out", "sig")
		ber := read(t, dir, "sig")
		if ber[1] != 0x80 {
			t.Fatalf("openssl did not leave the length open: % x", ber[:4])
		}
		c, err := detached.ParseCMS(append(bytes.Clone(ber), 1, 2, 3))
		if err != nil || c.Length != len(ber) || c.Signers != 1 || len(c.Hashes) != 1 {
			t.Fatalf("%d of %d bytes, %d signers, %v", c.Length, len(ber), c.Signers, err)
		}
		if !bytes.Equal(c.Content, content) || (c.ContentAt < 0) != (size > 4096) || c.ContentAt >= 0 && !bytes.Equal(ber[c.ContentAt:c.ContentAt+len(content)], content) {
			t.Errorf("content of %d bytes at %d", len(c.Content), c.ContentAt)
		}
		der, n, err := detached.DER(ber)
		if err != nil || n != len(ber) {
			t.Fatal(n, err)
		}
		again, _, err := detached.DER(der)
		if err != nil || !bytes.Equal(again, der) {
			t.Errorf("what is DER does not stay as it is: %v", err)
		}
		write(t, dir, "der", der)
		reference.Run(t, dir, openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", "der", "-content", "image", "-CAfile", "cert.pem", "-purpose", "any", "-out", "verified")
	}
}

func TestDER(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"DER", "\x30\x03\x02\x01\x05", "\x30\x03\x02\x01\x05"},
		{"open", "\x30\x80\x02\x01\x05\x00\x00", "\x30\x03\x02\x01\x05"},
		{"open inside open", "\xa0\x80\x30\x80\x00\x00\x00\x00", "\xa0\x02\x30\x00"},
		{"a long length", "\x30\x82\x00\x03\x02\x01\x05", "\x30\x03\x02\x01\x05"},
		{"in pieces", "\x24\x80\x04\x02ab\x04\x01c\x00\x00", "\x04\x03abc"},
		{"pieces of pieces", "\x24\x80\x24\x04\x04\x02ab\x04\x01c\x00\x00", "\x04\x03abc"},
	} {
		got, n, err := detached.DER([]byte(c.in + "behind"))
		if err != nil || string(got) != c.want || n != len(c.in) {
			t.Errorf("%s: % x, %d bytes, %v", c.name, got, n, err)
		}
	}
	for name, in := range map[string]string{
		"nothing":                "",
		"open and primitive":     "\x04\x80ab\x00\x00",
		"open without an end":    "\x30\x80\x02\x01\x05",
		"too long":               "\x30\x09\x02\x01\x05",
		"pieces of another kind": "\x24\x03\x02\x01\x05",
		"too deep":               strings.Repeat("\x30\x80", 100) + strings.Repeat("\x00\x00", 100),
		"too many":               "\x30\x80" + strings.Repeat("\x05\x00", 20_000) + "\x00\x00",
	} {
		if got, _, err := detached.DER([]byte(in)); err == nil {
			t.Errorf("%s: % x", name, got)
		}
	}
}

func FuzzDER(f *testing.F) {
	f.Add([]byte("\x30\x80\x24\x80\x04\x02ab\x04\x01c\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		der, n, err := detached.DER(b)
		if err != nil {
			return
		}
		if again, m, err := detached.DER(der); n > len(b) || err != nil || m != len(der) || !bytes.Equal(again, der) {
			t.Errorf("% x, then % x, %v", der, again, err)
		}
	})
}
