package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Programs in Python, Lua, Perl, PHP, Ruby and JavaScript that the boot starts: their
// code is not followed, but the commands that they hand to a shell or start are, as
// what may run. Of a command that the code puts together only the running device
// knows the parts that are no literals.

// Limits of one program in another language.
const (
	maxCalledFiles = 32   // its own parts that it takes in
	maxCalls       = 256  // commands of one file
	maxCallText    = 2048 // bytes of one call that are read
)

// unknownPart stands for what a command takes in that is no literal.
const unknownPart = "${ARG}"

// callsByLanguage match what starts a command, up to its first argument. Where a
// method of the same name is usual (exec of a regular expression), it is left out.
var callsByLanguage = map[string]*pattern{
	"Python":     lazy(`\b(?:os\.(?:system|popen\d?|exec[lv]p?e?|spawn[lv]p?e?)|(?:subprocess|sp)\.(?:run|call|Popen|check_call|check_output|getoutput|getstatusoutput)|asyncio\.create_subprocess_(?:shell|exec)|pty\.spawn|pexpect\.spawnu?|Popen|check_output|check_call)\s*\(\s*`),
	"Lua":        lazy(`\b(?:os\.execute|io\.popen|sys\.(?:call|exec)|util\.exec)\s*\(?\s*`),
	"Perl":       lazy("(?:^|[^\\w$>:'\"{])(?:system|exec|qx)\\b\\s*[({]?\\s*|\\bopen\\s*\\(?[^,;\\n]+,\\s*[\"'](?:\\|-|-\\|)[\"']\\s*,\\s*|(?:(?m:^)|[=(,]|\\bprint)\\s*`"),
	"PHP":        lazy("(?:^|[^\\w$>:])(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\\s*\\(\\s*|(?:[=(,.]|\\b(?:echo|print|return))\\s*`"),
	"Ruby":       lazy("(?:^|[^\\w.$:'\"])(?:system|exec|spawn|IO\\.popen|Open3\\.\\w+|PTY\\.spawn|(?:Kernel|Process)\\.(?:system|exec|spawn))[ (]\\s*|(?:(?m:^)|[=(,]|\\bputs)\\s*`"),
	"JavaScript": lazy(`(?:(?:^|[^\w.])|\b(?:child_process|cp|childProcess)\.|\brequire\(['"](?:node:)?child_process['"]\)\.)(?:exec|execSync|execFile|execFileSync|spawn|spawnSync)\s*\(\s*`),
}

// takesIn match how a program names its own parts; those of Python are [boot.pythonParts].
var takesIn = map[string]*pattern{
	"Lua":        lazy(`\b(?:require|dofile|loadfile)\s*\(?\s*["']([\w./-]+)["']`),
	"Perl":       lazy(`\b(?:require|do)\s+["']([\w./-]+)["']`),
	"PHP":        lazy(`\b(?:require|include)(?:_once)?\s*\(?\s*(?:__DIR__\s*\.\s*)?["']([\w./-]+)["']`),
	"Ruby":       lazy(`\brequire_relative\s+["']([\w./-]+)["']`),
	"JavaScript": lazy(`(?:\brequire\(\s*|\bfrom\s+)["'](\.[\w./-]+)["']`),
}

// callsOut follows the commands that a program in another language starts; by is the
// interpreter that runs it, if it is named.
func (g *boot) callsOut(l *launch, t Text, by string) {
	language := programLanguage(t)
	for _, i := range interpreters {
		if language == "" && strings.HasPrefix(by, i.word) {
			language = i.language
		}
	}
	if callsByLanguage[language] == nil || g.followed(l, "calls", t.File.Name) {
		return
	}
	seen := map[*firmware.File]bool{t.File: true}
	for queue := []Text{t}; len(queue) > 0; queue = queue[1:] {
		g.through(queue[0].File.Name, func() {
			g.callsOf(l, queue[0], language)
			g.handlers(l, queue[0], language)
		})
		for _, part := range g.ownParts(queue[0], language) {
			if !seen[part.File] && len(seen) < maxCalledFiles {
				seen[part.File] = true
				queue = append(queue, part)
			}
		}
	}
}

// interpretedFile gives the program that an interpreter is told to run.
func (g *boot) interpretedFile(l *launch, f *firmware.File) (Text, bool) {
	if !interpreted(path.Base(l.words[0])) && !interpreted(path.Base(f.Name)) {
		return Text{}, false
	}
	for _, a := range l.words[1:] {
		if a == "-c" || a == "-e" || a == "-m" || a == "-S" {
			return Text{}, false
		}
		if strings.HasPrefix(a, "-") || a == "" {
			continue
		}
		t, ok := g.texts.Get(g.root, cleanName(l.abs(a)))
		if !ok {
			g.unjudgeFile(l.cmd.Location, l.abs(a))
		}
		return t, ok
	}
	return Text{}, false
}

// ownParts are the files that a program takes in from its own folder.
func (g *boot) ownParts(t Text, language string) (all []Text) {
	if language == "Python" {
		return g.pythonParts(t)
	}
	dir := path.Dir(t.File.Name)
	for _, m := range takesIn[language].Get().FindAllStringSubmatch(t.Content, maxCalls) {
		name := strings.Join(m[1:], "")
		names := []string{name}
		switch language {
		case "Lua":
			names = []string{name, strings.ReplaceAll(name, ".", "/") + ".lua"}
		case "JavaScript":
			names = []string{name, name + ".js", name + "/index.js"}
		case "Ruby":
			names = []string{name + ".rb"}
		}
		for _, n := range names {
			if part, ok := g.texts.Get(g.root, path.Join(dir, n)); ok {
				all = append(all, part)
				break
			}
		}
	}
	return all
}

func (g *boot) callsOf(l *launch, t Text, language string) {
	eachCall(language, t, func(at assay.Location, words []string) {
		from := *l
		from.run, from.tty, from.socket, from.daemon, from.killed = nil, "", nil, false, false
		from.depth++
		from.env = map[string]shellValue{"ARG": {text: unknownPart}}
		from.cmd = &Command{Conditional: true, Location: at}
		g.handsShell(&from, t, words)
		switch {
		case len(words) == 1:
			g.inline(&from, words[0])
		case len(words) > 1:
			from.cmd.Name, from.cmd.Args = words[0], words[1:]
			g.run(nil, from.cmd)
		}
	})
}
