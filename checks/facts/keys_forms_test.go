package facts

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/crypto/blake2b"

	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// otherKeyFiles holds the forms in which tools keep keys of their own, and what looks
// like them.
func otherKeyFiles(t testing.TB) map[string][2]string {
	k := testKeys()
	pemKey := pemOf("EC PRIVATE KEY", der(x509.MarshalECPrivateKey(k.ec)))
	wrapped := base64.StdEncoding.EncodeToString([]byte(pemKey))
	sec1, pkcs8 := der(x509.MarshalECPrivateKey(k.ec)), der(x509.MarshalPKCS8PrivateKey(k.ec))
	curve := curveLetters64(true)
	signer := base64.StdEncoding.EncodeToString(usignBytes(k.ed))
	mini := base64.StdEncoding.EncodeToString(minisignBytes(k.ed))
	static := hexLines(bytes.Repeat([]byte("0123456789abcdef"), 16))
	openpgp := pgpSecret(k.ed, 0)
	jwk := fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":%q}`, base64.RawURLEncoding.EncodeToString(der(k.ec.Bytes())))
	return map[string][2]string{
		"store.jks":         {keyStore(t, "changeit", javaPrivateEntry), "private Java key store RSA 1024"},
		"locked.jks":        {keyStore(t, "a phrase", javaPrivateEntry), "private encrypted Java key store RSA 1024"},
		"secret.jceks":      {keyStore(t, "a phrase", javaSecretEntry), "private encrypted Java key store  0"},
		"trusted.jks":       {keyStore(t, "changeit", javaTrustedEntry), ""},
		"cut.jks":           {keyStore(t, "changeit", javaPrivateEntry)[:200], ""},
		"ring.gpg":          {openpgp, "private OpenPGP Ed25519 256"},
		"ring.asc":          {armoured(openpgp), "private OpenPGP Ed25519 256"},
		"plain.asc":         {"text\n" + strings.Replace(armoured(openpgp), "Version: 1\n", "", 1), "private OpenPGP Ed25519 256"},
		"locked.gpg":        {pgpSecret(k.ed, 254), "private encrypted OpenPGP Ed25519 256"},
		"card.gpg":          {pgpSecret(k.ed, s2kOnCard), ""},
		"sum.gpg":           {openpgp[:len(openpgp)-7] + "x" + openpgp[len(openpgp)-6:], ""},
		"gnupg.key":         {"(11:private-key(3:ecc(5:curve7:Ed25519)(1:q1:x)(1:d1:y)))", "private GnuPG  0"},
		"gnupg2.key":        {"(21:protected-private-key(3:rsa(1:n1:x)(9:protected1:y)))", "private encrypted GnuPG  0"},
		"gnupg3.key":        {"(11:private-key(3:ecc(5:curve7:Ed25519", ""},
		"wg0.conf":          {"[Interface]\nPrivateKey = " + curve + "\n[Peer]\nPublicKey = " + curve + "\n", "private WireGuard X25519 256"},
		"network":           {"config interface 'wg0'\n\toption proto 'wireguard'\n\toption private_key '" + curve + "'\n", "private WireGuard X25519 256"},
		"vpn.nmconnection":  {"[wireguard]\nprivate-key=" + curve + "\nprivate-key-flags=0\n", "private WireGuard X25519 256"},
		"wireguard/private": {curve + "\n", "private WireGuard X25519 256"},
		"wireguard/public":  {curveLetters64(false) + "\n", ""},
		"comment.conf":      {"[Interface]\n# PrivateKey = " + curve + "\n", ""},
		"zero.conf":         {"[Interface]\nPrivateKey = " + strings.Repeat("A", 43) + "=" + "\n", ""},
		"template.conf":     {"[Interface]\nPrivateKey = <your private key in base64, 44 letters>=\n", ""},
		"path.conf":         {"PrivateKey = /etc/ssl/private/some/folder/of/a/server.key\n", ""},
		"ta.key":            {"#\n-----BEGIN OpenVPN Static key V1-----\n" + static + "-----END OpenVPN Static key V1-----\n", "private symmetric OpenVPN OpenVPN 0"},
		"client.ovpn":       {"<tls-auth>\n-----BEGIN OpenVPN Static key V1-----\n" + static + "-----END OpenVPN Static key V1-----\n</tls-auth>\n", "private symmetric OpenVPN OpenVPN 0"},
		"short.key":         {"-----BEGIN OpenVPN Static key V1-----\n" + static[:330] + "\n-----END OpenVPN Static key V1-----\n", ""},
		"usign.sec":         {"untrusted comment: secret key\n" + signer + "\n", "private usign Ed25519 256"},
		"signify.sec":       {"untrusted comment: secret\n" + base64.StdEncoding.EncodeToString(lockedSignify(k.ed)) + "\n", "private encrypted signify Ed25519 0"},
		"usign.sum":         {"untrusted comment: secret key\n" + base64.StdEncoding.EncodeToString(withByte(usignBytes(k.ed), 24)) + "\n", ""},
		"usign.zero":        {"untrusted comment: secret key\n" + base64.StdEncoding.EncodeToString(append([]byte("EdBK"), make([]byte, 104-4)...)) + "\n", ""},
		"minisign.key":      {"untrusted comment: minisign unencrypted secret key\n" + mini + "\n", "private minisign Ed25519 256"},
		"putty.ppk":         {puttyFile(t), "private PuTTY Ed25519 256"},
		"locked.ppk":        {strings.Replace(puttyFile(t), "none", "aes256-cbc", 1), "private encrypted PuTTY Ed25519 256"},
		// Programs name what they could hold again and again.
		"many.bin":        {"\x00" + strings.Repeat("PrivateKey ssh-rsa -----BEGIN\n", 2*maxWordTries) + puttyFile(t), "private PuTTY Ed25519 256"},
		"other.ppk":       {strings.Replace(puttyFile(t), "Private-Lines: 1\n", "Private-Lines: 9\n", 1), ""},
		"key.json":        {`{"keys":[` + jwk + `]}`, "private JSON Web Key EC 256"},
		"public.json":     {`{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, ""},
		"kube.yaml":       {"users:\n- client-key-data: " + wrapped + "\n  name: x\n", "private PEM EC 256"},
		"wrapped.b64":     {hexWrap(wrapped, 76), "private PEM EC 256"},
		"sec1.hex":        {hex.EncodeToString(sec1) + "\n", "private hexadecimal EC 256"},
		"upper.json":      {`{"key":"` + strings.ToUpper(hex.EncodeToString(pkcs8)) + `"}`, "private hexadecimal EC 256"},
		"rsa.conf":        {"key = " + hex.EncodeToString(x509.MarshalPKCS1PrivateKey(k.rsa)) + "\n", "private hexadecimal RSA 1024"},
		"rsa8.hex":        {hexWrap(hex.EncodeToString(der(x509.MarshalPKCS8PrivateKey(k.rsa))), 60), "private hexadecimal RSA 1024"},
		"ed.hex":          {"seed=" + hex.EncodeToString(der(x509.MarshalPKCS8PrivateKey(k.ed))), "private hexadecimal Ed25519 256"},
		"locked.hex":      {hex.EncodeToString(der(base64.StdEncoding.DecodeString(encryptedPKCS8))) + "\n", "private encrypted hexadecimal  0"},
		"cut.hex":         {hex.EncodeToString(sec1[:60]) + "\n", ""},
		"public.hex":      {hex.EncodeToString(der(x509.MarshalPKIXPublicKey(&k.ec.PublicKey))) + "\n", ""},
		"words.hex":       {strings.Repeat("30770201010420", 3*maxWordTries) + "\n", ""},
		"little.pem":      {wide(pemKey, binary.LittleEndian), "private PEM EC 256"},
		"big.pem":         {wide(pemKey, binary.BigEndian), "private PEM EC 256"},
		"placeholder.b64": {base64.StdEncoding.EncodeToString([]byte("-----BEGIN PRIVATE KEY-----\n(here)\n-----END PRIVATE KEY-----\n")), ""},
	}
}

func hexWrap(s string, n int) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(s), n) {
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func hexLines(b []byte) string { return hexWrap(hex.EncodeToString(b), 32) }

// curveLetters64 is a number of Curve25519 in base64; with private, its bits are set as
// `wg genkey` does.
func curveLetters64(private bool) string {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(7*i + 9)
	}
	if private {
		b[0], b[31] = b[0]&0xf8, b[31]&0x7f|0x40
	}
	return base64.StdEncoding.EncodeToString(b)
}

func usignBytes(k ed25519.PrivateKey) []byte {
	sum := sha512.Sum512(k)
	return slices.Concat([]byte("EdBK\x00\x00\x00\x00"), make([]byte, 16), sum[:8], []byte("number 1"), k)
}

// withByte changes one byte.
func withByte(b []byte, at int) []byte {
	b[at] ^= 1
	return b
}

func lockedSignify(k ed25519.PrivateKey) []byte {
	b := usignBytes(k)
	b[7] = 42
	return b
}

func minisignBytes(k ed25519.PrivateKey) []byte {
	sum := blake2b.Sum256(slices.Concat([]byte("Ed"), []byte("number 1"), k))
	return slices.Concat([]byte("Ed\x00\x00B2"), make([]byte, 48), []byte("number 1"), k, sum[:])
}

func wide(s string, order binary.AppendByteOrder) string {
	b := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// s2kOnCard stands here for the form that says that the key is on a card.
const s2kOnCard = -1

// pgpSecret is a secret key packet of version 4 with an Ed25519 key.
func pgpSecret(k ed25519.PrivateKey, usage int) string {
	mpi := func(b []byte) []byte {
		n := new(big.Int).SetBytes(b)
		return append(binary.BigEndian.AppendUint16(nil, uint16(n.BitLen())), n.Bytes()...)
	}
	body := slices.Concat([]byte{4, 0, 0, 0, 1, 22, 9}, []byte("\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"), mpi(append([]byte{0x40}, k.Public().(ed25519.PublicKey)...)))
	switch usage {
	case 0:
		secret := mpi(k.Seed())
		sum := 0
		for _, c := range secret {
			sum += int(c)
		}
		body = binary.BigEndian.AppendUint16(slices.Concat(body, []byte{0}, secret), uint16(sum))
	case s2kOnCard:
		body = slices.Concat(body, []byte{255, 7, 101, 0}, []byte("GNU\x01"))
	default:
		body = slices.Concat(body, []byte{byte(usage), 9, 3, 8}, make([]byte, 9), bytes.Repeat([]byte("sealed"), 10))
	}
	user := "\xb4\x04user"
	return string(slices.Concat([]byte{0x94, byte(len(body))}, body)) + user
}

func armoured(packets string) string {
	return "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" + hexWrap(base64.StdEncoding.EncodeToString([]byte(packets)), 64) + "=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n"
}

// Kinds of entries of Java's key stores.
const (
	javaPrivateEntry = 1
	javaTrustedEntry = 2
	javaSecretEntry  = 3
)

// keyStore is a Java key store with one entry of a kind.
func keyStore(t testing.TB, passphrase string, kind int) string {
	t.Helper()
	cert := selfSigned(t, testKeys().rsa, false)
	b := slices.Concat([]byte("\xfe\xed\xfe\xed"), word32(2), word32(1), word32(kind), []byte("\x00\x04name"), make([]byte, 8))
	x509Type := []byte("\x00\x05X.509")
	switch kind {
	case javaPrivateEntry:
		var sealed struct {
			Algorithm struct {
				ID         asn1.ObjectIdentifier
				Parameters asn1.RawValue
			}
			Data []byte
		}
		sealed.Algorithm.ID, sealed.Algorithm.Parameters, sealed.Data = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 42, 2, 17, 1, 1}, asn1.NullRawValue, bytes.Repeat([]byte("sealed"), 20)
		key := der(asn1.Marshal(sealed))
		b = slices.Concat(b, word32(len(key)), key, word32(1), x509Type, word32(len(cert)), cert)
	case javaTrustedEntry:
		b = slices.Concat(b, x509Type, word32(len(cert)), cert)
	case javaSecretEntry:
		b = slices.Concat(b, []byte("\xac\xed\x00\x05sr"))
	}
	h := sha1.New()
	for _, c := range []byte(passphrase) {
		h.Write([]byte{0, c})
	}
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(b)
	return string(h.Sum(b))
}

func word32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func puttyFile(t testing.TB) string {
	k := testKeys()
	public := strings.Fields(authorized(t, k.ed.Public()))[1]
	private := base64.StdEncoding.EncodeToString([]byte(sshFields(k.ed.Seed())))
	return "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\n" + public + "\nPrivate-Lines: 1\n" + private + "\nPrivate-MAC: 00\n"
}

// The public half of a key in these forms is the one that fits its certificate or its
// public key elsewhere.
func TestOtherKeysHaveTheirPublicHalf(t *testing.T) {
	k := testKeys()
	files := otherKeyFiles(t)
	ed, _ := keys.Of(k.ed.Public())
	ec, _ := keys.Of(k.ec.Public())
	rsa, _ := keys.Of(k.rsa.Public())
	letters, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(files["wireguard/private"][0]))
	private, err := ecdh.X25519().NewPrivateKey(letters)
	if err != nil {
		t.Fatal(err)
	}
	curve, _ := keys.Of(private.PublicKey())
	for name, want := range map[string]*Key{
		"store.jks": rsa, "locked.jks": rsa, "ring.asc": ed, "locked.gpg": ed, "wg0.conf": curve, "network": curve,
		"usign.sec": ed, "minisign.key": ed, "putty.ppk": ed, "key.json": ec, "kube.yaml": ec, "little.pem": ec, "big.pem": ec,
	} {
		got := valueOf(t, observeFiles(t, map[string]string{"etc/" + name: files[name][0]}, Keys), Keys)
		if len(got) != 1 || got[0].Public != want.Public {
			t.Errorf("%s: %+v, want the public half %s", name, got, want.Public)
		}
	}
}

// Where a key stands in base64 or UTF-16 is the place of the whole block in the file.
func TestPlaceOfWrappedKeys(t *testing.T) {
	files := otherKeyFiles(t)
	for name, begin := range map[string]string{"kube.yaml": wrappedPEM, "little.pem": "-\x00-\x00-\x00", "wg0.conf": "CBAX"} {
		content := []byte(files[name][0])
		found := seeKeys(&firmware.File{Path: name, Kind: firmware.Regular}, content, keyWords.Sights(content))
		if len(found) != 1 {
			t.Fatalf("%s: %d keys", name, len(found))
		}
		l := found[0].Location()
		if at := bytes.Index(content, []byte(begin)); at < 0 || l.Offset != int64(at) || l.Length < 44 || l.Offset+l.Length > int64(len(content)) {
			t.Errorf("%s: at %d with %d bytes, want %d", name, l.Offset, l.Length, at)
		}
	}
}

// Keys as the tools themselves make them.
func TestKeysOfTools(t *testing.T) {
	for _, tool := range []struct {
		name, want string
		args       [][]string
		file       string
	}{
		{"keytool", "private Java key store RSA 2048", [][]string{{"-genkeypair", "-keystore", "k", "-storetype", "JKS", "-storepass", "changeit", "-keypass", "changeit", "-alias", "a", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=x"}}, "k"},
		{"gpg", "private OpenPGP Ed25519 256", [][]string{
			{"--homedir", ".", "--batch", "--passphrase", "", "--quick-gen-key", "a@b.example", "ed25519", "sign"},
			{"--homedir", ".", "--batch", "--passphrase", "", "--output", "k", "--export-secret-keys"},
		}, "k"},
		{"minisign", "private minisign Ed25519 256", [][]string{{"-G", "-W", "-p", "p", "-s", "k"}}, "k"},
		// Without a passphrase its keys are those of usign, which took its form.
		{"signify-openbsd", "private usign Ed25519 256", [][]string{{"-G", "-n", "-p", "k.pub", "-s", "k.sec"}}, "k.sec"},
	} {
		t.Run(tool.name, func(t *testing.T) {
			if _, err := exec.LookPath(tool.name); err != nil {
				t.Skip(tool.name + " is not here")
			}
			dir := t.TempDir()
			for _, args := range tool.args {
				cmd := exec.Command(tool.name, args...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", tool.name, err, out)
				}
			}
			content, err := os.ReadFile(filepath.Join(dir, tool.file))
			if err != nil {
				t.Fatal(err)
			}
			keys := valueOf(t, observeFiles(t, map[string]string{"etc/k": string(content)}, Keys), Keys)
			if len(keys) != 1 {
				t.Fatalf("%d keys", len(keys))
			}
			if got := describeKey(keys[0]); got != tool.want {
				t.Errorf("%q, want %q", got, tool.want)
			}
		})
	}
}
