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
