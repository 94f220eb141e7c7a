package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/verify"
)

// listFlags say where "assay verify" gets a label's status list from.
type listFlags struct {
	file, cache string
	online      bool
	none        bool
	given       []byte // the content of file
}

// read checks the flags against each other and reads the list that was given.
func (f *listFlags) read() (err error) {
	switch {
	case f.none && (f.file != "" || f.online || f.cache != ""):
		return badInput("leave out --no-status to ask the list", "--no-status asks no list")
	case f.file != "" && f.online:
		return badInput("give one of them", "--status gives the list, --online fetches it")
	case f.file != "":
		f.given, err = readLimited(f.file, status.MaxToken)
	}
	return err
}

// source gives the lists for an address: the one given, or fetched, first; then
// the newest that was seen. It is called for authentic labels only.
func (f listFlags) source(ctx context.Context, client *http.Client) func(string) ([][]byte, error) {
	return func(address string) ([][]byte, error) {
		var lists [][]byte
		var failed error
		switch {
		case f.file != "":
			lists = append(lists, f.given)
		case f.online:
			data, err := fetchList(ctx, client, address)
			if err != nil {
				failed = err
			} else {
				lists = append(lists, data)
			}
		default:
			failed = fmt.Errorf("no status list was given (--status FILE or --online); the label names %s", address)
		}
		if f.cache != "" {
			switch seen, err := readLimited(cachedList(f.cache, address), status.MaxToken); {
			case err == nil:
				lists = append(lists, seen)
			case !errors.Is(err, fs.ErrNotExist):
				return lists, fmt.Errorf("what was kept of it (--status-cache) cannot be read: %w", err)
			}
		}
		if len(lists) > 0 {
			return lists, nil
		}
		return nil, failed
	}
}

// keep stores the newest list that was seen, so that an older one is noticed.
func (f listFlags) keep(r *verify.Report) error {
	if f.cache == "" || r.List == nil || r.List.Newest == nil {
		return nil
	}
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		return err
	}
	return writeFile(cachedList(f.cache, r.List.Address), r.List.Newest, 0o644)
}

// fetchTimeout is how long a status list may take to come.
const fetchTimeout = 15 * time.Second

// fetchList gets the list at an address, over https only.
func fetchList(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", status.Type)
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the status list could not be fetched: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the status list could not be fetched: %s answers %s", address, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, status.MaxToken+1))
	if err != nil {
		return nil, fmt.Errorf("the status list could not be fetched: %w", err)
	}
	return data, nil
}

// listClient follows redirects, but never away from https.
func listClient() *http.Client {
	return &http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if req.URL.Scheme != "https" || len(via) > 3 {
			return errors.New("redirected away from https, or too often")
		}
		return nil
	}}
}

func sha256Sum(s string) [32]byte { return sha256.Sum256([]byte(s)) }
