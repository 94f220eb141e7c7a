package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/firmware"
)

// version is set when a release is built: -ldflags "-X main.version=v1.2.3".
var version = "dev"

// env is what the program gets from its surroundings, so that tests can give
// it others. The clock is read once, in main.
type env struct {
	args     []string
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      time.Time
	confine  func(sandbox.Rights) (state string, err error) // nil where the process must keep its rights
	chunk    int                                            // labels of a batch that are published together; batchChunk if zero
}

// program is one run of assay.
type program struct {
	env
	rawOut, rawErr io.Writer // for bytes that are no text of ours: out and err let nothing pass that could steer a terminal

	color bool
	today string // YYYY-MM-DD, the default of --as-of
	state string // of the sandbox

	piped   *firmware.Source  // the image that came from standard input
	scratch *firmware.Scratch // for long streams; nil where no file can be made for it
}

// run runs one command and gives its exit code.
func run(ctx context.Context, e env) int {
	p := &program{env: e, rawOut: e.out, rawErr: e.err, today: e.now.Format(time.DateOnly)}
	p.color = p.wantsColor()
	out, errw := &report.Visible{To: e.out, Colors: p.color}, &report.Visible{To: e.err, Colors: p.color}
	p.out, p.err = out, errw
	root := p.commands()
	root.SetArgs(e.args)
	root.SetIn(e.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := cmp.Or(root.ExecuteContext(ctx), out.Flush(), errw.Flush())
	if err != nil && isUsage(err) {
		err = badInput("run \"assay --help\", or \"assay COMMAND --help\"", "%w", err)
	}
	if c := (*codedError)(nil); err != nil && ctx.Err() != nil && !errors.As(err, &c) {
		err = errStopped // whatever it was that the signal broke off
	}
	return p.report(err)
}

// errStopped says that a signal ended the run.
var errStopped = errors.New("stopped")

// usageError marks errors of flags and arguments.
type usageError struct{ error }

func isUsage(err error) bool {
	return errors.As(err, &usageError{}) || strings.HasPrefix(err.Error(), "unknown command") ||
		strings.HasPrefix(err.Error(), "required flag") || strings.HasPrefix(err.Error(), "at least one of the flags") ||
		strings.HasPrefix(err.Error(), "if any flags in the group")
}

func (p *program) commands() *cobra.Command {
	root := &cobra.Command{
		Use:   "assay",
		Short: "Check IoT products against security schemes, and make and verify their labels",
		Long: `Assay checks what a maker declares about an IoT product against its firmware,
concludes by public schemes, and makes a signed label that anyone can verify offline.

Exit codes: 0 yes · 1 could not run · 2 the input is wrong · 3 no · 4 cannot tell ·
5 authentic, but not valid now.`,
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddGroup(&cobra.Group{ID: "everyone", Title: "For everyone:"},
		&cobra.Group{ID: "makers", Title: "For makers:"},
		&cobra.Group{ID: "issuers", Title: "For issuers:"},
		&cobra.Group{ID: "reference", Title: "Reference:"})
	root.SetHelpCommandGroupID("reference")
	root.SetCompletionCommandGroupID("reference")
	for _, group := range []struct {
		id       string
		commands []*cobra.Command
	}{
		{"everyone", []*cobra.Command{p.checkCommand(), p.inspectCommand(), p.labelCommand(), p.verifyCommand(), p.explainCommand()}},
		{"makers", []*cobra.Command{p.initCommand(), p.validateCommand(), p.fmtCommand(), p.diffCommand(), p.reproduceCommand()}},
		{"issuers", []*cobra.Command{p.issuerCommand()}},
		{"reference", []*cobra.Command{p.schemesCommand(), p.newDataCommand(), p.versionCommand()}},
	} {
		for _, c := range group.commands {
			c.GroupID = group.id
			root.AddCommand(c)
		}
	}
	root.AddCommand(p.helperCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			knownTopics(c)
		case "completion":
			c.Args, c.RunE = noArgs, help
		}
	}
	return root
}

// knownTopics makes help refuse a command that does not exist.
func knownTopics(topics *cobra.Command) {
	show := topics.Run
	topics.Run, topics.RunE = nil, func(c *cobra.Command, args []string) error {
		at, rest, err := c.Root().Find(args)
		if err != nil {
			return usageError{err}
		}
		if len(rest) > 0 {
			return usageError{fmt.Errorf("unknown command %q for %q", rest[0], at.CommandPath())}
		}
		show(c, args)
		return nil
	}
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.out, "assay", version)
			return err
		},
	}
}

// asOf parses --as-of; empty means today.
func (p *program) asOf(s string) (time.Time, error) {
	if s == "" {
		s = p.today
	}
	t, err := assay.Date(s)
	if err != nil {
		return time.Time{}, badInput("write it as 2026-11-23", "--as-of %q is not a date", s)
	}
	return t, nil
}

// noteDate tells that a label is dated later than today: by mistake, perhaps.
func (p *program) noteDate(issued time.Time) {
	if day := issued.Format(time.DateOnly); day > p.today {
		fmt.Fprintf(p.err, "note: the label is dated %s, and today is %s: it is not valid before its day\n", day, p.today)
	}
}

// dropRights takes from the process what it no longer needs, before the first
// byte of an image is parsed. What is in force stands in the report.
func (p *program) dropRights(r sandbox.Rights) {
	p.makeScratch()
	if p.confine == nil {
		p.state = "none: not asked for"
		return
	}
	state, err := p.confine(r)
	if err != nil {
		state = "none: " + err.Error()
	}
	p.state = state
}

// The argument rules, with errors that count as wrong input.
func noArgs(c *cobra.Command, args []string) error { return asUsage(cobra.NoArgs(c, args)) }

func oneArg(c *cobra.Command, args []string) error { return asUsage(cobra.ExactArgs(1)(c, args)) }

func atMostOne(c *cobra.Command, args []string) error { return asUsage(cobra.MaximumNArgs(1)(c, args)) }

func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
	faint  = "2"
)

// paint colours text for a terminal; plain otherwise.
func (p *program) paint(color, text string) string {
	if !p.color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (p *program) wantsColor() bool {
	f, ok := p.rawOut.(*os.File)
	return ok && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
