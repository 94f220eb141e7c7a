package inventory

import (
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// The forms of a version in libraries.
var (
	bzip2     = lazyregexp.New(`^(1\.0\.\d+), \d`)
	below3    = lazyregexp.New(`^[0-2]\.\d+(?:\.\d+)?$`)
	gstOne    = lazyregexp.New(`^1\.\d{1,2}\.\d{1,2}$`)
	jansson   = lazyregexp.New(`^2\.1[3-9](?:\.\d+)?$`)
	pslLinked = lazyregexp.New(`^(0\.\d+\.\d+) \(`)
	pcre      = lazyregexp.New(`^(8\.\d+) 20\d\d-\d\d-\d\d$`)
	poppler   = lazyregexp.New(`^(?:0\.\d{2,3}\.\d+|\d\d\.\d\d\.\d+)$`)
	saidAfter = lazyregexp.New(`^(\d+\.\d+\.\d+)-`)
	sasl      = lazyregexp.New(`^2\.1\.\d+$`)
	tcl       = lazyregexp.New(`^8\.\d\.\d+$`)
)

// libraryBanners are the libraries that name their version only in their own files.
var libraryBanners = []banner{
	{name: "apr", anchor: "apr_version_string", whole: lazyregexp.New(`^1\.\d\.\d+$`), files: []string{"libapr-1.so*"}},
	{name: "apr-util", anchor: "apu_version_string", whole: lazyregexp.New(`^1\.\d\.\d+$`), files: []string{"libaprutil-1.so*"}},
	{name: "bzip2", anchor: "BZ2_", whole: bzip2, files: []string{"libbz2.so*"}},
	{name: "civetweb", anchor: "mg_version", whole: lazyregexp.New(`^1\.\d\d$`), files: []string{"libcivetweb.so*"}},
	{name: "cryptsetup", anchor: "crypt_", whole: lazyregexp.New(`^[12]\.\d+\.\d+$`), files: []string{"libcryptsetup.so*"}},
	{name: "cyrus-sasl", anchor: "sasl_version", whole: sasl, files: []string{"libsasl2.so*"}},
	{name: "dav1d", anchor: "dav1d_version", whole: lazyregexp.New(`^[01]\.\d\.\d$`), files: []string{"libdav1d.so*"}},
	{name: "e2fsprogs", anchor: "EXT2FS Library version ", version: numeric, files: []string{"libext2fs.so*"}},
	{name: "ebtables", anchor: "ebtables v", version: numeric, files: []string{"libebtc.so*", "ebtables"}},
	{name: "faad2", anchor: "NeAACDecGetVersion", whole: lazyregexp.New(`^2\.\d+\.\d+$`), files: []string{"libfaad.so*"}},
	{name: "freerdp", anchor: "freerdp_get_version_string", whole: lazyregexp.New(`^[1-3]\.\d+\.\d+$`), files: []string{"libfreerdp*.so*"}},
	{name: "fribidi", anchor: "(GNU FriBidi) ", version: numeric, files: []string{"libfribidi.so*"}},
	{name: "gmp", anchor: "__gmp_version", whole: lazyregexp.New(`^[4-6]\.\d\.\d+$`), files: []string{"libgmp.so*"}},
	{name: "gpsd", anchor: "gpsd_version", whole: lazyregexp.New(`^[23]\.\d+(?:\.\d+)?$`), files: []string{"libgps.so*"}},
	{name: "gst-plugins-bad", anchor: "gst-plugins-bad\x00", whole: gstOne, files: []string{"libgst*.so"}},
	{name: "gst-plugins-base", anchor: "gst-plugins-base\x00", whole: gstOne, files: []string{"libgst*.so"}},
	{name: "gst-plugins-good", anchor: "gst-plugins-good\x00", whole: gstOne, files: []string{"libgst*.so"}},
	{name: "gst-plugins-ugly", anchor: "gst-plugins-ugly\x00", whole: gstOne, files: []string{"libgst*.so"}},
	{name: "guile", anchor: "scm_version", whole: lazyregexp.New(`^[1-3]\.\d\.\d+$`), files: []string{"libguile-*.so*"}},
	{name: "harfbuzz", anchor: "hb_version_string", whole: lazyregexp.New(`^(?:[1-9]|1\d)\.\d+\.\d+$`), files: []string{"libharfbuzz.so*"}},
	{name: "ipset", anchor: "ipset_", whole: twoParts, files: []string{"libipset.so*"}},
	{name: "jansson", anchor: "jansson_version_str", whole: jansson, files: []string{"libjansson.so*"}},
	{name: "lame", anchor: "get_lame_version", whole: lazyregexp.New(`^3\.\d{2,3}(?:\.\d+)?$`), files: []string{"libmp3lame.so*"}},
	{name: "ldns", anchor: "ldns_version", whole: lazyregexp.New(`^1\.\d\.\d+$`), files: []string{"libldns.so*"}},
	{name: "libassuan", anchor: "This is Libassuan ", version: numeric, files: []string{"libassuan.so*"}},
	{name: "libbluray", anchor: "libbluray version ", version: numeric, files: []string{"libbluray.so*"}},
	{name: "libev", anchor: "ev_version_major", whole: lazyregexp.New(`^4\.\d\d$`), files: []string{"libev.so*"}},
	{name: "libgpg-error", anchor: "This is Libgpg-error ", version: numeric, files: []string{"libgpg-error.so*"}},
	{name: "libgphoto2", anchor: "/libgphoto2/", version: numeric, files: []string{"libgphoto2.so*"}},
	{name: "libgpiod", anchor: "gpiod_", whole: below3, files: []string{"libgpiod.so*"}},
	{name: "libidn", anchor: "stringprep_check_version", whole: lazyregexp.New(`^1\.\d\d$`), files: []string{"libidn.so*"}},
	{name: "libidn2", anchor: "idn2_check_version", whole: below3, files: []string{"libidn2.so*"}},
	{name: "libinput", anchor: "/libinput/doc/", version: numeric, files: []string{"libinput.so*"}},
	{name: "libksba", anchor: "This is Libksba ", version: numeric, files: []string{"libksba.so*"}},
	{name: "libmaxminddb", anchor: "MMDB_lib_version", whole: lazyregexp.New(`^1\.\d+\.\d+$`), files: []string{"libmaxminddb.so*"}},
	{name: "libmodbus", anchor: "LMB", version: numeric, files: []string{"libmodbus.so*"}},
	{name: "libmtp", anchor: "LIBMTP_", whole: lazyregexp.New(`^1\.1\.\d+$`), files: []string{"libmtp.so*"}},
	{name: "libnl", numbers: []string{"nl_ver_maj", "nl_ver_min", "nl_ver_mic"}, files: []string{"libnl-3.so*"}},
	{name: "libpsl", anchor: "psl_get_version", whole: pslLinked, files: []string{"libpsl.so*"}},
	{name: "librabbitmq", anchor: "amqp_version", whole: lazyregexp.New(`^0\.\d+\.\d+$`), files: []string{"librabbitmq.so*"}},
	{name: "libraw", anchor: "libraw_version", whole: saidAfter, files: []string{"libraw.so*", "libraw_r.so*"}},
	{name: "libslirp", anchor: "slirp_version_string", whole: lazyregexp.New(`^4\.\d\.\d+$`), files: []string{"libslirp.so*"}},
	{name: "libsndfile", anchor: "\x00libsndfile-", version: numeric, files: []string{"libsndfile.so*"}},
	{name: "libsoup", anchor: "libsoup/", version: numeric, files: []string{"libsoup-*.so*"}},
	{name: "libsrtp", anchor: "libsrtp2 ", version: numeric, files: []string{"libsrtp2.so*"}},
	{name: "libtasn1", anchor: "asn1_check_version", whole: lazyregexp.New(`^[34]\.\d+(?:\.\d+)?$`), files: []string{"libtasn1.so*"}},
	{name: "libtomcrypt", anchor: "LibTomCrypt ", version: numeric, files: []string{"libtomcrypt.so*"}},
	{name: "libusbmuxd", anchor: "libusbmuxd ", version: numeric, files: []string{"libusbmuxd*.so*"}},
	{name: "libvpx", anchor: "WebM Project VP8 Decoder v", version: numeric, files: []string{"libvpx.so*"}},
	{name: "libzip", anchor: "zip_libzip_version", whole: lazyregexp.New(`^(?:0\.\d+|1\.[4-9]|1\.1\d)\.\d+$`), files: []string{"libzip.so*"}},
	{name: "lm-sensors", anchor: "sensors_", whole: lazyregexp.New(`^3\.\d+\.\d+$`), files: []string{"libsensors.so*"}},
	{name: "lxc", anchor: "lxc_get_version", whole: lazyregexp.New(`^[2-6]\.\d+\.\d+$`), files: []string{"liblxc.so*"}},
	{name: "lzo", anchor: "lzo_version_string", whole: lazyregexp.New(`^[12]\.\d\d$`), files: []string{"liblzo2.so*"}},
	{name: "miniupnpc", anchor: "MiniUPnPc/", version: numeric, files: []string{"libminiupnpc.so*"}},
	{name: "nspr", anchor: "PR_VersionCheck", whole: lazyregexp.New(`^4\.\d\d?(?:\.\d)?$`), files: []string{"libnspr4.so*"}},
	{name: "pango", anchor: "pango_version_string", whole: lazyregexp.New(`^1\.[1-9]\d\.\d+$`), files: []string{"libpango-1.0.so*"}},
	{name: "parted", anchor: "ped_get_version", whole: lazyregexp.New(`^[1-3]\.\d(?:\.\d)?$`), files: []string{"libparted.so*"}},
	{name: "pcre", anchor: "pcre_version", whole: pcre, files: []string{"libpcre.so*"}},
	{name: "pipewire", anchor: "pw_get_library_version", whole: lazyregexp.New(`^(?:0\.[23]|1\.\d)\.\d+$`), files: []string{"libpipewire-0.3.so*"}},
	{name: "poppler", anchor: "poppler", whole: poppler, files: []string{"libpoppler.so*"}},
	{name: "ruby", anchor: "\x00ruby ", version: numeric, files: []string{"libruby*.so*", "ruby*"}},
	{name: "speex", anchor: "speex_lib_ctl", whole: lazyregexp.New(`^1\.2\.\d$`), files: []string{"libspeex.so*"}},
	{name: "tcl", anchor: "Tcl_", whole: tcl, files: []string{"libtcl8.*.so*"}},
	{name: "unbound", anchor: "ub_version", whole: lazyregexp.New(`^1\.\d{1,2}\.\d+$`), files: []string{"libunbound.so*"}},
	{name: "util-linux", anchor: "BLKID_", whole: lazyregexp.New(`^2\.[1-4]\d(?:\.\d+)?$`), files: []string{"libblkid.so*"}},
	{name: "util-linux", anchor: "mnt_get_library_version", whole: lazyregexp.New(`^2\.[1-4]\d(?:\.\d+)?$`), files: []string{"libmount.so*"}},
}
