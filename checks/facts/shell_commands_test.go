package facts

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// What is put in comes out again, in the form of a plain list, whatever is held once.
func TestCommandsAreKept(t *testing.T) {
	guards := []Guard{{0, true}, {1, false}, {2, true}}
	at := assay.Location{Path: "x!s", Digest: "sha256:00", Line: 3, Offset: 20, Length: 9}
	far, other, odd := at, at, at
	far.Offset = math.MaxUint32 + 7
	other.Path, other.Digest = "x!t", "sha256:01"
	odd.Offset = -1
	plain := Command{Name: "wget", Args: []string{"-O", "-"}, Location: at}
	all := []Command{plain, plain, {Location: at}, {}}
	for _, change := range []func(c *Command){
		func(c *Command) { c.Name = "curl" },
		func(c *Command) { c.Args = []string{"-O"} },
		func(c *Command) { c.Args = nil },
		func(c *Command) { c.Redirects = []Redirect{{Op: "<<", Word: "E", Text: "x"}} },
		func(c *Command) { c.Assigns = []Assign{{"A", "b"}} },
		func(c *Command) { c.Assigns = []Assign{{"A", "c"}} },
		func(c *Command) { c.Device, c.DeviceWords = true, []string{"$MAC"} },
		func(c *Command) { c.Device = true },
		func(c *Command) { c.Function = "f" },
		func(c *Command) { c.Pipeline = 2 },
		func(c *Command) { c.Background = true },
		func(c *Command) { c.Conditional = true },
		func(c *Command) { c.Guards = guards },
		func(c *Command) { c.Guards = guards[:2] },
		func(c *Command) { c.Guards = guards[1:] },
		func(c *Command) { c.Location = far },
		func(c *Command) { c.Location = other },
		func(c *Command) { c.Location = odd },
		func(c *Command) { c.Location.Line++ },
	} {
		c := plain
		change(&c)
		all = append(all, c, plain)
	}
	for i := range all {
		all[i].direct = true
	}
	all = append(all, Command{Name: "exec", Args: []string{"true"}, Location: at})
	kept := packCommands(all)
	if got := kept.List(); !reflect.DeepEqual(got, all) {
		for i := range all {
			if !reflect.DeepEqual(got[i], all[i]) {
				t.Errorf("%d:\n%+v\nwant\n%+v", i, got[i], all[i])
			}
		}
	}
	want, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var again Script
	stored, err := json.Marshal(Script{Commands: kept})
	if err != nil || !strings.Contains(string(stored), string(want)) {
		t.Errorf("%s, %v\nwant\n%s", stored, err, want)
	}
	if err := json.Unmarshal(stored, &again); err != nil || !reflect.DeepEqual(again.Commands.List(), all) {
		t.Errorf("read again: %+v, %v", again.Commands.List(), err)
	}
}

func TestCommandsHeldOnce(t *testing.T) {
	calls := strings.Repeat("f\n", 1000)
	for name, c := range map[string]struct {
		script      string
		texts, runs int
	}{
		"a function":         {"f() {\n\techo a\n\tlogger b >/dev/null\n}\n" + calls, 2, 2000},
		"with other words":   {"f() {\n\techo $1\n}\n" + strings.ReplaceAll(calls, "f", "f a"), 1, 1000},
		"words of each":      {"f() {\n\techo $1\n}\nf a\nf b\nf a\nf b\n", 2, 4},
		"alike, other lines": {"echo a\necho a\n", 2, 2},
		"nothing":            {"", 0, 0},
	} {
		s := script(t, c.script)
		if len(s.Commands.texts) != c.texts || s.Commands.Len() != c.runs {
			t.Errorf("%s: %d texts of %d commands, want %d of %d", name, len(s.Commands.texts), s.Commands.Len(), c.texts, c.runs)
		}
	}
	r := scriptReader{texts: &TextSet{}} // what it has of one script does not reach the next
	f := &firmware.File{Path: "x!s", Name: "s", Container: &firmware.Container{}, Kind: firmware.Regular}
	first := r.read(Text{File: f, Content: "echo a >/tmp/x\n"})
	r.read(Text{File: f, Content: "ls b\nls c\n"})
	if got := list(first); len(got) != 1 || words(got[0]) != "echo a" || len(got[0].Redirects) != 1 {
		t.Errorf("after another script: %+v", got)
	}
}

// madeScripts are scripts as a distribution has them: a few helpers that every path
// of the script calls.
func madeScripts(n int) []Text {
	var texts []Text
	for i := range n {
		var b strings.Builder
		b.WriteString("#!/bin/sh\nset -e\nlog() {\n\techo \"$0: $1\" >&2\n\tlogger -t \"$0\" \"$1\"\n}\n")
		fmt.Fprintf(&b, "restart() {\n\tif [ -x /etc/init.d/s%d ]; then\n\t\tlog \"restart of s%d\"\n\t\tinvoke-rc.d s%d restart || exit $?\n\tfi\n}\n", i, i, i)
		for _, step := range []string{"configure", "abort-upgrade", "abort-remove", "reconfigure", "triggered"} {
			fmt.Fprintf(&b, "if [ \"$1\" = %s ]; then\n\tlog %s\n\trm -f /var/lib/s%d/%s\n\tchown root:root /etc/s%d.conf >/dev/null\n\trestart\nfi\n", step, step, i, step, i)
		}
		name := fmt.Sprintf("var/lib/dpkg/info/s%d.postinst", i)
		f := &firmware.File{Path: "x!" + name, Name: name, Container: &firmware.Container{}, Kind: firmware.Regular}
		texts = append(texts, Text{File: f, Content: b.String()})
	}
	return texts
}

// BenchmarkScripts tells what a command takes that is kept until all facts are known.
func BenchmarkScripts(b *testing.B) {
	texts := madeScripts(2000)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		set := &TextSet{}
		before := heap()
		b.StartTimer()
		all := readScripts(set, texts)
		b.StopTimer()
		n := 0
		for i := range all {
			n += all[i].Commands.Len()
		}
		set.scripts = parsedScripts{}
		b.ReportMetric(float64(heap()-before)/float64(n), "kept-B/command")
		b.ReportMetric(float64(n), "commands")
		runtime.KeepAlive(all)
		b.StartTimer()
	}
}
