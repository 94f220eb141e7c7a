package sign_test

import (
	"bytes"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/sigstore"
	"github.com/assay-iot/assay/labels/verify"
)

var stampNow = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// A label that a key signed, with the time at which an authority saw it.
func TestStamp(t *testing.T) {
	a := authority.New(t, stampNow, verify.Identity{Subject: "https://x.example"})
	plain := labeltest.Bundle(t, labeltest.Key(), labeltest.Statement(t))
	sig := signatureOf(t, plain)
	der, at, err := sign.Stamper{URL: a.TSA(), Nonce: big.NewInt(7)}.Stamp(t.Context(), sig, stampNow)
	if err != nil || !at.Equal(stampNow) {
		t.Fatal(at, err)
	}
	data, err := sign.Stamped(plain, der)
	if err != nil {
		t.Fatal(err)
	}
	key, err := verify.NewKey(labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	stampers := []sigstore.Stamper{{Name: "tsa", Certificates: a.StampCertificates(), NotBefore: stampNow.AddDate(-1, 0, 0), NotAfter: stampNow.AddDate(1, 0, 0)}}
	root, err := sigstore.NewRoot(nil, stampers)
	if err != nil {
		t.Fatal(err)
	}
	o := verify.Options{AsOf: "2026-11-01", Witness: sigstore.Witness{Root: root}}
	r, err := verify.Bundle(data, []verify.Key{key}, o)
	if err != nil || r.Status != verify.Valid || len(r.Signer.Times) != 1 || !r.Signer.Times[0].Equal(stampNow) {
		t.Errorf("%+v %v", r, err)
	}
	o.Witness = nil
	if r, err = verify.Bundle(data, []verify.Key{key}, o); err != nil || r.Status != verify.Valid || len(r.Signer.Times) != 0 || !strings.Contains(strings.Join(r.Reasons, " "), "not checked") {
		t.Errorf("without a witness: %+v %v", r, err)
	}
	other := authority.New(t, stampNow, verify.Identity{Subject: "https://x.example"})
	stampers[0].Certificates = other.StampCertificates()
	if root, err = sigstore.NewRoot(nil, stampers); err != nil {
		t.Fatal(err)
	}
	o.Witness = sigstore.Witness{Root: root}
	if r, err = verify.Bundle(data, []verify.Key{key}, o); err != nil || len(r.Signer.Times) != 0 {
		t.Errorf("an authority that is not trusted: %+v %v", r, err)
	}
	if json, err := root.JSON(); err != nil || !bytes.Contains(json, []byte("timestampAuthorities")) {
		t.Errorf("%s %v", json, err)
	}
}

func signatureOf(t *testing.T, bundle []byte) []byte {
	t.Helper()
	b, err := sigstore.Parse(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return b.Signature()
}

// A clock far off is told before a label bears a wrong day.
func TestClock(t *testing.T) {
	a := authority.New(t, stampNow, verify.Identity{Subject: "https://x.example"})
	_, _, err := sign.Stamper{URL: a.TSA()}.Stamp(t.Context(), []byte("s"), time.Unix(0, 0).UTC())
	if !errors.Is(err, sign.ErrClock) || !strings.Contains(err.Error(), "it says 1970-01-01, and the timestamp authority 2026-10-01") {
		t.Error(err)
	}
}

func TestStampAnswers(t *testing.T) {
	a := authority.New(t, stampNow, verify.Identity{Subject: "https://x.example"})
	good, _, err := sign.Stamper{URL: a.TSA()}.Stamp(t.Context(), []byte("another signature"), stampNow)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"empty": nil, "text": []byte("no"), "about something else": good, "large": bytes.Repeat([]byte("x"), 1<<17), "cut off": good[:len(good)/2],
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
		if _, _, err := (sign.Stamper{URL: server.URL}).Stamp(t.Context(), []byte("s"), stampNow); err == nil {
			t.Errorf("%s: accepted", name)
		}
		server.Close()
	}
	if _, _, err := (sign.Stamper{URL: a.TSA() + "/none"}).Stamp(t.Context(), []byte("s"), stampNow); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("no authority there: %v", err)
	}
}

// answers is an authority that always says the same.
type answers []byte

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(a))}, nil
}

// Whatever an authority answers, only a timestamp over the signature is taken.
func FuzzStamp(f *testing.F) {
	a := authority.New(f, stampNow, verify.Identity{Subject: "https://x.example"})
	good, _, err := sign.Stamper{URL: a.TSA()}.Stamp(f.Context(), []byte("s"), stampNow)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:100])
	f.Fuzz(func(t *testing.T, body []byte) {
		der, at, err := sign.Stamper{URL: "http://x.example", Client: &http.Client{Transport: answers(body)}}.Stamp(t.Context(), []byte("s"), stampNow)
		if err == nil && (len(der) == 0 || at.IsZero()) {
			t.Error("taken without a time")
		}
	})
}
