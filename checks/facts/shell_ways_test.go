package facts

import (
	"fmt"
	"strings"
	"testing"
)

func TestBootFollowsEachValue(t *testing.T) {
	undecided := func(then string) string { return "grep -q x /proc/cmdline && " + then + "\n" }
	for _, tc := range []struct {
		name, script, want string
		unjudged           int
	}{
		{"run as a condition", "need=false\ncase \"$(uname -r)\" in\n*x*) need=true ;;\nesac\nif $need; then echo a; else telnetd; fi", "telnetd?", 0},
		{"run as a condition, all cases named", "need=false\ncase \"$(uname -r)\" in\n*x*) need=true ;;\n*) ;;\nesac\nif $need; then echo a; else telnetd; fi", "telnetd?", 0},
		{"behind a list", "ro=true\n" + undecided("ro=false") + "if $ro; then telnetd; fi", "telnetd?", 0},
		{"in a list", "on=false\n" + undecided("on=true") + "$on && telnetd", "telnetd?", 0},
		{"turned round", "off=true\n" + undecided("off=false") + "! $off && telnetd", "telnetd?", 0},
		{"never turned on", "on=false\n" + undecided("other=true") + "$on && telnetd", "", 0},
		{"set in the branch that uses it", "on=false\nif grep -q x /proc/cmdline; then on=false; $on && telnetd; fi", "", 0},
		{"both branches say the same", "if grep -q x /proc/cmdline; then on=false; else on=false; fi\n$on && telnetd", "", 0},
		{"the script ends where it is set", "on=false\nif grep -q x /proc/cmdline; then on=true; exit; fi\n$on && telnetd", "", 0},
		{"emptied in the last branch", "if grep -q x /proc/cmdline; then D=telnetd; else D=; fi\n$D -p 23", "telnetd?", 0},
		{"emptied in the last case", "case \"$(uname)\" in\na) D=telnetd ;;\n*) D=echo ;;\nesac\n$D -p 23", "telnetd?", 0},
		{"by a wrapper", "if grep -q x /proc/cmdline; then D=telnetd; else D=echo; fi\nnohup $D -p 23", "telnetd?", 0},
		{"by a shell", "if grep -q x /proc/cmdline; then D='telnetd -p 23'; else D=:; fi\nsh -c \"$D\"", "telnetd?", 0},
		{"by a function", "run() { \"$@\" & }\nif grep -q x /proc/cmdline; then D=telnetd; else D=echo; fi\nrun $D", "telnetd?", 0},
		{"handed on", "if grep -q x /proc/cmdline; then D=telnetd; else D=echo; fi\nE=/usr/sbin/$D\n$E", "telnetd?", 0},
		{"of two parts", "if grep -q x /proc/cmdline; then A=usr/sbin; B=telnetd; else A=bin; B=echo; fi\n/$A/$B", "telnetd?", 0},
		{"in the list of a loop", "L=echo\n" + undecided("L='echo telnetd'") + "for d in $L; do $d; done", "telnetd?", 0},
		{"the other branch starts anew", "if grep -q x /proc/cmdline; then D=telnetd; else $D; fi", "", 0},
		{"what is not known is said", "D=echo\n" + undecided("D=$(nvram get d)") + "D2=1\n$D", "", 1},
		{"the shell's own", "E=exit\n" + undecided("E=:") + "$E\ntelnetd", "telnetd?", 0},
		{"a port", "P=23\n" + undecided("P=24") + "telnetd -p $P", "telnetd? telnetd", 0},
		{"the options behind a wrapper", "P=23\n" + undecided("P=24") + "start-stop-daemon -S -x /usr/sbin/telnetd -- -p $P", "telnetd? telnetd", 0},
		{"a login or none", "L=/bin/login\n" + undecided("L=/bin/sh") + "telnetd -l $L", "telnetd? telnetd", 0},
		{"a default that another partition may change", "T=0\n. /data/app.conf\n[ \"$T\" = 1 ] && telnetd", "telnetd?", 0},
		{"a default that a mount may change", "T=0\nmount /dev/mmcblk0p3 /cfg\n[ -f /cfg/app.conf ] && . /cfg/app.conf\n[ \"$T\" = 1 ] && telnetd", "telnetd?", 0},
		{"a default that is set anew", ". /data/app.conf\nT=0\n[ \"$T\" = 1 ] && telnetd", "", 0},
		{"a default that nothing changes", "T=0\n. /etc/app.conf\n[ \"$T\" = 1 ] && telnetd", "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := bootOf(t, startsScript(tc.script, nil))
			if got := started(g); got != tc.want || len(g.Inits[0].Unjudged) != tc.unjudged {
				t.Errorf("started %q, want %q; not judged: %+v", got, tc.want, g.Inits[0].Unjudged)
			}
		})
	}
}

func TestScriptListsBothBranchesOfAVariable(t *testing.T) {
	s := script(t, "on=false\ngrep -q x /proc/cmdline && on=true\nif $on; then a; else b; fi\n")
	var names []string
	for _, c := range s.Commands.All() {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); got != " grep  a b" {
		t.Errorf("%q", got)
	}
}

// Many values and many variables must end as what is not known, not as more and more ways.
func TestBootValuesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "V%d=a%d\nfor n in 1 2 3 4 5 6 7 8; do\ngrep -q $n /proc/cmdline && V%d=b$n\ndone\n", i, i, i)
		fmt.Fprintf(&b, "f%d() { $V%d; $V%d; f%d $V%d $V0; f%d $V%d; }\n", i, i, i, i+1, i, i+1, i)
	}
	b.WriteString("f12() { :; }\nf0 $V0 $V1 $V2 $V3\n")
	g := bootOf(t, startsScript(b.String(), nil))
	if len(g.Commands) > maxBootCommands || len(g.Inits[0].Unjudged) == 0 {
		t.Errorf("%d commands, %d not judged, %q", len(g.Commands), len(g.Inits[0].Unjudged), g.Inits[0].Problem)
	}
	t.Logf("%d commands, %d not judged, %q", len(g.Commands), len(g.Inits[0].Unjudged), g.Inits[0].Problem)
}

// A function that calls itself for each of several values must not be followed for ever.
func TestBootValuesInRecursion(t *testing.T) {
	g := bootOf(t, startsScript("f() {\nL=$1\ngrep -q x /proc/cmdline && L=\"a b $(get)\"\nfor x in $L; do [ -n \"$x\" ] && f \"$x\"; done\n}\nf a\ntelnetd", nil))
	if len(g.Commands) > 2000 || g.Inits[0].Problem != "" || started(g) != "telnetd" {
		t.Errorf("%d commands, %q, %s", len(g.Commands), g.Inits[0].Problem, started(g))
	}
}
