// Package cose signs and verifies COSE_Sign1 messages (RFC 9052) in the one
// form that labels use.
//
// The form is narrow on purpose. The message has its tag (18), the algorithm
// stands in the protected header only, the unprotected header is empty, and
// everything is in core deterministic encoding (RFC 8949, section 4.2.1): a
// reader decodes, encodes again and compares, so that every byte counts and
// there is no second way to say the same. Keys are checked for length and curve
// before they are used.
package cose

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// MaxMessage is the size in bytes of the largest message that is read.
const MaxMessage = 4 << 20

// ErrForm says that bytes are no message in the form that this package reads.
var ErrForm = errors.New("not a COSE_Sign1 message in its strict form")

// ErrSignature says that a signature does not fit the message and the key.
var ErrSignature = errors.New("the signature does not fit")

// tag is the CBOR tag of COSE_Sign1 (RFC 9052, section 2), as it is encoded.
const tag = 0xC0 | 18

// Header is the protected header. Its labels are those of RFC 9052, table 3,
// and RFC 9596.
type Header struct {
	Algorithm Algorithm `cbor:"1,keyasint"`
	KeyID     []byte    `cbor:"4,keyasint,omitempty"`
	Type      string    `cbor:"16,keyasint,omitempty"`
}

// Message is a message that was read. Nothing in it is to be believed before
// [Message.Verify].
type Message struct {
	Header    Header
	Payload   []byte
	Signature []byte
	protected []byte
}

type sign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected struct{}
	Payload     []byte
	Signature   []byte
}

// modes are the one way to encode and the one way to decode.
type modes struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

var strict = sync.OnceValue(func() modes {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // the options are ours
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, UTF8: cbor.UTF8RejectInvalid,
		MaxNestedLevels: 8, MaxArrayElements: 1 << 16, MaxMapPairs: 64,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return modes{enc, dec}
})

// Marshal encodes v deterministically.
func Marshal(v any) ([]byte, error) { return strict().enc.Marshal(v) }

// Unmarshal decodes data into v and accepts nothing but the bytes that
// [Marshal] gives for v: no key twice, no unknown key, no length or integer
// longer than need be, nothing of indefinite length, nothing behind the end.
func Unmarshal(data []byte, v any) error {
	if len(data) > MaxMessage {
		return fmt.Errorf("%w: %d bytes, more than %d", ErrForm, len(data), MaxMessage)
	}
	if err := strict().dec.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	again, err := Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	if at := firstDifference(data, again); at >= 0 {
		return fmt.Errorf("%w: byte %d is not in deterministic encoding", ErrForm, at)
	}
	return nil
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return n
	}
	return -1
}

// Parse reads a message and verifies nothing.
func Parse(data []byte) (*Message, error) {
	if len(data) == 0 || data[0] != tag {
		return nil, fmt.Errorf("%w: no tag 18 at its beginning", ErrForm)
	}
	var s sign1
	if err := Unmarshal(data[1:], &s); err != nil {
		return nil, err
	}
	if s.Payload == nil || s.Signature == nil {
		return nil, fmt.Errorf("%w: no payload or no signature", ErrForm)
	}
	m := &Message{Payload: s.Payload, Signature: s.Signature, protected: s.Protected}
	if err := Unmarshal(s.Protected, &m.Header); err != nil {
		return nil, fmt.Errorf("protected header: %w", err)
	}
	if _, known := algorithms[m.Header.Algorithm]; !known {
		return nil, fmt.Errorf("%w: algorithm %d is not known here", ErrForm, m.Header.Algorithm)
	}
	return m, nil
}

// Verify checks the signature with a key, after the key itself: its length, its
// curve, and that the message's algorithm is the one that goes with it.
func (m *Message) Verify(pub crypto.PublicKey) error {
	alg, err := AlgorithmOf(pub)
	if err != nil {
		return err
	}
	if alg != m.Header.Algorithm {
		return fmt.Errorf("%w: it is by algorithm %d, the key is for %d", ErrSignature, m.Header.Algorithm, alg)
	}
	if !alg.verify(pub, toBeSigned(m.protected, m.Payload), m.Signature) {
		return ErrSignature
	}
	return nil
}

// Sign makes a message. The algorithm and the key id follow from the key; what
// the key gave is verified before it is used.
func Sign(key crypto.Signer, typ string, payload []byte) ([]byte, error) {
	alg, err := AlgorithmOf(key.Public())
	if err != nil {
		return nil, err
	}
	id, err := KeyID(key.Public())
	if err != nil {
		return nil, err
	}
	protected, err := Marshal(Header{alg, id, typ})
	if err != nil {
		return nil, err
	}
	if payload == nil {
		payload = []byte{} // null would say that it is elsewhere
	}
	message := toBeSigned(protected, payload)
	sig, err := alg.sign(key, message)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if !alg.verify(key.Public(), message, sig) {
		return nil, errors.New("sign: the key gave a signature that does not verify")
	}
	body, err := Marshal(sign1{Protected: protected, Payload: payload, Signature: sig})
	if err != nil {
		return nil, err
	}
	return append([]byte{tag}, body...), nil
}

// toBeSigned is the Sig_structure of RFC 9052, section 4.4, without external
// data.
func toBeSigned(protected, payload []byte) []byte {
	b, err := Marshal([]any{"Signature1", protected, []byte{}, payload})
	if err != nil {
		panic(err) // texts and bytes have a form
	}
	return b
}

// KeyIDSize is the length in bytes of a [KeyID].
const KeyIDSize = 4

// KeyID names a key within a message: the first 4 bytes of the SHA-256 of its
// SubjectPublicKeyInfo. It finds a key among those that are trusted and proves
// nothing: keys with the same id are all tried.
func KeyID(pub crypto.PublicKey) ([]byte, error) {
	if _, err := AlgorithmOf(pub); err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return bytes.Clone(sum[:KeyIDSize]), nil
}

// Find follows integer keys through the maps of data, of which it may not know
// the rest, to an integer.
func Find(data []byte, keys ...int64) (int, error) {
	if len(data) > MaxMessage {
		return 0, ErrForm
	}
	for _, key := range keys {
		var m map[any]cbor.RawMessage
		if err := strict().dec.Unmarshal(data, &m); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrForm, err)
		}
		var at any = key
		if key >= 0 {
			at = uint64(key) // as the decoder gives it
		}
		data = m[at]
	}
	var n int
	err := strict().dec.Unmarshal(data, &n)
	return n, err
}
