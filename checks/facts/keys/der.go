package keys

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"

	"github.com/assay-iot/assay"
)

// DERLength gives the length of the DER sequence at the start of b, header
// included (ITU-T X.690, 8.1.3 and 10.1). It may be more than b holds.
func DERLength(b []byte) (int, bool) {
	if len(b) < 2 || b[0] != 0x30 {
		return 0, false
	}
	n := int(b[1])
	if n < 0x80 {
		return 2 + n, true
	}
	size := n & 0x7f
	if size == 0 || size > 3 || len(b) < 2+size {
		return 0, false
	}
	n = 0
	for _, c := range b[2 : 2+size] {
		n = n<<8 | int(c)
	}
	return 2 + size + n, true
}

// beginsWithSequence reports whether the first element within a structure is one itself, as
// that of public keys, certificates and encrypted keys; the others begin with a version.
func beginsWithSequence(der []byte) bool {
	const sequence = asn1.TagSequence | 0x20
	if len(der) < 2 {
		return false
	}
	head := 2
	if der[1] >= 0x80 {
		head += int(der[1] & 0x7f)
	}
	return head < len(der) && der[head] == sequence
}

// ParsePrivateDER parses PKCS #1 (RFC 8017, A.1.2), SEC 1 (RFC 5915), PKCS #8
// plain and encrypted (RFC 5958, RFC 8018) and OpenSSL's form of DSA keys.
func ParsePrivateDER(der []byte) (*Key, bool) {
	forms := []func([]byte) (*Key, bool){parsePKCS1, parseSEC1, parsePKCS8, parseDSA}
	if beginsWithSequence(der) {
		forms = []func([]byte) (*Key, bool){parseEncryptedPKCS8}
	}
	for _, parse := range forms {
		if key, ok := parse(der); ok {
			key.Private = true
			return key, true
		}
	}
	return nil, false
}

// unmarshal parses all of der into v.
func unmarshal(der []byte, v any) bool {
	rest, err := asn1.Unmarshal(der, v)
	return err == nil && len(rest) == 0
}

var (
	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSAPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidDSA     = asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}
	oidEC      = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidX25519  = asn1.ObjectIdentifier{1, 3, 101, 110}
	oidX448    = asn1.ObjectIdentifier{1, 3, 101, 111}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
	oidEd448   = asn1.ObjectIdentifier{1, 3, 101, 113}
	oidPBES2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBES1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5}
	oidPKCS12  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1}
	nullParams = asn1.RawValue{Tag: asn1.TagNull}
)

// curves names the curves by object identifier, with their size in bits.
var curves = []struct {
	oid  asn1.ObjectIdentifier
	name string
	bits int
}{
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, "P-256", 256},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 34}, "P-384", 384},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 35}, "P-521", 521},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 33}, "P-224", 224},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 1}, "P-192", 192},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 10}, "secp256k1", 256},
	{asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 7}, "brainpoolP256r1", 256},
	{asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 11}, "brainpoolP384r1", 384},
	{asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 13}, "brainpoolP512r1", 512},
}

func curveBits(oid asn1.ObjectIdentifier) int {
	for _, c := range curves {
		if c.oid.Equal(oid) {
			return c.bits
		}
	}
	return 0
}

// RSAPublic is a public key of RSA: modulus and exponent (RFC 8017, A.1.1).
type RSAPublic struct{ N, E *big.Int }

type pkcs1Private struct {
	Version             int
	N, E, D, P, Q       *big.Int
	DP, DQ, QInv        *big.Int      `asn1:"optional"`
	AdditionalPrimeInfo asn1.RawValue `asn1:"optional"`
}

func parsePKCS1(der []byte) (*Key, bool) {
	var k pkcs1Private
	if !unmarshal(der, &k) || k.Version > 1 {
		return nil, false
	}
	product := new(big.Int)
	if !saneRSA(k.N, k.E) || k.D.Sign() <= 0 || k.P.Sign() <= 0 || k.Q.Sign() <= 0 ||
		k.P.BitLen()+k.Q.BitLen() > maxKeyBits+1 || k.Version == 0 && product.Mul(k.P, k.Q).Cmp(k.N) != 0 {
		return nil, false
	}
	return rsaKey(k.N, k.E), true
}

// saneRSA keeps out numbers that are no RSA public key, and too long ones.
func saneRSA(n, e *big.Int) bool {
	return n != nil && e != nil && n.Sign() > 0 && n.BitLen() >= 256 && n.BitLen() <= maxKeyBits &&
		e.BitLen() >= 2 && e.BitLen() <= n.BitLen() && e.Bit(0) == 1
}

func rsaKey(n, e *big.Int) *Key {
	pub, err := asn1.Marshal(RSAPublic{n, e})
	if err != nil {
		return nil
	}
	key := publicKey("RSA", n.BitLen(), pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: nullParams}, pub)
	if key != nil {
		key.rsa = &RSAPublic{n, e}
	}
	return key
}

// publicKey makes the Key of a public half.
func publicKey(algorithm string, bits int, id pkix.AlgorithmIdentifier, pub []byte) *Key {
	spki, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{id, asn1.BitString{Bytes: pub, BitLength: 8 * len(pub)}})
	if err != nil {
		return nil
	}
	d := digest(spki)
	return &Key{Algorithm: algorithm, Bits: bits, Public: d, Same: d, Number: numberOf(algorithm, pub)}
}

// Of makes the Key of a public half that Go knows.
func Of(pub crypto.PublicKey) (*Key, bool) {
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, false
	}
	return ParseSPKI(spki)
}

type sec1Private struct {
	Version int
	Key     []byte
	Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

func parseSEC1(der []byte) (*Key, bool) { return parseSEC1On(nil, der) }

// parseSEC1On parses an EC private key whose curve may be given by the PKCS #8
// structure around it.
func parseSEC1On(curve asn1.ObjectIdentifier, der []byte) (*Key, bool) {
	var k sec1Private
	if bare, written, ok := writtenOutCurve(der); ok {
		der, curve = bare, written
	}
	if !unmarshal(der, &k) || k.Version != 1 || len(k.Key) < 14 || len(k.Key) > 72 {
		return nil, false
	}
	if k.Curve == nil {
		k.Curve = curve
	}
	if k.Curve == nil {
		return nil, false
	}
	point := k.Public.Bytes
	if len(point) == 0 {
		point = ecPoint(k.Curve, k.Key)
	}
	if len(point) == 0 {
		// A curve that Go cannot compute on: known by its content only.
		return &Key{Algorithm: "EC", Bits: curveBits(k.Curve), Same: hiddenDigest(k.Key)}, true
	}
	return ecKey(k.Curve, point)
}

func ecKey(curve asn1.ObjectIdentifier, point []byte) (*Key, bool) {
	params, err := asn1.Marshal(curve)
	if err != nil {
		return nil, false
	}
	id := pkix.AlgorithmIdentifier{Algorithm: oidEC, Parameters: asn1.RawValue{FullBytes: params}}
	return publicKey("EC", curveBits(curve), id, point), true
}

// ecPoint computes the public point of a private number.
func ecPoint(oid asn1.ObjectIdentifier, private []byte) []byte {
	der, err := asn1.Marshal(sec1Private{Version: 1, Key: private, Curve: oid})
	if err != nil {
		return nil
	}
	key, err := x509.ParseECPrivateKey(der)
	if err != nil {
		return nil
	}
	pub, err := key.PublicKey.ECDH()
	if err != nil {
		return nil
	}
	return pub.Bytes()
}

type pkcs8Private struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	Key        []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	Public     asn1.RawValue `asn1:"optional,tag:1"`
}

func parsePKCS8(der []byte) (*Key, bool) {
	var k pkcs8Private
	if !unmarshal(der, &k) || k.Version > 1 || len(k.Key) < 16 {
		return nil, false
	}
	oid := k.Algorithm.Algorithm
	switch {
	case oid.Equal(oidRSA), oid.Equal(oidRSAPSS):
		return parsePKCS1(k.Key)
	case oid.Equal(oidEC):
		var curve asn1.ObjectIdentifier
		if !unmarshal(k.Algorithm.Parameters.FullBytes, &curve) {
			curve, _ = curveOf(k.Algorithm.Parameters.FullBytes)
		}
		return parseSEC1On(curve, k.Key)
	case oid.Equal(oidEd25519):
		var seed []byte
		if !unmarshal(k.Key, &seed) || len(seed) != ed25519.SeedSize {
			return nil, false
		}
		return Of(ed25519.NewKeyFromSeed(seed).Public())
	case oid.Equal(oidDSA):
		return &Key{Algorithm: "DSA", Bits: dsaBits(k.Algorithm.Parameters.FullBytes), Same: hiddenDigest(k.Key)}, true
	case oid.Equal(oidX25519):
		return parseX25519(k.Key)
	case oid.Equal(oidX448), oid.Equal(oidEd448):
		return &Key{Algorithm: "Ed448 or X448", Bits: 448, Same: hiddenDigest(k.Key)}, true
	}
	return nil, false
}

func parseX25519(der []byte) (*Key, bool) {
	var seed []byte
	if !unmarshal(der, &seed) {
		return nil, false
	}
	private, err := ecdh.X25519().NewPrivateKey(seed)
	if err != nil {
		return nil, false
	}
	return Of(private.PublicKey())
}

// hiddenDigest tells private keys apart whose public half is not computed here:
// a digest of a digest, so that it is of no use to anybody else.
func hiddenDigest(private []byte) assay.Digest {
	return digest([]byte("private key " + string(digest(private))))
}

func dsaBits(params []byte) int {
	var p struct{ P, Q, G *big.Int }
	if !unmarshal(params, &p) {
		return 0
	}
	return p.P.BitLen()
}

func parseEncryptedPKCS8(der []byte) (*Key, bool) {
	var k struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	if !unmarshal(der, &k) || len(k.Data) < 32 || !isPBE(k.Algorithm.Algorithm) {
		return nil, false
	}
	return &Key{Encrypted: true, Same: digest(der)}, true
}

func isPBE(oid asn1.ObjectIdentifier) bool {
	under := func(arc asn1.ObjectIdentifier) bool {
		return len(oid) == len(arc)+1 && oid[:len(arc)].Equal(arc)
	}
	return oid.Equal(oidPBES2) || under(oidPBES1) || under(oidPKCS12)
}

func parseDSA(der []byte) (*Key, bool) {
	var k struct {
		Version       int
		P, Q, G, Y, X *big.Int
	}
	if !unmarshal(der, &k) || k.Version != 0 || !saneDSA(k.P, k.Q, k.G, k.Y, k.X) {
		return nil, false
	}
	return dsaKey(k.P, k.Q, k.G, k.Y)
}

// saneDSA checks that y is g to the power of x: a key, not any five numbers.
func saneDSA(p, q, g, y, x *big.Int) bool {
	if p.Sign() <= 0 || p.BitLen() < 512 || p.BitLen() > maxKeyBits/2 || q.Sign() <= 0 || q.BitLen() > 512 ||
		g.Sign() <= 0 || x.Sign() <= 0 || x.Cmp(q) >= 0 || p.Bit(0) == 0 {
		return false
	}
	return new(big.Int).Exp(g, x, p).Cmp(y) == 0
}

func dsaKey(p, q, g, y *big.Int) (*Key, bool) {
	params, err := asn1.Marshal(struct{ P, Q, G *big.Int }{p, q, g})
	if err != nil {
		return nil, false
	}
	pub, err := asn1.Marshal(y)
	if err != nil {
		return nil, false
	}
	id := pkix.AlgorithmIdentifier{Algorithm: oidDSA, Parameters: asn1.RawValue{FullBytes: params}}
	return publicKey("DSA", p.BitLen(), id, pub), true
}

// ParseSPKI parses a public key as SubjectPublicKeyInfo.
func ParseSPKI(der []byte) (*Key, bool) {
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if !unmarshal(der, &spki) || spki.Key.BitLength%8 != 0 {
		return nil, false
	}
	oid, pub := spki.Algorithm.Algorithm, spki.Key.Bytes
	switch {
	case oid.Equal(oidRSA), oid.Equal(oidRSAPSS):
		return ParsePKCS1Public(pub)
	case oid.Equal(oidEC):
		var curve asn1.ObjectIdentifier
		if !unmarshal(spki.Algorithm.Parameters.FullBytes, &curve) || len(pub) < 15 {
			return nil, false
		}
		return ecKey(curve, pub)
	case oid.Equal(oidEd25519) && len(pub) == ed25519.PublicKeySize:
		return publicKey("Ed25519", 256, pkix.AlgorithmIdentifier{Algorithm: oid}, pub), true
	case oid.Equal(oidX25519) && len(pub) == 32:
		return publicKey("X25519", 256, pkix.AlgorithmIdentifier{Algorithm: oid}, pub), true
	case oid.Equal(oidDSA) && len(pub) > 32:
		return publicKey("DSA", dsaBits(spki.Algorithm.Parameters.FullBytes), spki.Algorithm, pub), true
	}
	return nil, false
}

// ParsePKCS1Public parses a public key of RSA as PKCS #1 has it (RFC 8017, A.1.1).
func ParsePKCS1Public(der []byte) (*Key, bool) {
	var k RSAPublic
	if !unmarshal(der, &k) || !saneRSA(k.N, k.E) {
		return nil, false
	}
	return rsaKey(k.N, k.E), true
}
