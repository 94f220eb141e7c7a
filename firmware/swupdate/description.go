package swupdate

import (
	"fmt"
	"strings"
)

// node is a value of sw-description: a text, a list, or a group of names and
// values.
type node struct {
	text  string
	names []string // of a group, one for each of its items
	items []*node
}

const (
	maxDepth = 32
	maxNodes = 1 << 16
	maxText  = 4096
)

// parser reads the syntax of libconfig and of JSON at once: in both, groups have
// braces, names stand before a ":" or "=", and items end with a ";", a "," or
// nothing.
type parser struct {
	rest  string
	whole int
	nodes int
	twice string // the first name that stands twice in one group, of which libconfig takes neither
}

// parse reads a whole description. What was read before a mistake is given too.
func parse(text []byte) (*node, error) {
	p := &parser{rest: string(text), whole: len(text)}
	root := &node{}
	p.blank()
	var err error
	if strings.HasPrefix(p.rest, "{") {
		p.rest = p.rest[1:]
		err = p.group(root, '}', 0)
	} else {
		err = p.group(root, 0, 0)
	}
	if err == nil && p.twice != "" {
		err = fmt.Errorf("%q stands twice in one group", p.twice)
	}
	return root, err
}

func (p *parser) errorf(f string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", p.whole-len(p.rest), fmt.Sprintf(f, args...))
}

// blank passes over white space, comments and includes.
func (p *parser) blank() {
	for {
		p.rest = strings.TrimLeft(p.rest, " \t\r\n\f")
		end := ""
		switch {
		case strings.HasPrefix(p.rest, "//"), strings.HasPrefix(p.rest, "#"), strings.HasPrefix(p.rest, "@include"):
			end = "\n"
		case strings.HasPrefix(p.rest, "/*"):
			end = "*/"
		default:
			return
		}
		_, p.rest, _ = strings.Cut(p.rest, end)
	}
}

// group reads items up to a closing bracket, or to the end if it is 0. Items of
// a list have no names.
func (p *parser) group(n *node, closing byte, depth int) error {
	if depth > maxDepth {
		return p.errorf("more than %d groups inside one another", maxDepth)
	}
	seen := map[string]bool{}
	for {
		p.blank()
		switch {
		case p.rest == "" && closing == 0:
			return nil
		case p.rest == "":
			return p.errorf("the end, where a %q is missing", closing)
		case p.rest[0] == closing:
			p.rest = p.rest[1:]
			return nil
		case p.rest[0] == ';' || p.rest[0] == ',':
			p.rest = p.rest[1:]
			continue
		}
		if p.nodes++; p.nodes > maxNodes {
			return p.errorf("more than %d values", maxNodes)
		}
		name := ""
		if closing == 0 || closing == '}' {
			var err error
			if name, err = p.name(); err != nil {
				return err
			}
			if seen[name] && p.twice == "" {
				p.twice = name
			}
			seen[name] = true
		}
		item := &node{}
		n.names, n.items = append(n.names, name), append(n.items, item)
		if err := p.value(item, depth); err != nil {
			return err
		}
	}
}

// name reads a name and what assigns to it.
func (p *parser) name() (string, error) {
	name, err := p.word()
	if err != nil {
		return "", err
	}
	p.blank()
	if p.rest == "" || (p.rest[0] != ':' && p.rest[0] != '=') {
		return "", p.errorf("no value for %q", name)
	}
	p.rest = p.rest[1:]
	p.blank()
	return name, nil
}

func (p *parser) value(n *node, depth int) error {
	if p.rest == "" {
		return p.errorf("the end, where a value is missing")
	}
	closing := map[byte]byte{'{': '}', '(': ')', '[': ']'}[p.rest[0]]
	if closing != 0 {
		p.rest = p.rest[1:]
		return p.group(n, closing, depth+1)
	}
	var err error
	n.text, err = p.word()
	for err == nil {
		// Texts that stand one behind another are one.
		p.blank()
		if !strings.HasPrefix(p.rest, `"`) {
			return nil
		}
		var more string
		more, err = p.word()
		n.text += more
	}
	return err
}

// word reads a text in quotes, or a name or number without.
func (p *parser) word() (string, error) {
	if !strings.HasPrefix(p.rest, `"`) {
		n := strings.IndexAny(p.rest, " \t\r\n\f:=;,{}()[]\"")
		if n < 0 {
			n = len(p.rest)
		}
		if n == 0 || n > maxText {
			return "", p.errorf("no name and no value")
		}
		word := p.rest[:n]
		p.rest = p.rest[n:]
		return word, nil
	}
	for i := 1; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '\\':
			i++
		case '"':
			word := p.rest[1:i]
			p.rest = p.rest[i+1:]
			return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\/`, `/`, `\n`, "\n").Replace(word), nil
		}
	}
	return "", p.errorf("a text without an end")
}

// find gives the first text, or texts of a list, with a name, from the outside in.
func (n *node) find(name string) string {
	for level := []*node{n}; len(level) > 0; {
		var below []*node
		for _, g := range level {
			for i, item := range g.items {
				if g.names[i] == name {
					return item.texts()
				}
			}
			below = append(below, g.items...)
		}
		level = below
	}
	return ""
}

func (n *node) texts() string {
	if len(n.items) == 0 {
		return n.text[:min(len(n.text), maxText)]
	}
	var all []string
	for _, item := range n.items {
		if len(item.items) == 0 && len(all) < maxDepth {
			all = append(all, item.text)
		}
	}
	return strings.Join(all, " ")
}

// artifacts lists the groups that name a file.
func (n *node) artifacts() []map[string]string {
	var all []map[string]string
	own := map[string]string{}
	for i, item := range n.items {
		if len(item.items) > 0 {
			all = append(all, item.artifacts()...)
		} else if n.names[i] != "" {
			own[n.names[i]] = item.text
		}
	}
	if own["filename"] != "" {
		all = append(all, own)
	}
	return all
}
