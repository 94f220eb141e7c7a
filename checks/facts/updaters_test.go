package facts

import (
	"context"
	"debug/elf"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

// observed gives what a fact says about a folder of files. A path that ends in
// "/" is a folder.
func observed[T any](t testing.TB, fact Source[T], files map[string]string) T {
	t.Helper()
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	o, err := Observe(context.Background(), firmware.Source{Name: "x", Folder: m}, firmware.Options{}, fact)
	if err != nil {
		t.Fatal(err)
	}
	v, err := fact.Of(o.For("test", []Node{fact}))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const feed = "src/gz base http://feeds.example.invalid/base\n"

// swupdateProgram looks like one that was built with or without signatures.
func swupdateProgram(signed bool) string {
	b := elfImage(32, le, []string{"libc.so.6"}, elf.DF_1_PIE)
	if signed {
		b = append(b, "Error: SWUpdate is built for signed images, provide a public key file.\x00"...)
	}
	return string(b)
}

func TestUpdaters(t *testing.T) {
	for name, tc := range map[string]struct {
		files         map[string]string
		updater, want string
		places        string // a path that the verification names
	}{
		"opkg without check_signature":  {map[string]string{"etc/opkg.conf": feed}, "opkg", VerifiesNot, "etc/opkg.conf:1"},
		"opkg commented out":            {map[string]string{"etc/opkg.conf": feed + "# option check_signature 1\n"}, "opkg", VerifiesNot, "etc/opkg.conf"},
		"opkg switched off":             {map[string]string{"etc/opkg.conf": feed + "option check_signature 0\n"}, "opkg", VerifiesNot, "etc/opkg.conf:2"},
		"opkg with keys":                {map[string]string{"etc/opkg.conf": "option check_signature\n", "etc/opkg/distfeeds.conf": feed, "etc/opkg/keys/ab12": "untrusted comment: x\nRWabc\n"}, "opkg", Verifies, "etc/opkg/keys/ab12"},
		"opkg with an empty key":        {map[string]string{"etc/opkg.conf": feed + "option check_signature 1\n", "etc/opkg/keys/ab12": ""}, "opkg", VerifiesNot, "etc/opkg/keys/ab12"},
		"opkg without feeds":            {map[string]string{"etc/opkg.conf": "dest root /\n"}, "opkg", VerifiesUnknown, "etc/opkg.conf"},
		"apk with keys":                 {map[string]string{"etc/apk/repositories": "https://dl.example.invalid/main\n", "etc/apk/keys/a.rsa.pub": "-----BEGIN PUBLIC KEY-----\n"}, "apk", Verifies, "a.rsa.pub"},
		"apk without keys":              {map[string]string{"etc/apk/repositories": "https://dl.example.invalid/main\n"}, "apk", VerifiesNot, "etc/apk/repositories"},
		"apk untrusted":                 {map[string]string{"etc/apk/keys/a.rsa.pub": "key", "etc/apk/repositories": "x", "usr/bin/up": "#!/bin/sh\napk upgrade --allow-untrusted\n"}, "apk", VerifiesNot, "usr/bin/up:2"},
		"apt trusted=yes":               {map[string]string{"etc/apt/sources.list": "deb [trusted=yes] http://packages.example.invalid/ stable main\n", "usr/share/keyrings/a.gpg": "k"}, "apt", VerifiesNot, "sources.list:1"},
		"swupdate of Yocto":             {map[string]string{"usr/bin/swupdate": "x", "usr/lib/swupdate/conf.d/10-x": "SWUPDATE_ARGS=\"-v -k /etc/k.pem\"\nSWUPDATE_SURICATTA_ARGS=\"-t d -u http://updates.example.invalid -x\"\n"}, "swupdate", VerifiesNot, "10-x:1"},
		"apt --allow-unauthenticated":   {map[string]string{"etc/apt/sources.list": "deb http://packages.example.invalid/ stable main\n", "usr/share/keyrings/a.gpg": "k", "usr/sbin/up": "#!/bin/sh\napt-get -y --allow-unauthenticated install x\n"}, "apt", VerifiesNot, "up:2"},
		"apt -o Allow…":                 {map[string]string{"etc/apt/sources.list": "deb http://packages.example.invalid/ stable main\n", "usr/share/keyrings/a.gpg": "k", "usr/sbin/up": "#!/bin/sh\napt-get -o Acquire::AllowInsecureRepositories=true update\n"}, "apt", VerifiesNot, "up:2"},
		"apt, not allowed":              {map[string]string{"etc/apt/sources.list": "deb http://packages.example.invalid/ stable main\n", "usr/share/keyrings/a.gpg": "k", "usr/sbin/up": "#!/bin/sh\napt-get -o APT::Get::AllowUnauthenticated=false --allow-insecure-repositories=no update\n"}, "apt", Verifies, "a.gpg"},
		"dnf --nogpgcheck":              {map[string]string{"etc/yum.repos.d/a.repo": "[a]\nbaseurl=https://packages.example.invalid/\ngpgcheck=1\n", "usr/sbin/up": "#!/bin/sh\ndnf -y --nogpgcheck upgrade\n"}, "rpm", VerifiesNot, "up:2"},
		"apt":                           {map[string]string{"etc/apt/sources.list": "deb http://packages.example.invalid/ stable main\n", "usr/share/keyrings/a.gpg": "k"}, "apt", Verifies, "a.gpg"},
		"rpm":                           {map[string]string{"etc/yum.repos.d/a.repo": "[a]\nbaseurl=https://x.example.invalid/\ngpgcheck=0\n"}, "rpm", VerifiesNot, "a.repo:1"},
		"rauc":                          {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=ring.pem\n", "etc/rauc/ring.pem": "-----BEGIN CERTIFICATE-----\n"}, "rauc", Verifies, "etc/rauc/ring.pem"},
		"rauc, a keyring of a stick":    {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=ring.pem\n", "etc/rauc/ring.pem": "x", "usr/sbin/up": "#!/bin/sh\nrauc --keyring=/mnt/usb/ca.pem install /tmp/u.raucb\n"}, "rauc", VerifiesNot, "usr/sbin/up:2"},
		"rauc, its own keyring again":   {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=ring.pem\n", "etc/rauc/ring.pem": "x", "usr/sbin/up": "#!/bin/sh\nrauc install --keyring /etc/rauc/ring.pem /tmp/u.raucb\n"}, "rauc", Verifies, "etc/rauc/ring.pem"},
		"rauc, a keyring on data":       {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=ring.pem\n", "etc/rauc/ring.pem": "x", "usr/sbin/up": "#!/bin/sh\nrauc install --keyring=/data/ring.pem /tmp/u.raucb\n"}, "rauc", VerifiesUnknown, "usr/sbin/up:2"},
		"rauc, a look at a bundle":      {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=ring.pem\n", "etc/rauc/ring.pem": "x", "usr/sbin/up": "#!/bin/sh\nrauc info --keyring=/mnt/usb/ca.pem /tmp/u.raucb\n"}, "rauc", Verifies, "etc/rauc/ring.pem"},
		"rauc with an empty keyring":    {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=/etc/rauc/ring.pem\n", "etc/rauc/ring.pem": "\n"}, "rauc", VerifiesNot, "etc/rauc/ring.pem"},
		"rauc with a keyring elsewhere": {map[string]string{"etc/rauc/system.conf": "[keyring]\npath=/data/ring.pem\n"}, "rauc", VerifiesUnknown, "system.conf:2"},
		"rauc without keyring":          {map[string]string{"etc/rauc/system.conf": "[system]\ncompatible=x\n"}, "rauc", VerifiesUnknown, "system.conf"},
		"mender without settings":       {map[string]string{"usr/bin/mender-update": swupdateProgram(false)}, "mender", VerifiesUnknown, "mender-update"},
		"mender":                        {map[string]string{"etc/mender/mender.conf": `{"ServerURL": "https://m.example.invalid", "ArtifactVerifyKey": "/etc/mender/key.pem"}`, "etc/mender/key.pem": "-----BEGIN PUBLIC KEY-----"}, "mender", Verifies, "key.pem"},
		"mender without a key":          {map[string]string{"etc/mender/mender.conf": `{"ServerURL": "https://m.example.invalid"}`}, "mender", VerifiesNot, "mender.conf"},
		"mender with broken settings":   {map[string]string{"etc/mender/mender.conf": `{"ServerURL":`}, "mender", VerifiesUnknown, "mender.conf"},
		"swupdate":                      {map[string]string{"etc/swupdate.cfg": "globals : {\n public-key-file = \"/etc/k.pem\";\n};\n", "etc/k.pem": "k", "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", Verifies, "etc/k.pem"},
		"swupdate that ignores its key": {map[string]string{"etc/swupdate.cfg": "globals : {\n public-key-file = \"/etc/k.pem\";\n};\n", "etc/k.pem": "k", "usr/bin/swupdate": swupdateProgram(false)}, "swupdate", VerifiesNot, "swupdate.cfg:2"},
		"swupdate with an empty key":    {map[string]string{"etc/swupdate.cfg": "public-key-file = \"/etc/k.pem\";\n", "etc/k.pem": "", "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", VerifiesNot, "etc/k.pem"},
		"sysupgrade":                    {map[string]string{"sbin/sysupgrade": "#!/bin/sh\ninclude /lib/upgrade\n", "lib/upgrade/fwtool.sh": "fwtool_check_signature() {\n\t[ \"$REQUIRE_IMAGE_SIGNATURE\" = 1 ] && return 1\n}\n"}, "sysupgrade", VerifiesNot, "lib/upgrade/fwtool.sh"},
		"sysupgrade that demands":       {map[string]string{"sbin/sysupgrade": "#!/bin/sh\n", "lib/upgrade/fwtool.sh": "fwtool_check_signature() { :; }\n", "lib/upgrade/platform.sh": "REQUIRE_IMAGE_SIGNATURE=1\n", "etc/opkg/keys/ab": "RW"}, "sysupgrade", Verifies, "platform.sh:1"},
		"fwupd that trusts all":         {map[string]string{"usr/libexec/fwupd/fwupd": swupdateProgram(false), "etc/fwupd/fwupd.conf": "[fwupd]\nOnlyTrusted=false\n"}, "fwupd", VerifiesNot, "fwupd.conf:2"},
		"ostree":                        {map[string]string{"etc/ostree/remotes.d/a.conf": "[remote \"a\"]\nurl=https://o.example.invalid\n"}, "ostree", Verifies, "a.conf:1"},
		"swupdate by a unit":            {map[string]string{"lib/systemd/system/swupdate.service": "[Service]\nExecStart=/usr/bin/swupdate -v -k /etc/k.pem -u \"-k token -t default\"\n", "etc/k.pem": "k", "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", Verifies, "swupdate.service:2"},
		"swupdate with a token":         {map[string]string{"etc/swupdate/conf.d/10-a": "SWUPDATE_SURICATTA_ARGS=\"-t default -k 0123abcd\"\n", "usr/bin/swupdate": swupdateProgram(true)}, "swupdate", VerifiesUnknown, "usr/bin/swupdate"},
		"ostree in a commit's tree":     {map[string]string{"usr/etc/ostree/remotes.d/a.conf": "[remote \"a\"]\nurl=https://o.example.invalid\ngpg-verify=false\n"}, "ostree", VerifiesNot, "a.conf:3"},
		"ostree without gpg":            {map[string]string{"etc/ostree/remotes.d/a.conf": "[remote \"a\"]\nurl=https://o.example.invalid\ngpg-verify=false\n"}, "ostree", VerifiesNot, "a.conf:3"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, u := range observed(t, Updaters, tc.files) {
				if u.Name != tc.updater {
					continue
				}
				if u.Verification.State != tc.want {
					t.Fatalf("verifies: %s (%s), want %s", u.Verification.State, u.Verification.Reason, tc.want)
				}
				for _, l := range u.Verification.Places {
					if strings.HasSuffix(l.String(), tc.places) {
						return
					}
				}
				t.Fatalf("%s is not among the places %v", tc.places, u.Verification.Places)
			}
			t.Fatalf("%s was not seen", tc.updater)
		})
	}
}

// TestOldestVersion finds what updaters are told to refuse as too old.
func TestOldestVersion(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		want  *OldestVersion
	}{
		"rauc":               {map[string]string{"etc/rauc/system.conf": "[system]\nmin-bundle-version=2.4.0\n"}, &OldestVersion{Version: "2.4.0"}},
		"rauc elsewhere":     {map[string]string{"etc/rauc/system.conf": "[system]\ncompatible=x\n[handlers]\nmin-bundle-version=2\n"}, nil},
		"rauc, commented":    {map[string]string{"etc/rauc/system.conf": "[system]\n#min-bundle-version=2.4.0\n"}, nil},
		"swupdate":           {map[string]string{"etc/swupdate.cfg": "globals : {\n no-downgrading = \"1.4.2\";\n};\n"}, &OldestVersion{Version: "1.4.2"}},
		"swupdate, the same": {map[string]string{"etc/swupdate.cfg": "globals : {\n no-reinstalling = \"1.4.2\";\n};\n"}, nil},
		"swupdate by script": {map[string]string{"usr/bin/swupdate": swupdateProgram(true), "etc/init.d/S50up": "#!/bin/sh\nswupdate -N \"$(cat /etc/sw-versions)\" -i /tmp/a.swu\n"}, &OldestVersion{}},
	} {
		got := observed(t, Updaters, tc.files)
		if len(got) != 1 || (got[0].Oldest == nil) != (tc.want == nil) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if o := got[0].Oldest; o != nil && (o.Version != tc.want.Version || o.Location.Path == "") {
			t.Errorf("%s: %+v", name, *o)
		}
	}
}

const get = "wget -O /tmp/fw http://fw.example.invalid/fw.bin\n"

func TestOwnUpdater(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"no check":             {get + "dd if=/tmp/fw of=/dev/mtdblock3\n", VerifiesNot},
		"checksum only":        {get + "md5sum -c /tmp/fw.md5 || exit 1\ndd if=/tmp/fw of=/dev/mtdblock3\n", VerifiesNot},
		"signature, or exit":   {get + "openssl dgst -sha256 -verify /etc/k -signature /tmp/s /tmp/fw || exit 1\ncat /tmp/fw > /dev/mtdblock4\n", Verifies},
		"signature in if":      {get + "if usign -V -m /tmp/fw -p /etc/k; then mtd -r write /tmp/fw firmware; fi\n", Verifies},
		"signature by status":  {get + "openssl dgst -sha256 -verify /etc/k -signature /tmp/s /tmp/fw\nif [ $? -ne 0 ]; then exit 1; fi\nflashcp /tmp/fw /dev/mtd2\n", Verifies},
		"signature, grep":      {get + "openssl dgst -sha256 -verify /etc/k -signature /tmp/s /tmp/fw | grep -q OK || exit 1\nmtd write /tmp/fw firmware\n", Verifies},
		"outcome is ignored":   {get + "openssl dgst -sha256 -verify /etc/k -signature /tmp/s /tmp/fw\nmtd write /tmp/fw firmware\n", VerifiesNot},
		"written when wrong":   {get + "if gpgv /tmp/fw.sig /tmp/fw; then echo ok; else mtd write /tmp/fw firmware; fi\n", VerifiesNot},
		"a signature is made":  {get + "openssl dgst -sha256 -sign /etc/k /tmp/fw || exit 1\nmtd write /tmp/fw firmware\n", VerifiesNot},
		"sysupgrade unchecked": {get + "sysupgrade -v /tmp/fw\n", VerifiesNot},
	} {
		t.Run(name, func(t *testing.T) {
			got := observed(t, Updaters, map[string]string{"usr/sbin/fetch": "#!/bin/sh\n" + tc.script})
			if len(got) != 1 || got[0].Name != "own" || got[0].Verification.State != tc.want {
				t.Fatalf("%+v, want %s", got, tc.want)
			}
			if a := got[0].Addresses; len(a) != 1 || a[0].Scheme != "http" || a[0].Location.Line != 2 {
				t.Errorf("addresses %+v", a)
			}
		})
	}
	for name, script := range map[string]string{
		"only fetches":       get,
		"only wipes":         "dd if=/dev/zero of=/dev/mmcblk0p4\n",
		"writes a file":      get + "dd if=/tmp/fw of=/tmp/fw2\n",
		"comments":           "# wget http://fw.example.invalid/fw && mtd write fw firmware\n",
		"sets in a pipe":     "keys() {\nwget -O - http://fw.example.invalid/k\nA=1\n}\necho x | if [ \"$S\" ]; then keys; fi\n",
		"writes calibration": "mtd write /tmp/cal factory\n",
	} {
		if got := observed(t, Updaters, map[string]string{"usr/sbin/job": "#!/bin/sh\n" + script}); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestAddressesHoldNoSecret holds that user, password and query are left out.
func TestAddressesHoldNoSecret(t *testing.T) {
	got := observed(t, Updaters, map[string]string{"etc/opkg.conf": "src/gz a https://joe:s3cret@f.example.invalid:8443/a?token=s3cret\n"})
	if u := got[0].Addresses[0].URL; u != "https://f.example.invalid:8443/a" {
		t.Errorf("address %q", u)
	}
}

func FuzzUpdaters(f *testing.F) {
	for _, name := range []string{"etc/opkg.conf", "etc/apt/sources.list", "etc/rauc/system.conf", "etc/mender/mender.conf", "etc/swupdate.cfg", "etc/ostree/remotes.d/a.conf", "etc/yum.repos.d/a.repo", "usr/sbin/update"} {
		f.Add(name, feed+"option check_signature\n[keyring]\npath=a\n#!/bin/sh\n"+get)
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		if !validName(name) {
			return
		}
		for _, u := range observed(t, Updaters, map[string]string{name: content}) {
			if u.Name == "" || u.Verification.State == "" {
				t.Errorf("%+v", u)
			}
		}
	})
}

func validName(name string) bool {
	for _, el := range strings.Split(name, "/") {
		if el == "" || el == "." || el == ".." || strings.ContainsAny(el, "\\\x00!") {
			return false
		}
	}
	return strings.ToValidUTF8(name, "") == name
}
