package authority

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"net/http"
	"testing"

	"github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	tilesnote "github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/signature"
	checkpoint "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"google.golang.org/protobuf/encoding/protojson"
)

// origin is the name of the log in its checkpoints: the host of its address.
const origin = "log.example"

// log is a transparency log of version 2 in which every entry is the only one.
type log struct {
	key *ecdsa.PrivateKey
	id  []byte
}

func newLog(t testing.TB) *log {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return &log{key, sum[:]}
}

func (a *Authority) append(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var q protobuf.CreateEntryRequest
	if err := protojson.Unmarshal(body, &q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	entry, err := a.log.entry(q.GetHashedRekordRequestV002())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	data, err := protojson.Marshal(entry)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(data)
}

func (l *log) entry(q *protobuf.HashedRekordRequestV002) (*rekor.TransparencyLogEntry, error) {
	plain, err := protojson.Marshal(&protobuf.Entry{
		ApiVersion: "0.0.2", Kind: "hashedrekord",
		Spec: &protobuf.Spec{Spec: &protobuf.Spec_HashedRekordV002{HashedRekordV002: &protobuf.HashedRekordLogEntryV002{
			Data:      &common.HashOutput{Algorithm: common.HashAlgorithm_SHA2_256, Digest: q.GetDigest()},
			Signature: q.GetSignature(),
		}}},
	})
	if err != nil {
		return nil, err
	}
	body, err := jsoncanonicalizer.Transform(plain)
	if err != nil {
		return nil, err
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(body)
	signed, err := l.checkpoint(leaf)
	if err != nil {
		return nil, err
	}
	return &rekor.TransparencyLogEntry{
		LogId: &common.LogId{KeyId: l.id}, KindVersion: &rekor.KindVersion{Kind: "hashedrekord", Version: "0.0.2"},
		InclusionProof:    &rekor.InclusionProof{TreeSize: 1, RootHash: leaf, Checkpoint: &rekor.Checkpoint{Envelope: string(signed)}},
		CanonicalizedBody: body,
	}, nil
}

func (l *log) checkpoint(leaf []byte) ([]byte, error) {
	signer, err := signature.LoadECDSASignerVerifier(l.key, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	notes, err := tilesnote.NewNoteSigner(context.Background(), origin, signer)
	if err != nil {
		return nil, err
	}
	text := checkpoint.Checkpoint{Origin: origin, Size: 1, Hash: leaf}.Marshal()
	return note.Sign(&note.Note{Text: string(text)}, notes)
}

// TrustedRoot is the authority's trusted_root.json.
func (a *Authority) TrustedRoot(t testing.TB) []byte {
	t.Helper()
	from, until := a.ca.cert.NotBefore, a.ca.cert.NotAfter
	r, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&root.FulcioCertificateAuthority{Root: a.ca.cert, ValidityPeriodStart: from, ValidityPeriodEnd: until, URI: "https://ca.example"}},
		nil,
		[]root.TimestampingAuthority{&root.SigstoreTimestampingAuthority{
			Root: a.ca.cert, Leaf: a.stamps.cert, ValidityPeriodStart: from, ValidityPeriodEnd: until, URI: "https://tsa.example",
		}},
		map[string]*root.TransparencyLog{"log": {
			BaseURL: "https://" + origin, ID: a.log.id, ValidityPeriodStart: from, ValidityPeriodEnd: until,
			HashFunc: crypto.SHA256, PublicKey: a.log.key.Public(), SignatureHashFunc: crypto.SHA256,
		}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
