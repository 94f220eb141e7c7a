package facts

import (
	"regexp"
	"slices"
	"strings"
)

// say notes what a check prints, and where to.
func (g *gate) say(c *Command, text string) {
	for _, r := range c.Redirects {
		if r.Op == ">" || r.Op == ">>" || r.Op == "1>" || r.Op == "&>" {
			g.said[g.name(r.Word)] = text
			return
		}
	}
	g.printed, g.output = true, text
}

// speak is an echo: inside a substitution it adds to what a check printed.
func (g *gate) speak(c *Command, text string) {
	if len(c.Redirects) > 0 || Unresolved(text) {
		g.printed = g.printed && len(c.Redirects) > 0
		return
	}
	if g.output != "" && g.printed && c.Pipeline == 0 {
		text = g.output + "\n" + text
	}
	g.printed, g.output = true, text
}

// grep looks for a pattern in what a check printed.
func (g *gate) grep(c *Command, args []string) outcome {
	plain := plainWords(args)
	if p := flagValues(args, "-e"); len(p) > 0 {
		plain = append(p[:1:1], slices.DeleteFunc(plain, func(a string) bool { return a == p[0] })...)
	}
	if len(plain) == 0 || Unresolved(plain[0]) && !strings.HasSuffix(plain[0], "$") {
		return unsure
	}
	text, known := g.output, g.printed && c.Pipeline != 0 && len(plain) == 1
	if len(plain) > 1 {
		text, known = g.said[g.name(plain[1])], g.said[g.name(plain[1])] != ""
	}
	for _, r := range c.Redirects {
		if s, ok := g.said[g.name(r.Word)]; ok && r.Op == "<" {
			text, known = s, true
		}
	}
	pattern, ok := grepPattern(plain[0], c)
	if !known || !ok {
		return unsure
	}
	return outcomeOf(pattern.MatchString(text) != c.Has("-v"))
}

func grepPattern(p string, c *Command) (*regexp.Regexp, bool) {
	if len(p) > 256 {
		return nil, false
	}
	switch {
	case c.Has("-F") || c.Program() == "fgrep":
		p = regexp.QuoteMeta(p)
	case !c.Has("-E") && c.Program() == "grep":
		p = strings.NewReplacer(`\|`, "|", "|", `\|`, "(", `\(`, ")", `\)`, `\(`, "(", `\)`, ")", "+", `\+`, "?", `\?`).Replace(p)
	}
	if c.Has("-i") {
		p = "(?i)" + p
	}
	if c.Has("-x") {
		p = "^(?:" + p + ")$"
	}
	re, err := regexp.Compile("(?m)" + p)
	return re, err == nil
}
