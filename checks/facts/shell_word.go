package facts

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Limits of one word.
const (
	maxWord   = 4096 // bytes that a resolved word may grow to
	maxFields = 1024 // words that one command line may grow to
)

// shellValue is a word or a variable. Where known is false, text holds source
// text for what only the running device knows. sure is false if another branch
// may have set another value.
type shellValue struct {
	text        string
	known, sure bool
	device      bool // made from the device's MAC address or serial number
}

func knownValue(s string) shellValue { return shellValue{text: s, known: true, sure: true} }

// join appends w to v.
func (v shellValue) join(w shellValue) shellValue {
	return shellValue{v.text + w.text, v.known && w.known, v.sure && w.sure, v.device || w.device}
}

// decided reports whether a condition may be judged by the value.
func (v shellValue) decided() bool { return v.known && v.sure }

// fieldList builds the words of a command line.
type fieldList struct {
	done []shellValue
	cur  shellValue
	open bool // cur holds something, if only ""
	glob bool // cur has an unquoted *, ? or [
}

func (l *fieldList) add(v shellValue, glob bool) {
	if !l.open {
		l.cur, l.open = knownValue(""), true
	}
	if len(l.cur.text)+len(v.text) > maxWord {
		v = shellValue{text: "$…"}
		l.cur.text = l.cur.text[:min(len(l.cur.text), maxWord/2)]
	}
	l.cur = l.cur.join(v)
	l.glob = l.glob || glob
}

func (l *fieldList) end(expand func(string) []string) {
	if l.open && len(l.done) < maxFields {
		if matches := l.matches(expand); len(matches) > 0 {
			for _, m := range matches {
				l.done = append(l.done, shellValue{m, true, l.cur.sure, l.cur.device})
			}
		} else {
			l.done = append(l.done, l.cur)
		}
	}
	l.cur, l.open, l.glob = shellValue{}, false, false
}

func (l *fieldList) matches(expand func(string) []string) []string {
	if !l.glob || !l.cur.known || expand == nil {
		return nil
	}
	m := expand(l.cur.text)
	return m[:min(len(m), maxFields-len(l.done))]
}

// fields expands words as the shell does for a command line.
func (r *shellRun) fields(words []*syntax.Word) []shellValue {
	l := fieldList{done: make([]shellValue, 0, len(words))}
	for _, w := range words {
		for i, p := range w.Parts {
			r.fieldPart(&l, p, i == 0)
		}
		l.end(r.globber())
	}
	return l.done
}

func (r *shellRun) fieldPart(l *fieldList, p syntax.WordPart, first bool) {
	switch p := p.(type) {
	case *syntax.Lit:
		text := unescape(p.Value)
		l.add(knownValue(text), r.isPattern(p.Value))
	case *syntax.SglQuoted, *syntax.ArithmExp, *syntax.ProcSubst, *syntax.ExtGlob:
		l.add(r.part(p), false)
	case *syntax.DblQuoted:
		if all, ok := r.quotedArgs(p); ok {
			for i, v := range all {
				if i > 0 {
					l.end(nil)
				}
				l.add(v, false)
			}
			return
		}
		l.add(r.part(p), false)
	default: // an unquoted expansion is split
		v := r.part(p)
		if !v.known {
			l.add(v, false)
			return
		}
		glob := r.isPattern(v.text)
		for i, f := range strings.Fields(v.text) {
			if i > 0 {
				l.end(r.globber())
			}
			l.add(shellValue{f, true, v.sure, v.device}, glob)
		}
	}
}

// isPattern reports whether a word may stand for files, where any are known.
func (r *shellRun) isPattern(word string) bool {
	return r.world.glob != nil && strings.ContainsAny(word, "*?[")
}

// quotedArgs gives the words of "$@".
func (r *shellRun) quotedArgs(q *syntax.DblQuoted) ([]shellValue, bool) {
	if len(q.Parts) != 1 {
		return nil, false
	}
	p, ok := q.Parts[0].(*syntax.ParamExp)
	if !ok || p.Param == nil || p.Param.Value != "@" || p.Exp != nil || !r.argsKnown {
		return nil, false
	}
	return r.args, true
}

// word expands a word without splitting it.
func (r *shellRun) word(w *syntax.Word) shellValue {
	if w == nil {
		return knownValue("")
	}
	return joined(w.Parts, r.part)
}

// joined puts the values of parts together; what they grow to is copied once.
func joined(parts []syntax.WordPart, value func(syntax.WordPart) shellValue) shellValue {
	if len(parts) == 1 { // as most words have
		v := value(parts[0])
		if len(v.text) > maxWord {
			return shellValue{text: v.text[:maxWord/2] + "$…"}
		}
		return v
	}
	var room [8]string
	pieces, size, whole := room[:0], 0, knownValue("")
	for _, p := range parts {
		v := value(p)
		pieces, size = append(pieces, v.text), size+len(v.text)
		if size > maxWord {
			return shellValue{text: strings.Join(pieces, "")[:maxWord/2] + "$…"}
		}
		v.text = ""
		whole = whole.join(v)
	}
	whole.text = strings.Join(pieces, "")
	return whole
}

func (r *shellRun) part(p syntax.WordPart) shellValue {
	switch p := p.(type) {
	case *syntax.Lit:
		return knownValue(unescape(p.Value))
	case *syntax.SglQuoted:
		return knownValue(p.Value)
	case *syntax.DblQuoted:
		return joined(p.Parts, r.quotedPart)
	case *syntax.ParamExp:
		return r.param(p)
	case *syntax.CmdSubst:
		return r.substitute(p)
	case *syntax.ArithmExp:
		if w, ok := p.X.(*syntax.Word); ok {
			if v := r.word(w); v.known && isNumber(v.text) {
				return v
			}
		}
	}
	return r.unknown(p)
}

// quotedPart expands a part of what stands in double quotes.
func (r *shellRun) quotedPart(p syntax.WordPart) shellValue {
	if lit, ok := p.(*syntax.Lit); ok {
		return knownValue(unescapeQuoted(lit.Value))
	}
	return r.part(p)
}

// unknown keeps the source text of what cannot be resolved. It always holds a
// character by which Unresolved knows it.
func (r *shellRun) unknown(n syntax.Node) shellValue {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(r.src.Content) || from >= to || to-from > maxWord {
		return shellValue{text: "$…"}
	}
	text := r.src.Content[from:to]
	if !Unresolved(text) {
		text = "$" + text
	}
	return shellValue{text: text}
}

// param resolves $NAME and ${NAME…}.
func (r *shellRun) param(p *syntax.ParamExp) shellValue {
	if isPlain(p) {
		v, _ := r.lookup(p.Param.Value)
		if !v.known && v.text == "" {
			return shellValue{text: r.unknown(p).text, device: v.device}
		}
		return v
	}
	got := r.resolve(p)
	if p.Param != nil && !got.device {
		v, _ := r.lookup(p.Param.Value)
		got.device = v.device
	}
	return got
}

// isPlain reports whether an expansion is nothing but the value of a variable.
func isPlain(p *syntax.ParamExp) bool {
	return p.Param != nil && !p.Excl && !p.Length && p.Index == nil && p.Names == 0 && p.Slice == nil && p.Repl == nil && p.Exp == nil
}

func (r *shellRun) resolve(p *syntax.ParamExp) shellValue {
	if p.Param == nil || p.Excl || p.Index != nil || p.Names != 0 || p.Slice != nil {
		return r.unknown(p)
	}
	v, set := r.lookup(p.Param.Value)
	switch {
	case p.Length:
		if v.known {
			return shellValue{text: strconv.Itoa(len(v.text)), known: true, sure: v.sure}
		}
		return r.unknown(p)
	case p.Repl != nil:
		return r.replace(p, v)
	}
	return r.expansion(p, v, set)
}

// lookup gives a variable or a positional parameter, and whether it was ever set.
func (r *shellRun) lookup(name string) (shellValue, bool) {
	if name != "" && name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z' {
		return r.variable(name)
	}
	switch {
	case name == "@" || name == "*":
		if !r.argsKnown {
			return shellValue{}, true
		}
		v := knownValue("")
		for i, a := range r.args {
			if i > 0 {
				v.text += " "
			}
			v = v.join(a)
		}
		return v, len(r.args) > 0
	case name == "#":
		return shellValue{text: strconv.Itoa(len(r.args)), known: r.argsKnown, sure: r.argsKnown}, true
	case strings.Trim(name, "0") == "":
		return r.arg0, true
	case isNumber(name):
		n, err := strconv.Atoi(name)
		if err == nil && n > 0 && n <= len(r.args) {
			return r.args[n-1], true
		}
		if r.argsKnown {
			return knownValue(""), false
		}
		return shellValue{}, false
	case strings.Trim(name, "?!$-_") == "":
		return r.vars[name], true
	}
	return r.variable(name)
}

func (r *shellRun) variable(name string) (shellValue, bool) {
	if v, ok := r.vars[name]; ok {
		return v, true
	}
	if (name == "UID" || name == "EUID") && r.user == "" && r.world.decides() {
		return knownValue("0"), true
	}
	if r.event {
		if r.given == nil {
			r.given = map[string]bool{}
		}
		r.given[name] = true
	}
	return r.unset()
}

// unset is what a variable holds that no command has set.
func (r *shellRun) unset() (shellValue, bool) {
	if r.opaque || r.event { // it may come from a file that is not in the image
		return shellValue{}, false
	}
	return knownValue(""), false
}

// unsetInBranch is what a variable holds that only another branch has set. An event gives
// variables that its script asks for; one that the script sets before is the script's own.
func (r *shellRun) unsetInBranch(name string) shellValue {
	if r.event && !r.opaque && !r.given[name] {
		return knownValue("")
	}
	v, _ := r.unset()
	return v
}

func (r *shellRun) expansion(p *syntax.ParamExp, v shellValue, set bool) shellValue {
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		orNull := p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.AssignUnsetOrNull
		if set && (!v.known || v.text != "" || !orNull) {
			if !v.known && v.text == "" {
				return r.unknown(p)
			}
			return v
		}
		w := r.word(p.Exp.Word)
		if !v.known {
			w.sure = false
		}
		if p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull {
			r.assign(p.Param.Value, w)
		}
		return w
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if v.known && v.text == "" {
			return shellValue{known: true, sure: v.sure}
		}
		w := r.word(p.Exp.Word)
		w.sure = w.sure && v.known
		return w
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if v.known {
			return v
		}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		pattern := r.pattern(p.Exp.Word)
		if v.known && pattern.known {
			return shellValue{trimPattern(v.text, pattern.text, p.Exp.Op), true, v.sure && pattern.sure, v.device}
		}
	}
	return r.unknown(p)
}

func (r *shellRun) replace(p *syntax.ParamExp, v shellValue) shellValue {
	from, to := r.word(p.Repl.Orig), r.word(p.Repl.With)
	if !v.known || !from.known || !to.known || strings.ContainsAny(from.text, "*?[\\#%") || from.text == "" {
		return r.unknown(p)
	}
	n := 1
	if p.Repl.All {
		n = -1
	}
	if strings.Count(v.text, from.text)*len(to.text)+len(v.text) > maxWord {
		return r.unknown(p)
	}
	return shellValue{strings.Replace(v.text, from.text, to.text, n), true, v.sure && from.sure && to.sure, v.device || to.device}
}

// trimPattern removes the shortest or longest fitting start or end.
func trimPattern(s, pattern string, op syntax.ParExpOperator) string {
	if len(s) > 512 || len(pattern) > 128 {
		return s
	}
	cuts := make([]int, 0, len(s)+1)
	for i := range len(s) + 1 {
		cuts = append(cuts, i)
	}
	if op == syntax.RemLargePrefix || op == syntax.RemSmallSuffix {
		slices.Reverse(cuts)
	}
	prefix := op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix
	for _, i := range cuts {
		if prefix && shellMatch(pattern, s[:i]) {
			return s[i:]
		}
		if !prefix && shellMatch(pattern, s[i:]) {
			return s[:i]
		}
	}
	return s
}

// substitute resolves $(…) of the few commands whose output the image tells.
func (r *shellRun) substitute(c *syntax.CmdSubst) shellValue {
	if r.depth > maxShellDepth {
		return r.unknown(c)
	}
	if r.world.capture != nil {
		return r.world.capture(r, c)
	}
	if len(c.Stmts) == 1 {
		if v, ok := r.fileRead(c.Stmts[0]); ok {
			return v
		}
	}
	if v, ok := r.workingFolder(c.Stmts); ok {
		return v
	}
	if len(c.Stmts) == 1 {
		if call, ok := c.Stmts[0].Cmd.(*syntax.CallExpr); ok && len(call.Assigns) == 0 {
			words := r.fields(call.Args)
			if v, ok := r.output(words); ok {
				v.device = slices.ContainsFunc(words, func(w shellValue) bool { return w.device })
				return v
			}
		}
	}
	was := r.derived
	r.derived = false
	r.inner(c.Stmts)
	v := r.unknown(c)
	v.device = r.derived
	r.derived = was || v.device
	return v
}

// fileRead resolves "$(<FILE)".
func (r *shellRun) fileRead(s *syntax.Stmt) (shellValue, bool) {
	if s.Cmd != nil || len(s.Redirs) != 1 || s.Redirs[0].Op != syntax.RdrIn || r.world.read == nil {
		return shellValue{}, false
	}
	name := r.word(s.Redirs[0].Word)
	if !name.known {
		return shellValue{}, false
	}
	text, ok := r.world.read(r.abs(name.text))
	return shellValue{text: text, known: ok, sure: ok && name.sure}, ok
}

// inner runs the commands of a substitution: they run, whatever they print.
func (r *shellRun) inner(stmts []*syntax.Stmt) {
	dir, background := r.dir, r.background
	r.background = false // whoever takes in what they print waits for them
	r.depth++
	r.pipes(func() { r.stmts(stmts) })
	r.depth--
	r.dir, r.background = dir, background
}

func (r *shellRun) output(words []shellValue) (shellValue, bool) {
	if len(words) == 0 {
		return shellValue{}, false
	}
	args := texts(words[1:])
	if words[0].text == "systemd-escape" {
		if t := firstOf(flagValues(args, "--template"), ""); strings.Contains(t, "@.") {
			return shellValue{text: strings.Replace(t, "@.", "@${ESCAPED}.", 1)}, true
		}
	}
	if slices.ContainsFunc(words, func(v shellValue) bool { return !v.known }) {
		return shellValue{}, false
	}
	sure := !slices.ContainsFunc(words, func(v shellValue) bool { return !v.sure })
	known := func(s string) (shellValue, bool) { return shellValue{text: s, known: true, sure: sure}, true }
	switch path.Base(words[0].text) {
	case "echo", "printf":
		if len(args) > 0 && args[0] != "-e" && !strings.ContainsAny(strings.Join(args, ""), "\\%") {
			return known(strings.Join(skipFlags(args), " "))
		}
	case "cat":
		if len(args) == 1 && r.world.read != nil {
			if s, ok := r.world.read(r.abs(args[0])); ok {
				return known(s)
			}
		}
	case "basename":
		if len(args) > 0 {
			b := path.Base(args[0])
			if len(args) > 1 {
				b = strings.TrimSuffix(b, args[1])
			}
			return known(b)
		}
	case "id", "whoami":
		if who := strings.Join(args, ""); r.user == "" && (who == "-u" || who == "-g") {
			return known("0")
		} else if r.user == "" && (who == "-un" || who == "-nu" || words[0].text == "whoami") {
			return known("root")
		}
	case "dirname":
		if len(args) > 0 {
			return known(path.Dir(args[0]))
		}
	case "uci_get":
		if len(args) > 0 {
			return r.world.uciGet(strings.Join(args[:min(len(args), 3)], "."))
		}
	case "uci":
		rest := skipFlags(args)
		if len(rest) > 1 && rest[0] == "get" {
			return r.world.uciGet(rest[1])
		}
	case "ls":
		if names, ok := r.list(args); ok {
			return known(names)
		}
	case "sed":
		if s, ok := r.sedPrints(args); ok {
			return known(s)
		}
	case "command":
		if len(args) == 2 && args[0] == "-v" {
			if f, ok := r.world.program(args[1]); ok && r.funcs[args[1]].body == nil {
				return known("/" + f)
			}
		}
	case "which":
		if len(args) > 0 {
			if f, ok := r.world.program(args[0]); ok {
				return known("/" + f)
			}
		}
	}
	return shellValue{}, false
}

func texts(values []shellValue) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.text
	}
	return out
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unescapeQuoted(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("$`\"\\\n", s[i+1]) >= 0 {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// shellMatch reports whether s fits a pattern of *, ? and [..] as in case.
func shellMatch(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				star, mark = p, i
				p++
				continue
			}
			if n, ok := matchOne(pattern[p:], s[i]); ok {
				p, i = p+n, i+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		p, i = star+1, mark
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches one character and gives the length of its pattern.
func matchOne(pattern string, c byte) (int, bool) {
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		if end := strings.IndexByte(pattern[min(2, len(pattern)):], ']'); end >= 0 {
			set := pattern[1 : end+2]
			not := set != "" && (set[0] == '!' || set[0] == '^')
			if not {
				set = set[1:]
			}
			return end + 3, inSet(set, c) != not
		}
	}
	return 1, pattern[0] == c
}

func inSet(set string, c byte) bool {
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			if set[i] <= c && c <= set[i+2] {
				return true
			}
			i += 2
			continue
		}
		if set[i] == c {
			return true
		}
	}
	return false
}
