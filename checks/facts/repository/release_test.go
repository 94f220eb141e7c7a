package repository

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
)

var image = bytes.Repeat([]byte("firmware"), 1000)

func wanted() Asset {
	return Asset{Owner: "acme", Name: "lamp", Tag: "v1/2", Pattern: "lamp-*.bin", Digest: assay.SHA256(sha256.Sum256(image))}
}

// released is a release whose one asset is the image, served by another host.
func released(blob string) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		lamp + "/releases/tags/v1/2": body(`{"id": 7, "tag_name": "v1/2"}`),
		lamp + "/releases/7/assets":  body(fmt.Sprintf(`[{"id": 9, "name": "lamp-1.2.bin", "size": %d}, {"id": 8, "name": "notes.txt", "size": 3}]`, len(image))),
		lamp + "/releases/assets/9": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept") != octets {
				status(http.StatusUnsupportedMediaType)(w, r)
				return
			}
			http.Redirect(w, r, blob, http.StatusFound)
		},
	}
}

func TestFetchRelease(t *testing.T) {
	blob, _ := newFake(t, map[string]http.HandlerFunc{"/blob": body(string(image))})
	f, c := newFake(t, released(blob.URL+"/blob"))
	dir := t.TempDir()
	for range 2 { // the second time nothing is asked
		got, err := FetchRelease(t.Context(), c, wanted(), dir)
		if err != nil || got != filepath.Join(dir, "lamp-1.2.bin") {
			t.Fatalf("%s, %v", got, err)
		}
		if data, err := os.ReadFile(got); err != nil || !bytes.Equal(data, image) {
			t.Fatalf("%d bytes, %v", len(data), err)
		}
	}
	if len(f.asked) != 3 || len(blob.asked) != 1 {
		t.Errorf("asked %q and %q", f.asked, blob.asked)
	}
	if blob.tokens[0] != "" || f.tokens[2] != "Bearer token-for-tests" {
		t.Errorf("the token went to the other host: %q", blob.tokens)
	}
}

// A file of another content in the asset's place is replaced.
func TestFetchReleaseReplaces(t *testing.T) {
	_, c := newFake(t, with(released(""), map[string]http.HandlerFunc{lamp + "/releases/assets/9": body(string(image))}))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lamp-1.2.bin"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := FetchRelease(t.Context(), c, wanted(), dir); err != nil {
		t.Fatal(err)
	}
	if d, err := digestOf(filepath.Join(dir, "lamp-1.2.bin")); err != nil || d != wanted().Digest {
		t.Errorf("%s, %v", d, err)
	}
}

func TestFetchReleaseErrors(t *testing.T) {
	type answers = map[string]http.HandlerFunc
	asset := func(h http.HandlerFunc) answers { return answers{lamp + "/releases/assets/9": h} }
	assets := func(list string) answers { return answers{lamp + "/releases/7/assets": body(list)} }
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}
	for _, test := range []struct {
		name   string
		change answers
		asset  func(*Asset)
		want   error
		says   string
	}{
		{name: "other bytes", change: asset(body(strings.Repeat("x", len(image)))), want: ErrDigest},
		{name: "a byte too many", change: asset(body(string(image) + "x")), want: ErrDigest},
		{name: "truncated", change: asset(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(image)))
			w.Write(image[:100])
		}), want: ErrTruncated, says: "100 of 8000"},
		{name: "ends early", change: asset(body("short")), want: ErrTruncated, says: "5 of 8000"},
		{name: "said to be too large", asset: func(a *Asset) { a.Limit = 7999 }, want: ErrTooLarge, says: "8000"},
		{
			name: "larger than said", change: with(asset(body(string(image))), assets(`[{"id": 9, "name": "lamp-1.2.bin", "size": 5}]`)),
			asset: func(a *Asset) { a.Limit = 1000 }, want: ErrTooLarge, says: "more than 1000",
		},
		{name: "no release", change: answers{lamp + "/releases/tags/v1/2": status(404)}, want: ErrHidden},
		{name: "no asset", change: assets(`[]`), want: ErrAsset},
		{name: "null asset", change: assets(`[null]`), want: ErrAsset},
		{name: "two assets", change: assets(`[{"id": 9, "name": "lamp-1.bin"}, {"id": 8, "name": "lamp-2.bin"}]`), want: ErrAsset, says: "fits 2"},
		{name: "asset that leaves the folder", change: assets(`[{"id": 9, "name": "lamp-/../../x.bin"}]`), want: ErrAsset},
		{name: "no right to the bytes", change: asset(status(403)), want: ErrRight},
		{name: "down", change: asset(status(500)), want: ErrServer},
		{name: "unprotected redirect", change: asset(redirect("http://blob.example/x")), says: "not protected"},
		{name: "redirect to a file", change: asset(redirect("file:///etc/passwd")), says: "not protected"},
		{name: "redirect nowhere", change: asset(redirect("http://[::1"))},
		{name: "bad digest", asset: func(a *Asset) { a.Digest = "sha256:12" }, says: "not a SHA-256"},
		{name: "pattern with a folder", asset: func(a *Asset) { a.Pattern = "../*.bin" }, says: "not a name"},
		{name: "bad pattern", asset: func(a *Asset) { a.Pattern = "[" }, says: "not a name"},
		{name: "tag that leads elsewhere", asset: func(a *Asset) { a.Tag = "../../x" }, says: "not a tag"},
		{name: "owner that leads elsewhere", asset: func(a *Asset) { a.Owner = "a/b" }, says: "not a name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, c := newFake(t, with(released("/none"), test.change))
			a, dir := wanted(), t.TempDir()
			if test.asset != nil {
				test.asset(&a)
			}
			got, err := FetchRelease(t.Context(), c, a, dir)
			if err == nil || got != "" || (test.want != nil && !errors.Is(err, test.want)) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q, %v; want %v (%s)", got, err, test.want, test.says)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%s was left behind", left[0].Name())
			}
		})
	}
}

func TestFetchReleaseTwoPages(t *testing.T) {
	first := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s/api/v3/%s/releases/7/assets?page=2>; rel="next"`, r.Host, lamp))
		fmt.Fprint(w, `[{"id": 1, "name": "a.txt"}]`)
	}
	_, c := newFake(t, with(released(""), map[string]http.HandlerFunc{
		lamp + "/releases/7/assets?per_page=100":        first,
		lamp + "/releases/7/assets?page=2&per_page=100": body(fmt.Sprintf(`[{"id": 9, "name": "lamp-1.2.bin", "size": %d}]`, len(image))),
		lamp + "/releases/assets/9":                     body(string(image)),
	}))
	if _, err := FetchRelease(t.Context(), c, wanted(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
}
