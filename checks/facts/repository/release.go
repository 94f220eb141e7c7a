package repository

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/assay-iot/assay"
)

// octets is the media type that makes GitHub give an asset's bytes.
const octets = "application/octet-stream"

// DefaultAssetLimit is the size in bytes up to which an asset is fetched.
const DefaultAssetLimit = 2 << 30

// Why an asset was not fetched.
var (
	ErrDigest    = errors.New("the digest differs")
	ErrTooLarge  = errors.New("the asset is too large")
	ErrTruncated = errors.New("the download is incomplete")
	ErrAsset     = errors.New("not exactly one asset has this name")
)

// Asset names one file of a GitHub release.
type Asset struct {
	Owner, Name string       // of the repository
	Tag         string       // of the release
	Pattern     string       // name of the asset; * stands for anything
	Digest      assay.Digest // that it must have
	Limit       int64        // bytes at most; 0 is DefaultAssetLimit
}

// FetchRelease puts an asset into a folder and gives its path. A file is there
// only when it is whole and its digest fits; one that is there already is not
// fetched again.
func FetchRelease(ctx context.Context, c *Client, a Asset, dir string) (string, error) {
	if a.Limit <= 0 {
		a.Limit = DefaultAssetLimit
	}
	fail := func(err error) (string, error) {
		return "", fmt.Errorf("release %s of github.com/%s/%s: %w", a.Tag, a.Owner, a.Name, err)
	}
	if err := a.validate(); err != nil {
		return fail(err)
	}
	if there := a.present(dir); there != "" {
		return there, nil
	}
	asset, err := c.findAsset(ctx, a)
	if err != nil {
		return fail(err)
	}
	if int64(asset.GetSize()) > a.Limit {
		return fail(fmt.Errorf("%s: %w: %d bytes, the limit is %d", asset.GetName(), ErrTooLarge, asset.GetSize(), a.Limit))
	}
	body, err := c.download(ctx, a, asset.GetID())
	if err != nil {
		return fail(fmt.Errorf("%s: %w", asset.GetName(), err))
	}
	defer body.Close()
	to := filepath.Join(dir, asset.GetName())
	if err := store(to, body, a, int64(asset.GetSize())); err != nil {
		return fail(fmt.Errorf("%s: %w", asset.GetName(), err))
	}
	return to, nil
}

func (a Asset) validate() error {
	if !valid(a.Owner, a.Name) {
		return errors.New("not a name that GitHub allows")
	}
	if _, err := assay.ParseDigest(string(a.Digest)); err != nil {
		return err
	}
	if _, err := path.Match(a.Pattern, ""); err != nil || !plainName(a.Pattern) {
		return fmt.Errorf("%q is not a name of an asset", a.Pattern)
	}
	if a.Tag == "" || strings.Contains(a.Tag, "..") || strings.HasPrefix(a.Tag, "/") {
		return fmt.Errorf("%q is not a tag", a.Tag)
	}
	return nil
}

// plainName reports a name that stays in its folder.
func plainName(name string) bool {
	return name != "" && name != "." && filepath.IsLocal(name) && !strings.ContainsAny(name, "/\\\x00")
}

// present finds a file in the folder that is the asset already.
func (a Asset) present(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if ok, _ := path.Match(a.Pattern, e.Name()); !ok || !e.Type().IsRegular() {
			continue
		}
		if d, err := digestOf(filepath.Join(dir, e.Name())); err == nil && d == a.digest() {
			return filepath.Join(dir, e.Name())
		}
	}
	return ""
}

// digest is the wanted digest in its one form.
func (a Asset) digest() assay.Digest {
	d, _ := assay.ParseDigest(string(a.Digest))
	return d
}

func digestOf(name string) (assay.Digest, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return assay.SHA256([32]byte(h.Sum(nil))), nil
}

// findAsset finds the one asset of the release whose name fits.
func (c *Client) findAsset(ctx context.Context, a Asset) (*github.ReleaseAsset, error) {
	var release *github.RepositoryRelease
	err := guard(func() (err error) {
		release, _, err = c.api.Repositories.GetReleaseByTag(ctx, a.Owner, a.Name, escapeTag(a.Tag))
		return err
	})
	if err != nil {
		return nil, err
	}
	all, err := c.listAssets(ctx, a, release.GetID())
	if err != nil {
		return nil, err
	}
	var fit []*github.ReleaseAsset
	var names []string
	for _, asset := range all {
		names = append(names, asset.GetName())
		if ok, _ := path.Match(a.Pattern, asset.GetName()); ok && plainName(asset.GetName()) {
			fit = append(fit, asset)
		}
	}
	if len(fit) != 1 {
		slices.Sort(names)
		return nil, fmt.Errorf("%w: %q fits %d of %q", ErrAsset, a.Pattern, len(fit), names)
	}
	return fit[0], nil
}

func escapeTag(tag string) string {
	parts := strings.Split(tag, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

func (c *Client) listAssets(ctx context.Context, a Asset, release int64) ([]*github.ReleaseAsset, error) {
	var all []*github.ReleaseAsset
	opts := &github.ListOptions{PerPage: 100}
	for range maxPages {
		var page []*github.ReleaseAsset
		var resp *github.Response
		err := guard(func() (err error) {
			page, resp, err = c.api.Repositories.ListReleaseAssets(ctx, a.Owner, a.Name, release, opts)
			return err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if opts.Page = resp.NextPage; opts.Page == 0 {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%w: more than %d pages of assets", ErrAnswer, maxPages)
}

// download opens the asset's bytes. GitHub redirects to another host, which
// must not see the token.
func (c *Client) download(ctx context.Context, a Asset, id int64) (io.ReadCloser, error) {
	address := c.api.BaseURL.JoinPath("repos", a.Owner, a.Name, "releases", "assets", fmt.Sprint(id))
	resp, err := open(ctx, c.assets, address.String())
	if err != nil {
		return nil, err
	}
	if to := resp.Header.Get("Location"); resp.StatusCode >= 300 && resp.StatusCode < 400 && to != "" {
		resp.Body.Close()
		next, err := address.Parse(to)
		if err != nil {
			return nil, fmt.Errorf("%w: a redirect to %q", ErrAnswer, to)
		}
		if err := safeRedirect(&http.Request{URL: next}, nil); err != nil {
			return nil, err
		}
		if resp, err = open(ctx, c.plain, next.String()); err != nil {
			return nil, err
		}
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, byStatus(resp)
	}
	return resp.Body, nil
}

func open(ctx context.Context, c *http.Client, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", octets)
	req.Header.Set("User-Agent", "assay")
	resp, err := c.Do(req)
	if err != nil {
		return nil, meaning(err)
	}
	return resp, nil
}

// store writes the bytes beside their place and moves them there when they are
// whole and right.
func store(to string, from io.Reader, a Asset, size int64) (err error) {
	f, err := os.CreateTemp(filepath.Dir(to), ".fetch-*")
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(from, a.Limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == nil && n < size:
		return fmt.Errorf("%w: %d of %d bytes", ErrTruncated, n, size)
	case err != nil:
		return meaning(err)
	case n > a.Limit:
		return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, a.Limit)
	}
	if got := assay.SHA256([32]byte(h.Sum(nil))); got != a.digest() {
		return fmt.Errorf("%w: it is %s, declared is %s", ErrDigest, got, a.digest())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), to)
}
