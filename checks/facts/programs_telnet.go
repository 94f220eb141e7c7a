package facts

import (
	"bytes"
	"path"
	"strings"
)

// A program that opens Telnet need not have a word behind its name: system("telnetd"),
// and execl("/usr/sbin/telnetd", "telnetd", …), which has each word as a string of its
// own. A name alone can as well be that of a process to look for or to end.

var (
	// startsTelnet matches a command line that starts Telnet: where a command begins, and
	// with what may follow its name.
	startsTelnet = lazy(`(?:^|[;&|({\n!]|\b(?:then|do|else|exec|nohup|setsid|eval|busybox|toybox|env|nice|sudo)\s)\s*(?:/[\w./-]*/)?(?:in\.|u)?telnetd(?:\s*[;&|)}<>\n]|\s+(?:-\w|\d?>|%s\s*&?$|fi\b|done\b)|(?:\s+start)?\s*$)`)
	// plainCommand is the first word of a command, not of a sentence.
	plainCommand = lazy(`^[({!]?[\w./%$=\[-]*;?$`)
	// scriptPath is a script that runs by its path alone.
	scriptPath = lazy(`^/[\w./-]*(?:\.sh|/init\.d/[\w.-]+)$`)
)

// telnetRuns says that a path alone is a command.
const telnetRuns = "it runs telnetd"

// bareTelnet says of a string that is nothing but the name or the path of Telnet's daemon
// why it may start it; empty if it is not such a string or one of a list of names. Where
// the program can do nothing with a path but hand it to a shell it is a command.
func bareTelnet(content []byte, from, end int, runs map[string]bool) string {
	text := strings.TrimSpace(string(content[from:end]))
	if d, _ := daemonOf(path.Base(text), ""); d.kind != KindTelnet || strings.ContainsAny(text, " \t%") {
		return ""
	}
	if text[0] != '/' && strings.Contains(text, "/") || inNameList(content, from, end) {
		return ""
	}
	execs := len(runs) == 0 // a program without a loader: what it calls is not known
	for name := range runs {
		execs = execs || strings.HasPrefix(name, "exec") || strings.HasPrefix(name, "posix_spawn")
	}
	switch {
	case execs && bytes.Contains(content, []byte("\x00/bin/login\x00")):
		return "" // what it gives to others is told
	case text[0] == '/' && !execs:
		return telnetRuns
	}
	return "it may start " + text
}

// inNameList reports whether the strings around one are names of other daemons: those
// that a watchdog looks for.
func inNameList(content []byte, from, end int) bool {
	const around, needed = 3, 2
	others := 0
	count := func(s []byte) {
		if d, known := daemonOf(path.Base(string(s)), ""); known && d.kind != KindTelnet {
			others++
		}
	}
	before := bytes.TrimRight(content[max(0, from-maxCompiledText):from], "\x00")
	for range around {
		start := bytes.LastIndexByte(before, 0) + 1
		count(before[start:])
		before = bytes.TrimRight(before[:start], "\x00")
	}
	after := content[end:min(len(content), end+maxCompiledText)]
	for range around {
		name, rest, _ := bytes.Cut(bytes.TrimLeft(after, "\x00"), []byte{0})
		count(name)
		after = rest
	}
	return others >= needed
}
