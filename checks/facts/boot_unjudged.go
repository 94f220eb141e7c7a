package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxUnjudged bounds the list of one root.
const maxUnjudged = 64

// Unjudged is a command of the boot of which the image does not tell what it
// runs, so that it may start anything.
type Unjudged struct {
	Reason   string         `json:"reason"`
	Location assay.Location `json:"location"`
}

// unjudge notes a command that may start anything.
func (g *boot) unjudge(at assay.Location, reason string) {
	u := Unjudged{reason, at}
	if !g.failsafe && len(g.init.Unjudged) < maxUnjudged && !slices.Contains(g.init.Unjudged, u) {
		g.init.Unjudged = append(g.init.Unjudged, u)
	}
}

// unjudgeName notes a command whose program has no known name. What commands
// print that only set variables is none.
func (g *boot) unjudgeName(at assay.Location, name string) {
	inner := strings.Fields(strings.TrimLeft(name, "$(`\""))
	if len(inner) > 0 && (slices.Contains(settingPrinters, path.Base(inner[0])) || slices.Contains(deviceSettings, path.Base(inner[0]))) {
		return
	}
	g.unjudge(at, "its program is only known to the running device")
}

// deviceSettings print settings of the device as assignments, values in quotes.
var deviceSettings = []string{"flash"}

// settingPrinters are commands whose output scripts run to set variables.
var settingPrinters = []string{".", "jshn", "getopt", "blkid", "dbus-launch", "ssh-agent", "dircolors", "locale", "uname", "stat", "lsblk", "lvs", "vgs", "pvs"}

// unjudgeFile notes a program or script that is not in the image where the boot brings
// it there first, or where another file system may hold it: the kernel or a rule mounts
// cards and sticks without a word of the script.
func (g *boot) unjudgeFile(at assay.Location, name string) {
	if !strings.Contains(name, "/") || Unresolved(name) {
		return
	}
	switch clean := cleanName(name); {
	case g.isBrought(clean):
		g.unjudge(at, "it runs "+clean+", which comes from elsewhere")
	case strings.HasPrefix(clean, "etc/") && len(g.children("etc")) == 0:
		g.unjudge(at, "it runs "+clean+", which is not in the image: /etc is filled on the running device")
	case g.mayHold(clean):
		g.unjudge(at, "it runs "+clean+", which is not in the image: whoever fills "+path.Dir(clean)+" says what it does")
	}
}

// mayHold reports whether another file system may hold a file. A folder below /mnt that
// holds files of the image is no empty one over which something is mounted.
func (g *boot) mayHold(clean string) bool {
	if !isElsewhere(clean) {
		return false
	}
	parts := strings.Split(clean, "/")
	point := strings.Join(parts[:min(len(parts)-1, 2)], "/")
	return !onMedium(clean) || !slices.ContainsFunc(g.children(point), func(f *firmware.File) bool {
		return (f.Kind == firmware.Regular || f.Kind == firmware.Directory) && !strings.HasPrefix(path.Base(f.Name), ".")
	})
}

// unjudgeEach notes that all files of a folder run, if others may be in it than those of
// the image.
func (g *boot) unjudgeEach(at assay.Location, dir string) {
	if strings.HasPrefix(dir, "/") && !Unresolved(dir) && g.mayHold(cleanName(dir)+"/*") {
		g.unjudge(at, "it runs what stands in "+cleanName(dir)+", which whoever fills that folder decides")
	}
}

// bringers are programs that put files in places, by the arguments that name them.
var bringers = []string{"wget", "curl", "tftp", "ftpget", "nc", "scp", "cp", "mv", "ln", "dd", "tar", "unzip", "gunzip", "install", "chmod", "mount"}

// emptyMounts are file systems that hold nothing but what the boot puts there.
var emptyMounts = []string{"tmpfs", "ramfs", "proc", "sysfs", "devtmpfs", "devpts", "debugfs", "cgroup", "cgroup2"}

// bring notes the places into which a command puts files that are not in the image.
func (g *boot) bring(r *shellRun, c *Command, words []string) {
	targets := redirectTargets(c)
	if len(words) > 0 && slices.Contains(bringers, path.Base(words[0])) && !containsAny(words, emptyMounts) {
		for _, w := range words[1:] {
			w = strings.TrimPrefix(w, "of=")
			if strings.Contains(w, "://") {
				w = path.Base(w)
			}
			targets = append(targets, w)
		}
		if name := path.Base(words[0]); r != nil && r.dir != "/" && (name == "tar" || name == "unzip") {
			targets = append(targets, r.dir)
		}
	}
	for _, w := range targets {
		w = abs(r, w)
		if clean := strings.TrimPrefix(path.Clean(w), "/"); strings.HasPrefix(w, "/") && clean != "" && !strings.HasPrefix(clean, "dev/") {
			g.brought[clean] = true
		}
	}
}

// isBrought reports whether the boot put a file, or a folder above it, in place.
func (g *boot) isBrought(clean string) bool {
	for name := clean; name != "." && name != "/"; name = path.Dir(name) {
		if g.brought[name] {
			return true
		}
	}
	return false
}
