package facts

import (
	"testing"
)

func TestSed(t *testing.T) {
	const text = "root:x:0\ndaemon:*:1\nport=23"
	r := &shellRun{world: &shellWorld{read: func(string) (string, bool) { return text, true }}, dir: "/"}
	for _, tc := range []struct {
		args []string
		want string
		ok   bool
	}{
		{[]string{"-ne", `/^root:/s/^root:\([^:]*\):.*$/\1/p`, "/etc/passwd"}, "x", true},
		{[]string{"-n", `s/^port=//p`, "/x"}, "23", true},
		{[]string{"-n", "/^d/p", "/x"}, "daemon:*:1", true},
		{[]string{"s,o,0,g", "/x"}, "r00t:x:0\ndaem0n:*:1\np0rt=23", true},
		{[]string{"-n", `s|\(r\)\(o\)|\2\1&$|p`, "/x"}, "orro$ot:x:0", true},
		{[]string{"-n", "/none/p", "/x"}, "", true},
		{[]string{"-i", "s/a/b/", "/x"}, "", false},
		{[]string{"-n", "s/a/b/p;d", "/x"}, "", false},
		{[]string{"-n", "s/[/b/p", "/x"}, "", false},
		{[]string{"-n", "s/a/b", "/x"}, "", false},
		{[]string{"s/a/b/"}, "", false},
		{nil, "", false},
	} {
		if got, ok := r.sedPrints(tc.args); got != tc.want || ok != tc.ok {
			t.Errorf("%q: %q %t, want %q", tc.args, got, ok, tc.want)
		}
	}
}

func FuzzSed(f *testing.F) {
	f.Add(`/^root:/s/^root:\([^:]*\):.*$/\1/p`)
	f.Add(`s/[/]/\9&/pg`)
	r := &shellRun{world: &shellWorld{read: func(string) (string, bool) { return "root:x:0\n$1\\", true }}, dir: "/"}
	f.Fuzz(func(_ *testing.T, script string) { r.sedPrints([]string{"-n", script, "/x"}) })
}
