package facts

import (
	"path"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Limits of a kernel configuration; large ones have 10 000 options in 300 KiB.
const (
	maxKernelConfig  = 2 << 20
	maxKernelOptions = 20000
)

// KernelConfig is the configuration that a kernel was built with.
type KernelConfig struct {
	Location assay.Location    `json:"location"`
	Arch     string            `json:"arch"` // arm, arm64, mips, powerpc, riscv, x86
	Wide     bool              `json:"wide"` // 64 bits
	Major    int               `json:"major"`
	Minor    int               `json:"minor"`
	Options  map[string]string `json:"options"` // without CONFIG_: y, m, or a value; what is absent is off
}

// Since reports whether the kernel is of a version or younger.
func (k KernelConfig) Since(major, minor int) bool {
	return k.Major > major || k.Major == major && k.Minor >= minor
}

// KernelConfigs are the kernel configurations of the image: the one that a
// kernel carries in itself, and those beside a kernel.
var KernelConfigs = &Scan[KernelConfig]{
	Name: "kernel-configs",
	Doc:  "Configurations of kernels: embedded in the kernel, or as boot/config-VERSION.",
	Want: func(f *firmware.File) bool {
		return f.Size > 0 && f.Size <= maxKernelConfig && (f.Kind == firmware.Regular || f.Kind == firmware.Raw) && isKernelConfig(f)
	},
	See: func(f *firmware.File, content []byte) []KernelConfig {
		k, ok := parseKernelConfig(string(content))
		if !ok {
			return nil
		}
		k.Location = At(f)
		return []KernelConfig{k}
	},
}

func isKernelConfig(f *firmware.File) bool {
	base := path.Base(f.Name)
	return base == "config" && f.Container != nil && f.Container.Type == "ikconfig" ||
		(strings.HasPrefix(base, "config-") || base == "kernel-config" || base == "kernel.config") &&
			(strings.HasPrefix(f.Name, "boot/") || strings.HasPrefix(f.Name, "lib/modules/") || !strings.Contains(f.Name, "/"))
}

// kernelTitle is the second or third line of every configuration: with the
// architecture since 2.6.39, and only the version before.
var kernelTitle = lazy(`(?m)^# (?:Linux/(\S+) )?(?:Linux kernel version: )?(\d+)\.(\d+)\S*(?: Kernel Configuration)?\r?$`)

// parseKernelConfig reads a configuration; ok is false if the text is none.
func parseKernelConfig(text string) (k KernelConfig, ok bool) {
	head := text[:min(len(text), 1024)]
	if !strings.Contains(head, "Kernel Configuration") && !strings.Contains(head, "Linux kernel version: ") {
		return k, false
	}
	m := kernelTitle.Get().FindStringSubmatch(head)
	if m == nil {
		return k, false
	}
	k.Major, _ = strconv.Atoi(m[2])
	k.Minor, _ = strconv.Atoi(m[3])
	k.Options = map[string]string{}
	for line := range strings.Lines(text) {
		name, value, is := strings.Cut(strings.TrimSpace(line), "=")
		name, set := strings.CutPrefix(name, "CONFIG_")
		if is && set && len(k.Options) < maxKernelOptions {
			k.Options[name] = value
		}
	}
	k.Arch, k.Wide = m[1], k.Options["64BIT"] == "y"
	k.nameArch()
	return k, len(k.Options) > 0
}

// nameArch finds the architecture by its own option where the title does not
// say it, and brings its names together.
func (k *KernelConfig) nameArch() {
	for _, a := range []struct{ option, arch string }{
		{"ARM64", "arm64"}, {"ARM", "arm"}, {"MIPS", "mips"}, {"PPC", "powerpc"}, {"RISCV", "riscv"}, {"X86", "x86"},
	} {
		if k.Options[a.option] == "y" {
			k.Arch = a.arch
			break
		}
	}
	if k.Arch == "i386" || k.Arch == "x86_64" {
		k.Arch = "x86"
	}
	k.Wide = k.Wide || k.Arch == "arm64"
}
