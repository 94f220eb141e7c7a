package scheme

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/assay-iot/assay"
)

// Vocabulary is what a scheme file may name. A nil list is not checked, which is
// right for reading a file where the catalogue of checks is not at hand.
type Vocabulary struct {
	Checks []assay.CheckID
	Paths  []string // of the declaration, without values
}

// Load reads a scheme from a file. Files is what a diagnostic writer needs to
// show snippets. The scheme is nil if there are errors.
func Load(path string, words Vocabulary) (s *Scheme, files map[string]*hcl.File, diags hcl.Diagnostics) {
	src, err := readFile(path)
	if err != nil {
		return nil, nil, hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Cannot read the scheme file", Detail: err.Error(),
		}}
	}
	return Parse(path, src, words)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return src, nil
}

// Parse reads a scheme from the bytes of a file; name stands in diagnostics.
func Parse(name string, src []byte, words Vocabulary) (*Scheme, map[string]*hcl.File, hcl.Diagnostics) {
	if d := tooMuch(name, src); d != nil {
		return nil, nil, hcl.Diagnostics{d}
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	files := map[string]*hcl.File{name: file}
	if diags.HasErrors() {
		return nil, files, diags
	}
	var raw fileBlock
	diags = append(diags, gohcl.DecodeBody(file.Body, nil, &raw)...)
	if diags.HasErrors() {
		return nil, files, diags
	}
	r := &reader{words: words}
	s := r.scheme(&raw.Scheme)
	diags = append(diags, r.diags...)
	if diags.HasErrors() {
		return nil, files, diags
	}
	s.Digest = assay.SHA256(sha256.Sum256(src))
	return s, files, diags
}

// The file as it is written. Lists of names stay expressions, so that each name
// keeps its place.
type fileBlock struct {
	Scheme schemeBlock `hcl:"scheme,block"`
}

type schemeBlock struct {
	ID           string             `hcl:"id,label"`
	Title        string             `hcl:"title"`
	Edition      string             `hcl:"edition"`
	Source       string             `hcl:"source"`
	From         string             `hcl:"from"`
	Until        string             `hcl:"until,optional"`
	Note         string             `hcl:"note,optional"`
	MaxLabel     string             `hcl:"max_label,optional"`
	MinSupport   string             `hcl:"min_support,optional"`
	Levels       []levelBlock       `hcl:"level,block"`
	Requirements []requirementBlock `hcl:"requirement,block"`

	Range           hcl.Range `hcl:",def_range"`
	IDRange         hcl.Range `hcl:"id,label_range"`
	TitleRange      hcl.Range `hcl:"title,attr_value_range"`
	EditionRange    hcl.Range `hcl:"edition,attr_value_range"`
	SourceRange     hcl.Range `hcl:"source,attr_value_range"`
	FromRange       hcl.Range `hcl:"from,attr_value_range"`
	UntilRange      hcl.Range `hcl:"until,attr_value_range"`
	MaxLabelRange   hcl.Range `hcl:"max_label,attr_value_range"`
	MinSupportRange hcl.Range `hcl:"min_support,attr_value_range"`
}

type levelBlock struct {
	Number string    `hcl:"number,label"`
	Title  string    `hcl:"title"`
	Range  hcl.Range `hcl:",def_range"`
}

type requirementBlock struct {
	ID           string         `hcl:"id,label"`
	Principle    string         `hcl:"principle"`
	Title        string         `hcl:"title"`
	Status       string         `hcl:"status"`
	When         hcl.Expression `hcl:"when,optional"`
	Level        int            `hcl:"level,optional"`
	Required     hcl.Expression `hcl:"required,optional"`
	AnyOf        hcl.Expression `hcl:"any_of,optional"`
	Advisory     hcl.Expression `hcl:"advisory,optional"`
	Declared     hcl.Expression `hcl:"declared,optional"`
	Proof        string         `hcl:"proof,optional"`
	Assessor     bool           `hcl:"assessor,optional"`
	UnmetReasons bool           `hcl:"unmet_reasons,optional"`
	Note         string         `hcl:"note,optional"`
	SameAs       []edgeBlock    `hcl:"same_as,block"`

	Range          hcl.Range `hcl:",def_range"`
	IDRange        hcl.Range `hcl:"id,label_range"`
	TitleRange     hcl.Range `hcl:"title,attr_value_range"`
	PrincipleRange hcl.Range `hcl:"principle,attr_value_range"`
	StatusRange    hcl.Range `hcl:"status,attr_value_range"`
	LevelRange     hcl.Range `hcl:"level,attr_value_range"`
	ProofRange     hcl.Range `hcl:"proof,attr_value_range"`
}

type edgeBlock struct {
	To        string `hcl:"to,label"`
	Relation  string `hcl:"relation"`
	Rationale string `hcl:"rationale"`
	Source    string `hcl:"source"`

	Range          hcl.Range `hcl:",def_range"`
	ToRange        hcl.Range `hcl:"to,label_range"`
	RelationRange  hcl.Range `hcl:"relation,attr_value_range"`
	RationaleRange hcl.Range `hcl:"rationale,attr_value_range"`
	SourceRange    hcl.Range `hcl:"source,attr_value_range"`
}
