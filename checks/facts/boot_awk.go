package facts

import (
	"slices"
	"strings"
)

// maxAwkCommands bounds the commands of one program of awk.
const maxAwkCommands = 64

// awk runs the command lines that a program of awk hands to the shell.
func (g *boot) awk(l *launch) {
	text := ""
	if files := flagValues(l.words[1:], "-f", "--file"); len(files) > 0 {
		if t, ok := g.current(l.abs(files[0])); ok {
			text = t.Content
		}
	} else {
		text = skipOwn(append(slices.Clone(l.words[1:]), ""), wrapper{valued: "Fv"})[0]
	}
	for _, command := range awkCommands(text) {
		m, c := *l, *l.cmd
		c.Conditional, c.Pipeline, c.Redirects = true, 0, nil
		m.cmd = &c
		m.depth++
		g.inline(&m, command)
	}
}

// awkCommands lists what a program of awk runs: system("…"), "…" | getline, and
// print | "…". What its variables hold is not known.
func awkCommands(text string) []string {
	var found []string
	literal, end := "", -1 // the last string, and where it ends
	for i := 0; i < len(text) && len(found) < maxAwkCommands; {
		switch rest := text[i:]; {
		case rest[0] == '#' && (i == 0 || strings.IndexByte(" \t\n;{", text[i-1]) >= 0):
			i += lineLength(rest)
		case rest[0] == '"':
			var n int
			literal, n = awkString(rest)
			i += n
			end = i
		case strings.HasPrefix(rest, "system("):
			command, n := awkArgument(rest[len("system("):])
			found = append(found, command)
			i += len("system(") + n
		case rest[0] == '|' && !strings.HasPrefix(rest, "||") && (i == 0 || text[i-1] != '|'):
			after := strings.TrimLeft(rest[1:], "& \t")
			switch {
			case strings.HasPrefix(after, "getline") && end >= 0 && strings.TrimSpace(text[end:i]) == "":
				found = append(found, literal)
			case strings.HasPrefix(after, `"`):
				command, _ := awkString(after)
				if slices.Contains(shellNames, lastOf(strings.Split(command, "/"))) {
					command = anyItem // it runs what the program prints
				}
				found = append(found, command)
			}
			i++
		default:
			i++
		}
	}
	return found
}

func lineLength(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n + 1
	}
	return len(s)
}

// awkArgument gives the command line of "system(" with what is not known in it.
func awkArgument(s string) (command string, n int) {
	trimmed := strings.TrimLeft(s, " \t")
	n = len(s) - len(trimmed)
	if !strings.HasPrefix(trimmed, `"`) {
		return anyItem, n
	}
	command, length := awkString(trimmed)
	n += length
	if !strings.HasPrefix(strings.TrimLeft(trimmed[length:], " \t"), ")") {
		command += anyItem
	}
	return command, n
}

// awkString reads a string of awk and gives its length with the quotes.
func awkString(s string) (string, int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1
		case s[i] == '\\' && i+1 < len(s):
			if i++; s[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), len(s)
}

// atJob runs the job that at or batch is given, where their daemon is in the image.
func (g *boot) atJob(l *launch) {
	if _, ok := g.find("atd"); !ok {
		return
	}
	if files := flagValues(l.words[1:], "-f"); len(files) > 0 {
		g.shellFile(l, files[0], nil)
	} else {
		g.shellInput(l)
	}
}
