// Package sign makes key files and signs labels and assessments.
//
// A key is a crypto.Signer: from a file ([LoadKey]) or from elsewhere
// ([OpenKey]), where it signs and never leaves. Everything that is signed, the
// bundle, the compact label, a PDF, goes through that one interface.
//
// Private keys lie in files in Sigstore's encrypted form, which cosign reads
// too. The passphrase is always given by the caller, as bytes.
package sign

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore/pkg/cryptoutils"

	"github.com/assay-iot/assay/labels"
)

// ErrPassphrase says that a key file does not open with the passphrase given.
var ErrPassphrase = errors.New("the key does not open with this passphrase")

// maxKeyFile is the size of the largest key file that is read.
const maxKeyFile = 64 << 10

// GenerateKeys makes a P-256 key pair: the private key in Sigstore's encrypted
// form, the public key as PEM. There is no key without a passphrase.
func GenerateKeys(passphrase []byte) (private, public []byte, err error) {
	if len(passphrase) == 0 {
		return nil, nil, errors.New("a key needs a passphrase")
	}
	private, public, err = cryptoutils.GeneratePEMEncodedECDSAKeyPair(elliptic.P256(), give(passphrase))
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	return private, public, nil
}

// GenerateEd25519 makes an Ed25519 key pair in the same forms: what logs sign with.
func GenerateEd25519(passphrase []byte) (private, public []byte, err error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	if private, err = EncryptKey(key, passphrase); err != nil {
		return nil, nil, err
	}
	public, err = PublicKey(key)
	return private, public, err
}

// EncryptKey writes an existing key, such as one on P-384 or an Ed25519 key, in
// Sigstore's encrypted form.
func EncryptKey(key crypto.Signer, passphrase []byte) ([]byte, error) {
	if len(passphrase) == 0 {
		return nil, errors.New("a key needs a passphrase")
	}
	if _, err := labels.KeyHash(key.Public()); err != nil {
		return nil, err
	}
	der, err := cryptoutils.MarshalPrivateKeyToEncryptedDER(key, give(passphrase))
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	return cryptoutils.PEMEncode(cryptoutils.EncryptedSigstorePrivateKeyPEMType, der), nil
}

// LoadKey opens a key file in Sigstore's encrypted form. A key that lies there
// in the clear is refused, and so is one that cannot sign labels.
func LoadKey(file, passphrase []byte) (crypto.Signer, error) {
	if err := checkKeyFile(file); err != nil {
		return nil, err
	}
	if len(passphrase) == 0 {
		return nil, ErrPassphrase
	}
	key, err := cryptoutils.UnmarshalPEMToPrivateKey(file, give(passphrase))
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrPassphrase, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T cannot sign", key)
	}
	if _, err := labels.KeyHash(signer.Public()); err != nil {
		return nil, err
	}
	return signer, nil
}

func checkKeyFile(file []byte) error {
	if len(file) > maxKeyFile {
		return fmt.Errorf("key file: %d bytes, more than %d", len(file), maxKeyFile)
	}
	block, rest := pem.Decode(file)
	switch {
	case block == nil:
		return errors.New("key file: not PEM")
	case len(bytes.TrimSpace(rest)) > 0:
		return fmt.Errorf("key file: more than one key (byte %d)", len(file)-len(rest))
	case block.Type == "PUBLIC KEY":
		return errors.New("key file: this is the public key; signing needs the private one")
	case block.Type != string(cryptoutils.EncryptedSigstorePrivateKeyPEMType) && block.Type != "ENCRYPTED COSIGN PRIVATE KEY":
		return fmt.Errorf("key file: a %q; only Sigstore's encrypted form is accepted (make one with \"assay issuer keys generate\")", block.Type)
	}
	return nil
}

func give(passphrase []byte) cryptoutils.PassFunc {
	return func(bool) ([]byte, error) { return passphrase, nil }
}
