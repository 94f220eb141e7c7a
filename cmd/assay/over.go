package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assay-iot/assay/schema/product"
)

// writesTo are the flags that name what a command writes; any other may name a file
// that it reads.
var writesTo = []string{"format", "map", "sign", "extract"}

// notOverGiven refuses to write a file over one that the command is given, as an
// argument or by a flag. What a flag says that is no file of that name is passed over.
func notOverGiven(c *cobra.Command, args []string, written ...string) (err error) {
	given := slices.Clone(args)
	c.Flags().Visit(func(f *pflag.Flag) {
		switch v, many := f.Value.(pflag.SliceValue); {
		case slices.Contains(writesTo, f.Name):
		case many:
			given = append(given, v.GetSlice()...)
		default:
			given = append(given, f.Value.String())
		}
	})
	for _, read := range given {
		if err := notOver(read, written...); err != nil {
			return err
		}
	}
	return nil
}

// notOverProduct refuses to write a file over one of a product: its product files, its
// images and what else it names.
func notOverProduct(declared *product.Product, written []string) error {
	var read []string
	for _, ending := range []string{"*.hcl", "*.hcl.json"} {
		found, _ := filepath.Glob(filepath.Join(escaped(declared.Dir), ending))
		read = append(read, found...)
	}
	for i := range declared.Firmwares {
		if at, err := declared.ImagePath(&declared.Firmwares[i]); err == nil {
			read = append(read, at)
			if err := notInImage(at, written...); err != nil {
				return err
			}
		}
	}
	for name := range declared.Documents {
		read = append(read, filepath.Join(declared.Dir, filepath.FromSlash(name)))
	}
	slices.Sort(read)
	for _, name := range read {
		if err := notOver(name, written...); err != nil {
			return err
		}
	}
	return nil
}

// notInImage refuses to write over a file of an image that is a folder.
func notInImage(image string, written ...string) error {
	folder, err := really(image)
	if err != nil {
		return nil //nolint:nilerr // it is told where it is read
	}
	for _, name := range written {
		at, err := really(name)
		if err != nil || name == "" {
			continue // it is not there
		}
		if inside, err := filepath.Rel(folder, at); err == nil && filepath.IsLocal(inside) && inside != "." {
			return badInput("give another file", "%s would be written over, and it is a file of the image %s", name, image)
		}
	}
	return nil
}

// really is the path of a file from the root on, without links.
func really(name string) (string, error) {
	whole, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(whole)
}

// escaped makes a pattern that fits a folder's name alone.
func escaped(dir string) string {
	if os.PathSeparator == '\\' {
		return dir // where it is the mark between folders
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}
