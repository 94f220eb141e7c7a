package repository

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"
)

// Limits of what a server can make us do.
const (
	MaxAnswer   = 8 << 20          // bytes of one answer of the interface
	MaxWait     = 60 * time.Second // that an answer "later" is waited for
	MaxTries    = 3                // of one request
	MaxKept     = 256              // answers kept for conditional requests
	callTimeout = 4 * time.Minute  // of one call with its waits
)

// Options say how to reach GitHub.
type Options struct {
	Token     string            // may be empty: public repositories answer without
	BaseURL   string            // of the interface; GitHub's own if empty
	Transport http.RoundTripper // the network; http.DefaultTransport if nil
	// Wait passes the time before a request is repeated; nil sleeps.
	Wait func(context.Context, time.Duration) error
}

// Client asks GitHub. It is safe for concurrent use.
type Client struct {
	api    *github.Client
	assets *http.Client // with the token, never follows a redirect
	plain  *http.Client // without a token, for where a redirect leads
}

// NewClient makes a Client. The token goes to the host of BaseURL alone, also
// where an answer redirects elsewhere.
func NewClient(o Options) (*Client, error) {
	base, err := baseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Wait == nil {
		o.Wait = sleep
	}
	t := &transport{next: o.Transport, base: base, token: o.Token, wait: o.Wait, kept: map[string]kept{}}
	api := github.NewClient(&http.Client{Transport: t, Timeout: callTimeout})
	api.BaseURL = base
	return &Client{
		api:    api,
		assets: &http.Client{Transport: t, CheckRedirect: stay},
		plain:  &http.Client{Transport: o.Transport, CheckRedirect: safeRedirect},
	}, nil
}

func baseURL(s string) (*url.URL, error) {
	if s == "" {
		s = "https://api.github.com"
	}
	u, err := url.Parse(strings.TrimSuffix(s, "/") + "/")
	if err != nil || u.Host == "" || (u.Scheme != "https" && !loopback(u)) {
		return nil, fmt.Errorf("%q is not an https address", s)
	}
	return u, nil
}

// loopback reports an address on this machine, which needs no TLS.
func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && ip != nil && ip.IsLoopback()
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func safeRedirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > 5:
		return errors.New("too many redirects")
	case req.URL.Scheme != "https" && !loopback(req.URL):
		return fmt.Errorf("a redirect leads to %s, which is not protected", req.URL.Hostname())
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// transport adds the token, repeats what may be repeated, caps answers, and
// makes requests conditional: the library takes status 304 for an error, and a
// 304 does not count against GitHub's limit.
type transport struct {
	next  http.RoundTripper
	base  *url.URL
	token string
	wait  func(context.Context, time.Duration) error

	mu   sync.Mutex
	kept map[string]kept
}

// kept is an answer that can be used again as long as its tag is valid.
type kept struct {
	tag    string
	header http.Header
	body   []byte
}

// RoundTrip makes one request, with its repetitions.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if t.token != "" && req.URL.Host == t.base.Host && req.URL.Scheme == t.base.Scheme {
		req.Header.Set("Authorization", "Bearer "+t.token)
	}
	if req.Header.Get("Accept") == octets {
		return t.try(req)
	}
	key := req.URL.String()
	old, have := t.recall(key)
	if have {
		req.Header.Set("If-None-Match", old.tag)
	}
	resp, err := t.try(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusNotModified && have {
		resp.Body.Close()
		return again(req, old), nil
	}
	return t.read(key, resp)
}

// try sends the request until there is an answer that waiting cannot better.
func (t *transport) try(req *http.Request) (*http.Response, error) {
	for n := 1; ; n++ {
		resp, err := t.next.RoundTrip(req)
		if err != nil || n == MaxTries {
			return resp, err
		}
		pause, worth := later(resp, n)
		if !worth {
			return resp, nil
		}
		resp.Body.Close()
		if err := t.wait(req.Context(), pause); err != nil {
			return nil, err
		}
	}
}

// later says whether to ask again, and after what time: GitHub names it for a
// limit; a server that failed is asked again after 1 s and 2 s.
func later(resp *http.Response, n int) (time.Duration, bool) {
	limited := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusForbidden
	if after := resp.Header.Get("Retry-After"); after != "" && (limited || resp.StatusCode >= 500) {
		s, err := strconv.Atoi(after)
		pause := time.Duration(s) * time.Second
		return pause, err == nil && s >= 0 && s <= int(MaxWait/time.Second)
	}
	switch resp.StatusCode {
	case http.StatusAccepted, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return time.Duration(n) * time.Second, true
	}
	return 0, false
}

// read takes an answer in, up to the limit, and keeps it if it has a tag.
func (t *transport) read(key string, resp *http.Response) (*http.Response, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > MaxAnswer:
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrAnswer, MaxAnswer)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if tag := resp.Header.Get("ETag"); tag != "" && resp.StatusCode == http.StatusOK {
		t.remember(key, kept{tag, resp.Header.Clone(), body})
	}
	return resp, nil
}

func (t *transport) recall(key string) (kept, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.kept[key]
	return k, ok
}

func (t *transport) remember(key string, k kept) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) < MaxKept || t.kept[key].tag != "" {
		t.kept[key] = k
	}
}

// again is the kept answer, as if the server had sent it.
func again(req *http.Request, k kept) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: k.header.Clone(), Body: io.NopCloser(bytes.NewReader(k.body)), ContentLength: int64(len(k.body)), Request: req,
	}
}

func isNetwork(err error) bool {
	var u *url.Error
	var n net.Error
	return errors.As(err, &u) || errors.As(err, &n)
}
