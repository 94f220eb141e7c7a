package sigstore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/sigstore"
	"github.com/assay-iot/assay/labels/verify"
)

func labelBundle(t testing.TB) ([]byte, verify.Key, assay.Digest) {
	t.Helper()
	s := labeltest.Statement(t)
	key, err := verify.NewKey(labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	return labeltest.Bundle(t, labeltest.Key(), s), key, s.Predicate.Firmware[0].Digest
}

// A label that a key signed needs no root.
func TestKey(t *testing.T) {
	data, key, image := labelBundle(t)
	b, err := sigstore.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sigstore.NoRoot().Key(b, []verify.Key{key}, sigstore.Artifact{Digest: image}, sigstore.Demand{})
	if err != nil {
		t.Fatal(err)
	}
	if signer.Key != key.ID || len(signer.Times) != 0 || signer.Logged != 0 {
		t.Errorf("signer %+v", signer)
	}
	for name, demand := range map[string]sigstore.Demand{"timestamp": {Times: 1}, "log": {Logs: 1}} {
		if _, err := sigstore.NoRoot().Key(b, []verify.Key{key}, sigstore.Artifact{}, demand); !errors.Is(err, sigstore.ErrNotAuthentic) {
			t.Errorf("without a %s: %v", name, err)
		}
	}
	for name, keys := range map[string][]verify.Key{"no key": nil} {
		if _, err := sigstore.NoRoot().Key(b, keys, sigstore.Artifact{}, sigstore.Demand{}); !errors.Is(err, sigstore.ErrNotAuthentic) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sigstore.NoRoot().Key(b, []verify.Key{key}, sigstore.Artifact{Content: []byte("x")}, sigstore.Demand{}); !errors.Is(err, sigstore.ErrNotAuthentic) {
		t.Errorf("another image: %v", err)
	}
	if _, err := sigstore.NoRoot().Certificate(b, sigstore.Artifact{}, sigstore.Demand{}); !errors.Is(err, sigstore.ErrNotAuthentic) {
		t.Errorf("as if a certificate had signed: %v", err)
	}
}

func TestParse(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("label"), "empty": []byte("{}"), "too large": bytes.Repeat([]byte(" "), labels.MaxBundle+1),
		"deep": append(bytes.Repeat([]byte(`{"a":`), 200000), '1'),
	} {
		if _, err := sigstore.Parse(data); !errors.Is(err, sigstore.ErrNotBundle) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "empty": []byte("{}"), "too large": bytes.Repeat([]byte(" "), sigstore.MaxRoot+1),
	} {
		if _, err := sigstore.ParseRoot(data); err == nil {
			t.Errorf("root: %s is accepted", name)
		}
	}
}

// Whatever a bundle holds, there is an answer, and without a root it is no.
func FuzzBundle(f *testing.F) {
	data, key, _ := labelBundle(f)
	f.Add(data)
	for i, file := range must(filepath.Glob(vectors + "/bundle-verify/*/bundle.sigstore.json")) {
		if seed, err := os.ReadFile(file); err == nil && i%7 == 0 {
			f.Add(seed)
		}
	}
	a := authority.New(f, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), verify.Identity{Subject: "https://x.example"})
	root, err := sigstore.NewRoot(a.TrustedRoot(f), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := sigstore.Parse(data)
		if err != nil {
			return
		}
		b.Payload()
		if _, err := root.Certificate(b, sigstore.Artifact{}, root.Strictest()); err == nil {
			t.Error("accepted under a root that has signed nothing")
		}
		if _, err := sigstore.NoRoot().Certificate(b, sigstore.Artifact{}, sigstore.Demand{}); err == nil {
			t.Error("accepted without a root")
		}
		signer, err := sigstore.NoRoot().Key(b, []verify.Key{key}, sigstore.Artifact{}, sigstore.Demand{})
		if err == nil && signer.Key != key.ID {
			t.Error("accepted with another key")
		}
	})
}

// A root in which anything may stand is read, or refused.
func FuzzRoot(f *testing.F) {
	a := authority.New(f, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), verify.Identity{Subject: "https://x.example"})
	f.Add(a.TrustedRoot(f))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if root, err := sigstore.NewRoot(data, nil); err == nil {
			root.Strictest()
			_, _ = root.JSON()
		}
	})
}

func must(files []string, err error) []string {
	if err != nil {
		panic(err)
	}
	return files
}
