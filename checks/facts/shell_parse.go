package facts

import (
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

// bashParsers are used again: most texts are shorter than a parser's buffers.
var bashParsers = sync.Pool{New: func() any { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }}

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
	bash := bashParsers.Get().(*syntax.Parser)
	f, err := bash.Parse(strings.NewReader(content), name)
	bashParsers.Put(bash) // but not after a panic
	if err == nil {
		return f.Stmts, ""
	}
	problem = err.Error()
	if f, err = syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(content), name); err == nil {
		return f.Stmts, ""
	}
	f, err = syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.RecoverErrors(16)).Parse(strings.NewReader(content), name)
	if f != nil && err == nil {
		return f.Stmts, problem
	}
	for s, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).StmtsSeq(strings.NewReader(content)) {
		if err != nil {
			break // the same error again: what came before it is good
		}
		stmts = append(stmts, s)
	}
	return stmts, problem
}
