package facts

import (
	"encoding/binary"
	"io/fs"
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxPrivileges bounds what is listed of one image.
const maxPrivileges = 4096

// Privilege is a file that gives rights to whoever uses it.
type Privilege struct {
	Location     assay.Location `json:"location"`
	Name         string         `json:"name"`                   // path in its root
	Setuid       bool           `json:"setuid,omitempty"`       // runs as its owner
	Setgid       bool           `json:"setgid,omitempty"`       // runs with its group
	Owner        uint32         `json:"owner"`                  //
	Capabilities []string       `json:"capabilities,omitempty"` // of the file, by their names without CAP_
	Device       string         `json:"device,omitempty"`       // block or char, of a node outside the folder of devices
	Harmless     bool           `json:"harmless,omitempty"`     // null, zero, random and terminals
}

// Privileges are the files of root file systems that give rights: setuid and
// setgid programs, file capabilities, and device nodes outside dev. A root that
// has lost its modes says nothing.
var Privileges = &Fact[[]Privilege]{
	Name:  "privileges",
	Doc:   "Programs that run with other rights than their user's, and device nodes outside dev.",
	Needs: []Node{Tree, Roots},
	Observe: func(o *Observer) ([]Privilege, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		roots, err := Roots.Of(o)
		if err != nil {
			return nil, err
		}
		all := []Privilege{}
		for _, f := range img.Files {
			c := f.Container
			if c == nil || !c.Modes || len(all) >= maxPrivileges || !amongRoots(c, roots) {
				continue
			}
			if p, ok := privilegeOf(f); ok {
				all = append(all, p)
			}
		}
		return all, nil
	},
}

func privilegeOf(f *firmware.File) (Privilege, bool) {
	p := Privilege{Location: At(f), Name: f.Name, Owner: f.UID}
	switch f.Kind {
	case firmware.Regular:
		p.Setuid = f.Mode&fs.ModeSetuid != 0 && f.Mode&0o111 != 0
		p.Setgid = f.Mode&fs.ModeSetgid != 0 && f.Mode&0o010 != 0
		p.Capabilities = fileCapabilities(f.Xattrs["security.capability"])
		return p, p.Setuid || p.Setgid || len(p.Capabilities) > 0
	case firmware.CharDevice, firmware.BlockDevice:
		if f.Rdev == 0 || isDeviceFolder(f.Name) { // 0:0 is a whiteout of an overlay
			return p, false
		}
		p.Device, p.Harmless = "block", false
		if f.Kind == firmware.CharDevice {
			p.Device, p.Harmless = "char", harmlessDevice(f.Rdev)
		}
		return p, true
	}
	return p, false
}

// isDeviceFolder reports dev, and what udev keeps to be copied there.
func isDeviceFolder(name string) bool {
	return strings.HasPrefix(name, "dev/") || strings.HasPrefix(name, "lib/udev/devices/") || path.Base(path.Dir(name)) == "dev" && strings.HasPrefix(name, "rom/")
}

// harmlessDevice knows what every process may use anyway (devices.txt of Linux).
func harmlessDevice(rdev uint64) bool {
	major, minor := rdev>>32, rdev&0xffffffff
	switch major {
	case 1:
		return minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9
	case 4, 5:
		return true
	}
	return false
}

// capabilityNames are those of capabilities(7), by their bit.
var capabilityNames = []string{
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot",
	"sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
	"audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read",
	"perfmon", "bpf", "checkpoint_restore",
}

// fileCapabilities reads the permitted set of the extended attribute
// (struct vfs_cap_data of Linux, revisions 1 to 3, little-endian).
func fileCapabilities(attr []byte) []string {
	if len(attr) < 12 {
		return nil
	}
	set := uint64(binary.LittleEndian.Uint32(attr[4:]))
	if revision := attr[3]; revision >= 2 && len(attr) >= 20 {
		set |= uint64(binary.LittleEndian.Uint32(attr[12:])) << 32
	}
	var names []string
	for bit, name := range capabilityNames {
		if set&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return names
}
