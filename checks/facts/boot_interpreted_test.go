package facts

import (
	"strings"
	"testing"
)

func TestReadCall(t *testing.T) {
	for _, tc := range []struct{ language, opening, text, want string }{
		{"Python", "os.system(", `"telnetd -l /bin/sh")`, "telnetd -l /bin/sh"},
		{"Python", "subprocess.run(", `["ip", "link", dev], check=True)`, "ip|link|${ARG}"},
		{"Python", "subprocess.Popen(", `['/usr/sbin/telnetd',"-l",'/bin/sh'])`, "/usr/sbin/telnetd|-l|/bin/sh"},
		{"Python", "subprocess.run(", `["telnetd"])`, "telnetd|"},
		{"Python", "subprocess.run(", `"telnetd -p 23", shell=True)`, "telnetd -p 23"},
		{"Python", "os.system(", `f"ifconfig {dev} up")`, "ifconfig ${ARG} up"},
		{"Python", "os.system(", `"ifconfig %s up" % dev)`, "ifconfig ${ARG} up"},
		{"Python", "os.system(", `"ifconfig {} up".format(dev))`, "ifconfig ${ARG} up"},
		{"Python", "os.system(", `"reboot " + how + " now")`, "reboot ${ARG} now"},
		{"Python", "os.system(", "\"telnetd \"\n  \"-l sh\")", "telnetd -l sh"},
		{"Python", "os.system(", `cmd)`, "${ARG}"},
		{"Python", "os.execv(", `"/bin/sh", "sh", "-c", "x")`, "/bin/sh|-c|x"},
		{"Python", "os.system(", `"""telnetd"""`, "telnetd"},
		{"Python", "os.system(", `)`, ""},
		{"Lua", "os.execute(", `"telnetd -l sh")`, "telnetd -l sh"},
		{"Lua", "os.execute ", `"killall " .. name`, "killall ${ARG}"},
		{"Lua", "io.popen(", `string.format("ping -c %d %s", n, host), "r")`, "ping -c ${ARG} ${ARG}"},
		{"JavaScript", "spawn(", `'telnetd', ['-l', '/bin/sh'])`, "telnetd|-l|/bin/sh"},
		{"JavaScript", "exec(", "`ping ${host}`, cb)", "ping ${ARG}"},
		{"JavaScript", "exec(", `'telnetd', function (e) {})`, "telnetd"},
		{"Perl", " system(", `"telnetd", "-l", "/bin/sh");`, "telnetd|-l|/bin/sh"},
		{"Perl", " system ", `"ping $host";`, "ping ${ARG}"},
		{"Perl", " system ", `is what runs`, ""},
		{"PHP", " exec(", `'telnetd', $out);`, "telnetd"},
		{"PHP", " shell_exec(", `"ping -c 1 {$_GET['h']}");`, "ping -c 1 ${ARG}"},
		{"PHP", "=`", "telnetd -l $shell`;", "telnetd -l ${ARG}"},
		{"PHP", " system(", `"ping " . $host . " -c 1");`, "ping ${ARG} -c 1"},
	} {
		if got := strings.Join(readCall(tc.language, tc.opening, tc.text), "|"); got != tc.want {
			t.Errorf("%s %s%s: %q, want %q", tc.language, tc.opening, tc.text, got, tc.want)
		}
	}
}

func TestBootOfOtherLanguages(t *testing.T) {
	files := func(name, program string, more ...string) map[string]string {
		m := map[string]string{
			"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + name + " &\n", "opt/app/main": program,
			"usr/sbin/telnetd": "-> ../../bin/busybox", "usr/bin/python3": "", "usr/bin/lua": "", "usr/bin/node": "", "usr/bin/php": "", "usr/bin/perl": "", "sbin/ip": "",
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	for _, tc := range []struct {
		name     string
		files    map[string]string
		want     string
		unjudged int
	}{
		{"Python", files("/opt/app/main", "#!/usr/bin/python3\nimport os\nos.system(\"telnetd -l /bin/sh\")\n"), "main telnetd?", 0},
		{"by its interpreter", files("python3 /opt/app/main", "import os\nos.system(\"telnetd -l /bin/sh\")\n"), "python3 telnetd?", 0},
		{"a list", files("/opt/app/main", "#!/usr/bin/python3\nimport subprocess\nsubprocess.Popen([\"/usr/sbin/telnetd\",\"-l\",\"/bin/sh\"])\n"), "main telnetd?", 0},
		{"a comment", files("/opt/app/main", "#!/usr/bin/python3\n# os.system(\"telnetd -l /bin/sh\")\n"), "main", 0},
		{"a known program with unknown words", files("/opt/app/main", "#!/usr/bin/python3\nsubprocess.run([\"ip\", \"link\", dev])\n"), "main", 0},
		{"nothing that is known", files("/opt/app/main", "#!/usr/bin/python3\nos.system(cmd)\n"), "main", 1},
		{"no call at all", files("/opt/app/main", "#!/usr/bin/python3\nprint('system')\n"), "main", 0},
		{"a part of its own", files("/opt/app/main", "#!/usr/bin/python3\nfrom shell import go\n", "opt/app/shell.py", "import os\nos.system('telnetd')\n"), "main telnetd?", 0},
		{"Lua", files("lua /opt/app/main", "os.execute('telnetd -l /bin/sh')\n"), "lua telnetd?", 0},
		{"Perl", files("/opt/app/main", "#!/usr/bin/perl\nsystem('telnetd', '-l', '/bin/sh');\n"), "main telnetd?", 0},
		{"words of a manual", files("/opt/app/main", "#!/usr/bin/perl\nprint 1;\n__END__\n system($x) or exec it\n"), "main", 0},
		{"PHP", files("php /opt/app/main", "<?php shell_exec('telnetd');\n"), "php telnetd?", 0},
		{"JavaScript", files("node /opt/app/main", "const { exec } = require('child_process');\nexec('telnetd');\n"), "node telnetd?", 0},
		{"a regular expression", files("node /opt/app/main", "const cp = require('child_process');\nconst m = /x/.exec(line);\n"), "node", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := bootOf(t, tc.files)
			if got := started(g); got != tc.want {
				t.Errorf("started %q, want %q", got, tc.want)
			}
			if got := len(g.Inits[0].Unjudged); got != tc.unjudged {
				t.Errorf("%d commands are not known, want %d: %v", got, tc.unjudged, g.Inits[0].Unjudged)
			}
		})
	}
}

func FuzzReadCall(f *testing.F) {
	f.Add("Python", "os.system(", `f"a {b}" + c % ("x")`)
	f.Add("PHP", "=`", "a {$b['c']} $$d`")
	f.Add("JavaScript", "spawn(", "`${a")
	f.Fuzz(func(t *testing.T, language, opening, text string) {
		if len(text) > maxCallText {
			return
		}
		if words := readCall(language, opening, text); len(words) > maxCallWords+1 {
			t.Errorf("%d words", len(words))
		}
	})
}
