package facts

import (
	"path"
	"slices"
	"strings"
)

// Settings of a folder NAME-available are taken up by many at once too: settings include
// a pattern of them, a script links each of them in a loop, or has the tool of Debian's
// package do it by name.

const (
	maxTakenUp = 256 // patterns of one image, and of one text
	maxLoop    = 64  // words of one loop
)

var (
	// includesOffered is a setting that takes in a pattern or a whole folder: "include
	// sites-available/*;", "IncludeOptional conf-available".
	includesOffered = lazy(`(?i)(?:^|[\s{;$@!.])(?:include\w*|import)["']?[\s=:("']+(?:[^\s;"']*/)?([\w.+-]+-available)(/[^\s;"')}/]*)?(?:[\s;"')}]|$)`)
	// handsOffered is a command of a shell that links, copies or reads settings.
	handsOffered = lazy(`(?:^|[\s;&|({])(?:ln|cp|mv|cat|install|source|\.)\s[^;&|]*`)
	// offeredName is a setting in such a command.
	offeredName = lazy(`([\w.+-]+-available)/([^\s;&|()/]+)`)
	// loopOver is a loop of a shell: its variable, its words and its body.
	loopOver = lazy(`(?s)\bfor\s+(\w+)\s+in\s+([^;\n]*?)\s*[;\n]\s*do\b(.*?)\bdone\b`)
	// enablingTool is a command that links settings by their names; those of Apache's
	// modules and sites end in .conf or .load, those of lighttpd begin with a number.
	enablingTool = lazy(`(?:^|[;&|({=!]|\b(?:then|do|else|if|sudo|exec)\s)\s*-?(?:[\w./]*/)?(a2ensite|a2enmod|a2enconf|lighty-enable-mod|lighttpd-enable-mod)((?:\s+[^\s;&|<>)}]+)+)`)
)

// enabledBy are the patterns of the names that a tool takes up, NAME for its argument.
var enabledBy = map[string][]string{
	"a2ensite":            {"sites-available/NAME", "sites-available/NAME.conf"},
	"a2enmod":             {"mods-available/NAME.load", "mods-available/NAME.conf"},
	"a2enconf":            {"conf-available/NAME", "conf-available/NAME.conf"},
	"lighty-enable-mod":   {"conf-available/[0-9][0-9]-NAME.conf", "conf-available/NAME.conf"},
	"lighttpd-enable-mod": {"conf-available/[0-9][0-9]-NAME.conf", "conf-available/NAME.conf"},
}

// eachTakenUp calls found with the patterns ("sites-available/*.conf") by which a text
// takes settings up.
func eachTakenUp(t Text, found func(pattern string)) {
	offers := strings.Contains(t.Content, "-available")
	if !offers && !strings.Contains(t.Content, "a2en") && !strings.Contains(t.Content, "-enable-mod") {
		return
	}
	script, loops := isShellScript(t.File.Name, []byte(firstLine(t.Content))), map[string][]string{}
	if packaged := strings.Contains(t.File.Name, "lib/dpkg/info/"); packaged {
		return // it ran where the image was made
	}
	if script {
		for _, m := range loopOver.Get().FindAllStringSubmatch(t.Content, maxTakenUp) {
			words := loopWords(m[2])
			loops[m[1]] = append(loops[m[1]], words...)
			for _, w := range words {
				if n := offeredName.Get().FindStringSubmatch(w); n != nil && handsVariable(m[3], m[1]) {
					found(n[1] + "/" + n[2])
				}
			}
		}
	}
	for l := range t.Lines() {
		if isComment(l.Text) {
			continue
		}
		if m := includesOffered.Get().FindStringSubmatch(l.Text); m != nil && offers && !script {
			if m[2] == "" || m[2] == "/" {
				m[2] = "/*"
			}
			found(m[1] + m[2])
		}
		if script && offers {
			for _, command := range handsOffered.Get().FindAllString(unquoted(l.Text), maxTakenUp) {
				for _, m := range offeredName.Get().FindAllStringSubmatch(command, maxTakenUp) {
					eachWord(m[2], loops, func(name string) { found(m[1] + "/" + name) })
				}
			}
		}
		if !script && path.Ext(t.File.Name) != ".service" {
			continue
		}
		for _, m := range enablingTool.Get().FindAllStringSubmatch(l.Text, maxTakenUp) {
			for _, a := range strings.Fields(unquoted(m[2])) {
				eachWord(a, loops, func(name string) {
					for _, p := range enabledBy[m[1]] {
						found(strings.ReplaceAll(p, "NAME", name))
					}
				})
			}
		}
	}
}

// unquoted is a command without its quotes.
func unquoted(s string) string { return strings.NewReplacer(`"`, "", "'", "").Replace(s) }

// loopWords are the words that a loop goes over. Those that a command prints or a variable
// holds are "*", whatever they are; those that the script is called with are none.
func loopWords(list string) (words []string) {
	if strings.Contains(list, "$(") || strings.Contains(list, "`") {
		return []string{"*"}
	}
	for _, w := range strings.Fields(unquoted(list)) {
		switch {
		case len(words) == maxLoop || strings.HasPrefix(w, "$@") || strings.HasPrefix(w, "$*"):
			return words
		case strings.Contains(w, "$") && !strings.Contains(w, availableFolder):
			w = "*"
		}
		words = append(words, w)
	}
	return words
}

// handsVariable reports whether the body of a loop links, copies or reads its variable.
func handsVariable(body, variable string) bool {
	return slices.ContainsFunc(handsOffered.Get().FindAllString(unquoted(body), maxTakenUp), func(command string) bool {
		return strings.Contains(command, "$"+variable) || strings.Contains(command, "${"+variable)
	})
}

// eachWord calls found with a name for each word of the loop whose variable it has in it.
// A name with another variable is that of whoever calls the script.
func eachWord(name string, loops map[string][]string, found func(string)) {
	before, after, variable := strings.Cut(name, "$")
	if !variable {
		found(name)
		return
	}
	braced := strings.TrimPrefix(after, "{")
	n := strings.IndexFunc(braced, func(c rune) bool { return c != '_' && !isAlnum(c) })
	if n < 0 {
		n = len(braced)
	}
	rest := strings.TrimPrefix(braced[n:], "}")
	if strings.Contains(rest, "$") {
		return
	}
	for _, w := range loops[braced[:n]] {
		found(before + path.Base(w) + rest)
	}
}

func isAlnum(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
