package facts

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// zipOf packs files; "" packs an archive without any.
func zipOf(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if name != "" {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(content))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOtherUpdaters(t *testing.T) {
	program := swupdateProgram(false)
	key := strings.Repeat("k", 32)
	sota := "[tls]\nserver = \"https://gateway.example.invalid\"\n[pacman]\nostree_server = \"http://treehub.example.invalid\"\n"
	remote := "[remote \"aktualizr-remote\"]\nurl=https://treehub.example.invalid\ngpg-verify=false\n"
	ring := "globals : {\n gpg-home-dir = \"/etc/gpg\";\n gpgme-protocol = \"openpgp\";\n};\n"
	certificate := "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
	for name, tc := range map[string]struct {
		files         map[string]string
		updater, want string // no state: it must not be seen
		reason        string
	}{
		"fwup with a key":            {map[string]string{"usr/bin/fwup": program, "etc/k.pub": key, "usr/sbin/up": "#!/bin/sh\nfwup -a -d /dev/mmcblk0 -t upgrade -i /tmp/x.fw -p /etc/k.pub\n"}, "fwup", Verifies, "/etc/k.pub"},
		"fwup with several keys":     {map[string]string{"usr/bin/fwup": program, "etc/k.pub": key, "usr/sbin/up": "#!/bin/sh\nfwup --apply -p /etc/k.pub -p /data/k2.pub -i /tmp/x.fw\n"}, "fwup", Verifies, "/etc/k.pub"},
		"fwup with the key itself":   {map[string]string{"usr/bin/fwup": program, "usr/sbin/up": "#!/bin/sh\nfwup -a --public-key " + strings.Repeat("A", 43) + "= -i /tmp/x.fw\n"}, "fwup", Verifies, "command line"},
		"fwup without a key":         {map[string]string{"usr/bin/fwup": program, "usr/sbin/up": "#!/bin/sh\nfwup -aU -d /dev/mmcblk0 -t upgrade -i /tmp/x.fw\n"}, "fwup", VerifiesNot, "without a public key"},
		"fwup, once without a key":   {map[string]string{"usr/bin/fwup": program, "etc/k.pub": key, "usr/sbin/a": "#!/bin/sh\nfwup -a -i /tmp/x.fw\n", "usr/sbin/b": "#!/bin/sh\nfwup -a -p /etc/k.pub -i /tmp/x.fw\n"}, "fwup", VerifiesNot, "without a public key"},
		"fwup, a key elsewhere":      {map[string]string{"usr/bin/fwup": program, "usr/sbin/up": "#!/bin/sh\nfwup -a -p /data/k.pub -i /tmp/x.fw\n"}, "fwup", VerifiesUnknown, "/data/k.pub"},
		"fwup by a unit":             {map[string]string{"usr/bin/fwup": program, "lib/systemd/system/up.service": "[Service]\nExecStart=/usr/bin/fwup -a -i /data/x.fw -d /dev/mmcblk0 -t upgrade\n"}, "fwup", VerifiesNot, "without a public key"},
		"fwup verifies before":       {map[string]string{"usr/bin/fwup": program, "etc/k.pub": key, "usr/sbin/up": "#!/bin/sh\nfwup -V -p /etc/k.pub -i /tmp/x.fw && fwup -a -i /tmp/x.fw\n"}, "fwup", VerifiesUnknown, "not followed"},
		"fwup only lists":            {map[string]string{"usr/bin/fwup": program, "usr/sbin/up": "#!/bin/sh\nfwup -m -i /tmp/x.fw\nfwup --create -f fwup.conf -o x.fw\n"}, "fwup", VerifiesUnknown, "no script"},
		"fwup alone":                 {map[string]string{"usr/bin/fwup": program}, "fwup", VerifiesUnknown, "no script"},
		"aktualizr":                  {map[string]string{"usr/bin/aktualizr": program, "usr/lib/sota/conf.d/20-sota.toml": sota}, "aktualizr", VerifiesUnknown, "root"},
		"aktualizr-lite with a root": {map[string]string{"usr/bin/aktualizr-lite": program, "usr/lib/sota/tuf/prod/1.root.json": `{"signatures":[{"keyid":"a","sig":"b"}],"signed":{}}`}, "aktualizr", Verifies, "root"},
		"aktualizr, an empty root":   {map[string]string{"usr/bin/aktualizr-lite": program, "usr/lib/sota/tuf/prod/1.root.json": "{}"}, "aktualizr", VerifiesUnknown, "root"},
		"aktualizr's remote":         {map[string]string{"usr/bin/aktualizr": program, "ostree/repo/config": remote}, "ostree", "", ""},
		"such a remote without it":   {map[string]string{"ostree/repo/config": remote}, "ostree", VerifiesNot, "gpg-verify"},
		"update_engine":              {map[string]string{"system/build.prop": "a=b\n", "system/bin/update_engine": program, "system/etc/security/otacerts.zip": zipOf(t, "releasekey.x509.pem", certificate)}, "android-ota", Verifies, "signed with"},
		"update_engine, no key":      {map[string]string{"build.prop": "a=b\n", "bin/update_engine": program, "etc/security/otacerts.zip": zipOf(t, "", "")}, "android-ota", VerifiesUnknown, "not in the image"},
		"the recovery":               {map[string]string{"prop.default": "a=b\n", "sbin/recovery": program, "res/keys": "v4 {64,0x1,{1},{2}}\n"}, "android-ota", Verifies, "signed with"},
		"another recovery":           {map[string]string{"sbin/recovery": "#!/bin/sh\n"}, "android-ota", "", ""},
		"balena":                     {map[string]string{"usr/bin/start-balena-supervisor": "#!/bin/sh\n", "etc/balena-supervisor/supervisor.conf": "SUPERVISOR_IMAGE=x\n"}, "balena", VerifiesUnknown, "no setting"},
		"swupdate with GnuPG":        {map[string]string{"etc/swupdate.cfg": ring, "etc/gpg/pubring.kbx": strings.Repeat("k", 900), "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", Verifies, "ring of keys"},
		"swupdate, an empty ring":    {map[string]string{"etc/swupdate.cfg": ring, "etc/gpg/pubring.kbx": strings.Repeat("k", 32), "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", VerifiesUnknown, "installs nothing"},
		"swupdate, no ring at all":   {map[string]string{"etc/swupdate.cfg": ring, "etc/gpg/trustdb.gpg": strings.Repeat("k", 900), "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", VerifiesUnknown, "no ring of keys"},
		"swupdate ignores its ring":  {map[string]string{"etc/swupdate.cfg": ring, "etc/gpg/pubring.kbx": strings.Repeat("k", 900), "usr/bin/swupdate": swupdateProgram(false)}, "swupdate", VerifiesNot, "without signatures"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, u := range observed(t, Updaters, tc.files) {
				switch {
				case u.Name != tc.updater:
				case u.Verification.State != tc.want || !strings.Contains(u.Verification.Reason, tc.reason):
					t.Fatalf("verifies: %q (%s), want %q", u.Verification.State, u.Verification.Reason, tc.want)
				default:
					return
				}
			}
			if tc.want != "" {
				t.Fatalf("%s was not seen", tc.updater)
			}
		})
	}
}
