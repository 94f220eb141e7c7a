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
