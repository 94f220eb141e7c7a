package facts

import (
	"strings"
	"testing"
)

// Settings that are taken in from where the device fills them say what nobody saw; a
// folder of the image that is empty says nothing.
func TestSettingsTakenIn(t *testing.T) {
	for name, c := range map[string]struct{ run, file, content, want string }{
		"mosquitto":                  {"mosquitto -c /etc/f", "etc/f", "include_dir /data/m.d\n", "data/m.d"},
		"mosquitto, a listener":      {"mosquitto -c /etc/f", "etc/f", "listener 1883 127.0.0.1\ninclude_dir /data/m.d\n", "data/m.d"},
		"mosquitto, memory":          {"mosquitto -c /etc/f", "etc/f", "include_dir /var/run/m.d\n", "var/run/m.d"},
		"mosquitto, of the image":    {"mosquitto -c /etc/f", "etc/f", "listener 1883 127.0.0.1\ninclude_dir /etc/m.d\n", ""},
		"mosquitto, with files":      {"mosquitto -c /data/f", "data/f", "listener 1883 127.0.0.1\ninclude_dir /data\n", ""},
		"mosquitto, in a comment":    {"mosquitto -c /etc/f", "etc/f", "listener 1883 127.0.0.1\n#include_dir /data/m.d\n", ""},
		"sshd":                       {"sshd -f /etc/f", "etc/f", "Include /data/ssh/*.conf\nPasswordAuthentication no\n", "data/ssh/*.conf"},
		"sshd, of the image":         {"sshd -f /etc/f", "etc/f", "Include /etc/ssh/sshd_config.d/*.conf\n", ""},
		"snmpd":                      {"snmpd -c /etc/f", "etc/f", "rouser admin\nincludeDir /data/snmp\n", "data/snmp"},
		"nginx":                      {"nginx -c /etc/f", "etc/f", "http { include /data/nginx/*.conf; server { listen 443 ssl; } }\n", "data/nginx/*.conf"},
		"nginx, one file":            {"nginx -c /etc/f", "etc/f", "http { include /tmp/web.conf; server { listen 443 ssl; } }\n", "tmp/web.conf"},
		"nginx, as usual":            {"nginx -c /etc/f", "etc/f", "http { include /etc/nginx/conf.d/*.conf; include mime.types; server { listen 443 ssl; } }\n", ""},
		"nginx, written by the boot": {"echo 'server { listen 443 ssl; }' > /tmp/web.conf; nginx -c /etc/f", "etc/f", "http { include /tmp/web.conf; }\n", ""},
		"lighttpd":                   {"lighttpd -f /etc/f", "etc/f", "server.port = 443\nssl.engine = \"enable\"\ninclude \"/data/l.conf\"\n", "data/l.conf"},
		"apache":                     {"apache2 -f /etc/f", "etc/f", "Listen 443\nSSLEngine on\nIncludeOptional /data/*.conf\n", "data/*.conf"},
	} {
		t.Run(name, func(t *testing.T) {
			program := strings.Fields(c.run[strings.LastIndex(c.run, ";")+1:])[0]
			g := bootOf(t, map[string]string{
				"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + c.run + "\n", "usr/sbin/" + program: "", c.file: c.content,
			})
			if len(g.Services) != 1 || g.Services[0].Unread != c.want || c.want != "" && g.Services[0].Loopback {
				t.Errorf("%+v, want settings %q that were not read", g.Services, c.want)
			}
		})
	}
	for dir, want := range map[string]int{"/data/xinetd.d": 1, "/etc/xinetd.d": 0} {
		g := bootOf(t, map[string]string{
			"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nxinetd\n", "usr/sbin/xinetd": "", "etc/xinetd.conf": "defaults\n{\n}\nincludedir " + dir + "\n",
		})
		if got := g.Inits[0].Unjudged; len(got) != want {
			t.Errorf("xinetd of %s: %v, want %d", dir, got, want)
		}
	}
}
