package facts

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/assay-iot/assay/firmware"
)

// stored reads a key store as keytool made it with Bouncy Castle 1.72, or openssl.
func stored(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "keystores", name+".base64"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// describeClosed also tells of files that a passphrase closes, and of tokens.
func describeClosed(k Key) string {
	switch {
	case k.Closed:
		return "closed " + k.Format
	case k.Token:
		return "token " + describeKey(k)
	}
	return describeKey(k)
}

// ageKey is one that age-keygen made; its public half is
// age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj.
const ageKey = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33"

func TestKeyStores(t *testing.T) {
	k := testKeys()
	p8 := bareOf(der(x509.MarshalPKCS8PrivateKey(k.rsa)))
	ageFileText := "age-encryption.org/v1\n-> scrypt 3d9y0G+8q1ffPQ0xJJatIQ 18\nfoZolxuhRSL7IG7oaR+456IzkHtvue7j4mUjh3DB6EI\n--- yp4Z0lV1LEdkm1+uDCuPUV+9hIXbPKrBXKQ/f5Y03As\n" + strings.Repeat("\x93k\x00", 50)
	uber, bcfks := stored(t, "key.UBER"), stored(t, "key.BCFKS")
	for name, tc := range map[string][2]string{
		"key.bks":          {stored(t, "key.BKS"), "private encrypted Bouncy Castle key store EC 256"},
		"changeit.bks":     {stored(t, "changeit.BKS"), "private Bouncy Castle key store EC 256"},
		"trust.bks":        {stored(t, "trust.BKS"), ""},
		"cut.bks":          {stored(t, "key.BKS")[:300], ""},
		"pw.bks":           {stored(t, "pw.BKS"), "private Bouncy Castle key store  0"},
		"key.uber":         {uber, "closed Bouncy Castle key store (UBER)"},
		"cut.uber":         {uber[:len(uber)-3], ""},
		"zeros.uber":       {uber[:32] + strings.Repeat("\x00", 160), ""},
		"table":            {"\x00\x00\x00\x01\x00\x00\x00\x14" + strings.Repeat("\x00", 20) + "\x00\x00\x04\x00" + strings.Repeat("0123456789abcdef", 32), ""},
		"key.bcfks":        {bcfks, "closed Bouncy Castle key store (BCFKS)"},
		"cut.bcfks":        {bcfks[:len(bcfks)-1], ""},
		"key.p12":          {stored(t, "key.p12"), "private encrypted PKCS#12  0"},
		"trust.p12":        {stored(t, "trust.p12"), "closed PKCS#12"},
		"id.txt":           {"# created: 2021\n" + ageKey + "\n", "private age X25519 256"},
		"setting":          {"key: \"" + ageKey + "\"", "private age X25519 256"},
		"sum.txt":          {ageKey[:len(ageKey)-1] + "4\n", ""},
		"lower.txt":        {strings.ToLower(ageKey), ""},
		"usage.txt":        {"AGE-SECRET-KEY-1...\nAGE-SECRET-KEY-\n", ""},
		"recipient":        {"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n", ""},
		"identity.age":     {ageFileText, "closed age"},
		"armoured.age":     {"-----BEGIN AGE ENCRYPTED FILE-----" + "\n" + base64.StdEncoding.EncodeToString([]byte(ageFileText)) + "\n-----END AGE ENCRYPTED FILE-----\n", "closed age"},
		"backup.age":       {strings.Replace(ageFileText, "scrypt", "X25519", 1), ""},
		"large.age":        {ageFileText + strings.Repeat("x", 2000), ""},
		"sk":               {skFile("none"), "token private OpenSSH Ed25519 256"},
		"sk_locked":        {skFile("aes256-ctr"), "token private OpenSSH Ed25519 256"},
		"app.json":         {`{"key": "` + p8 + `"}`, "private base64 RSA 1024"},
		"app.properties":   {"key=" + p8 + "\nother=1\n", "private base64 RSA 1024"},
		"wrapped":          {"key: |\n  " + p8[:64] + "\n  " + p8[64:] + "\n", "private base64 RSA 1024"},
		"written":          {`key="` + p8[:64] + `\n` + p8[64:] + `"`, "private base64 RSA 1024"},
		"cut.json":         {`{"key": "` + p8[:len(p8)-8] + `"}`, ""},
		"public.json":      {`{"key": "` + bareOf(der(x509.MarshalPKIXPublicKey(&k.rsa.PublicKey))) + `"}`, ""},
		"inside":           {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" + p8, ""},
		"pem_without_end":  {"-----BEGIN PRIVATE KEY-----\n" + p8[:200] + "\n", ""},
		"pem_is_one":       {pemOf("PRIVATE KEY", der(x509.MarshalPKCS8PrivateKey(k.rsa))), "private PEM RSA 1024"},
		"ec.conf":          {"k=" + bareOf(der(x509.MarshalPKCS8PrivateKey(k.ec))), "private base64 EC 256"},
		"ed.conf":          {"k='" + bareOf(der(x509.MarshalPKCS8PrivateKey(k.ed))) + "'", "private base64 Ed25519 256"},
		"authorized_token": {skLine(), "SSH public key Ed25519 256"},
	} {
		var got []string
		for _, k := range valueOf(t, observeFiles(t, map[string]string{"etc/" + name: tc[0]}, Keys), Keys) {
			got = append(got, describeClosed(k))
		}
		if s := strings.Join(got, ", "); s != tc[1] {
			t.Errorf("%s: %q, want %q", name, s, tc[1])
		}
	}
}

// A bare key's place is that of its letters.
func TestPlaceOfBareKey(t *testing.T) {
	p8 := bareOf(der(x509.MarshalPKCS8PrivateKey(testKeys().rsa)))
	content := []byte("key=" + p8[:64] + "\n  " + p8[64:] + "AAAA\n")
	found := seeKeys(&firmware.File{Path: "x", Kind: firmware.Regular}, content, keyWords.Sights(content))
	if len(found) != 1 {
		t.Fatalf("%d keys", len(found))
	}
	if l := found[0].Location(); l.Offset != 4 || l.Length != int64(len(strings.TrimRight(p8, "="))+3) {
		t.Errorf("at %d with %d bytes, the key has %d", l.Offset, l.Length, len(p8)+3)
	}
}

func bareOf(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

// skPublic is the public half of a key on a token, in SSH's form.
func skPublic() []byte {
	pub := testKeys().ed.Public()
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		panic(err)
	}
	raw := key.Marshal()
	return slices.Concat(sshText("sk-ssh-ed25519@openssh.com"), raw[len(raw)-36:], sshText("ssh:"))
}

func sshText(s string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), s...)
}

func skLine() string {
	return "sk-ssh-ed25519@openssh.com " + base64.StdEncoding.EncodeToString(skPublic()) + " me@x\n"
}

// skFile is the file of a key on a token as ssh-keygen -t ed25519-sk writes it.
func skFile(cipher string) string {
	body := slices.Concat([]byte("openssh-key-v1\x00"), sshText(cipher), sshText(map[bool]string{true: "none", false: "bcrypt"}[cipher == "none"]), sshText(""),
		[]byte{0, 0, 0, 1}, sshText(string(skPublic())), sshText(string(bytes.Repeat([]byte("\x01\x02handle"), 30))))
	return string(pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: body}))
}
