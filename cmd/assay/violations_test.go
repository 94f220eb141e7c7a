package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"time"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// violations are one line each: what is planted, and which results it changes.
var violations = []violation{
	{name: "nothing"},
	{name: "an empty password", plant: func(tr tree) { tr.change("etc/shadow", "root:!:", "root::") }, want: "credentials/empty-password fail, credentials/undeclared-login fail"},
	{name: "a default password", plant: func(tr tree) { tr.change("etc/shadow", "root:!:", "root:"+hashOfPassword+":") }, want: "credentials/default-password fail, credentials/static-password fail, credentials/undeclared-login fail"},
	{name: "a password that is on no list", plant: func(tr tree) { tr.change("etc/shadow", "root:!:", "root:"+hashOfNobody+":") }, want: "credentials/default-password inconclusive, credentials/static-password fail, credentials/undeclared-login fail"},
	{name: "a second root", plant: func(tr tree) { tr.change("etc/passwd", "nobody:x:65534", "service:x:0") }, want: "credentials/extra-root fail"},
	{name: "an authorized key", plant: func(tr tree) {
		tr.put("root/.ssh/authorized_keys", 0o600, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPuEdlXfoAMKGNRhq2YhGGsOU2xHt7fT+XvvuTPdoRm vendor\n")
	}, want: "credentials/authorized-key fail"},
	{name: "a password in a script", plant: func(tr tree) {
		tr.put("usr/bin/sync-clock", 0o755, "#!/bin/sh\ncurl -u hub:Tr0ub4dor https://relay.hearth.example/v2/time\n")
	}, want: "credentials/plaintext fail"},
	{name: "a fixed key of the access point", plant: func(tr tree) {
		tr.put("etc/hostapd.conf", 0o600, "interface=wlan0\nssid=Hearth\nwpa=2\nwpa_passphrase=hearthhearth\n")
	}, want: "credentials/wifi-key fail"},
	{name: "a network that it joined", plant: func(tr tree) {
		tr.put("etc/wpa_supplicant.conf", 0o600, "network={\n\tssid=\"Office\"\n\tpsk=\"correct horse\"\n}\n")
	}, want: "credentials/wifi-key fail, personaldata/residue fail"},
	{name: "a password made from the address", plant: func(tr tree) {
		tr.start("PW=$(md5sum /sys/class/net/eth0/address | cut -c1-8)\necho \"root:$PW\" | chpasswd")
	}, want: "credentials/derived-password fail"},
	{name: "a private key", plant: func(tr tree) { tr.put("etc/relay.key", 0o600, privateKeyPEM(7)) }, want: "storage/private-key fail"},
	{name: "a private key that all may read", plant: func(tr tree) { tr.put("etc/relay.key", 0o644, privateKeyPEM(7)) }, want: "storage/file-mode fail, storage/private-key fail"},
	{name: "a certificate that has ended", plant: func(tr tree) { tr.put("etc/relay.crt", 0o644, certificatePEM(7, 2024)) }, want: "communication/certificate fail, support/expiry fail"},
	{name: "a certificate that ends early", plant: func(tr tree) { tr.put("etc/relay.crt", 0o644, certificatePEM(7, 2029)) }, want: "communication/certificate fail, support/expiry fail"},
	{name: "a certificate and its key", plant: func(tr tree) {
		tr.put("etc/relay.crt", 0o644, certificatePEM(7, 2040))
		tr.put("etc/relay.key", 0o600, privateKeyPEM(7))
	}, want: "communication/certificate pass, storage/device-identity fail, storage/key-of-certificate fail, storage/private-key fail, support/expiry pass"},
	{name: "a token", plant: func(tr tree) { tr.put("etc/hub/cloud.conf", 0o600, "id = AKI"+"AQ7RT2MXK3LWP5ND6\n") }, want: "storage/api-token fail"},
	{name: "shadow for all to read", plant: func(tr tree) {
		tr.change("etc/shadow", "root:!:", "root:"+hashOfNobody+":")
		tr.chmod("etc/shadow", 0o644)
	}, want: "credentials/default-password inconclusive, credentials/static-password fail, credentials/undeclared-login fail, storage/file-mode fail"},
	{name: "telnet", plant: func(tr tree) { tr.program("usr/sbin/telnetd"); tr.start("telnetd -l /bin/login") }, want: "communication/cleartext-service fail, communication/undeclared-service fail"},
	{name: "a shell for everyone", plant: func(tr tree) { tr.program("usr/sbin/telnetd"); tr.start("telnetd -l /bin/sh -p 2323") }, want: "communication/cleartext-service fail, communication/open-shell fail, communication/undeclared-service fail"},
	{name: "telnet that is not started", plant: func(tr tree) { tr.program("usr/sbin/telnetd"); tr.start("#telnetd -l /bin/sh") }},
	{name: "SSH", plant: func(tr tree) { tr.program("usr/sbin/dropbear"); tr.start("dropbear -R") }, want: "communication/ssh-configuration pass, communication/undeclared-service fail"},
	{name: "the web in clear", plant: func(tr tree) {
		tr.change("etc/lighttpd/lighttpd.conf", "server.port = 443", "server.port = 80")
		tr.change("etc/lighttpd/lighttpd.conf", `ssl.engine = "enable"`, `ssl.engine = "disable"`)
	}, want: "communication/undeclared-service fail, communication/web-without-tls fail, storage/device-identity not-applicable"},
	{name: "old TLS", plant: func(tr tree) { tr.change("etc/lighttpd/lighttpd.conf", "TLSv1.2", "TLSv1") }, want: "communication/tls-settings fail"},
	{name: "a certificate that is not checked", plant: func(tr tree) {
		tr.put("usr/bin/sync-clock", 0o755, "#!/bin/sh\ncurl -k https://relay.hearth.example/v2/time\n")
	}, want: "communication/tls-verification fail"},
	{name: "an address without TLS", plant: func(tr tree) {
		tr.put("usr/bin/sync-clock", 0o755, "#!/bin/sh\ncurl http://relay.hearth.example/v2/time\n")
	}, want: "communication/cleartext-endpoint fail"},
	{name: "a host that is not declared", plant: func(tr tree) {
		tr.put("usr/bin/sync-clock", 0o755, "#!/bin/sh\ncurl https://time.other.example/\n")
	}, want: "personaldata/recipients fail"},
	{name: "telemetry", plant: func(tr tree) { tr.put("etc/hub/stats.conf", 0o644, "telemetry = on\n") }, want: "personaldata/telemetry fail"},
	{name: "a microphone", plant: func(tr tree) { tr.program("usr/lib/libpocketsphinx.so.3") }, want: "personaldata/sensors fail"},
	{name: "mail", plant: func(tr tree) {
		tr.put("var/mail/root", 0o600, "From joe@hub Sat Jan  3 01:05:34 2026\nFrom: joe@hub\nDate: Sat, 3 Jan 2026 01:05:34 +0000\n\nhello\n")
	}, want: "personaldata/residue fail"},
	{name: "a history of commands", plant: func(tr tree) { tr.put("root/.ash_history", 0o600, "vi /etc/passwd\n") }, want: "lifecycle/debug-leftover fail, personaldata/residue fail"},
	{name: "an empty history", plant: func(tr tree) { tr.put("root/.ash_history", 0o600, "") }},
	{name: "a debug server", plant: func(tr tree) { tr.program("usr/bin/gdbserver") }, want: "lifecycle/debug-leftover fail"},
	{name: "a login on the serial port", plant: func(tr tree) {
		tr.program("sbin/getty")
		tr.change("etc/inittab", "::shutdown", "ttyS0::respawn:/sbin/getty -n -l /bin/sh -L 115200 ttyS0 vt100\n::shutdown")
	}, want: "lifecycle/debug-interface fail"},
	{name: "a setuid program", plant: func(tr tree) { tr.program("usr/bin/hubctl"); tr.chmod("usr/bin/hubctl", fs.ModeSetuid|0o755) }, want: "lifecycle/privileges fail"},
	{name: "a script that all may change", plant: func(tr tree) { tr.chmod("etc/init.d/rcK", 0o777) }, want: "lifecycle/writable-path fail"},
	{name: "a program at a fixed address", plant: func(tr tree) {
		f := tr["usr/sbin/lighttpd"]
		f.Data = append([]byte{}, f.Data...)
		f.Data[16] = 2 // ET_EXEC
		tr["usr/sbin/lighttpd"] = f
	}, want: "lifecycle/binary-hardening fail"},
	{name: "a feed that is not checked", plant: func(tr tree) { tr.change("etc/opkg.conf", "option check_signature\n", "") }, want: "updates/device-verifies fail"},
	{name: "a feed in clear", plant: func(tr tree) { tr.change("etc/opkg.conf", "https://", "http://") }, want: "communication/cleartext-endpoint pass, updates/transport pass"},
	{name: "an updater of its own", plant: func(tr tree) {
		tr.put("usr/sbin/fwupdate", 0o755, "#!/bin/sh\nwget -O /tmp/fw https://updates.hearth.example/fw || exit 1\ndd if=/tmp/fw of=/dev/mtdblock3\n")
	}, want: "updates/device-verifies fail, updates/mechanism pass, updates/update-script fail"},
	{name: "an old library", plant: func(tr tree) { tr.change("usr/lib/opkg/status", "3.5.4-1", "1.1.1w-1") }, want: "lifecycle/component-inventory fail, support/component-end-of-life pass"},
	{name: "no reset", plant: func(tr tree) { delete(tr, "etc/rc.button/reset"); delete(tr, "sbin/firstboot") }, want: "deletion/factory-reset fail, deletion/reset-coverage inconclusive"},
	{name: "a reset that leaves the data", plant: func(tr tree) { tr.change("etc/rc.button/reset", "rm -rf /data/*\n", "") }, want: "deletion/reset-coverage fail"},
	{name: "links and an example", plant: func(tr tree) {
		tr["etc/password-list"] = firmwaretest.Symlink("etc/password-list", "shadow")
		tr.put("usr/share/doc/x/examples/key.pem", 0o644, privateKeyPEM(9))
	}, want: "storage/file-mode pass, storage/private-key pass"},
	{name: "support that has ended", product: [2]string{`until  = "2031-12-31"`, `until  = "2026-10-31"`}, want: "support/component-end-of-life pass, support/end-date fail"},
	{name: "a service that is declared and not there", product: [2]string{`service "https" {`, "service \"ssh\" {\n      port = 22\n    }\n    service \"https\" {"}, want: "communication/undeclared-service pass"},
	{name: "another updater is declared", product: [2]string{`mechanism   = "opkg"`, `mechanism   = "rauc"`}, want: "updates/mechanism fail"},
	{name: "no risk assessment", product: [2]string{"risk_assessment {\n    file    = \"evidence/risk-assessment.md\"\n    method  = \"ISO/IEC 27005\"\n    date    = \"2026-01-15\"\n    version = \"2.4.0\"\n  }", ""}, want: "lifecycle/risk-assessment fail"},
	{name: "no instructions for deletion", product: [2]string{`    instructions = "https://hearth.example/hub/delete"` + "\n", ""}, want: "deletion/instructions fail"},
}

// Hashes of "password", which every list has, and of 24 random letters.
const (
	hashOfPassword = "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"
	hashOfNobody   = "$6$Hq2pB1xN0sDf7kLz$Tk1S4D0sZ2pV8mB6qJ9fW3xC5nH7gR1yL0aE4uK8iO2tM6bP9dQ3wX5vF7jN1rG0hZ4sA8cY2lU6eI9oT3kB71"
)

func keyOf(seed byte) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte{seed})
	return ed25519.NewKeyFromSeed(sum[:])
}

func privateKeyPEM(seed byte) string {
	der, err := x509.MarshalPKCS8PrivateKey(keyOf(seed))
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func certificatePEM(seed byte, until int) string {
	key := keyOf(seed)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(until, 1, 1, 0, 0, 0, 0, time.UTC), DNSNames: []string{"relay.hearth.example"}}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
