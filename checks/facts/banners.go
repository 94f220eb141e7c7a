package facts

import (
	"bytes"
	"debug/buildinfo"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// banner knows how a component writes its own version into its program.
type banner struct {
	name   string // of the component
	anchor string // a literal that must occur: at least minAnchor bytes
	keep   int    // how many bytes at the anchor's end belong to the version
	// version is matched after the anchor; its first group is the version. Where
	// it is nil, the program prints the version through a format: then it is a
	// string of its own in the file, and counts only if no other looks like one.
	version *regexp.Regexp
	// committed is true where that string has the start of a commit behind it, in
	// parentheses.
	committed bool
	files     []string // patterns of path.Match for the file's base name; nil for any
	// quoted are libraries: a program that is linked with one quotes the version
	// of the headers that it was built with, which says nothing about the library.
	// own are the base names of which that is not true.
	quoted, own []string
}

// minAnchor is the least length of an anchor: the search skips nearly as far.
const minAnchor = 6

// The forms of a version after its anchor.
var (
	plain     = regexp.MustCompile(`^v?(\d+\.\d+[0-9A-Za-z.+~_-]*)`)
	numeric   = regexp.MustCompile(`^(\d+\.\d+[0-9.]*)`)
	spaced    = regexp.MustCompile(`^(\d+\.\d+[0-9A-Za-z.+~_-]*)[ )/\x00\r\n]`)
	dated     = regexp.MustCompile(`^(?:SPL )?v?(\d+\.\d+[0-9A-Za-z.+~_-]*) \(`)
	openssl   = regexp.MustCompile(`^([013]\.\d+\.\d+[a-z]*(?:-[a-z0-9]+)?) +\d{1,2} [A-Z][a-z]{2} \d{4}`)
	copyright = regexp.MustCompile(`^(\d+\.\d+[0-9.]*) +Copyright`)
	glibc     = regexp.MustCompile(`^[^\x00\n]{0,80}? version (\d+\.\d+(?:\.\d+)?)`)
	openssh   = regexp.MustCompile(`^(\d+\.\d+(?:\.\d+)?p\d+)`)
	barebox   = regexp.MustCompile(`^(20\d\d\.\d\d\.\d+[0-9A-Za-z.+-]*)`)
	running   = regexp.MustCompile(`^(\d{3}[0-9A-Za-z.~+-]*) running in `)
	onSystem  = regexp.MustCompile(`^(\d+\.\d+[0-9a-z]*) on `)
	openvpn   = regexp.MustCompile(`^(\d+\.\d+\.?[0-9A-Za-z._-]*) [a-z0-9_]+-`)
	zephyr    = regexp.MustCompile(`^(?:build )?(?:zephyr-)?v?(\d+\.\d+[0-9A-Za-z.+-]*)`)
	commit    = regexp.MustCompile(`\x00(\d\.\d\.\d)\([0-9a-f]{6,8}\)\x00`)
	alone     = regexp.MustCompile(`^\d+\.\d+(?:\.\d+)?(?:[a-z]+\d*)?$`)
)

// banners is the list of version strings, by name.
var banners = []banner{
	{name: "avahi", anchor: "\x00avahi ", version: spaced},
	{name: "barebox", anchor: "barebox ", version: barebox},
	{name: "bash", anchor: "@(#)Bash version ", version: numeric},
	{name: "bluez", anchor: "Bluetooth daemon ", files: []string{"bluetoothd"}},
	{name: "boa", anchor: "\x00Boa/0", keep: 1, version: plain, files: []string{"boa*"}},
	{name: "busybox", anchor: "BusyBox v", version: plain},
	{name: "curl", anchor: "\x00curl/", version: plain},
	{name: "dnsmasq", anchor: "dnsmasq-", version: plain, files: []string{"dnsmasq*"}},
	{name: "dropbear", anchor: "SSH-2.0-dropbear_", version: plain},
	{name: "esp-idf", anchor: "ESP-IDF v", version: plain},
	{name: "esp8266-nonos-sdk", anchor: "SDK ver: %s compiled @ ", committed: true},
	{name: "espurna", anchor: "ESPURNA ", version: plain},
	{name: "expat", anchor: "\x00expat_", version: spaced},
	{name: "framework-arduinoespressif32", anchor: "framework-arduinoespressif32@", version: numeric},
	{name: "framework-arduinoespressif8266", anchor: "framework-arduinoespressif8266@", version: numeric},
	{name: "freertos", anchor: "FreeRTOS Kernel V", version: plain},
	{name: "glibc", anchor: "GNU C Library (", version: glibc},
	{name: "gnutls", anchor: "Enabled GnuTLS ", version: plain},
	{name: "gpsd", anchor: "\x00gpsd-", version: spaced, files: []string{"gpsd"}},
	{name: "hostapd", anchor: "hostapd v", version: plain},
	{name: "libcurl", anchor: "libcurl/", version: plain, quoted: []string{"libcurl"}},
	{name: "libpcap", anchor: "libpcap version ", version: spaced},
	{name: "libpng", anchor: "libpng version ", version: spaced},
	{name: "libressl", anchor: "LibreSSL ", version: numeric, quoted: []string{"libcrypto", "libssl"}, own: []string{"openssl"}},
	{name: "lighttpd", anchor: "lighttpd/", version: plain, files: []string{"lighttpd*"}},
	{name: "linux", anchor: "Linux version ", version: dated},
	{name: "lua", anchor: "$Lua: Lua ", version: spaced},
	{name: "lua", anchor: "$LuaVersion: Lua ", version: spaced},
	{name: "lwip", anchor: "\x00lwIP/", version: plain},
	{name: "mbed-os", anchor: "mbed-os-", version: numeric},
	{name: "mbedtls", anchor: "Mbed TLS ", version: plain, quoted: []string{"libmbedcrypto"}},
	{name: "mbedtls", anchor: "mbed TLS ", version: plain, quoted: []string{"libmbedcrypto"}},
	{name: "microbit-micropython", anchor: "micro:bit v", version: plain},
	{name: "micropython", anchor: "MicroPython v", version: plain},
	{name: "mini_httpd", anchor: "mini_httpd/", version: plain},
	{name: "mosquitto", anchor: "mosquitto version ", files: []string{"mosquitto"}},
	{name: "musl", anchor: "musl libc (", files: []string{"libc.so", "ld-musl-*", "libc.musl-*"}},
	{name: "net-snmp", anchor: "NET-SNMP version: ", files: []string{"libnetsnmp.so*"}},
	{name: "nginx", anchor: "nginx version: nginx/", version: plain},
	{name: "nrf-connect-sdk", anchor: "Booting nRF Connect SDK ", version: zephyr},
	{name: "nrf5-sdk", anchor: "nRF5_SDK_", version: numeric},
	{name: "openssh", anchor: "OpenSSH_", version: openssh},
	{name: "openssl", anchor: "OpenSSL ", version: openssl, quoted: []string{"libcrypto", "libssl"}, own: []string{"openssl", "libssl.so*"}},
	{name: "openvpn", anchor: "OpenVPN ", version: openvpn},
	{name: "proftpd", anchor: "ProFTPD Version ", version: plain},
	{name: "rauc", anchor: "\x00rauc 1", keep: 1, version: spaced, files: []string{"rauc"}},
	{name: "riot", anchor: "This is RIOT! (Version: ", version: plain},
	{name: "samba", anchor: "SAMBA_4.", keep: 2, version: numeric},
	{name: "sqlite", anchor: "SQLite format 3", files: []string{"libsqlite3.so*", "sqlite3"}},
	{name: "stunnel", anchor: "stunnel ", version: onSystem},
	{name: "swupdate", anchor: "SWUpdate v", version: plain},
	{name: "systemd", anchor: "systemd ", version: running},
	{name: "thttpd", anchor: "thttpd/", version: plain},
	{name: "u-boot", anchor: "U-Boot ", version: dated},
	{name: "unbound", anchor: "\x00unbound ", version: spaced},
	{name: "vsftpd", anchor: "vsftpd: version ", version: plain},
	{name: "wget", anchor: "Wget/%s", files: []string{"wget"}},
	{name: "wolfssl", anchor: "wolfSSL ", version: plain, quoted: []string{"libwolfssl"}},
	{name: "wpa_supplicant", anchor: "wpa_supplicant v", version: plain},
	{name: "zephyr", anchor: "Booting Zephyr OS ", version: zephyr},
	{name: "zlib", anchor: "deflate ", version: copyright},
	{name: "zlib", anchor: "inflate ", version: copyright},
}

// bannerWords finds the anchors, and those of Go's build data and of a kernel
// module's version magic.
var bannerWords = sync.OnceValue(func() *literals {
	words := []string{goBuild, vermagic}
	for _, b := range banners {
		words = append(words, b.anchor)
	}
	return newLiterals(words)
})

const (
	goBuild  = "\xff Go buildinf:"
	vermagic = "vermagic="
)

// sighting is a component seen in one place.
type sighting struct {
	Name, Version string
	Confidence    string
	Go            bool // a Go module: Name is its path
	Location      assay.Location
}

// sightings look for version strings in programs and flat code, not in texts:
// what a page says about a version is not the version.
var sightings = &Scan[sighting]{
	Name: "version-strings",
	Doc:  "Components that name their own version inside programs, modules and flat code.",
	Want: func(f *firmware.File) bool { return f.Size >= minAnchor },
	See:  seeBanners,
}

// maxSightings bounds what one file can say.
const maxSightings = 4096

func seeBanners(f *firmware.File, content []byte) []sighting {
	if f.Kind == firmware.Regular && IsText(content) {
		return nil
	}
	var all []sighting
	base := path.Base(f.Name)
	if m := cLibraryName.FindStringSubmatch(base); m != nil && f.Kind == firmware.Regular {
		all = append(all, sighting{Name: strings.ToLower(m[1]), Version: m[2], Confidence: ConfidenceString, Location: At(f)})
	}
	elf, _ := parseELF(content)
	seen := map[[2]string]bool{}
	add := func(s sighting) bool {
		if key := [2]string{s.Name, s.Version}; s.Version != "" && !seen[key] {
			seen[key] = true
			all = append(all, s)
		}
		return len(all) < maxSightings
	}
	lonely := sync.OnceValues(func() (string, int) { return lonelyVersion(content) })
	committed := sync.OnceValues(func() (string, int) { return committedVersion(content) })
	goSeen := false
	bannerWords().find(content, func(word, at int) bool {
		switch word {
		case 0:
			if goSeen {
				return true
			}
			goSeen = true
			for _, s := range goModules(f, content) {
				add(s)
			}
			return true
		case 1:
			return add(moduleMagic(f, content, at))
		}
		b := banners[word-2]
		if !b.fits(base, elf) {
			return true
		}
		apart := lonely
		if b.committed {
			apart = committed
		}
		version, from, to := b.find(content, at, apart)
		return add(sighting{Name: b.name, Version: version, Confidence: ConfidenceString, Location: span(f, from, to)})
	})
	return all
}

// cLibraryName is how uClibc and older glibc say their version: in the name of
// the file.
var cLibraryName = regexp.MustCompile(`^(?:lib|ld64-|ld-)(uClibc)-(\d+(?:\.\d+)+)\.so$`)

// fits reports whether the banner may speak in a file of that name.
func (b banner) fits(base string, elf *elfFile) bool {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := path.Match(p, base); return ok })
	}
	if b.files != nil && !matches(b.files) {
		return false
	}
	if elf == nil || matches(b.own) {
		return true
	}
	return !slices.ContainsFunc(b.quoted, func(lib string) bool { return needsLibrary(elf.needed, lib) })
}

// find gives the version that belongs to the anchor at an offset, and from
// where to where it was read; lonely gives the file's only version.
func (b banner) find(content []byte, at int, lonely func() (string, int)) (version string, from, to int) {
	if b.version == nil {
		version, from = lonely()
		return version, from, from + len(version)
	}
	start := at + len(b.anchor) - b.keep
	window := content[start:min(start+160, len(content))]
	m := b.version.FindSubmatchIndex(window)
	if m == nil {
		return "", 0, 0
	}
	version = strings.TrimRight(string(window[m[2]:m[3]]), ".+~_-")
	return version, at, start + m[3]
}

// lonelyVersion finds the only string of a program that is nothing but a
// version; if there is none, or if there are several, it gives "".
func lonelyVersion(content []byte) (string, int) {
	version, where := "", 0
	for at := 0; at < len(content); {
		n := bytes.IndexByte(content[at:], 0)
		if n < 0 {
			break
		}
		if s := content[at : at+n]; n >= 3 && n <= 24 && s[0] >= '0' && s[0] <= '9' && alone.Match(s) {
			if version != "" && version != string(s) {
				return "", 0
			}
			version, where = string(s), at
		}
		at += n + 1
	}
	return version, where
}

// committedVersion finds the first string that is a version with the start of a
// commit.
func committedVersion(content []byte) (string, int) {
	m := commit.FindSubmatchIndex(content)
	if m == nil {
		return "", 0
	}
	return string(content[m[2]:m[3]]), m[2]
}

// span is a run of bytes of a file.
func span(f *firmware.File, from, to int) assay.Location {
	l := At(f)
	l.Offset, l.Length = int64(from), int64(to-from)
	return l
}

// moduleMagic reads the kernel's version from a module's version magic.
func moduleMagic(f *firmware.File, content []byte, at int) sighting {
	if !strings.HasSuffix(f.Name, ".ko") {
		return sighting{}
	}
	text := cString(content[at+len(vermagic) : min(at+len(vermagic)+256, len(content))])
	version, _, _ := strings.Cut(text, " ")
	return sighting{Name: "linux", Version: version, Confidence: ConfidenceBuild, Location: span(f, at, at+len(vermagic)+len(text))}
}

// goModules reads what the Go linker wrote: the main module, the modules that
// it was built with, and Go itself.
func goModules(f *firmware.File, content []byte) []sighting {
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	all := []sighting{{Name: "stdlib", Version: strings.TrimPrefix(info.GoVersion, "go"), Go: true, Confidence: ConfidenceBuild, Location: At(f)}}
	module := func(path, version string) {
		if path != "" && version != "devel" && version != "" { // the program itself, built from a working copy
			all = append(all, sighting{Name: path, Version: version, Go: true, Confidence: ConfidenceBuild, Location: At(f)})
		}
	}
	module(info.Main.Path, strings.Trim(info.Main.Version, "()"))
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		module(d.Path, d.Version)
	}
	return all
}
