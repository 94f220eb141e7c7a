package advisories

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
)

// kernelCPE is Linux in the ecosystem CPE.
const kernelCPE = "linux:linux_kernel"

// makers gives, for the name of a project, the makers and products under which its
// vulnerabilities are recorded.
var makers = map[string][]string{
	"avahi":             {"avahi:avahi"},
	"bash":              {"gnu:bash"},
	"bind":              {"isc:bind"},
	"bluez":             {"bluez:bluez"},
	"boa":               {"boa:boa"},
	"busybox":           {"busybox:busybox"},
	"contiki-ng":        {"contiki-ng:contiki-ng"},
	"cups":              {"apple:cups", "openprinting:cups"},
	"curl":              {"haxx:curl", "curl:curl"},
	"dbus":              {"freedesktop:dbus", "d-bus_project:d-bus"},
	"dnsmasq":           {"thekelleys:dnsmasq"},
	"dropbear":          {"dropbear_ssh_project:dropbear_ssh", "matt_johnston:dropbear_ssh_server"},
	"e2fsprogs":         {"e2fsprogs_project:e2fsprogs", "ext2_filesystems_utilities:e2fsprogs"},
	"esp-idf":           {"espressif:esp-idf"},
	"esphome":           {"esphome:esphome"},
	"expat":             {"libexpat_project:libexpat"},
	"freertos":          {"amazon:freertos", "amazon:amazon_web_services_freertos"},
	"glibc":             {"gnu:glibc"},
	"gnutls":            {"gnu:gnutls"},
	"gpsd":              {"gpsd_project:gpsd"},
	"hostapd":           {"w1.fi:hostapd"},
	"iptables":          {"netfilter:iptables"},
	"json-c":            {"json-c_project:json-c", "json-c:json-c"},
	"libcurl":           {"haxx:libcurl", "haxx:curl"},
	"libmicrohttpd":     {"gnu:libmicrohttpd"},
	"libpcap":           {"tcpdump:libpcap"},
	"libpng":            {"libpng:libpng"},
	"libressl":          {"openbsd:libressl"},
	"libuv":             {"libuv:libuv"},
	"libwebsockets":     {"libwebsockets:libwebsockets"},
	"libxml2":           {"xmlsoft:libxml2"},
	"lighttpd":          {"lighttpd:lighttpd"},
	"linux":             {kernelCPE},
	"lua":               {"lua:lua"},
	"lwip":              {"lwip_project:lwip", "lwip:lwip"},
	"mbed-os":           {"arm:mbed_os", "mbed:mbed", "arm:mbed"},
	"mbedtls":           {"arm:mbed_tls", "trustedfirmware:mbed_tls", "polarssl:polarssl"},
	"micropython":       {"micropython:micropython"},
	"mini_httpd":        {"acme:mini_httpd"},
	"miniupnpd":         {"miniupnp_project:miniupnpd", "miniupnp.free:miniupnpd"},
	"mongoose":          {"cesanta:mongoose"},
	"mosquitto":         {"eclipse:mosquitto"},
	"musl":              {"musl-libc:musl"},
	"net-snmp":          {"net-snmp:net-snmp"},
	"nginx":             {"f5:nginx", "nginx:nginx", "f5:nginx_open_source"},
	"ntp":               {"ntp:ntp"},
	"nuttx":             {"apache:nuttx"},
	"openjdk":           {"oracle:openjdk", "oracle:jdk", "oracle:jre"},
	"openssh":           {"openbsd:openssh"},
	"openssl":           {"openssl:openssl"},
	"openvpn":           {"openvpn:openvpn"},
	"pcre":              {"pcre:pcre"},
	"ppp":               {"point-to-point_protocol_project:point-to-point_protocol", "samba:ppp"},
	"proftpd":           {"proftpd:proftpd"},
	"python":            {"python:python"},
	"rauc":              {"pengutronix:rauc"},
	"riot":              {"riot-os:riot"},
	"rsync":             {"samba:rsync"},
	"samba":             {"samba:samba"},
	"sqlite":            {"sqlite:sqlite"},
	"strongswan":        {"strongswan:strongswan"},
	"stunnel":           {"stunnel:stunnel"},
	"sudo":              {"sudo_project:sudo", "todd_miller:sudo"},
	"swupdate":          {"sbabic:swupdate", "swupdate:swupdate"},
	"systemd":           {"systemd_project:systemd", "freedesktop:systemd"},
	"tcpdump":           {"tcpdump:tcpdump"},
	"threadx":           {"eclipse:threadx"},
	"thttpd":            {"acme:thttpd"},
	"u-boot":            {"denx:u-boot"},
	"uclibc":            {"uclibc-ng_project:uclibc-ng", "uclibc:uclibc"},
	"unbound":           {"nlnetlabs:unbound"},
	"util-linux":        {"kernel:util-linux"},
	"vsftpd":            {"vsftpd_project:vsftpd", "beasts:vsftpd"},
	"wget":              {"gnu:wget"},
	"wolfssl":           {"wolfssl:wolfssl"},
	"wpa_supplicant":    {"w1.fi:wpa_supplicant"},
	"xz":                {"tukaani:xz"},
	"zephyr":            {"zephyrproject:zephyr"},
	"zlib":              {"zlib:zlib", "gnu:zlib"},
	"esp8266-nonos-sdk": {"espressif:esp8266_nonos_sdk"},
}

// productsOf lists under which names of the ecosystem CPE a component may be
// recorded. A project that is not in the table is looked for where its maker is
// named after it: others may have a product of the same name.
func productsOf(c facts.Component) []string {
	c.Source = sourceName(c.Source)
	var names []string
	for project, all := range makers {
		if c.Named(project) {
			names = append(names, all...)
		}
	}
	if len(names) == 0 {
		for _, n := range []string{c.Name, c.Source} {
			if n = cpeWord(n); usable(n) && c.Kind != facts.KindModule {
				names = append(names, n+":"+n, n+"_project:"+n, "gnu:"+n)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sourceName is the project of a source that a build system names by a path
// ("package/network/services/dnsmasq") or a recipe ("busybox_1.36.1.bb").
func sourceName(s string) string {
	s = path.Base(s)
	if recipe, ok := strings.CutSuffix(s, ".bb"); ok {
		recipe, _, _ = strings.Cut(recipe, "_")
		return recipe
	}
	return strings.Trim(s, "./")
}

// upstreamVersion is the version that a project gave what a distribution
// packaged: without epoch, revision, and what was added to it.
func upstreamVersion(c facts.Component) string {
	v := c.Version
	if _, after, ok := strings.Cut(v, ":"); ok {
		v = after
	}
	if c.Confidence == facts.ConfidencePackage {
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
func isKernel(c facts.Component) bool {
	return (c.Kind == facts.KindKernel || c.Kind == facts.KindPackage) && c.Named("linux") && !strings.HasPrefix(c.Name, "linux-libc")
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
