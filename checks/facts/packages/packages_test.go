package packages

import "testing"

func TestKind(t *testing.T) {
	for name, want := range map[string]string{
		"usr/lib/opkg/status": "opkg", "var/lib/opkg/status": "opkg", "rom/usr/lib/opkg/status": "opkg",
		"var/lib/dpkg/status": "deb", "var/lib/dpkg/status.d/base": "deb", "var/lib/dpkg/status-old": "",
		"lib/apk/db/installed": "apk", "usr/share/doc/status": "",
	} {
		if got := Kind(name); got != want {
			t.Errorf("Kind(%q) = %q, want %q", name, got, want)
		}
	}
}
