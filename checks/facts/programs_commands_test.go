package facts

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

// programWith is a program without a loader that holds these strings.
func programWith(texts ...string) string {
	rows := [][]string{{"sh", "-c"}}
	for _, s := range texts {
		rows = append(rows, []string{s, "x"})
	}
	return string(tableImage(32, binary.LittleEndian, false, 2, rows))
}

// observeProgram starts a program at boot.
func observeProgram(t *testing.T, program string, nodes ...Node) *Observation {
	t.Helper()
	folder := fstest.MapFS{}
	for name, content := range map[string]string{
		"etc/inittab": "::sysinit:/etc/init.d/rcS\n", "etc/init.d/rcS": "#!/bin/sh\n/usr/sbin/camd &\n",
		"bin/busybox": "\x7fELF\x01\x01\x01", "usr/sbin/telnetd": "\x7fELF\x01\x01\x01", "usr/sbin/dropbear": "\x7fELF\x01\x01\x01", "usr/sbin/camd": program,
	} {
		folder[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o755}
	}
	o, err := Observe(context.Background(), firmware.Source{Name: "root", Folder: folder, Modes: true}, firmware.Options{}, nodes...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestCompiledCommands: what a program hands to a shell is read as what may run.
func TestCompiledCommands(t *testing.T) {
	o := observeProgram(t, programWith(
		`echo "root:Nacht-Falter-1" | chpasswd`, "telnetd -l /bin/sh -p 2323 &", "curl -k -o %s https://a.vendor.example/%d",
		"wget -q http://u.vendor.example/fw.bin -O /tmp/fw.bin", "mtd write /tmp/fw.bin firmware",
	), PlainSecrets, UnverifiedTLS, Services, Updaters)
	if got := valueOf(t, o, PlainSecrets); len(got) != 1 || got[0].Account != "root" || !got[0].Compiled || got[0].Location.Offset == 0 {
		t.Errorf("secrets: %+v", got)
	}
	if got := valueOf(t, o, UnverifiedTLS); len(got) != 1 || got[0].How != "curl -k" {
		t.Errorf("unverified: %+v", got)
	}
	var telnet []Service
	for _, s := range valueOf(t, o, Services) {
		if s.Kind == KindTelnet {
			telnet = append(telnet, s)
		}
	}
	if len(telnet) != 1 || !telnet[0].Shell || telnet[0].Certain || !strings.Contains(telnet[0].Via, "camd") {
		t.Errorf("services: %+v", telnet)
	}
	if got := valueOf(t, o, Updaters); len(got) != 1 || got[0].Verification.State != VerifiesUnknown || len(got[0].Addresses) != 1 || got[0].Addresses[0].Host != "u.vendor.example" {
		t.Errorf("updaters: %+v", got)
	}
}

// TestCompiledTexts: help, messages, settings and commands that do no harm are none, and
// neither is what a program holds that runs no commands.
func TestCompiledTexts(t *testing.T) {
	harmless := []string{
		"telnetd", "Usage: curl -k URL", "  curl -k https://host  do not verify", "cannot run telnetd -l /bin/sh", "curl -k <url>", "telnetd [-l login]",
		"/etc/passwd file is missing", "passwd: password changed for root", "curl --cacert /etc/ca.pem https://a.vendor.example/", "wget -O /tmp/list http://u.vendor.example/list",
		"echo %s:%s | chpasswd", "dropbear -p 22 ", "killall telnetd ",
	}
	for _, program := range []string{programWith(harmless...), strings.ReplaceAll(programWith("telnetd -l /bin/sh -p 2323 &", "curl -k https://a.vendor.example/"), "\x00-c\x00", "\x00-d\x00")} {
		o := observeProgram(t, program, PlainSecrets, UnverifiedTLS, Services, Updaters)
		if got := valueOf(t, o, PlainSecrets); len(got) > 0 {
			t.Errorf("secrets: %+v", got)
		}
		if got := valueOf(t, o, UnverifiedTLS); len(got) > 0 {
			t.Errorf("unverified: %+v", got)
		}
		if got := valueOf(t, o, Updaters); len(got) > 0 {
			t.Errorf("updaters: %+v", got)
		}
		for _, s := range valueOf(t, o, Services) {
			if s.Name != "camd" {
				t.Errorf("service: %+v", s)
			}
		}
	}
}

// calling is a program that takes one function, of six letters at most, from a library
// and has no words but these.
func calling(function string, texts []string) string {
	program := string(elfImage(32, binary.LittleEndian, []string{"libc.so.0"}, 0))
	for len(function) < len("listen") {
		function += "\x00"
	}
	return strings.Replace(program, "xlisten\x00", "x"+function+"\x00", 1) + "\x00" + strings.Join(texts, "\x00") + "\x00"
}

// TestCompiledTelnet: how programs start Telnet, and where they only speak of it.
func TestCompiledTelnet(t *testing.T) {
	for _, tc := range []struct {
		function      string
		texts         []string
		telnet, shell bool
		open          string
	}{
		{function: "system", texts: []string{"/usr/sbin/telnetd"}, telnet: true},
		{function: "system", texts: []string{"/bin/busybox telnetd"}, telnet: true},
		{function: "system", texts: []string{"killall -9 appx; telnetd"}, telnet: true},
		{function: "system", texts: []string{"iptables -A INPUT -p tcp --dport 23 -j ACCEPT; telnetd -l /bin/sh"}, telnet: true, shell: true},
		{function: "system", texts: []string{"if [ -f /tmp/x ]; then telnetd -l /bin/sh; fi"}, telnet: true, shell: true},
		{function: "system", texts: []string{"if [ -f /tmp/x ]; then telnetd; fi"}, telnet: true},
		{function: "system", texts: []string{"/etc/init.d/S60telnet start"}, telnet: true, shell: true},
		{function: "system", texts: []string{"sh /opt/debug.sh"}, telnet: true, shell: true},
		{function: "system", texts: []string{"/opt/debug.sh"}, telnet: true, shell: true},
		{function: "system", texts: []string{"/usr/sbin/telnetd -l %s"}, telnet: true, open: "which program telnetd hands out is only known to the running device"},
		{function: "system", texts: []string{"telnetd"}, open: "camd: it may start telnetd"},
		{function: "execl", texts: []string{"/usr/sbin/telnetd", "-l", "/bin/sh"}, open: "camd: it may start /usr/sbin/telnetd"},
		{function: "system", texts: []string{"sh /mnt/sd/debug.sh"}, open: "it runs mnt/sd/debug.sh, which is not in the image: whoever fills mnt/sd says what it does"},
		{function: "system", texts: []string{"chmod +x /mnt/sd/run.sh; /mnt/sd/run.sh"}, open: "it runs mnt/sd/run.sh, which comes from elsewhere"},

		{function: "execl", texts: []string{"/usr/sbin/telnetd", "telnetd", "-l", "/bin/login"}},
		{function: "system", texts: []string{"httpd", "dropbear", "telnetd", "crond"}},
		{function: "system", texts: []string{"killall telnetd", "killall -9 telnetd; sleep 1", "pidof telnetd", "pidof telnetd > /tmp/x", "kill `pidof telnetd`", "ps | grep telnetd"}},
		{function: "system", texts: []string{"telnetd is running", "telnetd: no such user", "start telnetd daemon", "stopping; telnetd was running"}},
		{function: "system", texts: []string{"/etc/init.d/S60telnet stop", "rm -f /opt/debug.sh", "chmod 755 /opt/debug.sh"}},
		{function: "printf", texts: []string{"/usr/sbin/telnetd", "telnetd -l /bin/sh"}},
		{function: "system", texts: []string{"/opt/other.sh", "sh /opt/none.sh"}},
	} {
		t.Run(strings.Join(tc.texts, "|"), func(t *testing.T) {
			g := bootOf(t, map[string]string{
				"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n/usr/sbin/camd &\n", "usr/sbin/telnetd": "-> ../../bin/busybox", "usr/sbin/camd": calling(tc.function, tc.texts),
				"etc/init.d/S60telnet": "#!/bin/sh\ncase \"$1\" in start) telnetd -l /bin/sh;; esac\n", "opt/debug.sh": "#!/bin/sh\ntelnetd -l /bin/sh\n", "opt/other.sh": "#!/bin/sh\necho telnetd\n", "mnt/.keep": "",
			})
			var telnet, shell bool
			for _, s := range g.Services {
				telnet = telnet || s.Kind == KindTelnet && s.Started && !s.Certain
				shell = shell || s.Kind == KindTelnet && s.Shell
			}
			open := ""
			for _, u := range g.Inits[0].Unjudged {
				open += u.Reason
			}
			if telnet != tc.telnet || shell != tc.shell || open != tc.open {
				t.Errorf("telnet %t, shell %t, open %q, %+v", telnet, shell, open, g.Services)
			}
		})
	}
}

// TestCompiledPasswords: what a program that the boot starts sets by a command counts as
// what the boot does; what it leaves to people does not, nor does a program that nothing starts.
func TestCompiledPasswords(t *testing.T) {
	o := observeProgram(t, programWith(
		`echo root:admin | chpasswd`, `passwd -d guest`, `echo user:%s | chpasswd`, "mosquitto_pub -h mq.vendor.example -u dev -P Nacht-Falter-1 -t a -m b",
		"curl -s http://r.vendor.example/up?sn=%s", "POST to http://s.vendor.example/up failed",
	), PasswordWrites, PlainSecrets, Endpoints)
	var got []string
	for _, w := range valueOf(t, o, PasswordWrites) {
		got = append(got, w.Account+" "+string(w.State))
		if !w.Understood() || !w.Conditional {
			t.Errorf("%+v", w)
		}
	}
	if s := strings.Join(got, ", "); s != "root plain, guest empty" {
		t.Errorf("writes: %s", s)
	}
	if got := valueOf(t, o, PlainSecrets); len(got) != 2 || got[1].Name != "mosquitto_pub -P" {
		t.Errorf("secrets: %+v", got)
	}
	if got := valueOf(t, o, Endpoints); len(got) != 2 || got[0].URL != "mqtt://mq.vendor.example" || got[1].URL != "http://r.vendor.example/up" {
		t.Errorf("endpoints: %+v", got)
	}
}

// TestCompiledNetworkKeys: each command of one program that sets the key of a network.
func TestCompiledNetworkKeys(t *testing.T) {
	o := observeProgram(t, programWith(
		"uci set wireless.@wifi-iface[0].key=Amsel-Hahn-1", "nvram set wl0_wpa_psk=Amsel-Hahn-2", "iwpriv wlan0 set_mib passphrase=Amsel-Hahn-3", "wpa_passphrase acme Amsel-Hahn-4",
		"flash set WLAN0_WPA_PSK Amsel-Hahn-5", "wl -i %s set_pmk Amsel-Hahn-6", "wpa_cli -i wlan0 set_network 0 psk %s", "wpa_passphrase %s %s", "wl set_pmk %s", "flash set WLAN0_WPA_PSK %s", "nvram set wl0_wpa_psk=",
	), PlainSecrets, WifiNetworks)
	if got := valueOf(t, o, WifiNetworks); len(got) != 1 {
		t.Errorf("networks: %+v", got)
	}
	keys := 0
	for _, s := range valueOf(t, o, PlainSecrets) {
		if keys++; !s.Wifi {
			t.Errorf("no key of a network: %+v", s)
		}
	}
	if keys != 5 {
		t.Errorf("%d keys", keys)
	}
}

// TestFilledPasswords: what a program fills into the command that sets passwords, and into
// addresses.
func TestFilledPasswords(t *testing.T) {
	for _, tc := range []struct {
		texts []string
		want  string
	}{
		{[]string{"echo %s | chpasswd", "root:xc3511"}, "chpasswd root"},
		{[]string{"echo '%s' | /usr/sbin/chpasswd -m", "admin:Nacht-Falter-1\n"}, "chpasswd admin"},
		{[]string{"rtsp://admin:888888@%s:554/ch0"}, "address of rtsp admin"},
		{[]string{"http://admin:Nacht-Falter-1@%d.%d.%d.%d/cgi"}, "address of http admin"},

		{[]string{"echo %s | chpasswd", "root:root", "root:wheel", "root:x:0:0", "root:%s", "admin:users", "root:********", "root:"}, ""},
		{[]string{"echo %s:%s | chpasswd", "root:xc3511"}, ""},
		{[]string{"echo %s > /tmp/x", "root:xc3511"}, ""},
		{[]string{"chpasswd", "help root:xc3511"}, ""},
		{[]string{"rtsp://%s:%s@%s:554/ch0", "rtsp://user:password@%s", "http://username:pass123@%s/", "%s@%s", "mail admin:888888@%s", "rtsp://admin:%s@%s/"}, ""},
	} {
		got := ""
		for _, s := range valueOf(t, observeProgram(t, programWith(tc.texts...), PlainSecrets), PlainSecrets) {
			if got += s.Name + " " + s.Account; !s.Compiled {
				t.Errorf("not compiled: %+v", s)
			}
		}
		if got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.texts, got, tc.want)
		}
	}
}
