package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/miekg/pkcs11"
	"github.com/sigstore/sigstore/pkg/signature"
)

// key is an ECDSA key in a token, with a session in which it may sign.
type key struct {
	module  *pkcs11.Ctx
	session pkcs11.SessionHandle
	private pkcs11.ObjectHandle
	pub     *ecdsa.PublicKey
}

func open(library, token, label, pin string) (_ *key, err error) {
	if library == "" {
		return nil, errors.New("PKCS11_MODULE names no library")
	}
	module := pkcs11.New(library)
	if module == nil {
		return nil, fmt.Errorf("%s cannot be loaded", library)
	}
	k := &key{module: module}
	if err := module.Initialize(); err != nil {
		module.Destroy()
		return nil, fmt.Errorf("%s: %w", library, err)
	}
	defer func() {
		if err != nil {
			k.close()
		}
	}()
	slot, err := findToken(module, token)
	if err != nil {
		return nil, err
	}
	if k.session, err = module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION); err != nil {
		return nil, fmt.Errorf("token %q: %w", token, err)
	}
	if err := module.Login(k.session, pkcs11.CKU_USER, pin); err != nil {
		return nil, fmt.Errorf("token %q: %w", token, err)
	}
	if k.private, err = k.find(pkcs11.CKO_PRIVATE_KEY, label); err != nil {
		return nil, err
	}
	public, err := k.find(pkcs11.CKO_PUBLIC_KEY, label)
	if err != nil {
		return nil, err
	}
	k.pub, err = k.readPublic(public)
	return k, err
}

func (k *key) close() {
	_ = k.module.Finalize()
	k.module.Destroy()
}

func findToken(module *pkcs11.Ctx, label string) (uint, error) {
	slots, err := module.GetSlotList(true)
	if err != nil {
		return 0, err
	}
	found, slot := 0, uint(0)
	for _, s := range slots {
		if info, err := module.GetTokenInfo(s); err == nil && info.Label == label {
			found, slot = found+1, s
		}
	}
	if found != 1 {
		return 0, fmt.Errorf("%d tokens are called %q", found, label)
	}
	return slot, nil
}

func (k *key) find(class uint, label string) (pkcs11.ObjectHandle, error) {
	want := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, class), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_EC), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
	}
	if err := k.module.FindObjectsInit(k.session, want); err != nil {
		return 0, err
	}
	found, _, err := k.module.FindObjects(k.session, 2)
	if ferr := k.module.FindObjectsFinal(k.session); err == nil {
		err = ferr
	}
	if err != nil {
		return 0, err
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("%d ECDSA keys of this kind are called %q", len(found), label)
	}
	return found[0], nil
}

// curves are those on which assay's keys lie, by their object identifiers.
var curves = map[string]elliptic.Curve{"1.2.840.10045.3.1.7": elliptic.P256(), "1.3.132.0.34": elliptic.P384()}

func (k *key) readPublic(object pkcs11.ObjectHandle) (*ecdsa.PublicKey, error) {
	got, err := k.module.GetAttributeValue(k.session, object, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, nil), pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil),
	})
	if err != nil || len(got) != 2 {
		return nil, fmt.Errorf("public key: %w", err)
	}
	var curveID asn1.ObjectIdentifier
	var point []byte
	if _, err := asn1.Unmarshal(got[0].Value, &curveID); err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	if _, err := asn1.Unmarshal(got[1].Value, &point); err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	curve, ok := curves[curveID.String()]
	if !ok {
		return nil, fmt.Errorf("the key is on the curve %s, not on P-256 or P-384", curveID)
	}
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}

// PublicKey gives the public half.
func (k *key) PublicKey(...signature.PublicKeyOption) (crypto.PublicKey, error) { return k.pub, nil }

// SignMessage signs the digest that is given, or a message with the curve's hash.
func (k *key) SignMessage(message io.Reader, opts ...signature.SignOption) ([]byte, error) {
	var digest []byte
	for _, o := range opts {
		o.ApplyDigest(&digest)
	}
	if len(digest) == 0 {
		hash := crypto.SHA256
		if k.pub.Curve == elliptic.P384() {
			hash = crypto.SHA384
		}
		h := hash.New()
		if _, err := io.Copy(h, message); err != nil {
			return nil, err
		}
		digest = h.Sum(nil)
	}
	if err := k.module.SignInit(k.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil)}, k.private); err != nil {
		return nil, err
	}
	raw, err := k.module.Sign(k.session, digest)
	if err != nil {
		return nil, err
	}
	half := len(raw) / 2
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
}

var errOnlySigns = errors.New("this program only signs")

// VerifySignature is not done by the token.
func (k *key) VerifySignature(io.Reader, io.Reader, ...signature.VerifyOption) error {
	return errOnlySigns
}

// CreateKey is the business of the token's own tools.
func (k *key) CreateKey(context.Context, string) (crypto.PublicKey, error) { return nil, errOnlySigns }

// CryptoSigner is no part of the protocol.
func (k *key) CryptoSigner(context.Context, func(error)) (crypto.Signer, crypto.SignerOpts, error) {
	return nil, nil, errOnlySigns
}

// SupportedAlgorithms names the kinds of key.
func (k *key) SupportedAlgorithms() []string { return []string{"ecdsa-p256", "ecdsa-p384"} }

// DefaultAlgorithm is the kind that labels want.
func (k *key) DefaultAlgorithm() string { return "ecdsa-p256" }
