package signature

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/detached"
)

// signedData is the SignedData of RFC 5652, 5.1.
type signedData struct {
	Version    int
	Hashes     []pkix.AlgorithmIdentifier `asn1:"set"`
	Content    encapsulated
	Certs      asn1.RawValue `asn1:"optional,tag:0"`
	Revoked    asn1.RawValue `asn1:"optional,tag:1"`
	SignerInfo []signerInfo  `asn1:"set"`
}

type encapsulated struct {
	Type  asn1.ObjectIdentifier
	Bytes asn1.RawValue `asn1:"optional,explicit,tag:0"`
}

// signerInfo is that of RFC 5652, 5.3.
type signerInfo struct {
	Version   int
	ID        asn1.RawValue
	Hash      pkix.AlgorithmIdentifier
	Signed    asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm pkix.AlgorithmIdentifier
	Value     []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue `asn1:"set"`
}

// The object identifiers of RFC 5652.
var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidEnvelopedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
)

var (
	errEnveloped = errors.New("the message is encrypted")
	errNotDER    = errors.New("it is no SignedData in DER or BER")
)

// maxSigners bounds what is judged of one message.
const maxSigners = 32

// parseCMS reads a message, in DER or BER, strictly: nothing may follow it, or be
// left out.
func parseCMS(message []byte) (*signedData, error) {
	der, n, err := detached.DER(message)
	if err != nil || n != len(message) {
		return nil, errNotDER
	}
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, errNotDER
	}
	if info.Type.Equal(oidEnvelopedData) {
		return nil, errEnveloped
	}
	var d signedData
	if !info.Type.Equal(oidSignedData) {
		return nil, errNotDER
	}
	if rest, err := asn1.Unmarshal(info.Content.Bytes, &d); err != nil || len(rest) > 0 {
		return nil, errNotDER
	}
	switch {
	case len(d.SignerInfo) == 0:
		return nil, errors.New("nobody signed the message")
	case len(d.SignerInfo) > maxSigners:
		return nil, fmt.Errorf("the message has more than %d signers", maxSigners)
	}
	return &d, nil
}

// content is the attached content; nil if there is none.
func (d *signedData) content() ([]byte, error) {
	if len(d.Content.Bytes.FullBytes) == 0 {
		return nil, nil
	}
	var b []byte
	if rest, err := asn1.Unmarshal(d.Content.Bytes.Bytes, &b); err != nil || len(rest) > 0 {
		return nil, errNotDER
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

// certificates are those of the message and those beside it.
func (d *signedData) certificates(beside [][]byte) []*x509.Certificate {
	var all []*x509.Certificate
	for rest := d.Certs.Bytes; len(rest) > 0 && len(all) < maxKeys; {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			break
		}
		if c, err := x509.ParseCertificate(one.FullBytes); err == nil {
			all = append(all, c)
		}
	}
	for _, der := range beside {
		if c, err := x509.ParseCertificate(der); err == nil {
			all = append(all, c)
		}
	}
	return all
}

// is reports whether a certificate is the one that the signer names: by issuer
// and number, or by the identifier of its key.
func (i *signerInfo) is(c *x509.Certificate) bool {
	if i.ID.Class == asn1.ClassContextSpecific && i.ID.Tag == 0 {
		return len(c.SubjectKeyId) > 0 && bytes.Equal(i.ID.Bytes, c.SubjectKeyId)
	}
	var id struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	rest, err := asn1.Unmarshal(i.ID.FullBytes, &id)
	return err == nil && len(rest) == 0 && id.Serial != nil &&
		bytes.Equal(id.Issuer.FullBytes, c.RawIssuer) && id.Serial.Cmp(c.SerialNumber) == 0
}

// signedBytes are what the signer's signature is over: the signed attributes, if
// there are any, which must then hold the digest and the type of the content;
// else the content. The second value is its digest.
func (i *signerInfo) signedBytes(d *signedData, digest []byte, h crypto.Hash) (message, sum []byte, err error) {
	if len(i.Signed.FullBytes) == 0 {
		return nil, digest, nil
	}
	message = slices.Clone(i.Signed.FullBytes)
	message[0] = 0x31 // it is signed as a SET OF
	seen := map[string]asn1.RawValue{}
	for rest := i.Signed.Bytes; len(rest) > 0; {
		var a attribute
		if rest, err = asn1.Unmarshal(rest, &a); err != nil {
			return nil, nil, errNotDER
		}
		if _, twice := seen[a.Type.String()]; twice {
			return nil, nil, errors.New("a signed attribute stands there twice")
		}
		seen[a.Type.String()] = a.Values
	}
	var kind asn1.ObjectIdentifier
	if !single(seen[oidContentType.String()], &kind) || !kind.Equal(d.Content.Type) {
		return nil, nil, errors.New("its signed attributes are of another type of content")
	}
	var want []byte
	if !single(seen[oidMessageDigest.String()], &want) {
		return nil, nil, errors.New("its signed attributes have no digest of the content")
	}
	if !bytes.Equal(want, digest) {
		return nil, nil, errors.New("the content is not what was signed: its digest differs")
	}
	w := h.New()
	_, _ = w.Write(message)
	return message, w.Sum(nil), nil
}

// single reads the one value of an attribute.
func single(values asn1.RawValue, into any) bool {
	if len(values.Bytes) == 0 {
		return false
	}
	rest, err := asn1.Unmarshal(values.Bytes, into)
	return err == nil && len(rest) == 0
}

// contentDigest is the digest of what the message is about.
func contentDigest(s firmware.Signature, attached []byte, h crypto.Hash) ([]byte, error) {
	if attached != nil {
		if s.Message != nil && !bytes.Equal(attached, s.Message) {
			return nil, errors.New("the message holds another content than the container")
		}
		w := h.New()
		_, _ = w.Write(attached)
		return w.Sum(nil), nil
	}
	return scheme{hash: h}.signedBytes(s)
}
