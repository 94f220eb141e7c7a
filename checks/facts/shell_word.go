package facts

import (
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
	l := fieldList{done: r.world.wordList(len(words))}
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
