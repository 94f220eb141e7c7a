package inventory

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/checks/facts/elf/elftest"
	"github.com/assay-iot/assay/firmware"
)

// seenIn gives what an ELF file of a name and with some strings is seen to be.
func seenIn(file, content string) string {
	data := append(elftest.Image(32, binary.LittleEndian, nil, 0), program(strings.Split(content, "|")...)...)
	var got []string
	for _, s := range seeBanners(&firmware.File{Name: file, Size: int64(len(data))}, data, bannerWords.Sights(data)) {
		got = append(got, s.Name+" "+s.Version)
	}
	return strings.Join(got, ", ")
}

// TestNamedBannerList holds each identifier against the text as it stands in the
// program of a distribution.
func TestNamedBannerList(t *testing.T) {
	unheld := map[string]bool{}
	for _, b := range inNamedFiles().list {
		unheld[b.name] = b.numbers == nil
	}
	for _, c := range []struct{ file, content, want string }{
		{"usr/sbin/acpid", "acpid-2.0.33", "acpid 2.0.33"},
		{"usr/sbin/alsactl", "alsactl version 1.2.8", "alsa-utils 1.2.8"},
		{"sbin/apcupsd", "apcupsd 3.14.14 (31 May 2016) debia", "apcupsd 3.14.14"},
		{"usr/sbin/arptables-legacy", "arptables|0.0.5", "arptables 0.0.5"},
		{"usr/sbin/atftpd", "atftp-%s|0.8.0", "atftp 0.8.0"},
		{"sbin/auditctl", "audit_|3.0.9", "audit 3.0.9"},
		{"usr/sbin/bird", "BIRD 2.0.12 ready.", "bird 2.0.12"},
		{"bin/btrfs", "btrfs-progs v6.2", "btrfs-progs 6.2"},
		{"usr/bin/conmon", "conmon version 2.1.6", "conmon 2.1.6"},
		{"usr/sbin/conntrack", "conntrack-tools|1.4.7", "conntrack-tools 1.4.7"},
		{"bin/cat", "GNU coreutils|9.1", "coreutils 9.1"},
		{"bin/cpio", "GNU cpio|2.13", "cpio 2.13"},
		{"sbin/cryptsetup", "CRYPTSETUP_|2.6.1", "cryptsetup 2.6.1"},
		{"usr/bin/cmp", "GNU diffutils|3.8", "diffutils 3.8"},
		{"usr/sbin/dmidecode", "dmidecode %s|3.4", "dmidecode 3.4"},
		{"sbin/mkfs.fat", "mkfs.fat 4.2 (2021-01-31)", "dosfstools 4.2"},
		{"sbin/fsck.fat", "fsck.fat 4.2 (2021-01-31)", "dosfstools 4.2"},
		{"usr/sbin/dump.exfat", "exfatprogs version|1.2.0", "exfatprogs 1.2.0"},
		{"sbin/mkfs.f2fs", "F2FS-tools: |1.15.0", "f2fs-tools 1.15.0"},
		{"usr/bin/find", "GNU findutils|4.9.0", "findutils 4.9.0"},
		{"usr/bin/gawk", "GNU Awk 5.2.1", "gawk 5.2.1"},
		{"usr/bin/gdbserver", "GNU gdbserver|13.1", "gdb 13.1"},
		{"usr/bin/git", "|git/2.39.5", "git 2.39.5"},
		{"usr/bin/gpgv", "(GnuPG)|2.2.40", "gnupg 2.2.40"},
		{"usr/bin/certtool", "certtool 3.7.9", "gnutls 3.7.9"},
		{"usr/bin/gnutls-cli", "gnutls-cli 3.7.9", "gnutls 3.7.9"},
		{"bin/grep", "GNU grep|3.8", "grep 3.8"},
		{"bin/gzip", "Compress or uncompress FILEs|1.12", "gzip 1.12"},
		{"sbin/hdparm", " - version v9.65, by Mark Lord.", "hdparm 9.65"},
		{"usr/sbin/i2cdetect", " version %s|4.3", "i2c-tools 4.3"},
		{"usr/sbin/inetutils-inetd", "GNU inetutils|2.4", "inetutils 2.4"},
		{"usr/bin/iperf", "iperf version 2.1.8 (12 August 2022) pt", "iperf 2.1.8"},
		{"bin/ping", "iputils|20221126", "iputils 20221126"},
		{"sbin/iw", "nl80211|5.19", "iw 5.19"},
		{"usr/sbin/kamailio", "kamailio (5.6.3 (arm/linux))", "kamailio 5.6.3"},
		{"usr/sbin/kea-dhcp4", "Extended version:  2.2.0 (tarball)", "kea 2.2.0"},
		{"sbin/kexec", "kexec-tools 2.0.25", "kexec-tools 2.0.25"},
		{"usr/sbin/knotd", "(Knot DNS %s)|3.4.6", "knot 3.4.6"},
		{"usr/sbin/ntpd", "ntpd ntpsec-1.2.3", "ntpsec 1.2.3"},
		{"usr/bin/less", "LESSSECURE|590", "less 590"},
		{"usr/bin/qmicli", "qmicli 1.32.2", "libqmi 1.32.2"},
		{"usr/bin/mbimcli", "mbimcli 1.28.2", "libmbim 1.28.2"},
		{"usr/libexec/ipsec/pluto", "|Libreswan 4.10", "libreswan 4.10"},
		{"usr/sbin/phc2sys", "ptp|3.1.1", "linuxptp 3.1.1"},
		{"usr/bin/sensors", "libsensors|3.6.0", "lm-sensors 3.6.0"},
		{"usr/sbin/logrotate", "logrotate 3.21.0 - Copyright (C) 199", "logrotate 3.21.0"},
		{"usr/bin/lsof", "/lsof|4.95.0", "lsof 4.95.0"},
		{"sbin/lvm", "LVM version:|2.03.16(2) (2022-05-18)", "lvm2 2.03.16"},
		{"usr/bin/lz4", "LZ4 command line interface|1.9.4", "lz4 1.9.4"},
		{"usr/sbin/mariadbd", "MariaDB|10.11.18-MariaDB", "mariadb 10.11.18"},
		{"sbin/mdadm", "mdadm - v4.2 - 2021-12-30 - Debi", "mdadm 4.2"},
		{"usr/bin/minicom", "Minicom|2.8", "minicom 2.8"},
		{"usr/bin/upnpc", "upnpc|2.2.4", "miniupnpc 2.2.4"},
		{"usr/bin/mosh-client", "(mosh 1.4.0) [build mosh 1.4.0]", "mosh 1.4.0"},
		{"usr/bin/mosquitto_pub", "version %s running on libmosquitto|2.0.11", "mosquitto 2.0.11"},
		{"bin/nano", "GNU nano 7.2", "nano 7.2"},
		{"bin/netstat", "net-tools 2.10", "net-tools 2.10"},
		{"sbin/mount.nfs", "nfs-utils 2.6.2)", "nfs-utils 2.6.2"},
		{"sbin/rpc.statd", "%s version 2.6.2", "nfs-utils 2.6.2"},
		{"usr/bin/nmap", "Nmap |7.93", "nmap 7.93"},
		{"usr/sbin/nsd", "|NSD 4.6.1", "nsd 4.6.1"},
		{"bin/lowntfs-3g", "ntfs-3g|2022.10.3", "ntfs-3g 2022.10.3"},
		{"lib/nut/upsd", "NUT_|2.8.0", "nut 2.8.0"},
		{"sbin/iscsiadm", "# BEGIN RECORD 2.1.8", "open-iscsi 2.1.8"},
		{"usr/sbin/slapd", "$OpenLDAP: slapd 2.5.13+dfsg-5 (Feb  8 2023", "openldap 2.5.13"},
		{"usr/bin/openocd", "Open On-Chip Debugger 0.12.0", "openocd 0.12.0"},
		{"usr/bin/ostree", "ostree|2022.7", "ostree 2022.7"},
		{"usr/lib/libostree-1.so.1.0.0", "libostree/2022.7", "ostree 2022.7"},
		{"sbin/parted", "GNU Parted 3.5", "parted 3.5"},
		{"usr/bin/lspci", "lspci version 3.9.0", "pciutils 3.9.0"},
		{"usr/bin/setpci", "setpci version 3.9.0", "pciutils 3.9.0"},
		{"usr/sbin/pcscd", "pcsc-lite 1.9.9 daemon ready.", "pcsc-lite 1.9.9"},
		{"usr/bin/picocom", "picocom v%s|3.1", "picocom 3.1"},
		{"usr/sbin/pimd", "pimd version %s|2.3.2", "pimd 2.3.2"},
		{"usr/bin/pkaction", "polkit|122", "polkit 122"},
		{"usr/sbin/privoxy", "Privoxy version 3.0.34", "privoxy 3.0.34"},
		{"bin/fuser", "(PSmisc)|23.6", "psmisc 23.6"},
		{"usr/bin/redis-benchmark", "redis|7.0.15", "redis 7.0.15"},
		{"usr/sbin/rsyslogd", "swVersion=\"8.2302.0\" x-pid=\"%d\" x-info=", "rsyslog 8.2302.0"},
		{"bin/sed", "GNU sed|4.9", "sed 4.9"},
		{"usr/sbin/ser2net", "ser2net|4.3.11", "ser2net 4.3.11"},
		{"usr/sbin/smartctl", "smartmontools release 7.3 dated 2022-02-28 at", "smartmontools 7.3"},
		{"usr/sbin/smcroutectl", "SMCRoute v2.5.6", "smcroute 2.5.6"},
		{"usr/bin/unsquashfs", "squashfs version 4.5.1 (2022/03/17)", "squashfs-tools 4.5.1"},
		{"usr/bin/strace", "Usage: strace|6.1", "strace 6.1"},
		{"usr/lib/ipsec/starter", "%sSwan 5.9.8 IPsec [starter]...", "strongswan 5.9.8"},
		{"usr/sbin/syslog-ng", "syslog-ng 3 (3.38.1)", "syslog-ng 3.38.1"},
		{"bin/tar", "GNU tar|1.34", "tar 1.34"},
		{"usr/bin/Xtightvnc", "TightVNC-1.3.10", "tightvnc 1.3.10"},
		{"usr/sbin/tincd", "tinc.conf|1.0.36", "tinc 1.0.36"},
		{"usr/bin/tmux", "TMUX|3.3a", "tmux 3.3a"},
		{"usr/bin/tpm2", "tool=\"%s\" version=\"%s\"|5.4", "tpm2-tools 5.4"},
		{"usr/bin/traceroute.db", "traceroute for Linux, version 2.1.2", "traceroute 2.1.2"},
		{"usr/sbin/ulogd", "ulogd|2.0.8", "ulogd 2.0.8"},
		{"usr/bin/lsusb", "lsusb (usbutils) 014", "usbutils 014"},
		{"usr/bin/uwsgi-core", "uWSGI|2.0.21-debian", "uwsgi 2.0.21"},
		{"usr/sbin/vpnc", "vpnc version 0.5.3+git20220927-1", "vpnc 0.5.3"},
		{"sbin/mkfs.xfs", "xfsprogs|6.1.0", "xfsprogs 6.1.0"},
		{"usr/sbin/xinetd", "xinetd.conf|2.3.15.3", "xinetd 2.3.15.3"},
		{"usr/bin/zip", "Zip |3.0", "zip 3.0"},
		{"bin/zsh", "ZSH_VERSION|5.9", "zsh 5.9"},
		{"usr/bin/zstd", "Zstandard CLI|1.5.4", "zstd 1.5.4"},
		{"usr/lib/libapr-1.so.0.7.2", "apr_version_string|1.7.2", "apr 1.7.2"},
		{"usr/lib/libaprutil-1.so.0.6.3", "apu_version_string|1.6.3", "apr-util 1.6.3"},
		{"lib/libbz2.so.1.0.4", "BZ2_|1.0.8, 13-Jul-2019", "bzip2 1.0.8"},
		{"usr/lib/libcivetweb.so.1.15.0", "mg_version|1.15", "civetweb 1.15"},
		{"lib/libcryptsetup.so.12.9.0", "crypt_|2.6.1", "cryptsetup 2.6.1"},
		{"usr/lib/libsasl2.so.2.0.25", "sasl_version|2.1.28", "cyrus-sasl 2.1.28"},
		{"usr/lib/libdav1d.so.6.6.0", "dav1d_version|1.0.0", "dav1d 1.0.0"},
		{"lib/libext2fs.so.2.4", "EXT2FS Library version 1.47.0", "e2fsprogs 1.47.0"},
		{"usr/lib/ebtables/libebtc.so.0.0.0", "ebtables v2.0.11 (December 2011)", "ebtables 2.0.11"},
		{"usr/lib/libfaad.so.2.0.0", "NeAACDecGetVersion|2.10.1", "faad2 2.10.1"},
		{"usr/lib/libfreerdp2.so.2.11.7", "freerdp_get_version_string|2.11.7", "freerdp 2.11.7"},
		{"usr/lib/libfribidi.so.0.4.0", "(GNU FriBidi) 1.0.8", "fribidi 1.0.8"},
		{"usr/lib/libgmp.so.10.4.1", "__gmp_version|6.2.1", "gmp 6.2.1"},
		{"usr/lib/libgps.so.28.0.0", "gpsd_version|3.22", "gpsd 3.22"},
		{"usr/lib/gstreamer-1.0/libgstaccurip.so", "gst-plugins-bad|1.22.0", "gst-plugins-bad 1.22.0"},
		{"usr/lib/gstreamer-1.0/libgstadder.so", "gst-plugins-base|1.22.0", "gst-plugins-base 1.22.0"},
		{"usr/lib/gstreamer-1.0/libgst1394.so", "gst-plugins-good|1.22.0", "gst-plugins-good 1.22.0"},
		{"usr/lib/gstreamer-1.0/libgsta52dec.so", "gst-plugins-ugly|1.22.0", "gst-plugins-ugly 1.22.0"},
		{"usr/lib/libguile-3.0.so.1.5.0", "scm_version|3.0.8", "guile 3.0.8"},
		{"usr/lib/libharfbuzz.so.0.60000.0", "hb_version_string|6.0.0", "harfbuzz 6.0.0"},
		{"usr/lib/libipset.so.13.4.0", "ipset_|7.17", "ipset 7.17"},
		{"usr/lib/libjansson.so.4.14.0", "jansson_version_str|2.14", "jansson 2.14"},
		{"usr/lib/libmp3lame.so.0.0.0", "get_lame_version|3.100", "lame 3.100"},
		{"usr/lib/libldns.so.3.5.0", "ldns_version|1.8.3", "ldns 1.8.3"},
		{"usr/lib/libassuan.so.0.8.5", "This is Libassuan 2.5.5 - The GnuPG IPC Lib", "libassuan 2.5.5"},
		{"usr/lib/libbluray.so.2.4.3", "libbluray version 1.3.4", "libbluray 1.3.4"},
		{"usr/lib/libev.so.4.0.0", "ev_version_major|4.33", "libev 4.33"},
		{"lib/libgpg-error.so.0.33.1", "This is Libgpg-error 1.46 - A runtime library", "libgpg-error 1.46"},
		{"usr/lib/libgphoto2.so.6.3.0", "/libgphoto2/2.5.30", "libgphoto2 2.5.30"},
		{"usr/lib/libgpiod.so.2.2.2", "gpiod_|1.6.3", "libgpiod 1.6.3"},
		{"usr/lib/libidn.so.12.6.4", "stringprep_check_version|1.41", "libidn 1.41"},
		{"usr/lib/libidn2.so.0.3.8", "idn2_check_version|2.3.3", "libidn2 2.3.3"},
		{"usr/lib/libinput.so.10.13.0", "/libinput/doc/1.22.1", "libinput 1.22.1"},
		{"usr/lib/libksba.so.8.14.3", "This is Libksba 1.6.3 - An X.509 and CMS ", "libksba 1.6.3"},
		{"usr/lib/libmaxminddb.so.0.0.7", "MMDB_lib_version|1.7.1", "libmaxminddb 1.7.1"},
		{"usr/lib/libmodbus.so.5.1.0", "LMB3.1.6", "libmodbus 3.1.6"},
		{"usr/lib/libmtp.so.9.4.0", "LIBMTP_|1.1.20", "libmtp 1.1.20"},
		{"usr/lib/libpsl.so.5.3.4", "psl_get_version|0.21.2 (+libidn2/2.3.3)", "libpsl 0.21.2"},
		{"usr/lib/librabbitmq.so.4.5.0", "amqp_version|0.11.0", "librabbitmq 0.11.0"},
		{"usr/lib/libraw.so.20.0.0", "libraw_version|0.20.2-Release", "libraw 0.20.2"},
		{"usr/lib/libslirp.so.0.4.0", "slirp_version_string|4.7.0", "libslirp 4.7.0"},
		{"usr/lib/libsndfile.so.1.0.35", "|libsndfile-1.2.0", "libsndfile 1.2.0"},
		{"usr/lib/libsoup-2.4.so.1.11.2", "libsoup/2.74.3", "libsoup 2.74.3"},
		{"usr/lib/libsrtp2.so.1", "libsrtp2 2.5.0", "libsrtp 2.5.0"},
		{"usr/lib/libtasn1.so.6.6.3", "asn1_check_version|4.19.0", "libtasn1 4.19.0"},
		{"usr/lib/libtomcrypt.so.1.0.1", "LibTomCrypt 1.18.2 (www.libtom.net)", "libtomcrypt 1.18.2"},
		{"usr/lib/libusbmuxd-2.0.so.6.0.0", "libusbmuxd 2.0.2", "libusbmuxd 2.0.2"},
		{"usr/lib/libvpx.so.7.1.0", "WebM Project VP8 Decoder v1.12.0", "libvpx 1.12.0"},
		{"usr/lib/libzip.so.4.0", "zip_libzip_version|1.7.3", "libzip 1.7.3"},
		{"usr/lib/libsensors.so.5.0.0", "sensors_|3.6.0", "lm-sensors 3.6.0"},
		{"usr/lib/liblxc.so.1.7.0", "lxc_get_version|5.0.2", "lxc 5.0.2"},
		{"lib/liblzo2.so.2.0.0", "lzo_version_string|2.10", "lzo 2.10"},
		{"usr/lib/libminiupnpc.so.17", "MiniUPnPc/2.2.4", "miniupnpc 2.2.4"},
		{"usr/lib/libnspr4.so", "PR_VersionCheck|4.35", "nspr 4.35"},
		{"usr/lib/libpango-1.0.so.0.5000.12", "pango_version_string|1.50.12", "pango 1.50.12"},
		{"lib/libparted.so.2.0.4", "ped_get_version|3.5", "parted 3.5"},
		{"lib/libpcre.so.3.13.3", "pcre_version|8.39 2016-06-14", "pcre 8.39"},
		{"usr/lib/libpipewire-0.3.so.0.365.0", "pw_get_library_version|0.3.65", "pipewire 0.3.65"},
		{"usr/lib/libpoppler.so.126.0.0", "poppler|22.12.0", "poppler 22.12.0"},
		{"usr/lib/libruby-3.1.so.3.1.2", "|ruby 3.1.2p20 (2022-04-12 revi", "ruby 3.1.2"},
		{"usr/lib/libspeex.so.1.5.2", "speex_lib_ctl|1.2.1", "speex 1.2.1"},
		{"usr/lib/libtcl8.6.so", "Tcl_|8.6.13", "tcl 8.6.13"},
		{"usr/lib/libunbound.so.8.1.21", "ub_version|1.17.1", "unbound 1.17.1"},
		{"usr/lib/libblkid.so.1.1.0", "BLKID_|2.38.1", "util-linux 2.38.1"},
		{"usr/lib/libmount.so.1.1.0", "mnt_get_library_version|2.38.1", "util-linux 2.38.1"},
	} {
		if got := seenIn(c.file, c.content); got != c.want {
			t.Errorf("%s with %q: %q, want %q", c.file, c.content, got, c.want)
		}
		name, _, _ := strings.Cut(c.want, " ")
		delete(unheld, name)
	}
	for name, missing := range unheld {
		if missing {
			t.Errorf("no case for %s", name)
		}
	}
}

// TestNamedBanners holds what is no version of the program.
func TestNamedBanners(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{"bin/sed", "GNU sed|4.9", "sed 4.9"},
		{"bin/mysed", "GNU sed|4.9", ""},                                   // another program
		{"bin/sed", "GNU sed|4.9|BusyBox v1.36.1 (2024", "busybox 1.36.1"}, // many programs at once
		{"bin/sed", "4.9", ""},
		{"bin/sed", "GNU sed|4.9|4.8", ""},                       // one of them is another's
		{"bin/sed", "GNU sed|4.0|4.9", "sed 4.9"},                // the oldest that it gets along with
		{"usr/lib/libzip.so.4", "zip_libzip_version|1.2.11", ""}, // of the headers of zlib
		{"usr/bin/redis-cli", "redis|1.0.0|2.8.12|7.0.15|7.0.9|127.0.0.1|1.3", "redis 7.0.15"},
		{"usr/bin/redis-cli", "redis|8.0.0|8.0.21789404730000000000|8.0.2", "redis 8.0.2"}, // a time behind it
		{"usr/bin/redis-cli", "redis|%s", ""},
		{"usr/sbin/iw", "nl80211|0.8|1.6|3.2|6.9", "iw 6.9"},
		{"usr/bin/tmux", "TMUX|6.5|3.5a", "tmux 3.5a"},
		{"usr/bin/kmod", "kmod version 34.2\n", "kmod 34.2"},
		{"usr/sbin/knotd", ";; Zone dump (Knot DNS %s)|3.4.6", "knot 3.4.6"},
		{"usr/lib/libmicrohttpd.so.12", "MHD_get_version|1.0.1", "libmicrohttpd 1.0.1"},
		{"usr/sbin/ntpd", "ntpd ntpsec-1.2.3", "ntpsec 1.2.3"},
		{"usr/bin/unsquashfs", "%s version 4.6.1 (2023/03/25)\n", "squashfs-tools 4.6.1"},
		{"usr/sbin/kea-dhcp4", "libkea-eval.so.39|2.6.3", "kea 2.6.3"},
		{"usr/lib/libldap-2.5.so.0.1.8", "OPENLDAP_2.5|1.3.6.1.1.8|2.5.4.10", ""}, // identifiers of objects
		{"usr/sbin/ptp4l", "ptp|000000.0000.000000|3.1.1", "linuxptp 3.1.1"},
		{"usr/libexec/ipsec/pluto", "Libreswan 3.0 or later|Libreswan 4.10", "libreswan 4.10"},
		{"usr/bin/curl", "|curl/7.88.1|", "curl 7.88.1"},
		{"usr/lib/libtorrent-rasterbar.so.2.0", "|curl/7.81.0|", ""}, // it says to be curl
		{"usr/libexec/bluetooth/bluetoothd", "Bluetooth daemon |1.0|1.2|5.66", "bluez 5.66"},
	} {
		if got := seenIn(c.file, c.content); got != c.want {
			t.Errorf("%s with %q: %q, want %q", c.file, c.content, got, c.want)
		}
	}
}

// TestNamedIndex holds that the identifiers of a file are found by its name as by
// asking each, and that no pattern begins with a "*" that could fit any name by chance.
func TestNamedIndex(t *testing.T) {
	var got []string
	for b := range inNamedFiles().of("dump.exfat") {
		got = append(got, b.name)
	}
	if !slices.Equal(got, []string{"exfatprogs"}) {
		t.Errorf("dump.exfat: %q", got)
	}
	for b := range inNamedFiles().of("x") {
		t.Errorf("x: %s", b.name)
	}
	for _, b := range inNamedFiles().list {
		forms := 0
		for _, has := range []bool{b.version != nil, b.whole != nil, b.numbers != nil} {
			if has {
				forms++
			}
		}
		if forms != 1 || b.files == nil || b.anchor == "" && b.numbers == nil || b.quoted != nil || b.beside != "" {
			t.Errorf("%s: one form of version, the names of files and an anchor, and no more", b.name)
		}
	}
}

// TestExportedNumbers reads a version that a library exports as numbers.
func TestExportedNumbers(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, bits := range []int{32, 64} {
			data := elftest.Image(bits, order, nil, 0)
			at := len(data)
			e, err := elf.Parse(append(data, 0, 0, 0, 0, 0, 0, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			e.Segments[0].Size += 8
			own := e.Data[map[int]int{32: 252, 64: 416}[bits]:] // the third symbol, "accept"
			if bits == 32 {
				own[12] = 1 // an object
				order.PutUint32(own[4:], uint32(0x10000+at))
			} else {
				own[4] = 1
				order.PutUint64(own[8:], uint64(0x10000+at))
			}
			order.PutUint32(e.Data[at:], 37)
			b := banner{numbers: []string{"accept", "accept"}}
			if version, from, to := b.first(e, e.Data); version != "37.37" || from != at || to != at+4 {
				t.Errorf("%d bits, %v: %q from %d to %d, want 37.37 from %d", bits, order, version, from, to, at)
			}
			if version, _, _ := (banner{numbers: []string{"accept", "listen"}}).first(e, e.Data); version != "" {
				t.Errorf("%d bits, %v: %q with a number of another library", bits, order, version)
			}
			order.PutUint32(e.Data[at:], 1<<20)
			if version, _, _ := b.first(e, e.Data); version != "" {
				t.Errorf("%d bits, %v: %q of a number that is none of a version", bits, order, version)
			}
		}
	}
}

// TestLibraryVersion reads the names of libraries' files; most count the changes of
// their interface there.
func TestLibraryVersion(t *testing.T) {
	for base, want := range map[string]string{
		"libfreetype.so.6.18.3": "freetype 2.12.1", "libfreetype.so.6.99.0": "", "libfreetype.so.6": "",
		"libzmq.so.5.2.4": "zeromq 4.3.4", "libzmq.so.5.1.5": "", "libzmq.so.5": "",
		"libcairo.so.2.11600.0": "cairo 1.16.0", "libcairo.so.2.11804.4": "cairo 1.18.4", "libcairo.so.2.11704.0": "",
		"libacl.so.1.1.2301": "acl 2.3.1", "libacl.so.1.1.0": "", "libattr.so.1.1.2448": "attr 2.4.48",
		"libglib-2.0.so.0.7400.6": "glib 2.74.6", "libglib-2.0.so.0.6303.0": "",
		"libSDL2-2.0.so.0.2600.5": "sdl 2.26.5", "libSDL2-2.0.so.0.14.0": "",
		"libgstreamer-1.0.so.0.2200.0": "gstreamer 1.22.0", "libgstvideo-1.0.so.0.804.0": "gst-plugins-base 1.8.4",
		"libisc-9.18.49-1~deb12u1-Debian.so": "bind 9.18.49", "libisc.so.1607": "",
		"libelf-0.188.so": "elfutils 0.188", "libelf.so.1": "", "libpulsecommon-16.1.so": "pulseaudio 16.1",
		"libicuuc.so.72.1": "icu 72.1", "libfuse3.so.3.14.0": "fuse 3.14.0", "libfuse3.so.3": "",
		// What counts, or counted, the changes of the interface.
		"libxml2.so.2.9.14": "libxml2 2.9.14", "libxml2.so.2.13.8": "libxml2 2.13.8", "libxml2.so.2": "", "libxml2.so.3.0.0": "", "libxml2.so.17.0.0": "",
		"libxml2.so.16.0.4": "libxml2 2.14.4", "libxml2.so.16.1.0": "libxml2 2.15.0", "libxml2.so.16.2.0": "", "libxml2.so.16": "", "libxml2.so.16.0.x": "",
		"libvncserver.so.0.9.14": "libvncserver 0.9.14", "libvncserver.so.0.0.0": "", "libvncserver.so.1.0.0": "",
		"libexiv2.so.0.27.6": "exiv2 0.27.6", "libexiv2.so.14.0.0": "", "libexiv2.so.26.0.0": "",
		"libglog.so.0.6.0": "glog 0.6.0", "libglog.so.0.4.0": "glog 0.4.0", "libglog.so.0.0.0": "",
		"libsnappy.so.1.1.9": "snappy 1.1.9", "libsnappy.so.1.3.0": "", "libsnappy.so.1.2.1": "", "libsnappy.so.1.1.4": "",
		"libtorrent-rasterbar.so.2.0.8": "libtorrent 2.0.8", "libtorrent-rasterbar.so.9.0.0": "", "libtorrent-rasterbar.so.10.0.0": "",
		"libncurses.so.6.3": "ncurses 6.3", "libtinfo.so.5.9": "", "libtommath.so.1.2.0": "libtommath 1.2.0", "libtommath.so.0.0.42": "",
		"libaom.so.3.6.0": "aom 3.6.0", "libaom.so.0.1.0": "", "libicuuc.so.48.1": "", "libSDL2-2.0.so.0.3200.56": "",
		"libmbedtls.so.2.28.3": "mbedtls 2.28.3", "libmbedcrypto.so.16.0.0": "", "liblzma.so.5.4.1": "xz 5.4.1", "libz.so.1.3.1": "zlib 1.3.1",
		"libcap.so.2.66": "libcap 2.66", "libpixman-1.so.0.42.2": "pixman 0.42.2", "libyajl.so.2.1.0": "yajl 2.1.0", "libzstd.so.1.5.4": "zstd 1.5.4",
		"libjansson.so.4.14.0": "", "libnl-3.so.200.26.0": "", "libpango-1.0.so.0.4200.3": "",
	} {
		name, version, ok := libraryVersion(base)
		if got := strings.TrimSpace(name + " " + version); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
	}
}

// TestArchiveQuotes holds that an archive of objects speaks for OpenSSL only if it has
// its code, as a program does.
func TestArchiveQuotes(t *testing.T) {
	for content, want := range map[string]int{
		"!<arch>\nlibi2pd.o/\x00\x01OpenSSL 3.0.7 1 Nov 2022\x00":                          0,
		"!<arch>\ncversion.o/\x00\x01OpenSSL 3.0.7 1 Nov 2022\x00OPENSSLDIR: \"/etc\"\x00": 1,
	} {
		if got := seeBanners(&firmware.File{Kind: firmware.Regular, Name: "usr/lib/libx.a"}, []byte(content), bannerWords.Sights([]byte(content))); len(got) != want {
			t.Errorf("%q: %+v, want %d", content, got, want)
		}
	}
}
