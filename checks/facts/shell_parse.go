package facts

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"
)

// Limits of what is kept of scripts that were parsed: a tree takes many times the
// bytes of its text.
const (
	maxKeptScript  = 64 << 10 // bytes of one text
	maxKeptScripts = 1 << 20  // bytes of all texts of an image
)

// parsedScripts keeps the syntax trees of an image's scripts. Every service of a
// router takes in the same few files and evaluates the same lines, for several
// facts; nobody changes a tree.
type parsedScripts struct {
	mu    sync.Mutex
	trees map[scriptText]parsedScript
	bytes int
}

// scriptText is what is parsed; a problem names the script.
type scriptText struct{ name, content string }

type parsedScript struct {
	stmts   []*syntax.Stmt
	problem string
}

func (p *parsedScripts) parse(name, content string) ([]*syntax.Stmt, string) {
	if len(content) > maxKeptScript {
		return parseScript(name, content)
	}
	key := scriptText{name, content}
	p.mu.Lock()
	got, ok := p.trees[key]
	p.mu.Unlock()
	if ok {
		return got.stmts, got.problem
	}
	stmts, problem := parseScript(name, content)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bytes += len(name) + 1 + len(content); p.bytes <= maxKeptScripts {
		if p.trees == nil {
			p.trees = map[scriptText]parsedScript{}
		}
		p.trees[key] = parsedScript{stmts, problem}
	}
	return stmts, problem
}

// shellParsers are parsers of one kind that are used again: most texts are shorter than
// a parser's buffers.
type shellParsers struct{ pool sync.Pool }

func parsersOf(options ...syntax.ParserOption) *shellParsers {
	return &shellParsers{sync.Pool{New: func() any { return syntax.NewParser(options...) }}}
}

var (
	bashParsers    = parsersOf(syntax.Variant(syntax.LangBash))
	posixParsers   = parsersOf(syntax.Variant(syntax.LangPOSIX))
	lenientParsers = parsersOf(syntax.Variant(syntax.LangBash), syntax.RecoverErrors(16))
)

// parse gives the statements before the first error.
func (s *shellParsers) parse(content string) (stmts []*syntax.Stmt, first error) {
	p := s.pool.Get().(*syntax.Parser)
	for stmt, err := range p.StmtsSeq(strings.NewReader(content)) {
		if first = cmp.Or(first, err); first == nil {
			stmts = append(stmts, stmt)
		}
	}
	s.pool.Put(p) // but not after a panic
	return stmts, first
}

// parseScript reads a script into a syntax tree. What could be read is given
// even if there is a problem.
func parseScript(name, content string) (stmts []*syntax.Stmt, problem string) {
	if problem = tooMuchToParse(content); problem != "" {
		return nil, problem
	}
	if legible := withStandIns(content); legible != content {
		stmts, problem = parseLegible(name, legible)
		withBytes(stmts, content)
		return stmts, problem
	}
	return parseLegible(name, content)
}

// parseLegible reads a script in UTF-8.
func parseLegible(name, content string) (stmts []*syntax.Stmt, problem string) {
	defer func() {
		if r := recover(); r != nil {
			problem = fmt.Sprintf("the shell parser gave up: %v", r)
		}
	}()
	stmts, err := bashParsers.parse(content)
	if err == nil {
		return stmts, ""
	}
	problem = problemIn(name, err)
	if all, err := posixParsers.parse(content); err == nil {
		return all, ""
	}
	if all, err := lenientParsers.parse(content); err == nil {
		return all, problem
	}
	return stmts, problem
}

// problemIn says what is wrong with a script.
func problemIn(name string, err error) string {
	var parse syntax.ParseError
	var language syntax.LangError
	switch {
	case errors.As(err, &parse):
		parse.Filename = name
		return parse.Error()
	case errors.As(err, &language):
		language.Filename = name
		return language.Error()
	}
	return err.Error()
}
