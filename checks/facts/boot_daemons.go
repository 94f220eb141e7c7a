package facts

import (
	"slices"
)

// The kinds of service that checks ask about.
const (
	KindTelnet = "telnet"
	KindSSH    = "ssh"
	KindWeb    = "web"
	KindFTP    = "ftp"
	KindTFTP   = "tftp"
	KindRemote = "rsh" // rsh, rlogin, rexec
	KindSNMP   = "snmp"
	KindMQTT   = "mqtt"
	KindRTSP   = "rtsp"
	KindVNC    = "vnc"
	KindADB    = "adb"
	KindStore  = "store" // a data base that others ask over the network
	KindShare  = "share" // files that everyone may read or write
	KindPipe   = "pipe"  // nc, socat: whatever they are tied to
	KindOther  = ""      // any other service
)

// daemonKind is what is known of a daemon: its programs, and where it waits if
// nothing else is said.
type daemonKind struct {
	name, kind string
	programs   []string
	port       int
	protocol   string
}

// daemonTable lists daemons of embedded devices. Ports are those assigned by
// IANA or the program's documented default.
var daemonTable = []daemonKind{
	{"telnetd", KindTelnet, []string{"telnetd", "in.telnetd", "utelnetd", "inetutils-telnetd", "telnetd-ssl"}, 23, "tcp"},
	{"dropbear", KindSSH, []string{"dropbear", "dropbearmulti"}, 22, "tcp"},
	{"sshd", KindSSH, []string{"sshd"}, 22, "tcp"},
	{"ftpd", KindFTP, []string{"ftpd", "in.ftpd", "bftpd", "stupid-ftpd", "ftpd-ssl"}, 21, "tcp"},
	{"vsftpd", KindFTP, []string{"vsftpd"}, 21, "tcp"},
	{"pure-ftpd", KindFTP, []string{"pure-ftpd"}, 21, "tcp"},
	{"proftpd", KindFTP, []string{"proftpd"}, 21, "tcp"},
	{"tftpd", KindTFTP, []string{"tftpd", "in.tftpd", "atftpd", "utftpd", "tftpd-hpa"}, 69, "udp"},
	{"rshd", KindRemote, []string{"rshd", "in.rshd"}, 514, "tcp"},
	{"rlogind", KindRemote, []string{"rlogind", "in.rlogind"}, 513, "tcp"},
	{"rexecd", KindRemote, []string{"rexecd", "in.rexecd"}, 512, "tcp"},
	{"snmpd", KindSNMP, []string{"snmpd", "mini_snmpd", "mini-snmpd"}, 161, "udp"},
	{"mosquitto", KindMQTT, []string{"mosquitto"}, 1883, "tcp"},
	{"rtspd", KindRTSP, []string{"rtspd", "rtspserver", "rtsp_server", "rtsp-server", "live555MediaServer", "v4l2rtspserver", "rtsp-simple-server", "mediamtx"}, 554, "tcp"},
	{"vncserver", KindVNC, []string{"vncserver", "Xvnc", "x11vnc", "framebuffer-vncserver", "fbvncserver", "tightvncserver", "x0vncserver"}, 5900, "tcp"},
	{"adbd", KindADB, []string{"adbd"}, 5555, "tcp"},
	{"uhttpd", KindWeb, []string{"uhttpd"}, 80, "tcp"},
	{"lighttpd", KindWeb, []string{"lighttpd", "lighttpd-angel"}, 80, "tcp"},
	{"nginx", KindWeb, []string{"nginx"}, 80, "tcp"},
	{"boa", KindWeb, []string{"boa"}, 80, "tcp"},
	{"goahead", KindWeb, []string{"goahead", "webs"}, 80, "tcp"},
	{"mini_httpd", KindWeb, []string{"mini_httpd", "mini_httpds"}, 80, "tcp"},
	{"thttpd", KindWeb, []string{"thttpd"}, 80, "tcp"},
	{"micro_httpd", KindWeb, []string{"micro_httpd", "micro_proxy"}, 80, "tcp"},
	{"httpd", KindWeb, []string{"httpd", "shttpd", "alphapd", "appweb", "cherokee", "hiawatha", "monkey", "webserver"}, 80, "tcp"},
	{"apache2", KindWeb, []string{"apache2"}, 80, "tcp"},
	{"ttyd", KindWeb, []string{"ttyd"}, 7681, "tcp"},
	{"gotty", KindWeb, []string{"gotty"}, 8080, "tcp"},
	{"shellinaboxd", KindWeb, []string{"shellinaboxd", "shellinabox"}, 4200, "tcp"},
	{"wetty", KindWeb, []string{"wetty"}, 3000, "tcp"},
	{"code-server", KindWeb, []string{"code-server", "openvscode-server"}, 8080, "tcp"},
	{"jupyter", KindWeb, []string{"jupyter", "jupyter-notebook", "jupyter-lab", "jupyter-server"}, 8888, "tcp"},
	{"node-red", KindWeb, []string{"node-red", "node-red-pi"}, 1880, "tcp"},
	{"tcf-agent", KindOther, []string{"tcf-agent"}, 1534, "tcp"},
	{"dockerd", KindOther, []string{"dockerd"}, 2375, "tcp"},
	{"dnsmasq", KindOther, []string{"dnsmasq"}, 53, "udp"},
	{"named", KindOther, []string{"named"}, 53, "udp"},
	{"udhcpd", KindOther, []string{"udhcpd", "dhcpd"}, 67, "udp"},
	{"odhcpd", KindOther, []string{"odhcpd"}, 547, "udp"},
	{"ntpd", KindOther, []string{"ntpd", "ntpsec"}, 123, "udp"},
	{"chronyd", KindOther, []string{"chronyd"}, 123, "udp"},
	{"avahi-daemon", KindOther, []string{"avahi-daemon", "mdnsd", "umdns"}, 5353, "udp"},
	{"miniupnpd", KindOther, []string{"miniupnpd", "upnpd"}, 1900, "udp"},
	{"minidlna", KindOther, []string{"minidlnad", "minidlna"}, 8200, "tcp"},
	{"smbd", KindOther, []string{"smbd", "ksmbd.mountd"}, 445, "tcp"},
	{"nmbd", KindOther, []string{"nmbd"}, 137, "udp"},
	{"rpcbind", KindOther, []string{"rpcbind", "portmap"}, 111, "tcp"},
	{"nfsd", KindOther, []string{"rpc.nfsd", "nfsd"}, 2049, "tcp"},
	{"rsyncd", KindOther, []string{"rsyncd"}, 873, "tcp"},
	{"fingerd", KindOther, []string{"fingerd", "in.fingerd"}, 79, "tcp"},
	{"cupsd", KindOther, []string{"cupsd"}, 631, "tcp"},
	{"coapd", KindOther, []string{"coapd", "coap-server"}, 5683, "udp"},
	{"inetd", KindOther, []string{"inetd", "openbsd-inetd", "inetutils-inetd"}, 0, ""},
	{"xinetd", KindOther, []string{"xinetd"}, 0, ""},
	{"hostapd", KindOther, []string{"hostapd"}, 0, ""},
	{"wpa_supplicant", KindOther, []string{"wpa_supplicant"}, 0, ""},
	{"syslogd", KindOther, []string{"syslogd", "rsyslogd"}, 0, ""},
	{"klogd", KindOther, []string{"klogd"}, 0, ""},
	{"crond", KindOther, []string{"crond", "cron"}, 0, ""},
	{"swupdate", KindOther, []string{"swupdate"}, 0, ""},
	{"redis", KindStore, []string{"redis-server", "valkey-server"}, 6379, "tcp"},
	{"mongod", KindStore, []string{"mongod"}, 27017, "tcp"},
	{"memcached", KindStore, []string{"memcached"}, 11211, "tcp"},
	{"mysqld", KindOther, []string{"mysqld", "mariadbd"}, 3306, "tcp"},
	{"gdbserver", KindOther, []string{"gdbserver"}, 0, "tcp"},
}

// daemonOf finds a daemon by the names of its program: as called, and as the
// file is called in the end.
func daemonOf(called, file string) (daemonKind, bool) {
	for _, name := range []string{called, file} {
		if name == "" || isMultiCall(name) || name == file && name != called && name == "dropbear" {
			continue // these go by the name that they are called by
		}
		for _, d := range daemonTable {
			if slices.Contains(d.programs, name) {
				return d, true
			}
		}
	}
	return daemonKind{}, false
}

// daemonNamed finds a daemon by its usual name.
func daemonNamed(name string) (daemonKind, bool) {
	i := slices.IndexFunc(daemonTable, func(d daemonKind) bool { return d.name == name })
	if i < 0 {
		return daemonKind{}, false
	}
	return daemonTable[i], true
}
