package main

import (
	"crypto"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/letters"
	"github.com/assay-iot/assay/labels/picture/words"
	"github.com/assay-iot/assay/labels/sign"
)

// pictureFlags say which pictures of a label are drawn.
type pictureFlags struct {
	formats, languages, kinds []string
	none                      bool // draw nothing
}

// pictureKinds are the kinds of file that a label is drawn as.
var pictureKinds = []string{"pdf", "svg", "png", "html", "qr"}

func (f *pictureFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.formats, "format", nil, "`SIZE` of the label: a5 (default), a4 (data sheet with all details), a6 (sticker), mark (for the box); repeatable")
	c.Flags().StringArrayVar(&f.languages, "language", nil, "`LANGUAGE` of the label: en (default), de, fr, ja, ar; repeatable")
	c.Flags().StringArrayVar(&f.kinds, "picture", nil, "draw it as `KIND`: pdf (default), svg, png, html, or qr (the code alone, as SVG and PNG); repeatable")
}

// variants gives each format in each language.
func (f pictureFlags) variants() ([]picture.Variant, error) {
	formats, languages := f.formats, f.languages
	if len(formats) == 0 {
		formats = []string{string(picture.Default.Format)}
	}
	if len(languages) == 0 {
		languages = []string{string(picture.Default.Language)}
	}
	var list []picture.Variant
	for _, format := range formats {
		if !slices.Contains(picture.Formats(), picture.Format(format)) {
			return nil, badInput("one of: a5 a4 a6 mark", "--format: there is no label of the size %q", format)
		}
		for _, l := range languages {
			if words.Of(words.Language(l)) == nil {
				return nil, badInput("one of: en de fr ja ar", "--language: there is no label in %q", l)
			}
			if v := (picture.Variant{Format: picture.Format(format), Language: words.Language(l)}); !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
	}
	return list, nil
}

func (f pictureFlags) check() error {
	for _, k := range f.kinds {
		if !slices.Contains(pictureKinds, k) {
			return badInput("one of: "+strings.Join(pictureKinds, " "), "--picture: there is no picture of the kind %q", k)
		}
	}
	_, err := f.variants()
	return err
}

// pictureName names a file: what is not the default stands in it.
func pictureName(v picture.Variant, kind string) string {
	name := "label"
	if v.Language != picture.Default.Language {
		name += "." + string(v.Language)
	}
	if v.Format != picture.Default.Format && kind != "html" {
		name += "." + string(v.Format)
	}
	return name + "." + kind
}

// labelled is a signed label, ready to be drawn.
type labelled struct {
	statement       *labels.Statement
	bundle, compact []byte
	key             crypto.Signer // signs the PDFs; nil leaves them unsigned
	seal            sign.Seal
}

// pictures draws all that was asked for.
func (l labelled) pictures(f pictureFlags) ([]labelFile, error) {
	kinds := f.kinds
	if len(kinds) == 0 {
		kinds = []string{"pdf"}
	}
	variants, err := f.variants()
	if err != nil {
		return nil, err
	}
	var files []labelFile
	for _, kind := range kinds {
		for _, v := range variants {
			if kind == "qr" {
				continue
			}
			name := pictureName(v, kind)
			if slices.ContainsFunc(files, func(f labelFile) bool { return f.name == name }) {
				continue
			}
			data, err := l.picture(v, kind)
			if err != nil {
				return nil, err
			}
			files = append(files, labelFile{name, data})
		}
	}
	if slices.Contains(kinds, "qr") {
		for _, kind := range []string{"svg", "png"} {
			data, err := l.qr(kind)
			if err != nil {
				return nil, err
			}
			files = append(files, labelFile{"qr." + kind, data})
		}
	}
	return files, nil
}

// screenDPI is how fine pictures for screens are: a QR code of any size can be
// read from them.
const screenDPI = 200

func (l labelled) picture(v picture.Variant, kind string) (data []byte, err error) {
	switch kind {
	case "pdf":
		data, err = pdf.Render(l.statement, l.bundle, l.compact, v)
		if err == nil && l.key != nil {
			data, err = sign.PDF(l.key, l.statement, data, l.seal)
			if errors.Is(err, sign.ErrChain) {
				err = badInput("name a certificate that is made out to the issuer by its name on the label", "%w", err)
			}
		}
	case "html":
		data, err = picture.HTML(l.statement, l.compact, v.Language)
	default:
		var d *picture.Drawing
		if d, err = picture.Draw(l.statement, l.compact, v); err == nil {
			data, err = drawn(d, kind)
		}
	}
	var glyph *letters.GlyphError
	if errors.As(err, &glyph) {
		return nil, badInput(otherLetters, "%w", err)
	}
	return data, err
}

// otherLetters is what to do where the label's fonts lack a character.
const otherLetters = "write the text in Latin, Greek, Cyrillic, Armenian, Georgian, Japanese or Arabic letters, or draw it with --picture html or --picture qr only"

// undrawable says which of the texts that every picture shows no font of the label can set; nil if they
// can set all.
func undrawable(p assay.ProductInfo) error {
	texts := append([]string{p.Name, p.Manufacturer.Name}, p.Models...)
	texts = append(texts, p.Face.Recipients...)
	for _, part := range p.Parts {
		texts = append(texts, part.Name)
	}
	for _, s := range texts {
		if _, err := letters.Clean(s); err != nil {
			return err
		}
	}
	return nil
}

func (l labelled) qr(kind string) ([]byte, error) {
	d, err := picture.QR(l.statement, l.compact)
	if err != nil {
		return nil, err
	}
	return drawn(d, kind)
}

func drawn(d *picture.Drawing, kind string) ([]byte, error) {
	if kind == "png" {
		return d.PNG(screenDPI)
	}
	return d.SVG()
}

// kindOf tells from a file's name what is to be drawn; "qr.svg" and "qr.png" are
// the code alone.
func kindOf(name string) (kind string, codeOnly bool, err error) {
	kind = strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), ".")
	if kind == "qr" || !slices.Contains(pictureKinds, kind) {
		return "", false, badInput("let it end in .pdf, .svg, .png or .html", "--out %s: no picture has that ending", name)
	}
	base := strings.ToLower(filepath.Base(name))
	return kind, base == "qr.svg" || base == "qr.png", nil
}
