package facts

import (
	"fmt"
	"slices"
	"strings"

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
	src  Text
}

// shellRun is one run of a script.
type shellRun struct {
	world     *shellWorld
	src       Text // whose syntax tree is walked; another one inside sourced functions
	arg0      shellValue
	args      []shellValue
	argsKnown bool
	opaque    bool // it sources a file that is not in the image
	vars      map[string]shellValue
	exported  map[string]bool // variables that programs get too
	exportAll bool            // set -a
	funcs     map[string]shellFunc
	called    map[string]bool
	function  string
	builtin   map[string]func(*shellRun, []shellValue) (outcome, flow) // before functions
	depth     int
	silent    bool // variables and functions are wanted, commands are not

	unsure     bool
	background bool
	pipeline   int
	pipelines  int
	guards     []Guard
	errexit    bool
	last       int             // index of the last command that was emitted
	negated    bool            // its outcome counts turned round
	devicePipe int             // pipeline that takes in the device's identity
	derived    bool            // a command since the start of the substitution took in the device's identity
	marked     map[string]bool // files that hold what is made from it
	status     int             // a test of $? asked for its success (1) or its failure (-1)
	count      int             // commands emitted
	terminal   string          // from which commands read that say nothing else
	lent       bool            // init gave it that terminal
	first      bool            // it runs in the place of init
	user       string          // as whom; empty is the superuser
	dir        string          // the folder that relative names start from; empty if not known
	stdout     *shellOutput    // into which commands write that say nothing else
	traps      []shellTrap
	aliases    map[string]string

	place  *assay.Location // of all commands, if they stand in another file
	file   *firmware.File  // whose place is whole: its digest is written out once
	whole  assay.Location
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
		world: w, src: src, arg0: knownValue("/" + src.File.Name), args: args, argsKnown: argsKnown,
		vars: map[string]shellValue{}, funcs: map[string]shellFunc{}, marked: map[string]bool{}, called: map[string]bool{}, last: -1, dir: "/",
	}
}

// scriptReader reads one script after another.
type scriptReader struct {
	texts    *TextSet
	commands []*Command // of the script that is read: the room is used again
}

// read lists the commands of a script without deciding its conditions.
func (sr *scriptReader) read(t Text) (s Script) {
	s = Script{Path: t.File.Path, Name: t.File.Name, Shell: shellOf(t.Content)}
	sr.commands = sr.commands[:0]
	defer func() {
		s.Commands = make([]Command, len(sr.commands))
		for i, c := range sr.commands {
			s.Commands[i] = *c
			s.Commands[i].direct = !wraps(c.Name) // many facts ask
		}
	}()
	defer func() {
		if v := recover(); v != nil { // one bad script must not hide the others
			s.Problem = fmt.Sprintf("the script could not be followed: %v", v)
		}
	}()
	stmts, problem := sr.texts.scripts.parse(t.File.Name, t.Content)
	s.Problem = problem
	w := &shellWorld{texts: sr.texts, left: maxScriptSteps}
	w.run = func(_ *shellRun, c *Command) outcome {
		sr.commands = append(sr.commands, c)
		return unsure
	}
	w.lookup = func(name string, _ *shellRun) (Text, bool) { return sr.texts.Get(t.File.Container, name) }
	r := newShellRun(w, t, nil, false)
	r.place = t.place
	r.stmts(stmts)
	r.runTraps()
	for _, name := range sortedKeys(r.funcs) {
		if f := r.funcs[name]; !r.called[name] && f.src.File == t.File {
			r.guards, r.unsure = nil, true
			r.call(name, f, nil, false)
		}
	}
	s.ErrExit = r.errexit
	if w.left <= 0 && s.Problem == "" {
		s.Problem = "the script runs too many statements to follow"
	}
	return s
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

func (r *shellRun) stmt(s *syntax.Stmt) (got outcome, f flow) {
	if r.world.walk != nil {
		return r.world.walk(r, s)
	}
	if r.world.left <= 0 || r.depth > maxShellDepth {
		return unsure, exits
	}
	r.world.left--
	if s.Background && !r.background {
		was := r.terminal
		r.background, r.terminal = true, "" // it reads from /dev/null, if it says nothing else
		defer func() { r.background, r.terminal = false, was; got, f = works, goesOn }()
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
	if s.Negated {
		got, r.negated = got.not(), !r.negated
	}
	return got, f
}

func (r *shellRun) command(s *syntax.Stmt) (outcome, flow) {
	switch c := s.Cmd.(type) {
	case nil:
		r.emit(&Command{}, s.Pos(), s.End(), s.Redirs)
		return unsure, goesOn
	case *syntax.CallExpr:
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
		got, f := r.stmts(c.Stmts)
		r.dir = dir
		if f == exits {
			f = goesOn
		}
		return got, f
	case *syntax.FuncDecl:
		if c.Name != nil {
			r.funcs[c.Name.Value] = shellFunc{c.Body, r.src}
		}
		return works, goesOn
	case *syntax.DeclClause:
		return r.declare(c)
	case *syntax.TestClause:
		return r.testExpr(c.X, 0), goesOn
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

// under runs f as something that happens only under a condition.
func (r *shellRun) under(decided bool, guard *Guard, f func() (outcome, flow)) (outcome, flow) {
	wasUnsure, guards := r.unsure, r.guards
	defer func() { r.unsure, r.guards = wasUnsure, guards }()
	if !decided {
		r.unsure = true
	}
	if guard != nil {
		r.guards = append(slices.Clone(guards), *guard)
	}
	return f()
}

// guard speaks of the last command that ran since before; nil if none did.
func (r *shellRun) guard(before int, success bool) *Guard {
	if r.last < 0 {
		return nil
	}
	if r.count == before {
		if r.status == 0 {
			return nil
		}
		return &Guard{r.last, (success != r.negated) == (r.status > 0)}
	}
	return &Guard{r.last, success != r.negated}
}

// demand notes that what follows runs only if the guard holds.
func (r *shellRun) demand(g *Guard) {
	if g != nil && len(r.guards) < 64 {
		r.guards = append(slices.Clone(r.guards), *g)
	}
}

func (r *shellRun) binary(c *syntax.BinaryCmd) (outcome, flow) {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		var got outcome
		r.pipes(func() {
			r.stmt(c.X)
			was := r.feeds
			r.feeds = calledName(c.X)
			got, _ = r.stmt(c.Y)
			r.feeds = was
		})
		return got, goesOn
	}
	before := r.count
	x, f := r.stmt(c.X)
	if f != goesOn {
		return x, f
	}
	want := works
	if c.Op == syntax.OrStmt {
		want = fails
	}
	if x == want.not() {
		return x, goesOn
	}
	guard := r.guard(before, want == works)
	y, f := r.under(x == want, guard, func() (outcome, flow) { return r.stmt(c.Y) })
	if x == want {
		return y, f
	}
	if f == exits || f == returns {
		r.demand(r.guardNot(guard))
	}
	if y == x {
		return y, goesOn
	}
	return unsure, goesOn
}

func (r *shellRun) guardNot(g *Guard) *Guard {
	if g == nil {
		return nil
	}
	return &Guard{g.Command, !g.Success}
}

// pipes runs f as one pipeline; a pipeline in a pipeline is the same one.
func (r *shellRun) pipes(f func()) {
	if r.pipeline != 0 {
		f()
		return
	}
	r.pipelines++
	r.pipeline = r.pipelines
	f()
	r.pipeline = 0
}

func (r *shellRun) ifClause(c *syntax.IfClause) (outcome, flow) {
	if len(c.Cond) == 0 { // else
		return r.stmts(c.Then)
	}
	before := r.count
	cond, f := r.stmts(c.Cond)
	if f != goesOn {
		return cond, f
	}
	guard := r.guard(before, true)
	other := func() (outcome, flow) {
		if c.Else == nil {
			return works, goesOn
		}
		return r.ifClause(c.Else)
	}
	switch cond {
	case works:
		return r.under(true, guard, func() (outcome, flow) { return r.stmts(c.Then) })
	case fails:
		return r.under(true, r.guardNot(guard), other)
	}
	_, f1 := r.under(false, guard, func() (outcome, flow) { return r.stmts(c.Then) })
	_, f2 := r.under(false, r.guardNot(guard), other)
	ends1, ends2 := f1 >= returns, f2 >= returns
	switch {
	case ends1 && ends2:
		return unsure, min(f1, f2)
	case ends1:
		r.demand(r.guardNot(guard))
	case ends2:
		r.demand(guard)
	}
	return unsure, goesOn
}

func (r *shellRun) while(c *syntax.WhileClause) (outcome, flow) {
	if f, ok := r.overOptions(c); ok {
		return unsure, f
	}
	before := r.count
	cond, _ := r.stmts(c.Cond)
	if c.Until {
		cond = cond.not()
	}
	if cond == fails {
		return works, goesOn
	}
	guard := r.guard(before, !c.Until)
	_, f := r.under(cond == works, guard, func() (outcome, flow) { return r.stmts(c.Do) })
	if cond == works && f >= returns {
		return unsure, f
	}
	return unsure, goesOn
}

func (r *shellRun) forClause(c *syntax.ForClause) (outcome, flow) {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		return r.once(c.Do)
	}
	items := r.args
	known := r.argsKnown
	if iter.InPos.IsValid() {
		items, known = r.fields(iter.Items), true
	}
	if !known {
		r.vars[iter.Name.Value] = shellValue{text: "$" + iter.Name.Value}
		return r.once(c.Do)
	}
	for i, item := range items {
		if i == maxShellLoop {
			r.world.left = 0
			return unsure, exits
		}
		if !item.known {
			item.text = "$" + iter.Name.Value
		}
		r.vars[iter.Name.Value] = item
		_, f := r.under(item.known, nil, func() (outcome, flow) { return r.stmts(c.Do) })
		if f == breaks {
			break
		}
		if f >= returns && item.known {
			return unsure, f
		}
	}
	return unsure, goesOn
}

// once walks the body of a loop whose rounds are not known.
func (r *shellRun) once(body []*syntax.Stmt) (outcome, flow) {
	r.under(false, nil, func() (outcome, flow) { return r.stmts(body) })
	return unsure, goesOn
}

func (r *shellRun) caseClause(c *syntax.CaseClause) (outcome, flow) {
	v := r.word(c.Word)
	decided := v.decided() && (r.world.decides() || v.text == "start")
	allEnd, any := true, false
	var least flow = exits
	for _, item := range c.Items {
		fit := fails
		for _, p := range item.Patterns {
			w := r.word(p)
			switch {
			case !decided || !w.decided():
				fit = max(fit, unsure)
			case shellMatch(w.text, v.text):
				fit = works
			}
		}
		switch {
		case fit == works && !any:
			return r.stmts(item.Stmts)
		case fit != fails:
			any = true
			_, f := r.under(false, nil, func() (outcome, flow) { return r.stmts(item.Stmts) })
			allEnd = allEnd && f >= returns
			least = min(least, f)
			if last := item.Patterns[len(item.Patterns)-1]; fit == works || last.Lit() == "*" {
				if allEnd {
					return unsure, least
				}
				return unsure, goesOn
			}
		}
	}
	return unsure, goesOn
}

func (r *shellRun) declare(c *syntax.DeclClause) (outcome, flow) {
	var assigns []Assign
	for _, a := range c.Args {
		if a.Name == nil {
			continue
		}
		if c.Variant.Value == "export" {
			r.export(a.Name.Value)
		}
		if a.Naked {
			if _, ok := r.vars[a.Name.Value]; !ok || c.Variant.Value == "local" {
				if c.Variant.Value == "local" {
					r.vars[a.Name.Value] = knownValue("")
				}
			}
			continue
		}
		v := r.assigned(a)
		assigns = append(assigns, Assign{a.Name.Value, v.text})
		r.assign(a.Name.Value, v)
	}
	if len(assigns) > 0 {
		r.emit(&Command{Assigns: assigns}, c.Pos(), c.End(), nil)
	}
	return works, goesOn
}

func (r *shellRun) assigned(a *syntax.Assign) shellValue {
	if a.Array != nil || a.Index != nil {
		return r.unknown(a)
	}
	v := r.word(a.Value)
	if a.Append {
		old, _ := r.lookup(a.Name.Value)
		v = old.join(v)
	}
	if len(v.text) > maxWord {
		return shellValue{text: "$" + a.Name.Value}
	}
	return v
}

// assign sets a variable; in a branch that may not be taken, a value that
// differs from the old one is not sure.
func (r *shellRun) assign(name string, v shellValue) {
	if r.unsure {
		v.sure = false
	}
	if len(r.vars) < 4096 || r.vars[name] != (shellValue{}) {
		r.vars[name] = v
	}
}

func (r *shellRun) callExpr(c *syntax.CallExpr, redirs []*syntax.Redirect) (outcome, flow) {
	var assigns []Assign
	for _, a := range c.Assigns {
		if a.Name == nil {
			continue
		}
		v := r.assigned(a)
		assigns = append(assigns, Assign{a.Name.Value, v.text})
		r.assign(a.Name.Value, v)
	}
	words := r.unalias(r.fields(c.Args))
	if len(words) == 0 {
		if len(assigns) > 0 || len(redirs) > 0 {
			r.emit(&Command{Assigns: assigns}, c.Pos(), c.End(), redirs)
		}
		return works, goesOn
	}
	if got, f, ok := r.special(words, c); ok {
		if words[0].text == "read" {
			r.readsDevice(words[1:], redirs)
		}
		return got, f
	}
	cmd := &Command{Name: words[0].text, Args: texts(words[1:]), Assigns: assigns}
	for _, v := range words {
		if v.device {
			cmd.DeviceWords = append(cmd.DeviceWords, v.text)
		}
	}
	cmd.Device = len(cmd.DeviceWords) > 0
	got := r.emit(cmd, c.Pos(), c.End(), redirs)
	if words[0].text == "exec" && len(words) > 1 && !r.again(words[1:]) {
		return got, exits
	}
	return got, goesOn
}

// readsDevice marks the variables that "read" fills from a file that holds the
// device's identity.
func (r *shellRun) readsDevice(names []shellValue, redirs []*syntax.Redirect) {
	for _, d := range redirs {
		if d.Op != syntax.RdrIn || !deviceNames.Get().MatchString(r.word(d.Word).text) {
			continue
		}
		for _, n := range names {
			if v, ok := r.vars[n.text]; ok && n.known {
				v.device = true
				r.vars[n.text] = v
			}
		}
	}
}

// special runs what is no program: functions and the shell's own commands.
func (r *shellRun) special(words []shellValue, c *syntax.CallExpr) (outcome, flow, bool) {
	name := words[0].text
	r.callAt = c
	if b, ok := r.builtin[name]; ok {
		got, f := b(r, words[1:])
		return got, f, true
	}
	if f, ok := r.funcs[name]; ok && words[0].known {
		if known := r.jshn(name, f); known != nil {
			got, fl := known(r, words[1:])
			return got, fl, true
		}
		got, fl := r.call(name, f, words[1:], true)
		return got, fl, true
	}
	if b, ok := shellBuiltins[name]; ok {
		got, f := b(r, words[1:])
		return got, f, true
	}
	if name == "eval" {
		got, f := shellEval(r, words[1:])
		return got, f, true
	}
	if name == "." || name == "source" {
		return r.source(words[1:], c), goesOn, true
	}
	return unsure, goesOn, false
}

// call runs a function.
func (r *shellRun) call(name string, f shellFunc, args []shellValue, argsKnown bool) (outcome, flow) {
	r.called[name] = true
	if r.depth >= maxShellDepth || r.silent {
		return unsure, goesOn
	}
	src, was, oldArgs, oldKnown, guards := r.src, r.function, r.args, r.argsKnown, r.guards
	r.depth++
	r.src, r.function, r.args, r.argsKnown = f.src, name, args, argsKnown
	got, fl := r.stmt(f.body)
	r.src, r.function, r.args, r.argsKnown, r.guards = src, was, oldArgs, oldKnown, guards
	r.depth--
	if fl == exits {
		return got, exits
	}
	return got, goesOn
}

// source takes in variables and functions of another file.
func (r *shellRun) source(words []shellValue, c *syntax.CallExpr) outcome {
	if len(words) == 0 {
		return fails
	}
	t, ok := Text{}, false
	if words[0].known && r.world.lookup != nil {
		t, ok = r.world.lookup(words[0].text, r)
	}
	if !ok {
		r.opaque = true
		r.doubtVars(words[0])
		return unsure
	}
	if r.depth >= maxShellDepth {
		return unsure
	}
	stmts, _ := r.world.texts.scripts.parse(t.File.Name, t.Content)
	src, silent, place := r.src, r.silent, r.place
	r.depth++
	r.src = t
	if t.place != nil {
		r.place = t.place
	}
	if !r.world.decides() {
		r.silent = true // its own entry has its commands
	}
	r.stmts(stmts)
	r.src, r.silent, r.place = src, silent, place
	r.depth--
	return works
}

// emit tells the world of a command.
func (r *shellRun) emit(c *Command, from, to syntax.Pos, redirs []*syntax.Redirect) outcome {
	if r.silent {
		return unsure
	}
	for _, d := range redirs {
		c.Redirects = append(c.Redirects, r.redirect(d, c))
	}
	c.Function, c.Pipeline, c.Background = r.function, r.pipeline, r.background
	r.identity(c)
	c.Conditional, c.Guards = r.unsure, r.guards
	c.Location = r.at(from, to)
	r.last, r.negated, r.status = r.count, false, 0
	r.count++
	return r.world.run(r, c)
}

func (r *shellRun) at(from, to syntax.Pos) assay.Location {
	if r.place != nil {
		return *r.place
	}
	if r.file != r.src.File {
		r.file, r.whole = r.src.File, At(r.src.File)
	}
	l := r.whole
	begin, end := r.src.odd.at(int64(from.Offset())), r.src.odd.at(int64(to.Offset()))
	l.Line, l.Offset, l.Length = int(from.Line()), begin, max(end-begin, 0)
	return l
}

func (r *shellRun) redirect(d *syntax.Redirect, c *Command) Redirect {
	word := r.word(d.Word)
	c.Device = c.Device || word.device
	out := Redirect{Op: d.Op.String(), Word: word.text}
	if d.N != nil {
		out.Op = d.N.Value + out.Op
	}
	if d.Hdoc != nil {
		lines := r.document(d.Hdoc)
		for _, l := range lines {
			out.Text += l.text
			if l.device {
				c.Device, c.DeviceWords = true, append(c.DeviceWords, strings.TrimSuffix(l.text, "\n"))
			}
		}
	}
	return out
}

// document expands a here-document line by line.
func (r *shellRun) document(w *syntax.Word) []shellValue {
	var lines []shellValue
	cur := knownValue("")
	size := 0
	for _, p := range w.Parts {
		v := r.part(p)
		if _, ok := p.(*syntax.Lit); !ok {
			cur = cur.join(v)
			v = knownValue("")
		}
		for rest := v.text; rest != ""; {
			line, after, found := strings.Cut(rest, "\n")
			cur.text += line
			if rest = after; found {
				cur.text += "\n"
				lines = append(lines, cur)
				size += len(cur.text)
				cur = knownValue("")
			}
		}
		if size+len(cur.text) > MaxScript {
			return lines
		}
	}
	return append(lines, cur)
}

// identity marks a command that takes in the device's MAC address or serial
// number, the rest of its pipeline, and the file that it writes.
func (r *shellRun) identity(c *Command) {
	words := make([]string, 0, 1+len(c.Args)+len(c.Redirects))
	words = append(append(words, c.Name), c.Args...)
	for _, d := range c.Redirects {
		words = append(words, d.Word)
	}
	c.Device = c.Device || namesDevice(words) || len(r.marked) > 0 && slices.ContainsFunc(words, func(w string) bool { return r.marked[w] })
	if c.Pipeline != 0 {
		if c.Pipeline == r.devicePipe {
			c.Device = true
		} else if c.Device {
			r.devicePipe = c.Pipeline
		}
	}
	if !c.Device {
		return
	}
	r.derived = true
	for _, d := range c.Redirects {
		if strings.HasPrefix(d.Op, ">") && !strings.HasPrefix(d.Word, "/dev/") && len(r.marked) < 64 {
			r.marked[d.Word] = true
		}
	}
}
