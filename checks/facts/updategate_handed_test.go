package facts

import "testing"

// pageJudged gives the verdict of a page; "none" where it is no updater.
func pageJudged(t *testing.T, name, script string) string {
	t.Helper()
	for _, u := range observed(t, Updaters, map[string]string{name: script, "etc/k.pem": "k", "usr/share/boot.bin": "x"}) {
		if u.Name == "own" {
			return u.Verification.State
		}
	}
	return "none"
}

// TestGateUploads has what visitors of a page upload, in the forms in which pages take
// it in.
func TestGateUploads(t *testing.T) {
	const write = "mtd -r write /tmp/fw firmware\n"
	const check = "openssl dgst -sha256 -verify /etc/k.pem -signature /tmp/s /tmp/fw || exit 1\n"
	for name, tc := range map[string]struct{ script, want string }{
		"cat":                          {"cat > /tmp/fw\n" + write, VerifiesNot},
		"cat -":                        {"cat - > /tmp/fw\n" + write, VerifiesNot},
		"cat, by name":                 {"cat /dev/stdin > /tmp/fw\n" + write, VerifiesNot},
		"cat, redirected":              {"cat < /dev/stdin > /tmp/fw\n" + write, VerifiesNot},
		"head":                         {"head -c \"$CONTENT_LENGTH\" > /tmp/fw\nflashcp -v /tmp/fw /dev/mtd4\n", VerifiesNot},
		"tail":                         {"tail -n +5 > /tmp/fw\n" + write, VerifiesNot},
		"sed":                          {"sed '1,/Content-Type/d' > /tmp/fw\n" + write, VerifiesNot},
		"sed -e":                       {"sed -e '1,/^\\r$/d' > /tmp/fw\n" + write, VerifiesNot},
		"awk":                          {"awk 'NR>4' > /tmp/fw\n" + write, VerifiesNot},
		"dd":                           {"dd bs=1 count=$CONTENT_LENGTH 2>/dev/null > /tmp/fw\n" + write, VerifiesNot},
		"dd, to flash":                 {"dd of=/dev/mtdblock3\n", VerifiesNot},
		"cat, to flash":                {"cat > /dev/mtdblock3\n", VerifiesNot},
		"mtd -":                        {"mtd write - firmware\n", VerifiesNot},
		"tee":                          {"tee /tmp/fw > /dev/null\n" + write, VerifiesNot},
		"base64":                       {"base64 -d > /tmp/fw\n" + write, VerifiesNot},
		"gunzip":                       {"gunzip -c > /tmp/fw\n" + write, VerifiesNot},
		"tar -":                        {"tar xzf - -C /\n", VerifiesNot},
		"tar, no name":                 {"tar -xz -C /\n", VerifiesNot},
		"a pipeline":                   {"head -c $CONTENT_LENGTH | tar xzf - -C /\n", VerifiesNot},
		"a longer pipeline":            {"cat | sed 1,4d | dd of=/dev/mtdblock3\n", VerifiesNot},
		"a program":                    {"cat > /usr/bin/app\n", VerifiesNot},
		"run":                          {"cat > /tmp/run.sh\nsh /tmp/run.sh\n", VerifiesNot},
		"head, checked":                {"head -c $CONTENT_LENGTH > /tmp/fw\n" + check + write, Verifies},
		"sed, checked":                 {"sed 1,4d > /tmp/fw\n" + check + write, Verifies},
		"a picture":                    {"head -c $CONTENT_LENGTH > /data/picture.jpg\n", "none"},
		"settings":                     {"cat > /tmp/s.tgz\ntar xzf /tmp/s.tgz -C /etc/config\n", "none"},
		"settings, straight":           {"tar xzf - -C /etc/config\n", "none"},
		"a file of the device's":       {"sed 1d /etc/motd > /tmp/fw\nhead -c 9 /usr/share/boot.bin > /tmp/x\n", "none"},
		"a line":                       {"read LINE\necho \"$LINE\" > /tmp/fw\n", "none"},
		"behind another":               {"logread | tail -n 50 > /tmp/log\ncat /tmp/log\n", "none"},
		"a text here":                  {"cat > /tmp/fw <<E\nx\nE\n", "none"},
		"the image's own, with a text": {"cat > /tmp/note.txt\nmtd write /usr/share/boot.bin boot\n", "none"},
	} {
		if got := pageJudged(t, "www/cgi-bin/take", "#!/bin/sh\n"+tc.script); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
		if got := pageJudged(t, "usr/bin/take", "#!/bin/sh\n"+tc.script); got == VerifiesNot {
			t.Errorf("%s, no page: %s", name, got)
		}
	}
}

// TestGateHaserl has pages of haserl.
func TestGateHaserl(t *testing.T) {
	const head = "#!/usr/bin/haserl --upload-limit=32768 --upload-dir=/tmp\nContent-Type: text/html\n\n"
	for name, tc := range map[string]struct{ script, want string }{
		"moved, then written":   {"<% if [ -n \"$FORM_fw\" ]; then\nmv \"$FORM_fw\" /tmp/fw.bin\nmtd write /tmp/fw.bin firmware\nfi %>\n", VerifiesNot},
		"by its other name":     {"<html><% if [ -n \"$HASERL_fw_path\" ]; then %><p>writing</p><% flashcp \"$HASERL_fw_path\" /dev/mtd3; else %><form><% fi %></html>", VerifiesNot},
		"beside other chunks":   {"<p><%= $TITLE %></p>\n<% case $FORM_do in %>\n<% up) %>up<% dd if=$FORM_fw of=/dev/mtdblock3 ;; %>\n<% *) echo no %><% ;; esac %>\n", VerifiesNot},
		"checked":               {"<% mv \"$FORM_fw\" /tmp/fw\nopenssl dgst -sha256 -verify /etc/k.pem -signature /tmp/s /tmp/fw || exit 1 %>\n<p>ok</p><% mtd write /tmp/fw firmware %>\n", Verifies},
		"a picture":             {"<% cp \"$FORM_picture\" /data/picture.jpg %>\n", "none"},
		"a setting":             {"<% uci set system.name=\"$FORM_name\"\necho \"$FORM_text\" > /etc/motd %>\n", "none"},
		"HTML that tells of it": {"<pre>mtd write $FORM_fw firmware</pre>\n", "none"},
	} {
		if got := pageJudged(t, "www/cgi-bin/up.cgi", head+tc.script); got != tc.want {
			t.Errorf("%s: %s, want %s\n%s", name, got, tc.want, haserlCommands(head+tc.script))
		}
	}
}
