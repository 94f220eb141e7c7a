package facts

import "testing"

// What a program compares with a password of its own, and what only looks like it.
func TestComparedPasswords(t *testing.T) {
	for _, tc := range []struct{ file, line, want string }{
		{"www/a.js", `if (user == "admin" && pass == "backdoor99") login();`, "pass"},
		{"www/a.js", `if (req.body.password === 'backdoor99') next();`, "password"},
		{"www/a.js", `if ("backdoor99" === form.password) next();`, "password"},
		{"www/a.php", `if ($_POST['password'] == 'backdoor99') {`, "password"},
		{"www/a.php", `if (hash_equals("backdoor99", $password)) {`, "password"},
		{"www/a.php", `if (strcmp($pass, "backdoor99") == 0) {`, "pass"},
		{"usr/lib/lua/a.lua", `if luci.http.formvalue("password") ~= "backdoor99" then`, "password"},
		{"opt/a.py", `if request.form["password"] == "backdoor99":`, "password"},
		{"opt/a.py", `if hmac.compare_digest(passwd, b"backdoor99"):`, "passwd"},
		{"opt/a.pl", `if ($password eq "backdoor99") {`, "password"},
		{"opt/a.java", `if (password.equals("backdoor99")) {`, "password"},
		{"www/a.c", `if (!strcmp(admin_pass, "backdoor99"))`, "admin_pass"},
		{"www/a.cgi", "#!/bin/sh\n[ \"$PASSWORD\" = \"backdoor99\" ] && telnet_on", "PASSWORD"},
		{"www/a.cgi", "#!/bin/sh\nif [ x = y ] || [ $pass == backdoor99 ]; then ok; fi", "pass"},

		{"www/a.js", `if (input.type === "password" || field == "password2") show();`, ""},
		{"www/a.js", `if (password === "password2") warn();`, ""},
		{"www/a.js", `if (password == passwordAgain) ok();`, ""},
		{"www/a.js", `if (password === "") empty();`, ""},
		{"www/a.js", `if (password === "********") unchanged();`, ""},
		{"www/a.js", `if (pass == "first-pass") again();`, ""},
		{"www/a.js", `if (password == 'admin') warn("change it");`, ""},
		{"www/a.js", `// if (password == "backdoor99")`, ""},
		{"opt/a.py", `if passwd_file == "/etc/passwd-1":`, ""},
		{"opt/a.py", `if hashed_password == "backdoor99":`, ""},
		{"opt/a.py", `if mode == "wpa2-psk":`, ""},
		{"www/a.php", `if (strcmp($pass, $stored) == 0) {`, ""},
		{"www/a.php", `if (md5($password) == "5f4dcc3b5aa765d61d8327deb882cf98") {`, ""},
		{"www/a.cgi", "#!/bin/sh\n[ \"$PASSWORD\" = \"$STORED\" ] && ok", ""},
		{"www/a.cgi", "#!/bin/sh\n[ \"x$PASSWORD\" = \"x\" ] && ok", ""},
		{"www/a.cgi", "#!/bin/sh\n[ \"$PASS\" = 1 ] && [ \"$mode\" = \"backdoor99\" ] && ok", ""},
		{"etc/a.conf", `if pass == "backdoor99"`, ""},
	} {
		if got := secretsOf(t, tc.file, tc.line+"\n"); got != tc.want {
			t.Errorf("%s: %s: got %q, want %q", tc.file, tc.line, got, tc.want)
		}
	}
}

// The layouts in which devices keep their default settings.
func TestLayoutsOfDefaults(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"records":                {"etc/nvram.default", "http_username=admin\x00http_passwd=Kq8zTw2q\x00lan_ip=192.168.1.1\x00lan_mask=255.255.255.0\x00\x00\x00\xff\xff", "http_passwd"},
		"records behind a sum":   {"etc/nvram.bin", "\x12\x34\x56\x78\x01http_username=admin\x00http_passwd=Kq8zTw2q\x00lan_ip=192.168.1.1\x00lan_mask=255.255.255.0\x00", "http_passwd"},
		"names and values":       {"etc/nvram.bin", "http_username\x00admin\x00http_passwd\x00Kq8zTw2q\x00wl0_ssid\x00Acme\x00lan_ip\x00192.168.1.1\x00", "http_passwd"},
		"names of other things":  {"etc/list.bin", "password\x00Kq8zTw2q\x00user\x00admin\x00host\x00acme\x00ip\x00192.168.1.1\x00", ""},
		"one record":             {"etc/nvram.bin", "http_passwd=Kq8zTw2q\x00", ""},
		"records of other bytes": {"etc/nvram.bin", "http_username=admin\x00http_passwd=Kq8zTw2q\x00a=\x01\x02\x00b=1\x00c=2\x00", ""},
		"attributes":             {"etc/a.xml", `<Value Name="SUSER_PASSWORD" Value="Kq8zTw2v"/>`, "SUSER_PASSWORD"},
		"attributes, short":      {"etc/a.xml", `<Row No="0"><DM name="User" val="admin"/><DM name="Pass" val="Kq8zTw2t"/></Row>`, "Pass"},
		"a name in capitals":     {"etc/a.ini", "[Login]\nUser=admin\nPwd=Kq8zTw2t\n", "Pwd"},
		"a short name":           {"etc/a.ini", "[Login]\nUser=admin\nPass=1234\n", "Pass"},
		"a short name of a test": {"etc/a.ini", "[Report]\nFail=3\nPass=1234\n", ""},
		"attributes, a label":    {"etc/a.xml", `<text name="Password" value="Password"/>`, ""},
		"attributes, empty":      {"etc/a.xml", `<Value Name="Password" Value=""/>`, ""},
		"attributes, a type":     {"etc/a.xml", `<param name="Password" value="string"/>`, ""},
		"attributes, a sentence": {"etc/a.xml", `<text name="Password" value="Enter your password"/>`, ""},
		"Asterisk's comment":     {"etc/asterisk/sip.conf", "[100]\nsecret=Kq8zTw3b ; of the door\n", "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := secretsOf(t, tc.file, tc.content); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
