package facts

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"mvdan.cc/sh/v3/syntax"
)

// Behind "[ -x X ] || exit", of which only the running device knows how it comes out,
// commands run only if the script did not end there. A command that does something
// ("mkdir /x || exit") is taken to succeed, as otherwise no device would start; one that
// asks may come out either way.

// endings are the ways by which what is walked may have ended before.
type endings struct {
	outer       bool // around the scope that is walked
	may         [exits + 1]bool
	least, most [exits + 1]outcome // of those ways
}

func (e endings) any() bool { return e.outer || slices.Contains(e.may[:], true) }

// note adds a way.
func (e *endings) note(f flow, got outcome) { e.include(f, got, got) }

func (e *endings) include(f flow, least, most outcome) {
	if e.may[f] {
		least, most = min(least, e.least[f]), max(most, e.most[f])
	}
	e.may[f], e.least[f], e.most[f] = true, least, most
}

// with gives the outcome of what ended in got, or before by one of the ways.
func (e endings) with(f flow, got outcome) outcome {
	if e.may[f] && (e.least[f] != got || e.most[f] != got) {
		return unsure
	}
	return got
}

// scope walks what the given ends do not lead out of; it returns how it may have ended.
func (r *shellRun) scope(f func(), ends ...flow) (inner endings) {
	was := r.ends
	r.ends = endings{outer: was.any()}
	f()
	inner, r.ends = r.ends, was
	for way := breaks; way <= exits; way++ {
		if inner.may[way] && !slices.Contains(ends, way) {
			r.ends.include(way, inner.least[way], inner.most[way])
		}
	}
	return inner
}

// apart walks what runs in a shell of its own.
func (r *shellRun) apart(f func()) { r.scope(f, breaks, continues, returns, exits) }

// toItsEnd walks a script to its end, with what it set up for that.
func (r *shellRun) toItsEnd(stmts []*syntax.Stmt) outcome {
	got, f := r.stmts(stmts)
	asks := r.asks
	if f == goesOn {
		f = exits
	}
	was := got
	got = r.ends.with(f, got)
	r.runTraps()
	r.asks = asks || got != was
	return got
}

// doubtful reports whether what runs now may not run at all.
func (r *shellRun) doubtful() bool {
	return r.unsure || r.world.decides() && r.ends.any()
}

// questions are programs that do nothing but answer.
var questions = []string{
	"grep", "egrep", "fgrep", "zgrep", "cmp", "diff", "expr", "ls", "stat", "mountpoint", "ping", "which", "type", "hash", "blkid", "lsmod", "lsusb", "lspci",
	"uci", "uci_get", "nvram", "nvram_get", "nvram-get", "nvram_match", "nvram_bool", "fw_printenv", "getprop", "getcfg", "cfg", "flash", "tcapi", "mib", "xmldbc", "awk", "jq", "jsonfilter",
}

// lookers are programs that say whether another one runs. When the device starts, none does.
var lookers = []string{"pidof", "pgrep", "ps", "fuser"}

// isQuestion reports whether a command asks for what only the running device knows.
func (r *shellRun) isQuestion(name string, args []string) bool {
	switch {
	case name == "." || slices.Contains(lookers, path.Base(r.feeds)): // none
		return false
	case name == "systemctl":
		return slices.ContainsFunc(args, func(w string) bool { return strings.HasPrefix(w, "is-") })
	case name == "uci" || name == "nvram" || name == "flash":
		return !slices.ContainsFunc(args, func(w string) bool { return w == "set" || w == "commit" || w == "delete" || w == "import" })
	default:
		return slices.Contains(questions, name)
	}
}

// harmless are programs that have success whatever the device is like.
var harmless = []string{"echo", "printf", "sleep", "usleep", "mkdir", "touch", "chmod", "chown", "ln", "sync", "umask", "ulimit", "logger", "date"}

// asARule says how a command comes out when the device starts: one that looks whether
// another program runs finds none, and one that can hardly fail has success.
func (r *shellRun) asARule(name string, args []string) outcome {
	switch {
	case name == "pidof", name == "pgrep", path.Base(r.feeds) == "ps" && strings.HasSuffix(name, "grep") && !slices.Contains(args, "-v"):
		return fails
	case slices.Contains(harmless, name):
		return works
	}
	return unsure
}

// asksIfRuns reports whether a test asks whether a program runs.
func asksIfRuns(text string) bool {
	if !slices.ContainsFunc(lookers, func(name string) bool { return strings.Contains(text, name) }) {
		return false
	}
	words := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' && c != '_' })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(lookers, w) })
}

// testClause judges "[[ … ]]".
func (r *shellRun) testClause(c *syntax.TestClause) outcome {
	got := r.testExpr(c.X, 0)
	r.asks, r.leans = got == unsure && !asksIfRuns(r.unknown(c).text), unsure
	return got
}

// asksForProgram judges "command -v NAME" and "which NAME". What is not there may be
// brought.
func (r *shellRun) asksForProgram(words []shellValue) (outcome, bool) {
	name := path.Base(words[0].text)
	if rest := words[1:]; name == "command" && len(rest) == 2 && strings.EqualFold(rest[0].text, "-v") {
		words = rest
	} else if name != "which" && name != "type" || len(rest) != 1 {
		return unsure, false
	}
	r.asks = true
	if _, function := r.funcs[words[1].text]; function {
		return works, true
	}
	if _, ok := r.world.program(words[1].text); ok && words[1].decided() {
		return works, true
	}
	return unsure, true
}
