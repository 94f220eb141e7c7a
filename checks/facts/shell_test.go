package facts

import (
	"reflect"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// script lists the commands of a script that stands alone.
func script(t testing.TB, content string) Script {
	t.Helper()
	f := &firmware.File{Path: "x!usr/sbin/s", Name: "usr/sbin/s", Container: &firmware.Container{}, Kind: firmware.Regular}
	return (&scriptReader{texts: &TextSet{}}).read(Text{File: f, Content: content})
}

func list(s Script) []Command { return s.Commands.List() }

func words(c Command) string { return strings.TrimSpace(c.Name + " " + strings.Join(c.Args, " ")) }

func TestScriptResolvesVariables(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", `A=x; echo $A ${A}y "$A z"`, "echo x xy x z"},
		{"default", `echo ${P:-23}`, "echo 23"},
		{"unset is empty", `echo "a${P}b"`, "echo ab"},
		{"split", `O="-l /bin/sh"; telnetd $O`, "telnetd -l /bin/sh"},
		{"not split", `O="-l /bin/sh"; telnetd "$O"`, "telnetd -l /bin/sh"},
		{"prefix", `P=/usr/sbin/x; echo ${P##*/} ${P%/*}`, "echo x /usr/sbin"},
		{"argument", `echo "$1"`, "echo $1"},
		{"run time", `echo "$(cat /etc/x)"`, "echo $(cat /etc/x)"},
		{"base name", `echo "$(basename /a/b.sh .sh)"`, "echo b"},
		{"slice is unknown", `A=abc; echo ${A:0:2}`, "echo ${A:0:2}"},
		{"replaced", `A=a-b; echo ${A/-/+}`, "echo a+b"},
		{"in a function", `f() { echo $1; }; f hello`, "echo hello"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := script(t, tc.in)
			if s.Problem != "" {
				t.Fatal(s.Problem)
			}
			got := words(s.Commands.At(s.Commands.Len() - 1))
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestScriptPlacesCommands(t *testing.T) {
	in := "#!/bin/sh\n# no command\nwget -O /tmp/x http://a/b || exit 1\nopenssl dgst -verify k -signature s /tmp/x && dd if=/tmp/x of=/dev/mtd3 >/dev/null 2>&1\n"
	s := script(t, in)
	if s.Commands.Len() != 3 {
		t.Fatalf("commands %+v", list(s))
	}
	dd := s.Commands.At(2)
	if dd.Location.Line != 4 || dd.Location.Offset != int64(strings.Index(in, "dd if")) || dd.Redirects[1].Op != "2>&" {
		t.Errorf("dd at %+v, redirects %+v", dd.Location, dd.Redirects)
	}
	want := []Guard{{0, true}, {1, true}}
	if len(dd.Guards) != 2 || dd.Guards[0] != want[0] || dd.Guards[1] != want[1] {
		t.Errorf("guards %+v, want %+v", dd.Guards, want)
	}
}

func TestScriptGuards(t *testing.T) {
	for _, tc := range []struct {
		name, in, command string
		guard             Guard
	}{
		{"then", "if verify; then write; fi", "write", Guard{0, true}},
		{"else", "if verify; then ok; else write; fi", "write", Guard{0, false}},
		{"not, exit", "if ! verify; then exit 1; fi\nwrite", "write", Guard{0, true}},
		{"or exit", "verify || exit\nwrite", "write", Guard{0, true}},
		{"status, exit", "verify\nif [ $? -ne 0 ]; then exit 1; fi\nwrite", "write", Guard{0, true}},
		{"status, or exit", "verify\n[ $? = 0 ] || exit\nwrite", "write", Guard{0, true}},
		{"status, else", "verify\nif [ $? -eq 0 ]; then ok; else write; fi", "write", Guard{0, false}},
		{"not status", "verify\nif ! [ $? -eq 0 ]; then write; fi", "write", Guard{0, false}},
		{"or block", "verify || { echo bad; exit 1; }\nwrite", "write", Guard{0, true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, c := range list(script(t, tc.in)) {
				if c.Name != tc.command {
					continue
				}
				for _, g := range c.Guards {
					if g == tc.guard {
						return
					}
				}
				t.Fatalf("guards %+v", c.Guards)
			}
			t.Fatal("the command is missing")
		})
	}
}

func TestScriptPipelines(t *testing.T) {
	c := list(script(t, "wget -O - $U | tar x\nls"))
	if len(c) != 3 || c[0].Pipeline != 1 || c[1].Pipeline != 1 || c[2].Pipeline != 0 {
		t.Errorf("%+v", c)
	}
}

func TestCommandLooksThrough(t *testing.T) {
	for in, want := range map[string]string{
		"exec /usr/bin/env A=1 nice -n 5 busybox telnetd -l sh": "telnetd",
		"nohup /opt/x &":             "x",
		"timeout 5 curl -sSkL url":   "curl",
		"sudo -u nobody wget x":      "wget",
		"chroot /jail /usr/sbin/foo": "foo",
	} {
		c := list(script(t, in))[0]
		if c.Program() != want {
			t.Errorf("%s: %s", in, c.Program())
		}
	}
	if c := list(script(t, "curl -sSkL x"))[0]; !c.Has("-k", "--insecure") || c.Has("-o") {
		t.Error("combined flags")
	}
}

func TestScriptLimits(t *testing.T) {
	for name, in := range map[string]string{
		"nested":  strings.Repeat("$((", 1000),
		"doubles": strings.Repeat("((1))\n", 5000),
		"large":   strings.Repeat("#", MaxScript+1),
		"loop":    "for a in 1 2 3 4 5 6 7 8 9; do for b in 1 2 3 4 5 6 7 8 9; do for c in 1 2 3 4 5 6 7 8 9; do for d in 1 2 3 4 5 6 7 8 9; do for e in 1 2 3 4 5 6 7 8 9; do x; done; done; done; done; done",
		"calls":   "f() { f; f; }; f",
		"broken":  "if true; then\necho )(\n",
	} {
		if s := script(t, in); s.Problem == "" {
			t.Errorf("%s: no problem is told", name)
		}
	}
	s := script(t, "A=xxxxxxxxxxxxxxxx\n"+strings.Repeat("A=$A$A\n", 60)+"echo $A")
	if n := len(words(s.Commands.At(s.Commands.Len() - 1))); n > 2*maxWord {
		t.Errorf("a word grew to %d bytes", n)
	}
}

func TestShellMatch(t *testing.T) {
	for _, tc := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true},
		{"S??*", "S50x", true},
		{"S??*", "S5", false},
		{"[!a]b", "cb", true},
		{"[a-c]*", "bzz", true},
		{"*.sh", "a.sh", true},
		{"a[", "a[", true},
		{"**a", "bca", true},
		{"[", "[", true},
	} {
		if got := shellMatch(tc.pattern, tc.s); got != tc.want {
			t.Errorf("%q %q: %v", tc.pattern, tc.s, got)
		}
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{
		"case $1 in start) x;; *) y;; esac", "f() { f; }; f", "A=$(A=$(x)); echo ${A:-$(y)}",
		"cat <<E\n$x\nE\n", "[[ a == b && ! ( -f c ) ]]", "for i; do . $i; done", "while :; do :; done", "${a/${b}/c} ${x%%[", "`echo \\`a\\``", "echo \xc6\xf4 '\xb6\xaf'",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s := script(t, in)
		if strings.Contains(s.Problem, "could not be followed") || s.Commands.Len() > maxScriptSteps {
			t.Fatal(s.Commands.Len(), s.Problem)
		}
		for _, c := range s.Commands.All() {
			if c.Location.Offset < 0 || c.Location.Offset+c.Location.Length > int64(len(in)) {
				t.Fatalf("place %+v is outside", c.Location)
			}
		}
		if again := packCommands(list(s)); !reflect.DeepEqual(list(s), again.List()) {
			t.Fatal("the commands are others when they are packed again")
		}
	})
}
