package facts

import "testing"

// TestUnverifiedUpdates holds which commands are those by which an updater fetches.
func TestUnverifiedUpdates(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"what it asks the device itself": {"swupdate -d '-u https://updates.example.invalid'\nuntil curl -sk https://127.0.0.1/health; do sleep 1; done\nuntil curl -k https://localhost:8443/health; do sleep 1; done\n", ""},
		"what it fetches":                {"swupdate -d '-u https://updates.example.invalid'\ncurl -k -o /tmp/x.swu https://updates.example.invalid/x.swu\n", "swupdate"},
		"what it fetches from somewhere": {"swupdate -d '-u https://updates.example.invalid'\ncurl -k -o /tmp/x.swu \"$URL\"\n", "swupdate"},
		"its own switch":                 {"swupdate -d '-x -u https://updates.example.invalid'\n", "swupdate"},
	} {
		got := ""
		for _, u := range observed(t, UnverifiedTLS, map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + tc.script, "usr/bin/swupdate": swupdateProgram(false)}) {
			got += u.Update
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
