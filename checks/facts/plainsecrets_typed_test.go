package facts

import (
	"strings"
	"testing"
)

// secretsOf are the names of passwords in clear of a file.
func secretsOf(t *testing.T, name, content string) string {
	t.Helper()
	var got []string
	for _, s := range observed(t, PlainSecrets, map[string]string{name: content}) {
		got = append(got, strings.TrimSuffix(s.Name+" "+s.Account, " "))
	}
	return strings.Join(got, ", ")
}

func TestTypedPasswords(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"ftp, a here-document":     {"ftp -n h.invalid <<EOF\nuser cam Tz8kq2pW\nput x\nEOF", "ftp cam"},
		"ftp, a pipe":              {"printf 'user cam Tz8kq2pW\\nput x\\n' | ftp -n h.invalid", "ftp cam"},
		"ftp, commands of FTP":     {"ftp -n h.invalid <<EOF\nquote USER cam\nquote PASS Tz8kq2pW\nEOF", "ftp cam"},
		"lftp":                     {"lftp <<EOF\nopen -u cam,Tz8kq2pW h.invalid\nEOF", "lftp cam"},
		"ftp, a guest":             {"ftp -n h.invalid <<EOF\nuser anonymous me@acme.invalid\nEOF", ""},
		"ftp, a variable":          {"ftp -n h.invalid <<EOF\nuser cam $1\nEOF", ""},
		"cat, the same words":      {"cat <<EOF\nuser cam Tz8kq2pW\nEOF", ""},
		"cryptsetup luksOpen -":    {"echo -n Tz8kq2pW | cryptsetup luksOpen /dev/mmcblk0p3 data -", "cryptsetup luksOpen"},
		"cryptsetup open":          {"printf Tz8kq2pX | cryptsetup open --type luks /dev/x y", "cryptsetup open"},
		"cryptsetup --key-file=-":  {"echo Tz8kq2pX | cryptsetup --key-file=- luksOpen /dev/x y", "cryptsetup luksOpen"},
		"cryptsetup -d -":          {"cryptsetup -d - create y /dev/x <<< Tz8kq2pX", "cryptsetup create"},
		"cryptsetup, a file":       {"echo Tz8kq2pX | cryptsetup luksOpen --key-file /data/key /dev/x y", ""},
		"cryptsetup, the device's": {"cat /sys/class/net/eth0/address | cryptsetup luksOpen /dev/x y", ""},
		"cryptsetup, a yes":        {"echo YES | cryptsetup luksErase /dev/x", ""},
		"docker":                   {"echo Tz8kq2pX | docker login -u u --password-stdin", "docker login"},
		"sudo":                     {"echo Tz8kq2pW | sudo -S reboot", "sudo -S"},
		"sudo without":             {"echo Tz8kq2pW | sudo tee /etc/x", ""},
		"gpg":                      {"echo Tz8kq2pW | gpg --passphrase-fd 0 -d x", "gpg --passphrase-fd"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := secretsOf(t, "usr/bin/x", "#!/bin/sh\n"+tc.script+"\n"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestShortNamesOfPasswords(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a section":          {"etc/a.ini", "[login]\nusername=admin\npw=Tz8kq2pW\n", "pw"},
		"a section's name":   {"etc/a.ini", "[account]\npw=Tz8kq2pW\n", "pw"},
		"a listed one":       {"etc/a.ini", "user=admin\npw=admin\n", "pw"},
		"an object":          {"etc/a.json", `{"mqtt":{"user":"dev","pw":"Tz8kq2pW"}}`, "pw"},
		"a page":             {"etc/a.ini", "[page]\nph=100mm\npw=210mm-x\n", ""},
		"a pulse":            {"etc/pwm.conf", "period=20000us\npw=1500us\n", ""},
		"another section":    {"etc/a.ini", "[login]\nusername=admin\n\n[servo]\npw=1500us\n", ""},
		"a word":             {"etc/a.ini", "user=admin\npw=yes\n", ""},
		"a server of RADIUS": {"etc/hostapd.conf", "auth_server_shared_secret=Tz8kq2pW\n", "auth_server_shared_secret"},
		"OpenWrt's":          {"etc/config/wireless", "config wifi-iface\n\toption auth_secret 'Tz8kq2pW'\n", "auth_secret"},
		"to fill in":         {"etc/hostapd.conf", "auth_server_shared_secret=your-secret\n", ""},
		"a path":             {"etc/a.conf", "radius_secret=/data/radius\n", ""},
		"a comment":          {"etc/hostapd.conf", "#auth_server_shared_secret=secret1\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := secretsOf(t, tc.file, tc.content); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTranslationsByName(t *testing.T) {
	for name, want := range map[string]string{
		"opt/app/translations.json": "", "opt/app/strings_de.json": "", "opt/ui/messages.de.json": "", "opt/a/lang-en.js": "", "opt/a/locale_pt_br.yaml": "",
		"opt/a/i18n.json": "", "opt/a/messages_fr.properties": "", "opt/a/ui.de.json": "",
		"opt/a/lang.ini": "password", "opt/a/strings_dev.json": "password", "opt/a/messages.conf": "password", "opt/a/mqtt_de.json": "password",
		"opt/a/config.json": "password", "opt/a/locale": "password",
	} {
		content := `{"password":"Kennwort-2"}` + "\n"
		if strings.HasSuffix(name, ".js") {
			content = `var t = {password: "Kennwort-2"}` + "\n"
		}
		if got := secretsOf(t, name, content); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
