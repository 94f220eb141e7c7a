package facts

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// What a program writes into settings of a network, whole in one of its strings.
func TestNetworksThatProgramsWrite(t *testing.T) {
	for text, want := range map[string]string{
		"ssid=%s\nwpa=2\nwpa_passphrase=Rotmilan1\nwpa_key_mgmt=WPA-PSK\n":         "wpa_passphrase",
		"network={\n ssid=\"%s\"\n psk=\"Rotmilan-1\"\n}\n":                        "psk",
		"sed -i 's/wpa_passphrase=.*/wpa_passphrase=Rotmilan1/' /etc/hostapd.conf": "wpa_passphrase",
		"wpa_passphrase=%s\n":                   "",
		"wpa_passphrase=$KEY12345\n":            "",
		"wpa_passphrase=short\n":                "",
		"psk=Rotmilan1 is no setting of a line": "",
		"psk=\"your passphrase here\"":          "",
		"psk=\"%s\"":                            "",
		"x_wpa_passphrase=Rotmilan1\n":          "",
	} {
		image := "\x7fELF" + strings.Repeat("\x00", 60) + text + "\x00"
		f := &firmware.File{Path: "x!app/x", Name: "app/x", Kind: firmware.Regular, Size: int64(len(image))}
		got := ""
		for _, s := range tableSecrets.Spot(f, []byte(image), tableSecrets.Words.Sights([]byte(image))) {
			if got += s.Name; !s.Wifi || !s.Compiled || !strings.Contains(image[s.Location.Offset:s.Location.Offset+s.Location.Length], "Rotmilan") {
				got += "?"
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestLoginsInAddressesOfPrograms(t *testing.T) {
	for address, want := range map[string]string{
		"mqtt://fleet:Rotmilan1@mq.vendor.example:1883": "address of mqtt fleet",
		"rtsp://admin:Rot!99@192.168.1.10/s":            "address of rtsp admin",
		"mqtt://mq.vendor.example:1883":                 "",
		"http://user:password@host.vendor.example/":     "",
		"http://user:Rotmilan1@host.vendor.example/":    "",
		"http://%s:%s@host.vendor.example/":             "",
		"amqp://guest:guest1@localhost:5672":            "",
		"ftp://anonymous:me@ftp.vendor.example/":        "",
	} {
		image := "\x7fELF" + strings.Repeat("\x00", 60) + address + "\x00"
		if got := secretsOf(t, "app/x", image); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}
