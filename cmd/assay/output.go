package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// output is one --format KIND[=PATH].
type output struct{ kind, path string }

// parseFormats reads the values of --format; kinds lists what the command knows.
func parseFormats(values, kinds []string) ([]output, error) {
	var outputs []output
	stdout := 0
	for _, v := range values {
		kind, path, _ := strings.Cut(v, "=")
		if !slices.Contains(kinds, kind) {
			return nil, badInput("one of: "+strings.Join(kinds, " "), "unknown format %q", kind)
		}
		if path == "" {
			stdout++
		} else if slices.ContainsFunc(outputs, func(o output) bool { return filepath.Clean(o.path) == filepath.Clean(path) }) {
			return nil, badInput("give each its own file", "two formats go to the file %s", path)
		}
		outputs = append(outputs, output{kind, path})
	}
	if stdout > 1 {
		return nil, badInput("give the others a file: --format json=out.json", "two formats cannot both go to standard output")
	}
	return outputs, nil
}

// outputFolders are the folders that the outputs go to.
func outputFolders(outputs []output) []string {
	var folders []string
	for _, o := range outputs {
		if o.path != "" {
			folders = append(folders, existing(filepath.Dir(o.path)))
		}
	}
	return folders
}

// existing is the folder itself or the nearest one above that exists.
func existing(folder string) string {
	for {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			return folder
		}
		folder = above
	}
}

// write makes the output whole in memory first and then puts it in its place,
// so that no partial file is ever left behind.
func (p *program) write(o output, render func(io.Writer) error) error {
	var b bytes.Buffer
	if err := render(&b); err != nil {
		return err
	}
	if o.path == "" {
		_, err := p.out.Write(b.Bytes())
		return err
	}
	return writeFile(o.path, b.Bytes(), 0o644)
}

// writeFile replaces a file at once: it is written beside its place and moved.
func writeFile(name string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".assay-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
