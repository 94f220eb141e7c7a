package repository

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// always answers every request with the same bytes.
type always struct {
	status int
	body   string
}

func (a always) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}, nil
}

// FuzzObserve feeds a server's answers: nothing may panic, and every answer is
// yes, no, or unknown with a reason.
func FuzzObserve(f *testing.F) {
	for _, seed := range []string{
		`{"name": "lamp", "private": false}`, `[{"name": "SECURITY.md", "type": "file", "size": 9}]`, `[null]`, `null`, `[]`, `{}`, ``,
		`{"enabled": true}`, `[{"ghsa_id": 3}]`, `{"message": "Not Found"}`, `[{"name": null, "type": "dir"}]`, `{"private": "yes"}`,
	} {
		for _, status := range []int{200, 202, 304, 403, 404, 429, 500} {
			f.Add(status, seed)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		c, err := NewClient(Options{
			BaseURL: "https://ghe.example/api/v3", Transport: always{status, body},
			Wait: func(context.Context, time.Duration) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Observe(t.Context(), c, "acme", "lamp")
		if err != nil {
			return
		}
		for _, a := range []Answer{r.Policy, r.Reports, r.Advisories} {
			known := a.State == Yes || a.State == No
			if known == (a.Reason != "") || a.Location.Path == "" {
				t.Errorf("answer %+v to %d %q", a, status, body)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"github.com/acme/lamp", "https://github.com/acme/lamp.git", "github.com/../..", "gitlab.com/a/b", "github.com/a/b?c#d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		owner, name, err := Parse(s)
		if err == nil && (!valid(owner, name) || strings.ContainsAny(owner+name, "/?#%@: \\")) {
			t.Errorf("Parse(%q) = %q, %q", s, owner, name)
		}
	})
}
