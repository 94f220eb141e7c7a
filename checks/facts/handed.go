package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// Commands stand in more places than in scripts: in tables and units, among the calls of
// programs in other languages, and as strings of compiled ones. Facts that read the
// commands of scripts read those as well, as scripts that may run.

// Limits of the commands of one image.
const (
	maxHandedLines = 4096    // of one table
	maxHandedSteps = 1 << 20 // statements, in all
)

// handedBy is what hands a command over.
type handedBy uint8

const (
	byTable    handedBy = iota // a unit, or a table of init, cron or udev
	byProgram                  // a program in another language than the shell's
	byCompiled                 // a compiled program
)

// handed are the commands of one file that is no script.
type handed struct {
	Script
	by handedBy
}

// handedCommands are such commands, by the kind of what hands them over and by path.
var handedCommands = &Fact[[]handed]{
	Name:    "handed-commands",
	Version: 1,
	Doc:     "Commands of units, of tables of init, cron and udev, of programs in Python, Lua, Perl, PHP, Ruby and JavaScript, and of compiled programs.",
	Needs:   []Node{Texts, compiledLines},
	Observe: func(o *Observer) ([]handed, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		compiled, err := compiledLines.Of(o)
		if err != nil {
			return nil, err
		}
		left := maxHandedSteps
		h := handedReader{r: scriptReader{texts: texts, left: &left}}
		for _, t := range texts.Where(isTable) {
			eachTableCommand(t, func(at assay.Location, command string) { h.line(t, at, command) })
			h.end(t, byTable)
		}
		for _, t := range texts.Where(mayCall) {
			if language := programLanguage(t); callsByLanguage[language] != nil && calledWords.In(t.Content) {
				eachCall(language, t, func(at assay.Location, words []string) { h.words(t, at, unformatted(words)) })
				h.end(t, byProgram)
			}
		}
		for i, l := range compiled {
			if l.open == "" {
				h.line(Text{File: l.file}, l.location, l.text)
			}
			if i+1 == len(compiled) || compiled[i+1].file != l.file {
				h.end(Text{File: l.file}, byCompiled)
			}
		}
		slices.SortStableFunc(h.all, func(a, b handed) int { return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.Path, b.Path)) })
		return h.all, nil
	},
}

// handedReader reads the commands of one file after another.
type handedReader struct {
	r    scriptReader
	all  []handed
	list []Command // of the file that is read

	pipelines int // that they have
}

// line reads the text that a shell is given.
func (h *handedReader) line(t Text, at assay.Location, command string) {
	s := h.r.read(Text{File: t.File, Content: shellText(command), place: &at})
	if s.Problem != "" {
		return
	}
	before, pipelines := len(h.list), h.pipelines
	for _, c := range s.Commands.All() {
		c.Conditional = true
		if c.Pipeline > 0 {
			c.Pipeline += pipelines
			h.pipelines = max(h.pipelines, c.Pipeline)
		}
		if before > 0 && len(c.Guards) > 0 { // they count from the first of its line
			c.Guards = slices.Clone(c.Guards)
			for i := range c.Guards {
				c.Guards[i].Command += before
			}
		}
		h.list = append(h.list, c)
	}
}

// words reads a command that no shell parts into words, or the text that it gives to one.
func (h *handedReader) words(t Text, at assay.Location, words []string) {
	for len(words) > 1 && words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	switch {
	case len(words) == 0:
	case len(words) == 1:
		h.line(t, at, words[0])
	case len(words) == 3 && slices.Contains(shellNames, path.Base(words[0])) && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c"):
		h.line(t, at, words[2])
	default:
		h.list = append(h.list, Command{Name: words[0], Args: words[1:], Conditional: true, Location: at})
	}
}

// unformatted makes unknown what a format that stands elsewhere fills into words.
func unformatted(words []string) []string {
	for i, w := range words {
		if strings.Contains(w, "%s") || strings.Contains(w, "%q") || strings.Contains(w, "%d") {
			words[i] = formatVerbs.Replace(w)
		}
	}
	return words
}

var formatVerbs = strings.NewReplacer("%s", unknownPart, "%q", unknownPart, "%d", unknownPart)

// end keeps what was read of a file.
func (h *handedReader) end(t Text, by handedBy) {
	if len(h.list) > 0 {
		h.all = append(h.all, handed{Script{Path: t.File.Path, Name: t.File.Name, Commands: packCommands(h.list)}, by})
	}
	clear(h.list)
	h.list, h.pipelines = h.list[:0], 0
}
