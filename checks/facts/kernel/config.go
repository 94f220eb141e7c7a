// Package kernel observes how the kernel of a device and its boot loader were built: the
// options of the kernel ([Configs]), whether its modules are signed ([ModuleSignatures]),
// and what a boot loader of a microcontroller says of itself ([LoaderLines]).
package kernel

import (
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/wordsearch"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Limits of a kernel configuration; large ones have 10 000 options in 300 KiB.
const (
	maxConfig  = 2 << 20
	maxOptions = 20000
)

// Config is the configuration that a kernel was built with.
type Config struct {
	Location assay.Location    `json:"location"`
	Arch     string            `json:"arch"` // arm, arm64, mips, powerpc, riscv, x86
	Wide     bool              `json:"wide"` // 64 bits
	Major    int               `json:"major"`
	Minor    int               `json:"minor"`
	Options  map[string]string `json:"options"` // without CONFIG_: y, m, or a value; what is absent is off
}

// Since reports whether the kernel is of a version or younger.
func (k Config) Since(major, minor int) bool {
	return k.Major > major || k.Major == major && k.Minor >= minor
}

// Configs are the kernel configurations of the image: the one that a
// kernel or its module configs carries in itself, and those beside a kernel.
var Configs = &facts.Fact[[]Config]{
	Name:    "kernel-configs",
	Doc:     "Configurations of kernels: embedded in the kernel or in its module configs, or as boot/config-VERSION.",
	Version: 2,
	Needs:   []facts.Node{configTexts},
	Observe: func(o *facts.Observer) ([]Config, error) {
		all, err := configTexts.Of(o)
		return withoutOuter(all), err
	},
}

// withoutOuter drops what was found in the bytes of a file that was opened too,
// so that the same configuration was found inside it.
func withoutOuter(all []Config) []Config {
	return slices.DeleteFunc(slices.Clone(all), func(k Config) bool {
		return slices.ContainsFunc(all, func(inner Config) bool {
			return strings.HasPrefix(inner.Location.Path, k.Location.Path+"!")
		})
	})
}

var configTexts = &facts.Scan[Config]{
	Name: "kernel-config-texts",
	Doc:  "Kernel configurations as texts, and embedded in programs, modules and kernels.",
	Want: func(f *firmware.File) bool {
		return f.Size > 0 && (f.Kind == firmware.Regular || f.Kind == firmware.Raw && f.Size <= maxConfig && isConfig(f))
	},
	Words: wordsearch.New([]string{configMark}),
	Spot: func(f *firmware.File, content []byte, marks wordsearch.Sights) []Config {
		if len(content) <= maxConfig && isConfig(f) {
			if k, ok := parseConfig(string(content)); ok {
				k.Location = facts.At(f)
				return []Config{k}
			}
		}
		var found []Config
		marks.Each(func(_, at int) bool {
			if k, ok := parseConfig(embeddedConfig(content[at+len(configMark):])); ok {
				k.Location = facts.At(f)
				found = append(found, k)
			}
			return len(found) == 0
		})
		return found
	},
}

// configMark stands before the packed configuration (kernel/configs.c in Linux).
const configMark = "IKCFG_ST"

// embeddedConfig unpacks what stands behind the mark; empty if it is no
// configuration.
func embeddedConfig(packed []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return ""
	}
	r.Multistream(false)
	text, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil || len(text) > maxConfig {
		return ""
	}
	return string(text)
}

// isConfig reports whether a file, or the stream that it was packed in, has
// the name and place of a kernel configuration.
func isConfig(f *firmware.File) bool {
	name, k := f.Name, f.Container
	if k != nil && k.Type == "ikconfig" {
		return true
	}
	for ; k != nil && k.Parent != nil && !k.FileSystem; k = k.Parent {
		packed := strings.TrimSuffix(k.Path, "!"+k.Type)
		name = ""
		if i := strings.LastIndexByte(packed, '!'); i >= 0 {
			name = packed[i+1:]
		}
	}
	base := path.Base(name)
	if base != "config.gz" && base != "kernel-config" && base != "kernel.config" && !strings.HasPrefix(base, "config-") &&
		!strings.HasPrefix(base, "kernel-config.") && !strings.HasPrefix(base, "kernel.config.") {
		return false
	}
	return !strings.Contains(name, "/") || slices.ContainsFunc([]string{"boot/", "lib/modules/", "usr/lib/modules/", "proc/"},
		func(dir string) bool { return strings.HasPrefix(name, dir) })
}

// title is the second or third line of every configuration: with the
// architecture since 2.6.39, and only the version before.
var title = lazyregexp.New(`(?m)^# (?:Linux/(\S+) )?(?:Linux kernel version: )?(\d+)\.(\d+)\S*(?: Kernel Configuration)?\r?$`)

// parseConfig reads a configuration; ok is false if the text is none.
func parseConfig(text string) (k Config, ok bool) {
	head := text[:min(len(text), 1024)]
	if !strings.Contains(head, "Kernel Configuration") && !strings.Contains(head, "Linux kernel version: ") {
		return k, false
	}
	m := title.Get().FindStringSubmatch(head)
	if m == nil {
		return k, false
	}
	k.Major, _ = strconv.Atoi(m[2])
	k.Minor, _ = strconv.Atoi(m[3])
	k.Options = map[string]string{}
	for line := range strings.Lines(text) {
		name, value, is := strings.Cut(strings.TrimSpace(line), "=")
		name, set := strings.CutPrefix(name, "CONFIG_")
		if is && set && len(k.Options) < maxOptions {
			k.Options[name] = value
		}
	}
	k.Arch, k.Wide = m[1], k.Options["64BIT"] == "y"
	k.nameArch()
	return k, len(k.Options) > 0
}

// nameArch finds the architecture by its own option where the title does not
// say it, and brings its names together.
func (k *Config) nameArch() {
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
