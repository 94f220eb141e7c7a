package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/cmd/assay/internal/extract"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/firmware"
)

func (p *program) listFiles(c *cobra.Command, image string) error {
	return p.opened(c, image, nil, firmware.Options{}, func(img *firmware.Image, _ firmware.Source) error {
		b := &strings.Builder{}
		for _, f := range img.Files {
			b.WriteString(report.Clean(f.Path))
			b.WriteByte('\n')
		}
		_, err := io.WriteString(p.out, b.String())
		return err
	})
}

// opened opens an image and has do work on it while its bytes can be read. The
// process keeps the right to write into some folders only.
func (p *program) opened(c *cobra.Command, image string, writes []string, opts firmware.Options, do func(*firmware.Image, firmware.Source) error) error {
	src, closer, err := firmware.SourceFile(image)
	if err != nil {
		return sourceError(err)
	}
	defer closer.Close()
	p.dropRights(sandbox.Rights{Read: []string{image}, Write: writes})
	img, err := firmware.Open(c.Context(), src, opts)
	if err != nil {
		return sourceError(err)
	}
	return do(img, src)
}

// catFile prints one file of the image. The path may be given whole or from
// any "!" or "/" on, as long as only one file fits.
func (p *program) catFile(c *cobra.Command, image, want string) error {
	return p.opened(c, image, nil, firmware.Options{}, func(img *firmware.Image, _ firmware.Source) error {
		f, err := theFile(img, want)
		if err != nil {
			return err
		}
		data, err := f.ReadFile()
		if err != nil {
			return err
		}
		_, err = p.out.Write(data)
		return err
	})
}

// theFile is the only file that a path fits.
func theFile(img *firmware.Image, want string) (*firmware.File, error) {
	var fits []*firmware.File
	for _, f := range img.Files {
		if f.Path == want || report.Clean(f.Path) == want { // as --list writes it
			fits = []*firmware.File{f}
			break
		}
		if strings.HasSuffix(f.Path, "/"+want) || strings.HasSuffix(f.Path, "!"+want) {
			fits = append(fits, f)
		}
	}
	fits = slices.DeleteFunc(fits, func(f *firmware.File) bool {
		return f.Kind != firmware.Regular && f.Kind != firmware.Raw
	})
	switch len(fits) {
	case 0:
		return nil, badInput("assay inspect --list shows the paths", "no file of the image is at %s", report.Clean(want))
	case 1:
		return fits[0], nil
	}
	return nil, badInput("give more of the path: "+report.Clean(fits[0].Path), "%d files fit %s", len(fits), report.Clean(want))
}

// extractFiles writes the files of an image into a folder: beside it first, and
// then, when all is well, into its place.
func (p *program) extractFiles(c *cobra.Command, image, folder string) error {
	if names, err := os.ReadDir(folder); err == nil && len(names) > 0 {
		return badInput("give an empty folder, or one that is not there", "%s is not empty", folder)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return badInput("give an empty folder, or one that is not there", "--extract: %w", err)
	}
	above := filepath.Dir(filepath.Clean(folder))
	if err := os.MkdirAll(above, 0o755); err != nil {
		return err
	}
	partial, err := os.MkdirTemp(above, ".assay-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	w, err := extract.Into(partial)
	if err != nil {
		return err
	}
	return p.opened(c, image, []string{above}, firmware.Options{Visit: w.Visit}, func(img *firmware.Image, _ firmware.Source) error {
		done, err := w.Finish(img)
		if err != nil {
			return err
		}
		if err := os.Chmod(partial, 0o755); err != nil {
			return err
		}
		if err := os.Rename(partial, folder); err != nil {
			return err
		}
		return p.extracted(folder, done)
	})
}

// extracted says what was written and what was left out.
func (p *program) extracted(folder string, done extract.Summary) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %d files, %d links\n", folder, done.Files, done.Links)
	for _, l := range done.Left {
		fmt.Fprintf(b, "  not extracted: %s: %s\n", report.Clean(l.File.Path), report.Clean(l.Why))
	}
	_, err := io.WriteString(p.out, b.String())
	return err
}

// onTerminal is --map without a file.
const onTerminal = "-"

// How many cells of entropy a picture has.
const textCells, svgCells = 72, 912

// drawLayout shows where what lies in an image.
func (p *program) drawLayout(c *cobra.Command, image, picture string) error {
	out := output{"map", ""}
	cells := textCells
	if picture != onTerminal {
		out.path, cells = picture, svgCells
	}
	return p.opened(c, image, outputFolders([]output{out}), firmware.Options{}, func(img *firmware.Image, src firmware.Source) error {
		if src.Folder != nil {
			return badInput("give an image file", "a folder has no layout")
		}
		l := &report.Layout{Name: img.Name, Size: img.Size, Ranges: facts.CoverageOf(img).Ranges}
		var err error
		if l.Entropy, err = firmware.Entropy(src.Reader, src.Size, cells); err != nil {
			return err
		}
		l.Of = func(offset, length int64) float64 {
			e, failed := firmware.EntropyOf(src.Reader, offset, length)
			err = cmp.Or(err, failed)
			return e
		}
		return p.write(out, func(w io.Writer) error {
			draw := report.LayoutSVG
			if out.path == "" {
				draw = func(w io.Writer, l *report.Layout) error { return report.LayoutText(w, l, textCells, p.paint) }
			}
			if drawn := draw(w, l); drawn != nil {
				return drawn
			}
			return err
		})
	})
}
