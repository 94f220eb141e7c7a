package inventory

import (
	"slices"
	"strings"
	"testing"
)

// TestProject holds that a package is of its project by the names of Yocto, OpenWrt,
// Buildroot, Debian and Alpine, and not of one that is only called alike.
func TestProject(t *testing.T) {
	for project, names := range map[string]string{
		"python":           "python3 python3-core python3-light python3-minimal python3.11 python3.11-minimal libpython3.8 libpython3.11-stdlib python-core Python3",
		"sqlite":           "sqlite3 libsqlite3 libsqlite3-0 sqlite3-cli libsqlite3-0t64",
		"bluez":            "bluez5 bluez5_utils bluez-daemon libbluetooth3",
		"libtiff":          "tiff libtiff5 libtiff6 tiff-tools",
		"gstreamer":        "gstreamer1.0 gstreamer1 libgstreamer1.0-0 libgstreamer-1.0-0",
		"gst-plugins-good": "gstreamer1.0-plugins-good gst1-plugins-good gstreamer1.0-plugins-good-rtp gst-plugins-good1.0",
		"wpa_supplicant":   "wpa-supplicant wpasupplicant wpa-supplicant-cli wpa_supplicant",
		"hostapd":          "wpad wpad-basic-wolfssl hostapd-utils",
		"apache-httpd":     "apache2 apache apache2-bin",
		"node":             "nodejs nodejs18 nodejs-npm libnode72",
		"pcre":             "libpcre libpcre1 libpcre3 pcre3",
		"pcre2":            "pcre2 libpcre2 libpcre2-8-0",
		"isc-dhcp":         "dhcp dhcp-server isc-dhcp-client isc-dhcp-server-ipv4",
		"glib":             "glib-2.0 glib2 glib2.0 libglib2 libglib2.0-0 libglib-2.0-0 libglib2.0-0t64",
		"samba":            "samba4 samba4-server samba-libs",
		"php":              "php7 php8.2 php7-cgi php8-mod-curl",
		"uclibc":           "libuClibc uclibc-ng",
		"qt":               "qtbase qt5base libqt5core5a",
		"openssl":          "openssl-bin libssl3 libssl1.1 libcrypto3 openssl-util openssl-ossl-module-legacy",
		"curl":             "libcurl libcurl4 libcurl3-gnutls curl",
		"zlib":             "libz zlib1g libz1 libzlib",
		"libevent":         "libevent-2.1-7 libevent2-7",
		"libpng":           "libpng16-16 libpng",
		"linux":            "kernel linux-yocto linux-image-6.1.0-18-armmp kernel-image-5.4.68",
		"openjdk":          "openjdk-17 openjdk-17-jre-headless",
		"minidlna":         "readymedia",
	} {
		for n := range strings.FieldsSeq(names) {
			if got := Project(n); got != project {
				t.Errorf("%s is of %q, want %q", n, got, project)
			}
		}
	}
	for _, n := range strings.Fields("python3-requests python3-pip python3-dbus python3-openssl php7-pecl-redis bluez-alsa bluez-tools nginx-mod-lua openvpn-easy-rsa " +
		"libidn2 libssh2 libxml2 libcap-ng zlib-ng wget2 nghttp3 openvpn3 mpd5 iperf libc6-compat kernel-module-ext4-5.4.68 linux-libc-headers glibmm squashfs-tools-ng " +
		"mariadb-connector-c lua-cjson node-red dhcp-helper mtd systemd-conf libzip") {
		if got := Project(n); got != n {
			t.Errorf("%s is of %q, want itself", n, got)
		}
	}
}

// TestPackagings holds that no name is of two projects.
func TestPackagings(t *testing.T) {
	of := map[string]string{}
	for project, p := range packagings {
		for n := range strings.FieldsSeq(p.names) {
			if other := of[n]; other != "" || n != strings.ToLower(n) || packagings[n] != (packaging{}) {
				t.Errorf("%s is of %s and of %s", n, project, other)
			}
			of[n] = project
		}
	}
}

// TestProjects holds that a package is also of the project that its source is, which
// OpenWrt names by a folder and Yocto by a recipe, unless it is counted on its own.
func TestProjects(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"python3-asdl", "python3_3.8.2.bb", []string{"python", "python3-asdl"}},
		{"python3-pip", "feeds/packages/lang/python/python3", []string{"python3-pip"}},
		{"qtgui", "qtbase_git.bb", []string{"qt", "qtgui"}},
		{"snmpd", "feeds/packages/net/net-snmp", []string{"net-snmp"}},
	} {
		if got := (Component{Name: c.name, Source: c.source, Kind: KindPackage}).Projects(); !slices.Equal(got, c.want) {
			t.Errorf("%s of %q: %q, want %q", c.name, c.source, got, c.want)
		}
	}
}
