package facts

import (
	"fmt"
	"testing"
)

func TestDnsmasq(t *testing.T) {
	for _, tc := range []struct {
		script, file, want string
	}{
		{"dnsmasq --enable-tftp --tftp-root=/tmp", "", "53 69tftp"},
		{"dnsmasq", "enable-tftp\ntftp-root=/srv\n", "53 69tftp"},
		{"dnsmasq", "enable-tftp=eth0\n", "53 69tftp"},
		{"dnsmasq", "enable-tftp\nlisten-address=127.0.0.1\n", "53 69tftp-loopback"},
		{"dnsmasq", "#enable-tftp\ntftp-root=/srv\n", "53"},
		{"dnsmasq --tftp-root=/tmp", "", "53"},
		{"dnsmasq -C /etc/other.conf", "enable-tftp\n", "53"},
	} {
		more := map[string]string{"usr/sbin/dnsmasq": ""}
		if tc.file != "" {
			more["etc/dnsmasq.conf"] = tc.file
		}
		got := ""
		for _, s := range bootOf(t, startsScript(tc.script, more)).Services {
			if got != "" {
				got += " "
			}
			if got += fmt.Sprint(s.Listens[0].Port, s.Kind); s.Loopback {
				got += "-loopback"
			}
		}
		if got != tc.want {
			t.Errorf("%s, %q: %s, want %s", tc.script, tc.file, got, tc.want)
		}
	}
}
