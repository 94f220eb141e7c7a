package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/photo"
)

// standardInput is the name of a label that comes from there.
const standardInput = "-"

// labelGiven reads the label that "assay verify" is given: a file, "-" for standard
// input, an address, or the text of a QR code. Of a picture it gives the text of the
// QR code in it, and says so.
func (p *program) labelGiven(ctx context.Context, name string, online bool) (data []byte, picture bool, err error) {
	if data, err = p.labelBytes(ctx, name, online); err != nil {
		return nil, false, err
	}
	if picture = photo.Is(data); picture {
		data, err = codeIn(name, data)
	} else {
		err = notRead(name, data)
	}
	return codeText(data), picture, err
}

func (p *program) labelBytes(ctx context.Context, name string, online bool) ([]byte, error) {
	address := string(codeText([]byte(name)))
	switch {
	case name == standardInput:
		data, err := io.ReadAll(io.LimitReader(p.in, maxLabelFile+1))
		if err == nil && len(data) > maxLabelFile {
			err = badInput("give a label", "standard input has more than %d bytes", maxLabelFile)
		}
		return data, err
	case compact.IsText([]byte(address)) && strings.Contains(address, "#"):
		return []byte(address), nil
	case strings.HasPrefix(address, "https://") && online:
		return fetchLabel(ctx, listClient(), address)
	case strings.HasPrefix(address, "https://"):
		return nil, badInput("add --online; or give the whole address of a QR code, with the part behind #, which needs no network", "the label at %s must be fetched", name)
	case strings.HasPrefix(name, "http://"):
		return nil, badInput("give a file, or an https address", "a label is not fetched over http: %s", name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, folderGiven(name)
	}
	return readLimited(name, maxLabelFile)
}

// folderGiven names the label in a folder, where "assay label" has made one.
func folderGiven(folder string) error {
	fix := "give a label.sigstore.json or label.pdf"
	for _, name := range []string{"label.sigstore.json", "label.pdf"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
			fix = "give the label in it: " + filepath.Join(folder, name)
			break
		}
	}
	return badInput(fix, "%s is a folder, not a label", folder)
}

// fetchLabel gets a label from an address, over https only. It is verified like any
// other: where it lay means nothing.
func fetchLabel(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, badInput("check the address", "%w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the label could not be fetched: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the label could not be fetched: %s answers %s", address, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxLabelFile+1))
	if err == nil && len(data) > maxLabelFile {
		err = badInput("give a label", "%s has more than %d bytes", address, maxLabelFile)
	}
	return data, err
}

// codeIn gives the text of the one QR code of a label in a picture.
func codeIn(name string, data []byte) ([]byte, error) {
	texts, err := photo.Texts(data)
	switch {
	case errors.Is(err, photo.ErrNoCode):
		return nil, badInput("take it again, from nearer, straight and in light; or scan the code with a phone and give its text", "%s: %w", name, err)
	case err != nil:
		return nil, badInput("give another picture", "%s: %w", name, err)
	}
	ofLabels := slices.DeleteFunc(slices.Clone(texts), func(text string) bool {
		return !compact.IsText(codeText([]byte(text))) || !strings.Contains(text, "#")
	})
	switch len(ofLabels) {
	case 1:
		return []byte(ofLabels[0]), nil
	case 0:
		return nil, badInput("give a picture of the label's own code", "%s: the QR code in the picture is none of a label: %.100q", name, report.Clean(texts[0]))
	}
	return nil, badInput("cut the picture so that it shows one", "%s: the picture shows %d codes of labels", name, len(ofLabels))
}
