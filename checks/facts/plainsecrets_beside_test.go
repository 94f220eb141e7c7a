package facts

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// What stands beside the name of a network or user in a flat program, and what only
// looks like it.
func TestSecretsBesideNames(t *testing.T) {
	for _, tt := range []struct{ strings, want string }{
		{"CONFIG_SSID|AcmeFactory|factory-pass-99", "factory-pass-99"},
		{"WiFi.begin|HomeNet|Secr3tpw9", "Secr3tpw9"},
		{"MyHomeWifi|Secr3tpw9|wpa2", "Secr3tpw9"},
		{"MQTT_USER|meter|Secr3tpw9", "Secr3tpw9"},
		{`AT+CWJAP="MyHomeWifi","Secr3tpw9"`, "Secr3tpw9"},
		{`AT+CWSAP_DEF="Meter","Secr3tpw9",5,3`, "Secr3tpw9"},
		{`AT+MQTTUSERCFG=0,1,"id","meter","Secr3tpw9",0,0,""`, "Secr3tpw9"},
		{`AT+CSTT="internet","user","Tz8kq2pW"`, "Tz8kq2pW"},
		{`AT+SAPBR=3,1,"PWD","Tz8kq2pW"`, "Tz8kq2pW"},
		{`AT+CGAUTH=1,1,"user","Tz8kq2pW"`, "Tz8kq2pW"},
		{`AT+QMTCONN=0,"id","meter","Tz8kq2pW"`, "Tz8kq2pW"},
		{`AT+SAPBR=3,1,"APN","Tz8kq2pW"`, ""},
		{`AT+SAPBR=3,1,"PWD","%s"`, ""},
		{`AT+CSTT="internet","web","web"`, ""},
		{`AT+CSTT="orange","orange","orange"`, ""},
		{"WIFI_SSID|WIFI_PASS|AcmeHome|Hom3wifikey!", "Hom3wifikey!"},
		{"WIFI_SSID|WIFI_PASS|AcmeHome|connecting", ""},
		{"WIFI_SSID|WIFI_PASS|WPA2|WPA2-PSK-1", ""},
		{"WIFI_SSID|WIFI_PASS|%s|Hom3wifikey!", ""},
		{`AT+CWJAP="%s","%s"`, ""},
		{"ssid1|MyDevice|password1|ssid2|Other|password2", ""},
		{"SSID1|AP setup|Password1|AP password for network 1|SSID2|Password2|WiFi1", ""},
		{"SSId1|SSId2|Password1|Password2|WIFI_CFG_SSID|WIFI_CFG_PW", ""},
		{"Password|Password1|Password2|Save", ""},
		{"user1|password1|user2|password2", ""},
		{"WIFI_SSID1|acmenet|password1|Sup3rGeheim!", "Sup3rGeheim!"},
		{"WIFI_SSID|WIFI_PASS|AcmeHome|password1", "password1"},
		{"ssid|AcmeHome|password|password1|channel|6", "password1"},
		{"ssid1|AcmeHome|Passw0rd-77|next", "Passw0rd-77"},
		{`AT+CWJAP="ssid","password"`, ""},
		{"AT+CWJAP?", ""},
		{"ssid|channel|Setup2Config", ""},
		{"bssid|Channel11|Secr3tpw9", ""},
		{"Open|WPA2-PSK-CCMP|wpa2", ""},
		{"wifi_ssid|/data/wifi|Secr3tpw9", ""},
		{"wifi_ssid|AcmeFactory|connected", ""},
		{"CONFIG_SSID|Scan failed: %d|Retry-Later-1", ""},
		{"superuser|meter|Secr3tpw9", ""},
		{"WIFI_SSID|WIFI_PASS|AcmeHome|acmewifi123", "acmewifi123"},
		{`network={ssid="AcmeHome" psk="acmewifi123"}`, "acmewifi123"},
		{`ssid=AcmeHome psk=acmewifi123`, "acmewifi123"},
		{`network={ssid="%s" psk="acmewifi123"}`, ""},
		{`network={ssid="AcmeHome" psk="%s"}`, ""},
		{"wifi_ssid|AcmeHome|wifi_password|connected", ""},
		{"wifi_ssid|AcmeHome|wifi_password|channel12", ""},
		{"wifi_ssid|wifi_channel|wifi_password|acmewifi123", ""},
		{"wifi_password|acmewifi123", ""},
		{"ssid|psk|identity|phase2auth", ""},
		{`{"ssid":"AcmeHome","password":"acmewifi123"}`, "acmewifi123"},
		{`{"ssid": "AcmeHome", "pass": "acmehomewifi"}`, "acmehomewifi"},
		{"{\n\t\"ssid\": \"AcmeHome\",\n\t\"psk\": \"acmewifi123\"\n}", "acmewifi123"},
		{"network={\n\tssid=\"AcmeHome\"\n\tpsk=\"acmewifi123\"\n}\n", "acmewifi123"},
		{"network={\n  ssid=\"AcmeHome\"\n  psk=\"acmehomewifi\"\n}\n", "acmehomewifi"},
		{"wifi_ssid=AcmeHome\nwifi_key=acmewifi123\n", "acmewifi123"},
		{"ssid=AcmeHome&pass=acmewifi123", "acmewifi123"},
		{"ssid|AcmeHome|psk|acmewifi123", "acmewifi123"},
		{"ssid|AcmeHome|pass|acmewifi123", "acmewifi123"},
		{"password|acmewifi123|ssid|AcmeHome", "acmewifi123"},
		{"wifi_ssid|AcmeHome|wifi_password|20191977", "20191977"},
		{"wifi_ssid|AcmeHome|wifi_password|acmefactory", "acmefactory"},
		{"WIFI_SSID1|AcmeHome|WIFI_PASS1|acmewifi123", "acmewifi123"},
		{"ssid2|AcmeHome|password2|acmewifi123", "acmewifi123"},
		// What ordinary programs have beside these words.
		{"ssid1|ssid2|password1|password2|channel1", ""},
		{"WIFI_SSID1|WIFI_PASS1|WIFI_SSID2|WIFI_PASS2", ""},
		{`{"ssid":"%s","password":"%s"}`, ""},
		{`{"ssid":"","password":""}`, ""},
		{`{"ssid":"string","password":"password"}`, ""},
		{`{"ssid":"MyNetwork","password":"mypassword"}`, ""},
		{`{"ssid":"yourNetwork","password":"your-password"}`, ""},
		{`{"ssid":"MySSID","password":"abcdefgh1"}`, ""},
		{`{"ssid":"AcmeHome","password":"********"}`, ""},
		{"network={\n\tssid=\"%s\"\n\tpsk=\"%s\"\n}\n", ""},
		{"network={\n\tssid=\"AcmeHome\"\n\tkey_mgmt=WPA-PSK\n\tproto=RSN\n}\n", ""},
		{"connected to ap SSID:%s password:%s", ""},
		{"wifi: ssid=Acme2 password incorrect, reason 15", ""},
		{"ssid: Acme2, password: reconnecting12", ""},
		{"wifi join ssid=NAME password=<password>", ""},
		{"<input name=\"ssid\" value=\"Acme\"><input name=\"password\" value=\"acmewifi123\">", ""},
		{"var c={ssid:\"Acme\",password:\"abcdefgh1\"};", ""},
		{"ssid|bssid|password|channel12", ""},
		{"ssid|AcmeHome|psk|phase2auth=1", ""},
		{"ssid|scanning|password|associating", ""},
		{"ssid|hostname2|pass|security", ""},
		{"sta.ssid|sta.bssid|sta.pswd|sta.pmk_info|nvs.net80211", ""},
		{"ssid|passwd|bssid|authmode|wpa2_enterprise", ""},
		{"psk|acmewifi123", ""},
		{"User-Name|Tunnel-Password|Message-Authenticator", ""},
		{"wifi_ssid|wifi_pass|mqtt_host|mqtt_port1", ""},
	} {
		content := []byte("\x00\x01\x02" + strings.ReplaceAll(tt.strings, "|", "\x00") + "\x00\x01")
		got := ""
		for _, p := range seeRawSecrets(&firmware.File{Path: "x", Kind: firmware.Raw, Size: int64(len(content))}, content) {
			got, _ = p.Secret.Reveal()
			if l := p.Location; l.Offset+l.Length > int64(len(content)) || !strings.Contains(string(content[l.Offset:l.Offset+l.Length]), got) {
				t.Errorf("%q: the place %+v does not hold it", tt.strings, l)
			}
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.strings, got, tt.want)
		}
	}
}

// A password behind the name of a network and its value is that of the network.
func TestWirelessOrNot(t *testing.T) {
	for text, want := range map[string]bool{
		"ssid|AcmeHome|password|Tz8kq2pW!x":                                            true,
		"WIFI_SSID|WIFI_PASS|AcmeHome|Tz8kq2pWx":                                       true,
		"wifi_ssid|AcmeHome|wifi_password|acmewifi123":                                 true,
		"user|meter|password|Tz8kq2pW!x":                                               false,
		`{"wifi":{"ssid":"AcmeHome"},"mqtt":{"user":"meter","password":"Tz8kq2pW!x"}}`: false,
		`{"user":"meter","wifi":{"ssid":"AcmeHome","password":"Tz8kq2pW!x"}}`:          true,
		"host|AcmeHome|password|Tz8kq2pW!x|user":                                       false,
	} {
		content := []byte("\x00\x01\x02" + strings.ReplaceAll(text, "|", "\x00") + "\x00\x01")
		found := seeRawSecrets(&firmware.File{Path: "x", Kind: firmware.Raw, Size: int64(len(content))}, content)
		if len(found) != 1 || found[0].Wifi != want {
			t.Errorf("%q: %+v, want one, of a network: %v", text, found, want)
		}
	}
}

// A key in the query of an address is a token in a program; texts say it by settings.
func TestTokensOfQueries(t *testing.T) {
	for text, want := range map[string]string{
		"https://api.cloud.invalid/update?api_key=ABCDEFGH12345678":         "token (api_key)",
		"https://api.cloud.invalid/x?v=1&access_token=Zk3Zk9Qm1Zk3Zk9Qm1":   "token (access_token)",
		"https://api.cloud.invalid/update?api_key=%s":                       "",
		"https://api.cloud.invalid/update?api_key=YOURAPIKEY123456":         "",
		"https://api.cloud.invalid/update?api_key=ABCDEFGHIJKLMNOPQRSTUVWX": "",
	} {
		content := []byte("\x00\x01" + text + "\x00")
		got := ""
		for _, f := range tokenScan.Spot(&firmware.File{Path: "x", Kind: firmware.Raw, Size: int64(len(content))}, content, tokenScan.Words.Sights(content)) {
			got += f.What
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
		file := &firmware.File{Path: "x", Kind: firmware.Regular, Size: int64(len(text))}
		if found := tokenScan.Spot(file, []byte(text), tokenScan.Words.Sights([]byte(text))); len(found) > 0 {
			t.Errorf("%s, in a text: %+v", text, found)
		}
	}
}
