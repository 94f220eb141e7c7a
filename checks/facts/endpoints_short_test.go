package facts

import (
	"strings"
	"testing"
)

func TestShortHosts(t *testing.T) {
	for text, want := range map[string]string{
		"example-cloud.com": "example-cloud.com", "tuyacloud.com": "tuyacloud.com", "acme.com:8883": "acme.com", "acmeiot.cn": "acmeiot.cn",
		"mqtt_server\x00acme.com": "acme.com", "acme.net\x00\x00\x00\x00host": "acme.net", "broker-address\x00acme.cn": "acme.cn",
		// Names of files, packages, objects and in sentences, and what nothing shows to be one.
		"acme.com": "", "lib.so": "", "a.out": "", "foo.rs": "", "server\x00libc.so": "", "server\x00a.out": "", "command.com": "", "icloud.py": "", "msg-cloud.de": "",
		"the server\x00acme.com": "", "server\x00\x00\x00\x00\x00\x00\x00\x00\x00acme.com": "", "zlib@open-cloud.com": "", "com.cloud": "", "10-20.com": "", "file.c:12": "", "cloud.net": "",
		"%s: unknown host\x00acme.com": "", "observer\x00x.com": "", "cloud.io": "",
	} {
		o := observed(t, Endpoints, map[string]string{"usr/bin/p": string(elfImage(32, le, nil, 0)) + "\x00/x\x00" + text + "\x00%d\x00"})
		got := ""
		if len(o) > 0 {
			got = o[0].Host
		}
		if got != want || len(o) > 1 {
			t.Errorf("%q: got %q (%d), want %q", text, got, len(o), want)
		}
	}
}

func TestAddressSettings(t *testing.T) {
	for line, want := range map[string]string{
		"cloud=acme-cloud.com": "acme-cloud.com", "\toption url 'acme-cloud.com'": "acme-cloud.com", `"otaUrl": "acme.io:8443",`: "acme.io", "mqtt_address = acme.cn": "acme.cn",
		"ntp: acme.org": "acme.org", `{"a":1,"api":"acme.com"}`: "acme.com", "server=acme.com": "acme.com", "<api>acme.com</api>": "",
		"url=main.lua": "", "url = lib.so": "", "url = foo.rs": "", "url = a.out": "", "api = com.acme.net": "", "address=/ads.com/0.0.0.0": "", "# cloud=acme.com": "",
		"url=acme.com/x y": "", "curl acme.com": "", "addr = acme.local": "", "url = www.example.com": "", "support_url_text=see acme.com": "", "quota=acme.com": "acme.com",
	} {
		var got []string
		for _, e := range observed(t, Endpoints, map[string]string{"etc/x.conf": line + "\n"}) {
			got = append(got, e.Host)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
	for content, want := range map[string]int{
		"#!/usr/bin/python3\nurl = self.io\naddr=request.net\n": 0, "#!/usr/bin/python3\nurl = 'acme.io'\n": 1, "#!/bin/sh\nOTA_URL=acme.io\n": 1,
	} {
		if got := observed(t, Endpoints, map[string]string{"usr/bin/x": content}); len(got) != want {
			t.Errorf("%q: %+v", content, got)
		}
	}
}
