package facts

import (
	"testing"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

func TestSecretsInPatterns(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"what sed seeks":           {`PASS=$(echo "$POST" | sed -n 's/.*password=\([^&]*\).*/\1/p')`, ""},
		"what sed seeks, extended": {`P=$(sed -nE 's|^password=(.*)$|\1|p' /etc/x)`, ""},
		"what sed puts back":       {`sed -i "s/password=.*/password=&/" /etc/x`, ""},
		"what sed puts in place":   {`sed -i "s/^password=.*/password=Tz8kq2pW/" /etc/x`, "password"},
		"what grep seeks":          {`grep -q '^password=..*' /etc/x`, ""},
		"a setting":                {`tool password=Tz8kq2pW`, "password"},
		"an assignment":            {`PASSWORD=Tz8kq2pW`, "PASSWORD"},
	} {
		if got := secretsOf(t, "usr/bin/x", "#!/bin/sh\n"+tc.script+"\n"); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

// TestSecretsInCode has what programs say around passwords, a password in the same form
// behind each.
func TestSecretsInCode(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a part of a statement": {"usr/share/x/a.php", "$pass = \"PASSWORD(\" . $dbh->quote($p) . \")\";\n$db_pass = \"Tz8(kq2pW\";\n", "db_pass"},
		"joined of two":         {"usr/share/x/a.php", "$db_pass = \"Tz8(kq\" . \"2pW\";\n", "db_pass"},
		"a field of a page":     {"www/x.js", "var pass = '#snmp_priv_passphrase';\nvar my_pass = '#Tz8_pass_kq2';\n", "my_pass"},
		"given to a hash":       {"usr/share/x/a.php", "if (strcasecmp(hash_of($plainpassword,'blake2'),$x)) {}\nif (strcmp(trim($password),'Tz8kq2pW')) {}\n", "password"},
		"an enumeration":        {"usr/lib/x/enums.py", "PASSWORD2 = \"password2\"\nPASSWORD3 = \"password33\"\n", "PASSWORD3"},
		"a type of Python":      {"usr/lib/x/PEM.pyi", "def decode(d: str,\n  passphrase: Optional[bytes] = ...) -> str: ...\n  password: str = 'Tz8kq2pW'\n", "password"},
		"types of stubs":        {"usr/lib/x/SSL.pyi", "HAS_PSK: bool\nPSK: Callable\npassword: Union[str, bytes]\nDEFAULT_PSK: str = 'Tz8kq2pW'\n", "DEFAULT_PSK"},
		"a record of Erlang":    {"usr/lib/x/eldap.hrl", "-record(eldap, {password = anonymous :: binary(), passwd = Undefined123}).\n-define(PASSWORD, x).\n", ""},
		"a template of code":    {"usr/share/x/database.php.default", "'password' => ZM_DB_PASS,\n'password' => 'secret',\n'password' => 'Tz8kq2pW',\n", "password"},
		"a default of settings": {"etc/x/database.conf.default", "password=adminadmin\n", "password"},
		"places to fill in":     {"usr/lib/x/knexfile.stub", "user: 'username',\n username: 'username',\n password: 'password'\n", ""},
		"places, by user":       {"usr/lib/x/knexfile.stub", "user:     'username',\n password: 'password'\n", ""},
		"a quoted type":         {"usr/lib/x/a.py", "password: \"Optional[str]\" = None,\nadmin_password: \"Tz8kq2pW\"\n", "admin_password"},
		"a user and a word":     {"usr/lib/x/knexfile.stub", "username: 'admin',\n password: 'password'\n", "password"},
		"a number of an object": {"usr/lib/x/a.yaml", "challengePassword: 1.2.840.113549.1.9.7\npassword: 1.2.840.99\n", "password"},
		"an attribute":          {"etc/x/a.conf", "password = User-Password\npassword2 = CHAP-Password\nadmin_password = Tz8-kq2pW\n", "admin_password"},
		"a column":              {"etc/x/schema.sql", "\tpass\t\t\ttext,\n", ""},
		"a flag":                {"etc/x/a.conf", "need_admin_pw=yup1\nthe_admin_pw=yup1yup2\n", "the_admin_pw"},
		"a module of a MIB":     {"usr/share/snmp/mibs/X.txt", "-- a demo\nX-MIB DEFINITIONS ::= BEGIN\ndemoPassphrase  OBJECT-TYPE\n", ""},
		"about a MIB":           {"etc/x/a.txt", "the DEFINITIONS of X\ndemoPassphrase  Tz8kq2pW\n", "demoPassphrase"},
	} {
		if got := secretsOf(t, tc.file, tc.content); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

// TestLabelsAreNoSecrets has words for people in settings: the name of a field, as one
// writes it on a page.
func TestLabelsAreNoSecrets(t *testing.T) {
	for content, want := range map[string]string{
		`{"users":[{"name":"admin"}],"password":"Password"}`: "",
		`{"username":"Username","password":"Tz8kq2pW"}`:      "password",
		`{"user":"admin","password":"password"}`:             "password",
		`{"user":"admin","password":"Password1"}`:            "password",
		`{"Username":"Username","Password":"Password"}`:      "",
		`{"Username":"admin","Password":"Password"}`:         "Password",
		"DB_PASSWORD=DB_Password\n":                          "",
		"DB_PASSWORD=Password\n":                             "DB_PASSWORD",
		"PASSWORD=password\n":                                "PASSWORD",
		"password=PASSWORD\n":                                "",
		"user=username pass=password\n":                      "",
		"user=admin pass=password\n":                         "pass",
		"admin.password: Password\n":                         "admin.password",
	} {
		if got := secretsOf(t, "etc/x/app.json", content); got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
}

func TestSecretsAskedFor(t *testing.T) {
	for script, want := range map[string]string{
		"password=\"password\"\nstty -echo\nread password\n":        "",
		"password=\"password\"\nread user\nlogin $password\n":       "password",
		"read password\npassword=\"password\"\n":                    "password",
		"password=\"Tz8kq2pW\"\nread -r -p 'Password: ' password\n": "password",
	} {
		if got := secretsOf(t, "usr/bin/x", "#!/bin/sh\n"+script); got != want {
			t.Errorf("%q: got %q, want %q", script, got, want)
		}
	}
}

func TestSecretsInCatalogues(t *testing.T) {
	const line = "authenticator.nullPassword=\\u6ca1\\u6709\\u63d0\\u4f9b\n"
	for file, want := range map[string]string{
		"org/x/LocalStrings_zh_CN.properties": "",
		"org/x/LocalStrings.properties":       "",
		"org/x/LoginMessages_de.properties":   "",
		"org/x/messages.properties":           "",
		"org/x/application.properties":        "authenticator.nullPassword",
		"etc/gateway.properties":              "authenticator.nullPassword",
	} {
		if got := secretsOf(t, file, line); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestSecretsHashedByJupyter(t *testing.T) {
	for value, want := range map[string]string{
		"argon2:$argon2id$v=19$m=10240,t=10,p=8$YWJjZGVmZ2hpamtsbW5v$cXdlcnR5dWlvcGFzZGZnaGprbHp4Y3Zibm0": "",
		"sha1:74ba40f8a388:c913541b7ee99d15d5ed31d4226bf7838f83a50e":                                      "",
		"sha1:Tz8kq2pW":   "c.ServerApp.password",
		"argon2:Tz8kq2pW": "c.ServerApp.password",
	} {
		if got := secretsOf(t, "root/.jupyter/jupyter_server_config.py", "c.ServerApp.password = \""+value+"\"\n"); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
	const admin = "sha1:abcd:c8a7812e3bb0beb562b7e1f0aa7923b5eeb1b286"
	if !hashes.Fits(hashes.SaltedDigest, admin, "admin") || hashes.Fits(hashes.SaltedDigest, admin, "root") {
		t.Error("a labelled digest does not tell its password")
	}
}
