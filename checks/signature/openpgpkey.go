package signature

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/assay-iot/assay/firmware/openpgp"
)

// pgpKey is a declared key of OpenPGP, or a subkey of one, with what its owner
// signed about it.
type pgpKey struct {
	*openpgp.Key
	primary *pgpKey            // of a subkey
	about   *openpgp.Signature // the newest that holds: over a user id, or binding a subkey
	direct  *openpgp.Signature // the newest over the key alone
	revoked time.Time          // zero if it is not
	agreed  bool               // a subkey signed that it belongs to its primary key
}

var errNoPGP = errors.New("holds no OpenPGP key that signed itself")

// Limits of what is looked at in a key.
const (
	maxPGPKeys      = 64
	maxSelfVerified = 256 // signatures that are verified
)

// armoured reports whether a text holds an ASCII armour of OpenPGP.
func armoured(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN PGP ")) }

// parsePGP reads public keys of OpenPGP, in packets or in ASCII armour.
func parsePGP(data []byte) ([]Key, error) {
	r := &pgpReader{}
	if !armoured(data) {
		if err := r.packets(data); err != nil {
			return nil, err
		}
		return r.usable()
	}
	for {
		kind, content, rest, err := openpgp.Armour(data)
		switch {
		case kind == openpgp.PrivateArmour:
			return nil, ErrPrivate
		case err != nil:
			return nil, err
		case kind == "":
			return r.usable()
		case kind == openpgp.PublicArmour:
			if err := r.packets(content); err != nil {
				return nil, err
			}
		}
		data = rest
	}
}

// pgpReader goes through the packets of keys (RFC 9580, 10.1).
type pgpReader struct {
	keys     []*pgpKey // primary keys, each followed by its subkeys
	primary  *pgpKey
	current  *pgpKey // that a signature is about
	prefix   []byte  // what stands before the signature in what it is over
	verified int
}

func (r *pgpReader) packets(b []byte) error {
	all, err := openpgp.Packets(b)
	if err != nil || len(all) == 0 {
		return ErrNoKey
	}
	for _, p := range all {
		if err := r.packet(p); err != nil {
			return err
		}
	}
	return nil
}

func (r *pgpReader) packet(p openpgp.Packet) error {
	switch p.Kind {
	case openpgp.SecretKeyPacket, openpgp.SecretSubkeyPacket:
		return ErrPrivate
	case openpgp.PublicKeyPacket, openpgp.PublicSubkeyPacket:
		return r.key(p)
	case openpgp.UserIDPacket, openpgp.UserAttributePacket:
		r.user(p)
	case openpgp.SignaturePacket:
		r.signature(p.Body)
	}
	return nil
}

func (r *pgpReader) key(p openpgp.Packet) error {
	r.current = nil
	if p.Kind == openpgp.PublicKeyPacket {
		r.primary = nil
	}
	k, err := openpgp.ParseKey(p.Body)
	switch {
	case errors.Is(err, openpgp.ErrVersion):
		return nil // the others may be of use
	case err != nil:
		return err
	case len(r.keys) == maxPGPKeys:
		return fmt.Errorf("holds more than %d keys", maxPGPKeys)
	}
	one := &pgpKey{Key: k}
	switch {
	case p.Kind == openpgp.PublicKeyPacket:
		r.primary, r.prefix = one, k.Hashed()
	case r.primary == nil:
		return nil
	default:
		one.primary = r.primary
		r.prefix = append(r.primary.Hashed(), k.Hashed()...)
	}
	r.current = one
	r.keys = append(r.keys, one)
	return nil
}

func (r *pgpReader) user(p openpgp.Packet) {
	if r.primary == nil {
		return
	}
	mark := byte(0xb4)
	if p.Kind == openpgp.UserAttributePacket {
		mark = 0xd1
	}
	r.current = r.primary
	r.prefix = binary.BigEndian.AppendUint32(append(r.primary.Hashed(), mark), uint32(len(p.Body)))
	r.prefix = append(r.prefix, p.Body...)
}

// signature takes in what the owner of the primary key says of a key; what others
// say of it does not count.
func (r *pgpReader) signature(body []byte) {
	s, err := openpgp.ParseSignature(body)
	if err != nil || r.current == nil || r.primary == nil || !r.primary.Names(s.Issuer) {
		return
	}
	k, subkey := r.current, r.current.primary != nil
	newest := func(into **openpgp.Signature) bool {
		if s.Unknown || *into != nil && s.Created.Before((*into).Created) || !r.holds(r.primary, s, r.prefix) {
			return false
		}
		*into = s
		return true
	}
	switch {
	case s.Type == openpgp.SubkeyRevocation && subkey, s.Type == openpgp.KeyRevocation && !subkey:
		if r.holds(r.primary, s, r.prefix) {
			k.revoked = s.Created
		}
	case s.Type == openpgp.SubkeyBinding && subkey:
		if newest(&k.about) {
			k.agreed = r.agrees(s)
		}
	case s.Type == openpgp.DirectKey && !subkey:
		newest(&k.direct)
	case s.Type&^3 == openpgp.Certification && !subkey:
		newest(&k.about)
	}
}

// agrees reports whether a subkey signed that it belongs to its primary key, as
// one that signs has to (RFC 9580, 10.1.5).
func (r *pgpReader) agrees(binding *openpgp.Signature) bool {
	for _, body := range binding.Embedded {
		s, err := openpgp.ParseSignature(body)
		if err == nil && s.Type == openpgp.PrimaryBinding && r.holds(r.current, s, r.prefix) {
			return true
		}
	}
	return false
}

// holds verifies a signature about a key, with a key.
func (r *pgpReader) holds(by *pgpKey, s *openpgp.Signature, over []byte) bool {
	if r.verified++; r.verified > maxSelfVerified {
		return false
	}
	digest, err := s.Sum(func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(over)); return err })
	if err != nil || digest == nil || !s.Begins(digest) {
		return false
	}
	ok, _ := pgpHolds(by.Public, s, digest)
	return ok
}

// usable are the keys of which their owner says that they are his. One of a kind
// that is not read cannot say so, and is kept to say that.
func (r *pgpReader) usable() ([]Key, error) {
	var keys []Key
	for _, k := range r.keys {
		owned := k.said() != nil && (k.primary == nil || k.primary.said() != nil)
		if owned || k.Public == nil {
			keys = append(keys, Key{Public: k.Public, pgp: k})
		}
	}
	if len(keys) == 0 {
		return nil, errNoPGP
	}
	return keys, nil
}

// said are the signatures that speak of the key; nil if none does.
func (k *pgpKey) said() (all []*openpgp.Signature) {
	for _, s := range []*openpgp.Signature{k.about, k.direct} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

// unusable says why what a key signed at some time is worth nothing on a day.
func (k *pgpKey) unusable(made, asOf time.Time) string {
	word := "the key"
	if k.primary != nil {
		if reason := k.primary.out(made, asOf); reason != "" {
			return "the key " + reason
		}
		word = "the subkey"
	}
	if reason := k.out(made, asOf); reason != "" {
		return word + " " + reason
	}
	if k.primary != nil && !k.agreed {
		return "the subkey did not sign that it belongs to the key"
	}
	for _, s := range k.said() {
		if s.Flags != nil {
			if len(s.Flags) == 0 || s.Flags[0]&openpgp.MaySign == 0 {
				return word + " is not for signatures"
			}
			break
		}
	}
	return ""
}

// out says that a key was not there yet, is no more, or was revoked.
func (k *pgpKey) out(made, asOf time.Time) string {
	switch {
	case made.Before(k.Created):
		return "was made after the signature"
	case !k.revoked.IsZero():
		return "was revoked on " + k.revoked.Format(time.DateOnly)
	}
	for _, s := range k.said() {
		if end := k.Created.Add(s.KeyLifetime); s.KeyLifetime > 0 && !end.After(asOf) {
			return "expired on " + end.Format(time.DateOnly)
		}
		if s.Lifetime > 0 && !s.Created.Add(s.Lifetime).After(asOf) {
			return "has no signature on itself that did not expire"
		}
	}
	return ""
}
