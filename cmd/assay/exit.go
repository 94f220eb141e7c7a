package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/labels"
)

// The exit codes, the same for every command.
const (
	exitYes         = 0 // met; authentic and valid; formatted
	exitFailed      = 1 // could not run: input or output, a bug, a limit of time
	exitInput       = 2 // the input is wrong: flags, product file, policy, not a label
	exitNo          = 3 // not met; not authentic; not formatted
	exitCannotTell  = 4 // inconclusive; freshness unknown
	exitNotValidNow = 5 // authentic, but not valid now
)

// codedError carries the exit code with the error. An empty message prints
// nothing: the answer was printed already.
type codedError struct {
	code int
	err  error
	fix  string
}

func (e *codedError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *codedError) Unwrap() error { return e.err }

// answered ends the program with a code and no further words.
func answered(code int) error {
	if code == exitYes {
		return nil
	}
	return &codedError{code: code}
}

// badInput says that what the user gave is wrong, and how to mend it.
func badInput(fix, format string, args ...any) error {
	return &codedError{code: exitInput, err: fmt.Errorf(format, args...), fix: fix}
}

// report prints an error in the form of all errors of the program, what and
// then the fix, and gives its exit code.
func (p *program) report(err error) int {
	if err == nil {
		return exitYes
	}
	code, fix := exitFailed, ""
	if c := (*codedError)(nil); errors.As(err, &c) {
		code, fix = c.code, c.fix
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintf(p.err, "%s %s\n", p.paint(red, "error:"), cleanLines(p.cleanArgs(strings.TrimSpace(msg))))
		if fix != "" {
			fmt.Fprintf(p.err, "  fix: %s\n", fix)
		}
	}
	return code
}

// cleanArgs shows what stands in the arguments and would break a line, as the name of a file can:
// what the program itself says has lines of its own.
func (p *program) cleanArgs(msg string) string {
	for _, arg := range p.args {
		for _, name := range []string{arg, filepath.Base(arg)} {
			if strings.ContainsAny(name, "\n\t") && strings.TrimSpace(name) != "" {
				msg = strings.ReplaceAll(msg, name, labels.Visible(name))
			}
		}
	}
	return msg
}

// cleanLines makes an error safe for a terminal, line by line: it may hold what others
// wrote, a server, a program that signs, a file's name.
func cleanLines(msg string) string {
	return eachPart(msg, "\n", func(line string) string { return eachPart(line, "\t", report.Clean) })
}

func eachPart(s, between string, change func(string) string) string {
	parts := strings.Split(s, between)
	for i, part := range parts {
		parts[i] = change(part)
	}
	return strings.Join(parts, between)
}

// worst gives the exit code for a list of conclusions: not met outweighs
// inconclusive outweighs met.
func worst(conclusions []assay.Conclusion) int {
	code := exitYes
	for _, c := range conclusions {
		switch c.Outcome {
		case assay.NotMet:
			return exitNo
		case assay.Met:
		default:
			code = exitCannotTell
		}
	}
	if len(conclusions) == 0 {
		return exitCannotTell
	}
	return code
}

// count writes a number with its word.
func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
