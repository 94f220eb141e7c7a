package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/schema/product"
)

func (p *program) validateCommand() *cobra.Command {
	var f questionFlags
	c := &cobra.Command{
		Use:   "validate [FOLDER]",
		Short: "Read the product files and tell every mistake",
		Long: `Validate reads the product files of FOLDER (default: this one) and tells every mistake
at once: of the language, ids of checks, schemes and requirements that do not
exist, files that are not there, what "assay init" left to be filled in, and what no label
says: words such as "completely secure", the marks of schemes. Letters that the fonts of labels do not have are a
warning: only --picture html and --picture qr of assay label go without. A firmware that is not built yet, or an exception that has ended, is a warning.`,
		Args: atMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			q, err := p.question(f, args)
			if err != nil {
				return err
			}
			declared, err := p.load(q, hcl.DiagWarning)
			if err != nil {
				return err
			}
			if err := labels.CheckDeclared(declared.Info(), declaredImages(declared), documents(declared)); err != nil {
				return badInput("a label of this product would be refused", "%s", report.Clean(strings.ReplaceAll(err.Error(), "\n", "; ")))
			}
			if err := undrawable(declared.Info()); err != nil {
				fmt.Fprintf(p.err, "%s %s\n  fix: %s\n", p.paint(yellow, "warning:"), report.Clean(err.Error()), otherLetters)
			}
			_, err = fmt.Fprintf(p.out, "%s %s\n", p.paint(green, "✓"), report.Clean(declared.Name))
			return err
		},
	}
	c.Flags().StringArrayVar(&f.vars, "var", nil, "set a variable of the product file: `NAME=VALUE`; repeatable")
	c.Flags().StringVar(&f.asOf, "as-of", "", "the `DATE` on which the schemes must be in force (default: today)")
	return c
}

// declaredImages are the images that the product files name, as far as they say
// anything of them.
func declaredImages(declared *product.Product) []assay.Image {
	var list []assay.Image
	for _, fw := range declared.Firmwares {
		list = append(list, assay.Image{Firmware: fw.ID, Version: fw.Version, Minimum: fw.Minimum})
	}
	return list
}

func (p *program) fmtCommand() *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use: "fmt [FOLDER|FILE]", Short: "Lay out product files in the one way", Args: atMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			at := "."
			if len(args) > 0 {
				at = args[0]
			}
			files, err := productFiles(at)
			if err != nil {
				return err
			}
			return p.format(files, check)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "change nothing; end with 3 if a file is not formatted")
	return c
}

// productFiles lists the *.hcl files of a folder, or the one file.
func productFiles(at string) ([]string, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, badInput("give a product's folder or one of its files", "%w", err)
	}
	if !info.IsDir() {
		return []string{at}, nil
	}
	files, err := filepath.Glob(filepath.Join(at, "*.hcl"))
	if err != nil || len(files) == 0 {
		return nil, badInput("give a product's folder or one of its files", "%s holds no *.hcl file", at)
	}
	return files, nil
}

// format lays out each file; with check it only names those that are not.
func (p *program) format(files []string, check bool) error {
	differ := 0
	for _, name := range files {
		src, err := readLimited(name, product.MaxFileBytes)
		if err != nil {
			return err
		}
		out, diags := product.Format(filepath.Base(name), src)
		if diags.HasErrors() {
			if err := product.Print(p.err, filepath.Dir(name), diags, p.color); err != nil {
				return err
			}
			return badInput("", "%s was left as it is", name)
		}
		if bytes.Equal(src, out) {
			continue
		}
		differ++
		fmt.Fprintln(p.out, name)
		if check {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if err := writeFile(name, out, info.Mode().Perm()); err != nil {
			return err
		}
	}
	if check && differ > 0 {
		return &codedError{code: exitNo, err: fmt.Errorf("%s not formatted", count(differ, "file")), fix: "run \"assay fmt\""}
	}
	return nil
}

func (p *program) initCommand() *cobra.Command {
	var from string
	var set []string
	var yes bool
	c := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a first product file, asking for what it needs",
		Long: `Init writes FOLDER/product.hcl (default: this folder). It asks for what only the maker
knows; --from opens a firmware image first and fills in what is seen there: services,
accounts, the updater. All the rest of the language stands in the file as comments.`,
		Example: "  assay init camera\n  assay init camera --from build/camera.bin\n  assay init camera --yes --set product.name=\"Porch Camera\"",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return p.initialise(c, dir, from, set, yes)
		},
	}
	c.Flags().StringVar(&from, "from", "", "firmware `IMAGE` to read first; it is copied into the folder if it lies elsewhere")
	c.Flags().StringArrayVar(&set, "set", nil, "answer a question: `PATH=ANSWER`, as support.until=2031-12-31; repeatable")
	c.Flags().BoolVar(&yes, "yes", false, "ask nothing; take --set and the defaults")
	return c
}

func (p *program) initialise(c *cobra.Command, dir, from string, set []string, yes bool) error {
	file := filepath.Join(dir, "product.hcl")
	if _, err := os.Lstat(file); err == nil {
		return badInput("give another folder, or edit the file", "%s is already there", file)
	}
	answers := map[string]string{}
	for _, s := range set {
		path, answer, ok := strings.Cut(s, "=")
		if !ok {
			return badInput("write --set support.until=2031-12-31", "--set %q has no answer", s)
		}
		answers[path] = answer
	}
	var seen product.Seen
	if from != "" {
		var err error
		if seen, err = p.lookInto(c, dir, from); err != nil {
			return err
		}
	}
	if !yes {
		if err := p.ask(product.Questions(seen), answers); err != nil {
			return err
		}
	}
	text, err := product.Init(answers, seen)
	if err != nil {
		return badInput("correct the answer", "%w", err)
	}
	if seen.Image != "" {
		if err := bring(from, filepath.Join(dir, seen.Image)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := writeFile(file, text, 0o644); err != nil {
		return err
	}
	next := "assay check " + dir
	if n := product.Unanswered(text); n > 0 {
		next = fmt.Sprintf("replace %s in it, then: assay validate %s", count(n, "placeholder"), dir)
	}
	_, err = fmt.Fprintf(p.out, "%s %s\n  next: %s\n", p.paint(green, "✓"), file, next)
	return err
}

// maxImageCopy is the size in bytes of the largest image that init copies.
const maxImageCopy = 4 << 30

// bring copies an image into the product's folder, unless it lies there.
func bring(from, to string) error {
	a, err := os.Stat(from)
	if err != nil {
		return err
	}
	if b, err := os.Stat(to); err == nil {
		if os.SameFile(a, b) {
			return nil
		}
		return badInput("move one of them away", "%s is already there", to)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if a.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	data, err := readLimited(from, maxImageCopy)
	if err != nil {
		return err
	}
	return writeFile(to, data, 0o644)
}

// inFolder gives the path of an image relative to the product's folder; one
// that lies elsewhere gets a place in the folder firmware.
func inFolder(dir, image string) (string, error) {
	folder, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	file, err := filepath.Abs(image)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(folder, file)
	if err != nil || !fs.ValidPath(filepath.ToSlash(rel)) || rel == "." {
		return "firmware/" + filepath.Base(file), nil
	}
	return filepath.ToSlash(rel), nil
}
