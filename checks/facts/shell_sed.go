package facts

import (
	"regexp"
	"strings"
)

// maxSedScript bounds the script of a sed that is run here, and maxSedText the
// text that it reads.
const (
	maxSedScript = 512
	maxSedText   = 64 << 10
)

// sedCommand is "/ADDRESS/s/PATTERN/REPLACEMENT/FLAGS" or a part of it.
type sedCommand struct {
	address, pattern *regexp.Regexp
	replacement      string
	global, print    bool
	remove           bool
}

// sedPrints gives what "sed -n SCRIPT FILE" prints of a file, for scripts of one
// command that prints.
func (r *shellRun) sedPrints(args []string) (string, bool) {
	if r.world.read == nil || len(args) < 2 {
		return "", false
	}
	text, ok := r.world.read(r.abs(lastOf(args)))
	if !ok {
		return "", false
	}
	text, ok = sedText(args, text)
	return strings.TrimRight(text, "\n"), ok
}

// sedText gives what sed prints of a text. The last argument is the one file.
func sedText(args []string, text string) (string, bool) {
	quiet, script, files := false, "", 0
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-n":
			quiet = true
		case (a == "-e" || a == "-ne") && i+1 < len(args) && script == "":
			quiet = quiet || a == "-ne"
			i++
			script = args[i]
		case strings.HasPrefix(a, "-"):
			return "", false
		case script == "":
			script = a
		default:
			files++
		}
	}
	c, ok := parseSed(script)
	if !ok || expands(script) || files != 1 || quiet != c.print || len(text) > maxSedText {
		return "", false
	}
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		changed, hit := c.apply(line)
		if !(hit && c.remove) && (hit || !quiet) {
			out = append(out, changed)
		}
	}
	return strings.Join(out, "\n"), true
}

// expands reports whether a script holds what only the running device knows; a $
// alone is the end of a line.
func expands(script string) bool {
	for i := range len(script) {
		if script[i] == '`' || script[i] == '$' && i+1 < len(script) && (strings.IndexByte("({_", script[i+1]) >= 0 || script[i+1]|0x20 >= 'a' && script[i+1]|0x20 <= 'z') {
			return true
		}
	}
	return false
}

// apply gives the line after the command, and whether the command printed it.
func (c sedCommand) apply(line string) (string, bool) {
	if c.address != nil && !c.address.MatchString(line) {
		return line, false
	}
	if c.pattern == nil {
		return line, true
	}
	if !c.pattern.MatchString(line) {
		return line, false
	}
	if c.global {
		return c.pattern.ReplaceAllString(line, c.replacement), true
	}
	at := c.pattern.FindStringSubmatchIndex(line)
	return line[:at[0]] + string(c.pattern.ExpandString(nil, c.replacement, line, at)) + line[at[1]:], true
}

func parseSed(script string) (c sedCommand, ok bool) {
	if len(script) > maxSedScript || strings.ContainsAny(script, "\n;{}") {
		return c, false
	}
	if strings.HasPrefix(script, "/") {
		address, rest, found := sedField(script[1:], '/')
		if c.address, ok = basicPattern(address); !ok || !found {
			return c, false
		}
		script = rest
	}
	if script == "p" && c.address != nil {
		c.print = true
		return c, true
	}
	if script == "d" && c.address != nil {
		c.remove = true
		return c, true
	}
	if len(script) < 4 || script[0] != 's' {
		return c, false
	}
	pattern, rest, ok1 := sedField(script[2:], script[1])
	replacement, flags, ok2 := sedField(rest, script[1])
	c.pattern, ok = basicPattern(pattern)
	c.print, c.global = strings.Contains(flags, "p"), strings.Contains(flags, "g")
	c.replacement = sedReplacement(replacement)
	return c, ok && ok1 && ok2 && strings.Trim(flags, "pg") == ""
}

// sedField reads up to a delimiter that no backslash and no bracket keeps.
func sedField(s string, delimiter byte) (field, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case delimiter:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// basicPattern turns a basic regular expression (POSIX.1, XBD 9.3) into Go's: there
// ( ) { } + ? | are plain, and special after a backslash.
func basicPattern(s string) (*regexp.Regexp, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			if !strings.ContainsRune("(){}+?|", rune(s[i])) {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		case strings.ContainsRune("(){}+?|", rune(c)):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '[':
			end := strings.IndexByte(s[min(i+2, len(s)):], ']')
			if end < 0 {
				return nil, false
			}
			set := s[i : i+3+end]
			b.WriteString(strings.ReplaceAll(set, `\`, `\\`))
			i += len(set) - 1
		default:
			b.WriteByte(c)
		}
	}
	re, err := regexp.Compile(b.String())
	return re, err == nil
}

// sedReplacement turns \1 and & into Go's ${1} and ${0}.
func sedReplacement(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			if i++; s[i] >= '0' && s[i] <= '9' {
				b.WriteString("${" + s[i:i+1] + "}")
			} else {
				b.WriteByte(s[i])
			}
		case s[i] == '&':
			b.WriteString("${0}")
		case s[i] == '$':
			b.WriteString("$$")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
