package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// Keys of networks that are called a password or a key and no more.
func TestKeysBesideName(t *testing.T) {
	for content, want := range map[string]string{
		`{"ssid":"acme","passwd":"Reiher77x"}`:                                         "passwd wifi;",
		`{"uuid":"","wifi":{"ssid":"acme","key":"Reiher77x"},"x":{"key":"Fink77xyz"}}`: "key wifi;",
		"{\n \"ssid\": \"acme\",\n \"key\": \"Reiher77x\"\n}\n":                        "key wifi;",
		`{"Wifi":{"KeyType":1,"Keys":"Reiher77x","SSID":"acme"}}`:                      "Keys wifi;",
		"[wifi]\nssid = acme\npassword = Reiher77x\n":                                  "password wifi;",
		"[wifi]\nssid = acme\nkey = \"Reiher77x\"\n[vpn]\nkey = \"Fink77xyz\"\n":       "key wifi;",
		"wifi:\n  ssid: \"acme\"\n  password: \"Reiher77x\"\n":                         "password wifi;",

		`{"Security":{"PreSharedKey":"","KeyPassphrase":"Reiher77x"}}`: "KeyPassphrase wifi;",
		`{"Tls":{"KeyPassphrase":"Reiher77x"}}`:                        "KeyPassphrase;",
		"wl2g.ssid0.wpapsk_key=Reiher77x\nAP_PSK_KEY=Reiher77x\n":      "wl2g.ssid0.wpapsk_key wifi;AP_PSK_KEY wifi;",
		"usb.ftp.pwd=Reiher77x\nadv.pptp.pwd=\nold.pwd=/home\n":        "usb.ftp.pwd;",
		"wl2g.psk_key_index=Reiher77x\nPSK_KEY_MGMT=WPA-PSK\n":         "",

		`{"ssid":"acme","user":"eve","password":"Reiher77x"}`:           "password;",
		`{"ssid":"acme","wifi_psk":"Reiher77x","password":"Fink77xyz"}`: "wifi_psk wifi;password;",
		`{"ssid":"","password":"Reiher77x"}`:                            "password;",
		`{"ssid":"acme","key":""}`:                                      "",
		`{"ssid":"acme","key":"********"}`:                              "",
		`{"ssid":"acme","key":"your-wifi-key1"}`:                        "",
		`{"ssid":"acme","key":"wifi.settings.key"}`:                     "",
		`{"ssid":"Network name","key":"Passphrase"}`:                    "",
		"[wifi]\nssid = acme\n\n[mqtt]\npassword = Reiher77x\n":         "password;",
		"[wifi]\nssid = acme\n# key = \"Reiher77x\"\n":                  "",
		"network:\n  ssid = acme\n  key = Reiher77x\n":                  "",
	} {
		if got := wifiSecretsOf("etc/a.conf", content); got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
	lua := Text{File: &firmware.File{Name: "a.lua", Path: "a.lua"}, Content: "return { wifi = { ssid = \"acme\", key = \"Reiher77x\" }, t = { key = \"Fink77xyz\" } }\n"}
	if got := textSecrets(lua); len(got) != 1 || !got[0].Wifi || got[0].Location.Line != 1 {
		t.Errorf("%+v", got)
	}
}
