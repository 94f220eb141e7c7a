package product

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Limits on product files. They are far above what a product needs, and low
// enough that a hostile file costs little.
const (
	MaxFiles     = 64        // product files in a folder
	MaxFileBytes = 256 << 10 // bytes of one product file
	MaxBytes     = 1 << 20   // bytes of all product files together
	MaxDepth     = 32        // brackets inside one another
	maxOpen      = 100       // brackets and texts inside one another, before it is known what they are
	maxDigits    = 32        // digits of a number
	maxKeyBytes  = 64 << 10  // bytes that file() reads
)

// privateKey fits the first line of every PEM private key, and of PGP's.
var privateKey = lazyregexp.New(`-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY`)

// guard looks at a file before it is parsed: the parser calls itself for each
// bracket, so nesting is bounded here, and operators are refused that would
// make it do the same without brackets. It also refuses private keys, before
// any message could show one.
func guard(name string, src []byte, isJSON bool) hcl.Diagnostics {
	if at := privateKey.Get().FindIndex(src); at != nil {
		return hcl.Diagnostics{mistake(rangeAt(name, src, at[0], at[1]),
			"Take it out, and replace the key pair if anyone else has seen this file. Only public keys belong here.",
			"a private key stands in the product file")}
	}
	if isJSON {
		return guardJSON(name, src)
	}
	if at := deepest(src, maxOpen); at >= 0 {
		return hcl.Diagnostics{tooDeep(rangeAt(name, src, at, at+1))}
	}
	return guardTokens(src, func(src []byte) (hclsyntax.Tokens, hcl.Diagnostics) {
		return hclsyntax.LexConfig(src, name, hcl.InitialPos)
	})
}

// closers gives for each opening token what closes it.
var closers = map[hclsyntax.TokenType]hclsyntax.TokenType{
	hclsyntax.TokenOBrace: hclsyntax.TokenCBrace, hclsyntax.TokenOBrack: hclsyntax.TokenCBrack,
	hclsyntax.TokenOParen: hclsyntax.TokenCParen, hclsyntax.TokenTemplateInterp: hclsyntax.TokenTemplateSeqEnd,
}

// operators are the tokens of HCL that the product language does without.
var operators = map[hclsyntax.TokenType]bool{
	hclsyntax.TokenStar: true, hclsyntax.TokenSlash: true, hclsyntax.TokenPlus: true, hclsyntax.TokenPercent: true,
	hclsyntax.TokenEqualOp: true, hclsyntax.TokenNotEqual: true, hclsyntax.TokenLessThan: true, hclsyntax.TokenLessThanEq: true,
	hclsyntax.TokenGreaterThan: true, hclsyntax.TokenGreaterThanEq: true, hclsyntax.TokenAnd: true, hclsyntax.TokenOr: true,
	hclsyntax.TokenBang: true, hclsyntax.TokenQuestion: true, hclsyntax.TokenEllipsis: true, hclsyntax.TokenFatArrow: true,
	hclsyntax.TokenTemplateControl: true, hclsyntax.TokenDoubleColon: true,
}

// guardTokens checks the tokens of native syntax. What is no token at all the
// parser will say better.
func guardTokens(src []byte, lex func([]byte) (hclsyntax.Tokens, hcl.Diagnostics)) hcl.Diagnostics {
	tokens, _ := lex(src)
	var open []hclsyntax.TokenType
	for i, t := range tokens {
		if n := len(open); n > 0 && t.Type == open[n-1] {
			open = open[:n-1]
			continue
		}
		if closer, opens := closers[t.Type]; opens {
			if open = append(open, closer); len(open) > MaxDepth {
				return hcl.Diagnostics{tooDeep(t.Range)}
			}
		}
		if refused(tokens, i) {
			return hcl.Diagnostics{mistake(t.Range, "Write the value itself, or set it from outside with a variable block.",
				"%s is no part of the product language", quoted(string(t.Bytes)))}
		}
		if t.Type == hclsyntax.TokenNumberLit && len(t.Bytes) > maxDigits {
			return hcl.Diagnostics{tooLong(t.Range)}
		}
	}
	return nil
}

// refused reports whether a token begins an expression that the product
// language leaves out: operators, conditions and loops.
func refused(tokens hclsyntax.Tokens, i int) bool {
	t := tokens[i]
	switch t.Type {
	case hclsyntax.TokenMinus:
		return i+1 < len(tokens) && tokens[i+1].Type != hclsyntax.TokenNumberLit
	case hclsyntax.TokenIdent:
		return i > 0 && string(t.Bytes) == "for" && tokens[i-1].Type == hclsyntax.TokenOBrack
	}
	return operators[t.Type]
}

// guardJSON does the same for JSON, byte by byte.
func guardJSON(name string, src []byte) hcl.Diagnostics {
	depth, digits, inText := 0, 0, false
	for i := 0; i < len(src); i++ {
		c := src[i]
		if inText {
			if c == '\\' {
				i++
			}
			inText = c != '"'
			continue
		}
		digits++
		switch {
		case c == '"':
			inText = true
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return hcl.Diagnostics{tooDeep(rangeAt(name, src, i, i+1))}
			}
		case c == '}' || c == ']':
			depth--
		}
		if c < '+' || c > '9' || c == ',' {
			digits = 0
		}
		if digits > maxDigits {
			return hcl.Diagnostics{tooLong(rangeAt(name, src, i, i+1))}
		}
	}
	return nil
}

func tooDeep(at hcl.Range) *hcl.Diagnostic {
	return mistake(at, "A product file needs no more than five levels; look for a bracket that is not closed.",
		"more than %d brackets inside one another", MaxDepth)
}

func tooLong(at hcl.Range) *hcl.Diagnostic {
	return mistake(at, "Write a smaller number, or put the value in quotes if it is a text.", "a number of more than %d digits", maxDigits)
}

// rangeAt is the range of bytes start to end of a file, with line and column.
func rangeAt(name string, src []byte, start, end int) hcl.Range {
	return hcl.Range{Filename: name, Start: posAt(src, start), End: posAt(src, end)}
}

func posAt(src []byte, at int) hcl.Pos {
	at = min(at, len(src))
	line := bytes.LastIndexByte(src[:at], '\n') + 1
	return hcl.Pos{Line: bytes.Count(src[:at], []byte("\n")) + 1, Column: len(bytes.Runes(src[line:at])) + 1, Byte: at}
}

// size writes a number of bytes for people.
func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
