// Package checktest tests checks with fixtures that a person can read.
//
// A check is tested by three lines:
//
//	func TestEmptyPassword(t *testing.T) {
//		checktest.Run(t, EmptyPassword)
//	}
//
// Run judges every testdata/empty_password/*.txtar beside the check. A fixture
// is a root file system, what the maker declares, and what the check must say:
//
//	-- product.hcl --
//	product "cam" { … }
//	-- ./docs/risk.pdf --
//	a file of the product's folder: its name starts with ./
//	-- as-of --
//	2026-06-01
//	-- etc/shadow mode=0600 uid=0 gid=0 --
//	admin::19000:0:99999:7:::
//	-- etc/localtime link=../tmp/TZ --
//	-- tmp/ mode=1777 --
//	-- bin/busybox mode=0755 encoding=base64 --
//	f0VMRgEBAQ==
//	-- etc/token newline=no --
//	a file whose last line has no line feed
//	-- want --
//	fail observed
//	critical etc/shadow:1 account admin has an empty password
//
// The folders bin, dev, etc, lib, proc and usr are always there, so that the
// image is a root file system; a section "options" may say no-root, or no-modes
// for an unpacked folder that has lost its modes and owners. Further sections:
//
//	-- coverage --
//	unexplained 0x1000 8192 no known format
//	skipped image!data.enc encrypted
//	opaque
//	-- router.bin whole=yes encoding=hex --
//	the whole image as a file, in place of the folder
//	-- etc/passwd firmware=radio --
//	a file of another image: that of the block firmware "radio"
//	-- fact repository --
//	{"private": true}      the JSON of a fact that is supplied from outside
//	-- secrets --
//	words that may not stand anywhere in the result
//
// The first line of want is the verdict, then the proof if that matters, then,
// after a colon, a part of the reason. Each further line is one finding:
// severity, places, message. A place is a path inside the image with its line;
// for what is declared it is the product file with its line; several places are
// joined with commas. Findings stand in the order of the result. Where there
// are several images, "-- want firmware=radio --" speaks of another one.
//
// go test -update rewrites the want sections. Look at what it wrote.
package checktest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

var update = flag.Bool("update", false, "rewrite the want sections of fixtures")

// Run judges each fixture of the check and compares. It fails if there is not
// at least one fixture that passes, one that fails, and one to which the check
// does not apply or that it cannot decide. A check whose findings are never
// more than notes needs none that fails.
func Run(t *testing.T, check *checks.Check) {
	t.Helper()
	dir := Folder(check)
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := readArchive(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range a.want {
				seen[w.verdict]++
			}
			for _, problem := range judge(t.Context(), check, a, t.TempDir(), *update) {
				t.Error(problem)
			}
		})
	}
	for _, problem := range Missing(check, seen) {
		t.Errorf("%s: %s", dir, problem)
	}
}

// Folder is where the fixtures of a check lie, seen from its package.
func Folder(check *checks.Check) string {
	_, name, _ := strings.Cut(string(check.ID), "/")
	return filepath.Join("testdata", strings.ReplaceAll(name, "-", "_"))
}

// judge assesses one fixture and says how the results differ from what it wants.
func judge(ctx context.Context, check *checks.Check, a *archive, dir string, rewrite bool) []string {
	s, err := a.subject(ctx, check, dir)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", a.file, err)}
	}
	results := checks.Assess(ctx, s, []*checks.Check{check})
	problems := again(ctx, check, s, results)
	for _, r := range results {
		problems = append(problems, a.leaks(r)...)
		firmware := a.wantedUnder(r.Firmware)
		w, ok := a.want[firmware]
		if !ok {
			problems = append(problems, fmt.Sprintf("nothing is wanted for firmware %q, but the verdict is %s", r.Firmware, r.Verdict))
			continue
		}
		if rewrite {
			a.raw.Files[w.section].Data = []byte(strings.Join(describe(r, dir), "\n") + "\n")
			continue
		}
		problems = append(problems, w.compare(r, dir)...)
	}
	if rewrite && len(problems) == 0 {
		if err := os.WriteFile(a.file, txtar.Format(a.raw), 0o644); err != nil {
			problems = append(problems, err.Error())
		}
	}
	return problems
}

// wantedUnder finds the want section for a firmware label: its own, or the
// plain one.
func (a *archive) wantedUnder(firmware string) string {
	if _, ok := a.want[firmware]; ok {
		return firmware
	}
	return ""
}

// compare says how a result differs from what is wanted.
func (w want) compare(r assay.Result, dir string) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if r.Verdict.String() != w.verdict {
		say("verdict %s, want %s (reason: %s)", r.Verdict, w.verdict, r.Reason)
	}
	if w.proof != "" && r.Proof.String() != w.proof {
		say("proof %s, want %s", r.Proof, w.proof)
	}
	if !strings.Contains(r.Reason, w.reason) {
		say("reason %q, want %q in it", r.Reason, w.reason)
	}
	got := describe(r, dir)[1:]
	for _, line := range got {
		if !slices.Contains(w.findings, line) {
			say("found, but not wanted:\n\t%s", line)
		}
	}
	for _, line := range w.findings {
		if !slices.Contains(got, line) {
			say("wanted, but not found:\n\t%s", line)
		}
	}
	if len(problems) == 0 && !slices.Equal(got, w.findings) {
		say("the findings are right, but not in this order or number:\n\t%s", strings.Join(got, "\n\t"))
	}
	return problems
}

// describe writes a result as a want section.
func describe(r assay.Result, dir string) []string {
	first := r.Verdict.String()
	if r.Proof != assay.NotAssessed {
		first += " " + r.Proof.String()
	}
	if r.Reason != "" {
		first += ": " + r.Reason
	}
	out := []string{first}
	for _, f := range r.Findings {
		out = append(out, f.Severity.String()+" "+places(f, dir)+" "+f.Message)
	}
	return out
}

// places joins the places of a finding, as a person would name them.
func places(f assay.Finding, dir string) string {
	var out []string
	for _, e := range f.Evidence {
		l := e.Location
		if i := strings.LastIndex(l.Path, "!"); i >= 0 && e.Kind != assay.KindDeclared {
			l.Path = l.Path[i+1:]
		}
		if rel, err := filepath.Rel(dir, l.Path); err == nil && filepath.IsLocal(rel) {
			l.Path = filepath.ToSlash(rel)
		}
		out = append(out, l.String())
	}
	if len(out) == 0 {
		return "nowhere"
	}
	return strings.Join(out, ",")
}

// leaks says which secrets of the fixture stand in a result.
func (a *archive) leaks(r assay.Result) []string {
	text, err := json.Marshal(r)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, secret := range a.secrets {
		quoted, _ := json.Marshal(secret)
		if strings.Contains(string(text), strings.Trim(string(quoted), `"`)) {
			problems = append(problems, fmt.Sprintf("the secret %q stands in the result", secret))
		}
	}
	return problems
}

// again judges from stored facts: what a check needs directly must survive
// JSON, so that an assessment can be judged again without the image.
func again(ctx context.Context, check *checks.Check, s checks.Subject, first []assay.Result) []string {
	restored, err := restore(check, s)
	if err != nil {
		return []string{err.Error()}
	}
	second := checks.Assess(ctx, restored, []*checks.Check{check})
	for i, r := range second { // a fact that is not known is so for another reason now
		if r.Verdict == assay.Inconclusive && first[i].Verdict == assay.Inconclusive {
			second[i].Reason = first[i].Reason
		}
	}
	if !reflect.DeepEqual(first, second) {
		a, _ := json.MarshalIndent(first, "", "\t")
		b, _ := json.MarshalIndent(second, "", "\t")
		return []string{fmt.Sprintf("judged again from stored facts, the result differs:\n%s\nwas:\n%s", b, a)}
	}
	return nil
}
