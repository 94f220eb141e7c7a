package facts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// listens writes where a service waits: "address:port tls", ! for a redirect.
func listens(g BootGraph, name string) string {
	var out []string
	for _, s := range g.Services {
		if s.Name != name {
			continue
		}
		for _, l := range s.Listens {
			text := fmt.Sprintf("%s:%d", l.Address, l.Port)
			if l.TLS != Unknown {
				text += " " + string(l.TLS)
			}
			if l.Anonymous == Yes {
				text += " anyone"
			}
			if l.Redirect {
				text += " !"
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

func TestSettings(t *testing.T) {
	for _, tc := range []struct{ name, daemon, run, file, content, want string }{
		{"lighttpd", "lighttpd", "lighttpd -f /etc/f", "etc/f", "server.port=8080\nserver.bind = \"127.0.0.1\"\n", "127.0.0.1:8080 no"},
		{"lighttpd, two settings on a line", "lighttpd", "lighttpd -f /etc/f", "etc/f", "server.port = 80\n$SERVER[\"socket\"] == \":443\" { ssl.pemfile = \"/x\" ssl.engine = \"enable\" }\n", ":80 no, :443 yes"},
		{"lighttpd, global TLS", "lighttpd", "lighttpd -f /etc/f", "etc/f", "# ssl.engine = \"disable\"\nserver.port = 443\nssl.engine = \"enable\"\n$SERVER[\"socket\"] == \":80\" {\n ssl.engine = \"disable\"\n}\n", ":443 yes, :80 no"},
		{"lighttpd, redirect of one path", "lighttpd", "lighttpd -f /etc/f", "etc/f", "url.redirect = ( \"^/old$\" => \"https://x/\" )\n", ":80 no"},
		{"nginx", "nginx", "nginx -c /etc/f", "etc/f", "events {}\nhttp { # server { listen 1; }\n server { listen [::]:80 default_server; location / { return 301 https://$host; } }\n server { listen 81; location /a { return 301 https://$host; } }\n server { listen 443 ssl; }\n}\n", ":80 no !, :81 no, :443 yes"},
		{"nginx, redirect and certificates", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; location ^~ /.well-known/acme-challenge/ { root /w; } location / { return 301 https://$host$uri; } } }", ":80 no !"},
		{"nginx, redirect and more", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; location /pages/ { root /w; } location / { return 301 https://$host$uri; } } }", ":80 no"},
		{"nginx, redirect and what everybody may know", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; location /.well-known/ { root /w; } location / { return 301 https://$host$uri; } } }", ":80 no !"},
		{"nginx, redirect and a name that begins so", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; location /.well-known-x { root /w; } location / { return 301 https://$host$uri; } } }", ":80 no"},
		{"cups", "cupsd", "cupsd -f -c /etc/f", "etc/f", "Listen 0.0.0.0:631\nListen /run/cups.sock\nSSLListen *:443\n<Location />\nAllow all\n</Location>\n", ":631 no, :443 yes"},
		{"cups, itself", "cupsd", "cupsd -c /etc/f", "etc/f", "Listen localhost:631\n", "localhost:631 no"},
		{"cups, sent on", "cupsd", "cupsd -c /etc/f", "etc/f", "Port 631\n<Location /admin>\n</Location>\n<Location />\n Encryption Required\n</Location>\n", ":631 no !"},
		{"cups without pages", "cupsd", "cupsd -c /etc/f", "etc/f", "Port 631\nWebInterface No\n", ":631"},
		{"coap", "coapd", "coap-server -A 0.0.0.0", "etc/f", "", ":5683 no"},
		{"coap with keys", "coapd", "coap-server -k secret", "etc/f", "", ":5683"},
		{"nginx, certificates alone", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; location /.well-known/acme-challenge/ { root /w; } location / { root /www; } } }", ":80 no"},
		{"nginx, as certbot writes it", "nginx", "nginx -c /etc/f", "etc/f", "http { server { if ($host = x.example) { return 301 https://$host$uri; } listen 80; server_name x.example; return 404; } }", ":80 no !"},
		{"nginx, one host of many", "nginx", "nginx -c /etc/f", "etc/f", "http { server { if ($host = x.example) { return 301 https://$host$uri; } listen 80; root /www; } }", ":80 no"},
		{"nginx, by scheme", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; if ($scheme = http) { return 301 https://$host$uri; } location /a { root /www; } } }", ":80 no !"},
		{"haproxy", "haproxy", "haproxy -f /etc/f &", "etc/f", "global\n ssl-default-bind-options ssl-min-ver TLSv1.2\ndefaults\n mode http\nfrontend a\n bind :80\n bind *:443 ssl crt /a\n http-request redirect scheme https unless { ssl_fc }\nfrontend b\n bind 127.0.0.1:8080\nbackend c\n server d 10.0.0.1:90\n", ":80 no !, :443 yes, 127.0.0.1:8080 no"},
		{"haproxy, some are sent on", "haproxy", "haproxy -f /etc/f &", "etc/f", "listen a\n mode http\n bind :80,:81\n redirect scheme https if { hdr(host) a.example }\n", ":80 no, :81 no"},
		{"haproxy, of others", "haproxy", "haproxy -f /etc/f &", "etc/f", "listen a\n bind :5432\n server d 10.0.0.1:5432\n", ":5432"},
		{"nginx, redirect", "nginx", "nginx -c /etc/f", "etc/f", "http { server { listen 80; return 301 https://$host$uri; } }", ":80 no !"},
		{"mini_httpd", "mini_httpd", "mini_httpd -C /etc/f", "etc/f", "ssl\ncertfile=/x\n", ":443 yes"},
		{"boa", "boa", "boa -c /etc", "etc/boa.conf", "Port 8000\nListen 127.0.0.1\n", "127.0.0.1:8000 no"},
		{"goahead", "goahead", "goahead --home /etc http://*:80 https://*:443 /www", "etc/f", "x", ":80 no, :443 yes"},
		{"goahead, a folder and a port", "goahead", "goahead -v --home /etc/goahead /www 8080", "etc/f", "", ":8080 no"},
		{"goahead, an address", "goahead", "goahead --log stdout:4 /www 127.0.0.1:81", "etc/f", "", "127.0.0.1:81 no"},
		{"goahead, nothing said, and a library of TLS", "goahead", "goahead /www", "etc/f", "", ":80"},
		{"mosquitto", "mosquitto", "mosquitto -c /etc/f", "etc/f", "allow_anonymous true\nlistener 1883\nlistener 8883 0.0.0.0\ncafile /a\ncertfile /b\nlistener 0 /run/m.sock\n", ":1883 no anyone, :8883 yes anyone"},
		{"mosquitto, each for itself", "mosquitto", "mosquitto -c /etc/f", "etc/f", "per_listener_settings true\nlistener 8883\ncertfile /b\nallow_anonymous false\nlistener 1883 localhost\nallow_anonymous true\n", ":8883 yes, localhost:1883 no anyone"},
		{"snmpd", "snmpd", "snmpd -c /etc/f", "etc/f", "agentAddress udp:127.0.0.1:161\nrocommunity public\n", "127.0.0.1:161 no"},
		{"snmpd, version 3", "snmpd", "snmpd -c /etc/f", "etc/f", "#rocommunity public\nrouser admin authPriv\n", ":161 yes"},
		{"vsftpd", "vsftpd", "vsftpd /etc/f", "etc/f", "anonymous_enable=NO\nssl_enable=YES\nlisten_port=2121\n", ":2121 yes"},
		{"dropbear", "dropbear", "dropbear -p 192.168.1.1:2222 -p 22", "etc/f", "x", "192.168.1.1:2222 yes, :22 yes"},
		{"sshd", "sshd", "sshd -f /etc/f", "etc/f", "Port 2222\nListenAddress 127.0.0.1\n", "127.0.0.1:2222 yes"},
		{"telnetd", "telnetd", "telnetd -b 127.0.0.1 -p 2323", "etc/f", "x", "127.0.0.1:2323 no"},
		{"busybox httpd", "httpd", "httpd -p 192.168.0.1:8080", "etc/f", "x", "192.168.0.1:8080"},
		{"apache", "apache2", "apache2 -f /etc/f", "etc/f", "Listen 80\nListen 443\nSSLEngine on\n", ":80 no, :443 yes"},
		{"apache, a module that is not loaded", "apache2", "apache2 -f /etc/f", "etc/f", "LoadModule mpm_event_module /a.so\nListen 127.0.0.1:8080\n<IfModule ssl_module>\n<IfModule mpm_event_module>\n\tListen 443\n</IfModule>\n</IfModule>\n<IfModule mod_gnutls.c>\nListen 443\n</IfModule>\n", "127.0.0.1:8080 no"},
		{"apache, one that is", "apache2", "apache2 -f /etc/f", "etc/f", "LoadModule ssl_module /a.so\n<IfModule mod_ssl.c>\nListen 443\n</IfModule>\n<IfModule !ssl_module>\nListen 81\n</IfModule>\nListen 80\n", ":443 no, :80 no"},
		{"apache, built in or not", "apache2", "apache2 -f /etc/f", "etc/f", "<IfModule ssl_module>\nListen 443\n</IfModule>\nListen 80\n", ":443 no, :80 no"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			program := strings.Fields(tc.run)[0]
			g := bootOf(t, map[string]string{
				"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + tc.run + "\n", "usr/sbin/" + program: "", tc.file: tc.content, "usr/lib/libssl.so.3": "",
			})
			if got := listens(g, tc.daemon); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"80": ":80", "0.0.0.0:80": ":80", "[::]:443": ":443", "*:8080": ":8080", "127.0.0.1:22": "127.0.0.1:22", "[::1]:22": "::1:22",
		"::1": "::1:0", "192.168.1.1": "192.168.1.1:0", "": ":0", "99999": "99999:0", ":": ":0", "[": ":0",
	} {
		a, p := parseAddress(in)
		if got := fmt.Sprintf("%s:%d", a, p); got != want && !(in == ":" && p == 0) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for a, want := range map[string]bool{"127.0.0.1": true, "127.8.8.8": true, "::1": true, "localhost": true, "": false, "10.0.0.1": false, "::ffff:127.0.0.1": true} {
		if isLoopback(a) != want {
			t.Errorf("loopback %q", a)
		}
	}
}

func TestUCI(t *testing.T) {
	p := parseUCI(textOf("config dropbear\n\toption PasswordAuth 'on' # yes\n#\toption Port 1\n\tlist a '1'\n\tlist a \"2 3\"\nconfig x 'named'\n\toption b c\n"))
	if len(p) != 2 || p.id(0) != "cfg01" || p.id(1) != "named" {
		t.Fatalf("%+v", p)
	}
	s, _ := p.section("@dropbear[0]")
	a, _ := s.get("a")
	if v, _ := s.get("PasswordAuth"); v.Values[0] != "on" || len(a.Values) != 2 || a.Values[1] != "2 3" {
		t.Errorf("%+v", s)
	}
}

// textOf is a text that stands alone.
func textOf(content string) Text {
	f := &firmware.File{Path: "x!etc/f", Name: "etc/f", Container: &firmware.Container{}, Kind: firmware.Regular}
	return Text{File: f, Content: content}
}

// FuzzSettings gives hostile text to every reader of settings, as a part of a
// whole boot.
func FuzzSettings(f *testing.F) {
	for _, s := range []string{
		"::sysinit:/bin/sh -c 'a | b'\nid:3:initdefault:\n", "[Unit]\nWants=a@b.service\n[Service]\nExecStart=-/bin/sh -c \"x\" \\\n y\n",
		"config a 'b'\n\tlist c \"d\"\n\toption e f\n", "$SERVER[\"socket\"] == \"[::]:443\" { ssl.engine = \"enable\" a = ( \"x\" => ( \"y\" ) ) } else { include \"f\" }",
		"Match User a\n Include /etc/*\n Ciphers +3des-cbc\n", "http { server { listen 80; \"a", "listener 1 ::1\ncertfile x\n", "service telnet { disable = no\n server = /x\n}\n",
		"telnet stream tcp nowait root /usr/sbin/telnetd telnetd -l /bin/sh\n", "service a /system/bin/adbd\n class core\n", "agentAddress udp:[::]:161,tcp:1\n",
	} {
		f.Add(s)
	}
	programs := map[string]string{}
	for _, p := range []string{"sshd", "lighttpd", "nginx", "mosquitto", "snmpd", "vsftpd", "mini_httpd", "boa", "apache2", "inetd", "xinetd", "uhttpd", "dropbear", "telnetd"} {
		programs["usr/sbin/"+p] = ""
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || len(s) > 1<<14 {
			return
		}
		files := map[string]string{
			"etc/init.d/rcS": "#!/bin/sh\nsshd -f /etc/f\nlighttpd -f /etc/f\nnginx -c /etc/f\nmosquitto -c /etc/f\nsnmpd -c /etc/f\nvsftpd /etc/f\nmini_httpd -C /etc/f\nboa -f /etc/f\napache2 -f /etc/f\ninetd /etc/f\nxinetd -f /etc/f\nuhttpd\ndropbear\n",
			"etc/f":          s, "etc/config/uhttpd": s, "etc/config/dropbear": s, "boot/cmdline.txt": s,
		}
		for k, v := range programs {
			files[k] = v
		}
		files["etc/inittab"] = toRcS + s
		checkPlaces(t, bootOf(t, files))
		delete(files, "etc/inittab")
		files["lib/systemd/systemd"], files["etc/systemd/system/default.target"], files["etc/systemd/system/a@.service"] = "", s, s
		checkPlaces(t, bootOf(t, files))
		delete(files, "lib/systemd/systemd")
		files["system/build.prop"], files["system/etc/init/a.rc"] = s, s
		checkPlaces(t, bootOf(t, files))
	})
}

// checkPlaces holds what every place promises.
func checkPlaces(t *testing.T, g BootGraph) {
	for _, s := range g.Services {
		if len(s.Places) == 0 {
			t.Fatalf("service %s has no place", s.Name)
		}
		for _, p := range s.Places {
			if p.Offset < 0 || p.Length < 0 || !strings.HasPrefix(p.Path, "image") {
				t.Fatalf("service %s at %+v", s.Name, p)
			}
		}
	}
}
