package facts

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// Device nodes and extended attributes do not occur in folders of tests, so
// they are tested here.
func TestPrivilegeOf(t *testing.T) {
	caps := []byte{1, 0, 0, 2, 0x80, 0x20, 0x20, 0, 0, 0, 0, 0, 1 << 6, 0, 0, 0, 0, 0, 0, 0}
	for _, tt := range []struct {
		file *firmware.File
		ok   bool
		want Privilege
	}{
		{&firmware.File{Name: "usr/bin/x", Mode: 0o755 | fs.ModeSetuid}, true, Privilege{Setuid: true}},
		{&firmware.File{Name: "etc/x", Mode: 0o644 | fs.ModeSetuid}, false, Privilege{}},
		{&firmware.File{Name: "dev/sda", Kind: firmware.BlockDevice, Rdev: 8 << 32}, false, Privilege{}},
		{&firmware.File{Name: "opt/disk", Kind: firmware.BlockDevice, Rdev: 8 << 32}, true, Privilege{Device: "block"}},
		{&firmware.File{Name: "var/jail/dev/null", Kind: firmware.CharDevice, Rdev: 1<<32 | 3}, true, Privilege{Device: "char", Harmless: true}},
		{&firmware.File{Name: "var/mem", Kind: firmware.CharDevice, Rdev: 1<<32 | 1}, true, Privilege{Device: "char"}},
		{&firmware.File{Name: "upper/gone", Kind: firmware.CharDevice}, false, Privilege{}},
		{
			&firmware.File{Name: "usr/bin/c", Mode: 0o755, Xattrs: map[string][]byte{"security.capability": caps}}, true,
			Privilege{Capabilities: []string{"setuid", "net_raw", "sys_admin", "perfmon"}},
		},
	} {
		got, ok := privilegeOf(tt.file)
		if ok != tt.ok {
			t.Errorf("%s: listed %t, want %t", tt.file.Name, ok, tt.ok)
			continue
		}
		if ok && (got.Setuid != tt.want.Setuid || got.Device != tt.want.Device || got.Harmless != tt.want.Harmless || !slices.Equal(got.Capabilities, tt.want.Capabilities)) {
			t.Errorf("%s: %+v, want %+v", tt.file.Name, got, tt.want)
		}
	}
	if got := fileCapabilities([]byte{1, 0, 0, 2, 0xff}); got != nil {
		t.Errorf("an attribute that is cut off: %v", got)
	}
}
