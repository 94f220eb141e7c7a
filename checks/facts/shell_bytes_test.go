package facts

import (
	"testing"
)

// Scripts in GBK and Latin-1 are read like others: the words keep their bytes, and
// what stands behind them its place.
func TestScriptsInOtherCharacterSets(t *testing.T) {
	for _, c := range []struct{ name, line, word string }{
		{"Latin-1", "echo d\xe9marrage", "d\xe9marrage"},
		{"GBK", "echo \xc6\xf4\xb6\xaf", "\xc6\xf4\xb6\xaf"},
		{"single quotes", "echo '\xc6\xf4 x'", "\xc6\xf4 x"},
		{"ANSI quotes", "echo $'\xc6\xf4'", "\xc6\xf4"},
		{"double quotes", "echo \"a \xc6\xf4\"", "a \xc6\xf4"},
		{"line goes on", "echo a\xc6\\\n\xf4b", "a\xc6\xf4b"},
		{"UTF-8 beside it", "echo \u542f\xc6", "\u542f\xc6"},
		{"DEL", "echo \x7f\xc6", "\x7f\xc6"},
		{"comment", "# \xc6\xf4\necho x", "x"},
	} {
		content := "#!/bin/sh\n" + c.line + "\ntelnetd -p 23\n"
		stmts, problem := parseScript(c.name, content)
		if problem != "" {
			t.Errorf("%s: %s", c.name, problem)
			continue
		}
		s := list(script(t, content))
		if len(s) != 2 || len(s[0].Args) != 1 || s[0].Args[0] != c.word {
			t.Errorf("%s: commands %+v, want echo %q", c.name, s, c.word)
			continue
		}
		last := stmts[len(stmts)-1]
		if got := content[last.Pos().Offset() : last.Pos().Offset()+7]; s[1].Name != "telnetd" || got != "telnetd" {
			t.Errorf("%s: the last command is %q at %q", c.name, s[1].Name, got)
		}
	}
}
