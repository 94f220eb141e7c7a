package facts

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func TestIsPasswordName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "PASSWORD": true, "db_password": true, "DB_PASSWD": true, "adminPass": true, "user.passwd": true, "wifi_pass": true, "pass": true,
		"http-pw": true, "Passphrase": true, "requirepass": true, "login_pwd": true, "WebPassword2": true, "admin_password1": true,
		"dbpass": true, "DBPASS": true, "ROOTPW": true, "ADMINPASS": true, "ftppass": true, "app.dbpass": true, "MYSQLROOTPW": true, "rootpw1": true,
		"compass": false, "bypass": false, "passthrough": false, "bandpass": false, "trespass": false, "devpwm": false, "ipw": false, "use_dbpass": false, "dbpassfile": false, "proxy_pass": false, "fastcgi_pass": false, "lowpass": false, "PWD": false, "OLDPWD": false, "use_password": false,
		"change_password": false, "changePassword": false, "password_file": false, "PasswordAuthentication": false, "passes": false, "passenger": false, "": false,
	} {
		if got := isPasswordName(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

func TestIsLiteralSecret(t *testing.T) {
	for value, want := range map[string]bool{
		"hunter2": true, "Grau-Reiher-77": true, "admin": true, "changeme": true, "pa$$word": true, "12345678": true,
		"": false, "ab": false, "$PASSWORD": false, "${X}": false, "a$(cat /x)": false, "/run/secrets/x": false, "<password>": false, "xxxxxxxx": false,
		"********": false, "your-password": false, "none": false, "True": false, "%s": false, "{{ pw }}": false, "two words": false, "psk=\"\"": false,
		"get_password()": false, "psk=": false,
	} {
		if got := isLiteralSecret(value); got != want {
			t.Errorf("%q: %t", value, got)
		}
	}
}

func TestSedPassword(t *testing.T) {
	for program, want := range map[string]struct {
		account, field string
		ok             bool
	}{
		"s/^root:[^:]*:/root::/":            {"root", "", true},
		`s#^\(root\):[^:]*:#\1:$1$a$b:#`:    {"root", "$1$a$b", true},
		"s|root:x:|root::|g":                {"root", "", true},
		`s/^root:[^:]*:/root:a\/b:/`:        {"root", "a/b", true},
		"/^guest:/d":                        {"", "", true},
		"s/^root:[^:]*/root:/":              {},
		"s/^root:/toor:/":                   {},
		"s#/bin/ash#/bin/sh#":               {},
		`s/\(.*\):x:/\1::/`:                 {},
		"s/^root:[^:]*:/root:&:/":           {},
		"s":                                 {},
		"1d;s/a/b/":                         {},
		"s/^root:[^:]*:/root::/w /tmp/copy": {},
	} {
		account, field, ok := sedPassword(program)
		if account != want.account || field != want.field || ok != want.ok {
			t.Errorf("%s: %q %q %t", program, account, field, ok)
		}
	}
}

func TestPrinted(t *testing.T) {
	for _, v := range []struct {
		args []string
		want string
	}{
		{[]string{`root:%s\n`, "x"}, "root:x\n"},
		{[]string{`%s:%s\n`, "a", "b", "c", "d"}, "a:b\nc:d\n"},
		{[]string{`a\nb`}, "a\nb"},
		{[]string{"100%%"}, "100%"},
		{[]string{"%d", "1"}, "%d"},
		{[]string{"%"}, "%"},
		{nil, ""},
	} {
		if got := printed(v.args); got != v.want {
			t.Errorf("%q: %q, want %q", v.args, got, v.want)
		}
	}
}

// Whatever an image holds, no rule for secrets may panic or hang.
func FuzzSecrets(f *testing.F) {
	for _, s := range []string{
		"DB_PASSWORD=x1y2z3\n", "<!-- <Password>a</Password>", "network={\n ssid=\"a\"\n psk=\"12345678\"\n}", "ssid=a\nwpa=2\nwpa_passphrase=12345678\n",
		"AuthMode=OPEN\nSSID1=a\nEncrypType=WEP\n", "adminPass\x00fibonacci\x00", "http://a:b1c2d3@host/", "config wifi-iface\n option key '12345678'\n",
		"<WLAN>\n<PreSharedKey>Reiher77</PreSharedKey>\n</WLAN>", "ssid=acme key=secret123 mode=wpa2\n", "api_key = 4f1a9bc2d73e4b60\n", "123456789:AAabcdefghijklmnopqrstuvwxyzABCDEFG", "/admin:root:pw\n", "a:b:0123456789abcdef0123456789abcdef",
		"<User><userName>admin</userName><password>12345</password></User>", "<V N=\"SUSER_PASSWORD\" V=\"nE7jA5m9\"/><AdminPwd val=admin />", `{"Users":[{"Group":"a","AuthorityList":[],"Name":"admin","Password":"6QNMIQGe"}]}`,
		`{"ssid":"acme","key":"Reiher77x"}`, "config login\n option username a\n option password b1c2d3\n", "user0=a\npwd0=12345\n", "user name=a password=BF1:1:abcd:0123456789abcdef roles=x\n", "username,password\nadmin,admin\n",
	} {
		f.Add("etc/x.conf", s)
		f.Add("etc/wireless", s)
	}
	f.Fuzz(func(_ *testing.T, name, content string) {
		file := &firmware.File{Path: "image!" + name, Name: name, Kind: firmware.Regular, Size: int64(len(content)), Container: &firmware.Container{Path: "image"}}
		text := Text{File: file, Content: content}
		textSecrets(text)
		if read := wifiReader(text); read != nil {
			read(text)
		}
		for _, read := range []func(Text) []WifiNetwork{uciWifi, supplicantWifi, managerWifi, iwdWifi, ralinkWifi, hostapdWifi} {
			read(text)
		}
		sofiaLines(text)
		goaheadLines(text)
		csvSecrets(text)
		namedTokens(text)
		shortTokens.in(file, []byte(content))
		longTokens.in(file, []byte(content))
		seeRawSecrets(file, []byte(content))
		limitLines(text)
		authorizedLines(text, false)
		for _, form := range []string{"htpasswd", "htdigest", "httpd.conf"} {
			accountLines(file, form, []byte(content))
		}
		sedPassword(content)
		printed([]string{content, "a"})
	})
}

func TestClassNamesAreNoSecrets(t *testing.T) {
	for value, want := range map[string]bool{
		"SOAP::WSDL::XSD::Typelib::Builtin::string": false, "ONVIF::PTZ::Types::Dot11PSKSet": false, "org.example.auth.Password": false,
		"Foo:Bar9": true, "a::b!": true, "acme.support.2024": true, "x.Y9": true,
	} {
		if isLiteralSecret(value) != want {
			t.Errorf("%q: %v", value, !want)
		}
	}
}

// TestGluedPassword compares the words with the expression that they are.
func TestGluedPassword(t *testing.T) {
	form := regexp.MustCompile(`(?i)(?:^|[-_.])(?:` + strings.Join(passwordOwners, "|") + `){1,3}(?:pass|pw|pwd)[0-9]?$`)
	names := []string{"", "pw", "bypass", "compass", "dbpass", "ROOTPW", "SSHPASS", "my.adminrootpw2", "x_ftpPwd", "_userpw", "a-b_WIFIpass1", "adminpass12", "lan_pw", "suuserrootdbpw", "ftpsftppass"}
	r := rand.New(rand.NewPCG(1, 1))
	parts := append([]string{"pass", "pw", "pwd", "_", "-", ".", "x", "by", "1", "PW"}, passwordOwners...)
	for range 20000 {
		name := ""
		for range 1 + r.IntN(5) {
			name += parts[r.IntN(len(parts))]
		}
		names = append(names, name, name+"pw")
	}
	for _, name := range names {
		want := -1
		if m := form.FindStringIndex(name); m != nil {
			want = m[0]
		}
		if got := gluedPassword(name); got != want {
			t.Errorf("%q: begins at %d, want %d", name, got, want)
		}
	}
}
