package product

import (
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// SchemaVersion is the version of the product language that this package reads.
const SchemaVersion = 1

// Options say how to load.
type Options struct {
	// Vars are values of variable blocks, from --var.
	Vars map[string]string
	// Outside is what the declaration is held against; nil for the language alone.
	Outside *Outside
}

// source is one product file.
type source struct {
	name string
	src  []byte
	json bool
}

// Load reads the product that a folder declares: all its *.hcl and *.hcl.json
// files together, in the order of their names. It gives either the product or
// every mistake at once, each with its place; what is no mistake and worth a word
// is a warning beside the product. A block that is not there is no mistake;
// judging that is for the checks.
//
// Places name files relative to the folder, so that a result does not depend on
// where the folder lies. Load reads nothing outside the folder.
func Load(dir string, opts Options) (*Product, hcl.Diagnostics) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, hcl.Diagnostics{mistake(wholeFile(dir), folderFix(dir), "the folder cannot be opened: %s", plain(err))}
	}
	defer root.Close()
	sources, diags := readSources(root, dir)
	if diags.HasErrors() {
		return nil, tidy(diags)
	}
	p, diags := load(root, sources, opts)
	if diags.HasErrors() {
		return nil, tidy(diags)
	}
	p.Dir = dir
	return p, tidy(diags)
}

func folderFix(dir string) string {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "Name the folder that the file is in: all files of a folder are read together."
	}
	return "Name a folder that holds the product files; assay init writes them."
}

// readSources reads the product files of a folder, in the order of their names.
func readSources(root *os.Root, dir string) ([]source, hcl.Diagnostics) {
	names, err := productFiles(root.FS())
	switch {
	case err != nil:
		return nil, hcl.Diagnostics{mistake(wholeFile(dir), "See that it may be read.", "the folder cannot be read: %s", plain(err))}
	case len(names) == 0:
		return nil, hcl.Diagnostics{mistake(wholeFile(dir), "Name a folder that holds product files; assay init writes them.", "the folder holds no *.hcl or *.hcl.json file")}
	case len(names) > MaxFiles:
		return nil, hcl.Diagnostics{mistake(wholeFile(names[MaxFiles]), "Join some of them.", "the folder holds more than %d product files", MaxFiles)}
	}
	var sources []source
	var diags hcl.Diagnostics
	total := 0
	for _, name := range names {
		data, err := readInside(root, name, MaxFileBytes)
		if err != nil {
			diags = append(diags, mistake(wholeFile(name), "A product file is a readable text of at most "+size(MaxFileBytes)+", inside the folder.", "%s: %s", name, err))
			continue
		}
		if total += len(data); total > MaxBytes {
			return nil, append(diags, mistake(wholeFile(name), "Take out what does not describe the product.", "the product files have more than %s together", size(MaxBytes)))
		}
		sources = append(sources, source{name: name, src: data, json: strings.HasSuffix(name, ".json")})
	}
	return sources, diags
}

// productFiles lists the names, sorted.
func productFiles(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	var names []string
	for _, e := range entries {
		name := e.Name()
		product := strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
		if product && !strings.HasPrefix(name, ".") && !e.IsDir() {
			names = append(names, name)
		}
	}
	return names, err
}

// load makes the product of its files' contents.
func load(root *os.Root, sources []source, opts Options) (*Product, hcl.Diagnostics) {
	s := &scope{
		root: root, grammar: grammar(), sources: map[string]source{}, labels: map[string][]string{}, read: map[string][]byte{},
		variables: map[string]cty.Value{}, broken: map[string]bool{}, outside: opts.Outside,
		documents: map[string]Document{}, left: MaxDocumentsBytes,
	}
	bodies, diags := parse(s, sources)
	if len(bodies) == 0 {
		return nil, diags
	}
	if d := versions(bodies); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	diags = append(diags, s.declare(bodies, opts)...)
	var f file
	decoded := gohcl.DecodeBody(&body{scope: s, typ: s.grammar, parts: bodies}, nil, &f)
	diags = append(diags, slices.DeleteFunc(slices.Clone(decoded), func(d *hcl.Diagnostic) bool { return d.Summary == alreadyReported })...)
	if !s.damaged {
		diags = append(diags, f.check(s)...)
	}
	if len(f.Products) == 0 && !diags.HasErrors() {
		diags = append(diags, mistake(wholeFile(sources[0].name), `Add product "NAME" { … }; assay init writes one.`, "the folder declares no product"))
	}
	if diags.HasErrors() || decoded.HasErrors() {
		return nil, diags
	}
	p := f.product()
	p.Digest = digestOf(sources)
	p.Documents = s.documentsOf(p)
	return p, diags
}

// parse parses the files that can be parsed.
func parse(s *scope, sources []source) (bodies []hcl.Body, diags hcl.Diagnostics) {
	for _, src := range sources {
		s.sources[src.name] = src
		if d := guard(src.name, src.src, src.json); d.HasErrors() {
			diags = append(diags, d...)
			s.damaged = true
			continue
		}
		var f *hcl.File
		var d hcl.Diagnostics
		if src.json {
			f, d = hcljson.Parse(src.src, src.name)
		} else {
			f, d = hclsyntax.ParseConfig(src.src, src.name, hcl.InitialPos)
		}
		d = withoutEchoes(d)
		diags = append(diags, d...)
		s.damaged = s.damaged || slices.ContainsFunc(d, func(d *hcl.Diagnostic) bool { return d.Summary != "Attribute redefined" })
		if f != nil && f.Body != nil {
			bodies = append(bodies, f.Body)
		}
	}
	return bodies, diags
}

// withoutEchoes leaves out what the parser says again on the next line.
func withoutEchoes(diags hcl.Diagnostics) hcl.Diagnostics {
	var kept hcl.Diagnostics
	line, summary := 0, ""
	for _, d := range diags {
		if d.Subject == nil || d.Summary != summary || d.Subject.Start.Line > line+1 {
			kept = append(kept, d)
		}
		if summary = d.Summary; d.Subject != nil {
			line = d.Subject.Start.Line
		}
	}
	return kept
}

// versions reports a file that was written for a newer language; nothing else
// of such a folder can be judged.
func versions(bodies []hcl.Body) *hcl.Diagnostic {
	for _, b := range bodies {
		content, _, _ := b.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "schema_version"}}})
		if content == nil || content.Attributes["schema_version"] == nil {
			continue
		}
		expr := content.Attributes["schema_version"].Expr
		val, diags := expr.Value(nil)
		if diags.HasErrors() || kindOf(val) != number {
			continue
		}
		n, _ := val.AsBigFloat().Int64()
		if n > SchemaVersion {
			return mistake(expr.Range(), "Get a newer assay.", "this folder is written for schema_version %s; this assay reads %d", val.AsBigFloat().Text('g', 10), SchemaVersion)
		}
		if n < 1 {
			return mistake(expr.Range(), "Write schema_version = 1.", "there is no schema_version %s", val.AsBigFloat().Text('g', 10))
		}
	}
	return nil
}

// wholeFile is the place of a thing that has no lines.
func wholeFile(name string) hcl.Range {
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
}
