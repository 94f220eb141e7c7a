package inventory

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/elf/elftest"
	"github.com/assay-iot/assay/checks/facts/factstest"
	"github.com/assay-iot/assay/firmware"
)

// banner text inside what looks like a program.
func program(texts ...string) []byte {
	return []byte("\x00\x01\x02\x00" + strings.Join(texts, "\x00\x00") + "\x00\x03\x00")
}

func TestBanners(t *testing.T) {
	for _, c := range []struct {
		file, want string
		content    []byte
	}{
		{"bin/busybox", "busybox 1.22.1", program("BusyBox v1.22.1 (2015-03-21 21:52:33 UTC)")},
		{"usr/sbin/dropbear", "dropbear 2022.83", program("SSH-2.0-dropbear_2022.83\r\n")},
		{"usr/sbin/dropbear", "", program("SSH-2.0-dropbear\r\n")},
		{"usr/sbin/dnsmasq", "dnsmasq 2.80test2", program("dnsmasq-2.80test2")},
		{"usr/sbin/other", "", program("dnsmasq-2.80test2")},
		{"usr/lib/libcrypto.so.1", "openssl 1.0.2k-fips", program("OpenSSL 1.0.2k-fips  26 Jan 2017")},
		{"usr/sbin/foo", "", program("OpenSSL 3.0 or newer is needed")},
		{"vmlinux", "linux 4.14.63", program("Linux version 4.14.63 (builder@host) (gcc 7.3.0) #0 SMP")},
		{"u-boot.bin", "u-boot 2018.03-g12ab", program("U-Boot 2018.03-g12ab (Jan 02 2019 - 10:00:00 +0000)")},
		{"usr/lib/libz.so.1", "zlib 1.2.13", program(" deflate 1.2.13 Copyright 1995-2022 Jean-loup Gailly")},
		{"lib/libc.so", "musl 1.1.19", program("musl libc (arm)\nVersion %s", "1.1.19", "127.0.0.1")},
		{"lib/libc.so", "", program("musl libc (arm)\nVersion %s", "1.1.19", "1.2.3")},
		{"lib/libuClibc-0.9.33.2.so", "uclibc 0.9.33.2", program("x")},
		{"usr/share/doc/README", "", []byte("BusyBox v1.22.1 is what we use.\n")},
		{"lib/modules/4.9.107/cfg80211.ko", "linux 4.9.107", program("vermagic=4.9.107 mod_unload ARMv5 p2v8 ")},
	} {
		f := &firmware.File{Name: c.file, Path: "x!" + c.file, Size: int64(len(c.content))}
		var got []string
		for _, s := range seeBanners(f, c.content, bannerWords.Sights(c.content)) {
			got = append(got, s.Name+" "+s.Version)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.file, got, c.want)
		}
	}
}

// TestQuotedVersion holds that a program which is linked with libssl does not
// speak for OpenSSL, but the openssl program does.
func TestQuotedVersion(t *testing.T) {
	linked := append(elftest.Image(32, binary.LittleEndian, []string{"libssl.so.3"}, 0), program("OpenSSL 1.1.1n  15 Mar 2022")...)
	for name, want := range map[string]int{"usr/sbin/lighttpd": 0, "usr/bin/openssl": 1} {
		if got := seeBanners(&firmware.File{Name: name}, linked, bannerWords.Sights(linked)); len(got) != want {
			t.Errorf("%s: %+v, want %d", name, got, want)
		}
	}
}

func TestSameUpstream(t *testing.T) {
	for _, c := range []struct {
		pkg, upstream string
		want          bool
	}{
		{"1:1.35.0-4+deb12u1", "1.35.0", true},
		{"2017.75-5", "2017.75", true},
		{"1.35.0", "1.35.0", true},
		{"1.350", "1.35", false},
		{"1.35.0", "1.35", false},
		{"1:1.2.13.dfsg-1", "1.2.13", true},
	} {
		if got := sameUpstream(c.pkg, c.upstream); got != c.want {
			t.Errorf("sameUpstream(%q, %q) = %v", c.pkg, c.upstream, got)
		}
	}
}

func FuzzBanners(f *testing.F) {
	f.Add("bin/busybox", program("BusyBox v1.22.1 (", "OpenSSL 3.0.1 1 Jan 2020"))
	f.Add("lib/libc.so", program("musl libc (", "1.1.1"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		for _, s := range seeBanners(&firmware.File{Name: name, Size: int64(len(data))}, data, bannerWords.Sights(data)) {
			if s.Location.Offset+s.Location.Length > int64(len(data)) || s.Version == "" {
				t.Errorf("%+v is outside %d bytes", s, len(data))
			}
		}
	})
}

func BenchmarkBanners(b *testing.B) {
	r := rand.New(rand.NewSource(1))
	data := make([]byte, 8<<20)
	for i := range data {
		n := r.Intn(1 << 16)
		data[i] = byte(n) & byte(n>>8) // about as uneven as machine code
	}
	f := &firmware.File{Name: "bin/program", Size: int64(len(data))}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		seeBanners(f, data, bannerWords.Sights(data))
	}
}

// TestGoModules reads the build data of the test program itself.
func TestGoModules(t *testing.T) {
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seeBanners(&firmware.File{Name: "usr/bin/p", Size: int64(len(data))}, data, bannerWords.Sights(data)) {
		if s.Ecosystem == "golang" && s.Name == "stdlib" && s.Confidence == ConfidenceBuild {
			if c := s.component(); !strings.HasPrefix(c.PURL, "pkg:golang/stdlib@") {
				t.Errorf("package URL %q", c.PURL)
			}
			return
		}
	}
	t.Error("Go was not found in a program that Go built")
}

func TestComponents(t *testing.T) {
	got := factstest.Seen(t, Components, map[string]string{
		"etc/os-release":            "ID=acme\nVERSION_ID=\"3\"\n",
		"var/lib/opkg/status":       "Package: busybox\nVersion: 1.35.0-r2\nArchitecture: mips\nStatus: install ok installed\n",
		"bin/busybox":               string(program("BusyBox v1.35.0 (2024-01-01)")),
		"sbin/busybox-old":          string(program("BusyBox v1.20.0 (2012-01-01)")),
		"lib/modules/5.4.1/wifi.ko": string(program("vermagic=5.4.1 SMP mod_unload ")),
		"boot/vmlinux":              string(program("Linux version 5.4.1 (a@b) (gcc)")),
	})
	var list []string
	for _, c := range got {
		list = append(list, fmt.Sprintf("%s %s %s %s %d", c.Name, c.Version, c.Confidence, c.PURL, len(c.Places)))
	}
	want := []string{
		"acme 3 build pkg:generic/acme@3 1",
		"busybox 1.20.0 string pkg:generic/busybox@1.20.0 1",
		"busybox 1.35.0-r2 package pkg:opkg/acme/busybox@1.35.0-r2?arch=mips 2",
		"linux 5.4.1 build pkg:generic/linux@5.4.1 3",
	}
	if !slices.Equal(list, want) {
		t.Errorf("got  %q\nwant %q", list, want)
	}
}

// TestNamedByProject holds that a package is known by the name of its project, so that
// what its files say of themselves is no second component.
func TestNamedByProject(t *testing.T) {
	for _, c := range []struct {
		name, source, project string
		want                  bool
	}{
		{"libbz2-1.0", "", "bzip2", true},
		{"libfreetype6", "", "freetype", true},
		{"libzmq-nc", "feeds/packages/libs/zeromq", "zeromq", true}, // OpenWrt names the folder
		{"libldap-2.5-0", "", "openldap", true},
		{"libpcre2-8-0", "", "pcre", false}, // another project
		{"libzip4", "", "zip", false},
		{"zip", "", "zip", true},
	} {
		if got := (Component{Name: c.name, Source: c.source, Kind: KindPackage}).Named(c.project); got != c.want {
			t.Errorf("%s of %q is %s: %v, want %v", c.name, c.source, c.project, got, c.want)
		}
	}
}
