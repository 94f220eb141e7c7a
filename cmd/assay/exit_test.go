package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay"
)

// What others wrote into an error cannot drive a terminal; lines stay lines.
func TestErrorsAreClean(t *testing.T) {
	if got := cleanLines("a \x1b[31m\r b\n\tc \u202e"); got != "a \\u001b[31m\\u000d b\n\tc \\u202e" {
		t.Errorf("%q", got)
	}
}

// The name of a file breaks no line of an error.
func TestNamesBreakNoLines(t *testing.T) {
	const name = "folder/y\nThis label is genuine: Hearth Hub."
	p := &program{env: env{args: []string{"verify", name}}}
	got := p.cleanArgs("not a label:\n\t" + name + "; " + filepath.Base(name))
	if want := "not a label:\n\tfolder/y\\u000aThis label is genuine: Hearth Hub.; y\\u000aThis label is genuine: Hearth Hub."; got != want {
		t.Errorf("%q", got)
	}
}

func TestWorst(t *testing.T) {
	of := func(outcomes ...assay.Outcome) []assay.Conclusion {
		var c []assay.Conclusion
		for _, o := range outcomes {
			c = append(c, assay.Conclusion{Outcome: o})
		}
		return c
	}
	for _, test := range []struct {
		name string
		in   []assay.Conclusion
		want int
	}{
		{"nothing concluded is not a yes", nil, exitCannotTell},
		{"all met", of(assay.Met, assay.Met), exitYes},
		{"one inconclusive", of(assay.Met, assay.Undecided), exitCannotTell},
		{"not met outweighs inconclusive", of(assay.Undecided, assay.NotMet, assay.Met), exitNo},
		{"an outcome that does not apply is not a yes", of(assay.DoesNotApply), exitCannotTell},
	} {
		if got := worst(test.in); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestCodedErrorSurvivesWrapping(t *testing.T) {
	err := fmt.Errorf("outer: %w", badInput("", "inner"))
	if c := (*codedError)(nil); !errors.As(err, &c) || c.code != exitInput {
		t.Fatalf("the code is lost in %v", err)
	}
}

// TestStopped: what a signal breaks off says so, and not in the words of Go.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "image.bin"), bytes.Repeat([]byte("x"), 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(ctx, env{
		args: []string{"inspect", filepath.Join(root, "image.bin")},
		out:  &out, err: &errs, getenv: func(string) string { return "" }, now: today,
	})
	if code != exitFailed || errs.String() != "error: stopped\n" || out.Len() > 0 {
		t.Errorf("exit code %d, %q, %q", code, errs.String(), out.String())
	}
}
