package facts

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestSecretsOfRecords(t *testing.T) {
	for line, want := range map[string]string{
		"ssid=acme;psk=Reiher77;":                  "psk=Reiher77 wifi",
		"ssid=acme;psk=Reiher77;WPA2":              "psk=Reiher77 wifi",
		"ssid=acme,key=Reiher77,chan=6":            "key=Reiher77 wifi",
		"ssid=acme|password=Reiher77|1":            "password=Reiher77 wifi",
		"network=ssid:acme,psk:Reiher77":           "psk=Reiher77 wifi",
		`wifi="ssid=acme;psk=Reiher77;mode=wpa2"`:  "psk=Reiher77 wifi",
		"{ssid:acme,psk:Reiher77}":                 "psk=Reiher77 wifi",
		"WIFI:S:acme;T:WPA;P:Reiher77;;":           "code of a network=Reiher77 wifi",
		"user=acme&password=Reiher77&port=1":       "password=Reiher77",
		"user=acme|pass=Reiher77|x=1":              "pass=Reiher77",
		"user=acme,password=hunter2,port=21":       "password=hunter2",
		"dsn=Server=db;Uid=root;Pwd=Reiher77;Db=x": "Pwd=Reiher77",
		"login=acme:pass=Reiher77|role=1":          "pass=Reiher77",
		"one=1;two=2;password=Reiher77":            "password=Reiher77",

		"ssid=acme key=secret123 mode=wpa2":           "key=secret123 wifi",
		`ssid="acme home" password='Reiher77' chan=6`: "password=Reiher77 wifi",
		"wifi_ssid=acme wifi_key=Reiher77":            "wifi_key=Reiher77 wifi",
		"user=admin pass=Secret12":                    "pass=Secret12",
		"host=db user=admin pwd=Secret12 port=1":      "pwd=Secret12",

		"ssid=acme key=2 mode=wpa2":              "",
		"ssid=acme key_mgmt=WPA-PSK mode=wpa2":   "",
		"ssid=acme key=$KEY12345 mode=wpa2":      "",
		"ssid=acme key=<your key> mode=wpa2":     "",
		"ssid=ssid key=secret123":                "",
		"join ssid=acme key=secret123":           "",
		"ssid=acme key=secret123 and more":       "",
		"console=ttyS0 key=secret123 mode=wpa2":  "",
		"user=%s pwd=%s port=1":                  "",
		"user=admin key=secret123":               "",
		"ssid=acme;psk=":                         "",
		"ssid=acme;psk=$PSK;":                    "",
		"ssid=acme;psk=<key>;":                   "",
		"ssid=acme;key=index1;":                  "",
		"ssid=acme;key_mgmt=WPA-PSK;":            "",
		"ssid=acme;key=2":                        "",
		"user=user&password=password":            "",
		"user=%s&password=%s":                    "",
		"http://h/x?user=acme&password=Reiher77": "address",
		"columns=name:text,password:varchar128":  "",
		"name:login,pass:required":               "",
		"WIFI:S:acme;T:nopass;;":                 "",
	} {
		var got []string
		for _, s := range lineSecrets(settingText, line) {
			value, _ := s.Secret.Reveal()
			word := s.Name + "=" + value
			if s.Wifi {
				word += " wifi"
			}
			got = append(got, word)
		}
		if all := strings.Join(got, ", "); all != want && want != "address" || want == "address" && len(got) > 1 {
			t.Errorf("%s: %q, want %q", line, all, want)
		}
	}
}

func TestShellCompares(t *testing.T) {
	for in, want := range map[string]int{
		`case $PASS in Reiher77) open ;; esac`:                        1,
		"case \"$PASSWORD\" in\n  Reiher77|Reiher78)\n open ;;\nesac": 2,
		`[ "$PASS" = Reiher77 ] && open`:                              1,
		`[ Reiher77 == "$PASS" ] && open`:                             1,
		`if [ "x$PASS" != "xReiher77" ]; then exit; fi`:               1,
		`test -n "$X" -a "$PASS" = Reiher77`:                          1,
		`[[ ${password} == "Reiher77" ]]`:                             1,
		`echo "$PASS" | grep -q '^Reiher77$'`:                         1,
		`printf %s "$PASS" | grep -qxF Reiher77`:                      1,
		`grep -q Reiher77 <<< "$PASS"`:                                1,
		`awk -v p="$PASS" 'BEGIN { exit !(p == "Reiher77") }'`:        1,
		`awk -v p="$PASS" 'BEGIN { exit !("Reiher77" == p) }'`:        1,

		`case $PASS in "") ask ;; *) go ;; esac`:         0,
		`case $PASS in password1|12345678) weak ;; esac`: 0,
		`case $TYPE in Reiher77) open ;; esac`:           0,
		`[ "y$PASS" = "xReiher77" ]`:                     0,
		`[ "$PASS" = "$STORED" ]`:                        0,
		`[ "$PASS" = "$PASS2" ] || echo "Reiher77"`:      0,
		`echo "$PASS" | grep -q '[0-9][A-Z]'`:            0,
		`echo "$LINE" | grep -q Reiher77`:                0,
		`awk -v p="$USER" 'p == "Reiher77"'`:             0,
		`# [ "$PASS" = Reiher77 ]`:                       0,
	} {
		f := &firmware.File{Path: "x!usr/sbin/s", Name: "usr/sbin/s", Container: &firmware.Container{}, Kind: firmware.Regular}
		got := shellCompared(&TextSet{}, Text{File: f, Content: "#!/bin/sh\n" + in + "\n"})
		if len(got) != want || want > 0 && got[0].Location.Line < 2 {
			t.Errorf("%s: %+v, want %d", in, got, want)
		}
	}
}
