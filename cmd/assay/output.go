package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-iot/assay/cmd/assay/internal/report"
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
		if path == "-" { // as elsewhere: standard output
			path = ""
		}
		if path == "" {
			stdout++
		} else if slices.ContainsFunc(outputs, func(o output) bool { return filepath.Clean(o.path) == filepath.Clean(path) }) {
			return nil, badInput("give each its own file", "two formats go to the file %s", path)
		}
		if path != "" {
			if _, _, err := outputPlace(path); err != nil {
				return nil, err
			}
		}
		outputs = append(outputs, output{kind, path})
	}
	if stdout > 1 {
		return nil, badInput("give the others a file: --format json=out.json", "two formats cannot both go to standard output")
	}
	return outputs, nil
}

// notOver refuses to write a file over what is read.
func notOver(read string, written ...string) error {
	in, err := os.Stat(read)
	if err != nil {
		return nil //nolint:nilerr // it is told where it is read
	}
	for _, name := range written {
		if out, err := os.Stat(name); err == nil && os.SameFile(in, out) {
			return badInput("give another file", "%s would be written over, and it is what is read", read)
		}
	}
	return nil
}

// paths are the files that outputs go to.
func paths(outputs []output) (names []string) {
	for _, o := range outputs {
		if o.path != "" {
			names = append(names, o.path)
		}
	}
	return names
}

// outputFolders are the folders that the outputs go to, where they really lie.
func outputFolders(outputs []output) []string {
	var folders []string
	for _, o := range outputs {
		if o.path != "" {
			place, _, err := outputPlace(o.path)
			if real, linked := filepath.EvalSymlinks(o.path); err == nil && linked == nil {
				place = real
			}
			folders = append(folders, existing(filepath.Dir(cmp.Or(place, o.path))))
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

// show writes a value to each output: as JSON, or as its table.
func (p *program) show(outputs []output, value any, table func(io.Writer) error) error {
	for _, o := range outputs {
		render := table
		if o.kind == "json" {
			render = func(w io.Writer) error { return report.JSON(w, value) }
		}
		if err := p.write(o, render); err != nil {
			return err
		}
	}
	return nil
}

// outputPlace is where a file is written to: a link is followed to the file that it
// leads to. What is there and is no file, as a device or a pipe, is never
// replaced, but written into.
func outputPlace(name string) (place string, into bool, err error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return "", false, badInput("give a file", "write %s: it is a folder", name)
	case err == nil && !info.Mode().IsRegular():
		return name, true, nil
	case err == nil:
		place, err = filepath.EvalSymlinks(name)
		return place, false, err
	case !errors.Is(err, fs.ErrNotExist):
		return "", false, badInput("give a file that can be written", "write %s: %w", name, cause(err))
	}
	if _, err := os.Lstat(name); err == nil {
		return "", false, badInput("remove the link, or give another file", "write %s: it is a link that leads to nothing", name)
	}
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return "", false, &codedError{code: exitFailed, err: fmt.Errorf("write %s: %w", name, cause(err)), fix: "make the folder first, or give a file in one that is there"}
	}
	return name, false, nil
}

// cause is what went wrong, without the name of the file that it went wrong with:
// a file that the program makes for itself tells nobody anything.
func cause(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}

// writeFile replaces a file at once: it is written beside its place and moved.
func writeFile(name string, data []byte, mode os.FileMode) error {
	place, into, err := outputPlace(name)
	if err != nil {
		return err
	}
	if into {
		err = writeInto(place, data)
	} else {
		err = replace(place, data, mode)
	}
	if err != nil {
		return &codedError{code: exitFailed, err: fmt.Errorf("write %s: %w", name, cause(err)), fix: "give a file that can be written"}
	}
	return nil
}

// writeInto writes into a device or a pipe.
func writeInto(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return cmp.Or(err, f.Close())
}

func replace(name string, data []byte, mode os.FileMode) error {
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
	return err
}
