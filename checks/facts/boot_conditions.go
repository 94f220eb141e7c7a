package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// conditionTests are the conditions of systemd.unit(5) that ask for files, by the
// test of a shell that asks the same.
var conditionTests = map[string]string{
	"PathExists": "-e", "FileNotEmpty": "-s", "FileIsExecutable": "-x", "PathIsDirectory": "-d", "PathIsSymbolicLink": "-L",
}

// openConditions ask for what only the running device knows.
var openConditions = []string{
	"KernelCommandLine", "Environment", "Host", "ACPower", "Firmware", "Credential", "KernelModuleLoaded", "KernelVersion", "Version", "Security", "NeedsUpdate",
	"Memory", "CPUs", "CPUFeature", "MemoryPressure", "CPUPressure", "IOPressure", "PathIsMountPoint", "PathIsEncrypted", "OSRelease", "ControlGroupController",
}

// conditions judges the conditions of a unit for the device as shipped: all must
// hold, and one of those with a bar before them.
func (g *boot) conditions(u unit) outcome {
	all, any, bars := works, fails, false
	for _, s := range u.settings {
		name, ok := strings.CutPrefix(s.key, "Condition")
		if !ok {
			name, ok = strings.CutPrefix(s.key, "Assert")
		}
		if !ok || s.section != "Unit" {
			continue
		}
		if s.value == "" { // it takes back those before
			all, any, bars = works, fails, false
			continue
		}
		value, bar := strings.CutPrefix(u.specify(s.value), "|")
		value, not := strings.CutPrefix(strings.TrimSpace(value), "!")
		got := g.condition(name, strings.TrimSpace(value), not)
		if bar {
			any, bars = max(any, got), true
		} else {
			all = min(all, got)
		}
	}
	if bars {
		all = min(all, any)
	}
	return all
}

// condition judges one of them. What is not known is taken as it stands on a
// device: a condition with "not" holds.
func (g *boot) condition(name, value string, not bool) outcome {
	got := works
	switch op, isTest := conditionTests[name]; {
	case isTest:
		got = g.existsLater(op, value, not)
	case name == "DirectoryNotEmpty":
		if got = g.existsLater("-d", value, not); got == works {
			got = outcomeOf(len(g.children(value)) > 0)
		}
	case name == "PathExistsGlob":
		if len(g.glob(value)) == 0 {
			got = g.existsLater("-e", value, not)
		}
	case name == "Architecture":
		got = g.architecture(value)
	case name == "FirstBoot" && isYes(value) != not:
		return outcomeOf(g.firstBoot())
	case name == "User":
		got = outcomeOf(value == cmp.Or(g.manager.name, "root") || g.manager.name == "" && (value == "0" || value == "@system"))
	case name == "Virtualization":
		return g.virtualization(value, not)
	case name == "KernelCommandLine" && len(g.kernelLines) > 0 && !slices.ContainsFunc(g.kernelLines, func(l kernelLine) bool { return !l.has(value) && !slices.Contains(l.words, value) }):
	case slices.Contains(openConditions, name):
		if not {
			return works
		}
		return unsure
	default:
		return works
	}
	if not {
		return got.not()
	}
	return got
}

// mountFolders are those under which devices keep other file systems: sticks, cards and
// partitions that hold what their users leave there.
var mountFolders = []string{"mnt", "media", "data", "userdata", "sdcard", "storage", "jffs"}

// mediaFolders are those of them in which each folder is a place of its own.
var mediaFolders = []string{"mnt", "media", "sdcard", "storage"}

// onMedium reports whether a name lies where cards and sticks are mounted.
func onMedium(clean string) bool {
	folder, _, _ := strings.Cut(clean, "/")
	return slices.Contains(mediaFolders, folder)
}

// outcomeElsewhere judges a test of a file that is not in the image: it may stand on
// another file system.
func outcomeElsewhere(clean string) outcome {
	if isElsewhere(clean) {
		return unsure
	}
	return fails
}

// isElsewhere reports whether a name lies where other file systems are kept.
func isElsewhere(clean string) bool {
	folder, inside, _ := strings.Cut(clean, "/")
	return inside != "" && slices.Contains(mountFolders, folder)
}

// existsLater judges a test of a file. What is not in the image may be made in a
// folder that is empty at each start; whoever asks for its absence starts before.
func (g *boot) existsLater(op, name string, not bool) outcome {
	got, clean := g.exists(op, name), cleanName(name)
	if not && got == unsure && g.later && g.awaited[clean] {
		return fails
	}
	if not && got == unsure && !g.touched[clean] && !g.isBrought(clean) && outcomeElsewhere(clean) == unsure {
		return fails // as shipped
	}
	for _, dir := range []string{"run", "var/run", "tmp", "var/tmp"} {
		if got == fails && !not && strings.HasPrefix(clean, dir+"/") {
			return unsure
		}
	}
	return got
}

// containers are systemd's names of surroundings in which no kernel starts
// (systemd.unit(5), ConditionVirtualization).
var containers = []string{"container", "openvz", "lxc", "lxc-libvirt", "systemd-nspawn", "docker", "podman", "rkt", "wsl", "proot", "pouch", "private-users"}

// virtualization judges in what the system runs: not in a container where the image
// brings a kernel.
func (g *boot) virtualization(value string, not bool) outcome {
	switch {
	case not || value == "no" || value == "false" || value == "0" || value == "off":
		return works
	case slices.Contains(containers, value) && g.ownKernel():
		return fails
	}
	return unsure
}

// ownKernel reports whether the root holds a kernel or modules of one.
func (g *boot) ownKernel() bool {
	for _, p := range []string{"/boot/vmlinu[xz]*", "/boot/*Image*", "/lib/modules/*/modules.dep", "/usr/lib/modules/*/modules.dep"} {
		if len(g.glob(p)) > 0 {
			return true
		}
	}
	return false
}

// architectures are systemd's names of machines, by those of ELF with their bits; of
// two the second one is that of a kernel of 64 bits under programs of 32.
var architectures = map[string][]string{
	"x86/32": {"x86", "x86-64"}, "x86-64/64": {"x86-64"}, "arm/32": {"arm", "arm64"}, "aarch64/64": {"arm64"}, "mips/32": {"mips", "mips64"}, "mips/64": {"mips64"},
	"ppc/32": {"ppc", "ppc64"}, "ppc64/64": {"ppc64"}, "riscv/32": {"riscv32", "riscv64"}, "riscv/64": {"riscv64"}, "s390/64": {"s390x"}, "loongarch/64": {"loongarch64"},
}

// architecture judges the machine by a module of the kernel, and without one by the
// programs.
func (g *boot) architecture(value string) outcome {
	if value == "native" {
		return works
	}
	value = strings.TrimSuffix(strings.TrimSuffix(value, "-le"), "-be")
	var names []string
	for _, name := range sortedKeys(g.programs) {
		p := g.programs[name]
		of := architectures[fmt.Sprintf("%s/%d", p.Machine, p.Bits)]
		if p.Kind == "object" && of != nil {
			names = of[:1]
			break
		}
		if names == nil {
			names = of
		}
	}
	switch {
	case names == nil:
		return unsure
	case !slices.Contains(names, value):
		return fails
	}
	return outcome(2 - len(names)) // sure if it is the only one
}
