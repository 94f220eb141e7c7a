package facts

import (
	"regexp"
	"slices"
	"strings"
)

// Programs in other languages may call what starts a command by a name of their own:
// "const {spawn: s} = require('child_process')", "from os import system as s",
// "local e = os.execute".

// maxOwnNames bounds the names of one program.
const maxOwnNames = 32

// ownNames match where a program gives names to functions of a module, or to the module:
// the module, if it is named, and the names.
var ownNames = map[string][]*pattern{
	"Python": {
		lazy(`(?m)^\s*from\s+(os|subprocess|pty|asyncio)\s+import\s+\(?([^\n)#]*)`),
		lazy(`(?m)^\s*import\s+(os|subprocess|pty|asyncio)\s+as\s+(\w+)`),
	},
	"JavaScript": {
		lazy(`\{([^{}]*)\}\s*=\s*(?:await\s+)?(?:require|import)\(\s*["'](?:node:)?child_process["']\s*\)`),
		lazy(`\bimport\s*\{([^{}]*)\}\s*from\s*["'](?:node:)?child_process["']`),
		lazy(`([\w$]+)\s*=\s*(?:await\s+)?(?:require|import)\(\s*["'](?:node:)?child_process["']\s*\)\s*(?:[;,\n]|$)`),
		lazy(`\bimport\s+(?:\*\s+as\s+)?([\w$]+)\s+from\s+["'](?:node:)?child_process["']`),
	},
}

// givenName matches a function that is given another name: "local e = os.execute".
var givenName = lazy(`(?m)([\w$]+)\s*=\s*(?:(?:[\w$]+\.)?promisify\(\s*)?((?:require\(\s*["'](?:node:)?child_process["']\s*\)\.)?[\w$.]+)\s*\)?\s*[;,]?\s*$`)

// starterWords are parts of the names of all functions that start commands.
var starterWords = newLiterals([]string{"exec", "open", "system", "spawn", "Open", "subprocess", "check_", "getoutput", "getstatusoutput", "passthru", ".call", ".run", "sp.", "qx"})

// givesName reports whether a program gives such a function another name: it is dear to
// look for that in all of the text.
func givesName(language, text string) (found bool) {
	past := 0
	starterWords.FindIn(text, func(_, at int) bool {
		if at < past {
			return true // on the line that was looked at
		}
		start := strings.LastIndexByte(text[:at], '\n') + 1
		past = len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			past = at + n
		}
		for start > 0 && strings.TrimSpace(text[start:at]) == "" { // it goes on from the line before
			start = strings.LastIndexByte(text[:start-1], '\n') + 1
		}
		for _, m := range givenName.Get().FindAllStringSubmatch(text[start:past], maxOwnNames) {
			found = found || callsByLanguage[language].Get().MatchString(" "+m[2]+"(")
		}
		return !found
	})
	return found
}

// childStarters are the functions of child_process that start a command.
var childStarters = []string{"exec", "execSync", "execFile", "execFileSync", "spawn", "spawnSync"}

// namesOf lists the names that a program gives to functions which start commands, with
// the usual ones.
func namesOf(language, text string) map[string]string {
	names := map[string]string{}
	add := func(name, function string) {
		if name != "" && len(names) < maxOwnNames && callsByLanguage[language].Get().MatchString(" "+function+"(") {
			names[name] = function
		}
	}
	for _, p := range ownNames[language] {
		for _, m := range p.Get().FindAllStringSubmatch(text, maxOwnNames) {
			list, module := m[len(m)-1], ""
			if language == "Python" {
				module = m[1] + "."
			}
			switch whole := !strings.ContainsAny(m[0], "{") && language == "JavaScript"; {
			case whole:
				for _, f := range childStarters {
					add(list+"."+f, f)
				}
			case strings.Contains(m[0], " as "+list) && !strings.HasPrefix(strings.TrimSpace(m[0]), "from"):
				for _, f := range []string{"system", "popen", "execv", "execl", "execvp", "execlp", "spawnv", "spawnl", "run", "call", "Popen", "check_call", "check_output", "getoutput", "spawn"} {
					add(list+"."+f, module+f)
				}
			default:
				for part := range strings.SplitSeq(list, ",") {
					part = strings.NewReplacer(" as ", ":", " ", "", "\n", "", "\t", "").Replace(strings.TrimSpace(part))
					function, name, renamed := strings.Cut(part, ":")
					if !renamed {
						name = function
					}
					add(name, module+function)
				}
			}
		}
	}
	if len(names) == 0 && !givesName(language, text) {
		return names
	}
	for _, m := range givenName.Get().FindAllStringSubmatch(text, maxCalls) {
		function := m[2]
		if known, ok := names[function]; ok {
			function = known
		}
		add(m[1], function)
	}
	return names
}

// call is a place where a program starts a command: from its name to its arguments.
type call struct {
	from, to int
	opening  string // with the usual name
}

// callsIn lists the places where a program starts commands, in order.
func callsIn(language, text string) []call {
	var all []call
	for _, m := range callsByLanguage[language].Get().FindAllStringIndex(text, maxCalls) {
		all = append(all, call{m[0], m[1], text[m[0]:m[1]]})
	}
	names := namesOf(language, text)
	if len(names) == 0 {
		return all
	}
	var quoted []string
	for _, n := range sortedKeys(names) {
		quoted = append(quoted, regexp.QuoteMeta(n))
	}
	own := regexp.MustCompile(`(?:^|[^\w.$>:])(` + strings.Join(quoted, "|") + `)\s*\(\s*`)
	for _, m := range own.FindAllStringSubmatchIndex(text, maxCalls) {
		all = append(all, call{m[0], m[1], names[text[m[2]:m[3]]] + "("})
	}
	slices.SortStableFunc(all, func(a, b call) int { return a.from - b.from })
	return all[:min(len(all), maxCalls)]
}
