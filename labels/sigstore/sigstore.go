// Package sigstore verifies Sigstore bundles that package verify is too small
// for: signed with a certificate of a certification authority such as Fulcio, or
// with timestamps and log entries beside the signature.
//
// It says who signed, when others saw it, and how many logs hold it
// ([verify.Signer]). Whether that signer is trusted is not its question; package
// trust answers it. It never asks the network.
package sigstore

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/verify"
)

// ErrNotAuthentic says that a bundle is one, and that what it claims does not
// hold: signature, certificate, timestamp or log entry.
var ErrNotAuthentic = errors.New("not authentic")

// ErrNotBundle says that something is no Sigstore bundle.
var ErrNotBundle = errors.New("not a Sigstore bundle")

// Demand is the least that must stand beside the signature.
type Demand struct {
	Times int // authorities that timestamped it; a certificate needs at least one, or a log that does
	Logs  int // transparency logs that prove they hold it
	CT    int // certificate transparency logs that promise to hold the certificate
}

// Bundle is a parsed bundle. Nothing of it is verified.
type Bundle struct{ entity *bundle.Bundle }

// Parse reads a bundle of version 0.1 to 0.3, of at most labels.MaxBundle bytes.
// Any other is ErrNotBundle.
func Parse(data []byte) (*Bundle, error) { return parse(data, labels.MaxBundle) }

func parse(data []byte, limit int) (*Bundle, error) {
	if len(data) > limit {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrNotBundle, len(data), limit)
	}
	b := new(bundle.Bundle)
	if err := b.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotBundle, err)
	}
	return &Bundle{b}, nil
}

// Payload gives the payload of a DSSE envelope and its type; nothing if the
// bundle holds none.
func (b *Bundle) Payload() (payload []byte, payloadType string) {
	if e := b.entity.GetDsseEnvelope(); e != nil {
		return e.GetPayload(), e.GetPayloadType()
	}
	return nil, ""
}

// Hint is the key that the bundle says signed it; empty if a certificate did.
func (b *Bundle) Hint() string {
	return b.entity.GetVerificationMaterial().GetPublicKey().GetHint()
}

// Artifact is what a bundle should speak of. The zero Artifact asks nothing: only
// for an envelope whose statement the caller reads.
type Artifact struct {
	Content []byte       // the bytes themselves, or
	Digest  assay.Digest // their SHA-256
}

func (a Artifact) policy() (sgverify.ArtifactPolicyOption, error) {
	switch {
	case a.Content != nil:
		return sgverify.WithArtifact(bytes.NewReader(a.Content)), nil
	case a.Digest != "":
		sum, err := hex.DecodeString(a.Digest.Hex())
		if err != nil {
			return nil, fmt.Errorf("digest %q: %w", a.Digest, err)
		}
		return sgverify.WithArtifactDigest("sha256", sum), nil
	}
	return sgverify.WithoutArtifactUnsafe(), nil
}

// Certificate verifies a bundle that a certificate signed: chain, signature, and
// the timestamps and log entries that d demands. It fails with ErrNotAuthentic.
func (r *Root) Certificate(b *Bundle, a Artifact, d Demand) (*verify.Signer, error) {
	options := []sgverify.VerifierOption{sgverify.WithObserverTimestamps(max(d.Times, 1))}
	if d.CT > 0 {
		options = append(options, sgverify.WithSignedCertificateTimestamps(d.CT))
	}
	result, err := check(b, r.material, a, d, sgverify.WithoutIdentitiesUnsafe(), options)
	if err != nil {
		return nil, err
	}
	if result.Signature == nil || result.Signature.Certificate == nil {
		return nil, fmt.Errorf("%w: no certificate signed it", ErrNotAuthentic)
	}
	s := &verify.Signer{Identity: identity(result.Signature.Certificate)}
	for _, t := range result.VerifiedTimestamps {
		s.Times = append(s.Times, t.Timestamp.UTC())
	}
	s.Logged, _ = r.logged(b)
	return s, sortTimes(s, d)
}

// Key verifies a bundle that a key signed, the one of keys that its hint names,
// and reads the timestamps and log entries beside it. It fails with
// ErrNotAuthentic; a timestamp that does not verify counts as none.
func (r *Root) Key(b *Bundle, keys []verify.Key, a Artifact, d Demand) (*verify.Signer, error) {
	hint := b.Hint()
	at := slices.IndexFunc(keys, func(k verify.Key) bool { return k.ID == hint })
	if hint == "" || at < 0 {
		return nil, fmt.Errorf("%w: it is not signed with a key that is known", ErrNotAuthentic)
	}
	trusted, err := keyMaterial(keys[at])
	if err != nil {
		return nil, err
	}
	both := root.TrustedMaterialCollection{r.material, trusted}
	if _, err := check(b, both, a, d, sgverify.WithKey(), []sgverify.VerifierOption{sgverify.WithNoObserverTimestamps()}); err != nil {
		return nil, err
	}
	s := &verify.Signer{Key: hint}
	stamps, _, err := sgverify.VerifySignedTimestamp(b.entity, r.material)
	if err != nil {
		return nil, fmt.Errorf("%w: timestamps: %w", ErrNotAuthentic, err)
	}
	logged, seen := r.logged(b)
	s.Logged = logged
	for _, t := range stamps {
		seen = append(seen, *t)
	}
	for _, t := range seen {
		s.Times = append(s.Times, t.Time.UTC())
	}
	return s, sortTimes(s, d)
}

func keyMaterial(k verify.Key) (root.TrustedMaterial, error) {
	hash, err := labels.KeyHash(k.Public)
	if err != nil {
		return nil, err
	}
	verifier, err := signature.LoadVerifier(k.Public, hash)
	if err != nil {
		return nil, err
	}
	return root.NewTrustedPublicKeyMaterial(func(hint string) (root.TimeConstrainedVerifier, error) {
		if hint != k.ID {
			return nil, errors.New("another key")
		}
		return root.NewExpiringKey(verifier, time.Time{}, time.Time{}), nil
	}), nil
}

func check(b *Bundle, m root.TrustedMaterial, a Artifact, d Demand, who sgverify.PolicyOption, options []sgverify.VerifierOption) (*sgverify.VerificationResult, error) {
	if d.Logs > 0 {
		options = append(options, sgverify.WithTransparencyLog(d.Logs))
	}
	v, err := sgverify.NewVerifier(m, append(options, sgverify.WithoutStatementPredicate())...)
	if err != nil {
		return nil, err
	}
	what, err := a.policy()
	if err != nil {
		return nil, err
	}
	result, err := v.Verify(b.entity, sgverify.NewPolicy(what, who))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAuthentic, err)
	}
	return result, nil
}

// logged counts the logs whose proof holds, and gives the times at which they
// took the entry, where they say one. A bundle's entries may all be of logs that
// the root does not know.
func (r *Root) logged(b *Bundle) (int, []root.Timestamp) {
	entries, err := b.entity.TlogEntries()
	if err != nil || len(entries) == 0 {
		return 0, nil
	}
	for n := len(entries); n > 0; n-- {
		if times, err := sgverify.VerifyTlogEntry(b.entity, r.material, n, true); err == nil {
			return n, times
		}
	}
	return 0, nil
}

func sortTimes(s *verify.Signer, d Demand) error {
	slices.SortFunc(s.Times, time.Time.Compare)
	if len(s.Times) < d.Times {
		return fmt.Errorf("%w: %d of %d timestamps hold", ErrNotAuthentic, len(s.Times), d.Times)
	}
	return nil
}

func identity(c *certificate.Summary) *verify.Identity {
	return &verify.Identity{
		Subject: c.SubjectAlternativeName, Issuer: c.Issuer, Signer: c.BuildSignerURI, Repository: c.SourceRepositoryURI,
		RepositoryID: c.SourceRepositoryIdentifier, OwnerID: c.SourceRepositoryOwnerIdentifier, Trigger: c.BuildTrigger,
	}
}

// Signature gives the first signature of a bundle, which timestamps are about.
func (b *Bundle) Signature() []byte {
	content, err := b.entity.SignatureContent()
	if err != nil {
		return nil
	}
	return content.Signature()
}
