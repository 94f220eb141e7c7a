package facts

import (
	"cmp"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Limits of reading one script. What goes beyond stands in Script.Problem.
const (
	MaxScript        = 128 << 10 // bytes
	maxScriptNesting = 400       // brackets that stand open at once
	maxScriptDoubles = 4096      // "((" in all: each is dear to parse
	maxScriptSteps   = 50000     // statements that a script may run
	maxTakenSteps    = 5000      // statements of files that a script takes in
	maxTakenInAll    = 2 << 20   // … that all scripts of an image take in,
	minTakenSteps    = 256       // but for each so many
)

// Command is a simple command of a shell script with its words resolved as far
// as the script itself says what they are. A part of a word that only the
// running device would know keeps its source text, as "$1" or "$(cat /etc/x)".
type Command struct {
	Name        string         `json:"name"` // as written, resolved: "/usr/sbin/dropbear"; empty for a bare assignment
	Args        []string       `json:"args,omitempty"`
	Redirects   []Redirect     `json:"redirects,omitempty"`
	Assigns     []Assign       `json:"assigns,omitempty"` // NAME=value before the command, or alone
	Function    string         `json:"function,omitempty"`
	Pipeline    int            `json:"pipeline,omitempty"` // commands of one pipeline share a number from 1; 0 is alone
	Background  bool           `json:"background,omitempty"`
	Conditional bool           `json:"conditional,omitempty"`  // runs under a condition that the script alone does not decide
	Device      bool           `json:"device,omitempty"`       // a word is made from the device's MAC address or serial number
	DeviceWords []string       `json:"device_words,omitempty"` // those words, and lines of here-documents
	Guards      []Guard        `json:"guards,omitempty"`       // earlier commands whose outcome lets this one run
	Location    assay.Location `json:"location"`

	direct bool // Name does not wrap another program; unset where nobody looked
}

// Guard says that a command runs only if an earlier one of the same script
// (by index) had success, or, where Success is false, had none.
type Guard struct {
	Command int  `json:"command"`
	Success bool `json:"success"`
}

// Redirect is a redirection of a command. Text is the here-document, if it is one.
type Redirect struct {
	Op   string `json:"op"` // ">", ">>", "<", "<<", "2>", …
	Word string `json:"word"`
	Text string `json:"text,omitempty"`
}

// Assign is an assignment.
type Assign struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Script is a shell script of the image and the commands that it can run, in
// the order of their running; those of functions that are called stand at each
// call, the others at the end.
type Script struct {
	Path     string   `json:"path"` // container path, "!", name
	Name     string   `json:"name"` // inside the container
	Shell    string   `json:"shell,omitempty"`
	ErrExit  bool     `json:"err_exit,omitempty"` // set -e: any failing command ends it
	Commands Commands `json:"commands"`
	Problem  string   `json:"problem,omitempty"` // what of it could not be read, and why
	Cut      bool     `json:"cut,omitempty"`     // a limit ended the reading, and parts of it were not seen
}

// Program is the base name of the program that a command runs, looking through
// exec, nohup, env, sudo, busybox and the like.
func (c *Command) Program() string {
	name, _ := c.Effective()
	return path.Base(name)
}

// Effective gives the program that a command runs and its arguments, looking
// through exec, nohup, env, sudo, busybox and the like.
func (c *Command) Effective() (name string, args []string) {
	if c.direct || !wraps(c.Name) {
		return c.Name, c.Args
	}
	words := unwrapCommand(append([]string{c.Name}, c.Args...))
	if len(words) == 0 {
		return "", nil
	}
	return words[0], words[1:]
}

// Has reports whether one of the flags is given: "-k" also as a part of
// "-sSkL", "--insecure" also as "--insecure=yes".
func (c *Command) Has(flags ...string) bool {
	_, args := c.Effective()
	return hasFlag(args, flags...)
}

// Unresolved reports whether a word holds a part that only the running device
// would know.
func Unresolved(word string) bool { return strings.ContainsAny(word, "$`") }

func hasFlag(args []string, flags ...string) bool {
	return slices.ContainsFunc(args, func(arg string) bool {
		return slices.ContainsFunc(flags, func(flag string) bool {
			switch {
			case arg == flag:
				return true
			case strings.HasPrefix(flag, "--"):
				return strings.HasPrefix(arg, flag+"=")
			case len(flag) == 2 && len(arg) > 2 && arg[0] == '-' && arg[1] != '-':
				return strings.Contains(arg[1:], flag[1:])
			}
			return false
		})
	})
}

// wraps reports whether a program only says how another is run.
func wraps(name string) bool {
	if name == "" { // nothing but assignments
		return false
	}
	base := path.Base(name)
	switch base {
	case "exec", "nohup", "setsid", "busybox", "command", "builtin", "time", "stdbuf", "softlimit", "env",
		"nice", "ionice", "chrt", "taskset", "sudo", "timeout", "chroot", "chpst", "ip", "gdb", "watch", "tmux", "runuser":
		return true
	}
	_, other := commandWrappers[base]
	return other || isMultiCallName(name) || isLoader(base)
}

// unwrapCommand takes away the words that only say how the rest is run.
func unwrapCommand(words []string) []string {
	for range 8 {
		rest, ok := unwrapOnce(words)
		if !ok {
			break
		}
		words = rest
	}
	return words
}

// unwrapOnce takes away the words of one program that only says how the rest is run.
func unwrapOnce(words []string) ([]string, bool) {
	if len(words) < 2 {
		return words, false
	}
	switch path.Base(words[0]) {
	case "exec", "nohup", "setsid", "busybox", "command", "builtin", "time", "stdbuf", "softlimit":
		words = skipFlags(words[1:])
	case "env":
		words = skipFlags(words[1:])
		for len(words) > 1 && strings.Contains(words[0], "=") {
			words = words[1:]
		}
	case "nice", "ionice", "chrt", "taskset":
		words = skipFlags(words[1:], "-n", "-c", "-p")
		for len(words) > 1 && isNumber(words[0]) {
			words = words[1:]
		}
	case "sudo":
		words = skipFlags(words[1:], "-u", "-g")
	case "timeout":
		words = skipFlags(words[1:], "-s", "-k", "-t")
		if len(words) > 1 && words[0] != "" && words[0][0] >= '0' && words[0][0] <= '9' {
			words = words[1:]
		}
	case "chroot":
		if words = skipFlags(words[1:]); len(words) > 1 {
			words = words[1:]
		}
	case "chpst":
		words = skipFlags(words[1:], "-u", "-U", "-b", "-e", "-/", "-n", "-l", "-L", "-m", "-d", "-o", "-p", "-f", "-c", "-t")
	default:
		return unwrapOther(words)
	}
	return words, true
}

// skipFlags drops leading flags; those named take a value.
func skipFlags(words []string, valued ...string) []string {
	for len(words) > 1 && len(words[0]) > 1 && words[0][0] == '-' {
		if words[0] == "--" {
			return words[1:]
		}
		n := 1
		if slices.Contains(valued, words[0]) && len(words) > 2 {
			n = 2
		}
		words = words[n:]
	}
	return words
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Scripts are the shell scripts of the image: those with a #! line of a shell,
// those named *.sh, and those in the folders of the boot.
var Scripts = &Fact[[]Script]{
	Name:    "scripts",
	Version: 7,
	Doc:     "Shell scripts and the commands that they can run, in order, with resolved variables.",
	Needs:   []Node{Texts},
	Observe: func(o *Observer) ([]Script, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		var found []Text
		for _, t := range texts.All() {
			if isScript(t) {
				found = append(found, t)
			}
		}
		return readScripts(texts, found), nil
	},
}

// CutScript is a script of which a limit left parts unseen.
type CutScript struct {
	Path    string `json:"path"`
	Problem string `json:"problem"`
}

// CutScripts are the scripts of which a limit left parts unseen.
var CutScripts = &Fact[[]CutScript]{
	Name:    "cut-scripts",
	Version: 1,
	Doc:     "Shell scripts that hold, or take in, more statements than are read.",
	Needs:   []Node{Scripts},
	Observe: func(o *Observer) ([]CutScript, error) {
		scripts, err := Scripts.Of(o)
		cut := []CutScript{}
		for i := range scripts {
			if s := &scripts[i]; s.Cut {
				cut = append(cut, CutScript{s.Path, s.Problem})
			}
		}
		return cut, err
	},
}

// readScripts reads scripts side by side; none knows of another. The longest come
// first, so that none is left for one worker alone.
func readScripts(set *TextSet, texts []Text) []Script {
	scripts := make([]Script, len(texts))
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(texts[b].Content), len(texts[a].Content)) })
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			r := scriptReader{texts: set, takes: takenSteps(len(texts))}
			for n := next.Add(1) - 1; n < int64(len(order)); n = next.Add(1) - 1 {
				i := order[n]
				scripts[i] = r.read(texts[i])
			}
		})
	}
	workers.Wait()
	return scripts
}

// takenSteps is how many statements of other files one of so many scripts may take in:
// scripts that take in one another would all read all of them again.
func takenSteps(scripts int) int {
	return max(min(maxTakenSteps, maxTakenInAll/max(scripts, 1)), minTakenSteps)
}

// isScript asks for a #! line of a shell, or a name that is run by one.
func isScript(t Text) bool {
	if t.File.Kind != firmware.Regular {
		return false
	}
	if strings.HasPrefix(t.Content, "#!") {
		return shellOf(t.Content) != ""
	}
	dir, base := path.Split(t.File.Name)
	return strings.HasSuffix(base, ".sh") || base == "rc.local" || base == "rcS" || strings.HasSuffix(dir, "etc/init.d/") || isSourced(t.File.Name)
}

// isSourced reports whether a file is read by a shell because of where it stands and
// so needs no #! line: first-boot scripts, login profiles, hooks of OpenWrt.
func isSourced(name string) bool {
	dir, base := path.Split("/" + name)
	for _, folder := range sourcedFolders {
		if strings.HasSuffix(dir, folder) {
			return true
		}
	}
	return strings.HasSuffix(dir, "/etc/") && base == "profile" || strings.Contains(dir, "/etc/hotplug.d/")
}

var sourcedFolders = []string{"/etc/uci-defaults/", "/etc/board.d/", "/lib/preinit/", "/etc/rc.button/"}

// shellOf gives the shell of a #! line; empty if there is none.
func shellOf(content string) string {
	line, _, _ := strings.Cut(content, "\n")
	words := strings.Fields(strings.TrimPrefix(line, "#!"))
	if !strings.HasPrefix(line, "#!") || len(words) == 0 {
		return ""
	}
	if b := path.Base(words[0]); b == "env" || b == "with-contenv" {
		words = skipFlags(words[1:])
	}
	if len(words) == 0 {
		return ""
	}
	if path.Base(words[0]) == "busybox" && len(words) > 1 {
		words = words[1:]
	}
	switch b := path.Base(words[0]); b {
	case "sh", "ash", "dash", "bash", "ksh", "mksh", "hush", "msh", "openrc-run", "runscript":
		return b
	}
	return ""
}

// tooMuchToParse guards the parser, which is recursive: a fatal stack overflow
// could not be recovered from. Measured on mvdan.cc/sh v3.14.1, the dearest
// nesting takes 8 KiB of stack for each "((".
func tooMuchToParse(content string) string {
	if len(content) > MaxScript {
		return fmt.Sprintf("the script is larger than %d bytes", MaxScript)
	}
	if strings.Count(content, "(")+strings.Count(content, "[")+strings.Count(content, "{") <= maxScriptNesting {
		return "" // as in most scripts: too few for either limit
	}
	if strings.Count(content, "((") > maxScriptDoubles {
		return fmt.Sprintf("the script has more than %d double brackets", maxScriptDoubles)
	}
	depth := 0
	for i := range len(content) {
		switch content[i] {
		case '(', '[', '{':
			if depth++; depth > maxScriptNesting {
				return fmt.Sprintf("brackets are nested deeper than %d at offset %d", maxScriptNesting, i)
			}
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return ""
}
