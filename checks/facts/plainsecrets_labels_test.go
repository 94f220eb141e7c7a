package facts

import "testing"

// TestForeignLabels has words for a password in other languages, and the same words where
// somebody logs in with them.
func TestForeignLabels(t *testing.T) {
	for content, want := range map[string]string{
		"de:\n  username: Benutzername\n  password: Passwort\n":                      "",
		"de:\n  admin_password: Verwaltungskennwort\n  port: Anschluss\n":            "",
		"url: http://a.vendor.example/\nlabels:\n  password: WLAN-Kennwort\n":        "",
		"mqtt:\n  username: device\n  password: Passwort\n":                          "password",
		"mqtt:\n  host: 192.0.2.7\n  password: Passwort\n":                           "password",
		"de:\n  password: passwort\n":                                                "password",
		"de:\n  password: Passwort1\n":                                               "password",
		"de:\n  password: Hauptstadt\n":                                              "password",
		"fr:\n  password: Mot_de_passe\nen:\n  username: admin\n  password: Tz8kq\n": "password",
	} {
		if got := secretsOf(t, "etc/x/app.yaml", content); got != want {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
	}
}

// TestSecretsBehindCode has passwords in comments behind code, and in code before them.
func TestSecretsBehindCode(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"Lua":        {"usr/lib/x.lua", "local x = 1 -- password = 'Tz8kq2pW'\n", ""},
		"Lua, code":  {"usr/lib/x.lua", "local password = 'Tz8kq2pW' -- not 'Tz8kq2pW'\n", "password"},
		"JavaScript": {"opt/x.js", "let x = 1; // password = 'Tz8kq2pW'\nlet b = `https://${h}/`, password = 'Tz8kq2pX'; // b\n", "password"},
		"Python":     {"opt/x.py", "x = 1  # password = 'Tz8kq2pW'\n", ""},
		"PHP, page":  {"www/x.php", "<script>var password = 'Tz8kq2pW'; // b</script><?php x(); ?>\n", "password"},
	} {
		if got := secretsOf(t, tc.file, tc.content); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

// TestReferences has values that say where a secret is kept, and such that only look so.
func TestReferences(t *testing.T) {
	for value, want := range map[string]bool{
		"env:DB_PASSWORD": true, "ENV:DB": true, "vault:secret/data/app#pw": true, "vault:v1:8SDd3WHDOjf7mq69": true, "ssm:/prod/db/password": true,
		"op://Private/router/password": true, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC": true, "keyring:acme": true, "ref+vault://secret/app#/pw": true,
		"secret://mqtt": true, "sops:config.enc.yaml": true, "exec:/usr/bin/getpw": true,
		"env:Tz8-kq2!": false, "secret:Tz8kq2pW": false, "admin:Tz8kq2pW": false, "pass:Tz8kq2pW": false, "base64:VHo4a3EycFc=": false, "vault": false, "vault:": false, "op:$x!": false,
	} {
		if got := isReference(value); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
	if got := secretsOf(t, "etc/x/a.toml", "password = \"env:DB_PASSWORD\"\npassword2 = \"vault:secret/data/app#pw\"\npassword3 = \"env:Tz8-kq2!\"\n"); got != "password3" {
		t.Errorf("got %q", got)
	}
}

// TestOffElements has elements of XML that an attribute switches off.
func TestOffElements(t *testing.T) {
	for content, want := range map[string]bool{
		`<ui><accounts enabled="no"><account user="x" password="Tz8kq2pW"/></accounts></ui>`:                      true,
		"<ui>\n<accounts x='1' disabled='true'>\n<account user=\"x\" password=\"Tz8kq2pW\"/>\n</accounts>\n</ui>": true,
		`<account enabled="false" user="x" password="Tz8kq2pW"/>`:                                                 true,
		`<account enabled="no"><account/><account><x/></account><b password="Tz8kq2pW"/></account>`:               true,
		`<accounts enabled="yes"><account user="x" password="Tz8kq2pW"/></accounts>`:                              false,
		`<ui enabled="no"><a/></ui><accounts><account user="x" password="Tz8kq2pW"/></accounts>`:                  false,
		`<ui enabled="no"/><accounts><account user="x" password="Tz8kq2pW"/></accounts>`:                          false,
		`<a enabled="no" password="Tz8kq2pW"/><a password="Tz8kq2pW"/>`:                                           false,
		`<a enabled="no"><account user="x" password="Tz8kq2pW"/>`:                                                 false,
	} {
		all := observed(t, PlainSecrets, map[string]string{"etc/x/config.xml": content})
		if len(all) == 0 {
			t.Errorf("%s: nothing found", content)
		}
		for _, s := range all {
			if s.Off != want {
				t.Errorf("%s: %v", content, s.Off)
			}
		}
	}
}

func FuzzOffElements(f *testing.F) {
	f.Add(`<a enabled="no"><a/></a><b disabled='1'/>`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range offElements(s) {
			if r[0] >= r[1] || r[1] > len(s) {
				t.Errorf("%v of %d", r, len(s))
			}
		}
	})
}
