package facts

import (
	"strings"
	"testing"
)

const (
	fetchBoth = "wget -O /tmp/fw http://fw.example.invalid/fw\nwget -O /tmp/s http://fw.example.invalid/s\n"
	checkIt   = "openssl dgst -sha256 -verify /etc/k.pem -signature /tmp/s /tmp/fw"
	takeForce = "while [ $# -gt 0 ]; do case $1 in -f) FORCE=1;; esac; shift; done\n"
	writeIt   = "mtd write /tmp/fw firmware\n"
)

// gateJudged gives the verdict of a script; "none" where it is no updater.
func gateJudged(t *testing.T, script string) string {
	t.Helper()
	if !strings.HasPrefix(script, "#!") {
		script = "#!/bin/sh\n" + script
	}
	files := map[string]string{"usr/sbin/job": script, "etc/k.pem": "k", "usr/share/boot.bin": "x"}
	for _, u := range observed(t, Updaters, files) {
		if u.Name == "own" {
			return u.Verification.State
		}
	}
	return "none"
}

func TestGateHolds(t *testing.T) {
	for name, script := range map[string]string{
		"set -e":                "set -e\n" + fetchBoth + checkIt + "\n" + writeIt,
		"set -eu":               "set -euo pipefail\n" + fetchBoth + checkIt + "\n" + writeIt,
		"#! -e":                 "#!/bin/sh -e\n" + fetchBoth + checkIt + "\n" + writeIt,
		"set -o errexit":        "set -o errexit\n" + fetchBoth + checkIt + " >/dev/null\n" + writeIt,
		"set -e in function":    "set -e\nup() {\n" + fetchBoth + checkIt + "\n" + writeIt + "}\nup\n",
		"rc":                    fetchBoth + checkIt + "\nrc=$?\nrm -f /tmp/s\n[ $rc -eq 0 ] || { rm /tmp/fw; exit 1; }\n" + writeIt,
		"rc, turned":            fetchBoth + checkIt + "\nRET=$?\nif [ \"$RET\" -ne 0 ]; then echo bad; exit 1; fi\n" + writeIt,
		"rc in case":            fetchBoth + checkIt + "\ncase $? in 0) ;; *) exit 1;; esac\n" + writeIt,
		"output":                fetchBoth + "R=$(" + checkIt + ")\n[ \"$R\" = \"Verified OK\" ] || exit 1\n" + writeIt,
		"output in backticks":   fetchBoth + "R=`" + checkIt + " 2>&1`\nif [ \"$R\" != \"Verified OK\" ]; then exit 1; fi\n" + writeIt,
		"output, echo, grep":    fetchBoth + "R=$(" + checkIt + " 2>&1)\nif ! echo \"$R\" | grep -q 'Verified OK'; then exit 1; fi\n" + writeIt,
		"status of output":      fetchBoth + "if ! R=$(" + checkIt + "); then exit 1; fi\n" + writeIt,
		"output, status":        fetchBoth + "R=$(" + checkIt + ")\n[ $? -eq 0 ] || exit 1\n" + writeIt,
		"case of output":        fetchBoth + "case \"$(" + checkIt + ")\" in \"Verified OK\") ;; *) exit 1;; esac\n" + writeIt,
		"case of pattern":       fetchBoth + "case \"$(" + checkIt + ")\" in *OK*) " + strings.TrimSpace(writeIt) + ";; esac\n",
		"log":                   fetchBoth + checkIt + " > /tmp/log 2>&1\ngrep -q OK /tmp/log || exit 1\n" + writeIt,
		"flag":                  fetchBoth + "OK=0\n" + checkIt + " && OK=1\n[ $OK = 1 ] && " + writeIt,
		"flag of words":         fetchBoth + "valid=no\nif " + checkIt + "; then valid=yes; fi\nif [ \"$valid\" = yes ]; then " + strings.TrimSpace(writeIt) + "; fi\n",
		"flag, unset":           fetchBoth + "BAD=\n" + checkIt + " || BAD=1\n[ -z \"$BAD\" ] || exit 1\n" + writeIt,
		"function with rc":      fetchBoth + "ok() { " + checkIt + "; return $?; }\nok || exit 1\n" + writeIt,
		"function, last":        fetchBoth + "ok() {\nlocal f=$1\nopenssl dgst -sha256 -verify /etc/k.pem -signature /tmp/s \"$f\"\n}\nif ok /tmp/fw; then :; else exit 1; fi\n" + writeIt,
		"die":                   "die() { logger \"$1\"; exit 1; }\n" + fetchBoth + checkIt + " || die bad\n" + writeIt,
		"braces":                fetchBoth + "{ " + checkIt + " && " + strings.TrimSpace(writeIt) + "; } || exit 1\n",
		"never forced":          "FORCE=\n" + fetchBoth + "[ -n \"$FORCE\" ] || " + checkIt + " || exit 1\n" + writeIt,
		"a flag of words only":  "while [ $# -gt 0 ]; do case $1 in -v) LOUD=1;; esac; shift; done\n" + fetchBoth + checkIt + " || exit 1\n[ $LOUD ] && echo ok\n" + writeIt,
		"until":                 "until " + checkIt + "; do\n" + fetchBoth + "sleep 5\ndone\n" + writeIt,
		"continue":              "while true; do\n" + fetchBoth + checkIt + " || continue\n" + writeIt + "done\n",
		"subshell's status":     fetchBoth + "( " + checkIt + " || exit 1 ) || exit 1\n" + writeIt,
		"ssh-keygen":            fetchBoth + "ssh-keygen -Y verify -f /etc/k.pem -I r -n file -s /tmp/s < /tmp/fw || exit 1\n" + writeIt,
		"copied after":          fetchBoth + checkIt + " || exit 1\ncp /tmp/fw /tmp/fw2\ndd if=/tmp/fw2 of=/dev/mmcblk0p2\n",
		"unpacked after":        fetchBoth + checkIt + " || exit 1\ntar xzf /tmp/fw -C /tmp/x\nflashcp /tmp/x/root.bin /dev/mtd3\n",
		"piped after":           fetchBoth + checkIt + " || exit 1\ngunzip -c /tmp/fw | dd of=/dev/mmcblk0p2\n",
		"cd":                    "cd /tmp\nwget http://fw.example.invalid/fw\nwget http://fw.example.invalid/s\nopenssl dgst -sha256 -verify /etc/k.pem -signature s fw || exit 1\nmtd write fw firmware\n",
		"variables":             "F=/tmp/fw\nwget -O \"$F\" http://fw.example.invalid/fw\nif ! openssl dgst -sha256 -verify /etc/k.pem -signature \"$F.sig\" \"${F}\"; then exit 1; fi\nsysupgrade \"$F\"\n",
		"signed list":           fetchBoth + "wget -O /tmp/SUMS http://fw.example.invalid/SUMS\nusign -V -p /etc/k.pem -m /tmp/SUMS -x /tmp/SUMS.sig || exit 1\ncd /tmp && sha256sum -c SUMS || exit 1\n" + writeIt,
		"signed digest":         fetchBoth + "wget -O /tmp/h http://fw.example.invalid/h\nusign -V -p /etc/k.pem -m /tmp/h -x /tmp/h.sig || exit 1\n[ \"$(sha256sum /tmp/fw | cut -d' ' -f1)\" = \"$(cat /tmp/h)\" ] || exit 1\n" + writeIt,
		"slots":                 "if [ \"$(fw_printenv -n slot)\" = a ]; then D=/dev/mmcblk0p3; else D=/dev/mmcblk0p2; fi\n" + fetchBoth + checkIt + " || exit 1\ndd if=/tmp/fw of=$D\n",
		"key by fingerprint":    fetchBoth + "gpg --recv-keys 0123456789ABCDEF0123456789ABCDEF01234567\ngpg --verify /tmp/s /tmp/fw || exit 1\n" + writeIt,
		"a variable of its own": "SKIP=0\n" + fetchBoth + "[ \"$SKIP\" = 1 ] || " + checkIt + " || exit 1\n" + writeIt,
		"a harmless variable":   fetchBoth + "[ -n \"$VERBOSE\" ] && echo checking\n" + checkIt + " || exit 1\n[ \"$QUIET\" = 1 ] || echo ok\n" + writeIt,
		"gpg's status":          fetchBoth + "gpg --status-fd 1 --verify /tmp/s /tmp/fw 2>/dev/null | grep -q '^\\[GNUPG:\\] GOODSIG' || exit 1\n" + writeIt,
	} {
		if got := gateJudged(t, script); got != Verifies {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestGateFails(t *testing.T) {
	for name, script := range map[string]string{
		"other file":          fetchBoth + "wget -O /tmp/o http://fw.example.invalid/o\n" + checkIt + " || exit 1\nmtd write /tmp/o firmware\n",
		"fetched again":       fetchBoth + checkIt + " || exit 1\n" + fetchBoth + writeIt,
		"key fetched":         fetchBoth + "wget -O /tmp/k http://fw.example.invalid/k\nopenssl dgst -sha256 -verify /tmp/k -signature /tmp/s /tmp/fw || exit 1\n" + writeIt,
		"key copied":          fetchBoth + "wget -O /tmp/k http://fw.example.invalid/k\ncp /tmp/k /tmp/k2\nopenssl dgst -sha256 -verify /tmp/k2 -signature /tmp/s /tmp/fw || exit 1\n" + writeIt,
		"key imported":        fetchBoth + "wget -O /tmp/k http://fw.example.invalid/k\ngpg --import /tmp/k\ngpg --verify /tmp/s /tmp/fw || exit 1\n" + writeIt,
		"key of a server":     fetchBoth + "gpg --auto-key-retrieve --verify /tmp/s /tmp/fw || exit 1\n" + writeIt,
		"key of a short name": fetchBoth + "gpg --recv-keys ABCDEF01\ngpg --verify /tmp/s /tmp/fw || exit 1\n" + writeIt,
		"any signer":          fetchBoth + "openssl cms -verify -noverify -in /tmp/s -inform DER -content /tmp/fw -out /dev/null || exit 1\n" + writeIt,
		"leaves a subshell":   fetchBoth + "( " + checkIt + " || exit 1 )\n" + writeIt,
		"leaves a pipe":       fetchBoth + "echo x | while read l; do " + checkIt + " || exit 1; done\n" + writeIt,
		"set -e, || true":     "set -e\n" + fetchBoth + checkIt + " || true\n" + writeIt,
		"set -e, in a list":   "set -e\n" + fetchBoth + checkIt + " && echo ok\n" + writeIt,
		"set -e, in a pipe":   "set -e\n" + fetchBoth + checkIt + " | logger\n" + writeIt,
		"set +e":              "set -e\n" + fetchBoth + "set +e\n" + checkIt + "\nset -e\n" + writeIt,
		"rc of another":       fetchBoth + checkIt + "\necho done\nrc=$?\n[ $rc -eq 0 ] || exit 1\n" + writeIt,
		"local hides it":      "set -e\nup() {\n" + fetchBoth + "local r=$(" + checkIt + ")\n" + writeIt + "}\nup\n",
		"flag was set":        fetchBoth + "OK=1\n" + checkIt + " && OK=1\n[ $OK = 1 ] && " + writeIt,
		"written in cases":    fetchBoth + checkIt + "\ncase $1 in a) dd if=/tmp/fw of=/dev/mmcblk0p3;; b) dd if=/tmp/fw of=/dev/mmcblk0p2;; esac\n",
		"forced always":       "FORCE=1\n" + fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"forced or not":       takeForce + fetchBoth + checkIt + "\nif [ \"$FORCE\" = 1 ]; then flashcp /tmp/fw /dev/mtd3; else flashcp /tmp/fw /dev/mtd4; fi\n",
		"pattern fits both":   fetchBoth + checkIt + " | grep -q Verif || exit 1\n" + writeIt,
		"if a signature came": fetchBoth + "if [ -s /tmp/s ]; then\n" + checkIt + " || exit 1\nfi\n" + writeIt,
		"list is not signed":  fetchBoth + "cd /tmp && sha256sum -c s || exit 1\n" + writeIt,
		"written in slots":    fetchBoth + checkIt + "\nif [ \"$SLOT\" = a ]; then dd if=/tmp/fw of=/dev/mmcblk0p3; else dd if=/tmp/fw of=/dev/mmcblk0p2; fi\n",
		"unpacked":            "curl -s http://fw.example.invalid/a.tgz | tar xz -C /\n",
		"unpacked, C first":   "wget -qO- http://fw.example.invalid/a.tgz | tar -C /opt/app -xzf -\n",
		"sourced":             "wget -O /tmp/x.sh http://fw.example.invalid/x\n. /tmp/x.sh\n",
		"eval":                "eval \"$(wget -qO- http://fw.example.invalid/x)\"\n",
		"sh -c":               "sh -c \"$(curl -fsSL http://fw.example.invalid/x)\"\n",
		"eval of a variable":  "S=$(curl -s http://fw.example.invalid/x)\neval \"$S\"\n",
		"bash <()":            "#!/bin/bash\nbash <(curl -s http://fw.example.invalid/x)\n",
		"opkg":                "wget -O /tmp/a.ipk http://fw.example.invalid/a.ipk\nopkg install /tmp/a.ipk\n",
		"rpm":                 "cd /tmp\ncurl -O http://fw.example.invalid/a.rpm\nrpm -Uvh --nodeps a.rpm\n",
		"over a program":      "wget -O /usr/bin/app http://fw.example.invalid/a\n",
		"over a device":       "curl -o /dev/mtdblock4 http://fw.example.invalid/a\n",
		"over the kernel":     "wget -O /boot/zImage http://fw.example.invalid/a\n",
		"mv":                  "wget -O /tmp/app http://fw.example.invalid/a\nchmod 755 /tmp/app\nmv /tmp/app /usr/bin/app\n",
		"cp into a folder":    "wget -O /tmp/app http://fw.example.invalid/a\ncp /tmp/app /usr/bin/\n",
		"unzip":               "wget -P /tmp http://fw.example.invalid/fw.bin\ncd /tmp\nunzip -o fw.bin -d /\n",
		"rsync":               "rsync -a rsync://fw.example.invalid/fw/ /opt/app/\n",
		"git fetch, reset":    "cd /opt/app\ngit fetch origin\ngit reset --hard origin/master\n",
		"unzip, a member":     "cd /\nwget http://fw.example.invalid/a.zip\nunzip a.zip usr/bin/app\n",
		"git":                 "cd /opt/app && git pull\n/opt/app/run\n",
		"casync":              "casync extract http://fw.example.invalid/x.caibx /dev/mmcblk0p2\n",
		"nc":                  "nc -l -p 9000 > /tmp/fw\n" + writeIt,
	} {
		if got := gateJudged(t, script); got != VerifiesNot {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestGateUnknown(t *testing.T) {
	for name, script := range map[string]string{
		"own program":          fetchBoth + "fwcheck /tmp/fw || exit 1\n" + writeIt,
		"own program, set -e":  "set -e\n" + fetchBoth + "/usr/bin/fwverify /tmp/fw\n" + writeIt,
		"own program's output": fetchBoth + "[ \"$(fwsig /tmp/fw)\" = good ] || exit 1\n" + writeIt,
		"own program decrypts": fetchBoth + "fwdecrypt /tmp/fw /tmp/fw.out\nmtd write /tmp/fw.out firmware\n",
		"a shared secret":      fetchBoth + "[ \"$(openssl dgst -sha256 -hmac x /tmp/fw)\" = \"$(cat /tmp/s)\" ] || exit 1\n" + writeIt,
		"a switch":             fetchBoth + "if [ \"$1\" != --force ]; then " + checkIt + " || exit 1; fi\n" + writeIt,
		"another switch":       fetchBoth + "if ! " + checkIt + " && [ \"$FORCE_FILE\" != \"$2\" ]; then exit 1; fi\n" + writeIt,
		"a variable":           fetchBoth + "if [ \"$SKIP_VERIFY\" != 1 ]; then " + checkIt + " || exit 1; fi\n" + writeIt,
		"a variable, in bash":  "#!/bin/bash\n" + fetchBoth + "[[ -n $NOVERIFY ]] || " + checkIt + " || exit 1\n" + writeIt,
		"a variable, or":       fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"a variable, before":   fetchBoth + "[ -n \"$FORCE\" ] || " + checkIt + " || exit 1\n" + writeIt,
		"a variable's case":    fetchBoth + "case $FORCE in 1) ;; *) " + checkIt + " || exit 1;; esac\n" + writeIt,
		"a default":            "FORCE=${FORCE:-0}\n" + fetchBoth + "[ \"$FORCE\" = 1 ] || " + checkIt + " || exit 1\n" + writeIt,
		"a default, set":       ": ${FORCE:=0}\n" + fetchBoth + "[ \"$FORCE\" = 1 ] || " + checkIt + " || exit 1\n" + writeIt,
		"a flag":               "FORCE=0\n" + takeForce + fetchBoth + "[ $FORCE = 1 ] || " + checkIt + " || exit 1\n" + writeIt,
		"a flag, or":           takeForce + fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"a flag of a list":     "for a in \"$@\"; do case $a in -f) FORCE=1;; esac; done\n" + fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"an option":            "FORCE=\nwhile getopts f o; do case $o in f) FORCE=1;; esac; done\n" + fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"an option of two":     "while :; do case $1 in -v) LOUD=1;; -f) FORCE=1;; *) break;; esac; shift; done\n" + fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"an argument's name":   "[ \"$1\" = -f ] && FORCE=1\n" + fetchBoth + checkIt + " || [ $FORCE ] || exit 1\n" + writeIt,
		"removed":              fetchBoth + checkIt + " || rm -f /tmp/fw\n" + writeIt,
	} {
		if got := gateJudged(t, script); got != VerifiesUnknown {
			t.Errorf("%s: %s", name, got)
		}
	}
	got := observed(t, Updaters, map[string]string{"usr/sbin/update.sh": "#!/bin/sh\nmtd write $1 firmware\n"})
	if len(got) != 1 || got[0].Verification.State != VerifiesUnknown {
		t.Errorf("what is handed in: %+v", got)
	}
}

func TestGateIsNoUpdate(t *testing.T) {
	for name, script := range map[string]string{
		"settings":      "wget -O /etc/config/app.conf http://fw.example.invalid/c\n",
		"data":          "wget -O /tmp/w.json http://fw.example.invalid/w\ncp /tmp/w.json /usr/share/w.json\n",
		"archive":       "curl -s http://fw.example.invalid/a.tgz | tar xz -C /tmp/cache\n",
		"upload":        "tar czf /tmp/logs.tgz /var/log\ncurl -T /tmp/logs.tgz http://fw.example.invalid/up\n",
		"upload, scp":   "scp /tmp/log joe@fw.example.invalid:/logs/\n",
		"backup":        "rsync -a /opt/app/ joe@fw.example.invalid:/backup/\n",
		"answer":        "IP=$(curl -s http://fw.example.invalid/ip)\necho \"$IP\" > /tmp/ip\n",
		"shell of own":  "wget -O /tmp/a http://fw.example.invalid/a\nsh /usr/lib/x.sh /tmp/a\n",
		"git only asks": "cd /opt/app && git fetch && git diff --name-only origin/main..HEAD\n",
		"members, data": "cd /\nwget http://fw.example.invalid/a.zip\nunzip a.zip ucd.all.xml\n",
		"git elsewhere": "git clone http://fw.example.invalid/site /srv/site\n",
		"feeds":         "wget -O /tmp/x http://fw.example.invalid/x\nopkg install nano\n",
	} {
		if got := gateJudged(t, script); got != "none" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestGateEnds holds that a script with very many ways is given up, and not passed.
func TestGateEnds(t *testing.T) {
	b := strings.Builder{}
	for range 40 {
		b.WriteString("if fwq /tmp/fw$RANDOM; then A=\"$A$B\"; else B=\"$B$A\"; fi\ncase $X in a) A=1$A;; b) A=2$A;; esac\n")
	}
	if got := gateJudged(t, fetchBoth+b.String()+checkIt+" || exit 1\n"+writeIt); got == VerifiesNot {
		t.Error(got)
	}
}
