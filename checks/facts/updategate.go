package facts

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay"
)

// Limits of following the ways through one script.
const (
	maxGateWays  = 400    // ways in all
	maxGateSteps = 40_000 // statements of all ways together
	maxGateForks = 64     // decisions on one way
)

// gateFinding is what the ways through a script say of its writes.
type gateFinding struct {
	installs []assay.Location // commands that install software
	holes    []opening        // those that no signature allowed
	checks   []assay.Location // that check a signature, or compare a sum
	sums     bool             // a checksum is compared
	verifies bool             // a signature is checked
	fetched  map[string]bool  // files that are fetched, on whatever way
	cut      bool             // not all ways were followed
	weak     []WeakHash       // over which a signature is checked
}

// gate follows the ways through one script as an attacker would: who serves the
// files chooses what they hold, so that a check of a signature has success only
// if its file is left alone. Each run of the script is one way: it takes up the
// decisions of the way before it but for the last, which goes the other way.
type gate struct {
	script *Script
	view   *updateView
	text   Text
	found  gateFinding
	left   int

	forks []fork // the decisions of the way that is followed
	next  int
	seen  map[string]bool // places and states that an earlier way came through

	mounts media // that the script and the table of mounts name

	gateWay
}

type fork struct{ taken, last int }

// gateWay is the state of one way through a script.
type gateWay struct {
	files    map[string]*gateFile
	cwd      string
	said     map[string]string   // what a file holds that a check wrote
	within   map[string][]string // files that the commands of a substitution name, by its text
	checker  map[string]string   // a substitution's program that is not known
	answers  map[string]int      // tests that were answered
	doubts   []doubt             // decisions that an attacker does not take
	oddities []string            // what the way hangs on and is not understood
	shifts   int                 // how often the arguments were shifted
	given    map[string]bool     // variables that the caller may set, with a value for when it does not
	flags    map[string][]doubt  // variables, and the decisions on the way to where they were set
	mounted  bool                // a medium that somebody plugs in
	media    media               // the disks that are mounted
	heard    *hearing            // of the substitution that runs
	failed   bool                // a check failed on this way
	sum      bool                // a checksum was compared on this way
	pipe     []Command           // of the pipeline that runs
	subject  Command             // the last command
	output   string              // what the last check printed
	printed  bool
	spoken   outcome // the last substitution's outcome
	cond     int     // statements around that ask for an outcome
	pipefail bool
	imported bool // keys were taken from what was fetched
	ended    bool // nothing more of this way is of interest
	joined   bool // branches have just met
}

// gateFile is a file that the script handles.
type gateFile struct {
	fetched bool     // somebody else chose what it holds
	plugged bool     // it lies on a medium
	good    bool     // a signature with a key of the device covers it
	of      []string // files that it was made from
	script  bool     // it was made executable
}

// judgeGate follows the ways through a script.
func judgeGate(v *updateView, s *Script, t Text) gateFinding {
	g := &gate{script: s, view: v, text: t, left: maxGateSteps, mounts: v.mountsOf(s), found: gateFinding{fetched: map[string]bool{}}}
	stmts, _ := v.texts.scripts.parse(t.File.Name, t.Content)
	called := map[string]bool{}
	g.ways(func(r *shellRun) {
		r.stmts(stmts)
		for name := range r.called {
			called[name] = true
		}
	})
	for _, name := range declaredFunctions(stmts) {
		if called[name] {
			continue
		}
		g.ways(func(r *shellRun) {
			walk := r.world.walk
			r.world.walk, r.silent = nil, true // its variables and functions
			r.stmts(stmts)
			r.world.walk, r.silent = walk, false
			if f, ok := r.funcs[name]; ok {
				r.argsKnown, r.args = false, nil
				r.call(name, f, nil, false)
			}
		})
	}
	return g.found
}

func declaredFunctions(stmts []*syntax.Stmt) []string {
	var names []string
	for _, s := range stmts {
		if f, ok := s.Cmd.(*syntax.FuncDecl); ok && f.Name != nil {
			names = append(names, f.Name.Value)
		}
	}
	return names
}

// ways runs each way through a script, or through one of its functions.
func (g *gate) ways(run func(r *shellRun)) {
	g.forks, g.seen = nil, map[string]bool{}
	for range maxGateWays {
		g.gateWay = gateWay{
			media: g.mounts, files: map[string]*gateFile{}, said: map[string]string{}, within: map[string][]string{}, checker: map[string]string{}, answers: map[string]int{}, given: map[string]bool{}, flags: map[string][]doubt{}, cwd: "/",
		}
		g.next = 0
		run(g.newShell())
		for len(g.forks) > 0 && g.forks[len(g.forks)-1].taken == g.forks[len(g.forks)-1].last {
			g.forks = g.forks[:len(g.forks)-1]
		}
		if len(g.forks) == 0 {
			return
		}
		if g.left <= 0 {
			break
		}
		g.forks[len(g.forks)-1].taken++
	}
	g.found.cut = true
}

func (g *gate) newShell() *shellRun {
	w := &shellWorld{texts: g.view.texts, left: g.left}
	w.run = func(_ *shellRun, c *Command) outcome {
		g.left = w.left
		return g.command(c)
	}
	w.lookup = func(name string, _ *shellRun) (Text, bool) { return w.texts.Get(g.text.File.Container, name) }
	w.exists = func(_, _ string) outcome { return unsure }
	w.read = func(name string) (string, bool) { s, ok := g.said[g.name(name)]; return s, ok }
	w.walk, w.capture = g.walk, g.capture
	r := newShellRun(w, g.text, nil, false)
	r.errexit, r.place = g.errexitLine(), g.text.place
	if g.script.Shell == haserl {
		r.leaveVisitorsOpen(g.text.Content)
	}
	r.builtin = map[string]func(*shellRun, []shellValue) (outcome, flow){
		"set": g.set, "exit": g.exit, "return": g.exit, "[": g.test, "test": g.test, "[[": g.test, "cd": g.cd,
		".": g.source, "source": g.source, "eval": g.eval, "shift": g.shift, "getopts": g.getopts,
	}
	return r
}

// errexitLine reports whether the script's first line switches set -e on.
func (g *gate) errexitLine() bool {
	line, _, _ := strings.Cut(g.text.Content, "\n")
	words := strings.Fields(line)
	return strings.HasPrefix(line, "#!") && slices.ContainsFunc(words[min(1, len(words)):], func(w string) bool {
		return len(w) > 1 && w[0] == '-' && w[1] != '-' && strings.Contains(w, "e")
	})
}

// choose takes one of n ways.
func (g *gate) choose(n int) int {
	if g.next == len(g.forks) {
		if len(g.forks) == maxGateForks {
			g.found.cut, g.ended = true, true
			return 0
		}
		g.forks = append(g.forks, fork{0, n - 1})
	}
	f := g.forks[g.next]
	g.next++
	return f.taken
}

// settle decides an outcome that the script asks for.
func (g *gate) settle(got outcome) outcome {
	if got != unsure {
		return got
	}
	taken := outcomeOf(g.choose(2) == 0)
	g.weigh(&g.subject, taken)
	return taken
}

// came reports whether an earlier way came through the same place in the same
// state: what follows was followed then.
func (g *gate) came(r *shellRun, s *syntax.Stmt) bool {
	if g.next < len(g.forks) {
		return false
	}
	var b strings.Builder
	fmt.Fprint(&b, r.src.File.Name, s.Pos().Offset(), r.function, r.depth, r.vars, r.args, r.errexit, g.cwd, g.said, g.within, g.checker, g.doubts, g.oddities, g.mounted, g.media, g.failed, g.sum, g.cond, g.imported, g.pipefail, g.flags)
	for _, name := range sortedKeys(g.files) {
		fmt.Fprint(&b, name, *g.files[name])
	}
	key := b.String()
	if g.seen[key] {
		return true
	}
	if len(g.seen) < 4096 {
		g.seen[key] = true
	}
	return false
}
