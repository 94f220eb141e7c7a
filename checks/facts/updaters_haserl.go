package facts

import (
	"slices"
	"strings"
)

const haserl = "haserl" // as the shell of a script

// haserlScripts are pages of haserl: HTML with commands of a shell between "<%" and "%>"
// (haserl(1)).
func haserlScripts(v *updateView) (texts []Text, scripts []Script) {
	r := scriptReader{texts: v.texts, visitors: true}
	for _, t := range v.texts.In(v.root) {
		if !isHaserl(t.Content) {
			continue
		}
		t.Content = haserlCommands(t.Content)
		texts = append(texts, t)
		s := r.read(t)
		s.Shell = haserl
		scripts = append(scripts, s)
	}
	return texts, scripts
}

func isHaserl(content string) bool {
	line, _, _ := strings.Cut(content, "\n")
	return strings.HasPrefix(line, "#!") && strings.Contains(line, haserl)
}

// haserlCommands leaves the commands of a page where they stand, with blanks and line
// breaks for all else, so that places in it are those in the page.
func haserlCommands(page string) string {
	b := []byte(page)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	at, open := 0, false // whether a command stands for the HTML before
	for {
		begin := strings.Index(page[at:], "<%")
		if begin < 0 {
			blank(at, len(b))
			return string(b)
		}
		blank(at, at+begin+2)
		sameLine := !strings.Contains(page[at:at+begin], "\n")
		at += begin + 2
		if open && sameLine {
			b[at-1] = ';'
		}
		end := strings.Index(page[at:], "%>")
		if end < 0 {
			return string(b)
		}
		code := page[at : at+end]
		if strings.HasPrefix(code, "=") { // it prints a value
			blank(at, at+end)
			code = ""
		}
		at += end
		blank(at, at+2)
		switch open = !beforePattern.Get().MatchString(code); {
		case open && (strings.TrimRight(code, " \t\r\n;") == "" || goesOnBehind.Get().MatchString(code)):
			b[at] = ':'
		case open:
			copy(b[at:], ";:")
		}
		at += 2
	}
}

// What the HTML behind some commands is to them: goesOnBehind match those that need a
// command there, beforePattern those of a case that need none.
var (
	goesOnBehind  = lazy(`(?:(?:^|[\s;])(?:then|do|else|\{)[ \t]*|[\n;|(][ \t\r]*|&&[ \t]*|(?m:^\s*[^\s()]+\)[ \t]*))$`)
	beforePattern = lazy(`(?:;;|(?:^|\s)in)\s*$`)
)

// leaveVisitorsOpen sets what haserl takes from the visitor: what it is only the running
// page knows.
func (r *shellRun) leaveVisitorsOpen(content string) {
	for _, m := range haserlVariable.Get().FindAllString(content, maxHaserlVariables) {
		r.vars[m] = shellValue{text: "$" + m}
	}
}

const maxHaserlVariables = 1024 // mentions of one page

var haserlVariable = lazy(`\b(?:FORM|POST|GET|COOKIE|HASERL)_\w+`)

// isHaserlUpload reports whether a word of a page is a variable in which haserl hands over
// the path of a file that the visitor uploaded, and nothing else.
func isHaserlUpload(s *Script, word string) bool {
	return s.Shell == haserl && haserlUpload.Get().MatchString(word)
}

var haserlUpload = lazy(`^\$\{?(?:FORM|POST|HASERL)_\w+\}?$`)

// takesHaserlUpload reports whether a command is given such a file.
func takesHaserlUpload(s *Script, c *Command) bool {
	return slices.ContainsFunc(c.Args, func(a string) bool { return isHaserlUpload(s, strings.TrimPrefix(a, "if=")) })
}
