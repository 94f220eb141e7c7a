package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/assay-iot/assay/labels"
)

// ErrClock says that the clock of this computer and that of a timestamp authority
// are far apart: a label signed now would bear a wrong day.
var ErrClock = errors.New("the clock of this computer is wrong")

// The limits of asking a timestamp authority.
const (
	stampTimeout = 30 * time.Second
	maxStamp     = 64 << 10 // bytes of an answer
	clockSlack   = 24 * time.Hour
)

// Stamper asks a timestamp authority (RFC 3161).
type Stamper struct {
	URL    string
	Client *http.Client // http.DefaultClient if nil
	Nonce  *big.Int     // makes the answer one to this question; none if nil
}

// Stamp gives the authority's answer over a signature, in DER, and the time that
// it says. It fails with ErrClock if that is more than a day from now. Whether the
// authority is trusted is for whoever verifies.
func (s Stamper) Stamp(ctx context.Context, signature []byte, now time.Time) (der []byte, at time.Time, err error) {
	sum := sha256.Sum256(signature)
	question, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Nonce: s.Nonce, Certificates: true}).Marshal()
	if err != nil {
		return nil, at, fmt.Errorf("timestamp: %w", err)
	}
	if der, err = s.ask(ctx, question); err != nil {
		return nil, at, fmt.Errorf("timestamp authority %s: %w", s.URL, err)
	}
	answer, err := timestamp.ParseResponse(der)
	switch {
	case err != nil:
		return nil, at, fmt.Errorf("timestamp authority %s: its answer cannot be read: %w", s.URL, err)
	case answer.HashAlgorithm != crypto.SHA256 || !bytes.Equal(answer.HashedMessage, sum[:]):
		return nil, at, fmt.Errorf("timestamp authority %s: its answer is about something else", s.URL)
	case s.Nonce != nil && (answer.Nonce == nil || answer.Nonce.Cmp(s.Nonce) != 0):
		return nil, at, fmt.Errorf("timestamp authority %s: its answer is to another question", s.URL)
	}
	if d := answer.Time.Sub(now); d > clockSlack || d < -clockSlack {
		return nil, at, fmt.Errorf("%w: it says %s, and the timestamp authority %s", ErrClock, now.Format(time.DateOnly), answer.Time.UTC().Format(time.DateOnly))
	}
	return der, answer.Time.UTC(), nil
}

func (s Stamper) ask(ctx context.Context, question []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, stampTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/timestamp-query")
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("it answers %s", answer.Status)
	}
	der, err := io.ReadAll(io.LimitReader(answer.Body, maxStamp+1))
	if err == nil && len(der) > maxStamp {
		err = fmt.Errorf("its answer has more than %d bytes", maxStamp)
	}
	return der, err
}

// Stamped puts timestamps beside the signature of a bundle. The label is the same:
// its identity is its statement.
func Stamped(bundle []byte, stamps ...[]byte) ([]byte, error) {
	b, err := labels.ParseAttestationBundle(bundle)
	if err != nil {
		return nil, err
	}
	if b.Material.Stamps == nil {
		b.Material.Stamps = new(labels.Stamps)
	}
	for _, der := range stamps {
		b.Material.Stamps.RFC3161 = append(b.Material.Stamps.RFC3161, labels.Stamp{Signed: der})
	}
	if len(b.Material.Stamps.RFC3161) > labels.MaxStamps {
		return nil, fmt.Errorf("more than %d timestamps", labels.MaxStamps)
	}
	return b.Bytes()
}
