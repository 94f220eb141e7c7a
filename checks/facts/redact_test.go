package facts

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRedactArgs(t *testing.T) {
	for in, want := range map[string]string{
		"mosquitto -c /etc/m.conf -p 1883 -u admin -P SecretMqttPw": "-c /etc/m.conf -p 1883 -u admin -P [redacted]",
		"mosquitto -P 1234":                                           "-P [redacted]",
		"mosquitto -PSecret":                                          "-P[redacted]",
		"app --password hunter2 --pass=x --pw a -pw b":                "--password [redacted] --pass=[redacted] --pw [redacted] -pw [redacted]",
		"app -p hunter2 -psecret1 -p 80 -p 192.168.1.1:2222 -p80":     "-p [redacted] -p[redacted] -p 80 -p 192.168.1.1:2222 -p80",
		"app rtsp://admin:pw@10.0.0.1:554/x mqtt://host:1883":         "rtsp://[redacted]@10.0.0.1:554/x mqtt://host:1883",
		"app http://a:b/c@host/ http://h/?token=abc&x=1":              "http://[redacted]@host/ http://h/?token=[redacted]&x=1",
		"app api_key=abc AUTH_TOKEN=abc secret:xyz mode=1":            "api_key=[redacted] AUTH_TOKEN=[redacted] secret:[redacted] mode=1",
		"agent -t 9f8e7d6c5b4a39281706 --token abc -t 30":             "-t [redacted] --token [redacted] -t 30",
		"agent connect eyJhbGciOiJIUzI1NiJ9abc123":                    "connect [redacted]",
		"curl -u admin:Passw0rd -X POST":                              "-u admin:[redacted] -X POST",
		"app --password-file /etc/pw --key /etc/k.pem --key=abc":      "--password-file /etc/pw --key /etc/k.pem --key=[redacted]",
		"sshd -oPasswordAuthentication=no -D -f /etc/ssh/sshd_config": "-oPasswordAuthentication=no -D -f /etc/ssh/sshd_config",
		"dropbear -p [::]:22 -P /run/d.pid -F -r /etc/key":            "-p [::]:22 -P /run/d.pid -F -r /etc/key",
		"uhttpd -f -h /www -p 0.0.0.0:80 -s 0.0.0.0:443 -q":           "-f -h /www -p 0.0.0.0:80 -s 0.0.0.0:443 -q",
		"app --password $PW -p $PORT -pidfile /run/x":                 "--password $PW -p $PORT -pidfile /run/x",
		"snmpd -x opts=user=a,password=b,n=1":                         "-x opts=user=a,password=[redacted],n=1",
	} {
		w := strings.Fields(in)
		if got := strings.Join(redactArgs(w[0], w[1:]), " "); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	if got := redactArgs("wget", []string{"--header", "Authorization: Bearer abc", "-c", "curl -u a:B1 http://x"}); strings.Contains(strings.Join(got, " "), "abc") || strings.Contains(strings.Join(got, " "), "B1") {
		t.Errorf("%q", got)
	}
}

func TestBootStoresNoPasswords(t *testing.T) {
	g := bootOf(t, map[string]string{
		"etc/inittab":    toRcS + "ttyS0::respawn:/sbin/getty -l /bin/sh --password XSECRET ttyS0\n::respawn:/opt/agent --token XSECRET\n",
		"etc/init.d/rcS": "#!/bin/sh\nPW=XSECRET\nmosquitto -c /etc/m.conf -P $PW &\n/opt/agent --token=$PW rtsp://a:$PW@host/ &\nx <<E\npw XSECRET\nE\nsh -c \"mosquitto -P $PW\"\n",
		"opt/agent":      "", "usr/sbin/mosquitto": "", "sbin/getty": "", "etc/m.conf": "listener 1883\n",
	})
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "XSECRET") || !strings.Contains(string(b), redacted) {
		t.Errorf("%s", b)
	}
}
