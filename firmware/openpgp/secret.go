package openpgp

import "fmt"

// Secret is a secret key packet. What is secret in it is not kept.
type Secret struct {
	Key    *Key // the public half
	Locked bool // behind a passphrase
	Absent bool // the packet only says that the secret half is elsewhere, on a card perhaps
}

// How the secret numbers of a packet are kept (RFC 9580, 3.7.2 and 5.5.3), and
// what GnuPG adds to that: a form that holds none.
const (
	usageClear  = 0
	usageAEAD   = 253
	usageSHA1   = 254
	usageSum    = 255
	s2kGNU      = 101
	minLocked   = 16 // bytes of an encrypted secret
	secretsOfV4 = 4  // the version that is read
)

// ParseSecret reads the body of a packet with a secret key or subkey of version 4
// that signs. A secret that is not encrypted must fit its checksum.
func ParseSecret(body []byte) (*Secret, error) {
	r := &reader{b: body}
	k := &Key{Version: r.number(1)}
	if !r.bad && k.Version != secretsOfV4 {
		return nil, fmt.Errorf("a secret key of version %d: %w", k.Version, ErrVersion)
	}
	r.take(4) // when it was made
	k.Algorithm = byte(r.number(1))
	if !k.material(r) || r.bad || len(body) > maxKey {
		return nil, errKey
	}
	public := body[:len(body)-len(r.b)]
	k, err := ParseKey(public)
	if err != nil {
		return nil, err
	}
	s := &Secret{Key: k}
	switch usage := r.number(1); usage {
	case usageClear:
		return s, s.clear(r)
	case usageAEAD, usageSHA1, usageSum:
		r.number(1) // the cipher
		if usage != usageAEAD && r.number(1) == s2kGNU {
			r.number(1) // the hash
			s.Absent = string(r.take(3)) == "GNU"
		}
	}
	s.Locked = !s.Absent
	if r.bad || s.Locked && len(r.b) < minLocked {
		return nil, errKey
	}
	return s, nil
}

// clear checks the sum of the secret numbers, which are not encrypted.
func (s *Secret) clear(r *reader) error {
	if r.bad || len(r.b) < 4 {
		return errKey
	}
	secret := r.take(len(r.b) - 2)
	sum := 0
	for _, c := range secret {
		sum += int(c)
	}
	if r.number(2) != sum&0xffff {
		return errKey
	}
	return nil
}
