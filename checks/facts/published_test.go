package facts

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
)

const (
	modules = "opt/gw/node_modules/a/"
	wheels  = "usr/lib/python3/dist-packages/a/"
)

// What a package is published with is no setting; what is set beside it is one.
func TestPlainSecretsOfPackages(t *testing.T) {
	schema := `{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"password": {"default": "Kq8zTw3p"}, "x": {"password": "Kq8zTw3p"}}}`
	for name, tc := range map[string]struct{ file, content, want string }{
		"needed by npm":         {modules + "package.json", "{\n\"name\": \"a\",\n\"devDependencies\": {\n\"pbkdf2-password\": \"1.2.1\"\n}\n}\n", ""},
		"needed, on one line":   {modules + "package.json", `{"name":"a","dependencies":{"passport-password":"1.2.1","b":"{"},"password":"Kq8zTw3p"}`, "password"},
		"set for npm":           {modules + "package.json", "{\n\"config\": {\n\"db_password\": \"Kq8zTw3p\"\n}\n}\n", "db_password"},
		"a lock":                {"opt/gw/node_modules/.package-lock.json", "{\"packages\": {\"node_modules/a\": {\"dependencies\": {\n\"oauth2-client-password\": \"0.1.2\"\n}}}}", ""},
		"yarn's lock":           {"opt/gw/yarn.lock", "a@^1:\n  dependencies:\n    pbkdf2-password \"1.2.1\"\n", ""},
		"where a lock gets it":  {"opt/gw/package-lock.json", `{"packages":{"a":{"resolved":"https://ci:Kq8zTw3p@npm.acme-iot.de/a.tgz"}}}`, "address of https"},
		"where it is needed":    {modules + "package.json", `{"dependencies":{"b":"git+https://ci:Kq8zTw3p@git.acme-iot.de/b.git"}}`, "address of git+https"},
		"a maker's settings":    {modules + "config.json", `{"password": "Kq8zTw3p"}`, "password"},
		"a maker's code":        {modules + "index.js", "const password = 'Kq8zTw3p';\n", "password"},
		"needed in TOML":        {"opt/app/pyproject.toml", "[tool.poetry.dependencies]\nget-password = \"1.2.1\"\n[tool.app]\ndb_password = \"Kq8zTw3p\"\n", "db_password"},
		"a package's manual":    {"usr/lib/python3/dist-packages/a-1.egg-info/PKG-INFO", "Name: a\n\n    connect(user='x', password='Kq8zTw3p')\n", ""},
		"a wheel's manual":      {"usr/lib/python3/site-packages/a-1.dist-info/METADATA", "Name: a\n\npassword: Kq8zTw3p\n", ""},
		"settings beside it":    {"usr/lib/python3/site-packages/a.conf", "password=Kq8zTw3p\n", "password"},
		"a schema":              {wheels + "s.json", schema, ""},
		"says what it follows":  {wheels + "s.json", `{"$schema": "https://a.example.invalid/device.json", "password": "Kq8zTw3p"}`, "password"},
		"a cloud's examples":    {wheels + "examples-1.json", `{"version": "1.0", "examples": {"Login": [{"input": {"Password": "Kq8zTw3p"}}]}}`, ""},
		"a cloud's model":       {wheels + "service-2.json", `{"version":"2.0","metadata":{"apiVersion":"2015-02-02"},"x":{"password":"Kq8zTw3p"}}`, ""},
		"settings of a version": {wheels + "c.json", `{"version": "1.0", "password": "Kq8zTw3p"}`, "password"},
		"a docstring":           {wheels + "a.py", "def connect(url):\n    \"\"\"Connects.\n\n    connect('mysql://scott:Kq8zTw3p@localhost/x')\n    \"\"\"\n", ""},
		"of a module":           {wheels + "a.py", "# Copyright\nr\"\"\"\nconnect('mysql://scott:Kq8zTw3p@localhost/x')\n\"\"\"\n", ""},
		"of an attribute":       {wheels + "a.py", "class A:\n    x = 1\n    \"\"\"password = 'Kq8zTw3p'\"\"\"\n", ""},
		"code behind one":       {wheels + "a.py", "\"\"\"A module.\"\"\"\nURL = 'mysql://scott:Kq8zTw3p@db.acme-iot.de/x'\n", "address of mysql"},
		"what a program writes": {"opt/app/a.py", "write(path, dedent(\n    \"\"\"\\\n    password: 'Kq8zTw3p'\n    \"\"\"))\n", "password"},
		"what a name holds":     {"opt/app/a.py", "CONF = \"\"\"\npassword: 'Kq8zTw3p'\n\"\"\"\n", "password"},
		"examples of a help": {wheels + "a.py", "meta = {\n    \"examples\": [\n        dedent(\n            \"\"\"\\\n            x: 1\n            \"\"\"  # noqa\n        ),\n" +
			"        dedent(\n            \"\"\"\\\n            password: 'Kq8zTw3p'\n            \"\"\"\n        ),\n    ],\n}\nPASSWORD = 'Tz8kq2pW'\n", "PASSWORD"},
		"an anonymous login":  {wheels + "ftp.py", "def __init__(\n    self, username=\"anonymous\", password=\"ftp1@acme-iot.de\", passive=1\n):\n", ""},
		"a mail address":      {wheels + "ftp.py", "login(username=\"admin\", password=\"ftp1@acme-iot.de\")\n", "password"},
		"a path to a setting": {wheels + "c.py", "PASS = \"PASSWORD|-PASS\"\n", ""},
		"a class of Perl":     {"usr/share/perl5/Net/X.pm", "'Password' => 'SOAP::WSDL::XSD::Typelib1::string',\n", ""},
		"two colons":          {"usr/share/perl5/Net/X.pm", "'Password' => 'kq8z::Tw3p',\n", "Password"},
		"an expression":       {"www/cgi-bin/a.cgi", "#!/bin/sh\nPASS=$(echo \"$POST\" | sed -n 's/.*password=\\([^&]*\\).*/\\1/p')\n", ""},
		"an option":           {"www/cgi-bin/a.cgi", "#!/bin/sh\nlogin --password=Kq8zTw3p\n", "password"},
		"Jupyter's hash":      {"root/.jupyter/a.py", "c.ServerApp.password = \"argon2:$argon2id$v=19$m=10240,t=10,p=8$YWJjZGVmZ2hpamtsbW5v$cXdlcnR5dWlvcGFzZGZnaGprbHp4Y3Zibm0\"\n", ""},
		"words of a class":    {"opt/a/LocalStrings_zh_CN.properties", "a.nullPassword=\\u5bc6\\u7801\n", ""},
		"settings of Java":    {"opt/a/application.properties", "db.password=Kq8zTw3p\n", "db.password"},
		"with a line":         {wheels + "c.py", "PASS = \"Kq8z|Tw3p\"\n", "PASS"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, PlainSecrets, map[string]string{tc.file: tc.content}) {
				if got = append(got, s.Name); s.Location.Line == 0 {
					t.Errorf("%s has no line", s.Name)
				}
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTokensOfPackages(t *testing.T) {
	const value = "k7Qm2Zx9LpR4vB8nCwY1sD6hJ3gE5a"
	for name, tc := range map[string]struct{ file, content, want string }{
		"a build service":     {modules + ".coveralls.yml", "repo_token: " + value + "\n", ""},
		"the maker's own":     {"opt/app/.coveralls.yml", "repo_token: " + value + "\n", "token (repo_token)"},
		"settings beside it":  {modules + "config.yml", "api_token: " + value + "\n", "token (api_token)"},
		"a form of its own":   {modules + ".travis.yml", "key: AKIAQ4J5Y7R2T3W6Z2KD\n", "AWS access key"},
		"a theme":             {modules + "theme/dark.json", "{\n\"rules\": [{\n\"foreground\": \"000000\",\n\"token\": \"meta.sgml.html4.meta.doctype2\"\n}]\n}\n", ""},
		"no theme":            {modules + "c.json", "{\n\"rules\": [],\n\"token\": \"" + value + "\"\n}\n", "token (token)"},
		"beside colours":      {"etc/panel.json", "{\n\"foreground\": \"000000\",\n\"token\": \"" + value + "\"\n}\n", "token (token)"},
		"a cloud's examples":  {wheels + "examples-1.json", "{\n\"version\": \"1.0\",\n\"examples\": {\n\"ChangeToken\": \"" + value + "\"\n}}\n", ""},
		"needed by a package": {modules + "package.json", "{\"dependencies\": {\n\"csv-access-token\": \"" + value + "\"\n},\n\"apiToken\": \"" + value + "\"\n}\n", "token (apiToken)"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range observed(t, Tokens, map[string]string{tc.file: tc.content}) {
				got = append(got, f.What)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestEndpointsOfPackages(t *testing.T) {
	const url = "http://cloud.acme-iot.de/x"
	for name, tc := range map[string]struct {
		file, content string
		want          bool
	}{
		"a manifest":           {modules + "component.json", `{"name": "a", "repo": "` + url + `"}`, false},
		"the maker's manifest": {"opt/app/component.json", `{"server": "` + url + `"}`, true},
		"a page of a manifest": {"opt/app/composer.json", `{"homepage": "` + url + `", "support": {"issues": "` + url + `"}}`, false},
		"a schema's place":     {"opt/app/web.xml", "<a xsi:schemaLocation=\"http://java.sun.com/xml/ns/javaee\n  http://acme-iot.de/web.xsd\">\n", false},
		"its people":           {"opt/app/package.json", `{"maintainers": [{"name": "A", "url": "` + url + `"}]}`, false},
		"set in it":            {"opt/app/package.json", `{"config": {"server": "` + url + `"}}`, true},
		"composer's own list":  {"usr/share/a/vendor/composer/installed.json", `[{"homepage2": "` + url + `"}]`, false},
		"a translation":        {"usr/share/a/lang/de/lang.php", "$lang['x'] = 'siehe " + url + "';\n", false},
		"a lock":               {"opt/app/yarn.lock", "  resolved \"" + url + "\"\n", false},
		"a manual":             {modules + "GOVERNANCE.md", "see " + url + "\n", false},
		"notices":              {modules + "ThirdPartyNotices.txt", url + "\n", false},
		"a comment of C":       {modules + "a.js.pre", "/*\nSee " + url + " for more.\n*/\nf()\n", false},
		"behind one":           {modules + "a.js.pre", "/*\nA comment\n*/\nf('" + url + "')\n", true},
		"files of a shell":     {"usr/bin/a", "#!/bin/sh\ncase $1 in\n/*) x=a ;;\nesac\ncurl " + url + "\ny=*/\n", true},
		"a comment of XML":     {"etc/a.xml", "<a>\n<!--\n<server>" + url + "</server>\n-->\n</a>\n", false},
		"XML":                  {"etc/a.xml", "<a>\n<!-- a -->\n<server>" + url + "</server>\n</a>\n", true},
		"a cloud's model":      {wheels + "service-2.json", `{"version":"2.0","metadata":{"apiVersion":"2015-02-02"},"documentation":"` + url + `"}`, false},
		"a schema":             {wheels + "s.json", `{"$id":"a","$schema":"http://json-schema.org/draft-07/schema#","x":"` + url + `"}`, false},
		"settings":             {wheels + "s.json", `{"version":"2.0","metadata":{"url":"` + url + `"}}`, true},
		"a name space":         {wheels + "a.py", "NS = 'http://jabber.org/features/iq-auth'\n", false},
		"a specification":      {wheels + "a.py", "NS = {'openid.ns': 'http://specs.openid.net/auth/2.0'}\n", false},
		"schemas in a script":  {"usr/lib/a", "#!/bin/sh\nx=\"http://schemas.dmtf.org/ovf/environment/1\"\n", false},
		"a host with a port":   {"etc/a.conf", "server = http://schemas.acme-iot.de:8081/x\n", true},
		"help of templates":    {"usr/share/samba/admx/en-US/samba.adml", "<string>see " + url + "</string>\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := len(observed(t, Endpoints, map[string]string{tc.file: tc.content})) > 0; got != tc.want {
				t.Errorf("found: %v, want %v", got, tc.want)
			}
		})
	}
}

// Ranges lie in order within the text, whatever it is.
func FuzzSettable(f *testing.F) {
	f.Add(`{"dependencies":{"a":"\"}"},"x":{}}`)
	f.Add("[dependencies]\na=1\n[x]\n")
	f.Add("x = 1\n\"\"\"a\"\"\"\n'''b'''\n")
	f.Fuzz(func(t *testing.T, content string) {
		for _, ranges := range []func([]byte, func(from, to int)){dependencyRanges, manualRanges, docstringRanges, blockComments} {
			if got := blanked([]byte(content), ranges); len(got) != len(content) || slices.Compare(got, nil) < 0 {
				t.Fatal("the length changed")
			}
		}
		describesInterface([]byte(content))
	})
}

// What nothing trusts is no certificate of the device; a private key is out anywhere.
func TestKeysOfManuals(t *testing.T) {
	cert := pemOf("CERTIFICATE", selfSigned(t, testKeys().rsa, false))
	help := "meta = {\n\"examples\": [\ndedent(\"\"\"\\\n" + cert + "\"\"\")]}\n"
	for name, tc := range map[string]struct {
		content string
		want    int
	}{
		"in a help":        {help, 0},
		"in a docstring":   {"def f():\n    \"\"\"As:\n" + cert + "    \"\"\"\n", 0},
		"that code uses":   {"ROOT = \"\"\"\n" + cert + "\"\"\"\n", 1},
		"handed to a call": {"load(\n\"\"\"" + cert + "\"\"\")\n", 1},
	} {
		if got := len(observed(t, Certificates, map[string]string{wheels + "a.py": tc.content})); got != tc.want {
			t.Errorf("%s: %d certificates, want %d", name, got, tc.want)
		}
	}
	private := "\"\"\"\n" + pemOf("PRIVATE KEY", der(x509.MarshalPKCS8PrivateKey(testKeys().rsa))) + "\"\"\"\n"
	if got := len(observed(t, Keys, map[string]string{wheels + "a.py": private})); got != 1 {
		t.Errorf("%d private keys, want 1", got)
	}
}

func TestClassOfPackages(t *testing.T) {
	for name, want := range map[string]PathClass{
		"opt/a/vendor/jwt/README.md":   Documentation,
		"opt/a/_test/key.pem":          Tests,
		"opt/a/test_data/key.pem":      Tests,
		"opt/a/readme.key":             Product,
		"opt/a/contest/key.pem":        Product,
		"etc/readme/key.pem":           Product,
		"opt/unittest_keys/device.pem": Product,
	} {
		if got := ClassOf("x!" + name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// However the quotes stand, each string is found once, and only at the beginning of a
// line it is a statement.
func TestTripleQuoted(t *testing.T) {
	for text, want := range map[string]string{
		`"""a""" '''b'''`:             `"""a"""|'''b'''`,
		`"""'''""" '''"""'''`:         `"""'''"""|'''"""'''`,
		`'''a''' """b`:                `'''a'''`,
		`"""""" """"""`:               `""""""|""""""`,
		"x = '''a'''\nr\"\"\"b\"\"\"": "'''a'''|\"\"\"b\"\"\"",
	} {
		var got []string
		eachTripleQuoted([]byte(text), func(start, end int) { got = append(got, text[start:end]) })
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s: %s", text, s)
		}
	}
	for code, want := range map[string]bool{
		"": true, "\ufeff": true, "x = ": false, "def f():\n\t": true, "f(\n": false, "a,  \n\n# x\n r": false, "a,\n# b,\n": false, "x\n\n": true, "r": true, "#\n#\n": true,
	} {
		if got := isStatement(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
		if got := isStatement([]byte(code)); got != want {
			t.Errorf("%q as bytes: %v", code, got)
		}
	}
}
