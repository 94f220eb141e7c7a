package facts

import (
	"fmt"
	"strings"
)

// Limits of an OpenWrt configuration file.
const (
	maxUCISections = 4096
	maxUCIOptions  = 65536
)

// uciPackage is one file of /etc/config in OpenWrt's unified configuration
// interface: sections of a type, perhaps named, with options and lists.
type uciPackage []uciSection

type uciSection struct {
	Type, Name string
	Line       Line
	Options    []uciOption
}

type uciOption struct {
	Name   string
	Values []string // one for an option, any number for a list
	List   bool
	Line   Line
}

// get gives an option of a section.
func (s uciSection) get(name string) (uciOption, bool) {
	for _, o := range s.Options {
		if o.Name == name {
			return o, true
		}
	}
	return uciOption{}, false
}

// id is the name by which scripts speak of a section.
func (p uciPackage) id(i int) string {
	if p[i].Name != "" {
		return p[i].Name
	}
	return fmt.Sprintf("cfg%02d", i+1)
}

// section finds a section by name, by id, or as @type[n].
func (p uciPackage) section(name string) (uciSection, bool) {
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		kind, index, _ := strings.Cut(strings.TrimSuffix(rest, "]"), "[")
		n := 0
		if _, err := fmt.Sscanf(index, "%d", &n); err != nil {
			return uciSection{}, false
		}
		for _, s := range p {
			if s.Type == kind {
				if n--; n < 0 {
					return s, true
				}
			}
		}
		return uciSection{}, false
	}
	for i, s := range p {
		if p.id(i) == name {
			return s, true
		}
	}
	return uciSection{}, false
}

// parseUCI reads a configuration file. Lines that are no statement are passed
// over, as the device does after its complaint.
func parseUCI(t Text) uciPackage {
	var p uciPackage
	options := 0
	for line := range t.Lines() {
		words := uciWords(line.Text)
		if len(words) == 0 {
			continue
		}
		switch {
		case words[0] == "config" && len(words) > 1 && len(p) < maxUCISections:
			s := uciSection{Type: words[1], Line: line}
			if len(words) > 2 {
				s.Name = words[2]
			}
			p = append(p, s)
		case (words[0] == "option" || words[0] == "list") && len(words) > 2 && len(p) > 0 && options < maxUCIOptions:
			options++
			p[len(p)-1].set(words[0] == "list", words[1], words[2], line)
		}
	}
	return p
}

// set puts in an option; lists of one name grow, the last option of a name counts.
func (s *uciSection) set(list bool, name, value string, line Line) {
	for i := range s.Options {
		if o := &s.Options[i]; o.Name == name {
			if list && o.List {
				o.Values = append(o.Values, value)
			} else {
				o.Values, o.List, o.Line = []string{value}, list, line
			}
			return
		}
	}
	s.Options = append(s.Options, uciOption{name, []string{value}, list, line})
}

// uciWords splits a line at blanks; quotes of both kinds hold words together
// and # starts a comment.
func uciWords(line string) []string {
	var words []string
	var b strings.Builder
	open, quote := false, byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			} else if c == '\\' && quote == '"' && i+1 < len(line) {
				i++
				b.WriteByte(line[i])
			} else {
				b.WriteByte(c)
			}
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t':
			if open {
				words = append(words, b.String())
				b.Reset()
				open = false
			}
		case c == '#' && !open:
			return words
		default:
			b.WriteByte(c)
			open = true
		}
	}
	if open {
		words = append(words, b.String())
	}
	return words
}

// uciGet answers "uci get package.section.option". A missing option of a
// package in the image is empty as shipped.
func (w *shellWorld) uciGet(key string) (shellValue, bool) {
	parts := strings.SplitN(strings.Trim(key, "'\""), ".", 3)
	if w.config == nil || len(parts) != 3 {
		return shellValue{}, false
	}
	p, ok := w.config(parts[0])
	if !ok {
		return knownValue(""), true
	}
	s, _ := p.section(parts[1])
	o, _ := s.get(parts[2])
	return knownValue(strings.Join(o.Values, " ")), true
}
