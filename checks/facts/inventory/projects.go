package inventory

import (
	"slices"
	"strings"
	"sync"
)

// packaging says under which names a project is packed.
type packaging struct {
	names string // other names of it, lower case
	// parts are what stands behind its name and a hyphen where a package holds a part of
	// it: "core" of python3-core; "mod*" for all that begin so. What is of another
	// project is none: python3-requests.
	parts string
}

// packagings are the names that Yocto, OpenWrt, Buildroot, Debian and Alpine give to
// packages of projects. Numbers at the end of a name (libssl3, python3.11) need not stand
// here. By this one table components are looked up among advisories and ends of support,
// and compared with bills of materials.
var packagings = map[string]packaging{
	"acl":              {names: "libacl"},
	"alsa-lib":         {names: "libasound"},
	"aom":              {names: "libaom"},
	"apache-httpd":     {names: "apache", parts: "bin data utils ssl suexec mod* module*"},
	"apr":              {names: "libapr"},
	"apr-util":         {names: "libaprutil libapr-util"},
	"attr":             {names: "libattr"},
	"audit":            {names: "auditd libaudit libauparse"},
	"avahi":            {names: "libavahi", parts: "*"},
	"bind":             {names: "libbind", parts: "client* host libs server* tools utils dnsutils dig rndc check nslookup"},
	"bird":             {names: "birdc"},
	"bluez":            {names: "libbluetooth bluez-daemon bluez-libs bluez-utils bluez-examples bluez5_utils bluez_utils bluez5-utils bluez5-obex bluez5-testtools bluez5-noinst-tools"},
	"boost":            {names: "libboost", parts: "*"},
	"brotli":           {names: "libbrotli libbrotlicommon libbrotlidec libbrotlienc"},
	"btrfs-progs":      {names: "btrfs-tools"},
	"busybox":          {parts: "*"},
	"bzip2":            {names: "libbz libbz2"},
	"c-ares":           {names: "libcares libc-ares"},
	"cairo":            {names: "libcairo"},
	"cjson":            {names: "libcjson"},
	"civetweb":         {names: "libcivetweb"},
	"collectd":         {parts: "*"},
	"conntrack-tools":  {names: "conntrack conntrackd"},
	"coreutils":        {parts: "*"},
	"cryptsetup":       {names: "libcryptsetup", parts: "bin ssh initramfs"},
	"cups":             {names: "libcups", parts: "daemon client common core-drivers server-common ppdc libs"},
	"curl":             {names: "libcurl libcurl3-gnutls libcurl3-nss", parts: "gnutls nss"},
	"cyrus-sasl":       {names: "libsasl cyrus-sasl2 libsasl2"},
	"dav1d":            {names: "libdav1d"},
	"dbus":             {names: "libdbus", parts: "bin daemon lib libs tools utils x11 user-session session-bus-common system-bus-common"},
	"dnsmasq":          {parts: "base base-lua dhcpv6 full utils"},
	"dropbear":         {parts: "bin initramfs run"},
	"e2fsprogs":        {names: "libext2fs libe2p libcom-err libcom_err libss", parts: "*"},
	"elfutils":         {names: "libelf libdw libasm"},
	"exiv2":            {names: "libexiv2"},
	"expat":            {names: "libexpat"},
	"faad2":            {names: "libfaad libfaad2"},
	"ffmpeg":           {names: "libffmpeg libavcodec libavformat libavutil libavfilter libavdevice libswscale libswresample libpostproc", parts: "full mini custom audio-dec libs"},
	"flac":             {names: "libflac libflac++"},
	"freeradius":       {names: "freeradius-server", parts: "common config democerts mod* utils"},
	"freerdp":          {names: "libfreerdp freerdp2-x11"},
	"freetype":         {names: "libfreetype"},
	"fribidi":          {names: "libfribidi"},
	"fuse":             {names: "libfuse fuse-utils"},
	"gdb":              {names: "gdbserver"},
	"glib":             {names: "libglib", parts: "utils codegen data"},
	"glibc":            {names: "libc6", parts: "bin charmap* extra* gconv* ldd locale* nscd thread-db utils"},
	"glog":             {names: "libglog libgoogle-glog google-glog libgoogle-glog0v5 libgoogle-glog0v6"},
	"gmp":              {names: "libgmp"},
	"gnupg":            {names: "gpg gpgv gpg-agent dirmngr"},
	"gnutls":           {names: "libgnutls gnutls-bin libgnutls-openssl libgnutls-dane"},
	"gpsd":             {names: "libgps", parts: "clients"},
	"gst-plugins-bad":  {names: "gstreamer1.0-plugins-bad gstreamer1-plugins-bad gst1-plugins-bad libgstreamer-plugins-bad", parts: "*"},
	"gst-plugins-base": {names: "gstreamer1.0-plugins-base gstreamer1-plugins-base gst1-plugins-base libgstreamer-plugins-base", parts: "*"},
	"gst-plugins-good": {names: "gstreamer1.0-plugins-good gstreamer1-plugins-good gst1-plugins-good libgstreamer-plugins-good", parts: "*"},
	"gst-plugins-ugly": {names: "gstreamer1.0-plugins-ugly gstreamer1-plugins-ugly gst1-plugins-ugly", parts: "*"},
	"gstreamer":        {names: "libgstreamer", parts: "libs tools utils"},
	"harfbuzz":         {names: "libharfbuzz libharfbuzz0b"},
	"hostapd":          {names: "wpad", parts: "*"},
	"icu":              {names: "libicu"},
	"inetutils":        {parts: "*"},
	"iperf3":           {names: "libiperf"},
	"iproute2":         {names: "iproute ip-full ip-tiny ip-bridge", parts: "ip tc ss nstat ifstat genl rtacct bridge devlink minimal"},
	"iptables":         {names: "libxtables libiptc libip4tc libip6tc ip6tables xtables-legacy xtables-nft"},
	"iputils":          {parts: "*"},
	"isc-dhcp":         {names: "dhcp dhcp-client dhcp-server dhcp-relay dhcp-libs dhcp-omshell dhclient", parts: "client* common relay* server*"},
	"jansson":          {names: "libjansson"},
	"json-c":           {names: "libjson-c"},
	"kmod":             {names: "libkmod"},
	"knot":             {names: "libknot", parts: "libs* dig host nsupdate"},
	"krb5":             {names: "libkrb5 libgssapi-krb5 libk5crypto libkrb5support", parts: "*"},
	"lame":             {names: "libmp3lame"},
	"ldns":             {names: "libldns"},
	"libcap":           {names: "libcap2-bin libcap-bin"},
	"libevent":         {names: "libevent2", parts: "core extra openssl pthreads"},
	"libjpeg-turbo":    {names: "libjpeg62-turbo libturbojpeg jpeg-turbo libjpeg-turbo8 turbojpeg"},
	"libmicrohttpd":    {parts: "ssl no-ssl"},
	"libpng":           {names: "libpng12 libpng16"},
	"libsrtp":          {names: "libsrtp2 srtp"},
	"libtiff":          {names: "tiff tiffutils", parts: "tools utils"},
	"libtorrent":       {names: "libtorrent-rasterbar"},
	"libupnp":          {names: "pupnp"},
	"libvorbis":        {names: "libvorbis0a libvorbisenc libvorbisfile"},
	"libwebsockets":    {parts: "full mbedtls openssl"},
	"lighttpd":         {parts: "mod* module*"},
	"linux":            {names: "kernel linux-kernel linux_kernel"},
	"live555":          {names: "liblivemedia"},
	"lm-sensors":       {names: "lmsensors lm_sensors libsensors", parts: "libsensors sensors sensord"},
	"lua":              {names: "liblua"},
	"lxc":              {names: "liblxc", parts: "*"},
	"lz4":              {names: "liblz4 liblz"},
	"lzo":              {names: "liblzo liblzo2"},
	"mariadb":          {names: "libmariadb", parts: "server* client* common"},
	"mbedtls":          {names: "libmbedtls libmbedcrypto libmbedx509", parts: "util"},
	"minidlna":         {names: "readymedia"},
	"miniupnpc":        {names: "libminiupnpc"},
	"miniupnpd":        {parts: "iptables nftables"},
	"modemmanager":     {names: "modem-manager libmm-glib"},
	"modsecurity":      {names: "libmodsecurity"},
	"mosquitto":        {names: "libmosquitto libmosquittopp libmosquitto-ssl libmosquitto-nossl", parts: "ssl nossl client clients client-ssl client-nossl"},
	"mtd-utils":        {parts: "*"},
	"ncurses":          {names: "libncurses libncursesw libtinfo libpanel libpanelw libform libformw libmenu libmenuw", parts: "*"},
	"net-snmp":         {names: "snmpd snmp libsnmp libnetsnmp snmp-utils", parts: "agent-libs client libs mibs server* ssl nossl static utils"},
	"networkmanager":   {names: "network-manager libnm"},
	"nfs-utils":        {names: "nfs-common nfs-kernel-server", parts: "client mount stats libs"},
	"nftables":         {names: "libnftables", parts: "json nojson"},
	"nghttp2":          {names: "libnghttp2", parts: "client server proxy"},
	"nginx":            {parts: "all-module common core extras full light ssl"},
	"node":             {names: "nodejs libnode", parts: "npm npx libs"},
	"nspr":             {names: "libnspr libnspr4"},
	"nss":              {names: "libnss3"},
	"ntp":              {names: "ntpd ntpdate ntp-utils ntp-keygen ntpq"},
	"openjdk":          {parts: "jre* jdk* bin"},
	"openjpeg":         {names: "libopenjp2"},
	"openldap":         {names: "libldap libopenldap slapd ldap-utils", parts: "*"},
	"openssh":          {parts: "*"},
	"openssl":          {names: "libcrypto libssl libopenssl", parts: "bin conf engines engine legacy libs misc ossl-module-legacy perl util"},
	"openvpn":          {parts: "mbedtls nossl openssl wolfssl"},
	"opus":             {names: "libopus"},
	"ostree":           {names: "libostree"},
	"pango":            {names: "libpango libpangocairo libpangoft2"},
	"parted":           {names: "libparted"},
	"pciutils":         {names: "libpci", parts: "ids"},
	"pcre":             {names: "libpcre libpcrecpp libpcreposix libpcre16 libpcre32"},
	"pcre2":            {names: "libpcre2 libpcre2-posix"},
	"pcsc-lite":        {names: "libpcsclite pcscd"},
	"perl":             {names: "perlbase libperl", parts: "base modules module* misc"},
	"php":              {names: "libphp", parts: "cgi cli common fastcgi fpm mod* phpdbg opcache"},
	"pixman":           {names: "libpixman libpixman-1"},
	"polkit":           {names: "policykit polkitd libpolkit-gobject libpolkit-agent"},
	"poppler":          {names: "libpoppler", parts: "utils"},
	"ppp":              {names: "pppd", parts: "mod* minconn password winbind l2tp oa oe radius"},
	"procps-ng":        {names: "procps libprocps libproc2", parts: "*"},
	"proftpd":          {parts: "basic core mod*"},
	"protobuf-c":       {names: "libprotobuf-c"},
	"pulseaudio":       {names: "libpulse libpulsecommon libpulsecore", parts: "daemon* server module* misc profiles tools utils"},
	"python": {names: "libpython", parts: "2to3 asyncio audio base bzip2 cgi cgitb codecs compile compiler compression core crypt ctypes curses datetime db dbm debugger" +
		" dev decimal difflib distutils doctest email fcntl gdbm html idle image io json lib2to3 light logging lzma mailbox math mime minimal misc mmap modules multiprocessing" +
		" ncurses netclient netserver numbers pickle pkgutil plistlib pprint profile pydoc resource runpy shell smtpd sqlite3 src statistics stdlib stringold subprocess" +
		" syslog terminal tests textutils threading tkinter tools typing unittest unixadmin urllib uuid venv xml xmlrpc zipapp"},
	"qrencode":       {names: "libqrencode"},
	"qt":             {names: "qtbase qt5base qt6base qtbase-opensource-src libqt5core5a libqt5core libqt6core qt5-core", parts: "core gui network base"},
	"readline":       {names: "libreadline"},
	"ruby":           {names: "libruby"},
	"samba":          {names: "libsmbclient libwbclient", parts: "*"},
	"sdl":            {names: "libsdl libsdl2"},
	"snappy":         {names: "libsnappy libsnappy1v5"},
	"speex":          {names: "libspeex"},
	"sqlite":         {names: "libsqlite libsqlite3", parts: "cli libs"},
	"strongswan":     {names: "libstrongswan", parts: "*"},
	"sudo":           {parts: "ldap"},
	"syslog-ng":      {parts: "core mod*"},
	"systemd":        {names: "libsystemd", parts: "resolved timesyncd container sysv coredump"},
	"tcpdump":        {parts: "mini"},
	"tftp-hpa":       {names: "tftpd-hpa"},
	"transmission":   {parts: "cli* common daemon* gtk qt remote remote-mbedtls remote-openssl web"},
	"uclibc":         {names: "uclibc-ng libuclibc"},
	"unbound":        {names: "libunbound", parts: "anchor checkconf control* daemon* host"},
	"util-linux":     {names: "libmount libblkid libuuid libsmartcols libfdisk", parts: "*"},
	"vsftpd":         {parts: "tls"},
	"wget":           {parts: "ssl nossl"},
	"wolfssl":        {names: "libwolfssl"},
	"wpa_supplicant": {names: "wpa-supplicant wpasupplicant wpa-cli wpa_cli", parts: "*"},
	"xz":             {names: "xz-utils liblzma", parts: "libs"},
	"yajl":           {names: "libyajl"},
	"zabbix":         {parts: "*"},
	"zeromq":         {names: "libzmq libzmq-nc libzmq-curve"},
	"zlib":           {names: "zlib1g libz libzlib"},
	"zstd":           {names: "libzstd"},
}

// ownProjects are called as another project with a number or a part of it would be, or
// come with its source, and are counted on their own.
var ownProjects = strings.Fields("mpd5 openvpn3 wget2 python3-pip python-pip python3-setuptools python-setuptools")

// projectNames gives the project of a name, and itself for the name of a project.
var projectNames = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, b := range slices.Concat(banners, programBanners, libraryBanners) {
		all[b.name] = b.name
	}
	for _, l := range libraries {
		all[l.name] = l.name
	}
	for _, n := range ownProjects {
		all[n] = n
	}
	for project, p := range packagings {
		all[project] = project
		for n := range strings.FieldsSeq(p.names) {
			all[n] = project
		}
	}
	return all
})

// maxProjectName bounds the bytes of a name that may be a project's.
const maxProjectName = 80

// Project gives the project of a name under which it is packed, in lower case: that of
// libsqlite3-0 is sqlite, and that of python3-core python. Of what is not known it gives
// the name.
func Project(name string) string {
	name = strings.ToLower(name)
	if len(name) > maxProjectName {
		return name
	}
	if p := numbered(name); p != "" {
		return p
	}
	for at := strings.LastIndexByte(name, '-'); at > 0; at = strings.LastIndexByte(name[:at], '-') {
		if p := numbered(name[:at]); p != "" && packagings[p].has(name[at+1:]) {
			return p
		}
	}
	if strings.HasPrefix(name, "linux-image") || strings.HasPrefix(name, "kernel-image") || strings.HasPrefix(name, "linux-yocto") {
		return "linux"
	}
	return name
}

// numbered gives the project of a name that may have numbers behind it: libevent-2.1-7,
// python3.11. It is "" for no project.
func numbered(name string) string {
	known := projectNames()
	for {
		if p := known[name]; p != "" {
			return p
		}
		shorter := strings.TrimRight(strings.TrimSuffix(name, "t64"), "0123456789.")
		if shorter = strings.TrimSuffix(shorter, "-"); shorter == name || shorter == "" {
			return ""
		}
		name = shorter
	}
}

// has reports a part of the project.
func (p packaging) has(part string) bool {
	for own := range strings.FieldsSeq(p.parts) {
		if start, many := strings.CutSuffix(own, "*"); part == own || many && strings.HasPrefix(part, start) {
			return true
		}
	}
	return false
}
