package sigstore

import (
	"bytes"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/verify"
)

// Witness verifies the bundles of labels and signed assessments that package
// verify is too small for. It implements verify.Witness.
type Witness struct{ Root *Root }

// Verify gives the payload of a bundle and who signed it. A certificate must be
// witnessed in every way that the root knows one for. Timestamps and log entries
// beside a key count if they hold. The error is a clause for people.
func (w Witness) Verify(data []byte, keys []verify.Key) (payload []byte, by verify.Signer, err error) {
	b, err := w.open(data)
	if err != nil {
		return nil, by, err
	}
	payload, payloadType := b.Payload()
	if payloadType != labels.PayloadType {
		return nil, by, errors.New("it holds no statement")
	}
	signer, err := w.signer(b, keys)
	if err != nil {
		return nil, by, errors.New(plain(err))
	}
	return payload, *signer, nil
}

// granted is the status of a timestamp authority's answer that holds a token
// (RFC 3161, 2.4.2).
var granted = []byte{0x30, 0x03, 0x02, 0x01, 0x00}

// Stamped gives the time of a timestamp token over a message, if one of the
// root's authorities made it while it was valid.
func (w Witness) Stamped(token, message []byte) (time.Time, error) {
	answer, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: append(bytes.Clone(granted), token...)})
	if err != nil {
		return time.Time{}, errors.New("it cannot be read")
	}
	for _, a := range w.Root.material.TimestampingAuthorities() {
		if t, err := a.Verify(answer, message); err == nil {
			return t.Time.UTC(), nil
		}
	}
	return time.Time{}, errors.New("no authority that the trust policy names has made it for this signature")
}

func (w Witness) signer(b *Bundle, keys []verify.Key) (*verify.Signer, error) {
	if b.Hint() != "" {
		return w.Root.Key(b, keys, Artifact{}, Demand{})
	}
	return w.Root.Certificate(b, Artifact{}, w.Root.Strictest())
}

// open accepts the one form that [FormOf] writes.
func (w Witness) open(data []byte) (*Bundle, error) {
	b, err := parse(data, labels.MaxAttestation)
	if err != nil {
		return nil, errors.New("its bundle cannot be read")
	}
	if b.entity.MediaType != labels.BundleMediaType {
		return nil, errors.New("its bundle is of another version than those of labels")
	}
	form, err := b.form()
	if err != nil || !bytes.Equal(form, data) {
		return nil, errors.New("it was changed after it was signed: its bundle is not in the form in which it is written")
	}
	return b, nil
}

// FormOf writes a bundle in the one form that a label's has: canonical JSON, without
// members that nobody knows.
func FormOf(b *protobundle.Bundle) ([]byte, error) {
	data, err := protojson.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return labels.Canonical(json.RawMessage(data))
}

func (b *Bundle) form() ([]byte, error) { return FormOf(b.entity.Bundle) }

// plain says in plain words which step failed. The library has its own words for
// engineers; each step's error begins in its own way.
func plain(err error) string {
	for _, s := range []struct{ step, words string }{
		{"failed to verify log inclusion", "no transparency log that is trusted holds it"},
		{"failed to verify timestamps", "nobody who is trusted saw when it was signed"},
		{"failed to verify leaf certificate", "its certificate is not from an authority that is trusted, or was not valid when it was signed"},
		{"failed to verify signed certificate timestamp", "its certificate is in no certificate log that is trusted"},
		{"not signed with a key that is known", "it is not signed with a key that you trust"},
		{"failed to verify signature", "its signature does not fit what it says"},
	} {
		if strings.Contains(err.Error(), s.step) {
			return s.words
		}
	}
	return "its signature, certificate or proofs do not hold"
}
