package inventory

import (
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// The forms of a version after its anchor.
var (
	plain     = lazyregexp.New(`^v?(\d+\.\d+[0-9A-Za-z.+~_-]*)`)
	numeric   = lazyregexp.New(`^(\d+\.\d+[0-9.]*)`)
	counted   = lazyregexp.New(`^(\d+(?:\.\d+)?)[\s\x00]`)
	threefold = lazyregexp.New(`^(\d+\.\d+\.\d+)`)
	spaced    = lazyregexp.New(`^v?(\d+\.\d+[0-9A-Za-z.+~_-]*)[ )/\x00\r\n]`)
	dated     = lazyregexp.New(`^(?:SPL )?v?(\d+\.\d+[0-9A-Za-z.+~_-]*) \(`)
	openssl   = lazyregexp.New(`^([013]\.\d+\.\d+[a-z]*(?:-[a-z0-9]+)?) +\d{1,2} [A-Z][a-z]{2} \d{4}`)
	copyright = lazyregexp.New(`^(\d+\.\d+[0-9.]*) +Copyright`)
	glibc     = lazyregexp.New(`^[^\x00\n]{0,80}? version (\d+\.\d+(?:\.\d+)?)`)
	openssh   = lazyregexp.New(`^(\d+\.\d+(?:\.\d+)?p\d+)`)
	barebox   = lazyregexp.New(`^(20\d\d\.\d\d\.\d+[0-9A-Za-z.+-]*)`)
	running   = lazyregexp.New(`^(\d{3}[0-9A-Za-z.~+-]*) running in `)
	onSystem  = lazyregexp.New(`^(\d+\.\d+[0-9a-z]*) on `)
	openvpn   = lazyregexp.New(`^(\d+\.\d+\.?[0-9A-Za-z._-]*) [a-z0-9_]+-`)
	zephyr    = lazyregexp.New(`^(?:build )?(?:zephyr-)?v?(\d+\.\d+[0-9A-Za-z.+-]*)`)
	patched   = lazyregexp.New(`^(\d\.\d+\.\d+p\d+)@`)
	released  = lazyregexp.New(`^(20\d\d\.\d\d\.\d\d)`)
	ncurses   = lazyregexp.New(`^(\d+\.\d+)\.(?:19|20)\d{6}`)
	cups      = lazyregexp.New(`^(2\.\d+[0-9.]*)(?: IPP|\x00)`)
	commit    = lazyregexp.New(`\x00(\d\.\d\.\d(?:-[a-z]+\d*)?)\([0-9a-f]{6,8}\)\x00`)
	compiled  = lazyregexp.New(`^(\d\.\d\.\d(?:-[a-z]+\d*)?)\([0-9a-f]{6,8}\) compiled @ `)
	threadX   = lazyregexp.New(`^[0-9A-Za-z_/. -]{1,48}? Version G?(\d+(?:\.\d+)+)`)
	folder    = lazyregexp.New(`^(\d+\.\d+\.\d+)[/\\]`)
)

// The forms of a version that is a string of its own.
var (
	alone    = lazyregexp.New(`^\d+\.\d+(?:\.\d+)?(?:[a-z]+\d*)?$`)
	three    = lazyregexp.New(`^\d+\.\d+\.\d+$`)
	four     = lazyregexp.New(`^1\.\d+\.\d+(?:\.\d+)?(?:[a-z]+\d+)?$`)
	below1   = lazyregexp.New(`^0\.\d+(?:\.\d+)?$`)
	sqlite   = lazyregexp.New(`^3\.\d+\.\d+(?:\.\d+)?$`)
	python   = lazyregexp.New(`^(2\.7\.\d+|3\.(?:[4-9]|\d\d)\.\d+)\+?$`) // 3.2.0 is of Unicode
	stable   = lazyregexp.New(`^(\d\.\d\.\d+)-stable$`)
	day      = lazyregexp.New(`^(\d+\.\d+) 20\d\d-\d\d-\d\d$`)
	snapshot = lazyregexp.New(`^[01]\.0\.20\d{6}$`)
	branch   = lazyregexp.New(`^(\d\.\d+\.\d+)-`)
	iscDHCP  = lazyregexp.New(`^4\.\d+(?:\.\d+)?(?:-(?:P|ESV-R)\d+)?$`)
	ipRoute  = lazyregexp.New(`^[4-9]\.\d+\.\d+$`)
	sudo     = lazyregexp.New(`^1\.[6-9]\.\d+(?:p\d+)?$`)
	rsync    = lazyregexp.New(`^[23]\.\d\.\d+$`)
	netSNMP  = lazyregexp.New(`^5\.\d+(?:\.\d+)*$`)
	connman  = lazyregexp.New(`^1\.[1-9]\d$`)
	bluez    = lazyregexp.New(`^[4-9]\.\d{1,3}$`)
	haproxy  = lazyregexp.New(`^(\d\.\d+\.\d+)(?:-[0-9A-Za-z.+~-]+)?$`)
	wget     = lazyregexp.New(`^1\.[12]\d(?:\.\d+)?$`)
)

// banners is the list of version strings, by name. Each was looked up in a
// program that was built by others; how the list is held against the programs
// of a distribution stands in TestDistribution.
var banners = []banner{
	{name: "alsa-lib", anchor: "ALSA_CONFIG_PATH", whole: four, files: []string{"libasound.so*"}},
	{name: "apache-httpd", anchor: "\x00Apache/2", keep: 1, version: threefold, files: []string{"apache2", "httpd"}},
	{name: "avahi", anchor: "\x00avahi ", version: spaced, files: []string{"avahi-*"}},
	{name: "barebox", anchor: "barebox ", version: barebox},
	{name: "bash", anchor: "@(#)Bash version ", version: numeric},
	{name: "bind", anchor: "\x00BIND 9.", keep: 2, version: numeric},
	{name: "bluez", anchor: "Bluetooth daemon ", whole: bluez, files: []string{"bluetoothd"}},
	{name: "boa", anchor: "\x00Boa/0", keep: 1, version: plain, files: []string{"boa*"}},
	{name: "busybox", anchor: "BusyBox v", version: plain},
	{name: "c-ares", anchor: "ares_library_init", whole: three, files: []string{"libcares.so*"}},
	{name: "chrony", anchor: "(chrony) version %s", whole: alone, files: []string{"chronyd", "chronyc"}},
	{name: "circuitpython", anchor: "Adafruit CircuitPython ", version: spaced},
	{name: "collectd", anchor: "\ncollectd ", version: numeric},
	{name: "connman", anchor: "Connection Manager", whole: connman, files: []string{"connmand"}},
	{name: "contiki-ng", anchor: "Contiki-NG-release/v", version: plain},
	{name: "cups", anchor: "\x00CUPS/2", keep: 1, version: cups, files: []string{"cupsd", "libcups.so*"}},
	{name: "curl", anchor: "\x00curl/", version: plain, files: []string{"curl*"}},
	{name: "dbus", anchor: "LIBDBUS_PRIVATE_", version: numeric, files: []string{"dbus-daemon", "libdbus-1.so*"}},
	{name: "dnsmasq", anchor: "dnsmasq-", version: plain, files: []string{"dnsmasq*"}},
	{name: "dropbear", anchor: "SSH-2.0-dropbear_", version: plain},
	{name: "e2fsprogs", anchor: "e2fsck %s (%s)", whole: three, files: []string{"e2fsck", "fsck.ext*"}},
	{name: "esp-idf", anchor: "ESP-IDF v", version: plain},
	{name: "esp8266-rtos-sdk", anchor: "OS SDK ver: ", version: compiled},
	{name: "esphome", anchor: "ESPHome version ", version: spaced},
	{name: "espurna", anchor: "ESPURNA ", version: plain},
	{name: "ethtool", anchor: "ethtool version ", version: numeric},
	{name: "expat", anchor: "\x00expat_", version: spaced},
	{name: "ffmpeg", anchor: "FFmpeg version ", version: plain, files: []string{"libav*.so*", "libsw*.so*", "libpostproc.so*"}},
	{name: "ffmpeg", anchor: "\x00%s version ", version: plain, files: []string{"ffmpeg", "ffprobe", "ffplay", "ffserver"}},
	{name: "flac", anchor: "reference libFLAC ", version: numeric},
	{name: "framework-arduinoespressif32", anchor: "framework-arduinoespressif32@", version: numeric},
	{name: "framework-arduinoespressif8266", anchor: "framework-arduinoespressif8266@", version: numeric},
	{name: "freeradius", anchor: "FreeRADIUS Version ", version: numeric},
	{name: "freertos", anchor: "FreeRTOS Kernel V", version: plain},
	{name: "freertos", anchor: "FreeRTOSv", version: folder},
	{name: "frr", anchor: "FRR (version ", version: numeric},
	{name: "glib", anchor: "<!-- GDBus ", version: numeric},
	{name: "glibc", anchor: "GNU C Library (", version: glibc},
	{name: "gnutls", anchor: "Enabled GnuTLS ", version: plain},
	{name: "goahead", anchor: "GoAhead-Webs/", version: plain},
	{name: "gpsd", anchor: "\x00gpsd-", version: spaced, files: []string{"gpsd"}},
	{name: "haproxy", anchor: "HAProxy version %s", whole: haproxy, files: []string{"haproxy"}},
	{name: "hostapd", anchor: "hostapd v%s", whole: alone, files: []string{"hostapd", "wpad"}},
	{name: "hostapd", anchor: "hostapd v", version: plain},
	{name: "hostapd", anchor: "hostapd_cli v", version: plain},
	{name: "icecast", anchor: "\x00Icecast 2", keep: 1, version: numeric},
	{name: "igmpproxy", anchor: "igmpproxy 0", keep: 1, version: numeric, files: []string{"igmpproxy"}},
	{name: "inadyn", anchor: "In-a-dyn version ", version: numeric},
	{name: "iperf3", anchor: "\x00iperf 3", keep: 1, version: numeric},
	{name: "iproute2", anchor: "iproute2-ss", version: lazyregexp.New(`^(\d{6})`)},
	{name: "iproute2", anchor: "iproute2-%s", whole: ipRoute, files: []string{"ip", "tc", "ss", "bridge", "ip-full", "ip-tiny"}},
	{name: "iptables", anchor: "xtables_", whole: three, files: []string{"xtables-*", "iptables", "ip6tables"}},
	{name: "isc-dhcp", anchor: "Internet Systems Consortium", whole: iscDHCP, files: []string{"dhclient", "dhcpd", "dhcrelay"}},
	{name: "json-c", anchor: "json_c_version", whole: below1, files: []string{"libjson-c.so*"}},
	{name: "keepalived", anchor: "Keepalived v", version: numeric},
	{name: "knot", anchor: "\x00Knot DNS ", version: numeric, files: []string{"knotd"}},
	{name: "kmod", anchor: "kmod version ", version: counted},
	{name: "krb5", anchor: "KRB5_BRAND: krb5-", version: numeric, files: []string{"libkrb5.so*"}},
	{name: "libarchive", anchor: "\x00libarchive 3", keep: 1, version: numeric},
	{name: "libcoap", anchor: "\x00libcoap 4", keep: 1, version: numeric},
	{name: "libcurl", anchor: "libcurl/", version: plain, quoted: []string{"libcurl"}},
	{name: "libevent", anchor: "event_get_version", whole: stable, files: []string{"libevent*.so*"}},
	{name: "libgcrypt", anchor: "This is Libgcrypt ", version: numeric},
	{name: "libjpeg-turbo", anchor: "libjpeg-turbo version ", version: numeric},
	{name: "libmicrohttpd", anchor: "MHD_get_version", whole: three, files: []string{"libmicrohttpd.so*"}},
	{name: "libpcap", anchor: "libpcap version ", version: spaced},
	{name: "libpng", anchor: "libpng version ", version: spaced, quoted: []string{"libpng", "libpng12", "libpng14", "libpng15", "libpng16"}},
	{name: "libressl", anchor: "LibreSSL ", version: numeric, quoted: []string{"libcrypto", "libssl"}, beside: "OPENSSLDIR: ", own: []string{"openssl", "libcrypto.so*", "libssl.so*"}},
	{name: "libretiny", anchor: "LibreTiny v", version: spaced},
	{name: "libsodium", anchor: "sodium_version_string", whole: three, files: []string{"libsodium.so*"}},
	{name: "libssh", anchor: "SSH-2.0-libssh_", version: numeric},
	{name: "libssh2", anchor: "SSH-2.0-libssh2_", version: numeric},
	{name: "libtiff", anchor: "LIBTIFF, Version ", version: numeric},
	{name: "libupnp", anchor: "Portable SDK for UPnP devices/", version: numeric},
	{name: "libuv", anchor: "uv_version_string", whole: four, files: []string{"libuv.so*"}},
	{name: "libvorbis", anchor: "Xiph.Org libVorbis ", version: numeric},
	{name: "libwebsockets", anchor: "lws_get_library_version", whole: branch, files: []string{"libwebsockets.so*"}},
	{name: "libyaml", anchor: "yaml_get_version", whole: three, files: []string{"libyaml-0.so*"}},
	{name: "lighttpd", anchor: "lighttpd/", version: plain, files: []string{"lighttpd*"}},
	{name: "linux", anchor: "Linux version ", version: dated},
	{name: "live555", anchor: "LIVE555 Streaming Media v", version: released},
	{name: "lldpd", anchor: "\x00lldpd ", version: spaced},
	{name: "lua", anchor: "$Lua: Lua ", version: spaced},
	{name: "lua", anchor: "$LuaVersion: Lua ", version: spaced},
	{name: "luajit", anchor: "LuaJIT 2", keep: 1, version: spaced},
	{name: "lwip", anchor: "\x00lwIP/", version: plain},
	{name: "lwip", anchor: "/lwip-", version: folder},
	{name: "mbed-os", anchor: "mbed-os-", version: numeric},
	{name: "mbedtls", anchor: "/mbedtls-", version: folder},
	{name: "mbedtls", anchor: "Mbed TLS ", version: plain, quoted: []string{"libmbedcrypto"}},
	{name: "mbedtls", anchor: "mbed TLS ", version: plain, quoted: []string{"libmbedcrypto"}},
	{name: "mcuboot", anchor: "Booting MCUboot ", version: zephyr},
	{name: "memcached", anchor: "\x00memcached 1", keep: 1, version: numeric, files: []string{"memcached"}},
	{name: "microbit-micropython", anchor: "micro:bit v", version: plain},
	{name: "micropython", anchor: "MicroPython v", version: plain},
	{name: "mini_httpd", anchor: "mini_httpd/", version: plain},
	{name: "minidlna", anchor: "MiniDLNA/", version: numeric},
	{name: "miniupnpd", anchor: "MiniUPnPd/", version: numeric},
	{name: "modemmanager", anchor: "ModemManager (version ", version: numeric},
	{name: "mongoose", anchor: "Mongoose/", version: lazyregexp.New(`^([3-9]\.\d+)[\s\x00]`)},
	{name: "monit", anchor: "mmonit.com/monit/'>monit ", version: numeric},
	{name: "mosquitto", anchor: "mosquitto version ", whole: alone, files: []string{"mosquitto"}},
	{name: "motion", anchor: "<title>Motion ", version: numeric},
	{name: "mpd", anchor: "Music Player Daemon ", version: numeric},
	{name: "mtd-utils", anchor: "(mtd-utils) %s", whole: three, files: []string{"flash*", "nand*", "ubi*", "mtd*"}},
	{name: "musl", anchor: "musl libc (", whole: alone, files: []string{"libc.so", "ld-musl-*", "libc.musl-*"}},
	{name: "ncurses", anchor: "\x00ncurses ", version: ncurses},
	{name: "net-snmp", anchor: "NET-SNMP version: ", whole: netSNMP, files: []string{"libnetsnmp.so*"}},
	{name: "networkmanager", anchor: "/NetworkManager/1", keep: 1, version: numeric, files: []string{"NetworkManager"}},
	{name: "nftables", anchor: "nft_ctx_", whole: three, files: []string{"libnftables.so*"}},
	{name: "nghttp2", anchor: "nghttp2_version", whole: three, files: []string{"libnghttp2.so*"}},
	{name: "nginx", anchor: "nginx version: nginx/", version: plain},
	{name: "node", anchor: "nodejs.org/download/release/v", version: numeric},
	{name: "nrf-connect-sdk", anchor: "Booting nRF Connect SDK ", version: zephyr},
	{name: "nrf-connect-sdk", anchor: "Using nRF Connect SDK ", version: zephyr},
	{name: "nrf5-sdk", anchor: "nRF5_SDK_", version: numeric},
	{name: "nss", anchor: "Version: NSS ", version: numeric},
	{name: "ntp", anchor: "\x00ntpd 4", keep: 1, version: patched},
	{name: "ntpsec", anchor: "ntpd ntpsec-%s", whole: three, files: []string{"ntpd"}},
	{name: "nuttx", anchor: "(NSH) NuttX-", version: plain},
	{name: "ofono", anchor: "oFono version %s", whole: alone, files: []string{"ofonod"}},
	{name: "openssh", anchor: "OpenSSH_", version: openssh},
	{name: "openssl", anchor: "OpenSSL ", version: openssl, quoted: []string{"libcrypto", "libssl"}, beside: "OPENSSLDIR: ", own: []string{"openssl", "libssl.so*", "libcrypto.so*"}},
	{name: "openvpn", anchor: "OpenVPN ", version: openvpn},
	{name: "opus", anchor: "\x00libopus ", version: spaced},
	{name: "pcre2", anchor: "pcre2_config_", whole: day, files: []string{"libpcre2-*.so*"}},
	{name: "perl", anchor: "/perl/5", keep: 1, version: threefold, files: []string{"libperl.so*", "perl", "perl5*"}},
	{name: "php", anchor: "X-Powered-By: PHP/", version: numeric},
	{name: "ppp", anchor: "/pppd/2", keep: 1, version: numeric, files: []string{"pppd"}},
	{name: "procps-ng", anchor: "procps-ng ", version: spaced},
	{name: "proftpd", anchor: "ProFTPD Version ", version: plain},
	{name: "protobuf-c", anchor: "protobuf_c_version", whole: three, files: []string{"libprotobuf-c.so*"}},
	{name: "pulseaudio", anchor: "Server: pulseaudio/", version: numeric},
	{name: "pure-ftpd", anchor: "pure-ftpd v", version: numeric},
	{name: "python", anchor: "PYTHONPATH", whole: python, files: []string{"python2*", "python3*", "libpython2*", "libpython3*"}},
	{name: "qt", anchor: "QtCore library version Qt ", version: numeric},
	{name: "radvd", anchor: "radvd.conf", whole: alone, files: []string{"radvd"}},
	{name: "rauc", anchor: "\x00rauc 1", keep: 1, version: spaced, files: []string{"rauc"}},
	{name: "readline", anchor: "rl_readline_version", whole: alone, files: []string{"libreadline.so*"}},
	{name: "riot", anchor: "This is RIOT! (Version: ", version: plain},
	{name: "rp-pppoe", anchor: "RP-PPPoE Version %s", whole: alone, files: []string{"pppoe*"}},
	{name: "rsync", anchor: "very old version of rsync", whole: rsync, files: []string{"rsync"}},
	{name: "rust", anchor: "rustc version ", version: numeric},
	{name: "samba", anchor: "SAMBA_4.", keep: 2, version: numeric},
	{name: "shairport-sync", anchor: "shairport-sync", whole: three, files: []string{"shairport-sync"}},
	{name: "socat", anchor: "socat version %s", whole: four, files: []string{"socat*"}},
	{name: "squid", anchor: "\x00squid/", version: numeric, files: []string{"squid"}},
	{name: "sqlite", anchor: "SQLite format 3", whole: sqlite, files: []string{"libsqlite3.so*", "sqlite3"}, quoted: []string{"libsqlite3"}},
	{name: "strongswan", anchor: "(strongSwan ", version: numeric},
	{name: "stunnel", anchor: "stunnel ", version: onSystem},
	{name: "sudo", anchor: "Sudo version %s", whole: sudo, files: []string{"sudo"}},
	{name: "swupdate", anchor: "SWUpdate v", version: plain},
	{name: "systemd", anchor: "systemd ", version: running},
	{name: "tcpdump", anchor: "%s version ", version: numeric, files: []string{"tcpdump"}},
	{name: "tftp-hpa", anchor: "tftp-hpa ", version: numeric},
	{name: "threadx", anchor: " ThreadX ", version: threadX},
	{name: "thttpd", anchor: "thttpd/", version: plain},
	{name: "tinyproxy", anchor: "tinyproxy/", version: numeric},
	{name: "tor", anchor: "\x00tor 0", keep: 1, version: numeric, files: []string{"tor"}},
	{name: "transmission", anchor: "\x00Transmission ", version: spaced},
	{name: "tuya-iot-sdk", anchor: "TUYA IOT SDK V:", version: numeric},
	{name: "u-boot", anchor: "U-Boot ", version: dated},
	{name: "uf2-bootloader", anchor: "UF2 Bootloader ", version: spaced},
	{name: "unbound", anchor: "\x00unbound ", version: spaced},
	{name: "util-linux", anchor: "\x00util-linux ", version: spaced},
	{name: "vsftpd", anchor: "vsftpd: version ", version: plain},
	{name: "wget", anchor: "GNU Wget %s", whole: wget, files: []string{"wget"}},
	{name: "wireguard-tools", anchor: "wireguard-tools v%s", whole: snapshot, files: []string{"wg"}},
	{name: "wolfssl", anchor: "wolfSSL ", version: plain, quoted: []string{"libwolfssl"}},
	{name: "wpa_supplicant", anchor: "wpa_cli v", version: plain},
	{name: "wpa_supplicant", anchor: "wpa_supplicant v", version: plain},
	{name: "xl2tpd", anchor: "xl2tpd-1", keep: 1, version: numeric},
	{name: "xz", anchor: "(XZ Utils) ", version: numeric},
	{name: "zabbix", anchor: "\x00Zabbix ", version: spaced},
	{name: "zephyr", anchor: "Booting Zephyr OS ", version: zephyr},
	{name: "zephyr", anchor: "BOOTING ZEPHYR OS ", version: zephyr},
	{name: "zlib", anchor: "deflate ", version: copyright},
	{name: "zlib", anchor: "inflate ", version: copyright},
}
