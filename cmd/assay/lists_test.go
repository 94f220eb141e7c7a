package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/status"
)

func TestFetchList(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/list", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != status.Type {
			t.Errorf("Accept: %q", r.Header.Get("Accept"))
		}
		_, _ = w.Write([]byte("the list"))
	})
	mux.Handle("/moved", http.RedirectHandler("/list", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.Handle("/clear", http.RedirectHandler("http://127.0.0.1:1/list", http.StatusFound))
	mux.HandleFunc("/flood", func(w http.ResponseWriter, _ *http.Request) {
		for range 8 {
			_, _ = w.Write(make([]byte, status.MaxToken))
		}
	})
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	client := listClient()
	client.Transport = server.Client().Transport
	for path, want := range map[string]string{
		"/list": "", "/moved": "", "/nothing": "404", "/loop": "too often", "/clear": "away from https",
	} {
		data, err := fetchList(context.Background(), client, server.URL+path)
		switch {
		case want == "" && (err != nil || string(data) != "the list"):
			t.Errorf("%s: %q, %v", path, data, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if data, err := fetchList(context.Background(), client, server.URL+"/flood"); err != nil || len(data) > status.MaxToken+1 {
		t.Errorf("a flood of %d bytes: %v", len(data), err)
	}
	if _, err := fetchList(context.Background(), listClient(), server.URL+"/list"); err == nil {
		t.Error("a certificate that nobody trusts is accepted")
	}
}

// A list that was fetched is kept; when there is no network it serves, and a
// list that is older than it is noticed by who verifies.
func TestListSource(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fetched")) }))
	f := listFlags{online: true, cache: t.TempDir()}
	if err := writeFile(cachedList(f.cache, server.URL), []byte("seen"), 0o600); err != nil {
		t.Fatal(err)
	}
	get := func() [][]byte {
		lists, err := f.source(context.Background(), server.Client())(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		return lists
	}
	if got := get(); len(got) != 2 || !bytes.Equal(got[0], []byte("fetched")) || !bytes.Equal(got[1], []byte("seen")) {
		t.Errorf("%q", got)
	}
	server.Close()
	if got := get(); len(got) != 1 || !bytes.Equal(got[0], []byte("seen")) {
		t.Errorf("without network: %q", got)
	}
	f.cache = ""
	if _, err := f.source(context.Background(), server.Client())(server.URL); err == nil || !strings.Contains(err.Error(), "could not be fetched") {
		t.Error(err)
	}
}

// A label at an address is fetched, and its size is bounded.
func TestFetchLabel(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/label.pdf":
			_, _ = w.Write([]byte("%PDF-1.7"))
		case "/endless":
			for block := make([]byte, 1<<20); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	if data, err := fetchLabel(t.Context(), server.Client(), server.URL+"/label.pdf"); err != nil || string(data) != "%PDF-1.7" {
		t.Errorf("%q, %v", data, err)
	}
	for path, want := range map[string]string{"/nothing": "answers 404", "/endless": "more than 16777216 bytes"} {
		if _, err := fetchLabel(t.Context(), server.Client(), server.URL+path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
