package inventory

import (
	"encoding/binary"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/elf/elftest"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// TestBannerList holds each identifier against the text as it stands in the
// program of a distribution: right, wrong (a version that is another's) and
// irrelevant (the words without a version).
func TestBannerList(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{"usr/lib/libasound.so.2.0.0", "ALSA_CONFIG_PATH|1.2.8", "alsa-lib 1.2.8"},
		{"usr/bin/aplay", "ALSA_CONFIG_PATH|1.2.8", ""},
		{"usr/sbin/avahi-daemon", "%s 0.8\n|avahi 0.8", "avahi 0.8"},
		{"usr/lib/libavahi-client.so.3", "|avahi 0.6", ""},
		{"usr/sbin/named", "BIND 9 is maintained by|BIND 9.18.49-1~deb12u1-Debian", "bind 9.18.49"},
		{"usr/lib/libcares.so.2.5.1", "ares_library_init|127.0.0.1|1.18.1", "c-ares 1.18.1"},
		{"usr/sbin/chronyd", "chronyd (chrony) version %s (%s)|4.3", "chrony 4.3"},
		{"usr/sbin/apache2", "Apache/2|Apache/2.4.71 (Debian)|Apache/2.4.71", "apache-httpd 2.4.71"},
		{"usr/lib/libaprutil-1.so.0", "Apache/2.4.71", ""},
		{"usr/sbin/cupsd", "%s - CUPS v2.4.2|CUPS/2.4.2 IPP/2.1", "cups 2.4.2"},
		{"usr/bin/ipptool", "CUPS/2.4.2 IPP/2.1", ""},
		{"usr/sbin/knotd", "%s (Knot DNS), version %s|Knot DNS 3.2.6", "knot 3.2.6"},
		{"usr/lib/libkrb5.so.3.3", "KRB5_BRAND: krb5-1.20.1-final 1.20.1 20221111", "krb5 1.20.1"},
		{"usr/lib/libuv.so.1.0.0", "uv_version_string|1.44.2", "libuv 1.44.2"},
		{"usr/lib/libuv.so.1.0.0", "uv_version_string|\xfe\xff1.44.2", "libuv 1.44.2"},
		{"usr/sbin/bluetoothd", "Bluetooth daemon |\xfe\xff5.1", ""},
		{"usr/bin/memcached", "memcached 1.6.18", "memcached 1.6.18"},
		{"usr/lib/libnghttp2.so.14.24.1", "nghttp2_version|1.52.0", "nghttp2 1.52.0"},
		{"usr/sbin/squid", "squid/5.7", "squid 5.7"},
		{"usr/bin/tor", "tor 0.4.9.11|0.4.8.0-alpha-dev", "tor 0.4.9.11"},
		{"usr/bin/torsocks", "tor 0.4.9.11", ""},
		{"usr/sbin/connmand", "Connection Manager|1.1|1.41|10.0.0.0", "connman 1.41"},
		{"usr/bin/dbus-daemon", "LIBDBUS_PRIVATE_1.14.10", "dbus 1.14.10"},
		{"sbin/e2fsck", "e2fsck %s (%s)\n|1.47.0", "e2fsprogs 1.47.0"},
		{"sbin/ethtool", "ethtool version 6.1\n", "ethtool 6.1"},
		{"usr/lib/libavcodec.so.59", "FFmpeg version 5.1.9-0+deb12u1", "ffmpeg 5.1.9-0+deb12u1"},
		{"usr/bin/ffmpeg", "|%s version 5.1.9", "ffmpeg 5.1.9"},
		{"usr/bin/kvazaar", "|%s version 5.1.9", ""},
		{"usr/lib/libFLAC.so.12", "reference libFLAC 1.4.2 20221022", "flac 1.4.2"},
		{"usr/sbin/freeradius", "FreeRADIUS Version 3.2.1, for host x86_64", "freeradius 3.2.1"},
		{"usr/bin/vtysh", "Integrated shell for FRR (version 8.4.4). ", "frr 8.4.4"},
		{"usr/lib/libgio-2.0.so.0", "<!-- GDBus 2.74.6 -->\n", "glib 2.74.6"},
		{"lib/libc-2.28.so", "x", "glibc 2.28"},
		{"usr/sbin/goahead", "Server: GoAhead-Webs/2.5.0 PeerSec-MatrixSSL/3.4.2-OPEN", "goahead 2.5.0"},
		{"usr/sbin/goahead", "Server: GoAhead-Webs\r\n", ""},
		{"usr/lib/libgstreamer-1.0.so.0.2200.0", "1.12.0|1.22.0", "gstreamer 1.22.0"},
		{"usr/sbin/haproxy", "HAProxy version %s %s|2.6.12-1+deb12u3|since HAProxy version 2.5.", "haproxy 2.6.12"},
		{"usr/sbin/hostapd", "hostapd v%s\n|2.10", "hostapd 2.10"},
		{"usr/sbin/hostapd_cli", "hostapd_cli v2.10\nCopyright", "hostapd 2.10"},
		{"usr/bin/icecast2", "|Icecast 2.4.4", "icecast 2.4.4"},
		{"usr/sbin/igmpproxy", "\nigmpproxy 0.3\n", "igmpproxy 0.3"},
		{"usr/bin/inadyn", "In-a-dyn version 2.10.0 -- Dynamic DNS", "inadyn 2.10.0"},
		{"usr/lib/libiperf.so.0", "|iperf 3.12", "iperf3 3.12"},
		{"bin/ip", "ip utility, iproute2-%s%s\n|6.1.0", "iproute2 6.1.0"},
		{"sbin/ip", "ip utility, iproute2-ss150413\n", "iproute2 150413"},
		{"usr/sbin/xtables-legacy-multi", "xtables_init|%s v%s|1.8.9", "iptables 1.8.9"},
		{"sbin/dhclient", "Internet Systems Consortium DHCP Client|4.4.3-P1", "isc-dhcp 4.4.3-P1"},
		{"usr/lib/libjson-c.so.5", "json_c_version|0.16", "json-c 0.16"},
		{"usr/sbin/keepalived", "Keepalived v2.2.7 (01/16,2022)", "keepalived 2.2.7"},
		{"bin/kmod", "kmod version 30", "kmod 30"},
		{"usr/lib/libarchive.so.13", "|libarchive 3.6.2", "libarchive 3.6.2"},
		{"usr/lib/libcoap-3.so.3", "|libcoap 4.3.1", "libcoap 4.3.1"},
		{"usr/lib/libevent-2.1.so.7", "event_get_version|2.1.12-stable", "libevent 2.1.12"},
		{"usr/lib/libgcrypt.so.20", "This is Libgcrypt 1.10.1 - The GNU", "libgcrypt 1.10.1"},
		{"usr/lib/libjpeg.so.62", "libjpeg-turbo version 2.1.5 (build 20230203)", "libjpeg-turbo 2.1.5"},
		{"usr/lib/libmicrohttpd.so.12", "MHD_get_version|0.9.75", "libmicrohttpd 0.9.75"},
		{"usr/lib/libsodium.so.23", "sodium_version_string|1.0.18", "libsodium 1.0.18"},
		{"usr/lib/libssh.so.4", "SSH-2.0-libssh_0.10.6", "libssh 0.10.6"},
		{"usr/lib/libssh2.so.1", "SSH-2.0-libssh2_1.10.0\r\n", "libssh2 1.10.0"},
		{"usr/lib/libtiff.so.6", "LIBTIFF, Version 4.5.0\nCopyright", "libtiff 4.5.0"},
		{"usr/lib/libupnp.so.13", "%s/%s, UPnP/1.0, Portable SDK for UPnP devices/1.8.4\r\n", "libupnp 1.8.4"},
		{"usr/lib/libwebsockets.so.17", "lws_get_library_version|4.1.6-", "libwebsockets 4.1.6"},
		{"usr/bin/ipcam", "LIVE555 Streaming Media v2014.05.27", "live555 2014.05.27"},
		{"usr/lib/libluajit-5.1.so.2", "LuaJIT 2.1.0-beta3|", "luajit 2.1.0-beta3"},
		{"usr/sbin/minidlnad", "UPnP/1.0 MiniDLNA/1.3.0\r\n", "minidlna 1.3.0"},
		{"usr/sbin/ModemManager", "ModemManager (version 1.20.4) starting", "modemmanager 1.20.4"},
		{"usr/sbin/nandwrite", "%s (mtd-utils) %s\n|2.1.5", "mtd-utils 2.1.5"},
		{"lib/libtinfo.so.6", "|ncurses 6.4.20221231", "ncurses 6.4"},
		{"usr/lib/libnetsnmp.so.40", "NET-SNMP version: %s\n|2.4|5.9.3", "net-snmp 5.9.3"},
		{"usr/sbin/NetworkManager", "/usr/lib/NetworkManager/1.42.4", "networkmanager 1.42.4"},
		{"usr/lib/libnftables.so.1", "nft_ctx_new|1.0.6", "nftables 1.0.6"},
		{"usr/bin/node", "https://nodejs.org/download/release/v18.20.4/node-v18.20.4.tar.gz", "node 18.20.4"},
		{"usr/lib/libnss3.so", "Version: NSS 3.87.1", "nss 3.87.1"},
		{"usr/sbin/ntpd", "|ntpd 4.2.8p15@1.3728-o Wed", "ntp 4.2.8p15"},
		{"usr/sbin/ntpd", "ntpd ntpsec-%s|1.2.2", "ntpsec 1.2.2"},
		{"usr/sbin/ofonod", "oFono version %s|1.31", "ofono 1.31"},
		{"usr/lib/libpcre2-8.so.0", "pcre2_config_8|10.42 2022-12-11", "pcre2 10.42"},
		{"usr/bin/perl", "/usr/share/perl/5.36|/usr/lib/perl/5.36.0", "perl 5.36.0"},
		{"usr/bin/php8.2", "X-Powered-By: PHP/8.2.32", "php 8.2.32"},
		{"usr/sbin/pppd", "pppd version %s\n|/usr/lib/pppd/2.4.9", "ppp 2.4.9"},
		{"usr/sbin/pppoe", "RP-PPPoE Version %s\n|3.15", "rp-pppoe 3.15"},
		{"usr/bin/top", "procps-ng 4.0.2", "procps-ng 4.0.2"},
		{"usr/bin/python3.11", "PYTHONPATH|3.2.0|1.2.13|3.11.2", "python 3.11.2"},
		{"usr/bin/rsync", "%s is very old version of rsync, upgrade recommended.|1.2.13|0.0.0.0|3.2.7", "rsync 3.2.7"},
		{"usr/bin/socat", "socat version %s on %s|1.7.4.4", "socat 1.7.4.4"},
		{"usr/bin/sqlite3", "SQLite format 3|1.2.13", ""},
		{"usr/lib/libsqlite3.so.0", "SQLite format 3|1.2.13|3.40.1", "sqlite 3.40.1"},
		{"usr/lib/ipsec/charon", "Starting IKE charon daemon (strongSwan 5.9.8, %s)", "strongswan 5.9.8"},
		{"usr/bin/sudo", "Sudo version %s\n|1.4.1|1.9.13p3", "sudo 1.9.13p3"},
		{"usr/bin/swupdate", "|SWUpdate v2021.11-g12345|", "swupdate 2021.11-g12345"},
		{"usr/bin/swupdate", "|SWUpdate v|Licensed under|1.2.13|7.88.1", ""}, // built without its version, with that of others
		{"usr/bin/tcpdump", "%s version 4.99.3\n", "tcpdump 4.99.3"},
		{"usr/bin/transmission-daemon", "|Transmission 3.00 (bb6b5a062e)", "transmission 3.00"},
		{"bin/su", "|util-linux 2.38.1", "util-linux 2.38.1"},
		{"usr/bin/wget", "GNU Wget %s built on %s.|10.42|1.21.3", "wget 1.21.3"},
		{"usr/bin/wg", "wireguard-tools v%s - https|1.0.20210914", "wireguard-tools 1.0.20210914"},
		{"sbin/wpa_cli", "wpa_cli v2.10\nCopyright", "wpa_supplicant 2.10"},
		{"usr/sbin/xl2tpd", "xl2tpd version xl2tpd-1.3.18 started", "xl2tpd 1.3.18"},
		{"usr/bin/xz", "xz (XZ Utils) 5.4.1", "xz 5.4.1"},
		{"lib/libz.so.1.2.13", "x", "zlib 1.2.13"},
		{"lib/libz.so.1", "x", ""},
		{"usr/lib/libpaho-mqtt3as.so.1.3.11", "x", ""}, // its file counts otherwise
		{"usr/share/locale/de/procps-ng.mo", "", ""},
		{"usr/lib/python3/backend.pyc", "OpenSSL 1.1.1d  10 Sep 2019", ""},
	} {
		content := elftest.Image(32, binary.LittleEndian, nil, 0)
		content = append(content, program(strings.Split(c.content, "|")...)...)
		if strings.HasSuffix(c.file, ".mo") {
			content = append([]byte("\xde\x12\x04\x95\x00"), "procps-ng 3.3.17rc1\x00"...)
		}
		var got []string
		for _, s := range seeBanners(&firmware.File{Name: c.file, Size: int64(len(content))}, content, bannerWords.Sights(content)) {
			got = append(got, s.Name+" "+s.Version)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s with %q: %q, want %q", c.file, c.content, got, c.want)
		}
	}
}

// TestDistribution holds the list against the programs of this machine: what is
// seen in a file must be the version of its package.
func TestDistribution(t *testing.T) {
	if _, err := exec.LookPath("dpkg-query"); err != nil {
		t.Skip("no dpkg")
	}
	held := 0
	for _, c := range []struct{ pkg, file, name string }{
		{"openssl", "/usr/bin/openssl", "openssl"},
		{"libssl3", "/usr/lib/*/libcrypto.so.3", "openssl"},
		{"bash", "/bin/bash", "bash"},
		{"zlib1g", "/lib/*/libz.so.1.*", "zlib"},
		{"libc6", "/lib/*/libc.so.6", "glibc"},
		{"perl-base", "/usr/bin/perl", "perl"},
		{"liblzma5", "/lib/*/liblzma.so.5.*", "xz"},
		{"libzstd1", "/usr/lib/*/libzstd.so.1.*", "zstd"},
		{"libsqlite3-0", "/usr/lib/*/libsqlite3.so.0.*", "sqlite"},
		{"e2fsprogs", "/sbin/e2fsck", "e2fsprogs"},
		{"util-linux", "/bin/dmesg", "util-linux"},
		{"procps", "/usr/bin/free", "procps-ng"},
		{"mtd-utils", "/usr/sbin/nandwrite", "mtd-utils"},
		{"libgnutls30", "/usr/lib/*/libgnutls.so.30.*", "gnutls"},
		{"libgcrypt20", "/usr/lib/*/libgcrypt.so.20.*", "libgcrypt"},
		{"libtinfo6", "/lib/*/libtinfo.so.6.*", "ncurses"},
		{"libexpat1", "/lib/*/libexpat.so.1.*", "expat"},
		{"libcurl4", "/usr/lib/*/libcurl.so.4.*", "libcurl"},
		{"curl", "/usr/bin/curl", "curl"},
		{"wget", "/usr/bin/wget", "wget"},
		{"openssh-client", "/usr/bin/ssh", "openssh"},
		{"iproute2", "/bin/ip", "iproute2"},
		{"rauc", "/usr/bin/rauc", "rauc"},
		{"python3.11-minimal", "/usr/bin/python3.11", "python"},
		{"libreadline8", "/lib/*/libreadline.so.8.*", "readline"},
		{"libjson-c5", "/usr/lib/*/libjson-c.so.5.*", "json-c"},
		{"libarchive13", "/usr/lib/*/libarchive.so.13.*", "libarchive"},
		{"libglib2.0-0", "/usr/lib/*/libgio-2.0.so.0.*", "glib"},
		{"libpcre2-8-0", "/usr/lib/*/libpcre2-8.so.0.*", "pcre2"},
	} {
		version, err := exec.Command("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", c.pkg).Output()
		files, _ := filepath.Glob(c.file)
		installed, ok := strings.CutPrefix(string(version), "ii ")
		if err != nil || !ok || len(files) != 1 {
			continue
		}
		img := fileAt(t, files[0])
		var seen []string
		for _, s := range seeBanners(&firmware.File{Name: files[0][1:], Size: int64(len(img))}, img, bannerWords.Sights(img)) {
			if s.Name == c.name && !sameUpstream(installed, s.Version) {
				t.Errorf("%s is of %s %s, not %s", files[0], c.pkg, installed, s.Version)
			}
			seen = append(seen, s.Name)
		}
		if !slices.Contains(seen, c.name) {
			t.Errorf("%s of %s %s: saw %q, not %s", files[0], c.pkg, installed, seen, c.name)
		}
		held++
	}
	if held == 0 {
		t.Skip("none of the packages is installed")
	}
	t.Logf("held against %d files", held)
}

// TestBannerWords holds that the search can skip, and that no form is without an end.
func TestBannerWords(t *testing.T) {
	for _, b := range banners {
		if len(b.anchor) < minAnchor {
			t.Errorf("%s: the anchor %q is too short", b.name, b.anchor)
		}
		forms := 0
		for _, f := range []*lazyregexp.Regexp{b.version, b.whole} {
			if f != nil {
				forms++
			}
		}
		if forms != 1 || b.whole != nil && b.files == nil {
			t.Errorf("%s: one form of version, and files for one that stands alone", b.name)
		}
	}
}
