package facts

import (
	"fmt"
	"strings"
	"testing"
)

// woven are scripts of which each takes in two others, in rings.
func woven(n, last int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("etc/init.d/s%d", i)] = fmt.Sprintf("#!/bin/sh\n. /etc/init.d/s%d\n. /etc/init.d/s%d\nNAME=s%d\necho $NAME $LAST\n", (i+1)%n, (i+7)%n, i)
	}
	files[fmt.Sprintf("etc/init.d/s%d", last)] += "LAST=yes\n"
	return files
}

// TestTakenStepsAreBounded: scripts that take in one another are no more work than so
// many statements for all of them, or a few for each.
func TestTakenStepsAreBounded(t *testing.T) {
	for _, n := range []int{1, 100, 1000, 10_000, 100_000} {
		if all := n * takenSteps(n); all > max(maxTakenInAll, n*minTakenSteps) || takenSteps(n) > maxTakenSteps {
			t.Errorf("%d scripts take in %d statements", n, all)
		}
	}
	scripts := observed(t, Scripts, woven(40, 39))
	if len(scripts) != 40 {
		t.Fatal(len(scripts))
	}
	for _, s := range scripts {
		last := list(s)[s.Commands.Len()-1]
		if !s.Cut || !strings.Contains(s.Problem, "takes in") || last.Name != "echo" && len(last.Assigns) == 0 {
			t.Fatalf("%s: cut %v, %q, ends with %+v", s.Name, s.Cut, s.Problem, last)
		}
	}
	if cut := observed(t, CutScripts, woven(40, 39)); len(cut) != 40 {
		t.Errorf("%d are told", len(cut))
	}
}

// TestTakenInRings: a file that is taken in by what it takes in is read once, and all
// variables are known.
func TestTakenInRings(t *testing.T) {
	scripts := observed(t, Scripts, map[string]string{
		"lib/a.sh": "#!/bin/sh\n. /lib/b.sh\nA=1\n",
		"lib/b.sh": "#!/bin/sh\n. /lib/c.sh\n. /lib/a.sh\nB=2\n",
		"lib/c.sh": "#!/bin/sh\n. /lib/a.sh\n. /lib/b.sh\nC=3\n",
		"etc/x.sh": "#!/bin/sh\n. /lib/a.sh\n. /lib/b.sh\necho $A $B $C $D.\n",
	})
	for _, s := range scripts {
		if s.Cut || s.Problem != "" {
			t.Errorf("%s: %s", s.Name, s.Problem)
		}
		if s.Name == "etc/x.sh" && words(list(s)[0]) != "echo 1 2 3 ." {
			t.Errorf("%q", words(list(s)[0]))
		}
	}
	// What a script sets between two readings of a file counts in the second.
	for _, s := range observed(t, Scripts, map[string]string{
		"lib/f.sh": "#!/bin/sh\nOUT=/run/$IN\n", "etc/x.sh": "#!/bin/sh\nIN=a\n. /lib/f.sh\ntouch $OUT\nIN=b\n. /lib/f.sh\ntouch $OUT\n",
	}) {
		if s.Name == "etc/x.sh" && (words(list(s)[1]) != "touch /run/a" || words(list(s)[3]) != "touch /run/b") {
			t.Errorf("%+v", list(s))
		}
	}
}
