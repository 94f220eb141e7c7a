package facts

import (
	"strings"
	"testing"
)

// TestEndpointsInRemarks has addresses in comments behind code, and such that code names.
func TestEndpointsInRemarks(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"Lua, behind code":    {"usr/lib/x.lua", "local M = {} -- http://a.vendor.com/wiki\nlocal t = { [31] = \"E\", -- E,[http://b.vendor.com/d.txt]\n}\n", ""},
		"Lua, long":           {"usr/lib/x.lua", "local x = 1 --[==[ http://a.vendor.com ]]\nhttp://b.vendor.com ]==] get('http://c.vendor.com/')\n", "c.vendor.com"},
		"Lua, in strings":     {"usr/lib/x.lua", "os.execute('curl --data x http://a.vendor.com/')\nos.execute([[curl --data x http://b.vendor.com/]])\nlocal s = \"a\\\"-- \" .. get(\"http://c.vendor.com/\")\n", "a.vendor.com b.vendor.com c.vendor.com"},
		"Lua, no end":         {"usr/lib/x.lua", "a = [[ b --[[ http://a.vendor.com\nget('http://b.vendor.com/')\n", "b.vendor.com"},
		"Lua, minus":          {"usr/lib/x.lua", "local n = 3 - 1; get('http://a.vendor.com/' .. n)\n", "a.vendor.com"},
		"JavaScript":          {"opt/x.js", "const fs = require('fs'); /* see http://a.vendor.com/ */ get('http://b.vendor.com/');// http://c.vendor.com/\n", "b.vendor.com"},
		"JavaScript, strings": {"opt/x.js", "const fs = require('fs');\nget('/*'); get('http://a.vendor.com/');\nget('//x', 'http://b.vendor.com/')\n", "a.vendor.com b.vendor.com"},
		"PHP":                 {"opt/x.php", "<?php $x = 1;//http://a.vendor.com/\nget('http://b.vendor.com/');\n", "b.vendor.com"},
		"a shell's pattern":   {"opt/x.sh", "for f in /* ; do curl http://a.vendor.com/$f; done\n", "a.vendor.com"},
		"a log":               {"opt/x.pl", "my $l = '1.2.3.4 - - \"GET / HTTP/1.0\" 200 1 \"http://a.vendor.com/from\" \"Mozilla/4.0\"';\nget(\"http://b.vendor.com/\");\n", "b.vendor.com"},
		"a hint":              {"opt/x.php", "<?php out(__d('x', 'You can download it from %s', 'http://a.vendor.com'));\nsend('to %s', 'http://b.vendor.com');\n", "b.vendor.com"},
		"where it comes from": {"opt/x.lua", "missingdep(\"L\", { { \"Source\", \"http://a.vendor.com/l/\" } })\nget({ \"source\", \"http://b.vendor.com/l/\" })\n", "b.vendor.com"},
		"a gemspec":           {"var/lib/gems/specifications/x.gemspec", "s.homepage = \"http://a.vendor.com\"\n", ""},
	} {
		var got []string
		for _, e := range observed(t, Endpoints, map[string]string{tc.file: tc.content}) {
			got = append(got, e.Host)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: got %v, want %s", name, got, tc.want)
		}
	}
}

// TestToFillIn has names that stand where people put their own, and such that only look so.
func TestToFillIn(t *testing.T) {
	for address, want := range map[string]bool{
		"http://disabled.invalid": true, "http://your.webserver.here": true, "ws://your.websocket.here/x": true, "http://some.url": true, "http://www.xxxx.com": true,
		"http://host.your.domain/": true, "http://api.yourdomain.com": true, "http://host.tld": true, "http://www.onvif.org/ver10/media/wsdl": true, "http://tempuri.org/Get": true,
		"http://prosody.im/protocol/config#reload": true, "http://a.vendor.com/auth/protocol/x": false,
		"http://www.php.net/license/3_01.txt": true,
		"http://static.1.your-server.de":      false, "http://api.vendor.invalid": false, "http://awesome.vendor.com": false, "http://www.xxx.com": false, "http://yours.com": false,
		"http://www.onvif.org/profiles": false, "http://a.vendor.com/license/activate": false, "http://a.vendor.com/license/check.php": false, "http://my.vendor.com": false, "http://192.0.2.7": false,
	} {
		e, ok := parseEndpoint(address)
		if !ok || notContacted(e) != want {
			t.Errorf("%s: %v %v", address, ok, notContacted(e))
		}
	}
}

func FuzzLuaComments(f *testing.F) {
	f.Add([]byte("a = [[ b ]] --[=[ c ]=] -- d\n'\\'"))
	f.Fuzz(func(t *testing.T, content []byte) {
		last := 0
		luaComments(content, func(from, to int) {
			if from < last || to <= from || to > len(content) {
				t.Errorf("%d-%d behind %d of %d", from, to, last, len(content))
			}
			last = to
		})
	})
}
