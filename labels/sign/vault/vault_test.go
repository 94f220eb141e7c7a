package vault_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/sign"
	_ "github.com/assay-iot/assay/labels/sign/vault"
	"github.com/assay-iot/assay/labels/verify"
)

// transit answers as the transit engine of Vault does, for one key.
func transit(t *testing.T, curve elliptic.Curve, token string) *httptest.Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	answer := func(w http.ResponseWriter, data map[string]any) {
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/transit/keys/issuer", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"latest_version": 1, "keys": map[string]any{"1": map[string]any{"name": curve.Params().Name, "public_key": public}}})
	})
	mux.HandleFunc("PUT /v1/transit/sign/issuer/{hash}", func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Input     []byte `json:"input"`
			Prehashed bool   `json:"prehashed"`
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil || !q.Prehashed {
			http.Error(w, "{}", http.StatusBadRequest)
			return
		}
		sig, err := ecdsa.SignASN1(rand.Reader, key, q.Input)
		if err != nil {
			http.Error(w, "{}", http.StatusInternalServerError)
			return
		}
		answer(w, map[string]any{"signature": "vault:v1:" + base64.StdEncoding.EncodeToString(sig)})
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vault-Token") != token {
			http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// A label signed in Vault, and in OpenBao, whose key never comes here.
func TestVault(t *testing.T) {
	for name, c := range map[string]struct {
		curve        elliptic.Curve
		address, env string
	}{
		"Vault P-256":   {elliptic.P256(), "hashivault://issuer", "VAULT"},
		"Vault P-384":   {elliptic.P384(), "hashivault://issuer", "VAULT"},
		"OpenBao P-256": {elliptic.P256(), "openbao://issuer", "BAO"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(c.env+"_ADDR", transit(t, c.curve, "s.token").URL)
			t.Setenv(c.env+"_TOKEN", "s.token")
			key, err := sign.OpenKey(t.Context(), c.address)
			if err != nil {
				t.Fatal(err)
			}
			data, err := sign.Statement(key, labeltest.Statement(t))
			if err != nil {
				t.Fatal(err)
			}
			trusted, err := verify.NewKey(key.Public())
			if err != nil {
				t.Fatal(err)
			}
			r, err := verify.Bundle(data, []verify.Key{trusted}, verify.Options{AsOf: "2026-11-01"})
			if err != nil || r.Status != verify.Valid {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		curve                elliptic.Curve
		address, token, want string
	}{
		"token":    {elliptic.P256(), "hashivault://issuer", "other", "permission denied"},
		"no key":   {elliptic.P256(), "hashivault://none", "s.token", "its public key"},
		"P-521":    {elliptic.P521(), "hashivault://issuer", "s.token", "P-256 or P-384"},
		"no form":  {elliptic.P256(), "hashivault://a/b/c", "s.token", "hashivault://a/b/c"},
		"no name":  {elliptic.P256(), "hashivault", "s.token", "not the address"},
		"newlines": {elliptic.P256(), "hashivault://a\nb", "s.token", "not the address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("VAULT_ADDR", transit(t, c.curve, "s.token").URL)
			t.Setenv("VAULT_TOKEN", c.token)
			if _, err := sign.OpenKey(t.Context(), c.address); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
