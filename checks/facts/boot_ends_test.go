package facts

import "testing"

func TestBootEndsEarly(t *testing.T) {
	rcS := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + text + "\n", "bin/mkdir": "", "usr/bin/nvram": "", "bin/pidof": "", "bin/ps": "", "bin/grep": ""}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const on = `[ "$(nvram get telnet)" = 1 ]`
	testBoot(t, nil, []bootCase{
		{"a test, or it ends", rcS("[ -e /dev/ttyS1 ] || exit 0\ntelnetd"), "telnetd?", 0},
		{"a file on a stick, or it ends", rcS("[ -x /mnt/usb/x ] || exit 0\ntelnetd"), "telnetd?", 0},
		{"a setting, or it ends", rcS(on + " || exit 0\ntelnetd"), "telnetd?", 0},
		{"not a setting, and it ends", rcS("! " + on + " && exit\ntelnetd"), "telnetd?", 0},
		{"two settings", rcS(on + " && [ -n \"$(nvram get x)\" ] || exit 0\ntelnetd"), "telnetd?", 0},
		{"an if", rcS("if ! " + on + "; then\n exit 0\nfi\ntelnetd"), "telnetd?", 0},
		{"an else", rcS("if " + on + "; then echo; else exit 0; fi\ntelnetd"), "telnetd?", 0},
		{"a case", rcS("case \"$(nvram get telnet)\" in\n1) ;;\n*) exit 0;;\nesac\ntelnetd"), "telnetd?", 0},
		{"a block", rcS(on + " || { echo off; exit 0; }\ntelnetd"), "telnetd?", 0},
		{"a variable", rcS("V=`nvram get telnet`\ntest \"$V\" = 1 || exit 0\ntelnetd"), "telnetd?", 0},
		{"brackets of bash", rcS("[[ $(nvram get telnet) == 1 ]] || exit 0\ntelnetd"), "telnetd?", 0},
		{"what a file holds", rcS("grep -q telnet /proc/cmdline || exit 0\ntelnetd"), "telnetd?", 0},
		{"a function returns", rcS("f() {\n" + on + " || return\ntelnetd\n}\nf\nvsftpd"), "telnetd? vsftpd", 0},
		{"a function that answers", rcS("on() { if " + on + "; then return 0; fi; return 1; }\non && telnetd\non || exit 0\nvsftpd"), "telnetd? vsftpd?", 0},
		{"a function that ends the script", rcS("f() { " + on + " || exit 0; }\nf\ntelnetd"), "telnetd?", 0},
		{"a round that is left out", rcS("for d in telnetd vsftpd; do\n[ $d = vsftpd ] || " + on + " || continue\n$d\ndone"), "telnetd? vsftpd", 0},
		{"a script that answers", rcS("/etc/on.sh || exit 0\ntelnetd", "etc/on.sh", "#!/bin/sh\n"+on+" && exit 0\nexit 1\n"), "telnetd?", 0},
		{"a script that is called later", rcS(on+" || exit 0\n/etc/t.sh", "etc/t.sh", "#!/bin/sh\ntelnetd\n"), "telnetd?", 0},
		{"a script that is sourced and ends", rcS(". /etc/x.sh\ntelnetd", "etc/x.sh", "vsftpd\nexit 0\n"), "vsftpd", 0},
		{"it becomes another program", rcS(on + " && exec vsftpd\ntelnetd"), "telnetd? vsftpd?", 0},

		{"something that is done, or it ends", rcS("mkdir -p /var/x || exit 1\ncd /tmp || exit 1\nmount -t proc proc /proc || exit\ntelnetd"), "telnetd", 0},
		{"an if over something that is done", rcS("if ! mkdir -p /var/x; then exit 1; fi\ntelnetd"), "telnetd", 0},
		{"its status", rcS("mkdir -p /var/x\n[ $? -ne 0 ] && exit 1\ntelnetd"), "telnetd", 0},
		{"whether it runs", rcS("pidof telnetd && exit 0\nps | grep -q telnetd && exit\n[ -n \"`pidof telnetd`\" ] && exit 0\ntelnetd"), "telnetd", 0},
		{"who runs it", rcS("[ \"$(id -u)\" = 0 ] || exit 1\n[ $EUID -ne 0 ] && exit\n[ `whoami` != root ] && exit\ntelnetd"), "telnetd", 0},
		{"a program that is there", rcS("command -v telnetd >/dev/null 2>&1 || exit 0\nwhich vsftpd || exit 0\ntelnetd"), "telnetd", 0},
		{"a program that nobody has seen", rcS("command -v acmed >/dev/null 2>&1 || exit 0\ntelnetd"), "telnetd?", 0},
		{"a shell of its own", rcS("( " + on + " || exit 0 )\ntelnetd"), "telnetd", 0},
		{"a pipe", rcS("cat /proc/x | while read a; do [ \"$a\" = b ] && exit; done\ntelnetd"), "telnetd", 0},
		{"a loop is left", rcS("while true; do " + on + " && break; sleep 1; done\ntelnetd"), "telnetd", 0},
		{"the same script once more", rcS("/etc/t.sh\nvsftpd", "etc/t.sh", "#!/bin/sh\n"+on+" || exit 0\ntelnetd\n"), "telnetd? vsftpd", 0},
		{"at the end all the same", rcS("trap telnetd EXIT\n" + on + " || exit 0\necho"), "telnetd", 0},
		{"a setting that the image holds", rcS("E=1\n[ \"$E\" = 1 ] || exit 0\ntelnetd"), "telnetd", 0},
	})
}

// What a script of a device does at its start, in the manner of usual ones.
func TestBootAsARule(t *testing.T) {
	rcS := func(text string) map[string]string {
		return map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + text + "\n", "usr/bin/flash": "", "bin/pidof": "", "bin/ps": "", "bin/grep": "", "bin/sleep": "", "sbin/getcfg": ""}
	}
	testBoot(t, nil, []bootCase{
		{"unless it runs", rcS("pidof telnetd || telnetd"), "telnetd", 0},
		{"if it does not run", rcS("if ! pidof telnetd >/dev/null; then\n telnetd\nfi"), "telnetd", 0},
		{"if it runs, or else", rcS("if pidof telnetd; then\n vsftpd\nelse\n telnetd\nfi"), "telnetd vsftpd?", 0},
		{"in the list of those that run", rcS("ps | grep -q telnetd || telnetd"), "telnetd", 0},
		{"in that list without itself", rcS("ps | grep telnetd | grep -v grep || telnetd"), "telnetd?", 0},
		{"after a second", rcS("(sleep 1 && telnetd) &\nmkdir -p /var/run && vsftpd"), "telnetd vsftpd", 0},
		{"after what may fail", rcS("insmod /lib/x.ko && telnetd"), "telnetd?", 0},
		{"after what does not fail", rcS("sleep 1 || telnetd"), "telnetd?", 0},
		{"one argument after another", rcS("set -- a vsftpd telnetd\nwhile [ $# -gt 0 ]; do\n case $1 in a) ;; *) $1 ;; esac\n shift\ndone"), "telnetd vsftpd", 0},
		{"one, and it is left", rcS("set -- vsftpd telnetd\nwhile [ -n \"$1\" ]; do $1; shift; break; done"), "vsftpd", 0},
		{"without an end", rcS("set -- vsftpd\nwhile true; do $1; done\ntelnetd"), "telnetd vsftpd", 0},
		{"settings that a command prints", rcS("eval `flash get TELNET`\n[ \"$TELNET\" != 0 ] && telnetd"), "telnetd?", 0},
		{"settings that it prints, set before", rcS("TELNET=1\neval $(flash get TELNET)\n[ \"$TELNET\" = 1 ] && telnetd"), "telnetd?", 0},
		{"what a command in the background is given", rcS("telnetd -p `getcfg telnet port` &"), "telnetd", 0},
	})
}
