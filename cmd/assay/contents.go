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

// opened opens an image and has do work on it while its bytes can be read. The
// process keeps the right to write into some folders only.
func (p *program) opened(c *cobra.Command, image string, writes []string, opts firmware.Options, do func(*firmware.Image, firmware.Source) error) error {
	src, closer, err := p.source(image)
	if err != nil {
		return sourceError(err)
	}
	defer closer.Close()
	p.dropRights(sandbox.Rights{Read: []string{image}, Write: writes})
	opts.Scratch = p.scratch
	img, err := firmware.Open(c.Context(), src, opts)
	if err != nil {
		return sourceError(err)
	}
	return do(img, src)
}

// catFile prints one file of the image. The path may be given whole or from
// any "!" or "/" on, as long as only one file fits. A link is followed in its
// container.
func (p *program) catFile(c *cobra.Command, image, want string) error {
	return p.opened(c, image, nil, firmware.Options{NoDigest: true}, func(img *firmware.Image, _ firmware.Source) error {
		f, err := theFile(img, want)
		if err != nil {
			return err
		}
		if _, err := f.WriteTo(p.rawOut); err != nil {
			return fmt.Errorf("%s: %w", report.Path(f.Path), err)
		}
		return nil
	})
}

// theFile is the only file that a path fits.
func theFile(img *firmware.Image, want string) (*firmware.File, error) {
	fits := fitting(img, want)
	if slices.ContainsFunc(fits, readable) {
		fits = slices.DeleteFunc(fits, func(f *firmware.File) bool { return !readable(f) })
	}
	switch len(fits) {
	case 0:
		return nil, badInput("assay inspect --list shows the paths", "no file of the image is at %s", report.Path(want))
	case 1:
		return content(fits[0])
	}
	return nil, badInput("give more of the path: "+report.Path(fits[0].Path), "%d files fit %s", len(fits), report.Path(want))
}

// fitting lists what has a path, as it is or as --list writes it.
func fitting(img *firmware.Image, want string) (fits []*firmware.File) {
	for _, f := range img.Files {
		shown := report.Path(f.Path)
		if f.Path == want || shown == want {
			return []*firmware.File{f}
		}
		if endsWith(f.Path, want) || endsWith(shown, want) {
			fits = append(fits, f)
		}
	}
	return fits
}

func endsWith(path, want string) bool {
	before, ok := strings.CutSuffix(path, want)
	return ok && (strings.HasSuffix(before, "/") || strings.HasSuffix(before, "!"))
}

func readable(f *firmware.File) bool { return f.Kind == firmware.Regular || f.Kind == firmware.Raw }

// content is the file whose content stands for f: of a link, what it leads to.
func content(f *firmware.File) (*firmware.File, error) {
	name := report.Path(f.Path)
	switch f.Kind {
	case firmware.Regular, firmware.Raw:
		return f, nil
	case firmware.Symlink:
		to, ok := f.Container.Lookup(f.Name)
		switch {
		case !ok:
			return nil, badInput("assay inspect --list --long shows where links lead", "%s is a link to %s, which is not in its container", name, report.Path(f.Link))
		case readable(to):
			return to, nil
		}
		return nil, badInput("give the path of a file", "%s is a link to %s, which is a %s", name, report.Path(to.Path), to.Kind)
	}
	return nil, badInput("give the path of a file; assay inspect --list shows those below a directory", "%s is a %s and has no content", name, f.Kind)
}

// extractFiles writes the files of an image into a folder. One that is not there
// comes into its place when all is well; one that is there is empty again when
// something failed.
func (p *program) extractFiles(c *cobra.Command, image, folder string) error {
	place, there, err := emptyPlace(folder)
	if err != nil {
		return err
	}
	work, above := place, filepath.Dir(place)
	if !there {
		if err := os.MkdirAll(above, 0o755); err != nil {
			return noFolder(folder, err)
		}
		if work, err = os.MkdirTemp(above, ".assay-*"); err != nil {
			return noFolder(folder, err)
		}
		defer os.RemoveAll(work)
	}
	w, err := extract.Into(work)
	if err != nil {
		return noFolder(folder, err)
	}
	writes := above
	if there {
		writes = place
	}
	err = p.opened(c, image, []string{writes}, firmware.Options{Visit: w.Visit, NoDigest: true}, func(img *firmware.Image, _ firmware.Source) error {
		done, err := w.Finish(img)
		if err == nil && !there {
			err = cmp.Or(os.Chmod(work, 0o755), os.Rename(work, place))
		}
		if err != nil {
			return noFolder(folder, err)
		}
		return p.extracted(folder, done)
	})
	if err != nil && there {
		empty(place)
	}
	return err
}

// empty removes what is in a folder.
func empty(folder string) {
	names, _ := os.ReadDir(folder)
	for _, name := range names {
		_ = os.RemoveAll(filepath.Join(folder, name.Name())) // as much as can be
	}
}

const emptyFolder = "give an empty folder, or one that is not there"

// emptyPlace is where a folder to extract into really lies, if there is nothing in it.
func emptyPlace(folder string) (place string, there bool, err error) {
	names, err := os.ReadDir(folder)
	switch {
	case err == nil && len(names) > 0:
		return "", true, badInput(emptyFolder, "--extract %s: it is not empty", folder)
	case err == nil:
		place, err = filepath.EvalSymlinks(folder)
		return place, true, err
	case !errors.Is(err, fs.ErrNotExist):
		return "", true, badInput(emptyFolder, "--extract %s: %w", folder, cause(err))
	}
	if _, err := os.Lstat(folder); err == nil {
		return "", true, badInput(emptyFolder, "--extract %s: it is a link that leads to nothing", folder)
	}
	return filepath.Clean(folder), false, nil
}

// noFolder says that a folder cannot be made or replaced.
func noFolder(folder string, err error) error {
	return &codedError{code: exitFailed, err: fmt.Errorf("--extract %s: %w", folder, cause(err)), fix: "give a folder in which files can be made"}
}

// extracted says what was written and what was left out.
func (p *program) extracted(folder string, done extract.Summary) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %s, %s", folder, count(done.Files, "file"), count(done.Links, "link"))
	if n := len(done.Left); n > 0 {
		fmt.Fprintf(b, ", %d not extracted", n)
	}
	b.WriteByte('\n')
	for _, l := range done.Left {
		fmt.Fprintf(b, "  not extracted: %s: %s\n", report.Short(report.Path(l.Path)), report.Short(report.Clean(l.Why)))
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
	if out.path != "" {
		if _, _, err := outputPlace(out.path); err != nil {
			return err
		}
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
