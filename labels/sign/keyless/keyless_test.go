package keyless_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore/pkg/cryptoutils"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/sign/keyless"
	"github.com/assay-iot/assay/labels/sigstore"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

var now = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

const subject = "https://github.com/assay-iot/assay/.github/workflows/label.yml@refs/tags/v1.2.0"

func workflow() verify.Identity {
	return verify.Identity{
		Subject: subject, Signer: subject, Issuer: "https://token.actions.githubusercontent.com", Repository: "https://github.com/acme/aurora",
		RepositoryID: "123456789", OwnerID: "987654", Trigger: "release",
	}
}

const policy = `
issuer "body" {
  display       = "Example Body"
  address       = "https://labels.acme.example/l"
  schemes       = ["platform-statement", "uk-psti"]
  gtin_prefixes = ["09506000"]
  keyless {
    issuer        = "https://token.actions.githubusercontent.com"
    workflow      = "assay-iot/assay/.github/workflows/label.yml"
    ref           = "refs/tags/v*"
    repository_id = 123456789
    owner_id      = 987654
    trigger       = "release"
  }
  require {
    timestamp      = 1
    log            = 1
    status_max_age = "none"
  }
}
sigstore {
  trusted_root = file("trusted_root.json")
}
`

// signed makes a label in a workflow and gives it with what verifies it.
func signed(t *testing.T, a *authority.Authority, place ...*labels.Status) ([]byte, verify.Options) {
	t.Helper()
	env := a.Env()
	token, err := keyless.ActionsToken(t.Context(), func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	o := labeltest.Options()
	o.Issuer = "Example Body"
	if len(place) > 0 {
		o.Status = place[0]
	}
	s, err := labels.New(labeltest.Assessment(), o)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := s.Payload()
	if err != nil {
		t.Fatal(err)
	}
	data, err := a.Services().Sign(t.Context(), token, labels.PayloadType, payload)
	if err != nil {
		t.Fatal(err)
	}
	return data, options(t, a)
}

func options(t *testing.T, a *authority.Authority) verify.Options {
	t.Helper()
	p, diags := trust.Parse("trust.hcl", []byte(policy), func(string) ([]byte, error) { return a.TrustedRoot(t), nil })
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	root, err := sigstore.NewRoot([]byte(p.Root), nil)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Options{AsOf: "2026-11-01", Trust: p, Witness: sigstore.Witness{Root: root}}
}

// A label signed in a workflow, verified offline by a trust policy.
func TestKeyless(t *testing.T) {
	a := authority.New(t, now, workflow())
	data, o := signed(t, a)
	if !labels.Certified(data) {
		t.Errorf("%.200s", data)
	}
	r, err := verify.Bundle(data, nil, o)
	if err != nil || r.Status != verify.Valid {
		t.Fatalf("%+v %v", r, err)
	}
	if r.Issuer != "Example Body" || r.Signer.Logged != 1 || len(r.Signer.Times) != 1 || !r.Signer.Times[0].Equal(now) || r.Signer.Identity.Subject != subject {
		t.Errorf("%+v", r.Signer)
	}
	if r, err := verify.Bundle(data, nil, verify.Options{AsOf: "2026-11-01"}); !errors.Is(err, verify.ErrNeedsWitness) {
		t.Errorf("a verifier of keys alone: %+v %v", r, err)
	}
	o.Trust = nil
	if r, err := verify.Bundle(data, nil, o); err == nil {
		t.Errorf("accepted without a policy: %+v", r)
	}
}

// A label that a workflow signed is valid, suspended or revoked by a list that a key
// of the same issuer signs: no list can be signed in a workflow.
func TestKeylessStatus(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := cryptoutils.MarshalPublicKeyToPEM(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	withKey := strings.Replace(policy, "  require {", `  key "lists" {
    public_key = file("lists.pub")
    not_before = "2026-01-01T00:00:00Z"
    not_after  = "2029-01-01T00:00:00Z"
  }
  require {`, 1)
	a := authority.New(t, now, workflow())
	p, diags := trust.Parse("trust.hcl", []byte(withKey), func(name string) ([]byte, error) {
		if name == "lists.pub" {
			return pub, nil
		}
		return a.TrustedRoot(t), nil
	})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	place := &labels.Status{List: "https://labels.acme.example/status/1", Index: 7}
	data, o := signed(t, a, place)
	o.Trust, o.Now = p, now.Add(time.Hour)
	o.AsOf = now.Format(time.DateOnly)
	for _, c := range []struct {
		by   crypto.Signer
		set  status.Value
		want verify.Status
	}{
		{key, status.Valid, verify.Valid},
		{key, status.Suspended, verify.Suspended},
		{key, status.Revoked, verify.Revoked},
		{stranger, status.Valid, verify.FreshnessUnknown},
		{stranger, status.Revoked, verify.FreshnessUnknown},
	} {
		n := status.New{Address: place.List, Issuer: "labels.acme.example", Size: 1024, Signed: now, Life: 24 * time.Hour}
		if c.set != status.Valid {
			n.Changes = []status.Change{{Index: 7, Day: int(now.Unix() / 86400), Value: c.set}}
		}
		list, err := n.Sign(c.by)
		if err != nil {
			t.Fatal(err)
		}
		o.Status = func(string) ([][]byte, error) { return [][]byte{list}, nil }
		if r, err := verify.Bundle(data, p.Keys(), o); err != nil || r.Status != c.want {
			t.Errorf("%s by the issuer %v: %+v %v", c.set, c.by == key, r, err)
		}
	}
}

// The same workflow, called by another repository, issues nothing: its name alone
// would let any repository do it.
func TestCalledByAnother(t *testing.T) {
	i := workflow()
	i.Repository, i.RepositoryID, i.OwnerID = "https://github.com/evil/copy", "666", "13"
	data, o := signed(t, authority.New(t, now, i))
	r, err := verify.Bundle(data, nil, o)
	if err != nil || r.Status != verify.NotAuthentic || !strings.Contains(r.Summary, "ran for another repository: https://github.com/evil/copy (666)") {
		t.Errorf("%+v %v", r, err)
	}
}

// What another authority certifies, or stamps too late, does not count.
func TestOtherAuthority(t *testing.T) {
	data, _ := signed(t, authority.New(t, now, workflow()))
	other := options(t, authority.New(t, now, workflow()))
	r, err := verify.Bundle(data, nil, other)
	if err != nil || r.Status != verify.NotAuthentic || r.Label != nil {
		t.Errorf("%+v %v", r, err)
	}
}

// No byte of a bundle can change what is said: every 7th is tried, and all of its
// frame. A few bytes of a timestamp are framing that its authority does not sign;
// they change nothing that anybody is told.
func TestEveryByte(t *testing.T) {
	data, o := signed(t, authority.New(t, now, workflow()))
	right, err := verify.Bundle(data, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	frame := bytes.Index(data, []byte(`"mediaType"`))
	for i := range data {
		if i%7 != 0 && (i < frame || i > frame+150) {
			continue
		}
		changed := append([]byte{}, data...)
		changed[i] ^= 1
		r, err := verify.Bundle(changed, nil, o)
		if err != nil || r.Status == verify.NotAuthentic {
			told++
			continue
		}
		if !reflect.DeepEqual(r, right) {
			t.Fatalf("byte %d of %d, %.60q: %s", i, len(data), data[max(0, i-30):i+1], r.Summary)
		}
	}
	if told < len(data)/9 {
		t.Errorf("%d changes are told", told)
	}
}

func TestToken(t *testing.T) {
	none := func(string) string { return "" }
	if _, err := keyless.ActionsToken(t.Context(), none); !errors.Is(err, keyless.ErrNoIdentity) || !strings.Contains(err.Error(), "id-token: write") {
		t.Errorf("no workflow: %v", err)
	}
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"refused": {http.StatusForbidden, ""}, "no JSON": {http.StatusOK, "token"}, "no token": {http.StatusOK, `{"value":"x"}`},
		"endless": {http.StatusOK, `{"value":"` + strings.Repeat("a.", 1<<16)},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		env := map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": server.URL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}
		if _, err := keyless.ActionsToken(t.Context(), func(n string) string { return env[n] }); err == nil {
			t.Errorf("%s: a token", name)
		}
		server.Close()
	}
}

func TestServicesFail(t *testing.T) {
	a := authority.New(t, now, workflow())
	services := a.Services()
	for name, s := range map[string]keyless.Services{
		"no timestamps": {Fulcio: services.Fulcio}, "no authority": {TSA: services.TSA},
		"nobody": {Fulcio: "http://127.0.0.1:1", TSA: services.TSA},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if _, err := s.Sign(ctx, "a.e30.c", labels.PayloadType, []byte("{}")); err == nil {
			t.Errorf("%s: a signature", name)
		}
		cancel()
	}
}
