package facts

import "testing"

func TestBootWrittenFiles(t *testing.T) {
	const entry = "telnet stream tcp nowait root /usr/sbin/telnetd telnetd -i"
	rcS := func(text string, more ...string) map[string]string {
		files := map[string]string{"etc/init.d/rcS": "#!/bin/sh\n" + text + "\n"}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	base := map[string]string{"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS, "usr/sbin/inetd": "", "usr/sbin/xinetd": "", "usr/sbin/crond": ""}
	testBoot(t, base, []bootCase{
		{"echo", rcS("echo \"" + entry + "\" > /tmp/i.conf\ninetd /tmp/i.conf"), "inetd telnetd", 0},
		{"a here-document", rcS("cat > /etc/inetd.conf <<E\n" + entry + "\nE\ninetd"), "inetd telnetd", 0},
		{"a group of commands", rcS("{\necho '# x'\nprintf '%s\\n' \"" + entry + "\"\n} > /tmp/i.conf\ninetd /tmp/i.conf"), "inetd telnetd", 0},
		{"tee", rcS("echo \"" + entry + "\" | tee /tmp/i.conf\ninetd /tmp/i.conf"), "inetd telnetd", 0},
		{"a line more", rcS("echo '"+entry+"' >> /etc/inetd.conf\ninetd", "etc/inetd.conf", "ftp stream tcp nowait root /usr/sbin/vsftpd vsftpd\n"), "inetd telnetd vsftpd", 0},
		{"a copy", rcS("cp /etc/inetd.telnet /etc/inetd.conf\ninetd", "etc/inetd.telnet", entry+"\n", "etc/inetd.conf", "# none\n"), "inetd telnetd", 0},
		{"under a condition", rcS("nvram get x && echo '"+entry+"' >> /etc/inetd.conf\ninetd", "etc/inetd.conf", "ftp stream tcp nowait root /usr/sbin/vsftpd vsftpd\n"), "inetd telnetd? vsftpd", 0},
		{"xinetd", rcS("cat > /etc/xinetd.d/t <<E\nservice telnet\n{\n server = /usr/sbin/telnetd\n}\nE\nxinetd"), "telnetd xinetd", 0},
		{"cron", rcS("echo '@reboot telnetd' > /var/spool/cron/crontabs/root\ncrond"), "crond telnetd", 0},
		{"crontab", rcS("echo '@reboot telnetd' | crontab -\ncrond"), "crond telnetd", 0},
		{"a script", rcS("echo '#!/bin/sh' > /tmp/x\necho 'telnetd -p 1' >> /tmp/x\nchmod +x /tmp/x\n/tmp/x"), "telnetd", 0},
		{"a script for a shell", rcS("cat > /tmp/x <<E\ntelnetd\nE\nsh /tmp/x"), "telnetd", 0},
		{"a script that is taken in", rcS("cd /tmp\necho 'D=telnetd' > x\n. ./x\n$D"), "telnetd", 0},

		{"nothing reads it", rcS("echo \"" + entry + "\" > /tmp/i.conf\ninetd /tmp/j.conf"), "inetd", 1},
		{"written over", rcS("echo \"" + entry + "\" > /tmp/i.conf\necho '# x' > /tmp/i.conf\ninetd /tmp/i.conf"), "inetd", 0},
		{"to the screen", rcS("echo \"" + entry + "\"\ninetd"), "inetd", 0},
		{"a comment", rcS("echo \"#" + entry + "\" > /etc/inetd.conf\ninetd"), "inetd", 0},
		{"never", rcS("[ -e /etc/debug ] && echo \"" + entry + "\" > /etc/inetd.conf\ninetd"), "inetd", 0},

		{"a table from elsewhere", rcS("nvram get inetd > /tmp/i.conf\ninetd /tmp/i.conf"), "inetd", 1},
		{"a table that is changed", rcS("sed -i s/#telnet/telnet/ /etc/inetd.conf\ninetd", "etc/inetd.conf", "#"+entry+"\n"), "inetd telnetd", 0},
		{"a table that is changed by what nobody knows", rcS("sed -i \"s/#telnet/$(nvram get t)/\" /etc/inetd.conf\ninetd", "etc/inetd.conf", "#"+entry+"\n"), "inetd", 1},
		{"a table that nobody knows", rcS("inetd $(nvram get t)/x.conf"), "inetd", 1},
		{"a program that nobody knows", rcS("echo \"x stream tcp nowait root $(nvram get d) x\" > /tmp/i.conf\ninetd /tmp/i.conf"), "inetd", 1},
		{"a script from elsewhere", rcS("cd /tmp\nwget http://x.example/run.sh\nsh run.sh"), "", 1},
	})
}

func TestBootWrittenIsBounded(t *testing.T) {
	g := bootOf(t, startsScript("while read x; do :; done\nfor i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do for k in 1 2 3 4 5 6 7 8 9; do echo telnetd > /tmp/$i$j$k; done; done; done\n/tmp/999", nil))
	if len(g.Inits[0].Unjudged) != 1 {
		t.Errorf("a file that was not kept: %+v", g.Inits[0])
	}
}
