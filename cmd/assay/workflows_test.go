package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Workflows run with rights; each rule here keeps one known way to abuse them
// shut. TestWorkflows holds the repository's own files to the rules.
func TestWorkflows(t *testing.T) {
	seen := 0
	for _, dir := range []string{"../../.github", "../../examples"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			switch filepath.Ext(path) {
			case ".yml", ".yaml":
				seen++
				for _, problem := range lintWorkflow(data) {
					t.Errorf("%s:%s", path, problem)
				}
			case "":
				if strings.Contains(filepath.ToSlash(path), "/actions/") && exportsInputs(string(data)) {
					t.Errorf("%s: writes to GITHUB_ENV or GITHUB_PATH", path)
				}
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if seen < 4 {
		t.Fatalf("only %d files were looked at", seen)
	}
}

// lintWorkflow lists what is wrong with a workflow, an action or another YAML
// file, as "line: problem".
func lintWorkflow(data []byte) []string {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return []string{"1: " + err.Error()}
	}
	if len(doc.Content) == 0 {
		return nil
	}
	l := &linter{}
	l.steps(doc.Content[0])
	if jobs := get(doc.Content[0], "jobs"); jobs != nil {
		l.workflow(doc.Content[0], jobs)
	}
	return l.problems
}

type linter struct{ problems []string }

func (l *linter) say(n *yaml.Node, format string, args ...any) {
	l.problems = append(l.problems, fmt.Sprintf("%d: ", n.Line)+fmt.Sprintf(format, args...))
}

// workflow looks at what a workflow as a whole and its jobs must have.
func (l *linter) workflow(top, jobs *yaml.Node) {
	if on := get(top, "on"); on != nil && mentions(on, "pull_request_target") {
		l.say(on, "pull_request_target gives rights to the code of strangers")
	}
	if p := get(top, "permissions"); p == nil || p.Kind != yaml.MappingNode {
		l.say(top, "permissions are not listed at the top")
	}
	if get(top, "concurrency") == nil {
		l.say(top, "concurrency is not set")
	}
	for i := 1; i < len(jobs.Content); i += 2 {
		job := jobs.Content[i]
		if get(job, "uses") == nil && get(job, "timeout-minutes") == nil {
			l.say(job, "job %s has no timeout", jobs.Content[i-1].Value)
		}
		if s := get(job, "secrets"); s != nil && s.Value == "inherit" {
			l.say(s, "secrets: inherit hands over every secret")
		}
	}
}

var (
	pinned         = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+@[0-9a-f]{40}$`)
	versionComment = regexp.MustCompile(`^# v\d+\.\d+\.\d+$`)
)

// steps looks at everything that uses or runs something, at any depth.
func (l *linter) steps(n *yaml.Node) {
	for _, child := range n.Content {
		l.steps(child)
	}
	if uses := get(n, "uses"); uses != nil && uses.Kind == yaml.ScalarNode {
		l.uses(n, uses)
	}
	if run := get(n, "run"); run != nil && run.Kind == yaml.ScalarNode {
		if strings.Contains(run.Value, "${{") {
			l.say(run, "${{ in a script: pass it through env")
		}
		if exportsInputs(run.Value) {
			l.say(run, "writes to GITHUB_ENV or GITHUB_PATH")
		}
	}
}

func (l *linter) uses(step, uses *yaml.Node) {
	if strings.HasPrefix(uses.Value, "./") {
		return
	}
	if !pinned.MatchString(uses.Value) {
		l.say(uses, "%s is not pinned to a commit", uses.Value)
	}
	if !versionComment.MatchString(uses.LineComment) {
		l.say(uses, "%s has no comment with its version", uses.Value)
	}
	if !strings.HasPrefix(uses.Value, "actions/checkout@") {
		return
	}
	if keep := get(get(step, "with"), "persist-credentials"); keep == nil || keep.Value != "false" {
		l.say(uses, "checkout keeps its credentials: set persist-credentials: false")
	}
}

func exportsInputs(script string) bool {
	return strings.Contains(script, "GITHUB_ENV") || strings.Contains(script, "GITHUB_PATH")
}

// get gives the value of a key of a mapping; nil if there is none.
func get(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func mentions(n *yaml.Node, word string) bool {
	if n.Value == word {
		return true
	}
	for _, child := range n.Content {
		if mentions(child, word) {
			return true
		}
	}
	return false
}

const goodWorkflow = `name: good
on: {push: {branches: [main]}}
permissions: {contents: read}
concurrency: {group: good}
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {persist-credentials: false}
      - uses: ./.github/actions/check
      - run: echo "$A"
        env: {A: "${{ github.ref }}"}
`

func TestLintWorkflow(t *testing.T) {
	if got := lintWorkflow([]byte(goodWorkflow)); len(got) > 0 {
		t.Errorf("a good workflow has problems: %q", got)
	}
	for want, change := range map[string][2]string{
		"not pinned":            {"@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7"},
		"not pinned to a comm":  {"./.github/actions/check", "docker://alpine:3"},
		"comment with its":      {" # v7.0.1", ""},
		"keeps its credentials": {"false", "true"},
		"permissions are not":   {"permissions: {contents: read}", "permissions: write-all"},
		"permissions are not l": {"permissions: {contents: read}\n", ""},
		"concurrency":           {"concurrency: {group: good}\n", ""},
		"no timeout":            {"    timeout-minutes: 5\n", ""},
		"rights to the code":    {"push: {branches: [main]}", "pull_request_target: {}"},
		"rights to the code of": {"{push: {branches: [main]}}", "[pull_request_target]"},
		"in a script":           {`echo "$A"`, `echo "${{ github.head_ref }}"`},
		"GITHUB_ENV":            {`echo "$A"`, `echo "A=$A" >> "$GITHUB_ENV"`},
		"every secret":          {"    runs-on: ubuntu-24.04\n", "    secrets: inherit\n"},
		"yaml":                  {"jobs:", "jobs: ["},
	} {
		bad := strings.Replace(goodWorkflow, change[0], change[1], 1)
		if got := strings.Join(lintWorkflow([]byte(bad)), "\n"); bad == goodWorkflow || !strings.Contains(got, want) {
			t.Errorf("with %q: want %q among the problems, have:\n%s", change[1], want, got)
		}
	}
}
