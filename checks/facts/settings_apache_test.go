package facts

import (
	"fmt"
	"maps"
	"testing"
)

// debianApache is how Debian lays out Apache's settings.
var debianApache = map[string]string{
	"usr/sbin/apache2": "", "etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\napache2 -k start\n", "usr/lib/libssl.so.3": "",
	"etc/apache2/apache2.conf":      "ServerRoot \"/etc/apache2\"\nIncludeOptional mods-enabled/*.load\nIncludeOptional mods-enabled/*.conf\nInclude ports.conf\nIncludeOptional sites-enabled/*.conf\n",
	"etc/apache2/ports.conf":        "Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n",
	"etc/apache2/mods-available/-":  "",
	"etc/apache2/sites-enabled/-":   "",
	"etc/apache2/sites/default.tls": "<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n",
}

func TestApache(t *testing.T) {
	many := map[string]string{"etc/apache2/mods-enabled/ssl.load": "LoadModule ssl_module /s.so\n", "etc/apache2/sites-enabled/z.conf": "SSLEngine on\n"}
	for i := range 200 {
		many[fmt.Sprintf("etc/apache2/mods-enabled/m%d.load", i)] = fmt.Sprintf("LoadModule m%d_module /m.so\n", i)
		many[fmt.Sprintf("etc/apache2/mods-enabled/m%d.conf", i)] = "# none\n"
	}
	deep := map[string]string{"etc/apache2/mods-enabled/a.load": "LoadModule a_module /a.so\n", "etc/apache2/ports.conf": "Listen 80\nInclude ports.conf\n"}
	for name, tc := range map[string]struct {
		more         map[string]string
		want, unread string
	}{
		"links that are not there":    {nil, ":80 no, :443", "etc/apache2/mods-enabled/*.load"},
		"links that lead nowhere":     {map[string]string{"etc/apache2/mods-enabled/ssl.load": "-> ../mods-available/ssl.load"}, ":80 no, :443", "etc/apache2/mods-enabled/*.load"},
		"a module, none of TLS":       {map[string]string{"etc/apache2/mods-enabled/a.load": "LoadModule a_module /a.so\n"}, ":80 no", ""},
		"TLS":                         {map[string]string{"etc/apache2/mods-enabled/ssl.load": "LoadModule ssl_module /s.so\n", "etc/apache2/sites-enabled/z.conf": "SSLEngine on\n"}, ":80 no, :443 yes", ""},
		"more files than 64":          {many, ":80 no, :443 yes", ""},
		"a file that takes in itself": {deep, "", "etc/apache2/ports.conf"},
		"a folder":                    {map[string]string{"etc/apache2/apache2.conf": "Include conf.d\n", "etc/apache2/conf.d/a.conf": "Listen 8080\n"}, ":8080 no", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(debianApache)
			maps.Copy(files, tc.more)
			g := bootOf(t, files)
			if got := listens(g, "apache2"); got != tc.want && tc.want != "" || g.Services[0].Unread != tc.unread {
				t.Errorf("%q with %q unread, want %q and %q", got, g.Services[0].Unread, tc.want, tc.unread)
			}
		})
	}
	g := bootOf(t, map[string]string{
		"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nhttpd -k start\n", "usr/sbin/httpd": "",
		"etc/httpd/conf/httpd.conf": "Include conf.d/*.conf\n", "etc/httpd/conf.d/a.conf": "Listen 8080\n",
	})
	if got := listens(g, "httpd"); got != ":8080 no" {
		t.Errorf("%q in %+v", got, g.Services)
	}
}

func TestSNMPIncludes(t *testing.T) {
	for name, tc := range map[string]struct {
		more map[string]string
		want string
	}{
		"a folder":            {map[string]string{"etc/snmp/snmpd.conf": "includeDir /etc/snmp/d\n", "etc/snmp/d/a.conf": "rocommunity public\n"}, ":161 no"},
		"a folder, with else": {map[string]string{"etc/snmp/snmpd.conf": "rouser a\nincludeDir /etc/snmp/d\n", "etc/snmp/d/a.txt": "rocommunity public\n"}, ":161 yes"},
		"a file":              {map[string]string{"etc/snmp/snmpd.conf": "rouser a\nincludeFile d/a\n", "etc/snmp/d/a": "rocommunity public\n"}, ":161 no"},
		"an address":          {map[string]string{"etc/snmp/snmpd.conf": "rouser a\nincludeFile /etc/a\n", "etc/a": "agentAddress udp:127.0.0.1:161\n"}, "127.0.0.1:161 yes"},
		"itself":              {map[string]string{"etc/snmp/snmpd.conf": "rouser a\nincludeFile snmpd.conf\n"}, ":161 yes"},
		"none":                {map[string]string{"etc/snmp/snmpd.conf": "rouser a\n#includeFile d/a\n", "etc/snmp/d/a": "rocommunity public\n"}, ":161 yes"},
	} {
		files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nsnmpd\n", "usr/sbin/snmpd": ""}
		maps.Copy(files, tc.more)
		if got := listens(bootOf(t, files), "snmpd"); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
