package facts

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
)

// The database has users with a password in clear, with bcrypt and with MD5, one
// with none and one to fill in; settings, and notes that are neither.
//
//go:embed testdata/application.sqlite
var applicationDatabase string

func TestDatabaseLogins(t *testing.T) {
	files := map[string]string{"opt/app/app.db": applicationDatabase, "etc/passwd": "root:*:0:0::/:/bin/sh\n"}
	o := observeFiles(t, files, PlainSecrets, Accounts)
	var got []string
	for _, s := range valueOf(t, o, PlainSecrets) {
		line := s.Name + " " + s.Account
		if s.Wifi {
			line += " wifi"
		}
		got = append(got, line)
	}
	for _, a := range valueOf(t, o, Accounts) {
		if a.Kind == AppAccount {
			got = append(got, a.Name+" "+string(a.HashKind))
		}
	}
	slices.Sort(got)
	want := []string{"admin_password ", "bob bcrypt", "eve md5", "users.password admin", "wifi_psk  wifi"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDatabaseDamaged(t *testing.T) {
	for n := 0; n < len(applicationDatabase); n += 7 {
		changed := []byte(applicationDatabase)
		changed[n] ^= 0xff
		observed(t, PlainSecrets, map[string]string{"a.db": string(changed)})
	}
}

func TestWifiArguments(t *testing.T) {
	for line, want := range map[string]string{
		"nmcli dev wifi connect Acme password Hom3wifikey":      "Hom3wifikey",
		"nmcli dev wifi hotspot ssid Acme password Hom3wifikey": "Hom3wifikey",
		"nmcli con modify acme wifi-sec.psk Hom3wifikey":        "Hom3wifikey",
		"nmcli con up acme": "",
		"nmcli con modify vpn vpn.data password Hom3wifikey":    "",
		`wpa_cli -i wlan0 set_network 0 psk "Hom3wifikey"`:      "Hom3wifikey",
		"wpa_cli set_network 0 key_mgmt NONE":                   "",
		"wpa_cli status psk Hom3wifikey":                        "",
		"iwconfig wlan0 key s:abcde":                            "abcde",
		"iwconfig wlan0 key 0123-4567-89":                       "0123-4567-89",
		"iwconfig wlan0 key off":                                "",
		"iwconfig wlan0 key [2]":                                "",
		"wpa_passphrase Acme Hom3wifikey":                       "Hom3wifikey",
		"echo nmcli dev wifi connect Acme password Hom3wifikey": "",

		"iwpriv wlan0 set_mib passphrase=Hom3wifikey":                "Hom3wifikey",
		"iwpriv wlan0 set_mib wpa_psk=Hom3wifikey":                   "Hom3wifikey",
		"iwpriv ra0 set WPAPSK=Hom3wifikey":                          "Hom3wifikey",
		"iwpriv wlan0 set_mib psk_enable=12345678":                   "",
		"iwpriv wlan0 set_mib passphrase=":                           "",
		"iwpriv wlan0 set_mib passphrase=********":                   "",
		"iwpriv wlan0 set_mib ssid=Hom3wifikey":                      "",
		"cfg80211tool ath0 set_psk Hom3wifikey":                      "Hom3wifikey",
		"wlanconfig ath0 create wlandev wifi0 wlanmode ap":           "",
		"wl -i eth1 set_pmk Hom3wifikey":                             "Hom3wifikey",
		"wl set_pmk":                                                 "",
		"wl ssid Hom3wifikey":                                        "",
		"flash set WLAN0_WPA_PSK Hom3wifikey":                        "Hom3wifikey",
		"flash set WLAN0_PSK_FORMAT 12345678":                        "",
		"flash get WLAN0_WPA_PSK Hom3wifikey":                        "",
		"flash set SUSER_PASSWORD Hom3wifikey":                       "",
		"tcapi set WLan_Entry0 WPAPSK Hom3wifikey":                   "Hom3wifikey",
		"tcapi get WLan_Entry0 WPAPSK":                               "",
		"nvram set wl0_wpa_psk=Hom3wifikey":                          "Hom3wifikey",
		"nvram set wl0_wpa_psk Hom3wifikey":                          "Hom3wifikey",
		"nvram set wl0_wpa_psk=":                                     "",
		"nvram set ipsec_psk=Hom3wifikey":                            "",
		"nvram unset wl0_wpa_psk":                                    "",
		"syscfg set wl0_passphrase Hom3wifikey":                      "Hom3wifikey",
		"cfg -a AP_PSK_KEY=Hom3wifikey":                              "Hom3wifikey",
		"cfg -e AP_PSK_KEY=Hom3wifikey":                              "",
		"xmldbc -s /wifi/entry:1/nwkey/psk/key Hom3wifikey":          "Hom3wifikey",
		"xmldbc -g /wifi/entry:1/nwkey/psk/key":                      "",
		"hostapd_cli set wpa_passphrase Hom3wifikey":                 "Hom3wifikey",
		"iwctl --passphrase Hom3wifikey station w connect a":         "Hom3wifikey",
		"iw dev wlan0 connect acme key 0:abcde":                      "abcde",
		"iw dev wlan0 link":                                          "",
		"ndc softap set wlan0 acme broadcast 6 wpa2-psk Hom3wifikey": "Hom3wifikey",
	} {
		words := strings.Fields(line)
		got := wifiArgument(words[0], words[1:])
		for _, s := range keptSecret(words[0], words[1:]) {
			if s.Wifi {
				got, _ = s.Secret.Reveal()
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestSecretsOfMoreFiles(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a mount":           {"etc/fstab", "//s.acme.com/x /mnt cifs username=u,password=Tz8kq2pW 0 0", "password of a mount u"},
		"a file of them":    {"etc/fstab", "//s.acme.com/x /mnt cifs credentials=/etc/c 0 0\nproc /proc proc defaults 0 0\n#a b c password=Tz8kq2pW 0 0", ""},
		"IPsec":             {"etc/ipsec.secrets", ": PSK \"Tz8kq2pWTz8k\"\n# : PSK \"Tz8kq2pWTz8k\"\n: RSA key.pem\n", "secret of IPsec "},
		"EAP":               {"etc/hostapd.eap_user", "\"user\" MSCHAPV2 \"Tz8kq2pW\" [2]\n* PEAP\n", "password of EAP user"},
		"MQTT of Python":    {"opt/a.py", "client.username_pw_set(\"dev\", \"Tz8kq2pW\")", "username_pw_set dev"},
		"from a variable":   {"opt/a.py", "client.username_pw_set(user, password)\nclient.username_pw_set(\"dev\", \"password\")", ""},
		"a constant of PHP": {"www/a.php", "define(\"DB_PASSWORD\",\"Tz8kq2pW\");", "DB_PASSWORD "},
		"another constant":  {"www/a.php", "define(\"DB_NAME\",\"Tz8kq2pW\");define('DB_PASSWORD', getenv('X'));", ""},
		"a database of PHP": {"www/a.php", "$c = mysqli_connect(\"localhost\",\"root\",\"Tz8kq2pW\");", "mysqli root"},
		"a section of INI":  {"etc/acme.ini", "[login]\nusername=admin\npwd=Tz8kq2pW", "pwd "},
		"a folder":          {"etc/acme.ini", "pwd=/home/x\npwd=somewhere", ""},
		"LDAP":              {"etc/nslcd.conf", "uri ldap://l.acme.com\nbindpw Tz8kq2pW\n#bindpw Tz8kq2pX", "bindpw "},
		"RADIUS":            {"etc/raddb/clients.conf", "client x {\n secret = Tz8kq2pW\n}", "secret "},
		"another secret":    {"etc/x.conf", "secret = Tz8kq2pW", ""},
		"docker login":      {"usr/bin/a.sh", "#!/bin/sh\ndocker login -u me -p Tz8kq2pW r.acme.com\ndocker run -p 8080:80 x\n", "docker login -p "},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, PlainSecrets, map[string]string{tc.file: tc.content + "\n"}) {
				got = append(got, s.Name+" "+s.Account)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
