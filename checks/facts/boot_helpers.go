package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// helperPrograms are programs that many devices start and that wait for nobody
// on the network: for the device itself, a bus, the kernel or a timer only, or
// for answers to what they asked.
var helperPrograms = []string{
	"logd", "ubusd", "netifd", "rpcd", "procd", "urngd", "blockd", "odhcp6c", "ubox", "askfirst", "wpad", "iwd", "eapol_test",
	"udhcpc", "udhcpc6", "dhcpcd", "dhclient", "dhcp6c", "pppd", "ntpclient", "rdate", "sntp", "htpdate", "zcip", "ifplugd", "ifplugd.sh",
	"dbus-daemon", "dbus-broker", "dbus-broker-launch", "connmand", "NetworkManager", "ModemManager", "wpa_cli", "hostapd_cli", "bluetoothd", "hciattach", "btattach", "ofonod", "neard",
	"systemd", "systemd-journald", "systemd-udevd", "systemd-logind", "systemd-networkd", "systemd-timesyncd", "systemd-hostnamed", "systemd-machined", "systemd-localed", "systemd-timedated", "systemd-oomd", "systemd-userdbd", "systemd-userwork", "systemd-homed",
	"udevd", "eudevd", "mdev", "hotplug2", "uevent", "acpid", "watchdog", "watchdogd", "wd_keepalive", "haveged", "rngd", "jitterentropy-rngd", "irqbalance", "thermald", "cpufreqd", "atd", "anacron", "busybox", "runsvdir", "runsv", "svlogd", "s6-svscan", "s6-supervise", "supervise",
	"rauc", "mender", "mender-update", "mender-auth", "hawkbit-updater", "rauc-hawkbit-updater", "fwupd", "polkitd", "upowerd", "udisksd", "accounts-daemon", "packagekitd", "colord", "rtkit-daemon",
	"pulseaudio", "pipewire", "wireplumber", "alsactl", "alsa", "jackd", "psplash", "plymouthd", "weston", "Xorg", "X", "matchbox-window-manager", "triggerhappy", "thd", "input-event-daemon", "gpm", "lircd", "eventlircd",
	"opkg", "apk", "apt-get", "dpkg", "mosquitto_sub", "mosquitto_pub", "ssh", "autossh", "ping", "ping6", "tcpdump", "logread", "dmesg", "find", "sed", "awk", "grep", "inotifywait", "inotifyd", "ubus", "uci", "nvram", "fw_printenv", "fw_setenv", "gpioset", "gpioget", "gpiomon", "i2cset", "i2cget", "led", "aplay", "arecord", "amixer", "iw", "iwconfig", "wlanconfig", "brctl", "tc", "ethtool", "mkswap", "swapon", "fsck.ext4", "resize2fs", "ntpdate",
	"ubiattach", "ubihealthd", "smartd", "hdparm", "zramctl", "logrotate", "syslog-ng", "sysklogd", "metalog", "getty", "agetty", "login", "sulogin", "auditd", "multipathd", "lvmetad", "mdadm", "fancontrol", "sensord", "usbmuxd", "usb_modeswitch", "qmi-proxy", "mbim-proxy",
}

// isHelper reports whether a service is one of the helper programs.
func isHelper(s Service) bool {
	return slices.Contains(helperPrograms, path.Base(s.Program)) || slices.Contains(helperPrograms, s.Name)
}

// serverLibraries start the names of libraries that serve others.
var serverLibraries = []string{"libmicrohttpd", "libwebsockets", "libcivetweb", "libmongoose", "libonion", "libulfius", "libcoap", "libfcgi", "libgoahead", "liblive555", "libliveMedia", "libgstrtspserver", "libvncserver", "libmodbus"}

// settleUnknown says of a program of unknown kind where its arguments say that
// it waits, or else why it may wait for others.
func (g *boot) settleUnknown(s *Service) {
	if isHelper(*s) || len(s.Listens) > 0 {
		return
	}
	listens, may := listeningArgs(s.Args)
	for _, l := range listens {
		l.Location = s.Places[0]
		s.Listens = append(s.Listens, l)
	}
	switch {
	case len(listens) > 0:
	case may:
		s.Waits = "its arguments name a port"
	default:
		s.Waits = g.waitsBy(s)
	}
}

// Why a program may wait for others where nothing in the image says that it does.
const (
	waitsByItsOwn = "its program brings its own libraries"
	waitsUnread   = "the program that it runs could not be read"
)

// waitsBy looks into the program of a service.
func (g *boot) waitsBy(s *Service) string {
	f, ok := g.root.Lookup(s.Program)
	if !ok {
		return ""
	}
	if interpreted(path.Base(f.Name)) {
		return g.waitsByScript(s.Args)
	}
	if name := path.Base(f.Name); isVirtualMachine(name) {
		if archive, _ := archiveOf(name, s.Args); archive != "" {
			return waitsUnread
		}
		return ""
	}
	if t, isText := g.texts.Of(f); isText {
		return waitsByText(t)
	}
	p, ok := g.programs[canonical(f).Name]
	switch {
	case !ok && f.Kind == firmware.Regular && canonical(f).Size >= elf.MinSize && !g.unread[f] && !g.unread[canonical(f)]: // cut, packed, or damaged
		return waitsUnread
	case !ok || p.Kind != "program":
		return ""
	case p.Listens:
		return "its program can wait for connections"
	case p.Static && p.Language != languageGo:
		return waitsByItsOwn
	}
	for _, l := range serverLibraries {
		if p.Needs(l) {
			return "its program is linked with " + l
		}
	}
	return ""
}

// interpreted names programs that run a text in their own language.
func interpreted(name string) bool {
	for _, p := range []string{"python", "lua", "node", "perl", "php", "ruby", "micropython", "tclsh"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// waitsByScript looks at the file that an interpreter is told to run.
func (g *boot) waitsByScript(args []string) string {
	for i, a := range args {
		if (a == "-c" || a == "-e") && i+1 < len(args) && !Unresolved(args[i+1]) { // the text itself
			return waitsByText(Text{Content: args[i+1]})
		}
		if strings.HasPrefix(a, "-") || a == "" {
			continue
		}
		f, ok := g.root.Lookup(a)
		if !ok || f.Kind != firmware.Regular {
			break
		}
		if t, isText := g.texts.Of(f); isText {
			return waitsByText(t)
		}
		break
	}
	return waitsUnread
}

// waitsByText looks for the words with which scripts open a port.
func waitsByText(t Text) string {
	for _, word := range []string{".listen(", ".bind(", "HTTPServer", "serve_forever", "createServer", "start_server(", "app.run(", "IO::Socket::INET", "stream_socket_server", "socket_listen", "TCPServer"} {
		if strings.Contains(t.Content, word) {
			return "its script can wait for connections"
		}
	}
	return ""
}

// listeningArgs reads arguments that say where a program waits: addresses with
// a port that are every address of the device, and the values of flags that speak
// of listening. may says that a port is named, but not on which side it is.
func listeningArgs(args []string) (listens []Listen, may bool) {
	client := slices.ContainsFunc(args, namesOther)
	for i, a := range args {
		name, value, joined := strings.Cut(a, "=")
		flag := strings.ToLower(strings.TrimLeft(name, "-"))
		isFlag := strings.HasPrefix(a, "-") && flag != ""
		if !joined {
			value = ""
			if i+1 < len(args) {
				value = args[i+1]
			}
		}
		address, port := parseAddress(value)
		switch {
		case !isFlag && isEveryPort(a):
			_, port = parseAddress(strings.TrimPrefix(a, "tcp://"))
			if !slices.ContainsFunc(listens, func(l Listen) bool { return l.Port == port }) {
				listens = append(listens, Listen{Port: port, Protocol: "tcp"})
			}
		case !isFlag:
		case ContainsWord(flag, "listen", "bind"):
			if port != 0 {
				listens = append(listens, Listen{Address: address, Port: port, Protocol: "tcp"})
			} else {
				may = may || !isLoopback(value) && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "unix:")
			}
		case !client && port != 0 && (flag == "p" || flag == "port" || strings.HasSuffix(flag, "-port")):
			may = true
		}
	}
	return listens, may
}

// isEveryPort reports whether a word is every address of the device with a port.
func isEveryPort(w string) bool {
	w = strings.TrimPrefix(w, "tcp://")
	for _, every := range []string{"0.0.0.0:", "*:", "[::]:", ":"} {
		if rest, ok := strings.CutPrefix(w, every); ok {
			_, isPort := portNumber(rest)
			return isPort
		}
	}
	return false
}

// namesOther reports whether a word names another machine, so that ports beside
// it are the other's.
func namesOther(w string) bool {
	_, value, ok := strings.Cut(w, "=")
	if !ok {
		value = w
	}
	if strings.Contains(value, "://") {
		return true
	}
	host, _, _ := strings.Cut(value, ":")
	return isHost(host) && !strings.Contains(host, "/") && !looksLikeFile(host)
}
