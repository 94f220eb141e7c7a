package facts

import (
	"cmp"
	"fmt"
	"slices"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Limits of following a script.
const (
	maxShellDepth = 24  // calls inside one another
	maxShellLoop  = 256 // rounds of one for loop
)

// outcome says whether a command has success.
type outcome int8

const (
	fails  outcome = -1
	unsure outcome = 0
	works  outcome = 1
)

func (o outcome) not() outcome { return -o }

func outcomeOf(b bool) outcome {
	if b {
		return works
	}
	return fails
}

// flow says how a list of commands ends.
type flow uint8

const (
	goesOn flow = iota
	breaks
	continues
	returns
	exits
)

// shellWorld is what a script runs in: it decides conditions, finds files, and
// hears of each command.
type shellWorld struct {
	texts  *TextSet
	left   int                                         // statements that may still run
	takes  int                                         // statements that may still run of files that are read for their variables only; unset without such
	cut    func(r *shellRun)                           // hears where calls stand too deep in one another to be followed
	deep   int                                         // commands with several ways that are walked
	flat   bool                                        // each statement is run once, whatever comes of the one before
	run    func(r *shellRun, c *Command) outcome       // hears of a command
	lookup func(name string, r *shellRun) (Text, bool) // a script that is sourced
	glob   func(pattern string) []string               // files; nil leaves patterns as they are
	exists func(op, name string) outcome               // a file test; nil decides nothing
	config func(pkg string) (uciPackage, bool)         // OpenWrt settings; nil knows none
	procd  func(r *shellRun, c *Command, user string)
	find   func(name string) (string, bool) // where a program lies; nil knows none
	read   func(name string) (string, bool) // what a file holds; nil knows none

	walk    func(r *shellRun, s *syntax.Stmt) (outcome, flow) // runs a statement in place of stmt
	capture func(r *shellRun, c *syntax.CmdSubst) shellValue  // runs a substitution in place of substitute

	shellRoom
}

func (w *shellWorld) decides() bool { return w.exists != nil }

func (w *shellWorld) program(name string) (string, bool) {
	if w.find == nil {
		return "", false
	}
	return w.find(name)
}

type shellFunc struct {
	body *syntax.Stmt
	src  *Text
}

// shellRun is one run of a script.
type shellRun struct {
	world     *shellWorld
	src       *Text // whose syntax tree is walked; another one inside sourced functions
	arg0      shellValue
	args      []shellValue
	argsKnown bool
	opaque    bool            // it sources a file that is not in the image
	event     bool            // an event runs it, which sets variables
	given     map[string]bool // variables of an event that it asked for before it set them
	shellTables
	others    map[string][]shellValue // what variables may hold instead, by name
	branch    openBranch              // that is walked
	exported  map[string]bool         // variables that programs get too
	exportAll bool                    // set -a
	inside    []string                // functions that run now, the innermost last
	function  string
	builtin   map[string]func(*shellRun, []shellValue) (outcome, flow) // before functions; they do not keep the list of their words
	depth     int
	silent    bool             // variables and functions are wanted, commands are not
	taking    []*firmware.File // files that are read for those now, the innermost last

	ends  endings // the ways by which it may have ended before
	asks  bool    // the outcome of the last command answers a question
	asked bool    // what is walked depends on such an answer
	leans outcome // how the last command comes out as a rule, when the device starts

	unsure     bool
	background bool
	pipeline   int
	pipelines  int
	guards     []Guard
	errexit    bool
	last       int          // index of the last command that was emitted
	negated    bool         // its outcome counts turned round
	devicePipe int          // pipeline that takes in the device's identity
	derived    bool         // a command since the start of the substitution took in the device's identity
	status     int          // a test of $? asked for its success (1) or its failure (-1)
	count      int          // commands emitted
	terminal   string       // from which commands read that say nothing else
	lent       bool         // init gave it that terminal
	first      bool         // it runs in the place of init
	user       string       // as whom; empty is the superuser
	dir        string       // the folder that relative names start from; empty if not known
	stdout     *shellOutput // into which commands write that say nothing else
	traps      []shellTrap
	aliases    map[string]string

	place  *assay.Location // of all commands, if they stand in another file
	procd  *procdInstance
	callAt *syntax.CallExpr // the command that runs now
	uci    uciPackage       // of config_load

	inOptions bool         // a loop over the script's options is walked
	options   []shellValue // that are left, and what is left of one word
	letters   string
	feeds     string // the command whose output the right side of a pipe reads
}

func newShellRun(w *shellWorld, src Text, args []shellValue, argsKnown bool) *shellRun {
	return &shellRun{
		world: w, src: &src, arg0: knownValue("/" + src.File.Name), args: args, argsKnown: argsKnown,
		shellTables: w.emptyTables(), last: -1, dir: "/",
	}
}

// scriptReader reads one script after another.
type scriptReader struct {
	texts    *TextSet
	packer   commandPacker // of the commands of the script that is read
	room     shellRoom
	visitors bool // what haserl takes from the visitor is left open
	takes    int  // statements of files that one script takes in; 0 is maxTakenSteps
	left     *int // statements that all may run together, of commands that stand in no script; nil for scripts
}

// read lists the commands of a script without deciding its conditions.
func (sr *scriptReader) read(t Text) (s Script) {
	s = Script{Path: t.File.Path, Name: t.File.Name, Shell: shellOf(t.Content)}
	w := &shellWorld{texts: sr.texts, left: maxScriptSteps, takes: cmp.Or(sr.takes, maxTakenSteps), shellRoom: sr.room}
	if sr.left != nil {
		w.left = min(w.left, *sr.left)
		*sr.left -= w.left
	}
	r := newShellRun(w, t, nil, false)
	defer func() {
		if sr.left != nil {
			*sr.left += w.left
		}
		s.Commands = sr.packer.packed()
		w.spareTables(r.shellTables)
		sr.room = w.shellRoom.emptied()
	}()
	defer func() {
		if v := recover(); v != nil { // one bad script must not hide the others
			s.Cut, s.Problem = true, fmt.Sprintf("the script could not be followed: %v", v)
		}
	}()
	stmts, problem := sr.texts.scripts.parse(t.File.Name, t.Content)
	s.Problem = problem
	w.run = func(_ *shellRun, c *Command) outcome {
		w.spareCommand(c, sr.packer.add(c))
		return unsure
	}
	w.lookup = func(name string, _ *shellRun) (Text, bool) { return sr.texts.Get(t.File.Container, name) }
	r.place = t.place
	if sr.left != nil {
		r.vars["ARG"] = shellValue{text: unknownPart} // what a program fills in
	}
	if sr.visitors {
		r.leaveVisitorsOpen(t.Content)
	}
	r.stmts(stmts)
	r.runTraps()
	for _, name := range sortedKeys(r.funcs) {
		if f := r.funcs[name]; !r.called[name] && f.src.File == t.File {
			r.guards, r.unsure = nil, true
			r.call(name, f, nil, false)
		}
	}
	s.ErrExit = r.errexit
	switch {
	case w.takes <= 0: // what it would know from them, it does not
		s.Cut, s.Problem = true, cmp.Or(s.Problem, "the files that it takes in run too many statements to follow")
	case w.left <= 0:
		s.Problem = cmp.Or(s.Problem, "the script runs too many statements to follow")
		s.Cut = sr.left != nil || !w.sweep(t, r.place, stmts)
	}
	return s
}

// sweep runs each statement of a script once, as one that may run: calls are not followed,
// loops not repeated, and branches are all taken. It is for a script that could not be
// followed to its end, and reports whether now all of it was seen.
func (w *shellWorld) sweep(t Text, place *assay.Location, stmts []*syntax.Stmt) bool {
	w.left, w.takes, w.flat = maxScriptSteps, 0, true
	r := newShellRun(w, t, nil, false)
	r.place, r.unsure = place, true
	r.stmts(stmts)
	r.runTraps()
	w.spareTables(r.shellTables)
	return w.left > 0
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (r *shellRun) stmts(list []*syntax.Stmt) (outcome, flow) {
	got := works
	for _, s := range list {
		var f flow
		if got, f = r.stmt(s); f != goesOn {
			return got, f
		}
	}
	return got, goesOn
}

// tooDeep tells that calls stand too deep in one another. A function that calls itself
// for ever starts nothing that it did not start before.
func (r *shellRun) tooDeep() {
	for i, name := range r.inside {
		if slices.Contains(r.inside[:i], name) {
			return
		}
	}
	if r.world.cut != nil {
		r.world.cut(r)
	}
}

func (r *shellRun) stmt(s *syntax.Stmt) (got outcome, f flow) {
	if r.world.walk != nil {
		return r.world.walk(r, s)
	}
	if r.depth > maxShellDepth {
		r.tooDeep()
	}
	if r.world.left <= 0 || r.depth > maxShellDepth {
		return unsure, exits
	}
	if r.silent && !r.world.decides() {
		if r.world.takes <= 0 {
			return unsure, exits
		}
		r.world.takes--
	}
	r.world.left--
	if s.Background && !r.background {
		was := r.terminal
		r.background, r.terminal = true, "" // it reads from /dev/null, if it says nothing else
		ends := r.ends
		defer func() { r.background, r.terminal, r.ends = false, was, ends; got, f = works, goesOn }()
	}
	if tty, ok := r.terminalAround(s); ok {
		was, lent := r.terminal, r.lent
		r.terminal, r.lent = tty, false
		if _, exec := s.Cmd.(*syntax.CallExpr); !exec {
			defer func() { r.terminal, r.lent = was, lent }()
		}
	}
	if to := r.outputAround(s); to != nil {
		was := r.stdout
		r.stdout = to
		if _, exec := s.Cmd.(*syntax.CallExpr); !exec {
			defer func() { r.stdout = was }()
		}
	}
	got, f = r.command(s)
	if r.world.flat {
		return unsure, goesOn
	}
	if s.Negated {
		got, r.negated, r.leans = got.not(), !r.negated, r.leans.not()
	}
	return got, f
}

func (r *shellRun) command(s *syntax.Stmt) (outcome, flow) {
	switch c := s.Cmd.(type) {
	case nil:
		r.emit(r.world.command(), s.Pos(), s.End(), s.Redirs)
		return unsure, goesOn
	case *syntax.CallExpr:
		if names, fixed := r.ways(c); len(names) > 0 && !r.world.flat {
			return r.eachWay(names, fixed, func() (outcome, flow) { return r.callExpr(c, s.Redirs) })
		}
		return r.callExpr(c, s.Redirs)
	case *syntax.BinaryCmd:
		return r.binary(c)
	case *syntax.IfClause:
		return r.ifClause(c)
	case *syntax.WhileClause:
		return r.while(c)
	case *syntax.ForClause:
		return r.forClause(c)
	case *syntax.CaseClause:
		return r.caseClause(c)
	case *syntax.Block:
		return r.stmts(c.Stmts)
	case *syntax.Subshell:
		dir := r.dir
		var got outcome
		var f flow
		r.apart(func() { got, f = r.stmts(c.Stmts) })
		r.dir = dir
		if f == exits {
			f = goesOn
		}
		return got, f
	case *syntax.FuncDecl:
		if r.world.flat {
			return r.stmt(c.Body)
		}
		if c.Name != nil {
			r.funcs[c.Name.Value] = shellFunc{c.Body, r.src}
		}
		return works, goesOn
	case *syntax.DeclClause:
		return r.declare(c)
	case *syntax.TestClause:
		return r.testClause(c), goesOn
	case *syntax.ArithmCmd:
		r.asks = true
	case *syntax.TimeClause:
		if c.Stmt != nil {
			return r.stmt(c.Stmt)
		}
	case *syntax.CoprocClause:
		if c.Stmt != nil {
			return r.stmt(c.Stmt)
		}
	}
	return unsure, goesOn
}
