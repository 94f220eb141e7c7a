package facts

import (
	"path"
	"strings"
)

// Lines of programs that name a switch and do not turn it: comments, documentation,
// messages, and conditions that refuse it.

// codeOfProgram is the code of a text that is a program of a language whose comments and
// strings are known; empty of others.
func codeOfProgram(t Text) programCode {
	language := programLanguage(t)
	switch ext := path.Ext(t.File.Name); {
	case language == "" && ext == ".ts":
		language = "JavaScript"
	case language == "" && (ext == ".phtml" || ext == ".inc" || ext == ".cgi") && strings.Contains(t.Content, "<?php"):
		language = "PHP"
	case language == "" && ext == ".pm":
		language = "Perl"
	}
	if runsText[language] == nil || language == "PHP" && !strings.Contains(t.Content, "<?") {
		return programCode{}
	}
	return codeOf(language, t.Content)
}

// switchesHere reports whether a match of a rule in a line is a switch that is turned.
func switchesHere(rule unverifiedRule, t Text, line Line, code func() programCode) bool {
	program := code()
	known := program.language != ""
	variable := rule.fits("") && strings.HasPrefix(rule.how, rule.literal+"=")
	for _, m := range rule.line.Get().FindAllStringIndex(line.Text, maxPeers) {
		from, to := int(line.Offset)+m[0], int(line.Offset)+m[1]
		switch {
		case variable && comparesVariable(t.Content[:from]):
		case variable && isMessage(t.Content[:from], line.Text[m[1]:]) && (!known || program.inString(from)):
		case !known:
			return true
		case strings.TrimSpace(program.text[from:to]) != strings.TrimSpace(t.Content[from:to]): // a comment
		case !rule.fits("") && program.sameString(from, to):
		case ofServerSide(rule, program, from):
		default:
			return true
		}
	}
	return false
}

// inComment reports whether a value stands in a line of a program, and there in comments
// only. What stands around the code of PHP is no comment.
func inComment(l Line, value string, code func() programCode) bool {
	if !holdsAny(l.Text, []string{"--", "//", "/*", "#"}) {
		return false
	}
	program := code()
	if program.language == "" || program.language == "PHP" {
		return false
	}
	line := program.text[l.Offset : int(l.Offset)+len(l.Text)]
	return strings.Contains(l.Text, value) && !strings.Contains(line, value)
}

// sameString reports whether two places are in one string.
func (c programCode) sameString(from, to int) bool {
	for _, s := range c.strings {
		if s[0] <= from && to <= s[1] {
			return true
		}
	}
	return false
}

// comparesVariable reports whether the value of a variable is asked for: "$NAME" = 0.
func comparesVariable(before string) bool {
	return strings.HasSuffix(before, "$") || strings.HasSuffix(before, "${")
}

// maxStatement is how far before a place its statement is looked at, in bytes.
const maxStatement = 200

// messageWord begins what is said to people.
var messageWord = lazy(`(?i)(?:\b(?:throw|raise|\w*error|warn(?:ing)?|log(?:ger|ging)?|printf?|println|echo|console|help|usage|die|croak|fatal)\b)[^;]*$`)

// isMessage reports whether what stands around a place in a string, or in a command of
// a shell, is said to people and written to no file.
func isMessage(before, rest string) bool {
	before = before[max(0, len(before)-maxStatement):]
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		above := strings.LastIndexByte(before[:i], '\n') + 1
		if !strings.HasSuffix(strings.TrimSpace(before[:i]), "(") {
			above = i + 1
		}
		before = before[above:]
	}
	rest = strings.ReplaceAll(rest, ">&2", "")
	return !strings.ContainsAny(before+rest, "|>`") && !strings.Contains(rest, "file=") && messageWord.Get().MatchString(before)
}
