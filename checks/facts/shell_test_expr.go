package facts

import (
	"slices"
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// shellTest judges "[ … ]", "[[ … ]]" of a POSIX shell and "test …".
func shellTest(r *shellRun, words []shellValue) (outcome, flow) {
	if r.status = statusTest(words); r.status == 0 { // else it asks what the command before it asked
		r.asks, r.leans = !slices.ContainsFunc(words, func(v shellValue) bool { return asksIfRuns(v.text) }), unsure
	}
	if !r.world.decides() {
		return unsure, goesOn
	}
	if n := len(words); n > 0 && (words[n-1].text == "]" || words[n-1].text == "]]") {
		words = words[:n-1]
	}
	if len(words) > 64 {
		return unsure, goesOn
	}
	t := testParser{r, words}
	got := t.or()
	if len(t.words) > 0 {
		return unsure, goesOn
	}
	return got, goesOn
}

// statusTest says whether a test asks for the success (1) or the failure (-1)
// of the command before it: [ $? -eq 0 ], [ $? != 0 ]. Another test is 0.
func statusTest(words []shellValue) int {
	if len(words) < 3 || words[0].text != "$?" || words[2].text != "0" {
		return 0
	}
	switch words[1].text {
	case "-eq", "=", "==":
		return 1
	case "-ne", "!=", "-gt":
		return -1
	}
	return 0
}

// testParser reads the words of a test from the left.
type testParser struct {
	r     *shellRun
	words []shellValue
}

func (t *testParser) peek() string {
	if len(t.words) == 0 {
		return ""
	}
	return t.words[0].text
}

func (t *testParser) next() shellValue {
	if len(t.words) == 0 {
		return knownValue("")
	}
	v := t.words[0]
	t.words = t.words[1:]
	return v
}

func (t *testParser) or() outcome {
	got := t.and()
	for t.peek() == "-o" || t.peek() == "||" {
		t.next()
		got = max(got, t.and())
	}
	return got
}

func (t *testParser) and() outcome {
	got := t.one()
	for t.peek() == "-a" || t.peek() == "&&" {
		t.next()
		got = min(got, t.one())
	}
	return got
}

func (t *testParser) one() outcome {
	switch {
	case len(t.words) == 0:
		return fails
	case t.peek() == "!" && len(t.words) > 1:
		t.next()
		return t.one().not()
	case len(t.words) >= 3 && isTestOperator(t.words[1].text):
		x, op, y := t.next(), t.next().text, t.next()
		return compareWords(x, op, y)
	case len(t.words) >= 2 && isFileOrText(t.peek()):
		op := t.next().text
		return t.r.unaryTest(op, t.next())
	case t.peek() == "(" && len(t.words) > 2:
		t.next()
		got := t.or()
		if t.peek() == ")" {
			t.next()
		}
		return got
	}
	return t.r.unaryTest("-n", t.next())
}

func isTestOperator(s string) bool {
	switch s {
	case "=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "<", ">", "=~":
		return true
	}
	return false
}

func isFileOrText(s string) bool {
	return len(s) == 2 && s[0] == '-' && s[1] >= 'A' && s[1] <= 'z' && s != "-a" && s != "-o"
}

func (r *shellRun) unaryTest(op string, v shellValue) outcome {
	switch {
	case !r.world.decides():
		return unsure
	case op == "-z" || op == "-n":
		if !v.decided() {
			return unsure
		}
		return outcomeOf((v.text == "") == (op == "-z"))
	case !v.decided():
		return unsure
	}
	return r.world.exists(op, r.abs(v.text))
}

func compareWords(x shellValue, op string, y shellValue) outcome {
	if !x.decided() || !y.decided() {
		return unsure
	}
	switch op {
	case "=", "==":
		return outcomeOf(x.text == y.text)
	case "!=":
		return outcomeOf(x.text != y.text)
	}
	a, err1 := strconv.Atoi(x.text)
	b, err2 := strconv.Atoi(y.text)
	if err1 != nil || err2 != nil {
		return unsure
	}
	switch op {
	case "-eq":
		return outcomeOf(a == b)
	case "-ne":
		return outcomeOf(a != b)
	case "-lt":
		return outcomeOf(a < b)
	case "-le":
		return outcomeOf(a <= b)
	case "-gt":
		return outcomeOf(a > b)
	case "-ge":
		return outcomeOf(a >= b)
	}
	return unsure
}

// testExpr judges "[[ … ]]" of bash.
func (r *shellRun) testExpr(x syntax.TestExpr, depth int) outcome {
	if !r.world.decides() || depth > 32 {
		return unsure
	}
	switch x := x.(type) {
	case *syntax.Word:
		return r.unaryTest("-n", r.word(x))
	case *syntax.ParenTest:
		return r.testExpr(x.X, depth+1)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return r.testExpr(x.X, depth+1).not()
		}
		if w, ok := x.X.(*syntax.Word); ok {
			return r.unaryTest(x.Op.String(), r.word(w))
		}
	case *syntax.BinaryTest:
		return r.binaryTest(x, depth)
	}
	return unsure
}

func (r *shellRun) binaryTest(x *syntax.BinaryTest, depth int) outcome {
	switch x.Op {
	case syntax.AndTest:
		return min(r.testExpr(x.X, depth+1), r.testExpr(x.Y, depth+1))
	case syntax.OrTest:
		return max(r.testExpr(x.X, depth+1), r.testExpr(x.Y, depth+1))
	}
	a, ok1 := x.X.(*syntax.Word)
	b, ok2 := x.Y.(*syntax.Word)
	if !ok1 || !ok2 {
		return unsure
	}
	v, w := r.word(a), r.word(b)
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		if !v.decided() || !w.decided() {
			return unsure
		}
		return outcomeOf(shellMatch(w.text, v.text) == (x.Op != syntax.TsNoMatch))
	}
	return compareWords(v, x.Op.String(), w)
}
