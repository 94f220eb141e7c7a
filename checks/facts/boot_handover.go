package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// handover notes programs that give the device over to another root file system:
// the one that really runs may not be in the image.
func (g *boot) handover(l *launch, name string, args []string) {
	switch name {
	case "switch_root", "run-init":
		free := skipFlags(append([]string{""}, args...)[1:], "-c")
		if len(free) > 1 && g.mirrors[cleanName(l.abs(free[0]))] {
			g.launch(l.with(free[1:]))
		} else if len(free) > 0 {
			g.handOver(l, free[0])
		}
	case "pivot_root":
		if len(args) > 0 {
			g.pivoted = true
			g.handOver(l, args[0])
		}
	}
}

// handOver notes a root folder in which another system starts. One that shows this
// root by an overlay is none, and another root in the image is followed by itself.
func (g *boot) handOver(l *launch, dir string) {
	dir = l.abs(dir)
	if g.mirrors[cleanName(dir)] || path.Clean(dir) == "/" || g.otherRoots {
		return
	}
	where := "a system that is not in the image"
	if f, ok := g.root.Lookup(dir); ok && f.Kind == firmware.Directory && g.isFile(cleanName(dir)+"/sbin/init") {
		where = cleanName(dir) + "/sbin/init"
	}
	g.unjudge(l.cmd.Location, "it hands over to "+where)
}

// layerOptions name the layers of overlay, mini_fo, aufs and unionfs.
var layerOptions = []string{"lowerdir", "base", "br", "dirs"}

// mirror notes a folder that shows this root file system: an overlay over it, or
// the root once more.
func (g *boot) mirror(r *shellRun, args []string) {
	free := freeWords(args)
	if len(free) == 0 {
		return
	}
	options := flagValues(args, "-o", "--options")
	for _, a := range args {
		if o, ok := strings.CutPrefix(a, "-o"); ok && o != "" {
			options = append(options, o)
		}
	}
	below := ""
	for o := range strings.SplitSeq(strings.Join(options, ","), ",") {
		key, value, _ := strings.Cut(o, "=")
		for layer := range strings.SplitSeq(value, ":") {
			if layer, _, _ = strings.Cut(layer, "="); slices.Contains(layerOptions, key) && (layer == "/" || g.mirrors[cleanName(layer)]) {
				below = layer
			}
		}
	}
	bound := hasFlag(args, "--bind", "--rbind", "--move") || slices.Contains(options, "bind")
	if bound && len(free) == 2 {
		below = free[0]
	}
	if below != "" && (path.Clean(below) == "/" || g.mirrors[cleanName(abs(r, below))]) {
		g.mirrors[cleanName(abs(r, lastOf(free)))] = true
	}
}

// copyRoot notes a folder in memory into which the boot copies whole folders of
// this root.
func (g *boot) copyRoot(r *shellRun, args []string) {
	if !hasFlag(args, "-a", "-r", "-R", "--archive", "--recursive") || len(args) < 3 {
		return
	}
	to := cleanName(abs(r, lastOf(args)))
	for _, a := range args[:len(args)-1] {
		if from := abs(r, a); strings.HasPrefix(from, "/") && (g.isMounted(cleanName(from)) || g.isBrought(cleanName(from)) && !g.entry(from)) {
			return
		}
	}
	if g.memory[to] && !g.mounted[to] {
		g.mirrors[to] = true
	}
}
