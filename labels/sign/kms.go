package sign

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/kms"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin"
	"github.com/sigstore/sigstore/pkg/signature/options"

	"github.com/assay-iot/assay/labels"
)

// ErrNoProvider says that nothing on this machine opens such an address.
var ErrNoProvider = errors.New("there is no program for such a key")

// ErrUnfit says that there is a key at an address, but none that signs labels.
var ErrUnfit = errors.New("this key cannot sign labels")

// remoteTimeout bounds one question to where a key is.
const remoteTimeout = 60 * time.Second

// maxAddress is the length in bytes of the longest address of a key.
const maxAddress = 1024

// IsAddress reports whether s is the address of a key, NAME://…, and not a file.
func IsAddress(s string) bool {
	name, rest, ok := strings.Cut(s, "://")
	return ok && name != "" && rest != "" && len(s) <= maxAddress && name[0] != '-' &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && !strings.ContainsFunc(rest, unicode.IsSpace)
}

// OpenKey opens a key that lies elsewhere, by its address: that of a provider that
// is linked in (package sign/vault adds one), else NAME://… of the program
// sigstore-kms-NAME on the PATH, which speaks Sigstore's plug-in protocol. The
// key never comes here; it must be on P-256 or P-384.
//
// The context bounds opening; each signature has a time limit of its own.
func OpenKey(ctx context.Context, address string) (crypto.Signer, error) {
	if !IsAddress(address) {
		return nil, fmt.Errorf("%.100q is not the address of a key (NAME://…)", address)
	}
	ctx, cancel := context.WithTimeout(ctx, remoteTimeout)
	defer cancel()
	key, pub, err := openKMS(ctx, address, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	ec, ok := pub.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s: %w: it is of type %T; a key elsewhere must be on P-256 or P-384", address, ErrUnfit, pub)
	}
	hash, err := labels.KeyHash(ec)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", address, ErrUnfit, err)
	}
	if hash != crypto.SHA256 {
		if key, _, err = openKMS(ctx, address, hash); err != nil {
			return nil, err
		}
	}
	return &kmsKey{key: key, pub: ec, hash: hash}, nil
}

func openKMS(ctx context.Context, address string, hash crypto.Hash) (signature.Signer, crypto.PublicKey, error) {
	name, _, _ := strings.Cut(address, "://")
	provider, err := kms.Get(ctx, address, hash)
	var none *kms.ProviderNotFoundError
	switch {
	case errors.As(err, &none):
		return nil, nil, fmt.Errorf("%s: %w: neither this program nor sigstore-kms-%s on the PATH opens it", address, ErrNoProvider, name)
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", address, err)
	}
	var key signature.Signer = provider
	if _, ok := provider.(*cliplugin.PluginClient); ok {
		key = newPlugin(address, hash)
	}
	pub, err := key.PublicKey(options.WithContext(ctx))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: its public key: %w", address, err)
	}
	return key, pub, nil
}

// kmsKey signs digests with a key that is elsewhere.
type kmsKey struct {
	key  signature.Signer
	pub  *ecdsa.PublicKey
	hash crypto.Hash
}

func (k *kmsKey) Public() crypto.PublicKey { return k.pub }

// Sign signs a digest and gives the signature in ASN.1.
func (k *kmsKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts == nil || opts.HashFunc() != k.hash || len(digest) != k.hash.Size() {
		return nil, fmt.Errorf("this key signs digests of %s", k.hash)
	}
	ctx, cancel := context.WithTimeout(context.Background(), remoteTimeout)
	defer cancel()
	sig, err := k.key.SignMessage(nil, options.WithContext(ctx), options.WithDigest(slices.Clone(digest)), options.WithCryptoSignerOpts(k.hash))
	if err != nil {
		return nil, fmt.Errorf("sign with a key elsewhere: %w", err)
	}
	return sig, nil
}
