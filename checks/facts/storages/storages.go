// Package storages observes where a device keeps data: what it mounts ([All]), what it
// encrypts ([Encryptions]), and what wipes them ([Resets]).
package storages

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// maxMounts bounds the entries of one root.
const maxMounts = 512

// Mount is a file system that the device mounts when it starts.
type Mount struct {
	Root     string         `json:"root"`
	Device   string         `json:"device"` // /dev/mmcblk0p5, ubi0:data, LABEL=data, tmpfs
	Dir      string         `json:"dir"`    // clean, with a leading slash
	Type     string         `json:"type,omitempty"`
	Location assay.Location `json:"location"`
}

// Encrypts reports whether what is mounted lies in an encrypted volume.
func (m Mount) Encrypts() bool {
	return strings.HasPrefix(m.Device, "/dev/mapper/") || strings.HasPrefix(m.Device, "/dev/dm-") || m.Type == "ecryptfs"
}

// Storage is what the image says about where data lie.
type Storage struct {
	Mounts  []Mount          `json:"mounts"`
	Volumes []EncryptedPlace `json:"volumes"`
}

// EncryptedPlace is a volume or folder that the boot opens with a key.
type EncryptedPlace struct {
	Name     string         `json:"name"` // of the mapped volume, or the folder
	By       string         `json:"by"`   // cryptsetup, fscrypt, …
	Location assay.Location `json:"location"`
}

// All are the mounts and encrypted volumes of the boot.
var All = &facts.Fact[Storage]{
	Name:    "storage",
	Version: 2,
	Doc:     "File systems that the boot mounts, by fstab, units and scripts, and volumes that it opens with a key.",
	Needs:   []facts.Node{facts.Texts, facts.Roots, facts.Boot},
	Observe: func(o *facts.Observer) (Storage, error) {
		all := Storage{Mounts: []Mount{}, Volumes: []EncryptedPlace{}}
		texts, err1 := facts.Texts.Of(o)
		roots, err2 := facts.Roots.Of(o)
		g, err3 := facts.Boot.Of(o)
		if err := cmp.Or(err1, err2, err3); err != nil {
			return all, err
		}
		for _, t := range texts.Where(func(f *firmware.File) bool {
			return isMountTable(f.Name) && f.Container != nil && amongRoots(f, roots)
		}) {
			all.Mounts = append(all.Mounts, mountsIn(t, facts.ContainerPath(t.File))...)
			all.Volumes = append(all.Volumes, crypttab(t)...)
		}
		for i := range g.Commands {
			c := &g.Commands[i]
			root := containerOf(c.Location)
			if m, ok := mountBy(&c.Command); ok && len(all.Mounts) < maxMounts {
				m.Root = root
				all.Mounts = append(all.Mounts, m)
			}
			if v, ok := volumeBy(&c.Command); ok && len(all.Volumes) < maxMounts {
				all.Volumes = append(all.Volumes, v)
			}
		}
		return all, nil
	},
}

// amongRoots reports whether a file lies in one of the root file systems.
func amongRoots(f *firmware.File, roots []facts.Root) bool {
	return slices.ContainsFunc(roots, func(r facts.Root) bool { return r.Path == facts.ContainerPath(f) })
}

// containerOf is the path of the container that a place lies in.
func containerOf(l assay.Location) string {
	if i := strings.LastIndexByte(l.Path, '!'); i >= 0 {
		return l.Path[:i]
	}
	return l.Path
}

// mountsIn reads fstab and the mount units of systemd.
func mountsIn(t facts.Text, root string) []Mount {
	var all []Mount
	switch {
	case t.File.Name == "etc/crypttab":
	case t.File.Name == "etc/fstab":
		for line := range t.Lines() {
			f := strings.Fields(line.Text)
			if len(f) >= 3 && !strings.HasPrefix(f[0], "#") && strings.HasPrefix(f[1], "/") && len(all) < maxMounts {
				all = append(all, Mount{root, f[0], path.Clean(f[1]), f[2], t.At(line)})
			}
		}
	default:
		value := facts.UnitSettings(t)
		if dir := value("Mount", "Where"); strings.HasPrefix(dir, "/") {
			all = append(all, Mount{root, value("Mount", "What"), path.Clean(dir), value("Mount", "Type"), facts.At(t.File)})
		}
	}
	return all
}

// isMountTable reports whether a file says what is mounted, or opened with a key.
func isMountTable(name string) bool {
	return name == "etc/fstab" || name == "etc/crypttab" || strings.HasSuffix(name, ".mount") && strings.Contains(name, "systemd/")
}

// mountBy reads "mount [-t TYPE] [-o OPTIONS] DEVICE DIR".
func mountBy(c *facts.Command) (Mount, bool) {
	if c.Program() != "mount" {
		return Mount{}, false
	}
	_, args := c.Effective()
	m := Mount{Location: c.Location}
	var free []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case (a == "-t" || a == "-o" || a == "-O" || a == "-L" || a == "-U") && i+1 < len(args):
			i++
			if a == "-t" {
				m.Type = args[i]
			}
		case strings.HasPrefix(a, "-t") && len(a) > 2:
			m.Type = a[2:]
		case strings.HasPrefix(a, "-"):
		default:
			free = append(free, a)
		}
	}
	if len(free) != 2 || !strings.HasPrefix(free[1], "/") {
		return Mount{}, false
	}
	m.Device, m.Dir = free[0], path.Clean(free[1])
	return m, true
}

// crypttab reads the volumes of /etc/crypttab.
func crypttab(t facts.Text) []EncryptedPlace {
	var all []EncryptedPlace
	if t.File.Name != "etc/crypttab" {
		return nil
	}
	for line := range t.Lines() {
		if f := strings.Fields(line.Text); len(f) >= 2 && !strings.HasPrefix(f[0], "#") && len(all) < maxMounts {
			all = append(all, EncryptedPlace{f[0], "crypttab", t.At(line)})
		}
	}
	return all
}

// volumeBy reads commands that open an encrypted volume or folder.
func volumeBy(c *facts.Command) (EncryptedPlace, bool) {
	_, args := c.Effective()
	v := EncryptedPlace{By: c.Program(), Location: c.Location}
	switch v.By {
	case "cryptsetup":
		if containsAny(args, "open", "luksOpen", "plainOpen", "create") && !strings.HasPrefix(args[len(args)-1], "-") {
			for _, a := range slices.Backward(args) {
				if !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "/") {
					v.Name = a
					return v, true
				}
			}
		}
	case "fscrypt", "fscryptctl", "e4crypt":
		if p := lastPath(args); p != "" {
			v.Name = path.Clean(p)
			return v, true
		}
	}
	return v, false
}

func containsAny(list []string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
}

// MountOf finds the deepest mount that a path lies on.
func (s Storage) MountOf(place string) (Mount, bool) {
	best, found := Mount{}, false
	for _, m := range s.Mounts {
		if inFolder(place, m.Dir) && (!found || len(m.Dir) > len(best.Dir)) {
			best, found = m, true
		}
	}
	return best, found
}

// inFolder reports whether a clean path is a folder or lies in it.
func inFolder(place, dir string) bool {
	return place == dir || dir == "/" || strings.HasPrefix(place, dir+"/")
}

// Wiped says by a reset whether a place on the device is wiped.
func (s Storage) Wiped(r Reset, place string) facts.Known {
	if r.Mention || r.Wipes == "" || facts.Unresolved(r.Wipes) {
		return facts.Unknown
	}
	place = path.Clean(place)
	m, mounted := s.MountOf(place)
	answer := facts.No
	for _, w := range strings.Fields(r.Wipes) {
		switch {
		case w == "overlay" || w == "rootfs_data":
			if !mounted || m.Dir == "/" || m.Dir == "/overlay" {
				return facts.Yes
			}
		case strings.HasPrefix(w, "/dev/") || !strings.HasPrefix(w, "/"):
			if !mounted {
				continue
			}
			switch sameDevice(m.Device, w) {
			case facts.Yes:
				return facts.Yes
			case facts.Unknown:
				answer = facts.Unknown
			}
		case inFolder(place, path.Clean(strings.TrimSuffix(strings.TrimSuffix(w, "*"), "."))):
			return facts.Yes
		}
	}
	return answer
}

// partition is a partition, or a whole disk, as the kernel numbers them. A part of flash
// memory has two names: /dev/mtd5 and /dev/mtdblock5.
var partition = lazyregexp.New(`^/dev/(mmcblk[0-9]+|nvme[0-9]+n[0-9]+|[shv]d[a-z]|mtd)(?:block)?(?:p?([0-9]+))?$`)

// sameDevice compares the device of a mount with what a command wipes: a
// device, or the name of a partition or volume. A device that is mounted by a name of
// another kind (a label, a volume) may be the one that is wiped by its number.
func sameDevice(device, wiped string) facts.Known {
	name := path.Base(wiped)
	if device == wiped || path.Base(device) == name || strings.HasSuffix(device, ":"+name) || strings.HasSuffix(device, "="+name) {
		return facts.Yes
	}
	if !strings.HasPrefix(wiped, "/dev/") {
		return facts.No
	}
	d, w := partition.Get().FindStringSubmatch(device), partition.Get().FindStringSubmatch(wiped)
	switch {
	case d != nil && w != nil && d[1] == w[1] && (d[2] == w[2] || w[2] == "" && w[1] != "mtd"):
		return facts.Yes
	case strings.HasPrefix(device, "ubi"), strings.Contains(device, "="), strings.HasPrefix(device, "/dev/") && strings.Count(device, "/") > 2:
		return facts.Unknown
	}
	return facts.No
}

// Encrypted says whether a place on the device lies in an encrypted volume or
// folder, and where that is seen.
func (s Storage) Encrypted(place string) (bool, []assay.Location) {
	place = path.Clean(place)
	for _, v := range s.Volumes {
		if strings.HasPrefix(v.Name, "/") && inFolder(place, v.Name) {
			return true, []assay.Location{v.Location}
		}
	}
	m, ok := s.MountOf(place)
	if !ok || !m.Encrypts() {
		return false, nil
	}
	for _, v := range s.Volumes {
		if path.Base(m.Device) == v.Name {
			return true, []assay.Location{m.Location, v.Location}
		}
	}
	return m.Type == "ecryptfs", []assay.Location{m.Location}
}
