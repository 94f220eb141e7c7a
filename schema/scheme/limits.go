package scheme

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Limits of a scheme file. The largest that comes with the program, ETSI EN 303
// 645, has 78 requirements in about 40 KB.
const (
	MaxBytes        = 512 << 10
	MaxRequirements = 2000
	MaxNesting      = 24 // brackets, braces and templates inside each other
	MaxOperators    = 64 // operators in one expression, which nest without brackets
)

// What nests with brackets, and what does without.
var (
	openers = tokens(hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote,
		hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl)
	closers = tokens(hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
		hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd)
	operators = tokens(hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion, hclsyntax.TokenPlus,
		hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenAnd, hclsyntax.TokenOr,
		hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
		hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq)
)

func tokens(types ...hclsyntax.TokenType) map[hclsyntax.TokenType]bool {
	set := map[hclsyntax.TokenType]bool{}
	for _, t := range types {
		set[t] = true
	}
	return set
}

// tooMuch refuses what could exhaust the parser, which calls itself for each
// bracket and operator: it looks at the tokens only.
func tooMuch(name string, src []byte) *hcl.Diagnostic {
	refuse := func(at hcl.Range, format string, args ...any) *hcl.Diagnostic {
		return &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Too much for a scheme file",
			Detail: fmt.Sprintf(format, args...), Subject: &at,
		}
	}
	if len(src) > MaxBytes {
		return refuse(hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}, "The file has more than %d bytes.", MaxBytes)
	}
	all, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos) // the parser reports what is wrong
	var open []hclsyntax.TokenType
	count := 0 // of operators in the expression
	for _, t := range all {
		switch {
		case openers[t.Type]:
			open = append(open, t.Type)
		case closers[t.Type]:
			open = open[:max(len(open)-1, 0)]
		case operators[t.Type]:
			count++
		case t.Type == hclsyntax.TokenNewline && (len(open) == 0 || open[len(open)-1] == hclsyntax.TokenOBrace):
			count = 0 // here a line ends an expression
		}
		if len(open) > MaxNesting {
			return refuse(t.Range, "More than %d brackets, quotes or templates stand inside each other.", MaxNesting)
		}
		if count > MaxOperators {
			return refuse(t.Range, "An expression has more than %d operators.", MaxOperators)
		}
	}
	return nil
}
