package facts

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// testKeys are made once; what they are made of does not matter.
var testKeys = sync.OnceValue(func() (k struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
},
) {
	k.rsa, _ = rsa.GenerateKey(rand.Reader, 1024)
	k.ec, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	k.ed = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	return k
})

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func der(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func selfSigned(t testing.TB, key crypto.Signer, ca bool) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "router.local"},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		BasicConstraintsValid: true, IsCA: ca, DNSNames: []string{"router.local"},
	}
	return der(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
}

// sshFields writes fields of the SSH wire format.
func sshFields(fields ...any) string {
	var b bytes.Buffer
	for _, f := range fields {
		var raw []byte
		switch f := f.(type) {
		case string:
			raw = []byte(f)
		case []byte:
			raw = f
		case *big.Int:
			if raw = f.Bytes(); len(raw) > 0 && raw[0] >= 0x80 {
				raw = append([]byte{0}, raw...)
			}
		}
		binary.Write(&b, binary.BigEndian, uint32(len(raw)))
		b.Write(raw)
	}
	return b.String()
}

// keyFiles holds every form in which a key is to be found, and what it is.
func keyFiles(t testing.TB) map[string][2]string {
	k := testKeys()
	e := big.NewInt(int64(k.rsa.E))
	pkcs8 := der(x509.MarshalPKCS8PrivateKey(k.rsa))
	sec1 := der(x509.MarshalECPrivateKey(k.ec))
	block, err := ssh.MarshalPrivateKey(k.ed, "somebody")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(k.ed, "", []byte("a phrase"))
	if err != nil {
		t.Fatal(err)
	}
	old := &pem.Block{
		Type:    "RSA PRIVATE KEY",
		Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00112233445566778899AABBCCDDEEFF"},
		Bytes:   bytes.Repeat([]byte("sixteen letters "), 40),
	}
	oneLine := strings.ReplaceAll(pemOf("PRIVATE KEY", pkcs8), "\n", `\n`)
	point := der(k.ec.PublicKey.Bytes())
	private := der(k.ec.Bytes())
	return map[string][2]string{
		"pkcs1.pem":     {pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k.rsa)), "private PEM RSA 1024"},
		"pkcs8.pem":     {"text before\n" + pemOf("PRIVATE KEY", pkcs8), "private PEM RSA 1024"},
		"sec1.pem":      {pemOf("EC PRIVATE KEY", sec1), "private PEM EC 256"},
		"crlf.pem":      {strings.ReplaceAll(pemOf("EC PRIVATE KEY", sec1), "\n", "\r\n"), "private PEM EC 256"},
		"ed25519.pem":   {pemOf("PRIVATE KEY", der(x509.MarshalPKCS8PrivateKey(k.ed))), "private PEM Ed25519 256"},
		"config.json":   {`{"key": "` + oneLine + `"}`, "private PEM RSA 1024"},
		"program":       {"\x7fELF\x00\x00" + pemOf("PRIVATE KEY", pkcs8) + "\x00\x00", "private PEM RSA 1024"},
		"old.pem":       {string(pem.EncodeToMemory(old)), "private encrypted PEM RSA 0"},
		"encrypted.pem": {pemOf("ENCRYPTED PRIVATE KEY", der(base64.StdEncoding.DecodeString(encryptedPKCS8))), "private encrypted PEM  0"},
		"pkcs1.der":     {string(x509.MarshalPKCS1PrivateKey(k.rsa)), "private DER RSA 1024"},
		"pkcs8.der":     {string(pkcs8), "private DER RSA 1024"},
		"sec1.der":      {string(sec1), "private DER EC 256"},
		"id_ed25519":    {string(pem.EncodeToMemory(block)), "private OpenSSH Ed25519 256"},
		"id_locked":     {string(pem.EncodeToMemory(locked)), "private encrypted OpenSSH Ed25519 256"},
		"id_binary":     {string(block.Bytes), "private OpenSSH Ed25519 256"},
		"host_rsa":      {sshFields("ssh-rsa", e, k.rsa.N, k.rsa.D, k.rsa.Primes[0], k.rsa.Primes[1]), "private dropbear RSA 1024"},
		"host_rsa_old":  {sshFields("ssh-rsa", e, k.rsa.N, k.rsa.D), "private dropbear RSA 1024"},
		"host_ed25519":  {sshFields("ssh-ed25519", []byte(k.ed)), "private dropbear Ed25519 256"},
		"host_ecdsa":    {sshFields("ecdsa-sha2-nistp256", "nistp256", point, new(big.Int).SetBytes(private)), "private dropbear EC 256"},
		"wrapped_rsa":   {"K=" + base64.StdEncoding.EncodeToString([]byte(sshFields("ssh-rsa", e, k.rsa.N, k.rsa.D, k.rsa.Primes[0], k.rsa.Primes[1]))) + "\n", "private dropbear RSA 1024"},
		"wrapped_ed":    {"#!/bin/sh\necho '" + base64.StdEncoding.EncodeToString([]byte(sshFields("ssh-ed25519", []byte(k.ed)))) + "' | base64 -d > k\n", "private dropbear Ed25519 256"},
		"wrapped_lines": {"k\n" + folded(sshFields("ecdsa-sha2-nistp256", "nistp256", point, new(big.Int).SetBytes(private))) + "\n-\n", "private dropbear EC 256"},
		"wrapped_other": {"K=" + base64.StdEncoding.EncodeToString([]byte(sshFields("ssh-rsa", e, k.rsa.N))) + "\n", ""},
		"wrapped_half":  {"K=" + base64.StdEncoding.EncodeToString([]byte(sshFields("ssh-rsa", e, k.rsa.N, k.rsa.D, k.rsa.Primes[0], k.rsa.Primes[1])))[:300] + "\n", ""},
		"public.pem":    {pemOf("PUBLIC KEY", der(x509.MarshalPKIXPublicKey(k.rsa.Public()))), "PEM RSA 1024"},
		"short.pem":     {pemOf("PUBLIC KEY", der(x509.MarshalPKIXPublicKey(k.ed.Public()))), "PEM Ed25519 256"},
		"public.der":    {string(der(x509.MarshalPKIXPublicKey(k.ec.Public()))), "DER EC 256"},
		"id.pub":        {"ssh-ed25519 " + strings.TrimPrefix(authorized(t, k.ed.Public()), "ssh-ed25519 ") + " somebody\n", "SSH public key Ed25519 256"},
		"blob":          {sshFields("ssh-rsa", e, k.rsa.N), ""},
		"longer.der":    {string(pkcs8) + "x", "private DER RSA 1024"}, // as it stands inside a larger file
		"shorter.der":   {string(pkcs8[:len(pkcs8)-1]), ""},
		"wrong product": {sshFields("ssh-rsa", e, k.rsa.N, k.rsa.D, k.rsa.Primes[0], k.rsa.Primes[0]), ""},
		"wrong seed":    {sshFields("ssh-ed25519", bytes.Repeat([]byte{1}, 64)), ""},
		"labels":        {"\x7fELF -----BEGIN PRIVATE KEY-----\x00-----END PRIVATE KEY-----\x00-----BEGIN RSA PRIVATE KEY-----", ""},
		"placeholder":   {"-----BEGIN PRIVATE KEY-----\n(your key here)\n-----END PRIVATE KEY-----\n", ""},
		"long words":    {"-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("yourkeyhere", 8) + "\n-----END PRIVATE KEY-----\n", ""},
		"other end":     {strings.Replace(pemOf("PRIVATE KEY", pkcs8), "END PRIVATE", "END PUBLIC", 1), ""},
		"no end":        {strings.Split(pemOf("PRIVATE KEY", pkcs8), "-----END")[0], ""},
		"usign.pub":     {"untrusted comment: public key 1035ac73cc4e59e3\nRWQQNaxzzE5Z41p7hU9Xxhlns4Yl2UtNBCr2YbXTeKPmMdfBF0PTGbcp\n", ""},
		"empty":         {"", ""},
	}
}

func authorized(t testing.TB, pub crypto.PublicKey) string {
	k, err := ssh.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

// encryptedPKCS8 was made by "openssl pkcs8 -topk8" of a key that is nowhere.
const encryptedPKCS8 = "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg5zt2VDvmoWAICCAAwDAYIKoZIhvcN" +
	"AgkFADAdBglghkgBZQMEASoEEKFfM2Sys2tqBWb2bs0MHg0EQPRuy6FHDzdsWFM+L0uLR13VVevh" +
	"20Npbbs25UeilCcF6B9eJflWb7vO8kGUfs7QMgKIGKdmvoV8wZXKnNELayk="

func TestKeys(t *testing.T) {
	files := keyFiles(t)
	maps.Copy(files, otherKeyFiles(t))
	content := map[string]string{}
	for name, f := range files {
		content["etc/"+name] = f[0]
	}
	got := map[string]string{}
	for _, k := range valueOf(t, observeFiles(t, content, Keys), Keys) {
		if k.Private && k.Location.Digest != "" {
			t.Errorf("%s: a private key's file has a digest", k.Location)
		}
		got[strings.TrimPrefix(k.Location.Path, "root!etc/")] += describeKey(k)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if got[name] != files[name][1] {
			t.Errorf("%s: %q, want %q", name, got[name], files[name][1])
		}
	}
}

func describeKey(k Key) string {
	words := []string{k.Format, k.Algorithm, fmt.Sprint(k.Bits)}
	for _, is := range []struct {
		so   bool
		word string
	}{{k.Symmetric, "symmetric"}, {k.Encrypted, "encrypted"}, {k.Private, "private"}} {
		if is.so {
			words = append([]string{is.word}, words...)
		}
	}
	return strings.Join(words, " ")
}

// The same key has the same public digest in all its forms, in its public half
// and in its certificate.
func TestKeyPairs(t *testing.T) {
	files := keyFiles(t)
	content := map[string]string{"etc/cert.pem": pemOf("CERTIFICATE", selfSigned(t, testKeys().rsa, false))}
	for _, name := range []string{"pkcs1.pem", "pkcs8.der", "host_rsa", "public.pem"} {
		content["etc/"+name] = files[name][0]
	}
	o := observeFiles(t, content, Keys, Certificates)
	public := valueOf(t, o, Certificates)[0].Public
	for _, k := range valueOf(t, o, Keys) {
		if k.Public != public {
			t.Errorf("%s: public half %s, the certificate's is %s", k.Location, k.Public, public)
		}
	}
	if groups := PrivateKeys(valueOf(t, o, Keys)); len(groups) != 1 || len(groups[0]) != 3 {
		t.Errorf("one key in three places is %d groups", len(groups))
	}
}

func TestKeyPlace(t *testing.T) {
	block := pemOf("EC PRIVATE KEY", der(x509.MarshalECPrivateKey(testKeys().ec)))
	content := "# one\n# two\n" + block + "# end\n"
	k := valueOf(t, observeFiles(t, map[string]string{"etc/both.pem": content}, Keys), Keys)[0]
	l := k.Location
	if l.Line != 3 || content[l.Offset:l.Offset+l.Length]+"\n" != block {
		t.Errorf("%+v does not lead to the block", l)
	}
}

// A flat image has no files: the DER structure itself must be found.
func TestKeyInFlatImage(t *testing.T) {
	k := testKeys()
	private, cert := der(x509.MarshalPKCS8PrivateKey(k.rsa)), selfSigned(t, k.ec, true)
	flat := bytes.Repeat([]byte{0x30, 0x82, 1, 0, 0xff}, 100)
	at := len(flat)
	flat = slices.Concat(flat, private, []byte{0, 1, 2}, cert, flat)
	f := &firmware.File{Path: "flat!raw", Kind: firmware.Raw, Size: int64(len(flat))}
	found := seeKeys(f, flat, keyWords.Sights(flat))
	if len(found) != 2 || found[0].Key == nil || found[0].Key.Location.Offset != int64(at) || found[1].Certificate == nil {
		t.Errorf("found %d things: %+v", len(found), found)
	}
	kernel := append(flat, "\x00Linux version 6.1.0 (builder) #1 SMP\n\x00"...)
	if found[0].Key.InKernel || !seeKeys(f, kernel, keyWords.Sights(kernel))[0].Key.InKernel {
		t.Error("a key in a kernel is not told from another")
	}
}

// Boot loaders hold public keys as MCUboot's imgtool writes them: as PKCS #1, or
// shorter than what has a length of two bytes. The key of a certificate is no other.
func TestPublicKeyInFlatImage(t *testing.T) {
	k := testKeys()
	ed, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	noise := bytes.Repeat([]byte("\x30\x59\x30\x13\x06\x07 and \x30\x2a\x30\x05"), 20)
	flat := slices.Concat(noise, der(x509.MarshalPKIXPublicKey(k.ec.Public())), noise, der(x509.MarshalPKIXPublicKey(ed)), noise, x509.MarshalPKCS1PublicKey(&long.PublicKey), noise, selfSigned(t, k.ec, true))
	f := &firmware.File{Path: "flat!raw", Kind: firmware.Raw, Size: int64(len(flat))}
	var got []string
	for _, m := range seeKeys(f, flat, keyWords.Sights(flat)) {
		if m.Key == nil {
			got = append(got, "certificate")
			continue
		}
		got = append(got, fmt.Sprintf("%s %d %t", m.Key.Algorithm, m.Key.Bits, m.Key.Private))
	}
	if want := []string{"EC 256 false", "Ed25519 256 false", "RSA 2048 false", "certificate"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A key behind a file system, or between the members of an archive, is in no file.
func TestKeyOutsideOfFiles(t *testing.T) {
	block := pemOf("EC PRIVATE KEY", der(x509.MarshalECPrivateKey(testKeys().ec)))
	passwd := firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n")
	archive := firmwaretest.Zip(passwd)
	end := len(archive) - 22
	at := binary.LittleEndian.Uint32(archive[end+16:])
	gap := slices.Concat(archive[:at], []byte(block), archive[at:])
	binary.LittleEndian.PutUint32(gap[end+len(block)+16:], at+uint32(len(block)))
	for name, image := range map[string][]byte{
		"behind": append(firmwaretest.Squashfs(passwd), block...),
		"gap":    gap,
	} {
		o, err := Observe(context.Background(), firmware.Bytes("image.bin", image), firmware.Options{}, Keys)
		if err != nil {
			t.Fatal(err)
		}
		if keys := valueOf(t, o, Keys); len(keys) != 1 || !keys[0].Private {
			t.Errorf("%s: %+v", name, keys)
		}
	}
}

func TestCertificates(t *testing.T) {
	k := testKeys()
	broken := selfSigned(t, k.rsa, false)
	broken[20] ^= 0x40
	o := observeFiles(t, map[string]string{
		"etc/a.pem": pemOf("CERTIFICATE", selfSigned(t, k.rsa, true)) + pemOf("CERTIFICATE", selfSigned(t, k.ec, false)),
		"etc/b.der": string(selfSigned(t, k.ec, false)),
		"etc/c.pem": pemOf("CERTIFICATE", broken),
	}, Certificates)
	var got []string
	for _, c := range valueOf(t, o, Certificates) {
		got = append(got, fmt.Sprintf("%s %s %s %d CA=%t %s err=%t", strings.TrimPrefix(c.Location.Path, "root!"), c.Subject, c.Algorithm, c.Bits, c.CA, c.NotAfter.Format(time.DateOnly), c.Err != ""))
	}
	want := []string{
		"etc/a.pem router.local RSA 1024 CA=true 2030-01-01 err=false",
		"etc/a.pem router.local EC 256 CA=false 2030-01-01 err=false",
		"etc/b.der router.local EC 256 CA=false 2030-01-01 err=false",
		"etc/c.pem   0 CA=false 0001-01-01 err=true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// A certificate without a name of its own goes by another that it is for.
func TestSubject(t *testing.T) {
	for want, c := range map[string]x509.Certificate{
		"router.local": {Subject: pkix.Name{CommonName: "router.local"}, DNSNames: []string{"x"}},
		"a.example":    {DNSNames: []string{"a.example", "b.example"}},
		"nobody named": {},
	} {
		if got := subjectOf(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The programs' own keys, where the programs are there.
func TestKeysOfRealPrograms(t *testing.T) {
	for _, tt := range []struct {
		program string
		args    []string
		want    string
	}{
		{"dropbearkey", []string{"-t", "rsa", "-s", "1024", "-f"}, "dropbear RSA 1024"},
		{"dropbearkey", []string{"-t", "ecdsa", "-s", "521", "-f"}, "dropbear EC 521"},
		{"dropbearkey", []string{"-t", "ed25519", "-f"}, "dropbear Ed25519 256"},
		{"ssh-keygen", []string{"-q", "-t", "ecdsa", "-N", "", "-f"}, "OpenSSH EC 256"},
		{"ssh-keygen", []string{"-q", "-t", "rsa", "-b", "1024", "-m", "PEM", "-N", "", "-f"}, "PEM RSA 1024"},
		{"ssh-keygen", []string{"-q", "-t", "rsa", "-b", "1024", "-N", "a phrase", "-f"}, "OpenSSH RSA 1024"},
		{"openssl", []string{"ecparam", "-genkey", "-name", "secp256k1", "-noout", "-out"}, "PEM EC 256"},
	} {
		t.Run(tt.want+" of "+tt.program, func(t *testing.T) {
			if _, err := exec.LookPath(tt.program); err != nil {
				t.Skipf("%s is not here", tt.program)
			}
			file := filepath.Join(t.TempDir(), "key")
			if out, err := exec.Command(tt.program, append(tt.args, file)...).CombinedOutput(); err != nil {
				t.Skipf("%s: %v: %s", tt.program, err, out)
			}
			src, closer, err := firmware.SourceFile(filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			o, err := Observe(t.Context(), src, firmware.Options{}, Keys)
			if err != nil {
				t.Fatal(err)
			}
			groups := PrivateKeys(valueOf(t, o, Keys))
			if len(groups) != 1 {
				t.Fatalf("%d private keys", len(groups))
			}
			if k := groups[0][0]; fmt.Sprintf("%s %s %d", k.Format, k.Algorithm, k.Bits) != tt.want {
				t.Errorf("got %+v, want %s", k, tt.want)
			}
		})
	}
}

func FuzzKeys(f *testing.F) {
	files := keyFiles(f)
	maps.Copy(files, otherKeyFiles(f))
	for _, file := range files {
		f.Add([]byte(file[0]), false)
		f.Add([]byte(file[0]), true)
	}
	f.Add(selfSigned(f, testKeys().ec, true), true)
	f.Fuzz(func(t *testing.T, content []byte, raw bool) {
		file := &firmware.File{Path: "x", Kind: firmware.Regular, Size: int64(len(content))}
		if raw {
			file.Kind = firmware.Raw
		}
		for _, m := range seeKeys(file, content, keyWords.Sights(content)) {
			l := m.Location()
			if l.Offset < 0 || l.Offset+l.Length > int64(len(content)) {
				t.Errorf("place outside the file: %+v", l)
			}
			if m.Key != nil && m.Key.Same == "" {
				t.Error("a key without a digest to tell it by")
			}
		}
	})
}

func BenchmarkKeyScan(b *testing.B) {
	program := bytes.Repeat([]byte("0-1--2---3----4 code and data 0\x82"), 64<<10)
	f := &firmware.File{Path: "x", Kind: firmware.Regular, Size: int64(len(program))}
	b.SetBytes(int64(len(program)))
	for b.Loop() {
		seeKeys(f, program, keyWords.Sights(program))
	}
}

// folded is base64 on lines of 64 letters.
func folded(blob string) string {
	text := base64.StdEncoding.EncodeToString([]byte(blob))
	var lines []string
	for len(text) > 64 {
		lines, text = append(lines, text[:64]), text[64:]
	}
	return strings.Join(append(lines, text), "\n")
}
