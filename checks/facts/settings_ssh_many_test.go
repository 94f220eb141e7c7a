package facts

import (
	"fmt"
	"strings"
	"testing"
)

// Each of many instances of a server keeps its own places alone: kept by all of them,
// they would be as many as the square of the instances.
func TestManySSHServers(t *testing.T) {
	const many = 600
	var rcS strings.Builder
	rcS.WriteString("#!/bin/sh\n")
	for i := range many {
		fmt.Fprintf(&rcS, "dropbear -p %d\n", 1000+i)
	}
	g := bootOf(t, map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": rcS.String(), "usr/sbin/dropbear": ""})
	if len(g.SSH) != many {
		t.Fatalf("%d servers, want %d", len(g.SSH), many)
	}
	for _, s := range g.SSH {
		if len(s.Places) != 1 || !s.Reachable {
			t.Fatalf("a server has %d places, reachable %v", len(s.Places), s.Reachable)
		}
	}
}
