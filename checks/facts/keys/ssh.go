package keys

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"

	"golang.org/x/crypto/ssh"
)

var opensshMagic = []byte("openssh-key-v1\x00")

// parseOpenSSH parses OpenSSH's own format of private keys, armour removed
// (PROTOCOL.key of OpenSSH).
func parseOpenSSH(b []byte) (*Key, bool) {
	if !bytes.HasPrefix(b, opensshMagic) {
		return nil, false
	}
	if key, ok := tokenKey(b); ok {
		return key, true
	}
	armoured := pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: b})
	key := &Key{}
	signer, err := ssh.ParsePrivateKey(armoured)
	var hidden *ssh.PassphraseMissingError
	switch {
	case err == nil:
		k, ok := OfSSH(signer.PublicKey())
		if !ok {
			return nil, false
		}
		key = k
	case errors.As(err, &hidden):
		if hidden.PublicKey != nil {
			if k, ok := OfSSH(hidden.PublicKey); ok {
				key = k
			}
		}
		key.Encrypted = true
	default:
		return nil, false
	}
	if key.Same == "" {
		key.Same = digest(b)
	}
	key.Private, key.Format = true, "OpenSSH"
	return key, true
}

// tokenKey reads a key file of OpenSSH whose private half a security token keeps
// (PROTOCOL.u2f of OpenSSH): the file holds a handle that is of no use without it.
func tokenKey(b []byte) (*Key, bool) {
	r := &sshReader{rest: b[len(opensshMagic):]}
	r.bytes()                              // cipher
	r.bytes()                              // what derives its key
	r.bytes()                              // and from what
	if len(r.rest) < 4 || r.rest[3] != 1 { // one key
		return nil, false
	}
	r.rest = r.rest[4:]
	pub, err := ssh.ParsePublicKey(r.bytes())
	if r.bad || err != nil || !strings.HasPrefix(pub.Type(), "sk-") || len(r.bytes()) < 32 {
		return nil, false
	}
	key, ok := OfSSH(pub)
	if !ok {
		return nil, false
	}
	key.Private, key.Token, key.Format = true, true, "OpenSSH"
	return key, true
}

// OfSSH makes the Key of a public half that SSH knows.
func OfSSH(pub ssh.PublicKey) (*Key, bool) {
	p, ok := pub.(ssh.CryptoPublicKey)
	if !ok {
		return nil, false
	}
	return Of(p.CryptoPublicKey())
}

// SSHWords are how the public keys in lines of authorized_keys and .pub files begin.
var SSHWords = []string{"ssh-rsa AAAA", "ssh-ed25519 AAAA", "ecdsa-sha2-nistp", "ssh-dss AAAA", "sk-ssh-ed25519@openssh.com AAAA", "sk-ecdsa-sha2-nistp256@openssh.com AAAA"}

// sshReader reads the fields of the SSH wire format (RFC 4251, 5).
type sshReader struct {
	rest []byte
	bad  bool
}

func (r *sshReader) bytes() []byte {
	if len(r.rest) < 4 {
		r.bad = true
		return nil
	}
	n := binary.BigEndian.Uint32(r.rest)
	if uint64(n) > uint64(len(r.rest)-4) {
		r.bad = true
		return nil
	}
	b := r.rest[4 : 4+n]
	r.rest = r.rest[4+n:]
	return b
}

func (r *sshReader) number() *big.Int {
	b := r.bytes()
	if r.bad || len(b) == 0 || len(b) > maxKeyBits/8+1 || b[0] >= 0x80 {
		r.bad = true
		return new(big.Int)
	}
	return new(big.Int).SetBytes(b)
}

// ParseDropbear parses dropbear's host keys: the SSH public key, followed by the
// private numbers, and nothing else. A public key blob has none and is no match.
func ParseDropbear(b []byte) (*Key, bool) {
	if len(b) < 64 || !bytes.HasPrefix(b, []byte{0, 0, 0}) {
		return nil, false
	}
	r := &sshReader{rest: b}
	var key *Key
	var ok bool
	switch name := string(r.bytes()); {
	case name == "ssh-rsa":
		key, ok = dropbearRSA(r)
	case name == "ssh-dss":
		p, q, g, y, x := r.number(), r.number(), r.number(), r.number(), r.number()
		if !r.bad && saneDSA(p, q, g, y, x) {
			key, ok = dsaKey(p, q, g, y)
		}
	case name == "ssh-ed25519":
		key, ok = dropbearEd25519(r)
	case strings.HasPrefix(name, "ecdsa-sha2-"):
		key, ok = dropbearEC(r, strings.TrimPrefix(name, "ecdsa-sha2-"))
	}
	if !ok || r.bad || len(r.rest) != 0 {
		return nil, false
	}
	key.Private, key.Format = true, "dropbear"
	return key, true
}

// dropbearRSA reads e, n, d and, in all but very old keys, p and q.
func dropbearRSA(r *sshReader) (*Key, bool) {
	e, n, d := r.number(), r.number(), r.number()
	if r.bad || !saneRSA(n, e) || d.Sign() <= 0 || d.BitLen() > n.BitLen() {
		return nil, false
	}
	if len(r.rest) > 0 {
		p, q := r.number(), r.number()
		if r.bad || new(big.Int).Mul(p, q).Cmp(n) != 0 {
			return nil, false
		}
	} else if !undoes(n, e, d) {
		return nil, false
	}
	return rsaKey(n, e), true
}

// undoes reports whether d is the private exponent that belongs to n and e.
func undoes(n, e, d *big.Int) bool {
	two := big.NewInt(2)
	if n.Bit(0) == 0 || n.BitLen() > maxKeyBits/2 {
		return false
	}
	sealed := new(big.Int).Exp(two, e, n)
	return sealed.Exp(sealed, d, n).Cmp(two) == 0
}

func dropbearEd25519(r *sshReader) (*Key, bool) {
	b := r.bytes()
	if r.bad || len(b) != ed25519.PrivateKeySize {
		return nil, false
	}
	// dropbear writes the seed and then the public half, as Go does.
	private := ed25519.NewKeyFromSeed(b[:ed25519.SeedSize])
	if !bytes.Equal(private, b) {
		return nil, false
	}
	return Of(private.Public())
}

func dropbearEC(r *sshReader, curve string) (*Key, bool) {
	name, point, private := string(r.bytes()), r.bytes(), r.number()
	bits := map[string]int{"nistp256": 256, "nistp384": 384, "nistp521": 521}[curve]
	if r.bad || name != curve || bits == 0 || private.Sign() <= 0 || private.BitLen() > bits {
		return nil, false
	}
	for _, c := range curves {
		if c.bits != bits || !strings.HasPrefix(c.name, "P-") {
			continue
		}
		if !bytes.Equal(ecPoint(c.oid, private.FillBytes(make([]byte, (bits+7)/8))), point) {
			return nil, false
		}
		return ecKey(c.oid, point)
	}
	return nil, false
}
