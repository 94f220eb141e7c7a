package inventory

import (
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// The forms of a version in programs of certain names.
var (
	upToDate  = lazyregexp.New(`^(\d+\.\d+[0-9.]*) \(20\d\d-\d\d-\d\d\)`)
	iputils   = lazyregexp.New(`^(20\d{6})$`)
	lessThan  = lazyregexp.New(`^[3-7]\d\d$`)
	lvm       = lazyregexp.New(`^(2\.\d\d\.\d+)\(2\)`)
	gdb       = lazyregexp.New(`^(?:[7-9]|1\d)\.\d+(?:\.\d+)?$`)
	mariadb   = lazyregexp.New(`^(\d+\.\d+\.\d+)-MariaDB`)
	polkit    = lazyregexp.New(`^(?:0\.1\d\d|1\d\d)$`)
	redis     = lazyregexp.New(`^[2-9]\.\d{1,2}\.\d{1,3}$`)
	syslogNG  = lazyregexp.New(`^\d+ \((\d+\.\d+\.\d+)\)`)
	tmux      = lazyregexp.New(`^[1-4]\.\d[a-z]?$`)
	uwsgiSays = lazyregexp.New(`^(2\.\d\.\d+)(?:-[a-z]+)?$`)
	xinetd    = lazyregexp.New(`^2\.3\.\d+(?:\.\d+)?$`)
	inetutil  = lazyregexp.New(`^[12]\.\d+(?:\.\d+)?$`)
	yearly    = lazyregexp.New(`^(20\d\d\.\d+)`)
	twoParts  = lazyregexp.New(`^\d+\.\d+$`)
)

// programBanners are the programs that name their version only under their own names.
var programBanners = []banner{
	{name: "acpid", anchor: "acpid-", version: numeric, files: []string{"acpid"}},
	{name: "alsa-utils", anchor: "alsactl version ", version: numeric, files: []string{"alsactl"}},
	{name: "apcupsd", anchor: "apcupsd ", version: lazyregexp.New(`^(\d+\.\d+[0-9.]*) \(`), files: []string{"apcupsd"}},
	{name: "arptables", anchor: "arptables", whole: lazyregexp.New(`^0\.0\.\d+$`), files: []string{"arptables", "arptables-legacy"}},
	{name: "atftp", anchor: "atftp-%s", whole: lazyregexp.New(`^0\.\d+\.\d+$`), files: []string{"atftpd", "in.tftpd", "atftp"}},
	{name: "audit", anchor: "audit_", whole: lazyregexp.New(`^[2-4]\.\d+\.\d+$`), files: []string{"auditd", "auditctl"}},
	{name: "bird", anchor: "BIRD ", version: spaced, files: []string{"bird", "bird6", "bird4"}},
	{name: "btrfs-progs", anchor: "btrfs-progs v", version: numeric, files: []string{"btrfs", "btrfs-*", "mkfs.btrfs", "btrfsck"}},
	{name: "conmon", anchor: "conmon version ", version: numeric, files: []string{"conmon"}},
	{name: "conntrack-tools", anchor: "conntrack-tools", whole: lazyregexp.New(`^1\.[0-4]\.\d+$`), files: []string{"conntrackd", "conntrack"}},
	{name: "coreutils", anchor: "GNU coreutils", whole: lazyregexp.New(`^[5-9]\.\d{1,2}$`), files: []string{"coreutils", "ls", "cp", "mv", "cat", "chmod", "chown", "date", "dd", "df", "du", "id", "ln", "mkdir", "rm", "sha256sum", "sort", "stat", "tail", "touch", "wc"}},
	{name: "cpio", anchor: "GNU cpio", whole: lazyregexp.New(`^2\.\d{1,2}$`), files: []string{"cpio"}},
	{name: "cryptsetup", anchor: "CRYPTSETUP_", whole: lazyregexp.New(`^[12]\.\d+\.\d+$`), files: []string{"cryptsetup", "integritysetup", "veritysetup"}},
	{name: "diffutils", anchor: "GNU diffutils", whole: lazyregexp.New(`^[23]\.\d{1,2}$`), files: []string{"cmp", "diff", "diff3", "sdiff"}},
	{name: "dmidecode", anchor: "dmidecode %s", whole: lazyregexp.New(`^[23]\.\d{1,2}$`), files: []string{"dmidecode"}},
	{name: "dosfstools", anchor: "mkfs.fat ", version: upToDate, files: []string{"mkfs.fat", "mkfs.vfat", "mkfs.msdos", "mkdosfs"}},
	{name: "dosfstools", anchor: "fsck.fat ", version: upToDate, files: []string{"fsck.fat", "fsck.vfat", "fsck.msdos", "dosfsck"}},
	{name: "exfatprogs", anchor: "exfatprogs version", whole: lazyregexp.New(`^1\.\d+\.\d+$`), files: []string{"*.exfat", "exfat2img", "exfatlabel"}},
	{name: "f2fs-tools", anchor: "F2FS-tools: ", whole: lazyregexp.New(`^1\.\d{1,2}\.\d+$`), files: []string{"mkfs.f2fs", "fsck.f2fs"}},
	{name: "findutils", anchor: "GNU findutils", whole: lazyregexp.New(`^4\.\d+(?:\.\d+)?$`), files: []string{"find", "xargs", "locate"}},
	{name: "gawk", anchor: "GNU Awk ", version: numeric, files: []string{"gawk*", "awk"}},
	{name: "gdb", anchor: "GNU gdbserver", whole: gdb, files: []string{"gdbserver"}},
	{name: "git", anchor: "\x00git/", version: numeric, files: []string{"git", "git-*"}},
	{name: "gnupg", anchor: "(GnuPG)", whole: lazyregexp.New(`^2\.[0-5]\.\d+$`), files: []string{"gpg", "gpg2", "gpgv", "gpgv2", "gpg-agent", "gpgsm", "dirmngr"}},
	{name: "gnutls", anchor: "certtool ", version: numeric, files: []string{"certtool"}},
	{name: "gnutls", anchor: "gnutls-cli ", version: numeric, files: []string{"gnutls-cli"}},
	{name: "grep", anchor: "GNU grep", whole: lazyregexp.New(`^[23]\.\d{1,2}(?:\.\d+)?$`), files: []string{"grep", "egrep", "fgrep"}},
	{name: "gzip", anchor: "Compress or uncompress FILEs", whole: lazyregexp.New(`^1\.\d{1,2}$`), files: []string{"gzip", "gunzip"}},
	{name: "hdparm", anchor: " - version v", version: numeric, files: []string{"hdparm"}},
	{name: "i2c-tools", anchor: " version %s", whole: lazyregexp.New(`^[34]\.\d(?:\.\d)?$`), files: []string{"i2cdetect", "i2cget", "i2cset", "i2cdump", "i2ctransfer"}},
	{name: "inetutils", anchor: "GNU inetutils", whole: inetutil, files: []string{"telnetd", "inetutils-*", "inetd", "ftpd", "rlogind", "rshd", "syslogd", "tftpd", "telnet", "ping"}},
	{name: "iperf", anchor: "iperf version ", version: numeric, files: []string{"iperf"}},
	{name: "iputils", anchor: "iputils", whole: iputils, files: []string{"ping", "ping6", "arping", "clockdiff", "tracepath", "rdisc"}},
	{name: "iw", anchor: "nl80211", whole: lazyregexp.New(`^(?:3\.\d\d|[4-9]\.\d{1,2})$`), files: []string{"iw"}},
	{name: "kamailio", anchor: "kamailio (", version: numeric, files: []string{"kamailio"}},
	{name: "kea", anchor: "Extended version:", version: lazyregexp.New(`^ +(\d+\.\d+\.\d+)`), files: []string{"kea-*"}},
	{name: "kea", anchor: "libkea-", whole: lazyregexp.New(`^[1-3]\.\d+\.\d+$`), files: []string{"kea-*"}},
	{name: "kexec-tools", anchor: "kexec-tools ", version: numeric, files: []string{"kexec"}},
	{name: "knot", anchor: "(Knot DNS %s)", whole: lazyregexp.New(`^3\.\d+\.\d+$`), files: []string{"knotd", "kdig", "khost"}},
	{name: "less", anchor: "LESSSECURE", whole: lessThan, files: []string{"less"}},
	{name: "libqmi", anchor: "qmicli ", version: numeric, files: []string{"qmicli"}},
	{name: "libmbim", anchor: "mbimcli ", version: numeric, files: []string{"mbimcli"}},
	{name: "libreswan", anchor: "\x00Libreswan ", version: lazyregexp.New(`^(\d+\.\d+)\x00`), files: []string{"pluto"}},
	{name: "linuxptp", anchor: "ptp", whole: lazyregexp.New(`^[1-4]\.\d(?:\.\d)?$`), files: []string{"ptp4l", "phc2sys", "pmc", "ts2phc"}},
	{name: "lm-sensors", anchor: "libsensors", whole: lazyregexp.New(`^3\.\d+\.\d+$`), files: []string{"sensors"}},
	{name: "logrotate", anchor: "logrotate ", version: numeric, files: []string{"logrotate"}},
	{name: "lsof", anchor: "/lsof", whole: lazyregexp.New(`^4\.\d\d(?:\.\d)?$`), files: []string{"lsof"}},
	{name: "lvm2", anchor: "LVM version:", whole: lvm, files: []string{"lvm"}},
	{name: "lz4", anchor: "LZ4 command line interface", whole: lazyregexp.New(`^1\.(?:[7-9]|1\d)\.\d+$`), files: []string{"lz4"}},
	{name: "mariadb", anchor: "MariaDB", whole: mariadb, files: []string{"mariadbd", "mysqld"}},
	{name: "mdadm", anchor: "mdadm - v", version: numeric, files: []string{"mdadm", "mdmon"}},
	{name: "minicom", anchor: "Minicom", whole: lazyregexp.New(`^2\.\d{1,2}(?:\.\d)?$`), files: []string{"minicom"}},
	{name: "miniupnpc", anchor: "upnpc", whole: lazyregexp.New(`^[12]\.\d+(?:\.\d+)?$`), files: []string{"upnpc", "upnpc-*"}},
	{name: "mosh", anchor: "(mosh ", version: numeric, files: []string{"mosh-server", "mosh-client"}},
	{name: "mosquitto", anchor: "version %s running on libmosquitto", whole: lazyregexp.New(`^[0-2]\.\d+\.\d+$`), files: []string{"mosquitto_pub", "mosquitto_sub", "mosquitto_rr"}},
	{name: "nano", anchor: "GNU nano ", version: numeric, files: []string{"nano"}},
	{name: "net-tools", anchor: "net-tools ", version: numeric, files: []string{"ifconfig", "route", "arp", "netstat", "ipmaddr", "iptunnel", "slattach", "plipconfig"}},
	{name: "nfs-utils", anchor: "nfs-utils ", version: numeric, files: []string{"mount.nfs*", "umount.nfs*"}},
	{name: "nfs-utils", anchor: "%s version ", version: numeric, files: []string{"rpc.mountd", "rpc.statd"}},
	{name: "nmap", anchor: "Nmap ", whole: lazyregexp.New(`^[4-9]\.\d\d$`), files: []string{"nmap"}},
	{name: "nsd", anchor: "\x00NSD ", version: numeric, files: []string{"nsd", "nsd-*"}},
	{name: "ntpsec", anchor: "ntpd ntpsec-", version: numeric, files: []string{"ntpd"}},
	{name: "ntfs-3g", anchor: "ntfs-3g", whole: lazyregexp.New(`^20\d\d\.\d{1,2}\.\d{1,2}$`), files: []string{"ntfs-3g", "lowntfs-3g", "mkntfs", "ntfsfix", "ntfsresize", "libntfs-3g.so*"}},
	{name: "nut", anchor: "NUT_", whole: lazyregexp.New(`^2\.[4-9]\.\d+$`), files: []string{"upsd", "upsmon", "upsdrvctl"}},
	{name: "open-iscsi", anchor: "# BEGIN RECORD ", version: numeric, files: []string{"iscsid", "iscsiadm", "iscsistart"}},
	{name: "openldap", anchor: "$OpenLDAP: ", version: lazyregexp.New(`^(?:slapd|libldap\w*|liblber) (\d+\.\d+\.\d+)`), files: []string{"slapd", "libldap*.so*", "liblber*.so*"}},
	{name: "openocd", anchor: "Open On-Chip Debugger ", version: numeric, files: []string{"openocd"}},
	{name: "ostree", anchor: "ostree", whole: lazyregexp.New(`^20\d\d\.\d{1,2}$`), files: []string{"ostree"}},
	{name: "ostree", anchor: "libostree/", version: yearly, files: []string{"libostree-1.so*"}},
	{name: "parted", anchor: "GNU Parted ", version: numeric, files: []string{"parted"}},
	{name: "pciutils", anchor: "lspci version ", version: numeric, files: []string{"lspci"}},
	{name: "pciutils", anchor: "setpci version ", version: numeric, files: []string{"setpci"}},
	{name: "pcsc-lite", anchor: "pcsc-lite ", version: numeric, files: []string{"pcscd"}},
	{name: "picocom", anchor: "picocom v%s", whole: lazyregexp.New(`^[1-3]\.\d+$`), files: []string{"picocom"}},
	{name: "pimd", anchor: "pimd version %s", whole: lazyregexp.New(`^[23]\.\d\.\d+$`), files: []string{"pimd"}},
	{name: "polkit", anchor: "polkit", whole: polkit, files: []string{"polkitd", "pkexec", "pkaction", "pkcheck"}},
	{name: "privoxy", anchor: "Privoxy version ", version: numeric, files: []string{"privoxy"}},
	{name: "psmisc", anchor: "(PSmisc)", whole: lazyregexp.New(`^2[23]\.\d{1,2}$`), files: []string{"killall", "pstree", "fuser", "pslog", "prtstat"}},
	{name: "redis", anchor: "redis", whole: redis, highest: true, files: []string{"redis-server", "redis-cli", "redis-benchmark", "redis-check-*", "redis-sentinel"}},
	{name: "rsyslog", anchor: `swVersion="`, version: numeric, files: []string{"rsyslogd"}},
	{name: "sed", anchor: "GNU sed", whole: lazyregexp.New(`^4\.[1-9](?:\.\d)?$`), files: []string{"sed"}},
	{name: "ser2net", anchor: "ser2net", whole: lazyregexp.New(`^[2-4]\.\d+(?:\.\d+)?$`), files: []string{"ser2net"}},
	{name: "smartmontools", anchor: "smartmontools release ", version: numeric, files: []string{"smartctl", "smartd"}},
	{name: "smcroute", anchor: "SMCRoute v", version: numeric, files: []string{"smcroute*"}},
	{name: "squashfs-tools", anchor: "squashfs version ", version: numeric, files: []string{"unsquashfs", "mksquashfs"}},
	{name: "squashfs-tools", anchor: "%s version ", version: lazyregexp.New(`^(4\.\d[0-9.]*) \(20`), files: []string{"unsquashfs", "mksquashfs"}},
	{name: "strace", anchor: "Usage: strace", whole: lazyregexp.New(`^[4-9]\.\d{1,2}$`), files: []string{"strace"}},
	{name: "strongswan", anchor: "%sSwan ", version: numeric, files: []string{"starter"}},
	{name: "syslog-ng", anchor: "syslog-ng ", version: syslogNG, files: []string{"syslog-ng"}},
	{name: "tar", anchor: "GNU tar", whole: lazyregexp.New(`^1\.\d\d(?:\.\d+)?$`), files: []string{"tar"}},
	{name: "tightvnc", anchor: "TightVNC-", version: numeric, files: []string{"Xtightvnc", "Xvnc"}},
	{name: "tinc", anchor: "tinc.conf", whole: lazyregexp.New(`^1\.[01]\.\d+(?:pre\d+)?$`), files: []string{"tincd"}},
	{name: "tmux", anchor: "TMUX", whole: tmux, files: []string{"tmux"}},
	{name: "tpm2-tools", anchor: `tool="%s" version="%s"`, whole: lazyregexp.New(`^[2-6]\.\d(?:\.\d)?$`), files: []string{"tpm2", "tss2", "tpm2_*"}},
	{name: "traceroute", anchor: "traceroute for Linux, version ", version: numeric, files: []string{"traceroute*"}},
	{name: "ulogd", anchor: "ulogd", whole: lazyregexp.New(`^2\.\d\.\d+$`), files: []string{"ulogd"}},
	{name: "usbutils", anchor: "lsusb (usbutils) ", version: lazyregexp.New(`^(\d{3})\b`), files: []string{"lsusb"}},
	{name: "uwsgi", anchor: "uWSGI", whole: uwsgiSays, files: []string{"uwsgi", "uwsgi-core", "uwsgi_*"}},
	{name: "vpnc", anchor: "vpnc version ", version: numeric, files: []string{"vpnc"}},
	{name: "xfsprogs", anchor: "xfsprogs", whole: lazyregexp.New(`^[2-7]\.\d+\.\d+$`), files: []string{"xfs_*", "mkfs.xfs"}},
	{name: "xinetd", anchor: "xinetd.conf", whole: xinetd, files: []string{"xinetd"}},
	{name: "zip", anchor: "Zip ", whole: lazyregexp.New(`^[23]\.\d$`), files: []string{"zip"}},
	{name: "zsh", anchor: "ZSH_VERSION", whole: lazyregexp.New(`^5\.\d(?:\.\d)?$`), files: []string{"zsh", "zsh5"}},
	{name: "zstd", anchor: "Zstandard CLI", whole: lazyregexp.New(`^1\.[3-9]\.\d+$`), files: []string{"zstd"}},
}
