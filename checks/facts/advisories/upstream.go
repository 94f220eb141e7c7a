package advisories

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/inventory"
)

// kernelCPE is Linux in the ecosystem CPE.
const kernelCPE = "linux:linux_kernel"

// makers gives, for the name of a project, the makers and products under which its
// vulnerabilities are recorded.
var makers = map[string][]string{
	"aom":               {"aomedia:aomedia"},
	"apache-httpd":      {"apache:http_server"},
	"apr":               {"apache:portable_runtime"},
	"apr-util":          {"apache:portable_runtime_utility", "apache:apr-util"},
	"avahi":             {"avahi:avahi"},
	"barebox":           {"pengutronix:barebox", "barebox:barebox"},
	"bash":              {"gnu:bash"},
	"bind":              {"isc:bind"},
	"bird":              {"nic:bird"},
	"bluez":             {"bluez:bluez"},
	"boa":               {"boa:boa"},
	"brotli":            {"google:brotli"},
	"busybox":           {"busybox:busybox"},
	"bzip2":             {"bzip:bzip2", "bzip2:bzip2"},
	"c-ares":            {"c-ares_project:c-ares", "c-ares:c-ares", "haxx:c-ares"},
	"cairo":             {"cairographics:cairo"},
	"chrony":            {"tuxfamily:chrony", "chrony:chrony"},
	"connman":           {"intel:connman", "connman:connman"},
	"contiki-ng":        {"contiki-ng:contiki-ng"},
	"cpio":              {"gnu:cpio"},
	"cups":              {"apple:cups", "openprinting:cups"},
	"curl":              {"haxx:curl", "curl:curl", "haxx:libcurl"},
	"cyrus-sasl":        {"cyrusimap:cyrus-sasl", "cyrusimap:cyrus_sasl", "cmu:cyrus-sasl"},
	"dav1d":             {"videolan:dav1d"},
	"dbus":              {"freedesktop:dbus", "d-bus_project:d-bus"},
	"dnsmasq":           {"thekelleys:dnsmasq"},
	"dropbear":          {"dropbear_ssh_project:dropbear_ssh", "matt_johnston:dropbear_ssh_server"},
	"e2fsprogs":         {"e2fsprogs_project:e2fsprogs", "ext2_filesystems_utilities:e2fsprogs"},
	"ebtables":          {"netfilter:ebtables"},
	"esp-idf":           {"espressif:esp-idf"},
	"esp8266-nonos-sdk": {"espressif:esp8266_nonos_sdk"},
	"esphome":           {"esphome:esphome"},
	"expat":             {"libexpat_project:libexpat"},
	"faad2":             {"audiocoding:freeware_advanced_audio_decoder_2", "audiocoding:faad2", "faad2_project:faad2"},
	"flac":              {"flac_project:flac", "xiph:flac"},
	"freertos":          {"amazon:freertos", "amazon:amazon_web_services_freertos"},
	"freetype":          {"freetype:freetype", "freetype:freetype2"},
	"frr":               {"frrouting:frrouting", "linuxfoundation:free_range_routing"},
	"fuse":              {"fuse:fuse", "fuse_project:fuse", "libfuse_project:libfuse"},
	"git":               {"git-scm:git", "git:git", "git_project:git"},
	"glib":              {"gnome:glib"},
	"glibc":             {"gnu:glibc"},
	"gnupg":             {"gnupg:gnupg", "gnu:gnupg"},
	"gnutls":            {"gnu:gnutls"},
	"goahead":           {"embedthis:goahead"},
	"gpsd":              {"gpsd_project:gpsd"},
	"grep":              {"gnu:grep"},
	"gst-plugins-bad":   {"gstreamer:gst-plugins-bad", "gstreamer_project:gst-plugins-bad", "freedesktop:gst-plugins-bad"},
	"gst-plugins-base":  {"gstreamer:gst-plugins-base", "gstreamer_project:gst-plugins-base", "freedesktop:gst-plugins-base"},
	"gst-plugins-good":  {"gstreamer:gst-plugins-good", "gstreamer_project:gst-plugins-good", "freedesktop:gst-plugins-good"},
	"gst-plugins-ugly":  {"gstreamer:gst-plugins-ugly", "gstreamer_project:gst-plugins-ugly", "freedesktop:gst-plugins-ugly"},
	"gstreamer":         {"gstreamer:gstreamer", "gstreamer_project:gstreamer", "freedesktop:gstreamer"},
	"gzip":              {"gnu:gzip"},
	"hostapd":           {"w1.fi:hostapd"},
	"icecast":           {"icecast:icecast", "xiph:icecast"},
	"icu":               {"icu-project:international_components_for_unicode", "unicode:international_components_for_unicode"},
	"iperf3":            {"es:iperf3", "iperf3_project:iperf3"},
	"iptables":          {"netfilter:iptables"},
	"iputils":           {"iputils:iputils", "iputils_project:iputils", "skbuff:iputils"},
	"isc-dhcp":          {"isc:dhcp"},
	"json-c":            {"json-c_project:json-c", "json-c:json-c"},
	"kea":               {"isc:kea"},
	"knot":              {"nic:knot_dns", "cz.nic:knot_dns", "knot-dns:knot_dns"},
	"krb5":              {"mit:kerberos_5", "mit:kerberos"},
	"ldns":              {"nlnetlabs:ldns"},
	"less":              {"greenwoodsoftware:less", "gnu:less"},
	"libgcrypt":         {"gnupg:libgcrypt", "gnu:libgcrypt"},
	"libgphoto2":        {"gphoto:libgphoto2", "libgphoto2_project:libgphoto2"},
	"libinput":          {"freedesktop:libinput"},
	"libksba":           {"gnupg:libksba", "libksba_project:libksba"},
	"libmaxminddb":      {"maxmind:libmaxminddb"},
	"libmicrohttpd":     {"gnu:libmicrohttpd"},
	"libpcap":           {"tcpdump:libpcap"},
	"libpng":            {"libpng:libpng"},
	"librabbitmq":       {"rabbitmq-c_project:rabbitmq-c"},
	"libressl":          {"openbsd:libressl"},
	"libsndfile":        {"libsndfile_project:libsndfile", "mega-nerd:libsndfile"},
	"libsoup":           {"gnome:libsoup"},
	"libsrtp":           {"cisco:libsrtp", "libsrtp_project:libsrtp"},
	"libtiff":           {"libtiff:libtiff", "simplesystems:libtiff"},
	"libtomcrypt":       {"libtom:libtomcrypt"},
	"libtommath":        {"libtom:libtommath"},
	"libupnp":           {"libupnp_project:libupnp", "pupnp_project:pupnp"},
	"libuv":             {"libuv:libuv"},
	"libvncserver":      {"libvncserver_project:libvncserver", "libvnc_project:libvncserver", "libvncserver:libvncserver"},
	"libvorbis":         {"xiph:libvorbis", "xiph.org:libvorbis"},
	"libvpx":            {"webmproject:libvpx"},
	"libwebsockets":     {"libwebsockets:libwebsockets"},
	"libxml2":           {"xmlsoft:libxml2"},
	"libxslt":           {"xmlsoft:libxslt"},
	"libyaml":           {"pyyaml:libyaml", "libyaml_project:libyaml"},
	"lighttpd":          {"lighttpd:lighttpd"},
	"linux":             {kernelCPE},
	"live555":           {"live555:streaming_media", "live555:live555"},
	"logrotate":         {"logrotate_project:logrotate", "gentoo:logrotate"},
	"lua":               {"lua:lua"},
	"lvm2":              {"heinz_mauelshagen:lvm2", "redhat:lvm2"},
	"lwip":              {"lwip_project:lwip", "lwip:lwip"},
	"lxc":               {"linuxcontainers:lxc"},
	"lz4":               {"lz4_project:lz4", "yann_collet:lz4"},
	"lzo":               {"lzo_project:lzo", "oberhumer:lzo2", "oberhumer:liblzo2"},
	"mariadb":           {"mariadb:mariadb"},
	"mbed-os":           {"arm:mbed_os", "mbed:mbed", "arm:mbed"},
	"mbedtls":           {"arm:mbed_tls", "trustedfirmware:mbed_tls", "polarssl:polarssl"},
	"mcuboot":           {"linaro:mcuboot", "mcuboot:mcuboot", "mcuboot_project:mcuboot"},
	"micropython":       {"micropython:micropython"},
	"mini_httpd":        {"acme:mini_httpd"},
	"minidlna":          {"readymedia_project:readymedia", "minidlna_project:minidlna", "minidlna:minidlna"},
	"miniupnpc":         {"miniupnp_project:miniupnpc", "miniupnp.free:miniupnpc"},
	"miniupnpd":         {"miniupnp_project:miniupnpd", "miniupnp.free:miniupnpd"},
	"modsecurity":       {"trustwave:modsecurity", "owasp:modsecurity"},
	"mongoose":          {"cesanta:mongoose"},
	"mosquitto":         {"eclipse:mosquitto"},
	"musl":              {"musl-libc:musl"},
	"ncurses":           {"gnu:ncurses", "invisible-island:ncurses"},
	"net-snmp":          {"net-snmp:net-snmp"},
	"networkmanager":    {"gnome:networkmanager"},
	"nfs-utils":         {"linux-nfs:nfs-utils", "nfs:nfs-utils"},
	"nftables":          {"netfilter:nftables"},
	"nginx":             {"f5:nginx", "nginx:nginx", "f5:nginx_open_source"},
	"node":              {"nodejs:node.js", "nodejs:nodejs"},
	"nsd":               {"nlnetlabs:nsd", "nlnetlabs:name_server_daemon"},
	"nspr":              {"mozilla:netscape_portable_runtime", "mozilla:nspr"},
	"nss":               {"mozilla:nss", "mozilla:network_security_services"},
	"ntfs-3g":           {"tuxera:ntfs-3g", "ntfs-3g:ntfs-3g"},
	"ntp":               {"ntp:ntp"},
	"nuttx":             {"apache:nuttx"},
	"openjdk":           {"oracle:openjdk", "oracle:jdk", "oracle:jre"},
	"openjpeg":          {"uclouvain:openjpeg", "openjpeg:openjpeg"},
	"openocd":           {"openocd:openocd", "openocd:open_on-chip_debugger"},
	"opensc":            {"opensc_project:opensc", "opensc-project:opensc"},
	"openssh":           {"openbsd:openssh"},
	"openssl":           {"openssl:openssl"},
	"openvpn":           {"openvpn:openvpn"},
	"opus":              {"opus-codec:opus", "xiph:opus", "opus_project:opus"},
	"ostree":            {"ostreedev:ostree", "redhat:ostree"},
	"pango":             {"gnome:pango", "pango:pango"},
	"pcre":              {"pcre:pcre"},
	"pcre2":             {"pcre:pcre2", "pcre2_project:pcre2"},
	"pcsc-lite":         {"muscle:pcsc-lite", "pcsc-lite_project:pcsc-lite"},
	"perl":              {"perl:perl", "larry_wall:perl"},
	"php":               {"php:php"},
	"polkit":            {"polkit_project:polkit", "freedesktop:polkit"},
	"poppler":           {"freedesktop:poppler", "poppler:poppler"},
	"ppp":               {"point-to-point_protocol_project:point-to-point_protocol", "samba:ppp"},
	"proftpd":           {"proftpd:proftpd"},
	"protobuf-c":        {"protobuf-c_project:protobuf-c", "protobuf-c:protobuf-c"},
	"pure-ftpd":         {"pureftpd:pure-ftpd"},
	"python":            {"python:python"},
	"qt":                {"qt:qt", "digia:qt"},
	"radvd":             {"litech:radvd", "litech:router_advertisement_daemon"},
	"rauc":              {"pengutronix:rauc"},
	"redis":             {"redis:redis", "redislabs:redis", "pivotal_software:redis"},
	"riot":              {"riot-os:riot"},
	"rp-pppoe":          {"roaring_penguin:pppoe"},
	"rsync":             {"samba:rsync"},
	"ruby":              {"ruby-lang:ruby"},
	"samba":             {"samba:samba"},
	"sdl":               {"libsdl:simple_directmedia_layer", "libsdl:sdl", "libsdl:libsdl"},
	"sed":               {"gnu:sed"},
	"snappy":            {"google:snappy"},
	"socat":             {"dest-unreach:socat"},
	"speex":             {"xiph:speex", "xiph.org:speex"},
	"sqlite":            {"sqlite:sqlite"},
	"squid":             {"squid-cache:squid", "squid:squid"},
	"strongswan":        {"strongswan:strongswan"},
	"stunnel":           {"stunnel:stunnel"},
	"sudo":              {"sudo_project:sudo", "todd_miller:sudo"},
	"swupdate":          {"sbabic:swupdate", "swupdate:swupdate"},
	"syslog-ng":         {"balabit:syslog-ng", "oneidentity:syslog-ng", "syslog-ng:syslog-ng"},
	"systemd":           {"systemd_project:systemd", "freedesktop:systemd"},
	"tar":               {"gnu:tar"},
	"tcpdump":           {"tcpdump:tcpdump"},
	"threadx":           {"eclipse:threadx"},
	"thttpd":            {"acme:thttpd"},
	"tinc":              {"tinc-vpn:tinc", "tinc:tinc"},
	"tinyproxy":         {"tinyproxy_project:tinyproxy", "banu:tinyproxy"},
	"tor":               {"torproject:tor", "tor:tor"},
	"traceroute":        {"buc:traceroute", "traceroute_project:traceroute"},
	"transmission":      {"transmissionbt:transmission", "transmission:transmission"},
	"u-boot":            {"denx:u-boot"},
	"uclibc":            {"uclibc-ng_project:uclibc-ng", "uclibc:uclibc"},
	"unbound":           {"nlnetlabs:unbound"},
	"util-linux":        {"kernel:util-linux"},
	"uwsgi":             {"unbit:uwsgi"},
	"vsftpd":            {"vsftpd_project:vsftpd", "beasts:vsftpd"},
	"wget":              {"gnu:wget"},
	"wolfssl":           {"wolfssl:wolfssl"},
	"wpa_supplicant":    {"w1.fi:wpa_supplicant"},
	"xl2tpd":            {"xelerance:xl2tpd"},
	"xz":                {"tukaani:xz"},
	"zephyr":            {"zephyrproject:zephyr"},
	"zeromq":            {"zeromq:libzmq", "zeromq:zeromq"},
	"zip":               {"info-zip:zip"},
	"zlib":              {"zlib:zlib", "gnu:zlib"},
	"zstd":              {"facebook:zstandard"},
}

// productsOf lists under which names of the ecosystem CPE a component may be
// recorded. A project that is not in the table is looked for where its maker is
// named after it: others may have a product of the same name.
func productsOf(c inventory.Component) []string {
	var names []string
	projects := c.Projects()
	for _, p := range projects {
		names = append(names, makers[p]...)
	}
	if len(names) == 0 && c.Kind != inventory.KindModule {
		for _, n := range append([]string{c.Name}, projects...) {
			if n = cpeWord(n); usable(n) {
				names = append(names, n+":"+n, n+"_project:"+n, "gnu:"+n)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// upstreamVersion is the version that a project gave what a distribution
// packaged: without epoch, revision, and what was added to it.
func upstreamVersion(c inventory.Component) string {
	v := c.Version
	if _, after, ok := strings.Cut(v, ":"); ok {
		v = after
	}
	if c.Confidence == inventory.ConfidencePackage {
		if i := strings.LastIndexByte(v, '-'); i > 0 && (strings.HasPrefix(c.PURL, "pkg:deb/") || isRevision(v[i+1:])) {
			v = v[:i]
		}
		v, _, _ = strings.Cut(v, "+")
		v, _, _ = strings.Cut(v, "~")
	}
	if c.Named("linux") { // a maker's own suffix comes after the release, not before it
		v = v[:len(v)-len(strings.TrimLeft(v, "v0123456789."))]
	}
	return strings.TrimPrefix(v, "v")
}

// isRevision reports the revision of a package of opkg or apk: 3, r3, r0.1.
func isRevision(s string) bool {
	s = strings.TrimPrefix(s, "r")
	return s != "" && strings.Trim(s, "0123456789.") == ""
}

// isKernel reports the kernel itself, not its headers or modules.
func isKernel(c inventory.Component) bool {
	return (c.Kind == inventory.KindKernel || c.Kind == inventory.KindPackage) && c.Named("linux") && !strings.HasPrefix(c.Name, "linux-libc")
}

// branchOf is the branch of a kernel: 5.10 of 5.10.161.
func branchOf(version string) string {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	if second == "" {
		return first
	}
	return first + "." + second
}
