package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrNoImage says that the image is not at hand: the facts were stored earlier.
var ErrNoImage = errors.New("the image is not at hand")

// Secret is a password, a hash or a key that was seen. It never prints and
// never leaves the process: as text and as JSON it says its kind and length.
type Secret struct {
	kind  string
	n     int
	value string
}

// NewSecret wraps a value; kind is a plain word such as "sha512crypt".
func NewSecret(kind, value string) Secret { return Secret{kind, len(value), value} }

// Kind says what the secret is.
func (s Secret) Kind() string { return s.kind }

// Len is its length in bytes.
func (s Secret) Len() int { return s.n }

// Reveal gives the value; false if it was stored and so is gone.
func (s Secret) Reveal() (string, bool) { return s.value, len(s.value) == s.n }

func (s Secret) String() string { return fmt.Sprintf("[%s, %d bytes]", s.kind, s.n) }

// GoString keeps the value out of %#v too.
func (s Secret) GoString() string { return s.String() }

type storedSecret struct {
	Kind   string `json:"kind"`
	Length int    `json:"length"`
}

// MarshalJSON writes kind and length only.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(storedSecret{s.kind, s.n}) }

// UnmarshalJSON reads kind and length; the value is gone.
func (s *Secret) UnmarshalJSON(b []byte) error {
	var t storedSecret
	if err := json.Unmarshal(b, &t); err != nil {
		return err
	}
	*s = Secret{kind: strings.Clone(t.Kind), n: t.Length}
	return nil
}
