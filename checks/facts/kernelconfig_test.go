package facts

import "testing"

func FuzzParseKernelConfig(f *testing.F) {
	f.Add("#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm 4.14.63 Kernel Configuration\n#\nCONFIG_ARM=y\n# CONFIG_SMP is not set\n")
	f.Add("#\n# Automatically generated make config: don't edit\n# Linux kernel version: 2.6.31.1\n#\nCONFIG_MIPS=y\n")
	f.Fuzz(func(t *testing.T, text string) {
		k, ok := parseKernelConfig(text)
		if ok && (len(k.Options) == 0 || len(k.Options) > maxKernelOptions) {
			t.Errorf("%d options", len(k.Options))
		}
	})
}

func TestParseKernelConfig(t *testing.T) {
	for _, tt := range []struct {
		text, arch   string
		major, minor int
		wide, ok     bool
	}{
		{"# Linux/x86 5.10.1 Kernel Configuration\nCONFIG_X86=y\nCONFIG_64BIT=y\n", "x86", 5, 10, true, true},
		{"# Linux/x86_64 3.2.0-4-amd64 Kernel Configuration\nCONFIG_64BIT=y\n", "x86", 3, 2, true, true},
		{"# Linux kernel version: 2.6.31.1\r\nCONFIG_MIPS=y\r\n", "mips", 2, 6, false, true},
		{"# Linux/arm64 6.1.0 Kernel Configuration\nCONFIG_ARM64=y\n", "arm64", 6, 1, true, true},
		{"# Busybox version: 1.30.1\nCONFIG_ASH=y\n", "", 0, 0, false, false},
		{"# Linux/arm 4.4.1 Kernel Configuration\n", "", 0, 0, false, false},
	} {
		k, ok := parseKernelConfig(tt.text)
		if ok != tt.ok || ok && (k.Arch != tt.arch || k.Major != tt.major || k.Minor != tt.minor || k.Wide != tt.wide) {
			t.Errorf("%q: %+v %t", tt.text, k, ok)
		}
	}
}
