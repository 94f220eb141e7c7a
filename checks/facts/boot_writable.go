package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// readOnlyTypes are file systems that no device can write.
var readOnlyTypes = []string{"squashfs", "cramfs", "romfs", "erofs", "iso9660"}

// writable reports whether the device can write the root file system: not one of a
// kind that is never written, unless another lies over it (as OpenWrt does), and not one that the
// table of mounts or the kernel's command line mounts to read and that nothing
// mounts anew.
func (g *boot) writable() bool {
	if g.rootWritten == Unknown {
		g.rootWritten = KnownOf(g.writtenRoot())
	}
	return g.rootWritten == Yes
}

func (g *boot) writtenRoot() bool {
	if slices.Contains(readOnlyTypes, g.root.Type) {
		return g.isOpenWrt() || g.isFile("sbin/mount_root") || g.isFile("etc/openwrt_release") || g.scriptSays(laysOverRoot)
	}
	if options, ok := g.mountedAs("/"); ok {
		return !slices.Contains(options, "ro") || g.scriptSays(mountsToWrite)
	}
	reads := slices.ContainsFunc(g.kernelLines, func(l kernelLine) bool { return slices.Contains(l.words, "ro") })
	return !reads || g.scriptSays(mountsToWrite)
}

// mountedAs gives the options with which etc/fstab mounts a folder.
func (g *boot) mountedAs(dir string) (options []string, ok bool) {
	t, ok := g.texts.Get(g.root, "etc/fstab")
	if !ok {
		return nil, false
	}
	for line := range t.Lines() {
		if f := strings.Fields(line.Text); len(f) > 3 && f[0][0] != '#' && f[1] == dir {
			return strings.Split(f[3], ","), true
		}
	}
	return nil, false
}

// scriptSays looks for a line in the scripts of the image: also in those of an
// initramfs and of pages, as they act on the same root.
func (g *boot) scriptSays(says func(line string) bool) bool {
	for _, t := range g.texts.All() {
		if !strings.Contains(t.Content, "mount") || !isScript(t) {
			continue
		}
		for line := range t.Lines() {
			if says(line.Text) {
				return true
			}
		}
	}
	return false
}

// mountsToWrite reports whether a line mounts something anew, to write it.
func mountsToWrite(line string) bool {
	return !strings.HasPrefix(strings.TrimSpace(line), "#") && strings.Contains(line, "mount") &&
		(strings.Contains(line, "remount,rw") || strings.Contains(line, "rw,remount") || strings.Contains(line, "remount -o rw"))
}

// laysOverRoot reports whether a line lays a file system that is written over one
// that is not, at a root.
func laysOverRoot(line string) bool {
	f := strings.Fields(line)
	i := slices.Index(f, "mount")
	if i < 0 || strings.HasPrefix(f[0], "#") || !containsAny(f[i:], []string{"overlay", "overlayfs", "aufs", "unionfs", "mini_fo"}) {
		return false
	}
	dir := f[len(f)-1]
	for n := len(f) - 1; n > i && !strings.HasPrefix(dir, "/"); n-- { // "|| exit 1" stands behind it
		dir = f[n]
	}
	dir = path.Clean(strings.Trim(dir, `"';`))
	root := path.Base(dir)
	return dir == "/" || strings.Contains(dir, "$") || strings.HasPrefix(dir, "/mnt") || strings.HasPrefix(dir, "/overlay") || strings.Contains(root, "root")
}

// memoryFolders hold files of the running device only.
var memoryFolders = []string{"run", "tmp", "var/run", "var/tmp", "var/lock", "dev/shm"}

// inMemory reports whether a name lies in a folder that is empty at each start and
// that programs fill.
func (g *boot) inMemory(clean string) bool {
	for dir := path.Dir(clean); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if g.memory[dir] || slices.Contains(memoryFolders, dir) {
			return true
		}
		if options, ok := g.mountedAs("/" + dir); ok && !slices.Contains(options, "ro") {
			return true
		}
	}
	return false
}

// leadsTo follows the links on the way to a name, also where what they lead to is
// not in the image.
func (g *boot) leadsTo(clean string) string {
	at, hops := "", 0
	rest := strings.Split(clean, "/")
	for len(rest) > 0 {
		el := rest[0]
		if rest = rest[1:]; el == "" || el == "." {
			continue
		}
		if el == ".." {
			at = strings.TrimPrefix(path.Dir("/"+at), "/")
			continue
		}
		next := path.Join(at, el)
		link, ok := g.linkTarget(next)
		if !ok {
			at = next
			continue
		}
		if hops++; hops > 40 {
			return next
		}
		if strings.HasPrefix(link, "/") {
			at = ""
		}
		rest = append(strings.Split(link, "/"), rest...)
	}
	return at
}

// linkTarget gives the target of a link.
func (g *boot) linkTarget(name string) (string, bool) {
	i := slices.IndexFunc(g.dirs[path.Dir(name)], func(f *firmware.File) bool { return f.Name == name })
	if i < 0 || g.dirs[path.Dir(name)][i].Kind != firmware.Symlink {
		return "", false
	}
	return g.dirs[path.Dir(name)][i].Link, true
}
