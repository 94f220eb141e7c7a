package main

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/labels"
)

// today is the day on which the scripts run.
var today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// nowOf is noon of a day that a script has set, or today.
func nowOf(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return today
	}
	return at.Add(12 * time.Hour)
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"assay": func() {
		chunk, _ := strconv.Atoi(os.Getenv("CHUNK"))
		os.Exit(run(context.Background(), env{
			args: os.Args[1:], in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: nowOf(os.Getenv("NOW")), confine: sandbox.Confine, chunk: chunk,
		}))
	}})
}

// examples builds the example images once for all tests.
var examples = sync.OnceValues(func() (string, error) {
	root, err := filepath.Abs("../../examples")
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "run", "./examples/build")
	build.Dir = filepath.Dir(root)
	if out, err := build.CombinedOutput(); err != nil {
		return "", &exec.ExitError{Stderr: out}
	}
	return root, nil
})

// TestScripts runs the program as people do: one script for each sentence of
// the README, and for each kind of wrong input.
func TestScripts(t *testing.T) {
	root, err := examples()
	if err != nil {
		t.Fatalf("build the examples: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", root)
			e.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"truncate": truncate,
			"append":   appendByte,
			"flip":     flip,
			"unhex":    unhex,
			"graft":    graft,
		},
	})
}

// exits CODE COMMAND ARGS… runs a command and wants this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGS]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if got := strconv.Itoa(code); got != args[0] {
		ts.Fatalf("%v: exit code %s, want %s", args[1:], got, args[0])
	}
}

func number(ts *testscript.TestScript, s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	ts.Check(err)
	return n
}

// truncate FILE N cuts a file to N bytes.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Truncate(ts.MkAbs(args[0]), number(ts, args[1])))
}

// append FILE puts one byte at the end of a file.
func appendByte(ts *testscript.TestScript, _ bool, args []string) {
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(data, '\n'), 0o644))
}

// flip FILE N changes the lowest bit of byte N of a file.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	data[number(ts, args[1])] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// unhex FILE OUT turns hexadecimal digits into bytes.
func unhex(ts *testscript.TestScript, _ bool, args []string) {
	data, err := hex.DecodeString(strings.Join(strings.Fields(ts.ReadFile(args[0])), ""))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}

// graft BUNDLE OTHER OUT writes the first bundle with the statement of the other.
func graft(ts *testscript.TestScript, _ bool, args []string) {
	b, err := labels.ParseBundle([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	other, err := labels.ParseBundle([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	b.Envelope.Payload = other.Envelope.Payload
	data, err := b.Bytes()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data, 0o644))
}
