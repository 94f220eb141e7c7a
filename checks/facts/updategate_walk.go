package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// walk runs one statement of a way. Unlike the reading of a script, which joins
// its branches, it takes one of them and keeps what $? is.
func (g *gate) walk(r *shellRun, s *syntax.Stmt) (outcome, flow) {
	if r.world.left <= 0 || r.depth > maxShellDepth {
		g.found.cut, g.ended = true, true
	}
	r.world.left--
	if g.joined {
		g.joined = false
		g.ended = g.ended || g.came(r, s)
	}
	if g.ended {
		return works, exits
	}
	before := g.next
	if s.Negated {
		g.cond++
	}
	got, f := g.statement(r, s)
	if s.Negated {
		g.cond--
		got = g.settle(got).not()
	}
	if s.Background && f < exits {
		got, f = works, goesOn
	}
	g.setStatus(r, got)
	if got == unsure && r.errexit && g.cond == 0 && endsOnFailure(s.Cmd) {
		g.weigh(&g.subject, works)
	}
	if got == fails && r.errexit && g.cond == 0 && !s.Negated && endsOnFailure(s.Cmd) {
		return got, exits
	}
	g.joined = g.joined || g.next != before && !endsOnFailure(s.Cmd)
	return got, f
}

// endsOnFailure reports whether set -e looks at the outcome of a command as a
// whole; a list, an if and a loop have theirs from the commands in them.
func endsOnFailure(c syntax.Command) bool {
	switch c := c.(type) {
	case *syntax.CallExpr, *syntax.Subshell, *syntax.TestClause, *syntax.DeclClause:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.PipeAll
	}
	return false
}

func (g *gate) setStatus(r *shellRun, got outcome) {
	v := shellValue{text: "$?"}
	switch got {
	case works:
		v = knownValue("0")
	case fails:
		v = knownValue("1")
	}
	r.vars["?"] = v
}

func (g *gate) statement(r *shellRun, s *syntax.Stmt) (outcome, flow) {
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		g.spoken = works
		g.leaves(r, c)
		got, f := r.callExpr(c, s.Redirs)
		if len(c.Args) == 0 {
			got = g.spoken
		} else if _, isFunc := r.funcs[c.Args[0].Lit()]; isFunc {
			g.redirected(r, s.Redirs)
		}
		return got, f
	case *syntax.BinaryCmd:
		return g.binary(r, c)
	case *syntax.IfClause:
		return g.ifClause(r, c)
	case *syntax.WhileClause:
		return g.while(r, c)
	case *syntax.ForClause:
		return g.forClause(r, c)
	case *syntax.CaseClause:
		return g.caseClause(r, c)
	case *syntax.Block:
		return r.stmts(c.Stmts)
	case *syntax.Subshell:
		return g.subshell(r, c.Stmts)
	case *syntax.TestClause:
		got := r.testExpr(c.X, 0)
		g.recalls(c.X)
		if len(g.environment(r, c.X)) > 0 {
			got = unsure
		}
		return g.answer(r, got, []shellValue{r.unknown(c)}), goesOn
	case *syntax.DeclClause:
		g.spoken = works
		_, f := r.command(s)
		return works, f // of the declaration, whatever the substitution in it says
	}
	return r.command(s)
}

// redirected notes the output of a function or block.
func (g *gate) redirected(r *shellRun, redirs []*syntax.Redirect) {
	for _, d := range redirs {
		if d.Op == syntax.RdrOut && g.printed {
			g.said[g.name(r.word(d.Word).text)] = g.output
		}
	}
}

func (g *gate) binary(r *shellRun, c *syntax.BinaryCmd) (outcome, flow) {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		return g.pipeline(r, c)
	}
	g.cond++
	x, f := r.stmt(c.X)
	g.cond--
	if f != goesOn {
		return x, f
	}
	x = g.settle(x)
	g.setStatus(r, x)
	if (x == works) == (c.Op == syntax.OrStmt) {
		return x, goesOn
	}
	return r.stmt(c.Y)
}

// pipeline runs the parts of a pipeline: each in a shell of its own, so that an
// exit in it ends nothing else.
func (g *gate) pipeline(r *shellRun, c *syntax.BinaryCmd) (got outcome, f flow) {
	outer := r.pipeline == 0
	if outer {
		g.pipe = nil
	}
	r.pipes(func() {
		g.cond++
		x, _ := r.stmt(c.X)
		g.cond--
		got, _ = r.stmt(c.Y)
		if g.pipefail && x == fails {
			got = fails
		}
	})
	if outer {
		g.pipe = nil
	}
	return got, goesOn
}

func (g *gate) ask(r *shellRun, list []*syntax.Stmt) (outcome, flow) {
	g.cond++
	got, f := r.stmts(list)
	g.cond--
	if f != goesOn {
		return got, f
	}
	got = g.settle(got)
	g.setStatus(r, got)
	return got, goesOn
}

func (g *gate) ifClause(r *shellRun, c *syntax.IfClause) (outcome, flow) {
	if len(c.Cond) == 0 { // else
		return r.stmts(c.Then)
	}
	cond, f := g.ask(r, c.Cond)
	switch {
	case f != goesOn:
		return cond, f
	case cond == works:
		return r.stmts(c.Then)
	case c.Else == nil:
		return works, goesOn
	}
	return g.ifClause(r, c.Else)
}

// while runs two rounds of a loop at most; a way that stays in it leads nowhere.
func (g *gate) while(r *shellRun, c *syntax.WhileClause) (outcome, flow) {
	for range 3 {
		cond, f := g.ask(r, c.Cond)
		if f != goesOn {
			return cond, f
		}
		if (cond == works) == c.Until {
			return works, goesOn
		}
		got, f := r.stmts(c.Do)
		if f == breaks {
			return works, goesOn
		}
		if f >= returns {
			return got, f
		}
	}
	g.ended = true
	return works, exits
}

func (g *gate) forClause(r *shellRun, c *syntax.ForClause) (outcome, flow) {
	iter, ok := c.Loop.(*syntax.WordIter)
	items, known := r.args, r.argsKnown
	if ok && iter.InPos.IsValid() {
		items, known = r.fields(iter.Items), true
	}
	if !ok || !known || len(items) == 0 {
		items = []shellValue{{text: "$item"}}
	}
	for i, item := range items {
		if i == maxShellLoop {
			g.found.cut, g.ended = true, true
		}
		if ok {
			r.vars[iter.Name.Value] = item
		}
		got, f := r.stmts(c.Do)
		if f == breaks {
			break
		}
		if f >= returns {
			return got, f
		}
	}
	return works, goesOn
}

func (g *gate) caseClause(r *shellRun, c *syntax.CaseClause) (outcome, flow) {
	v := r.word(c.Word)
	if outer := g.environment(r, c.Word); len(outer) > 0 {
		v = outer[0]
	}
	g.recalls(c.Word)
	var may [][]*syntax.Stmt
	certain := false
	for _, item := range c.Items {
		fit := fails
		for _, p := range item.Patterns {
			switch w := r.word(p); {
			case w.text == "*" && p.Lit() == "*":
				fit = works
			case !v.decided() || !w.decided():
				fit = max(fit, unsure)
			case shellMatch(w.text, v.text):
				fit = works
			}
		}
		if fit != fails {
			may = append(may, item.Stmts)
		}
		if fit == works {
			certain = true
			break
		}
	}
	answers := max(len(may), 2) // a list of cases without "*" names all that its writer knew
	if !certain {
		may = append(may, nil)
	}
	taken := 0
	if len(may) > 1 {
		taken = g.choose(len(may))
		g.weighTest([]shellValue{v}, outcome(taken), answers)
	}
	return r.stmts(may[taken])
}

// subshell runs statements whose variables and exit are their own.
func (g *gate) subshell(r *shellRun, list []*syntax.Stmt) (outcome, flow) {
	vars, errexit, cwd, args := cloneVars(r.vars), r.errexit, g.cwd, r.args
	got, _ := r.stmts(list)
	r.vars, r.errexit, g.cwd, r.args = vars, errexit, cwd, args
	return got, goesOn
}

func cloneVars(m map[string]shellValue) map[string]shellValue {
	c := make(map[string]shellValue, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// capture runs a substitution and gives what a check in it prints.
func (g *gate) capture(r *shellRun, c *syntax.CmdSubst) shellValue {
	if r.depth >= maxShellDepth {
		return r.unknown(c)
	}
	pipe, pipeline, cond := g.pipe, r.pipeline, g.cond
	g.pipe, r.pipeline, g.printed, g.output = nil, 0, false, ""
	r.depth++
	before := g.subject
	g.subject = Command{}
	v := r.unknown(c)
	if text, ok := g.plain(r, c); ok {
		v = text
	}

	heard := g.listen(func() { g.spoken, _ = g.subshell(r, c.Stmts) })
	r.depth--
	g.pipe, r.pipeline, g.cond = pipe, pipeline, cond
	if g.printed {
		v = knownValue(g.output)
	}
	g.note(v.text, heard)
	if g.subject.Name == "" {
		g.subject = before
	}
	return v
}

// plain resolves what the image itself tells of a substitution.
func (g *gate) plain(r *shellRun, c *syntax.CmdSubst) (shellValue, bool) {
	if len(c.Stmts) != 1 {
		return shellValue{}, false
	}
	call, ok := c.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Assigns) > 0 || len(call.Args) == 0 {
		return shellValue{}, false
	}
	switch path.Base(call.Args[0].Lit()) {
	case "echo", "printf", "cat", "basename", "dirname":
		return r.output(r.fields(call.Args))
	}
	return shellValue{}, false
}

// set is the shell's own, with set +e and pipefail.
func (g *gate) set(r *shellRun, a []shellValue) (outcome, flow) {
	for i, v := range a {
		on := strings.HasPrefix(v.text, "-")
		if !on && !strings.HasPrefix(v.text, "+") || strings.HasPrefix(v.text, "--") {
			break
		}
		if strings.Contains(v.text, "e") {
			r.errexit = on
		}
		if strings.Contains(v.text, "o") && i+1 < len(a) {
			switch a[i+1].text {
			case "pipefail":
				g.pipefail = on
			case "errexit":
				r.errexit = on
			}
			return works, goesOn
		}
	}
	if len(a) > 0 && a[0].text == "--" {
		return shellSet(r, a)
	}
	return works, goesOn
}

// exit ends a shell, or, as return, a function, with a status.
func (g *gate) exit(r *shellRun, a []shellValue) (outcome, flow) {
	f := exits
	if r.callAt != nil && len(r.callAt.Args) > 0 && r.callAt.Args[0].Lit() == "return" {
		f = returns
	}
	status := r.vars["?"]
	if len(a) > 0 {
		status = a[0]
	}
	switch {
	case !status.known:
		return unsure, f
	case isNumber(status.text):
		return outcomeOf(strings.Trim(status.text, "0") == ""), f
	}
	return works, f
}

// shift makes other arguments the first ones, of which tests ask anew.
func (g *gate) shift(r *shellRun, a []shellValue) (outcome, flow) {
	g.shifts++
	return shellShift(r, a)
}

// getopts takes one option more, or none: the caller says which.
func (g *gate) getopts(r *shellRun, a []shellValue) (outcome, flow) {
	got, f := shellGetopts(r, a)
	if got == unsure {
		got = outcomeOf(g.choose(2) == 0)
		g.hangs("getopts "+strings.Join(texts(a), " "), got, 2)
	}
	return got, f
}

func (g *gate) cd(r *shellRun, a []shellValue) (outcome, flow) {
	to := "/"
	if len(a) > 0 {
		to = a[len(a)-1].text
	}
	g.cwd = g.name(to)
	return works, goesOn
}

// test is "[ … ]" with an outcome that is decided at once.
func (g *gate) test(r *shellRun, a []shellValue) (outcome, flow) {
	got, f := shellTest(r, a)
	for _, word := range r.callAt.Args {
		g.recalls(word)
		if outer := g.environment(r, word); len(outer) > 0 {
			got, a = unsure, append(slices.Clone(a), outer...)
		}
	}
	return g.answer(r, got, a), f
}
