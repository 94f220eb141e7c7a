package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// wifiSecretsOf tells the names of secrets in a text, and which are of a wireless network.
func wifiSecretsOf(name, content string) string {
	all := ""
	for _, s := range textSecrets(Text{File: &firmware.File{Name: name, Path: name}, Content: content}) {
		if all += s.Name; s.Wifi {
			all += " wifi"
		}
		all += ";"
	}
	return all
}

func TestKeysOfNetworkObjects(t *testing.T) {
	for content, want := range map[string]string{
		"<WLANConfiguration instance=\"1\">\n<SSID>a</SSID>\n<KeyPassphrase>Reiher77</KeyPassphrase>\n</WLANConfiguration>":       "KeyPassphrase wifi;",
		"<WLANConfiguration>\n<KeyPassPhrase>Reiher77</KeyPassPhrase>\n</WLANConfiguration>":                                      "KeyPassPhrase wifi;",
		"<WLANConfiguration>\n<PreSharedKey i=\"1\">\n<PreSharedKey>Reiher77</PreSharedKey>\n</PreSharedKey></WLANConfiguration>": "PreSharedKey wifi;",
		"<WiFi><AccessPoint>\n<Security><SAEPassphrase>Reiher77</SAEPassphrase></Security></AccessPoint></WiFi>":                  "SAEPassphrase wifi;",
		"<X_ACME_WLAN>\n<X_ACME_Passphrase>Reiher77</X_ACME_Passphrase>\n</X_ACME_WLAN>":                                          "X_ACME_Passphrase wifi;",
		"<c:WLANConfiguration><c:KeyPassphrase t=\"s\">Reiher77</c:KeyPassphrase></c:WLANConfiguration>":                          "c:KeyPassphrase wifi;",
		"<a><WLANConfigurationInstance SSID=\"a\" PreSharedKey=\"Reiher77\" KeyPassphrase=\"\"/></a>":                             "PreSharedKey wifi;",
		"<Tbl name=\"WLANPSK\">\n<DM name=\"KeyPassphrase\" val=\"Reiher77\"/>\n</Tbl>":                                           "KeyPassphrase wifi;",
		"Device.WiFi.AccessPoint.1.Security.PreSharedKey=Reiher77\n":                                                              "Device.WiFi.AccessPoint.1.Security.PreSharedKey wifi;",
		"<WLAN><WLAN>x</WLAN>\n<KeyPassphrase>Reiher77</KeyPassphrase>\n</WLAN>":                                                  "KeyPassphrase wifi;",

		"<WLANConfiguration instance=1 >\n<X_TP_PreSharedKey val=Reiher77 />\n</WLANConfiguration>":                                        "X_TP_PreSharedKey wifi;",
		"<WLANConfiguration instance=1 >\n<PreSharedKey instance=1 >\n<KeyPassphrase val=Reiher77 />\n</PreSharedKey></WLANConfiguration>": "KeyPassphrase wifi;",

		// What stands elsewhere is no key of a network.
		"<WLAN><SSID>a</SSID></WLAN>\n<UserInterface>\n<Password>Reiher77</Password>\n</UserInterface>": "Password;",
		"<Tls>\n<KeyPassphrase>Reiher77</KeyPassphrase>\n</Tls>":                                        "KeyPassphrase;",
		"<IPsec>\n<PreSharedKey>Reiher77</PreSharedKey>\n</IPsec>":                                      "",
		"<WirelessRouter>\n<VPN><KeyPassphrase>Reiher77</KeyPassphrase></VPN>\n</WirelessRouter>":       "KeyPassphrase;",
		"<WLAN>\n<Tls><KeyPassphrase>Reiher77</KeyPassphrase></Tls>\n":                                  "KeyPassphrase;",
		"<WLAN>\n<Password>Reiher77</Password>\n</WLAN>":                                                "Password;",
		"Device.IPsec.Profile.1.PreSharedKey=Reiher77\n":                                                "",

		// What holds no key.
		"<WLANConfiguration>\n<KeyPassphrase></KeyPassphrase>\n<PreSharedKey>********</PreSharedKey>\n</WLANConfiguration>":            "",
		"<WLANConfiguration>\n<KeyPassphrase>readWrite</KeyPassphrase>\n<PreSharedKey>your-key-1</PreSharedKey>\n</WLANConfiguration>": "",
		"<WLANConfiguration>\n<KeyPassphrase>$2Reiher77$</KeyPassphrase>\n</WLANConfiguration>":                                        "",
		"<!-- <WLAN>\n<KeyPassphrase>Reiher77</KeyPassphrase>\n</WLAN> -->":                                                            "",
	} {
		if got := wifiSecretsOf("etc/device.xml", content); got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
}
