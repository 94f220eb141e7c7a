package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
		Files: scripts(t),
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
			"oddtar":   oddTar,
			"special":  special,
		},
	})
}

// scripts names the scripts to run. With -short and the race detector these are
// those whose commands do several things at a time: a command starts eighty times
// slower there, and in one goroutine nothing can race.
func scripts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if !raceDetector || !testing.Short() {
		return files
	}
	concurrent := []string{"batch.txtar", "check.txtar", "contents.txtar", "data.txtar", "firmware.txtar", "inspect.txtar", "reproduce.txtar"}
	return slices.DeleteFunc(files, func(f string) bool { return !slices.Contains(concurrent, filepath.Base(f)) })
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

// oddtar FILE writes an archive of what asks for care when it is shown or written:
// hard links between folders, names with a line end or a backslash, names that
// lead out, links and a device.
func oddTar(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, h := range []tar.Header{
		{Name: "bin/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "bin/busybox", Mode: 0o4755, Size: 4, Uid: 7, Gid: 8},
		{Name: "sbin/sh", Typeflag: tar.TypeLink, Linkname: "bin/busybox"},
		{Name: "bin/l", Typeflag: tar.TypeSymlink, Linkname: "busybox"},
		{Name: "bin/gone", Typeflag: tar.TypeSymlink, Linkname: "/no/where"},
		{Name: "dev/ttyS0", Typeflag: tar.TypeChar, Devmajor: 4, Devminor: 64, Mode: 0o600},
		{Name: "x\ny", Mode: 0o644, Size: 4},
		{Name: `x\u000ay`, Mode: 0o644, Size: 4},
		{Name: "../../evil", Mode: 0o644, Size: 4},
		{Name: strings.Repeat("d/", 3000) + "deep", Mode: 0o644, Size: 4},
	} {
		h.ModTime = when
		ts.Check(w.WriteHeader(&h))
		_, err := w.Write([]byte("body")[:h.Size])
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// special FILE wants a file that is neither regular nor a link.
func special(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Lstat(ts.MkAbs(args[0]))
	ts.Check(err)
	if info.Mode().IsRegular() || info.Mode()&os.ModeSymlink != 0 {
		ts.Fatalf("%s became %v", args[0], info.Mode())
	}
}
