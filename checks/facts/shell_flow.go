package facts

import (
	"mvdan.cc/sh/v3/syntax"
)

// under runs f as something that happens only under a condition.
func (r *shellRun) under(decided bool, guard *Guard, f func() (outcome, flow)) (outcome, flow) {
	wasUnsure, guards, wasAsked := r.unsure, r.guards, r.asked
	if !decided {
		r.unsure, r.asked = true, r.asked || r.asks
	}
	if guard != nil {
		r.guards = withGuard(guards, *guard)
	}
	got, fl := f()
	if !decided && fl != goesOn && (r.asked || !r.world.decides()) {
		r.ends.note(fl, got)
	}
	r.unsure, r.guards, r.asked = wasUnsure, guards, wasAsked
	return got, fl
}

// withGuard makes a list of guards with one more; nobody changes a list.
func withGuard(guards []Guard, g Guard) []Guard {
	return append(append(make([]Guard, 0, len(guards)+1), guards...), g)
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
		r.guards = withGuard(r.guards, *g)
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
	asks := r.asks && x == unsure
	got, f := r.second(c, x, before)
	r.asks = r.asks || asks
	return got, f
}

// second walks what stands behind && or ||, after the first came out as x.
func (r *shellRun) second(c *syntax.BinaryCmd, x outcome, before int) (outcome, flow) {
	want := works
	if c.Op == syntax.OrStmt {
		want = fails
	}
	if x == want.not() {
		return x, goesOn
	}
	guard, usual := r.guard(before, want == works), x == want || r.leans == want
	then := func() (outcome, flow) {
		return r.under(usual, guard, func() (outcome, flow) { return r.stmt(c.Y) })
	}
	if x == want {
		return then()
	}
	y, f := r.perhaps(then)
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
	r.apart(f)
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
	asks, leans := r.asks, r.leans
	_, f1, end1 := r.inBranch(func() (outcome, flow) {
		return r.under(leans == works, guard, func() (outcome, flow) { return r.stmts(c.Then) })
	})
	r.asks = asks
	_, f2, end2 := r.inBranch(func() (outcome, flow) { return r.under(leans == fails, r.guardNot(guard), other) })
	r.asks = r.asks || asks
	r.join(end1, end2)
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

func (r *shellRun) while(c *syntax.WhileClause) (got outcome, f flow) {
	r.scope(func() { got, f = r.rounds(c) }, breaks, continues)
	return got, f
}

func (r *shellRun) rounds(c *syntax.WhileClause) (outcome, flow) {
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
	body := func() (outcome, flow) {
		return r.under(cond == works, guard, func() (outcome, flow) { return r.stmts(c.Do) })
	}
	if cond == works {
		for round := 1; ; round++ {
			left := len(r.args)
			if _, f := body(); f >= returns {
				return unsure, f
			} else if f == breaks || !r.argsKnown || len(r.args) >= left || round == maxShellLoop {
				return unsure, goesOn
			}
			if cond, _ = r.stmts(c.Cond); c.Until { // it takes one argument after another
				cond = cond.not()
			}
			if cond != works {
				return unsure, goesOn
			}
		}
	}
	r.perhaps(body)
	return unsure, goesOn
}

func (r *shellRun) forClause(c *syntax.ForClause) (got outcome, f flow) {
	r.scope(func() { got, f = r.overItems(c) }, breaks, continues)
	return got, f
}

func (r *shellRun) overItems(c *syntax.ForClause) (outcome, flow) {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		return r.once(c.Do)
	}
	items, known, some := r.args, r.argsKnown, false
	if iter.InPos.IsValid() && !r.world.flat {
		items, some = r.items(iter.Items)
		known = true
	}
	if !known {
		r.put(iter.Name.Value, shellValue{text: "$" + iter.Name.Value})
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
		r.put(iter.Name.Value, item)
		sure, f := item.known && !some, goesOn
		body := func() (outcome, flow) {
			r.asks = true
			return r.under(sure, nil, func() (outcome, flow) { return r.stmts(c.Do) })
		}
		r.scope(func() {
			if sure {
				_, f = body()
			} else {
				r.deeper(some, func() { _, f = r.perhaps(body) })
			}
		}, continues)
		if f == breaks {
			break
		}
		if f >= returns && sure {
			return unsure, f
		}
	}
	if iter.InPos.IsValid() && r.world.walk == nil {
		r.world.spareWords(items)
	}
	return unsure, goesOn
}

// once walks the body of a loop whose rounds are not known.
func (r *shellRun) once(body []*syntax.Stmt) (outcome, flow) {
	r.asks = true
	r.perhaps(func() (outcome, flow) {
		return r.under(false, nil, func() (outcome, flow) { return r.stmts(body) })
	})
	return unsure, goesOn
}

func (r *shellRun) caseClause(c *syntax.CaseClause) (outcome, flow) {
	v := r.word(c.Word)
	decided := v.decided() && (r.world.decides() || v.text == "start")
	allEnd, any := true, false
	var least flow = exits
	var ends []branchEnd
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
			any, r.asks = true, true
			_, f, end := r.inBranch(func() (outcome, flow) {
				return r.under(false, nil, func() (outcome, flow) { return r.stmts(item.Stmts) })
			})
			ends = append(ends, end)
			allEnd = allEnd && f >= returns
			least = min(least, f)
			if last := item.Patterns[len(item.Patterns)-1]; fit == works || last.Lit() == "*" {
				r.join(ends...)
				if allEnd {
					return unsure, least
				}
				return unsure, goesOn
			}
		}
	}
	r.asks = true
	r.join(append([]branchEnd{{}}, ends...)...) // none may fit
	return unsure, goesOn
}
