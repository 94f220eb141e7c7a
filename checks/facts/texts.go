package facts

import (
	"bytes"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

const (
	// MaxText is the size in bytes up to which a text file is kept. Scripts are far
	// smaller; what is larger is data.
	MaxText = 256 << 10
	// MaxSettings is that of a text where a device may have its settings: a page with
	// all its code, or all settings of a device in one file, is larger than others. What
	// is larger than this counts as not looked into.
	MaxSettings = 16 << 20
)

// maxTextOf is the size up to which a text is kept.
func maxTextOf(f *firmware.File) int {
	if HoldsSettings(f.Name) {
		return MaxSettings
	}
	return MaxText
}

// Text is a text file: a setting, a script, a page.
type Text struct {
	File    *firmware.File
	Content string

	place *assay.Location // of the command that writes it, if the image does not hold it
	odd   *oddText        // if the file is no plain text
	long  bool            // it is too long to be kept, and may hold settings

	stored *storedText // where the content is, if it is not in memory
	words  textWords   // that the scan saw in it
}

// Line is a line of a text.
type Line struct {
	Number int   // from 1
	Offset int64 // of its first byte
	Text   string
}

// Lines gives the lines without their ends.
func (t Text) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		number, offset := 1, 0
		for offset < len(t.Content) {
			line, _, _ := strings.Cut(t.Content[offset:], "\n")
			if !yield(Line{number, int64(offset), strings.TrimSuffix(line, "\r")}) {
				return
			}
			number++
			offset += len(line) + 1
		}
	}
}

// At is the place of a line.
func (t Text) At(l Line) assay.Location {
	if t.place != nil {
		return *t.place
	}
	return AtLine(t.File, l.Number, t.odd.at(l.Offset), int64(len(l.Text)))
}

// Commented reports whether a place of the line, in bytes from its start, lies in a comment,
// or whether the line tells people where to read.
func (l Line) Commented(at int) bool { return commented([]byte(l.Text), at) }

// TextSet finds text files by path. It lives as long as the image is at hand
// and is not stored: texts may hold secrets.
type TextSet struct {
	all    []Text
	byFile map[*firmware.File]int

	scripts parsedScripts
	jshn    jshnLibraries
}

// All gives the texts by path.
func (s *TextSet) All() iter.Seq2[int, Text] {
	return s.Where(func(*firmware.File) bool { return true })
}

// Where gives the texts of the files that are wanted, by path. It is faster than to
// ask All and look at the files then, as not all texts are in memory.
func (s *TextSet) Where(want func(*firmware.File) bool) iter.Seq2[int, Text] {
	return func(yield func(int, Text) bool) {
		for i, t := range s.all {
			if want(t.File) && !yield(i, t.loaded()) {
				return
			}
		}
	}
}

// In gives the texts of one container by path.
func (s *TextSet) In(c *firmware.Container) iter.Seq2[int, Text] {
	return s.Where(func(f *firmware.File) bool { return f.Container == c })
}

// Get gives the text at a path of a container, following links inside it.
func (s *TextSet) Get(c *firmware.Container, name string) (Text, bool) {
	f, ok := c.Lookup(name)
	if !ok {
		return Text{}, false
	}
	return s.Of(f)
}

// Of gives the text of a file.
func (s *TextSet) Of(f *firmware.File) (Text, bool) {
	i, ok := s.byFile[f]
	if !ok && f.HardLink != nil {
		i, ok = s.byFile[f.HardLink]
	}
	if !ok {
		return Text{}, false
	}
	t := s.all[i].loaded()
	t.File = f
	return t, true
}

// Match lists the texts of a container whose path fits a pattern of
// path.Match, such as "etc/init.d/S*".
func (s *TextSet) Match(c *firmware.Container, pattern string) []Text {
	var found []Text
	for _, t := range s.Where(func(f *firmware.File) bool {
		ok, _ := path.Match(pattern, f.Name)
		return ok && f.Container == c
	}) {
		found = append(found, t)
	}
	return found
}

var textScan = &Scan[Text]{
	Name:    "text-files",
	Version: 4,
	Doc:     "Text files of up to 256 KiB, those where settings may stand of up to 16 MiB, scripts with other bytes as a shell reads them, and settings of records that end in a NUL byte.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size > 0 },
	Words:   newLiterals(wordsOf(textLists)),
	Spot: func(f *firmware.File, content []byte, words sights) []Text {
		if !bytes.HasPrefix(content, []byte("#!")) || len(content) <= MaxText {
			switch most := maxTextOf(f); {
			case len(content) > MaxText && most == MaxText || !IsText(content):
			case len(content) > most:
				return []Text{{File: f, long: true}}
			default:
				return []Text{{File: f, Content: string(content), words: spotWords(content, words)}}
			}
		}
		if t, ok := readAsShell(f, content); ok {
			return []Text{t}
		}
		if t, ok := readAsRecords(f, content); ok {
			return []Text{t}
		}
		return nil
	},
	Store: func(o *Observation, texts []Text) { o.texts.put(texts) },
}

// Texts are the text files of the image: settings, scripts, pages.
var Texts = &Fact[*TextSet]{
	Name:  "texts",
	Doc:   "Settings, scripts and pages, by path.",
	Needs: []Node{textScan},
	Observe: func(o *Observer) (*TextSet, error) {
		all, err := textScan.Of(o)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(slices.Clone(all), func(t Text) bool { return t.long })
		s := &TextSet{all: all, byFile: make(map[*firmware.File]int, len(all))}
		for i, t := range all {
			s.byFile[t.File] = i
		}
		return s, nil
	},
}

// IsText reports whether content is text: no NUL byte and few other control
// characters in its first 4 KiB.
func IsText(content []byte) bool {
	head := content[:min(len(content), 4096)]
	if bytes.IndexByte(content, 0) >= 0 {
		return false
	}
	odd := 0
	for _, b := range head {
		odd += int(oddByte[b])
	}
	return odd*100 <= len(head)
}

// oddByte is 1 for control characters that no text has. Each text is asked by many
// facts, so nothing branches here.
var oddByte = func() (odd [256]uint8) {
	for b := range byte(' ') {
		if b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 0x1b {
			odd[b] = 1
		}
	}
	return odd
}()

// HoldsSettings reports whether a path is one where a device has its own
// settings; elsewhere the addresses are those of authors and maintainers.
func HoldsSettings(name string) bool {
	if namesOthers(name) || Within(name, "usr/share/", "usr/lib/", "lib/", "node_modules/", "site-packages/", "dist-packages/", "etc/ssl/", "etc/pki/", "etc/apt/", "etc/ssh/") {
		return false
	}
	switch strings.ToLower(path.Base(name)) {
	case "package.json", "package-lock.json", "metadata", "pkg-info", "setup.cfg", "pyproject.toml", "cargo.toml", "composer.json", "bower.json", "control", "authorized_keys", "magic":
		return false
	}
	return ClassOf(name) == Product
}

// IsSetting reports whether a text is no page and no script, by the ending of its name and
// by its first line.
func IsSetting(f *firmware.File, content []byte) bool {
	return kindOfText(f, content, true) == InSetting
}

// IsCode reports whether a file is written in a language of programs, by its ending. Scripts
// of shells do not count.
func IsCode(name string) bool { return slices.Contains(codeSuffixes, path.Ext(name)) }

// ContainsWord reports whether a text holds one of some words, in small or capital letters.
func ContainsWord(s string, words ...string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// RootPlaces are the places of the root file systems, to say what was looked
// through; the image itself if it has none but something was opened.
var RootPlaces = &Fact[[]assay.Location]{
	Name:  "root-places",
	Doc:   "Where the root file systems are.",
	Needs: []Node{Tree, Roots},
	Observe: func(o *Observer) ([]assay.Location, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		roots, err := Roots.Of(o)
		if err != nil {
			return nil, err
		}
		places := []assay.Location{}
		for _, r := range roots {
			places = append(places, assay.Location{Path: r.Path})
		}
		if len(places) == 0 && !img.Opaque {
			places = append(places, assay.Location{Path: img.Name, Digest: assay.SHA256(img.Digest)})
		}
		return places, nil
	},
}
