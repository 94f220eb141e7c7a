package facts

import (
	"slices"
	"strings"
	"testing"
)

// tokensOf names the tokens that a file holds.
func tokensOf(t *testing.T, file, content string) string {
	t.Helper()
	var names []string
	for _, f := range valueOf(t, observeFiles(t, map[string]string{file: content}, Tokens), Tokens) {
		names = append(names, f.What)
	}
	slices.Sort(names)
	return strings.Join(names, ";")
}

func TestTokensOfElements(t *testing.T) {
	v := "9f86d081884c7d659a2feaa0c55ad015"
	for content, want := range map[string]string{
		"<config><api_key>" + v + "</api_key></config>":                         "token (api_key)",
		"<config><cloud><secret>" + v + "</secret></cloud></config>":            "token (secret)",
		"<c:appSecret>" + v + "</c:appSecret>":                                  "token (appSecret)",
		"<apiKey value=\"" + v + "\"/>":                                         "token (apiKey)",
		"<item name=\"client_secret\" value=\"" + v + "\"/>":                    "token (client_secret)",
		"<string name=\"api_key\">" + v + "</string>":                           "token (api_key)",
		"<!-- <api_key>" + v + "</api_key> -->":                                 "",
		"<api_key>your-api-key-goes-here-1</api_key>":                           "",
		"<api_key></api_key><client_secret>${CLIENT_SECRET_12}</client_secret>": "",
		"<add key=\"publicKeyToken\" value=\"" + v + "\"/>":                     "",
		"<key>" + v + "</key><keyToken>abcdefghijklmnopqrst</keyToken>":         "",
		"<token>readWrite</token><secret type=\"ceph\" uuid=\"" + v + "\"/>":    "",
	} {
		if got := tokensOf(t, "etc/c.xml", content+"\n"); got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
}

func TestTokensOfClouds(t *testing.T) {
	id, secret := "LTA"+"I5tKoPq8sZb2wYdVmNc3R", "h8GkPq2VnMzYtR4sWb6cXd9eFaJmLu"
	for _, tc := range []struct{ file, content, want string }{
		{"etc/aliyun.conf", "AccessKeySecret=" + secret + "\n", "token (AccessKeySecret)"},
		{"etc/aliyun.json", `{"accessKeySecret":"` + secret + `"}`, "token (accessKeySecret)"},
		{"etc/oss.ini", "access_key_secret=" + secret + "\n", "token (access_key_secret)"},
		{"opt/a.py", "auth = oss2.Auth('" + id + "', '" + secret + "')\n", "Alibaba Cloud access key"},
		{"usr/bin/up", "\x7fELF\x00" + id + "\x00" + secret + "\x00", "Alibaba Cloud access key"},
		{"opt/a.py", "ACCESS_KEY_SECRET = '" + secret + "'\n", "token (ACCESS_KEY_SECRET)"},
		{"opt/a.py", "auth = oss2.Auth('" + id + "', os.environ['SECRET'])\n", ""},
		{"opt/a.py", "auth = oss2.Auth('" + id + "', 'your" + strings.Repeat("x", 26) + "')\n", ""},
		{"etc/oss.ini", "access_key_secret_file=/run/secrets/oss-1234567890\naccess_key_secret=<accessKeySecret>\n", ""},
		{"etc/init.d/S50app", "#!/bin/sh\nuci set system.@system[0].cloud_secret='9f86d081884c7d659a2feaa0c55ad015'\n", "token (cloud_secret)"},
		{"etc/init.d/S50app", "#!/bin/sh\nuci set system.@system[0].cloud_secret=\"$(cat /data/secret)\"\n", ""},
		{"opt/a.py", "jwt.encode({'u': 1}, 'Acme-Jwt-9x8y7z', algorithm='HS256')\n", "token (jwt.encode)"},
		{"opt/a.py", "jwt.encode({'u': 1}, key, algorithm='HS256')\njwt.decode(x, 'secret', algorithms=['HS256'])\n", ""},
		{"usr/lib/python3/site-packages/x/a.py", "jwt.encode({'u': 1}, 'Acme-Jwt-9x8y7z', algorithm='HS256')\n", ""},
	} {
		if got := tokensOf(t, tc.file, tc.content); got != tc.want {
			t.Errorf("%s %s: got %q, want %q", tc.file, tc.content, got, tc.want)
		}
	}
}
