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
		{`AT+CWJAP="%s","%s"`, ""},
		{`AT+CWJAP="ssid","password"`, ""},
		{"AT+CWJAP?", ""},
		{"ssid|channel|Setup2Config", ""},
		{"bssid|Channel11|Secr3tpw9", ""},
		{"Open|WPA2-PSK-CCMP|wpa2", ""},
		{"wifi_ssid|/data/wifi|Secr3tpw9", ""},
		{"wifi_ssid|AcmeFactory|connected", ""},
		{"CONFIG_SSID|Scan failed: %d|Retry-Later-1", ""},
		{"superuser|meter|Secr3tpw9", ""},
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
