package builds

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/factstest"
)

func TestHomes(t *testing.T) {
	elf := "\x7fELF" + strings.Repeat("\x00", 60)
	for content, want := range map[string]int{
		elf + "/home/jbloggs/src/cam/main.c\x00":                           1,
		elf + "/home/builder/openwrt/main.c\x00/home/joe/src/x.cpp:12\x00": 1,
		elf + "/Users/joe/app/x.rs\x00":                                    1,
		elf + "/home/builder/openwrt/main.c\x00":                           0,
		elf + "/home/app/hicore\x00/home/%s/x.c\x00":                       0,
		"/home/jbloggs/src/cam/main.c" + strings.Repeat("\n", 60):          0,
	} {
		if got := factstest.Seen(t, Homes, map[string]string{"usr/bin/x": content}); len(got) != want {
			t.Errorf("%q: %v", content, got)
		}
	}
}
