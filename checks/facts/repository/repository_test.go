package repository

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/checks/facts"
)

func TestObserve(t *testing.T) {
	type answers = map[string]http.HandlerFunc
	for _, test := range []struct {
		name                        string
		server                      answers
		policy, reports, advisories State
		where                       string // of the policy
		reason                      string // why the policy is not known
		published                   int
	}{
		{
			name: "good", server: good(), policy: Yes, reports: Yes, advisories: Yes, published: 1,
			where: "https://github.com/acme/lamp/blob/HEAD/SECURITY.md",
		},
		{
			name:   "bad",
			server: with(good(), answers{lamp + "/contents/": listing("README.md"), lamp + "/private-vulnerability-reporting": body(`{"enabled": false}`), lamp + "/security-advisories": body(`[]`)}),
			policy: No, reports: No, advisories: No, where: "https://github.com/acme/lamp/security/policy",
		},
		{
			name:   "in .github",
			server: with(good(), answers{lamp + "/contents/": listing(".github/", "SECURITY.md"), lamp + "/contents/.github": listing("security.md")}),
			policy: Yes, reports: Yes, advisories: Yes, published: 1, where: "https://github.com/acme/lamp/blob/HEAD/.github/security.md",
		},
		{
			name:   "in docs",
			server: with(good(), answers{lamp + "/contents/": listing("docs/"), lamp + "/contents/docs": listing("SECURITY.rst")}),
			policy: Yes, reports: Yes, advisories: Yes, published: 1, where: "https://github.com/acme/lamp/blob/HEAD/docs/SECURITY.rst",
		},
		{
			name:   "in the owner's .github repository",
			server: with(good(), answers{lamp + "/contents/": listing("README.md"), "repos/acme/.github/contents/": listing("SECURITY.md")}),
			policy: Yes, reports: Yes, advisories: Yes, published: 1, where: "https://github.com/acme/.github/blob/HEAD/SECURITY.md",
		},
		{
			name:   "an empty policy and a folder of that name are none",
			server: with(good(), answers{lamp + "/contents/": listing("SECURITY.md=empty", "security/", "security.go")}),
			policy: No, reports: Yes, advisories: Yes, published: 1, where: "https://github.com/acme/lamp/security/policy",
		},
		{
			name:   "no rights",
			server: with(good(), answers{lamp + "/contents/": status(403), lamp + "/private-vulnerability-reporting": status(403), lamp + "/security-advisories": status(403)}),
			where:  "https://github.com/acme/lamp/security/policy", reason: "has no right",
		},
		{
			name:   "hidden behind 404",
			server: with(good(), answers{lamp + "/contents/": status(404), lamp + "/private-vulnerability-reporting": status(404), lamp + "/security-advisories": status(404)}),
			where:  "https://github.com/acme/lamp/security/policy", reason: "does not show it",
		},
		{
			name:   "more files than are listed",
			server: with(good(), answers{lamp + "/contents/": listing(many(1000)...)}),
			where:  "https://github.com/acme/lamp/security/policy", reason: "more files", reports: Yes, advisories: Yes, published: 1,
		},
		{
			name: "answers that are not what they should be",
			server: with(good(), answers{
				lamp + "/contents/": body(`[null, {"name": 3}]`), lamp + "/private-vulnerability-reporting": body(`{"enabled": null}`),
				lamp + "/security-advisories": body(`{"a": 1}`),
			}),
			where: "https://github.com/acme/lamp/security/policy", reason: "not understood",
		},
		{
			name:   "nothing at all in a listing",
			server: with(good(), answers{lamp + "/contents/": body(`[null, {}]`)}),
			policy: No, reports: Yes, advisories: Yes, published: 1, where: "https://github.com/acme/lamp/security/policy",
		},
		{
			name: "two pages of advisories",
			server: with(good(), answers{
				lamp + "/security-advisories?state=published&per_page=100": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Link", fmt.Sprintf(`<http://%s/api/v3/%s/security-advisories?after=Y3Vyc29y&per_page=100>; rel="next"`, r.Host, lamp))
					fmt.Fprint(w, `[{"ghsa_id": "a"}, {"ghsa_id": "b"}]`)
				},
				lamp + "/security-advisories?state=published&per_page=100&after=Y3Vyc29y": body(`[{"ghsa_id": "c"}]`),
			}),
			policy: Yes, reports: Yes, advisories: Yes, published: 3, where: "https://github.com/acme/lamp/blob/HEAD/SECURITY.md",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, c := newFake(t, test.server)
			r, err := Observe(t.Context(), c, "acme", "lamp")
			if err != nil {
				t.Fatal(err)
			}
			if r.Policy.State != test.policy || r.Reports.State != test.reports || r.Advisories.State != test.advisories || r.Published != test.published {
				t.Errorf("policy %+v\nreports %+v\nadvisories %+v (%d)", r.Policy, r.Reports, r.Advisories, r.Published)
			}
			if r.Policy.Location.Path != test.where || !strings.Contains(r.Policy.Reason, test.reason) || (test.reason == "") != (r.Policy.Reason == "") {
				t.Errorf("policy %+v, want %s, %s", r.Policy, test.where, test.reason)
			}
			for _, a := range []Answer{r.Policy, r.Reports, r.Advisories} {
				if (a.State == "") != (a.Reason != "") {
					t.Errorf("an answer is unknown if and only if it has a reason: %+v", a)
				}
			}
		})
	}
}

func many(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("file%d", i)
	}
	return names
}

func TestObserveErrors(t *testing.T) {
	reset := "X-RateLimit-Reset: 4102444800" // 2100-01-01, so that the library's own clock stays behind it
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   error
		says   string
		asked  int
		waited []time.Duration
	}{
		{"hidden", status(404), ErrHidden, "does not exist, or the token has no right", 1, nil},
		{"no right", status(403), ErrRight, "", 1, nil},
		{"bad token", status(401), ErrToken, "", 1, nil},
		{"limit", status(403, "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 0", reset), ErrLimited, "after 2100-01-01T00:00:00Z", 1, nil},
		{"429 with Retry-After", status(429, "Retry-After: 7"), ErrLimited, "", 3, []time.Duration{7 * time.Second, 7 * time.Second}},
		{"429 that takes an hour", status(429, "Retry-After: 3600"), ErrLimited, "", 1, nil},
		{"429 without a time", status(429), ErrLimited, "", 1, nil},
		{"429 with a strange time", status(429, "Retry-After: Mon, 1 Jan 2029"), ErrLimited, "", 1, nil},
		{"second limit", status(403, "Retry-After: 1"), ErrLimited, "", 3, []time.Duration{time.Second, time.Second}},
		{"down", status(502), ErrServer, "502", 3, []time.Duration{time.Second, 2 * time.Second}},
		{"not now", status(202), ErrServer, "still being made", 3, []time.Duration{time.Second, 2 * time.Second}},
		{"teapot", status(418), ErrAnswer, "418", 1, nil},
		{"not JSON", body("<html>"), ErrAnswer, "", 1, nil},
		{"endless", body(`"` + strings.Repeat("x", MaxAnswer) + `"`), ErrAnswer, "longer than", 1, nil},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		}, ErrReach, "", 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, c := newFake(t, map[string]http.HandlerFunc{lamp: test.answer})
			_, err := Observe(t.Context(), c, "acme", "lamp")
			if !errors.Is(err, test.want) || !strings.Contains(fmt.Sprint(err), test.says) {
				t.Errorf("%v, want %v (%s)", err, test.want, test.says)
			}
			if f.times(lamp) != test.asked || !reflect.DeepEqual(f.waited, test.waited) {
				t.Errorf("asked %d times, waited %v; want %d, %v", f.times(lamp), f.waited, test.asked, test.waited)
			}
		})
	}
}

func TestObserveAgainAfterFailure(t *testing.T) {
	f, c := newFake(t, with(good(), map[string]http.HandlerFunc{
		lamp: inTurn(status(503, "Retry-After: 3"), body(`{"private": true, "archived": true}`)),
	}))
	r, err := Observe(t.Context(), c, "acme", "lamp")
	if err != nil || !r.Private || !r.Archived || f.waited[0] != 3*time.Second {
		t.Errorf("%+v, %v, waited %v", r, err, f.waited)
	}
}

// The second time the server says 304, and the answer is the first one.
func TestConditional(t *testing.T) {
	tagged := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			if r.Header.Get("If-None-Match") == `"v1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprint(w, text)
		}
	}
	changed := inTurn(tagged(`{"enabled": true}`), status(500), status(500), status(500), tagged(`{"enabled": true}`))
	_, c := newFake(t, with(good(), map[string]http.HandlerFunc{
		lamp: tagged(`{"private": true}`), lamp + "/private-vulnerability-reporting": changed,
	}))
	first, err := Observe(t.Context(), c, "acme", "lamp")
	if err != nil {
		t.Fatal(err)
	}
	second, err := Observe(t.Context(), c, "acme", "lamp")
	if err != nil || !second.Private || second.Reports.State != "" {
		t.Errorf("a failing server must not be answered from memory: %+v, %v", second, err)
	}
	third, err := Observe(t.Context(), c, "acme", "lamp")
	if err != nil || !reflect.DeepEqual(first, third) {
		t.Errorf("first %+v\nthird %+v, %v", first, third, err)
	}
}

func TestTokenStaysAtHome(t *testing.T) {
	away, _ := newFake(t, map[string]http.HandlerFunc{"/moved": body(`{"private": true}`)})
	f, c := newFake(t, map[string]http.HandlerFunc{
		lamp: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, away.URL+"/moved", http.StatusMovedPermanently)
		},
	})
	if r, err := Observe(t.Context(), c, "acme", "lamp"); err != nil || !r.Private {
		t.Fatalf("%+v, %v", r, err)
	}
	if f.tokens[0] != "Bearer token-for-tests" || len(away.tokens) != 1 || away.tokens[0] != "" {
		t.Errorf("at home %q, away %q", f.tokens, away.tokens)
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]string{
		"github.com/acme/lamp":               "acme lamp",
		"https://github.com/acme/lamp.git":   "acme lamp",
		"https://github.com/acme/lamp/":      "acme lamp",
		"GitHub.com/acme/lamp.js":            "acme lamp.js",
		"github.com/acme/..":                 "",
		"github.com/acme/lamp/../x":          "",
		"github.com/a?b/lamp":                "",
		"github.com/-a/lamp":                 "",
		"gitlab.com/acme/lamp":               "",
		"http://github.com/acme/lamp":        "",
		"github.com/acme":                    "",
		"":                                   "",
		"github.com/acme/l%2e%2e":            "",
		"https://x@github.com/acme/lamp":     "",
		"https://github.com:80/acme/lamp":    "",
		"github.com/" + many(1)[0] + "/\x00": "",
	} {
		owner, name, err := Parse(s)
		if got := strings.TrimSpace(owner + " " + name); got != want || (err == nil) != (want != "") {
			t.Errorf("Parse(%q) = %q, %v; want %q", s, got, err, want)
		}
	}
	_, c := newFake(t, nil)
	if _, err := Observe(t.Context(), c, "..", "lamp"); err == nil {
		t.Error("an owner that leads elsewhere is asked for")
	}
}

func TestNewClient(t *testing.T) {
	for address, ok := range map[string]bool{
		"": true, "https://ghe.example/api/v3": true, "http://127.0.0.1:1/": true,
		"http://ghe.example/api/v3": false, "ghe.example": false, "://": false, "http://127.0.0.1.example/": false,
	} {
		if _, err := NewClient(Options{BaseURL: address}); (err == nil) != ok {
			t.Errorf("NewClient(%q): %v", address, err)
		}
	}
}

func TestFact(t *testing.T) {
	_, c := newFake(t, good())
	seen, err := Observe(t.Context(), c, "acme", "lamp")
	if err != nil {
		t.Fatal(err)
	}
	o := facts.NewObservation()
	Fact.Supply(o, seen, nil)
	got, err := Fact.Of(o.For("test", []facts.Node{Fact}))
	if err != nil || !reflect.DeepEqual(got, seen) {
		t.Errorf("%+v, %v", got, err)
	}
	b, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	var back Repository
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, seen) {
		t.Errorf("%s gives %+v, %v", b, back, err)
	}
	if err := facts.Validate(Fact); err != nil {
		t.Error(err)
	}
}
