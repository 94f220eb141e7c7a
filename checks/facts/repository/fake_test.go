package repository

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a GitHub with the answers that a test gives it.
type fake struct {
	*httptest.Server
	answers map[string]http.HandlerFunc // by "path" or "path?query"

	mu     sync.Mutex
	asked  []string        // path and query of each request
	tokens []string        // Authorization of each request
	waited []time.Duration // that the client waited
}

func newFake(t *testing.T, answers map[string]http.HandlerFunc) (*fake, *Client) {
	t.Helper()
	f := &fake{answers: answers}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	c, err := NewClient(Options{
		Token: "token-for-tests", BaseURL: f.URL + "/api/v3",
		Wait: func(_ context.Context, d time.Duration) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.waited = append(f.waited, d)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, c
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	full := strings.TrimPrefix(r.URL.RequestURI(), "/api/v3/")
	f.mu.Lock()
	f.asked = append(f.asked, full)
	f.tokens = append(f.tokens, r.Header.Get("Authorization"))
	f.mu.Unlock()
	answer := f.answers[full]
	if path, _, _ := strings.Cut(full, "?"); answer == nil {
		answer = f.answers[path]
	}
	if answer == nil {
		answer = status(http.StatusNotFound)
	}
	answer(w, r)
}

func (f *fake) times(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(f.asked), func(s string) bool { return s != path }))
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// status answers as GitHub does: with a message, and headers as "Name: value".
func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"message": %q}`, http.StatusText(code))
	}
}

// inTurn gives one answer after the other; the last one stays.
func inTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		mu.Unlock()
		now(w, r)
	}
}

func listing(entries ...string) http.HandlerFunc {
	var items []string
	for _, e := range entries {
		kind, size := "file", 200
		name, dir := strings.CutSuffix(e, "/")
		if dir {
			kind, size = "dir", 0
		}
		if empty, ok := strings.CutSuffix(name, "=empty"); ok {
			name, size = empty, 0
		}
		items = append(items, fmt.Sprintf(`{"name": %q, "type": %q, "size": %d}`, name, kind, size))
	}
	return body("[" + strings.Join(items, ",") + "]")
}

const lamp = "repos/acme/lamp"

// good is a public repository with everything.
func good() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		lamp:                body(`{"name": "lamp", "private": false}`),
		lamp + "/contents/": listing("README.md", "SECURITY.md", "src/"),
		lamp + "/private-vulnerability-reporting": body(`{"enabled": true}`),
		lamp + "/security-advisories":             body(`[{"ghsa_id": "GHSA-aaaa-bbbb-cccc"}]`),
	}
}

// with changes some answers.
func with(answers map[string]http.HandlerFunc, changes map[string]http.HandlerFunc) map[string]http.HandlerFunc {
	for k, v := range changes {
		answers[k] = v
	}
	return answers
}
