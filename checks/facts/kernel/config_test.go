package kernel

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/factstest"
)

func FuzzParseConfig(f *testing.F) {
	f.Add("#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm 4.14.63 Kernel Configuration\n#\nCONFIG_ARM=y\n# CONFIG_SMP is not set\n")
	f.Add("#\n# Automatically generated make config: don't edit\n# Linux kernel version: 2.6.31.1\n#\nCONFIG_MIPS=y\n")
	f.Fuzz(func(t *testing.T, text string) {
		k, ok := parseConfig(text)
		if ok && (len(k.Options) == 0 || len(k.Options) > maxOptions) {
			t.Errorf("%d options", len(k.Options))
		}
	})
}

func TestParseConfig(t *testing.T) {
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
		k, ok := parseConfig(tt.text)
		if ok != tt.ok || ok && (k.Arch != tt.arch || k.Major != tt.major || k.Minor != tt.minor || k.Wide != tt.wide) {
			t.Errorf("%q: %+v %t", tt.text, k, ok)
		}
	}
}

var someConfig = func() string {
	text := "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm 4.14.63 Kernel Configuration\n#\nCONFIG_ARM=y\n"
	for i := range 2000 {
		text += fmt.Sprintf("CONFIG_OPTION_%x=%d\n", i*i*7919, i*i*i)
	}
	return text
}()

// A configuration is found wherever a root keeps it: beside the kernel, packed,
// and in what the kernel or its module configs embeds.
func TestConfigPlaces(t *testing.T) {
	bare := strings.Repeat("\x00", 56) + "ARM\x64" + strings.Repeat("code", 1000) + "Linux version 4.14.63 " + configMark + gzipped(t, someConfig) + "IKCFG_ED"
	embedded := "\x7fELF" + strings.Repeat("\x00", 100) + configMark + gzipped(t, someConfig) + "IKCFG_ED"
	for name, content := range map[string]string{
		"boot/config-4.14.63":                   someConfig,
		"boot/config.gz":                        gzipped(t, someConfig),
		"proc/config.gz":                        gzipped(t, someConfig),
		"boot/vmlinux":                          embedded,
		"boot/Image.gz":                         gzipped(t, bare),
		"boot/Image":                            bare,
		"lib/modules/4.14.63/kernel/configs.ko": embedded,
		"lib/modules/4.14.63/configs.ko.gz":     gzipped(t, embedded),
	} {
		got := factstest.Seen(t, Configs, map[string]string{name: content, "etc/passwd": "root:x:0:0::/:/bin/sh\n", "bin/sh": "sh"})
		if len(got) != 1 || got[0].Minor != 14 || !strings.Contains(got[0].Location.Path, name) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What only begins like a configuration, or never ends, is none.
func TestEmbeddedConfigBad(t *testing.T) {
	for _, packed := range []string{"", "\x1f\x8b\x08", "text", gzipped(t, someConfig)[:40], gzipped(t, strings.Repeat("#", maxConfig+1))} {
		if text := embeddedConfig([]byte(packed)); text != "" {
			t.Errorf("%.20q: %d bytes", packed, len(text))
		}
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
