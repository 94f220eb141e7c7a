package checktest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/assay-iot/assay"
)

// archive is a fixture after it was read.
type archive struct {
	file    string // name of the txtar file
	raw     *txtar.Archive
	asOf    time.Time
	product map[string][]byte // the product's folder; empty if nothing is declared
	images  map[string]*image // by label of the firmware block; "" for the first
	facts   map[string][]byte // JSON of facts that are supplied from outside
	secrets []string          // what may not stand in a result
	want    map[string]want   // by label of the firmware block
}

// image is one firmware image of a fixture: a folder, or, with whole, a file.
type image struct {
	folder   folder
	whole    []byte
	name     string
	noModes  bool
	noRoot   bool
	coverage []coverageLine
}

type coverageLine struct {
	kind           string // "unexplained", "skipped", "opaque"
	offset, length int64
	path, reason   string
}

// want is what a fixture expects: the first line, and one line per finding.
type want struct {
	section  int // in raw.Files
	verdict  string
	proof    string // empty if the fixture does not say
	reason   string // a part of the reason; empty if the fixture does not say
	findings []string
}

// DefaultAsOf is the day that a fixture is judged at if it does not name one.
const DefaultAsOf = "2026-06-01"

func readArchive(file string) (*archive, error) {
	raw, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	a := &archive{
		file: file, raw: raw,
		product: map[string][]byte{}, images: map[string]*image{}, facts: map[string][]byte{}, want: map[string]want{},
	}
	if a.asOf, err = assay.Date(DefaultAsOf); err != nil {
		return nil, err
	}
	for i, f := range raw.Files {
		h, err := parseHeader(f.Name)
		if err == nil {
			err = a.section(i, h, f.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: section %q: %w", file, f.Name, err)
		}
	}
	if len(a.want) == 0 {
		return nil, fmt.Errorf("%s: there is no want section", file)
	}
	return a, nil
}

// section files one section of the archive.
func (a *archive) section(i int, h header, data []byte) (err error) {
	firmware := h.attributes["firmware"]
	word, rest, _ := strings.Cut(h.name, " ")
	switch {
	case h.name == "want":
		a.want[firmware] = parseWant(i, data)
	case h.name == "as-of":
		a.asOf, err = assay.Date(string(bytes.TrimSpace(data)))
	case h.name == "secrets":
		a.secrets = lines(data)
	case h.name == "options":
		err = a.image(firmware).options(lines(data))
	case h.name == "coverage":
		a.image(firmware).coverage, err = parseCoverage(lines(data))
	case word == "fact" && rest != "":
		a.facts[rest] = data
	case strings.HasPrefix(h.name, "./"):
		a.product[path.Clean(h.name)], err = h.decode(data)
	case !strings.Contains(h.name, "/") && (strings.HasSuffix(h.name, ".hcl") || strings.HasSuffix(h.name, ".hcl.json")):
		a.product[h.name] = data
	case h.attributes["whole"] != "":
		img := a.image(firmware)
		img.name = h.name
		img.whole, err = h.decode(data)
	default:
		err = a.image(firmware).add(h, data)
	}
	return err
}

func (a *archive) image(firmware string) *image {
	if a.images[firmware] == nil {
		a.images[firmware] = &image{folder: folder{}}
	}
	return a.images[firmware]
}

func (img *image) options(words []string) error {
	for _, w := range words {
		switch w {
		case "no-modes":
			img.noModes = true
		case "no-root":
			img.noRoot = true
		default:
			return fmt.Errorf("unknown option %q (known: no-modes, no-root)", w)
		}
	}
	return nil
}

// add puts a file, a link or, where the name ends in a slash, a directory into
// the image's folder.
func (img *image) add(h header, data []byte) (err error) {
	n := &node{mode: 0o644}
	name := strings.TrimSuffix(h.name, "/")
	if !fs.ValidPath(name) {
		return fmt.Errorf("not a path inside the image")
	}
	switch {
	case h.attributes["link"] != "":
		n.mode, n.link = fs.ModeSymlink|0o777, h.attributes["link"]
	case name != h.name:
		n.mode = fs.ModeDir | 0o755
	default:
		if n.data, err = h.decode(data); err != nil {
			return err
		}
	}
	if s, ok := h.attributes["mode"]; ok {
		bits, err := strconv.ParseUint(s, 8, 12)
		if err != nil {
			return fmt.Errorf("mode %q is not octal", s)
		}
		n.mode = n.mode.Type() | unixMode(uint32(bits))
	}
	if n.uid, err = h.number("uid"); err != nil {
		return err
	}
	if n.gid, err = h.number("gid"); err != nil {
		return err
	}
	return img.folder.put(name, n)
}

// header is the line of a section: a name, then attributes as key=value.
type header struct {
	name       string
	attributes map[string]string
}

var attributes = []string{"mode", "uid", "gid", "link", "encoding", "newline", "firmware", "whole"}

func parseHeader(line string) (header, error) {
	h := header{attributes: map[string]string{}}
	var name []string
	for _, word := range strings.Fields(line) {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case ok && slices.Contains(attributes, key):
			h.attributes[key] = value
		case len(h.attributes) > 0:
			return h, fmt.Errorf("unknown attribute %q (known: %s)", word, strings.Join(attributes, ", "))
		default:
			name = append(name, word)
		}
	}
	h.name = strings.Join(name, " ")
	return h, nil
}

func (h header) number(key string) (uint32, error) {
	s, ok := h.attributes[key]
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err
}

// decode gives the content that the section stands for.
func (h header) decode(data []byte) ([]byte, error) {
	if h.attributes["newline"] == "no" {
		data = bytes.TrimSuffix(data, []byte("\n"))
	}
	switch e := h.attributes["encoding"]; e {
	case "":
		return data, nil
	case "hex":
		return hex.DecodeString(strings.Join(strings.Fields(string(data)), ""))
	case "base64":
		return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(data)), ""))
	default:
		return nil, fmt.Errorf("unknown encoding %q (known: hex, base64)", e)
	}
}

// parseCoverage reads lines of the forms
//
//	unexplained OFFSET LENGTH [REASON]
//	skipped PATH REASON
//	opaque
func parseCoverage(in []string) ([]coverageLine, error) {
	var out []coverageLine
	for _, line := range in {
		words := strings.Fields(line)
		c := coverageLine{kind: words[0]}
		var err error
		switch {
		case c.kind == "opaque":
		case c.kind == "skipped" && len(words) > 2:
			c.path, c.reason = words[1], strings.Join(words[2:], " ")
		case c.kind == "unexplained" && len(words) > 2:
			if c.offset, err = strconv.ParseInt(words[1], 0, 64); err == nil {
				c.length, err = strconv.ParseInt(words[2], 0, 64)
			}
			c.reason = strings.Join(words[3:], " ")
		default:
			err = fmt.Errorf("not understood: %q", line)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// parseWant reads "verdict [proof][: part of the reason]" and the findings.
func parseWant(section int, data []byte) want {
	w := want{section: section}
	all := lines(data)
	if len(all) == 0 {
		return w
	}
	words, reason, _ := strings.Cut(all[0], ":")
	w.reason = strings.TrimSpace(reason)
	w.verdict, w.proof, _ = strings.Cut(strings.TrimSpace(words), " ")
	w.findings = all[1:]
	return w
}

// lines gives the lines that are not empty, trimmed.
func lines(data []byte) []string {
	all := strings.Split(string(data), "\n")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}
