package facts

import (
	"testing"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

func TestSecretsInPatterns(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"what sed seeks":           {`PASS=$(echo "$POST" | sed -n 's/.*password=\([^&]*\).*/\1/p')`, ""},
		"what sed seeks, extended": {`P=$(sed -nE 's|^password=(.*)$|\1|p' /etc/x)`, ""},
		"what sed puts back":       {`sed -i "s/password=.*/password=&/" /etc/x`, ""},
		"what sed puts in place":   {`sed -i "s/^password=.*/password=Tz8kq2pW/" /etc/x`, "password"},
		"what grep seeks":          {`grep -q '^password=..*' /etc/x`, ""},
		"a setting":                {`tool password=Tz8kq2pW`, "password"},
		"an assignment":            {`PASSWORD=Tz8kq2pW`, "PASSWORD"},
	} {
		if got := secretsOf(t, "usr/bin/x", "#!/bin/sh\n"+tc.script+"\n"); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestSecretsInCatalogues(t *testing.T) {
	const line = "authenticator.nullPassword=\\u6ca1\\u6709\\u63d0\\u4f9b\n"
	for file, want := range map[string]string{
		"org/x/LocalStrings_zh_CN.properties": "",
		"org/x/LocalStrings.properties":       "",
		"org/x/LoginMessages_de.properties":   "",
		"org/x/messages.properties":           "",
		"org/x/application.properties":        "authenticator.nullPassword",
		"etc/gateway.properties":              "authenticator.nullPassword",
	} {
		if got := secretsOf(t, file, line); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestSecretsHashedByJupyter(t *testing.T) {
	for value, want := range map[string]string{
		"argon2:$argon2id$v=19$m=10240,t=10,p=8$YWJjZGVmZ2hpamtsbW5v$cXdlcnR5dWlvcGFzZGZnaGprbHp4Y3Zibm0": "",
		"sha1:74ba40f8a388:c913541b7ee99d15d5ed31d4226bf7838f83a50e":                                      "",
		"sha1:Tz8kq2pW":   "c.ServerApp.password",
		"argon2:Tz8kq2pW": "c.ServerApp.password",
	} {
		if got := secretsOf(t, "root/.jupyter/jupyter_server_config.py", "c.ServerApp.password = \""+value+"\"\n"); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
	const admin = "sha1:abcd:c8a7812e3bb0beb562b7e1f0aa7923b5eeb1b286"
	if !hashes.Fits(hashes.SaltedDigest, admin, "admin") || hashes.Fits(hashes.SaltedDigest, admin, "root") {
		t.Error("a labelled digest does not tell its password")
	}
}
