package inventory

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// libraryFile is a shared library whose file carries its version in its name.
type libraryFile struct {
	name string // of the component
	form *lazyregexp.Regexp
	as   string // the version by the groups of the form; "" for all of it
}

// The forms of a version in the name of a file.
var (
	threeNumbers = lazyregexp.New(`^\d+\.\d+\.\d+$`)
	hundreds     = lazyregexp.New(`^0\.(\d{1,2})00\.(\d{1,2})$`)        // odd ones are of no release
	sdlHundreds  = lazyregexp.New(`^0\.(2[2468]|3[02])00\.([0-4]?\d)$`) // from 50 on it stands for another library below it
	icuNumbers   = lazyregexp.New(`^(?:49|[5-9]\d)\.\d$`)
	ncursesSix   = lazyregexp.New(`^6\.\d$`) // 5.9 is also what later releases call their old interface
	boostNumbers = lazyregexp.New(`^1\.\d{2}\.\d$`)
	below100     = lazyregexp.New(`^[12]\.\d{1,2}\.\d{1,2}$`)
	mbedNumbers  = lazyregexp.New(`^(?:1\.3|[23]\.\d{1,2})\.\d{1,2}$`)
	qrencode     = lazyregexp.New(`^[34]\.\d\.\d$`)
	opencv       = lazyregexp.New(`^[2-4]\.\d{1,2}\.\d{1,2}$`)
	uClibc       = lazyregexp.New(`^(?:lib|ld64-|ld-)uClibc-(\d+(?:\.\d+)+)\.so$`)
	gstreamer    = lazyregexp.New(`^0\.(\d{1,2})(\d\d)\.0$`)
	glibcFile    = lazyregexp.New(`^(?:libc|ld)-(2\.\d+(?:\.\d+)?)\.so$`)
	elfutils     = lazyregexp.New(`^lib(?:elf|dw|asm)-(0\.\d+)\.so$`)
	bindFile     = lazyregexp.New(`^lib(?:isc|dns|ns|isccfg)-(9\.\d+\.\d+).*\.so$`)
	pulseFile    = lazyregexp.New(`^libpulse(?:common|core)-(\d+\.\d+)(?:\.\d+)?\.so$`)
	aclNumbers   = lazyregexp.New(`^1\.1\.(2)(\d)(\d\d)$`)
	cairoNumbers = lazyregexp.New(`^2\.1(\d[02468])\d\d\.(\d{1,2})$`)
	zmqNumbers   = lazyregexp.New(`^5\.2\.(\d{1,2})$`)
)

// libraries are shared libraries whose file carries their version in its name:
// libz.so.1.2.13. Most others count the changes of their interface there, and so did
// some of these in older releases: each form takes no more than what are known to be
// releases.
var libraries = map[string]libraryFile{
	"libacl.so.":               {"acl", aclNumbers, "$1.$2.$3"}, // 1.1.2301 is of 2.3.1
	"libaom.so.":               {name: "aom", form: lazyregexp.New(`^3\.(?:\d|1[0-3])\.\d$`)},
	"libattr.so.":              {"attr", aclNumbers, "$1.$2.$3"},
	"libboost_filesystem.so.":  {name: "boost", form: boostNumbers},
	"libboost_system.so.":      {name: "boost", form: boostNumbers},
	"libboost_thread.so.":      {name: "boost", form: boostNumbers},
	"libbrotlicommon.so.":      {name: "brotli", form: below100},
	"libbrotlidec.so.":         {name: "brotli", form: below100},
	"libcairo.so.":             {"cairo", cairoNumbers, "1.$1.$2"},                        // 2.11600.0 is of 1.16.0
	"libcap.so.":               {name: "libcap", form: lazyregexp.New(`^[12]\.\d{1,2}$`)}, // one number alone is that of the interface
	"libcjson.so.":             {name: "cjson", form: below100},
	"libexiv2.so.":             {name: "exiv2", form: lazyregexp.New(`^0\.2[78]\.\d$`)}, // before 0.27 the numbers of the interface
	"libfuse.so.":              {name: "fuse", form: lazyregexp.New(`^2\.\d\.\d$`)},
	"libfuse3.so.":             {name: "fuse", form: lazyregexp.New(`^3\.\d{1,2}\.\d{1,2}$`)},
	"libgit2.so.":              {name: "libgit2", form: lazyregexp.New(`^(?:0\.2\d|1\.\d)\.\d{1,2}$`)},
	"libglib-2.0.so.":          {"glib", hundreds, "2.$1.$2"},                          // 0.7400.6 is of 2.74.6
	"libglog.so.":              {name: "glog", form: lazyregexp.New(`^0\.[3-7]\.\d$`)}, // 0.0.0 is of its other build
	"libgstapp-1.0.so.":        {"gst-plugins-base", gstreamer, "1.$1.$2"},
	"libgstaudio-1.0.so.":      {"gst-plugins-base", gstreamer, "1.$1.$2"},
	"libgstreamer-1.0.so.":     {"gstreamer", gstreamer, "1.$1.$2"}, // 0.2200.0 is of 1.22.0
	"libgstrtsp-1.0.so.":       {"gst-plugins-base", gstreamer, "1.$1.$2"},
	"libgstvideo-1.0.so.":      {"gst-plugins-base", gstreamer, "1.$1.$2"},
	"libicudata.so.":           {name: "icu", form: icuNumbers},
	"libicui18n.so.":           {name: "icu", form: icuNumbers},
	"libicuuc.so.":             {name: "icu", form: icuNumbers},
	"liblz4.so.":               {name: "lz4", form: lazyregexp.New(`^1\.\d{1,2}\.\d{1,2}$`)},
	"liblzma.so.":              {name: "xz", form: lazyregexp.New(`^5\.[02468]\.\d{1,2}$`)},
	"libmbedcrypto.so.":        {name: "mbedtls", form: mbedNumbers},
	"libmbedtls.so.":           {name: "mbedtls", form: mbedNumbers},
	"libmbedx509.so.":          {name: "mbedtls", form: mbedNumbers},
	"libmodsecurity.so.":       {name: "modsecurity", form: lazyregexp.New(`^3\.0\.\d{1,2}$`)},
	"libmosquitto.so.":         {name: "mosquitto", form: below100},
	"libncurses.so.":           {name: "ncurses", form: ncursesSix},
	"libncursesw.so.":          {name: "ncurses", form: ncursesSix},
	"libopencv_core.so.":       {name: "opencv", form: opencv},
	"libopenjp2.so.":           {name: "openjpeg", form: lazyregexp.New(`^2\.\d\.\d$`)},
	"libpcap.so.":              {name: "libpcap", form: lazyregexp.New(`^(?:0\.9|1\.\d{1,2})\.\d$`)},
	"libpci.so.":               {name: "pciutils", form: lazyregexp.New(`^3\.\d{1,2}\.\d$`)},
	"libpixman-1.so.":          {name: "pixman", form: lazyregexp.New(`^0\.\d{2}\.\d{1,2}$`)},
	"libqrencode.so.":          {name: "qrencode", form: qrencode},
	"libQt5Core.so.":           {name: "qt", form: lazyregexp.New(`^5\.\d{1,2}\.\d{1,2}$`)},
	"libQt6Core.so.":           {name: "qt", form: lazyregexp.New(`^6\.\d{1,2}\.\d{1,2}$`)},
	"libSDL2-2.0.so.":          {"sdl", sdlHundreds, "2.$1.$2"}, // 0.2600.5 is of 2.26.5
	"libseccomp.so.":           {name: "libseccomp", form: lazyregexp.New(`^2\.\d\.\d$`)},
	"libsnappy.so.":            {name: "snappy", form: lazyregexp.New(`^1\.1\.(?:[5-9]|10)$`)}, // 1.2.1 is of 1.1.2 or of 1.2.1
	"libtinfo.so.":             {name: "ncurses", form: ncursesSix},
	"libtommath.so.":           {name: "libtommath", form: lazyregexp.New(`^1\.[0-3]\.\d$`)},
	"libtorrent-rasterbar.so.": {name: "libtorrent", form: lazyregexp.New(`^2\.0\.\d{1,2}$`)}, // 9.0.0 is of 1.1
	"libubootenv.so.":          {name: "libubootenv", form: lazyregexp.New(`^0\.[23]\.\d$`)},
	"libvncserver.so.":         {name: "libvncserver", form: lazyregexp.New(`^0\.9\.1\d$`)}, // 0.0.0 and 1.0.0 are of its older build
	"libxml2.so.":              {name: "libxml2", form: lazyregexp.New(`^2\.(?:\d|1[0-3])\.\d{1,2}$`)},
	"libxslt.so.":              {name: "libxslt", form: lazyregexp.New(`^1\.1\.\d{1,2}$`)},
	"libyajl.so.":              {name: "yajl", form: lazyregexp.New(`^[12]\.\d\.\d{1,2}$`)},
	"libz.so.":                 {name: "zlib", form: lazyregexp.New(`^1\.[1-3]\.\d{1,2}$`)},
	"libzmq.so.":               {"zeromq", zmqNumbers, "4.3.$1"}, // 5.2.4 is of 4.3.4
	"libzstd.so.":              {name: "zstd", form: lazyregexp.New(`^1\.\d\.\d$`)},
}

// freetype are the numbers of the interface by which a release of FreeType names its
// library, as its own table has them (docs/VERSIONS.TXT).
var freetype = map[string]string{
	"6.10.2": "2.5.0", "6.11.0": "2.5.1", "6.11.1": "2.5.2", "6.11.2": "2.5.3", "6.11.3": "2.5.4", "6.11.4": "2.5.5",
	"6.12.0": "2.6.0", "6.12.1": "2.6.1", "6.12.2": "2.6.2", "6.12.3": "2.6.3", "6.12.4": "2.6.4", "6.12.5": "2.6.5",
	"6.12.6": "2.7.0", "6.13.0": "2.7.1", "6.14.0": "2.8.0", "6.15.0": "2.8.1", "6.16.0": "2.9.0", "6.16.1": "2.9.1",
	"6.17.0": "2.10.0", "6.17.1": "2.10.1", "6.17.2": "2.10.2", "6.17.3": "2.10.3", "6.17.4": "2.10.4",
	"6.18.0": "2.11.0", "6.18.1": "2.11.1", "6.18.2": "2.12.0", "6.18.3": "2.12.1", "6.19.0": "2.13.0",
	"6.20.0": "2.13.1", "6.20.1": "2.13.2", "6.20.2": "2.13.3",
}

// xml2Branches are the releases of libxml2 since the one that broke its interface:
// 16.0.5 is of 2.14.5, and 16.1.4 of 2.15.4.
var xml2Branches = map[string]string{"16.0.": "2.14.", "16.1.": "2.15."}

// libraryVersion gives the version that the name of a library's file carries.
func libraryVersion(base string) (name, version string, ok bool) {
	for _, f := range []struct {
		name string
		form *lazyregexp.Regexp
	}{{"uclibc", uClibc}, {"glibc", glibcFile}, {"elfutils", elfutils}, {"bind", bindFile}, {"pulseaudio", pulseFile}} {
		if m := f.form.Get().FindStringSubmatch(base); m != nil {
			return f.name, m[1], true
		}
	}
	at := strings.Index(base, ".so.")
	if at < 0 {
		return "", "", false
	}
	stem, numbers := base[:at+4], base[at+4:]
	if stem == "libfreetype.so." {
		return "freetype", freetype[numbers], freetype[numbers] != ""
	}
	if last := strings.LastIndexByte(numbers, '.') + 1; stem == "libxml2.so." && xml2Branches[numbers[:last]] != "" {
		numbers = xml2Branches[numbers[:last]] + numbers[last:]
		return "libxml2", numbers, threeNumbers.Get().MatchString(numbers)
	}
	library, ok := libraries[stem]
	if !ok || !library.form.Get().MatchString(numbers) {
		return "", "", false
	}
	if library.as == "" {
		return library.name, numbers, true
	}
	return library.name, withoutZeros(library.form.Get(), numbers, library.as), true
}

// withoutZeros fills the groups of a form into a version, without the zeros before a
// number.
func withoutZeros(form *regexp.Regexp, numbers, as string) string {
	parts := strings.Split(form.ReplaceAllString(numbers, as), ".")
	for i, p := range parts {
		parts[i] = cmp.Or(strings.TrimLeft(p, "0"), "0")
	}
	return strings.Join(parts, ".")
}
