package lifecycle

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/kernel"
)

// kernelOption is an option that hardens a kernel, and where it is to be had.
type kernelOption struct {
	names        []string // any of them will do: options were renamed
	off          bool     // it is to be off
	major, minor int      // first version of Linux that has it
	arches       string   // those that have it, parted by spaces; empty is all
	wide         bool     // 64 bits only
	needs        string   // another option without which the question does not arise
	without      string   // options beside which it is not to be had, parted by spaces
	gone         int      // the minor version of Linux 5 from which it is no more; 0 if it still is
}

// kernelOptions are those that every device can afford or nearly. Versions and
// architectures are those of the Kconfig files of Linux; where an architecture
// got an option later than others, it stands in a row of its own.
var kernelOptions = []kernelOption{
	{names: []string{"STRICT_KERNEL_RWX", "DEBUG_RODATA"}, major: 4, minor: 11, arches: "arm arm64 x86"},
	{names: []string{"STRICT_MODULE_RWX", "DEBUG_SET_MODULE_RONX"}, major: 4, minor: 11, arches: "arm arm64 x86", needs: "MODULES"},
	{names: []string{"STACKPROTECTOR", "CC_STACKPROTECTOR", "CC_STACKPROTECTOR_REGULAR", "CC_STACKPROTECTOR_STRONG", "CC_STACKPROTECTOR_AUTO"}, major: 3, minor: 16, arches: "arm arm64 mips x86"},
	{names: []string{"STACKPROTECTOR_STRONG", "CC_STACKPROTECTOR_STRONG", "CC_STACKPROTECTOR_AUTO"}, major: 3, minor: 16, arches: "arm arm64 mips x86"},
	{names: []string{"RANDOMIZE_BASE"}, major: 4, minor: 6, arches: "arm64 x86"},
	{names: []string{"RANDOMIZE_BASE"}, major: 6, minor: 6, arches: "riscv", wide: true},
	{names: []string{"FORTIFY_SOURCE"}, major: 4, minor: 13, arches: "arm64 x86 powerpc"},
	{names: []string{"FORTIFY_SOURCE"}, major: 4, minor: 19, arches: "arm"},
	{names: []string{"HARDENED_USERCOPY"}, major: 4, minor: 8, arches: "arm arm64 x86 powerpc", without: "SLOB"},
	{names: []string{"VMAP_STACK"}, major: 4, minor: 14, arches: "arm64 x86", wide: true},
	{names: []string{"SLAB_FREELIST_RANDOM"}, major: 4, minor: 8, without: tinySlabs},
	{names: []string{"SLAB_FREELIST_HARDENED"}, major: 4, minor: 14, without: tinySlabs},
	{names: []string{"INIT_ON_ALLOC_DEFAULT_ON"}, major: 5, minor: 3},
	{names: []string{"SECCOMP"}, major: 3, minor: 19, arches: "arm arm64 mips x86 powerpc"},
	{names: []string{"STRICT_DEVMEM"}, major: 4, minor: 0, arches: "arm arm64 x86 powerpc", needs: "DEVMEM"},
	{names: []string{"DEVKMEM"}, off: true, gone: 13},
	{names: []string{"PROC_KCORE"}, off: true},
	{names: []string{"KEXEC"}, off: true},
	{names: []string{"COMPAT_BRK"}, off: true},
	{names: []string{"MODULE_SIG"}, major: 3, minor: 7, needs: "MODULES"},
	{names: []string{"SECURITY_DMESG_RESTRICT"}, major: 2, minor: 6},
	{names: []string{"SYN_COOKIES"}, major: 2, minor: 6, needs: "INET"},
	{names: []string{"CPU_SW_DOMAIN_PAN"}, major: 4, minor: 3, arches: "arm", needs: "CPU_V7", without: "ARM_LPAE"},
	{names: []string{"ARM64_SW_TTBR0_PAN", "ARM64_PAN"}, major: 4, minor: 10, arches: "arm64"},
	{names: []string{"UNMAP_KERNEL_AT_EL0"}, major: 4, minor: 16, arches: "arm64"},
	{names: []string{"PAGE_TABLE_ISOLATION", "MITIGATION_PAGE_TABLE_ISOLATION"}, major: 4, minor: 15, arches: "x86", wide: true},
	{names: []string{"PAGE_TABLE_ISOLATION", "MITIGATION_PAGE_TABLE_ISOLATION"}, major: 4, minor: 19, arches: "x86", needs: "X86_PAE"},
	{names: []string{"RETPOLINE", "MITIGATION_RETPOLINE"}, major: 4, minor: 15, arches: "x86"},
	{names: []string{"BUG"}, major: 2, minor: 6},
}

// tinySlabs are the allocators of small memories: they keep no list that could be
// hardened.
const tinySlabs = "SLOB SLUB_TINY"

// fits reports whether the kernel could have the option.
func (o kernelOption) fits(k kernel.Config) bool {
	switch {
	case !k.Since(o.major, o.minor), o.gone > 0 && k.Since(5, o.gone):
		return false
	case o.arches != "" && !slices.Contains(strings.Fields(o.arches), k.Arch):
		return false
	}
	if slices.ContainsFunc(strings.Fields(o.without), func(name string) bool { return on(k, name) }) {
		return false
	}
	return (!o.wide || k.Wide) && (o.needs == "" || on(k, o.needs))
}

// wrong gives the words for an option that is not as it should be; empty if it is.
func (o kernelOption) wrong(k kernel.Config) string {
	set := slices.ContainsFunc(o.names, func(n string) bool { return on(k, n) })
	switch {
	case set && o.off:
		return o.names[0] + " is on"
	case !set && !o.off:
		return o.names[0] + " is off"
	}
	return ""
}

func on(k kernel.Config, name string) bool {
	v := k.Options[name]
	return v == "y" || v == "m"
}
