package facts

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

var le = binary.LittleEndian

func TestEndpointAlone(t *testing.T) {
	for content, want := range map[string]bool{
		"for more help see:\nhttp://wiki.vendor.invalid/x\n": true,
		"\terror(\n\t\t\"http://wiki.vendor.invalid/x\")\n":  true,
		"url=http://wiki.vendor.invalid/x\n":                 false,
		"http://wiki.vendor.invalid/x main\n":                false,
		"- http://wiki.vendor.invalid/x":                     false,
	} {
		all := observed(t, Endpoints, map[string]string{"etc/x": content})
		if len(all) != 1 || all[0].Alone != want {
			t.Errorf("%q: %+v, want alone %v", content, all, want)
		}
	}
}

func TestEndpointLink(t *testing.T) {
	for content, want := range map[string]bool{
		"print '<a href=\"http://wiki.vendor.invalid/x\">';\n":                       true,
		"print \"<a class=\\\"x\\\" href=\\\"http://wiki.vendor.invalid/x\\\">\";\n": true,
		"<object id=x\n codebase=\"http://wiki.vendor.invalid/x.cab\">\n":            true,
		"print '<form action=\"http://wiki.vendor.invalid/x\">';\n":                  false,
		"print '<script src=\"http://wiki.vendor.invalid/x\">';\n":                   false,
		"$href = \"http://wiki.vendor.invalid/x\";\n":                                false,
		"print '<a href=\"/\">'; get('http://wiki.vendor.invalid/x');\n":             false,
	} {
		all := observed(t, Endpoints, map[string]string{"www/x.php": content})
		if len(all) != 1 || all[0].Link != want {
			t.Errorf("%q: %+v, want link %v", content, all, want)
		}
	}
}

func TestEndpointListed(t *testing.T) {
	list := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "wiki%d http://h%d.vendor.invalid/wiki/$1\n", i, i)
		}
		return b.String()
	}
	for content, want := range map[string]bool{list(maxOthersHosts): false, list(maxOthersHosts + 1): true, strings.Repeat("a http://h1.vendor.invalid/x\n", 99): false} {
		all := observed(t, Endpoints, map[string]string{"etc/x": content})
		if len(all) == 0 || all[0].Listed != want {
			t.Errorf("%d hosts: %v, want listed %v", len(all), all[0].Listed, want)
		}
	}
}

func TestParseEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		"https://Api.Example.invalid/v1?key=1#x": "https://api.example.invalid/v1",
		"mqtt://u:p@b.example.invalid:1883":      "mqtt://b.example.invalid:1883",
		"http://192.0.2.7:8080/x":                "http://192.0.2.7:8080/x",
		"http://[2001:db8::1]:80/":               "http://[2001:db8::1]:80/",
		"http://a.example.invalid/%s/x":          "http://a.example.invalid/",
		"http://%s/x":                            "",
		"http://$HOST/x":                         "",
		"http://host/x":                          "",
		"http://a..b/x":                          "",
		"file:///etc/x":                          "",
		"http://1.2.3/":                          "",
		"https://a.example.invalid.":             "https://a.example.invalid",
	} {
		e, ok := parseEndpoint(in)
		if e.URL != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", in, e.URL, ok, want)
		}
	}
}

func TestEndpoints(t *testing.T) {
	binary := func(s string) string { return string(elfImage(32, le, nil, 0)) + "\x00" + s + "\x00" }
	for name, tc := range map[string]struct{ file, content, want string }{
		"a script":               {"usr/bin/s", "#!/bin/sh\ncurl https://a.example.invalid/x\n", "script a.example.invalid"},
		"a value in a program":   {"usr/bin/p", binary(`{"id":1,"ota_url":"http://a.example.invalid/x.bin","server" : "https://b.example.invalid"}`), "program a.example.invalid, program b.example.invalid"},
		"an escaped value":       {"usr/bin/p", binary(`{\"ota_url\":\"http://a.example.invalid/x.bin\"}`), "program a.example.invalid"},
		"a value for people":     {"usr/bin/p", binary(`{"homepage_url":"http://a.example.invalid","$schema":"http://b.example.invalid","docs_url":"http://c.example.invalid","license":"http://d.example.invalid"}`), ""},
		"quoted in a sentence":   {"usr/bin/p", binary(`see "url": or "http://a.example.invalid"`), ""},
		"a comment":              {"usr/bin/s", "#!/bin/sh\n# see https://a.example.invalid/x\n", ""},
		"at the end of a line":   {"etc/x.conf", "a=1 # https://a.example.invalid/x\n", ""},
		"a setting":              {"etc/x.conf", "url = https://a.example.invalid/x\n", "setting a.example.invalid"},
		"a host":                 {"etc/mqtt.conf", "broker mqtt.example.invalid\n", "setting mqtt.example.invalid"},
		"a host in UCI":          {"etc/config/system", "\tlist server '0.pool.example.invalid'\n", "setting 0.pool.example.invalid"},
		"a file name":            {"etc/x.conf", "server = main.conf\n", ""},
		"where a schema is":      {"META-INF/web-fragment.xml", "<web-fragment xmlns=\"http://java.example.invalid/xml/ns\"\n  xsi:schemaLocation=\"http://java.example.invalid/xml/ns\n    http://java.example.invalid/xml/x_3_0.xsd\"\n version=\"3.0\">\n", ""},
		"beside a schema":        {"META-INF/x.xml", "<a xsi:schemaLocation=\"http://a.example.invalid/x\" url=\"http://b.example.invalid/x\">http://c.example.invalid/x</a>\n", "setting b.example.invalid, setting c.example.invalid"},
		"a usage text":           {"org/x/start/usage.txt", "   See http://a.example.invalid/ for details on how\n", ""},
		"a list of servers":      {"etc/servers.txt", "http://a.example.invalid/\nurl=http://b.example.invalid/\n", "setting a.example.invalid, setting b.example.invalid"},
		"licences of Java":       {"usr/lib/jvm/java-17/legal/java.xml/xalan.md", "Portions, http://a.example.invalid.\n", ""},
		"legal, of the product":  {"www/legal/x.conf", "url=http://a.example.invalid/\n", "setting a.example.invalid"},
		"a name space":           {"www/a.xml", "<a xmlns=\"http://www.w3.org/1999/xhtml\" />\n", ""},
		"documentation":          {"usr/share/doc/x/y.conf", "url = https://a.example.invalid/x\n", ""},
		"loopback":               {"etc/x.conf", "url = http://127.0.0.1:80/ http://localhost/ http://192.168.1.1/\n", ""},
		"documentation domain":   {"etc/x.conf", "url = http://www.example.com/\n", ""},
		"a package database":     {"var/lib/dpkg/status", "Homepage: http://www.busybox.net\n", ""},
		"a package of dpkg":      {"x/control", "Package: a\nVersion: 1\nHomepage: http://a.example.invalid\nURL: http://b.example.invalid\nVcs-Browser: https://c.example.invalid/x\n", ""},
		"a package of opkg":      {"opt/lib/opkg/info/a.control", "Package: a\nVersion: 1\nSource: https://a.example.invalid/x\nURL: http://b.example.invalid\n", ""},
		"a package of apk":       {".PKGINFO", "pkgname = a\nurl = https://a.example.invalid/x\n", ""},
		"a package of Python":    {"usr/lib/python3/dist-packages/a.egg-info/PKG-INFO", "Metadata-Version: 1.1\nName: a\nHome-page: https://a.example.invalid/\n", ""},
		"fields of a setting":    {"etc/control", "Version: 1\nurl: http://a.example.invalid\n", "setting a.example.invalid"},
		"a licence":              {"etc/LICENSE", "see http://a.example.invalid/\n", ""},
		"a string of a program":  {"usr/bin/p", binary("https://api.example.invalid/v1"), "program api.example.invalid"},
		"a sentence":             {"usr/bin/p", binary("Report bugs to https://bugs.example.invalid/"), ""},
		"Perl documentation":     {"usr/bin/p", "#!/usr/bin/perl\nget 'http://a.example.invalid/';\n=head1 SEE\n\nL<http://b.example.invalid/>\n\n=cut\nget 'http://c.example.invalid/';\n__END__\nhttp://d.example.invalid/\n", "script a.example.invalid, script c.example.invalid"},
		"a Perl module":          {"usr/share/perl5/X.pm", "1;\n=pod\n\nhttp://b.example.invalid/\n", ""},
		"a manual in POD":        {"usr/share/perl5/X.pod", "http://b.example.invalid/\n", ""},
		"Perl's own library":     {"usr/share/perl/5.36.0/X.pm", "get 'http://b.example.invalid/';\n", ""},
		"Python's own library":   {"usr/lib/python3.11/x.py", "get('http://b.example.invalid/')\n", ""},
		"a Python package":       {"usr/lib/python3.11/site-packages/x.py", "get('http://b.example.invalid/')\n", "script b.example.invalid"},
		"what npm knows":         {"usr/lib/node_modules/x/package.json", "{\"author\": {\"url\": \"https://b.example.invalid/\"}}\n", ""},
		"what pip knows":         {"usr/lib/python3/dist-packages/x-1.dist-info/METADATA", "Home-page: https://b.example.invalid/\n", ""},
		"what Maven knows":       {"META-INF/maven/org.x/x/pom.xml", "<url>https://b.example.invalid/</url>\n", ""},
		"a manifest of Java":     {"META-INF/MANIFEST.MF", "Implementation-URL: https://b.example.invalid/\n", ""},
		"a setting of Java":      {"META-INF/services/x.xml", "<url>https://b.example.invalid/</url>\n", "setting b.example.invalid"},
		"a setting of node":      {"usr/lib/node_modules/x/config.json", "{\"url\": \"https://b.example.invalid/\"}\n", "setting b.example.invalid"},
		"a docstring":            {"usr/lib/x.py", "def f():\n    \"\"\"See https://b.example.invalid/\n\n    '''x\"\"\"\n    u = \"\"\"https://a.example.invalid/\"\"\"\n    '''open http://c.example.invalid\n", "script a.example.invalid, script c.example.invalid"},
		"comments of Vim":        {"usr/share/vim/x.vim", "\" http://b.example.invalid/\nlet u = \"http://a.example.invalid/\"\n", "setting a.example.invalid"},
		"a comment of Lua":       {"usr/lib/lua/x.lua", "--[[\n  see\n  u = http://b.example.invalid/\n]]\nget(\"http://a.example.invalid/\")\n", "script a.example.invalid"},
		"OpenSSL's example":      {"etc/ssl/openssl.cnf", "[cmp]\nserver = a.example.invalid:80\n[insta] # x\nserver = pki.example.invalid:8700\n[ir]\nserver = c.example.invalid\n", "setting a.example.invalid, setting c.example.invalid"},
		"where bugs are told":    {"usr/bin/s", "#!/bin/sh\nREPORT_BUGS_TO=\"<http://b.example.invalid/Bugs/>\"\nREPORT_TO=\"http://a.example.invalid/up\"\n", "script a.example.invalid"},
		"where a package is of":  {"etc/dpkg/origins/x", "Vendor-URL: https://www.example.invalid/\n", ""},
		"questions of debconf":   {"var/cache/debconf/templates.dat", "Name: x\nDescription: see https://b.example.invalid/\n", ""},
		"patterns of logcheck":   {"etc/logcheck/ignore.d.server/x", "^x-info=\"https://b.example.invalid\"$\n", ""},
		"printed":                {"usr/bin/s", "#!/bin/sh\necho \"For help see http://b.example.invalid/x.\"\ncat <<E\nPlease visit http://c.example.invalid/ first.\nE\necho \"    ftp://d.example.invalid/x,\"\n", ""},
		"printed and used":       {"usr/bin/s", "#!/bin/sh\necho please | curl -d @- http://a.example.invalid/x\nurl() { echo \"http://b.example.invalid/\"; }\necho \"server http://c.example.invalid/\"\necho \"please see http://d.example.invalid/\" > /etc/x\n", "script a.example.invalid, script b.example.invalid, script c.example.invalid, script d.example.invalid"},
		"a copyright printed":    {"usr/bin/s", "#!/bin/sh\ncat <<E\n\tCopyright 2010 GW <gw@b.example.invalid or http://b.example.invalid/>.\nE\n", ""},
		"a message's end":        {"usr/lib/lua/d.lua", "assert(x,\n\t\"please report this at \" ..\n\t\"https://a.example.invalid/new\"\n)\n", ""},
		"a list":                 {"usr/lib/lua/d.lua", "hosts = {\n\t\"https://a.example.invalid/new\",\n}\n", "script a.example.invalid"},
		"a banner":               {"etc/banner.failsafe", "for more help see:\nhttps://a.example.invalid/x\n", ""},
		"a list of addresses":    {"etc/app/servers", "https://a.example.invalid/x\n", "setting a.example.invalid"},
		"a place in a page":      {"usr/bin/p", binary("https://a.example.invalid/notes/%s/x.html#non-free\x00https://b.example.invalid/#/up\x00https://c.example.invalid/a#1"), "program b.example.invalid, program c.example.invalid"},
		"a page to read":         {"usr/bin/p", binary("https://b.example.invalid/faq/x.html\x00https://bugs.example.invalid\x00https://a.example.invalid/x.html"), "program a.example.invalid"},
		"a name space of code":   {"usr/share/x/a.php", "define('X_NAMESPACE_RSS', 'http://a.example.invalid/rss/');\n$doc->createElementNS('http://b.example.invalid/s', 'c');\n$o->setURL('http://c.example.invalid/rss/');\n", "script c.example.invalid"},
		"a name space of types":  {"usr/share/mime/x.xml", "<root-XML namespaceURI=\"http://a.example.invalid/\" localName=\"m\"/>\n<get URI=\"http://b.example.invalid/\"/>\n", "setting b.example.invalid"},
		"comments of PostScript": {"usr/share/x/a.ps", "%!PS\n% Refer to http://a.example.invalid or contact\n%% http://b.example.invalid\n(http://c.example.invalid) run\n%s=http://d.example.invalid\n", "setting c.example.invalid, setting d.example.invalid"},
		"comments of PHP":        {"usr/share/x/cli.php", "#!/usr/bin/env php\n<?php\n/*\n | http://a.example.invalid/ |\n */\nget('http://b.example.invalid/');\n", "script b.example.invalid"},
		"a comment of sh":        {"usr/bin/s", "#!/bin/sh\nrm -rf /tmp/*\n /*/x\ncurl http://b.example.invalid/*/\n", "script b.example.invalid"},
		"remarks":                {"etc/x.xml", "<q><comment>Get more at http://a.example.invalid</comment><url>http://b.example.invalid</url>\n{\"comment\": \"cf. \\\"x\\\" http://c.example.invalid\", \"url\": \"http://d.example.invalid/\"}\n", "setting b.example.invalid, setting d.example.invalid"},
		"words of Java":          {"x/Messages.properties", "BAD = see http://a.example.invalid/x\n", ""},
		"settings of Java":       {"x/app.properties", "url = http://a.example.invalid/x\n", "setting a.example.invalid"},
		"a project of Maven":     {"usr/share/maven-repo/a/b/1/b-1-site.xml", "<url>http://a.example.invalid/x</url>\n", ""},
		"changes":                {"META-INF/CHANGES", "http://a.example.invalid/x is fixed\n", ""},
		"news of a service":      {"etc/newsfeed", "feed http://a.example.invalid/x\n", "setting a.example.invalid"},
		"name spaces of strings": {"usr/bin/p", binary("http://a.example.invalid/ns/ext/state\x00http://b.example.invalid/nsstate\x00http://c.example.invalid:80/ns/x"), "program b.example.invalid, program c.example.invalid"},
		"a module of a MIB":      {"usr/share/snmp/mibs/X.txt", "X-MIB DEFINITIONS ::= BEGIN\nCONTACT-INFO \"http://a.example.invalid\"\n", ""},
		"a template of a page":   {"usr/share/x/home.ctp", "<a href=\"http://a.example.invalid/\">\n", "page a.example.invalid"},
		"calls that connect":     {"opt/a.py", "import socket, smtplib\ns = socket.create_connection((\"relay.vendor.cn\", 32100))\nc.connect('mq.vendor.cn', 1883)\nsmtplib.SMTP('mail.vendor.com', 25)\nd = sqlite3.connect('data.db')\nb.connect('org.vendor.Signal')\n# c.connect('old.vendor.cn')\n", "script relay.vendor.cn, script mq.vendor.cn, script mail.vendor.com"},
		"calls of Lua":           {"opt/a.lua", "local tcp = socket.tcp(); tcp:connect(\"lua.vendor.cn\", 80)\n", "script lua.vendor.cn"},
		"calls of Node.js":       {"opt/a.js", "const mqtt=require('mqtt');\nmqtt.connect('mqtt://mq.vendor.cn:1883');\nmqtt.connect({host:'iot.vendor.cn',port:1883});\nnew net.Socket().connect(9000,'tcp.vendor.cn');\n", "script mq.vendor.cn, script iot.vendor.cn, script tcp.vendor.cn"},
		"the same in a page":     {"www/a.js", "const mqtt=require('mqtt');\nmqtt.connect('mqtt://mq.vendor.cn:1883');\nmqtt.connect({host:'iot.vendor.cn',port:1883});\n", "page mq.vendor.cn"},
		"lists and addresses":    {"etc/app.json", "{\"p2p\":{\"servers\":[\"p2p1.vendor.cn\",\"p2p2.vendor.cn:32100\"]},\"ip\":\"47.88.1.2\",\"relay\":\"47.88.1.3:8800\",\"relay\":\"192.168.1.3:8800\"}\n", "setting p2p1.vendor.cn, setting p2p2.vendor.cn, setting 47.88.1.3"},
		"a log's host":           {"etc/rsyslog.conf", "*.* @logs.vendor.com:514\nkern.* @@(o)more.vendor.com\nmail.* -/var/log/mail\n# *.* @off.vendor.com\n$x admin@vendor.com\n", "setting logs.vendor.com, setting more.vendor.com"},
		"devices of bash":        {"usr/bin/s", "#!/bin/bash\nexec 3<>/dev/tcp/t.vendor.cn/80\nexec 4<>/dev/tcp/127.0.0.1/80\n# /dev/tcp/u.vendor.cn/80\n", "script t.vendor.cn"},
		"properties of JACK":     {"usr/lib/libjack.so", binary("http://jackaudio.org/metadata/pretty-name\x00http://b.example.invalid/metadata/x"), "program b.example.invalid"},
		"a registry of colours":  {"usr/share/x/PDFX_def.ps", "/RegistryName (http://www.color.org) % Must be so\n", ""},
		"mails of fail2ban":      {"etc/fail2ban/action.d/x.conf", "actionban = printf \"see http://a.example.invalid/<ip>\"\nurl = http://c.example.invalid/x\nactionreport = curl http://b.example.invalid/<ip>\n", "setting c.example.invalid, setting b.example.invalid"},
		"a manual in SQL":        {"usr/share/mysql/fill_help_tables.sql", "insert into help_topic values (1,'URL: http://a.example.invalid/x');\n", ""},
		"how to release":         {"usr/share/x/release-process.txt", "Go to http://a.example.invalid\n", ""},
		"who wrote a module":     {"opt/x/setup.py", "setup(name='x',\n  url='http://a.example.invalid',\n)\nget('http://b.example.invalid/x')\n", "script b.example.invalid"},
		"links of Erlang":        {"usr/lib/erlang/lib/x/ebin/x.app", "{application,x,\n [{links,[{\"Site\",\"http://a.example.invalid\"}]}]}.\n", ""},
		"a page":                 {"www/index.html", "<a href=\"https://a.example.invalid/\">\n", "page a.example.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, e := range observed(t, Endpoints, map[string]string{tc.file: tc.content}) {
				got = append(got, e.Kind+" "+e.Host)
				if s := tc.content[e.Location.Offset:][:e.Location.Length]; !strings.Contains(strings.ToLower(s), e.Host) {
					t.Errorf("the place of %s holds %q", e.Host, s)
				}
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestBareHosts(t *testing.T) {
	for text, want := range map[string]string{
		"a1.tuyacn.com": "a1.tuyacn.com", "mqtt.acme.io": "mqtt.acme.io", "p2p.vstarcam.com": "p2p.vstarcam.com", "mqtt.acme.io:8883": "mqtt.acme.io",
		"log.acme.com.cn": "log.acme.com.cn", "0.pool.ntp.org": "0.pool.ntp.org", "cn.ntp.org.cn": "cn.ntp.org.cn", "eu-1.acme.net": "eu-1.acme.net",
		// Names of files, packages and variables, sentences, and what is no name.
		"foo.so.io": "", "com.acme.net": "", "org.apache.commons.io": "", "cn.jpush.android.io": "", "pandas.libs.io": "", "llvm.xcore.com": "",
		"main.rs": "", "a.setup.py": "", "run.x.sh": "", "lib.foo.pl": "", "java.vm.info": "", "device.product.id": "", "builtins.id": "", "x.y.com": "",
		"acme.com": "", "acme.co.uk": "", "api.co.uk": "", "msgfmt.net": "", "foo.bar.net": "", "exit.preloop.at": "", "net.ipv4.conf.all": "",
		"see mqtt.acme.io": "", "mqtt.acme.io is down": "", "user@mail.acme.com": "", "mqtt.acme.io:": "", "mqtt.acme.io:x": "", "mqtt.acme.io:99999": "",
		"Mqtt.Acme.io": "", "dev.acme.local": "", "www.example.com": "", "type.googleapis.com": "", "a..acme.com": "", "-a.acme.com": "", ".iot.acme.com": "",
	} {
		o := observed(t, Endpoints, map[string]string{"usr/bin/p": string(elfImage(32, le, nil, 0)) + "\x00" + text + "\x00", "opt/data": "\x00\x01" + text + "\x00"})
		got := ""
		if len(o) > 0 {
			got = o[0].Host
		}
		if got != want || len(o) > 1 {
			t.Errorf("%q: got %q (%d), want %q", text, got, len(o), want)
		}
	}
}

// A program that has many names of hosts has a list of those of others.
func TestListOfHosts(t *testing.T) {
	for n, want := range map[int]int{3: 3, maxBareHosts: maxBareHosts, maxBareHosts + 1: 0} {
		b := string(elfImage(32, le, nil, 0)) + "\x00"
		for i := range n {
			b += fmt.Sprintf("h%d.acme.com\x00", i)
		}
		if o := observed(t, Endpoints, map[string]string{"usr/bin/p": b}); len(o) != want {
			t.Errorf("%d names: found %d, want %d", n, len(o), want)
		}
	}
}

// What a file names as an address is not told again as a name.
func TestBareHostOfAnAddress(t *testing.T) {
	o := observed(t, Endpoints, map[string]string{"usr/bin/p": string(elfImage(32, le, nil, 0)) + "\x00mqtt://m.acme.com\x00m.acme.com\x00"})
	if len(o) != 1 || o[0].Scheme != "mqtt" {
		t.Errorf("found %+v", o)
	}
}

func FuzzBareHosts(f *testing.F) {
	f.Add([]byte("\x00mqtt.acme.io:8883\x00a.b.com\x00"))
	f.Add([]byte(".com\x00.com:"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &firmware.File{Name: "p", Path: "x!p", Size: int64(len(data)), Kind: firmware.Raw}
		for _, e := range bareHosts(file, data, bareScan.Words.Sights(data)) {
			if !strings.HasPrefix(string(data[e.Location.Offset:]), e.Host) || e.Location.Offset+e.Location.Length > int64(len(data)) {
				t.Errorf("%+v", e)
			}
		}
	})
}

func FuzzEndpoints(f *testing.F) {
	f.Add("etc/x.conf", []byte("url = https://u:p@a.example.invalid:80/x?y server b.example.invalid\n"))
	f.Add("bin/p", append(elfImage(32, le, nil, 0), "\x00mqtt://a.example.invalid\x00"...))
	f.Add("x", []byte("://"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file := &firmware.File{Name: name, Path: "x!" + name, Size: int64(len(data))}
		for _, e := range seeEndpoints(file, data) {
			if e.Host == "" || strings.Contains(e.URL, "@") && !strings.Contains(e.URL[8:], "/") || e.Location.Offset+e.Location.Length > int64(len(data)) {
				t.Errorf("%+v", e)
			}
		}
	})
}

func BenchmarkEndpoints(b *testing.B) {
	data := append(elfImage(32, le, nil, 0), strings.Repeat("some text: of a program\x00\x01\x02", 1<<18)...)
	f := &firmware.File{Name: "bin/p", Path: "x!bin/p", Size: int64(len(data))}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		seeEndpoints(f, data)
	}
}

func TestHostsOfCommands(t *testing.T) {
	for line, want := range map[string]string{
		"nc -w 3 47.88.12.10 9000 < /tmp/a":                      "tcp 47.88.12.10",
		"nc -l -p 9000":                                          "",
		"nc 192.168.1.5 9000":                                    "",
		"nc $HOST 9000":                                          "",
		"ssh -N -R 2222:localhost:22 u@rev.acme.cn":              "ssh rev.acme.cn",
		"ssh -i /etc/k -p 2222 rev.acme.cn reboot":               "ssh rev.acme.cn",
		"scp -i /etc/k /tmp/a u@47.88.12.11:/srv":                "ssh 47.88.12.11",
		"rsync -a /data u@bk.acme.cn::x":                         "ssh bk.acme.cn",
		"rsync -a /data /mnt/backup":                             "",
		"scp /tmp/a:b.c /mnt/x":                                  "",
		"ntpd -n -p acme.com":                                    "ntp acme.com",
		"ntpd -n -q":                                             "",
		"ntpdate -b acme.com":                                    "ntp acme.com",
		"ntpdate -b $SERVER":                                     "",
		"syslogd -R acme.com:514":                                "udp acme.com",
		"logger -t boot it.is on":                                "",
		"socat - OPENSSL:acme.com:443,verify=0":                  "tcp acme.com",
		"socat TCP-LISTEN:80,fork EXEC:a.sh":                     "",
		"H=up\ncurl -s https://$H.acme.cn/v1":                    "https up.acme.cn",
		"H=up\nU=http://$H.acme.cn\nwget -q -O /tmp/a \"$U/x\"":  "http up.acme.cn",
		"U=https://up.acme.cn\nwget -q -O /tmp/a $U/x":           "https up.acme.cn",
		"H=$(cat /etc/h)\ncurl -s https://$H.acme.cn/v1":         "",
		"H=up\ncurl -s \"https://$H.acme.cn/v1?mac=$(cat /a)\"":  "https up.acme.cn",
		"H=192.168.1\ncurl -s http://$H.5/v1":                    "",
		"H=up\necho https://$H.acme.cn/v1":                       "",
		"ssh-keygen -t ed25519 -f /etc/ssh/key -C u@rev.acme.cn": "",
	} {
		var got []string
		for _, e := range observed(t, Endpoints, map[string]string{"opt/a.sh": "#!/bin/sh\n" + line + "\n"}) {
			got = append(got, e.Scheme+" "+e.Host)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// TestPackageHeaders has a package of rpm whose header names the addresses of its
// project, and a script in it that asks another.
func TestPackageHeaders(t *testing.T) {
	be := binary.BigEndian
	texts := map[uint32]string{1000: "cam", 1020: "https://project.vendor.com/", 1007: "build1.vendor.com", 5012: "https://bugs.vendor.com/"}
	header := func(texts map[uint32]string) []byte {
		var index, store []byte
		for _, tag := range slices.Sorted(maps.Keys(texts)) {
			for _, n := range []uint32{tag, 6, uint32(len(store)), 1} {
				index = be.AppendUint32(index, n)
			}
			store = append(append(store, texts[tag]...), 0)
		}
		b := be.AppendUint32([]byte("\x8e\xad\xe8\x01\x00\x00\x00\x00"), uint32(len(texts)))
		return slices.Concat(be.AppendUint32(b, uint32(len(store))), index, store)
	}
	lead := append([]byte("\xed\xab\xee\xdb\x03\x00"), make([]byte, 90)...)
	payload := firmwaretest.Gzip("", firmwaretest.Cpio(firmwaretest.Text("usr/bin/up", 0o755, "#!/bin/sh\ncurl https://asked.vendor.com/\n")))
	data := slices.Concat(lead, header(nil), header(texts), payload)
	o, err := Observe(context.Background(), firmware.Bytes("x.rpm", data), firmware.Options{}, Endpoints)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Endpoints.Of(o.For("test", []Node{Endpoints}))
	if err != nil || len(all) != 1 || all[0].Host != "asked.vendor.com" {
		t.Errorf("%v, %+v", err, all)
	}
}
