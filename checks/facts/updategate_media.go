package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// media are the folders over which disks are mounted, in the order of the mounts.
type media []mountedDisk

// mountedDisk is a disk that somebody plugs in, or a partition of the device's own.
type mountedDisk struct {
	dir     string
	plugged bool
}

// has reports whether a path lies on what somebody plugs in: on such a disk, or where
// devices usually mount them.
func (m media) has(name string) bool {
	got, longest := isMedium(name), ""
	for _, d := range m {
		if len(d.dir) >= len(longest) && (strings.HasPrefix(name, d.dir+"/") || name == d.dir && !d.plugged) {
			got, longest = d.plugged, d.dir
		}
	}
	return got
}

// mount takes in a command; it reports whether that mounts what somebody plugs in.
func (m *media) mount(c *Command) bool {
	if c.Program() != "mount" {
		return false
	}
	_, args := c.Effective()
	free := freeWords(args)
	if len(free) != 2 {
		return false
	}
	return m.add(free[0], free[1], lastOf(flagValues(args, "-t", "--types")))
}

// add notes the disk of a device that is mounted over a folder, with the type of its
// file system if that is told.
func (m *media) add(device, dir, kind string) bool {
	d := mountedDisk{dir: path.Clean(dir)}
	switch named := stickName.Get().MatchString(d.dir); {
	case onBoard(device):
	case !named && slices.Contains(linuxOnly, kind):
	case !named && laterPartition.Get().MatchString(device) && !slices.Contains(ofCards, kind):
	case strings.HasPrefix(device, "/dev/sd") && stickFolder.Get().MatchString(d.dir),
		strings.HasPrefix(device, "/dev/mmcblk") && named:
		d.plugged = true
	default:
		return false
	}
	if len(*m) < maxGateMounts && !slices.Contains(*m, d) {
		*m = append(slices.Clip(*m), d)
	}
	return d.plugged
}

const maxGateMounts = 64 // of one script

// What tells a stick or card from a partition of the device: it has the file systems that
// every computer reads, and mostly one partition.
var (
	linuxOnly = []string{"ext2", "ext3", "ext4", "f2fs", "ubifs", "jffs2", "yaffs", "yaffs2", "squashfs", "erofs", "cramfs", "romfs", "btrfs", "xfs"}
	ofCards   = []string{"vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "auto"}

	laterPartition = lazy(`^/dev/mmcblk\d+(?:p(?:[2-9]|\d\d)|boot\d)$`)
	stickName      = lazy(`(?i)usb|stick|udisk|thumb|pendrive|sd[-_]?card|extsd|/card|/tf|/sd[a-z]?\d*(?:/|$)`)
)

// onBoard reports whether a device is none that people plug in: bare flash, what is
// mapped, and disks of NVMe.
func onBoard(device string) bool {
	return slices.ContainsFunc([]string{"/dev/mtd", "mtd:", "/dev/ubi", "ubi", "/dev/mapper/", "/dev/dm-", "/dev/nvme"}, func(p string) bool {
		return strings.HasPrefix(device, p)
	})
}

// mountTable gives the disks of etc/fstab.
func (v *updateView) mountTable() (m media) {
	t, ok := v.texts.Get(v.root, "etc/fstab")
	if !ok {
		return nil
	}
	for l := range t.Lines() {
		if f := strings.Fields(l.Text); len(f) > 2 && !strings.HasPrefix(f[0], "#") {
			m.add(f[0], f[1], f[2])
		}
	}
	return m
}

// mountsOf gives the disks that the table of mounts, if there is a view of it, and a script
// name.
func (v *updateView) mountsOf(s *Script) (m media) {
	if v != nil {
		m = v.mountTable()
	}
	for _, c := range s.Commands.All() {
		m.mount(&c)
	}
	return m
}

// fromMedium notes what a command takes from a medium, or as a file that was uploaded:
// whoever plugs in or uploads it chose what it holds.
func (g *gate) fromMedium(c *Command) {
	if onlyHandles(c) {
		return
	}
	for _, n := range g.words(c) {
		if g.file(n) != nil || slices.Contains(g.outs(c), n) || !g.media.has(n) && !isHaserlUpload(g.script, n) {
			continue
		}
		if f, ok := g.view.root.Lookup(strings.TrimPrefix(n, "/")); ok && f.Kind == firmware.Regular {
			continue
		}
		g.files[n] = &gateFile{fetched: true, plugged: true}
		g.found.fetched[n] = true
	}
}

// onlyHandles reports whether a command names files and takes nothing out of them.
func onlyHandles(c *Command) bool {
	p := c.Program()
	if slices.Contains(unpackers, p) {
		return !unpacks(c)
	}
	return slices.Contains([]string{
		"", "[", "chmod", "chown", "df", "du", "echo", "find", "fsck", "logger", "ls", "mkdir", "mountpoint", "printf", "rmdir", "stat", "sync", "test", "touch", "umount",
	}, p)
}

// takesFromMedium reports whether a command copies, unpacks, writes or installs what
// lies on a medium, or goes there.
func takesFromMedium(c *Command, m media) bool {
	if onlyHandles(c) {
		return false
	}
	_, args := c.Effective()
	program, targets := c.Program(), 0
	switch {
	case program == "cd":
		words := plainWords(args)
		return len(words) > 0 && m.has(path.Clean(words[0])+"/x")
	case slices.Contains([]string{"cp", "mv", "install", "ln", "rsync"}, program):
		targets = 1
	case slices.Contains(passOn, program), unpacks(c), writesSoftware(c), installsPackage(program, args), soundsLikeUpdate(program):
	default:
		return false
	}
	words := plainWords(args)
	words = words[:max(0, len(words)-targets)]
	for _, r := range c.Redirects {
		if r.Op == "<" {
			words = append(words, r.Word)
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return m.has(path.Clean(strings.TrimPrefix(w, "if="))) })
}

// passOn are programs that give on what they read, as it is, unpacked or decrypted, or
// put it into the kernel.
var passOn = strings.Fields(`base64 bunzip2 bzcat bzip2 cat dd gunzip gzip head insmod kexec lzcat mount openssl sed tail tee unlzma unxz unzstd xz xzcat zcat
	zstd zstdcat`)

// runsFromMedium reports, for a command of a script, whether it runs what lies on a
// medium.
func runsFromMedium(c *Command, m media) bool {
	name, args := c.Effective()
	n := runsScript(name, path.Base(name), args)
	if path.Base(name) == "run-parts" { // all that stand in a folder
		n = path.Clean(lastOf(args)) + "/*"
	}
	return m.has(n)
}

// stickFolder are names for what is plugged in: /dev/sda may be the device's own disk.
var stickFolder = lazy(`(?i)^/.*(?:usb|stick|udisk|media|thumb|pendrive|sdcard)|^/mnt/?$|^/mnt/sd[a-z]\d*$`)

// isMedium reports whether a path lies where devices mount what is plugged in.
func isMedium(name string) bool { return mediumFolder.Get().MatchString(name) }

var mediumFolder = lazy(`^/(?:media|run/media|mnt/(?:usb|sd|extsd|udisk|stick|tf)\w*|(?:(?:var/)?(?:run|tmp)/)?(?:usb|udisk|sdcard)\w*)/.`)
