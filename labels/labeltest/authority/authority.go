// Package authority is a whole Sigstore in memory, for tests: identity tokens as
// GitHub Actions gives them, a certification authority, a transparency log and a
// timestamp authority, which answer HTTP as the real ones do and live at one
// moment.
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/assay-iot/assay/labels/sign/keyless"
	"github.com/assay-iot/assay/labels/verify"
)

// Authority is a running Sigstore. Identity and Clock may be changed between
// signatures.
type Authority struct {
	Identity verify.Identity // of the workflow that asks for a token
	Clock    time.Time       // "now" for all services

	server *httptest.Server
	ca     issuer
	stamps issuer
	log    *log
}

// issuer is a certificate with its key.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// secret is what a workflow shows to get a token.
const secret = "request-token"

// New starts an authority that lives at now and certifies this identity.
func New(t testing.TB, now time.Time, i verify.Identity) *Authority {
	t.Helper()
	a := &Authority{Identity: i, Clock: now}
	root := newIssuer(t, "root", now, nil, nil)
	a.ca, a.stamps = root, newIssuer(t, "timestamps", now, &root, stampUse(t))
	a.log = newLog(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /token", a.token)
	mux.HandleFunc("POST /api/v2/signingCert", a.certify)
	mux.HandleFunc("POST /api/v2/log/entries", a.append)
	mux.HandleFunc("POST /tsa", a.stamp)
	a.server = httptest.NewServer(mux)
	t.Cleanup(a.server.Close)
	return a
}

// stampUse is the critical extension that RFC 3161, 2.3 demands of an authority.
func stampUse(t testing.TB) []pkix.Extension {
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}}
}

func newIssuer(t testing.TB, name string, now time.Time, parent *issuer, use []pkix.Extension) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"Assay tests"}},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(20, 0, 0), BasicConstraintsValid: true,
		IsCA: parent == nil, KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: use,
	}
	if parent == nil {
		c.KeyUsage |= x509.KeyUsageCertSign
		parent = &issuer{c, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent.cert, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return issuer{c, key}
}

// Services gives the addresses, for package keyless.
func (a *Authority) Services() keyless.Services {
	return keyless.Services{Fulcio: a.server.URL, Rekor: a.server.URL, RekorVersion: 2, TSA: a.TSA()}
}

// TSA is the address of the timestamp authority.
func (a *Authority) TSA() string { return a.server.URL + "/tsa" }

// Env gives the environment of a GitHub workflow that may ask for tokens.
func (a *Authority) Env() map[string]string {
	return map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": a.server.URL + "/token?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": secret}
}

// StampCertificates are those of the timestamp authority in PEM, as a trust policy
// takes them.
func (a *Authority) StampCertificates() []byte {
	return append(pemOf(a.stamps.cert), pemOf(a.ca.cert)...)
}

func pemOf(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// token answers as GitHub does, with an unsigned token: this authority believes
// it, and a real one would not.
func (a *Authority) token(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+secret || r.URL.Query().Get("audience") != keyless.Audience {
		http.Error(w, "no right", http.StatusForbidden)
		return
	}
	part := func(v any) string {
		data, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(data)
	}
	claims := map[string]any{"iss": a.Identity.Issuer, "sub": a.Identity.Subject, "email": "", "aud": keyless.Audience}
	answer(w, http.StatusOK, map[string]string{"value": part(map[string]string{"alg": "none"}) + "." + part(claims) + ".c2ln"})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// certify writes a certificate of ten minutes for the key that is shown.
func (a *Authority) certify(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Request struct {
			Key struct {
				Content string `json:"content"`
			} `json:"publicKey"`
		} `json:"publicKeyRequest"`
	}
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") || json.NewDecoder(r.Body).Decode(&q) != nil {
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	block, _ := pem.Decode([]byte(q.Request.Key.Content))
	if block == nil {
		http.Error(w, "no key", http.StatusBadRequest)
		return
	}
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	cert, err := a.leaf(pub)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	chain := []string{string(pemOf(cert)), string(pemOf(a.ca.cert))}
	answer(w, http.StatusOK, map[string]any{"signedCertificateEmbeddedSct": map[string]any{"chain": map[string]any{"certificates": chain}}})
}

func (a *Authority) leaf(pub crypto.PublicKey) (*x509.Certificate, error) {
	subject, err := url.Parse(a.Identity.Subject)
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(a.Clock.UnixNano()), URIs: []*url.URL{subject}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: a.Clock.Add(-time.Minute), NotAfter: a.Clock.Add(10 * time.Minute), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
	for n, value := range map[int]string{
		8: a.Identity.Issuer, 9: a.Identity.Signer, 12: a.Identity.Repository, 15: a.Identity.RepositoryID, 17: a.Identity.OwnerID, 20: a.Identity.Trigger,
	} {
		der, err := asn1.MarshalWithParams(value, "utf8")
		if err != nil {
			return nil, err
		}
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, n}, Value: der})
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.ca.cert, pub, a.ca.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// stamp answers an RFC 3161 question.
func (a *Authority) stamp(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q, err := timestamp.ParseRequest(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t := timestamp.Timestamp{
		HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: a.Clock, Nonce: q.Nonce,
		Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 2}, AddTSACertificate: q.Certificates,
	}
	der, err := t.CreateResponseWithOpts(a.stamps.cert, a.stamps.key, crypto.SHA256)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(der)
}

// String names the authority in a test's output.
func (a *Authority) String() string {
	return fmt.Sprintf("authority at %s", a.Clock.Format(time.RFC3339))
}
