// Package keyless signs without a key of one's own: in a GitHub workflow, whose
// identity a certification authority (Fulcio) writes into a certificate of ten
// minutes, with a timestamp and an entry in a public log, which together show
// later that the signature was made in that time.
//
// It gives a bundle and nothing else: the certificate does not fit a QR code, and
// a key that is gone signs no PDF.
package keyless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/sign"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/sigstore"
)

// The services of Sigstore's public good instance.
const (
	PublicFulcio = "https://fulcio.sigstore.dev"
	PublicRekor  = "https://rekor.sigstore.dev"
	PublicTSA    = "https://timestamp.sigstore.dev/api/v1/timestamp"
)

// Audience is whom identity tokens are asked for.
const Audience = "sigstore"

// The limits of asking the services.
const (
	timeout  = 60 * time.Second
	maxToken = 64 << 10
)

// ErrNoIdentity says that this is no workflow that may ask for identity tokens.
var ErrNoIdentity = errors.New("there is no identity to sign with")

// Services are those that take part in a signature.
type Services struct {
	Fulcio       string // address of the certification authority
	Rekor        string // address of the log; none if empty
	RekorVersion uint32 // 1 or 2; 1 if zero
	TSA          string // address of the timestamp authority
}

// Public are the services of the public good instance.
func Public() Services { return Services{Fulcio: PublicFulcio, Rekor: PublicRekor, TSA: PublicTSA} }

// Sign signs a payload with a key that lives for this signature only, in the name
// that token says.
func (s Services) Sign(ctx context.Context, token, payloadType string, payload []byte) ([]byte, error) {
	if s.TSA == "" || s.Fulcio == "" {
		return nil, errors.New("keyless: an authority for certificates and one for timestamps are needed")
	}
	key, err := sign.NewEphemeralKeypair(nil)
	if err != nil {
		return nil, fmt.Errorf("keyless: %w", err)
	}
	options := sign.BundleOptions{
		Context: ctx, CertificateProviderOptions: &sign.CertificateProviderOptions{IDToken: token},
		CertificateProvider:  sign.NewFulcio(&sign.FulcioOptions{BaseURL: s.Fulcio, Timeout: timeout, Retries: 1}),
		TimestampAuthorities: []*sign.TimestampAuthority{sign.NewTimestampAuthority(&sign.TimestampAuthorityOptions{URL: s.TSA, Timeout: timeout, Retries: 1})},
	}
	if s.Rekor != "" {
		options.TransparencyLogs = []sign.Transparency{sign.NewRekor(&sign.RekorOptions{BaseURL: s.Rekor, Timeout: timeout, Retries: 1, Version: s.RekorVersion})}
	}
	made, err := sign.Bundle(&sign.DSSEData{Data: payload, PayloadType: payloadType}, key, options)
	if err != nil {
		return nil, fmt.Errorf("keyless: %w", err)
	}
	data, err := sigstore.FormOf(made)
	if err != nil {
		return nil, fmt.Errorf("keyless: %w", err)
	}
	if len(data) > labels.MaxAttestation {
		return nil, fmt.Errorf("keyless: a bundle of %d bytes, more than %d", len(data), labels.MaxAttestation)
	}
	return data, nil
}

// ActionsToken asks GitHub Actions for an identity token. getenv gives the
// environment of the workflow; ErrNoIdentity if it is none, or has no right to
// tokens.
func ActionsToken(ctx context.Context, getenv func(string) string) (string, error) {
	address, secret := getenv("ACTIONS_ID_TOKEN_REQUEST_URL"), getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
	if address == "" || secret == "" {
		return "", fmt.Errorf("%w: this is no GitHub workflow, or it lacks \"permissions: id-token: write\"", ErrNoIdentity)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("identity token: %w", err)
	}
	query := u.Query()
	query.Set("audience", Audience)
	u.RawQuery = query.Encode()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", fmt.Errorf("identity token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+secret)
	return token(request)
}

func token(request *http.Request) (string, error) {
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("identity token: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%w: GitHub answers %s", ErrNoIdentity, answer.Status)
	}
	var got struct {
		Value string `json:"value"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxToken)).Decode(&got); err != nil {
		return "", fmt.Errorf("identity token: %w", err)
	}
	if strings.Count(got.Value, ".") != 2 {
		return "", errors.New("identity token: the answer holds no token")
	}
	return got.Value, nil
}
