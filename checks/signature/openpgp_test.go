package signature

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

func hexBytes(s string) ([]byte, error) { return hex.DecodeString(s) }

// over reads signatures over the content of the tests, or over something else.
func over(t *testing.T, sig, signed []byte) firmware.Signature {
	t.Helper()
	found, err := detached.Parse(context.Background(), sig, format.InMemory(signed))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d signatures, %v", len(found), err)
	}
	return found[0]
}

func pgpKeys(t *testing.T, b []byte) []Key {
	t.Helper()
	keys, err := ParseKeys("release.asc", b)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

var signedOn = dated(today.AddDate(0, -1, 0))

// TestOpenPGPCases takes every kind of key through the same cases.
func TestOpenPGPCases(t *testing.T) {
	for name, m := range map[string]*pgpMaker{
		"RSA-SHA256": pgpMade(rsaKey(2048)), "ECDSA-SHA256": pgpMade(p256Key()), "Ed25519-SHA256": pgpMade(ed25519Key()),
		"version 6, Ed25519-SHA256": {key: ed25519Key(), created: born, version: 6},
	} {
		certificate := m.certificate
		if m.version == 6 {
			certificate = m.sixth
		}
		keys, other := pgpKeys(t, certificate()), pgpKeys(t, pgpMade(p256Key()).certificate())
		good := m.sign(0, 8, content, signedOn)
		expect := func(what string, s firmware.Signature, keys []Key, want Verdict, reason string) {
			t.Helper()
			if o := Verify(s, keys, today); o.Verdict != want || !strings.Contains(o.Reason, reason) || (o.Reason == "") != (want == Valid) {
				t.Errorf("%s, %s: %s (%s), want %s", name, what, o.Verdict, o.Reason, want)
			}
		}
		s := over(t, packet(2, good), content)
		expect("good", s, keys, Valid, "")
		if o := Verify(s, keys, today); !strings.HasSuffix(name, strings.TrimPrefix(o.Algorithm, "OpenPGP ")) || o.Key == "" || o.Public == nil {
			t.Errorf("%s: %+v", name, o)
		}
		expect("in armour", over(t, armour("SIGNATURE", packet(2, good)), content), pgpKeys(t, armour("PUBLIC KEY BLOCK", certificate())), Valid, "")
		expect("tampered", over(t, packet(2, good), append(bytes.Clone(content), 'x')), keys, Invalid, "its digest differs")
		expect("no key", s, nil, Undeclared, noKey)
		expect("wrong key", s, other, Undeclared, "not declared")
		expect("the right one among others", s, append(slices.Clone(other), keys...), Valid, "")
		broken := bytes.Clone(good)
		broken[len(broken)-1] ^= 1
		expect("broken value", over(t, packet(2, broken), content), keys, Invalid, "it does not verify")
		expect("truncated", over(t, packet(2, good[:len(good)-3]), content), keys, Invalid, "not whole")
		stripped := s
		stripped.Value = nil
		expect("stripped", stripped, keys, Invalid, "empty")
		expect("another type", over(t, packet(2, m.sign(0x10, 8, content, signedOn)), content), keys, Invalid, "over no data")
		expect("expired", over(t, packet(2, m.sign(0, 8, content, signedOn, seconds(3, 24*time.Hour))), content), keys, Invalid, "the signature expired on 2026-05-02")
		expect("not expired", over(t, packet(2, m.sign(0, 8, content, signedOn, seconds(3, 90*24*time.Hour))), content), keys, Valid, "")
		expect("of tomorrow", over(t, packet(2, m.sign(0, 8, content, dated(today.AddDate(0, 0, 2)))), content), keys, Invalid, "it is dated 2026-06-03")
		expect("without a date", over(t, packet(2, m.sign(0, 8, content)), content), keys, Invalid, "does not say when")
		expect("older than its key", over(t, packet(2, m.sign(0, 8, content, dated(born.AddDate(0, 0, -1)))), content), keys, Invalid, "made after the signature")
		expect("critical and unknown", over(t, packet(2, m.sign(0, 8, content, signedOn, sub(0x80|60, 1))), content), keys, Invalid, "understood")
		expect("unknown and not critical", over(t, packet(2, m.sign(0, 8, content, signedOn, sub(60, 1))), content), keys, Valid, "")
		out := pgpKeys(t, certificate(seconds(9, 24*time.Hour)))
		expect("expired key", s, out, Invalid, "the key expired on 2025-01-02")
		expect("a key that certifies only", s, pgpKeys(t, certificate(sub(27, 1))), Invalid, "not for signatures")
		expect("a key that signs", s, pgpKeys(t, certificate(sub(27, 3))), Valid, "")
		dated := slices.Clone(keys)
		dated[0].Until = today.AddDate(0, 0, -1)
		expect("declared until", s, dated, Invalid, "declared for use until")
		bare := []Key{{Name: "bare", Public: m.key.Public()}}
		expect("the same key, declared bare", s, bare, Valid, "")
	}
}

// sixth is the certificate of a key of version 6, which signs itself directly.
func (m *pgpMaker) sixth(hashed ...[]byte) []byte {
	self := m.sign(0x1f, 8, m.parsed().Hashed(), append([][]byte{dated(m.created)}, hashed...)...)
	return append(packet(6, m.body()), packet(2, self)...)
}

// TestOpenPGPKeys has what can stand in a key.
func TestOpenPGPKeys(t *testing.T) {
	m, child := pgpMade(p256Key()), pgpMade(ed25519Key())
	whole := m.certificate(sub(27, 1))
	revocation := packet(2, m.sign(0x20, 8, m.parsed().Hashed(), dated(today)))
	revokedChild := packet(2, m.sign(0x28, 8, append(m.parsed().Hashed(), child.parsed().Hashed()...), dated(today)))
	foreign := packet(2, child.sign(0x20, 8, m.parsed().Hashed(), dated(today)))
	byChild := over(t, packet(2, child.sign(0, 8, content, signedOn)), content)
	byMain := over(t, packet(2, m.sign(0, 8, content, signedOn)), content)
	head := packet(6, m.body())
	for _, c := range []struct {
		name   string
		s      firmware.Signature
		key    []byte
		want   Verdict
		reason string
	}{
		{"subkey", byChild, slices.Concat(whole, m.bind(child, true, sub(27, 2))), Valid, ""},
		{"subkey that did not agree", byChild, slices.Concat(whole, m.bind(child, false, sub(27, 2))), Invalid, "did not sign that it belongs"},
		{"subkey for encryption", byChild, slices.Concat(whole, m.bind(child, true, sub(27, 4))), Invalid, "the subkey is not for signatures"},
		{"expired subkey", byChild, slices.Concat(whole, m.bind(child, true, sub(27, 2), seconds(9, time.Hour))), Invalid, "the subkey expired"},
		{"revoked subkey", byChild, slices.Concat(whole, m.bind(child, true, sub(27, 2)), revokedChild), Invalid, "the subkey was revoked on 2026-06-01"},
		{"subkey of an expired key", byChild, slices.Concat(m.certificate(seconds(9, time.Hour)), m.bind(child, true)), Invalid, "the key expired"},
		{"subkey of a revoked key", byChild, slices.Concat(head, revocation, whole[len(head):], m.bind(child, true)), Invalid, "the key was revoked"},
		{"subkey that nobody bound", byChild, slices.Concat(whole, packet(14, child.body())), Undeclared, "not declared"},
		{"subkey bound by itself", byChild, slices.Concat(whole, packet(14, child.body()), packet(2, child.sign(0x18, 8, append(m.parsed().Hashed(), child.parsed().Hashed()...), dated(born)))), Undeclared, "not declared"},
		{"revoked", byMain, slices.Concat(m.certificate(), revocation), Invalid, "the key was revoked on 2026-06-01"},
		{"revoked by another", byMain, slices.Concat(head, foreign, m.certificate()[len(head):]), Valid, ""},
		{"two keys", byMain, slices.Concat(child.certificate(), m.certificate()), Valid, ""},
	} {
		if c.name == "revoked" {
			c.key = slices.Concat(head, revocation, m.certificate()[len(head):])
		}
		o := Verify(c.s, pgpKeys(t, c.key), today)
		if o.Verdict != c.want || !strings.Contains(o.Reason, c.reason) {
			t.Errorf("%s: %s (%s), want %s", c.name, o.Verdict, o.Reason, c.want)
		}
	}
	newer := m.sign(0x13, 8, selfOver(m), dated(today), seconds(9, 10*365*24*time.Hour))
	longer := slices.Concat(m.certificate(seconds(9, time.Hour)), packet(2, newer))
	if o := Verify(byMain, pgpKeys(t, longer), today); o.Verdict != Valid {
		t.Errorf("a key whose life was made longer: %s (%s)", o.Verdict, o.Reason)
	}
}

func selfOver(m *pgpMaker) []byte {
	id := "release <release@example.org>"
	return append(m.parsed().Hashed(), append([]byte{0xb4, 0, 0, 0, byte(len(id))}, id...)...)
}

// TestNoOpenPGPKeys are files that hold none.
func TestNoOpenPGPKeys(t *testing.T) {
	m := pgpMade(p256Key())
	whole := m.certificate()
	unsigned := packet(6, m.body())
	self := bytes.Clone(whole)
	self[len(self)-1] ^= 1
	for name, b := range map[string][]byte{
		"nobody says that it is one": unsigned, "a signature on itself that is broken": self, "cut": whole[:len(whole)-3],
		"an armour that is cut": armour("PUBLIC KEY BLOCK", whole)[:200], "a signature": armour("SIGNATURE", packet(2, m.sign(0, 8, content, signedOn))),
		"nothing in armour": armour("PUBLIC KEY BLOCK", nil), "version 3": packet(6, append([]byte{3}, m.body()[1:]...)),
	} {
		if keys, err := ParseKeys("x", b); err == nil {
			t.Errorf("%s: %d keys", name, len(keys))
		}
	}
	for name, b := range map[string][]byte{"secret": packet(5, m.body()), "secret in armour": armour("PRIVATE KEY BLOCK", whole)} {
		if _, err := ParseKeys("x", b); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOldOpenPGP has signatures of version 3, weak hashes and small keys.
func TestOldOpenPGP(t *testing.T) {
	small := pgpMade(rsaKey(1024))
	keys := pgpKeys(t, small.certificate())
	third := over(t, packet(2, small.third(content, today.AddDate(0, -1, 0))), content)
	if o := Verify(third, keys, today); o.Verdict != Valid {
		t.Errorf("version 3: %s (%s)", o.Verdict, o.Reason)
	}
	if got := Weaknesses(third); !slices.Equal(got, []string{"RSA with 1024 bits"}) {
		t.Errorf("%q", got)
	}
	sha1 := over(t, packet(2, small.sign(0, 2, content, signedOn)), content)
	if o := Verify(sha1, keys, today); o.Verdict != Valid || !slices.Contains(Weaknesses(sha1), "SHA-1") {
		t.Errorf("SHA-1: %s (%s), %q", o.Verdict, o.Reason, Weaknesses(sha1))
	}
	md5 := bytes.Clone(small.sign(0, 8, content, signedOn))
	md5[3] = 1
	s := over(t, packet(2, md5), content)
	if o := Verify(s, keys, today); o.Verdict != Unknown || !slices.Contains(Weaknesses(s), "MD5") {
		t.Errorf("MD5: %s (%s), %q", o.Verdict, o.Reason, Weaknesses(s))
	}
	fifth := bytes.Clone(md5)
	fifth[0] = 5
	if o := Verify(over(t, packet(2, fifth), content), keys, today); o.Verdict != Unknown {
		t.Errorf("version 5: %s (%s)", o.Verdict, o.Reason)
	}
}

// TestClearText has a text that is signed in clear, whole and with something that
// nobody signed.
func TestClearText(t *testing.T) {
	m := pgpMade(ed25519Key())
	keys := pgpKeys(t, m.certificate())
	sig := armour("SIGNATURE", packet(2, m.sign(1, 8, []byte("Origin: x\r\n-dash"), signedOn)))
	text := "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: x  \n- -dash\n"
	for name, c := range map[string]struct {
		text string
		want Verdict
	}{
		"good": {text + string(sig), Valid}, "tampered": {strings.Replace(text, "x", "y", 1) + string(sig), Invalid},
		"a header that nobody signed": {strings.Replace(text, "Hash: SHA256", "Note: yes", 1) + string(sig), Invalid},
	} {
		s := detached.Clear("openpgp", []byte(c.text))
		if o := Verify(s[0], keys, today); len(s) != 1 || o.Verdict != c.want {
			t.Errorf("%s: %s (%s)", name, o.Verdict, o.Reason)
		}
	}
	if s := detached.Clear("openpgp", []byte(text+string(sig)+"Origin: z\n")); len(s[0].Leaves) != 1 {
		t.Errorf("what follows is not left out: %+v", s[0].Leaves)
	}
}

// TestAgainstGPG has gpg make keys and signatures.
func TestAgainstGPG(t *testing.T) {
	gpg := reference.Need(t, "gpg")
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	clock := "20250601T000000!"
	run := func(args ...string) []byte {
		file := filepath.Join(dir, "out")
		_ = os.Remove(file)
		reference.Run(t, dir, gpg, append([]string{"--homedir", home, "--batch", "--yes", "--no-tty", "--faked-system-time", clock, "--pinentry-mode", "loopback", "--passphrase", "", "--output", file}, args...)...)
		b, _ := os.ReadFile(file)
		return b
	}
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := []byte("a line  \nanother\r\n\nlast")
	put("image", content)
	put("text", text)
	for _, kind := range []string{"rsa2048", "dsa2048", "nistp256", "nistp384", "nistp521", "ed25519"} {
		who := kind + "@example.org"
		run("--quick-generate-key", who, kind, "sign", "2y")
		keys := pgpKeys(t, run("--export", "--armor", who))
		if bin := pgpKeys(t, run("--export", who)); len(bin) != len(keys) {
			t.Errorf("%s: %d keys in armour, %d without", kind, len(keys), len(bin))
		}
		for _, c := range []struct {
			name   string
			sig    []byte
			signed []byte
			asOf   time.Time
			want   Verdict
		}{
			{"good", run("-u", who, "--armor", "--detach-sign", "image"), content, today, Valid},
			{"SHA-512", run("-u", who, "--digest-algo", "SHA512", "--detach-sign", "image"), content, today, Valid},
			{"as text", run("-u", who, "--textmode", "--detach-sign", "text"), text, today, Valid},
			{"tampered", run("-u", who, "--detach-sign", "image"), text, today, Invalid},
			{"key ran out", run("-u", who, "--detach-sign", "image"), content, today.AddDate(2, 0, 0), Invalid},
			{"signature ran out", run("-u", who, "--default-sig-expire", "5d", "--detach-sign", "image"), content, today, Invalid},
		} {
			if o := Verify(over(t, c.sig, c.signed), keys, c.asOf); o.Verdict != c.want {
				t.Errorf("%s, %s: %s (%s), want %s", kind, c.name, o.Verdict, o.Reason, c.want)
			}
		}
		clear := detached.Clear("openpgp", run("-u", who, "--clear-sign", "text"))
		if o := Verify(clear[0], keys, today); o.Verdict != Valid {
			t.Errorf("%s in clear: %s (%s)", kind, o.Verdict, o.Reason)
		}
	}
	// What the tests make is what gpg takes for good.
	for name, m := range map[string]*pgpMaker{"rsa": pgpMade(rsaKey(2048)), "ecdsa": pgpMade(p256Key()), "eddsa": pgpMade(ed25519Key())} {
		put("key", m.certificate())
		run("--import", "key")
		put("sig", packet(2, m.sign(0, 8, content, dated(born.AddDate(0, 1, 0)))))
		run("--verify", "sig", "image")
		if name == "rsa" {
			put("sig", packet(2, m.third(content, born.AddDate(0, 1, 0))))
			run("--verify", "sig", "image")
		}
	}
}

// TestOpenPGPVectors has keys and signatures that others made: of version 6 by
// ProtonMail's go-crypto 1.5.2, of a subkey by GnuPG 2.2.40. Their private halves
// were thrown away.
func TestOpenPGPVectors(t *testing.T) {
	for _, name := range []string{"version6", "subkey"} {
		read := func(what string) []byte {
			return must(os.ReadFile("../../firmware/openpgp/testdata/" + name + "." + what + ".asc"))
		}
		keys := pgpKeys(t, read("key"))
		if o := Verify(over(t, read("sig"), content), keys, today); o.Verdict != Valid {
			t.Errorf("%s: %s (%s)", name, o.Verdict, o.Reason)
		}
		if o := Verify(over(t, read("sig"), content[1:]), keys, today); o.Verdict != Invalid {
			t.Errorf("%s, tampered: %s", name, o.Verdict)
		}
	}
}

func FuzzOpenPGP(f *testing.F) {
	m, child := pgpMade(p256Key()), pgpMade(ed25519Key())
	f.Add(slices.Concat(m.certificate(), m.bind(child, true)), packet(2, m.sign(0, 8, content, signedOn)))
	f.Add(armour("PUBLIC KEY BLOCK", m.certificate()), armour("SIGNATURE", packet(2, m.third(content, today))))
	f.Fuzz(func(t *testing.T, key, sig []byte) {
		keys, err := ParseKeys("x", key)
		if err != nil {
			keys = nil
		}
		found, err := detached.Parse(context.Background(), sig, format.InMemory(content))
		if err != nil {
			return
		}
		for _, s := range found {
			Verify(s, keys, today)
			Weaknesses(s)
		}
		detached.Clear("openpgp", sig)
	})
}
