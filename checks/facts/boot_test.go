package facts

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

// elfMagic makes a file that is no text and not empty.
var elfMagic = []byte("\x7fELF\x01\x01\x01\x00")

// folder makes a root file system: "name" is a program, "name -> target" a
// link, everything else a text with its mode (0755 for what starts with #!). What it
// does not hold is absent for good, unless it has a table of mounts of its own.
func bootFolder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{
		"etc/hostname": {Data: []byte("x\n")}, "bin/busybox": {Data: elfMagic, Mode: 0o755}, "dev/x": {}, "lib/x": {},
		"etc/fstab": {Data: []byte("/dev/root / squashfs ro 0 0\n")},
	}
	for name, content := range files {
		switch {
		case strings.HasPrefix(content, "-> "):
			m[name] = &fstest.MapFile{Data: []byte(content[3:]), Mode: fs.ModeSymlink | 0o777}
		case content == "":
			m[name] = &fstest.MapFile{Data: elfMagic, Mode: 0o755}
		default:
			mode := fs.FileMode(0o644)
			if strings.HasPrefix(content, "\x7fELF") {
				mode = 0o755
			}
			if strings.HasPrefix(content, "#!") {
				mode = 0o755
			}
			m[name] = &fstest.MapFile{Data: []byte(content), Mode: mode}
		}
	}
	return m
}

// bootOf follows the boot of a root file system.
func bootOf(t testing.TB, files map[string]string) BootGraph {
	t.Helper()
	src := firmware.Source{Name: "image", Folder: bootFolder(files), Modes: true}
	o, err := Observe(t.Context(), src, firmware.Options{}, Boot)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Boot.Of(o.For("test", []Node{Boot}))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// started lists the services that are started, a ? behind those that are not sure.
func started(g BootGraph) string {
	var names []string
	for _, s := range g.Services {
		switch {
		case s.Started && s.Certain:
			names = append(names, s.Name)
		case s.Started:
			names = append(names, s.Name+"?")
		}
	}
	return strings.Join(names, " ")
}

const toRcS = "::sysinit:/etc/init.d/rcS\n"

func TestBootStarts(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"rcS", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\ntelnetd &\n", "usr/sbin/telnetd": "-> ../../bin/busybox"}, "telnetd"},
		{"the program is missing", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\ntelnetd\n"}, ""},
		{"a script that is not executable", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "telnetd\n", "usr/sbin/telnetd": ""}, ""},
		{"a condition on a file that is there", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n[ -x /usr/sbin/telnetd ] || exit 0\ntelnetd", "usr/sbin/telnetd": ""}, "telnetd"},
		{"a condition on a file that is not", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nif [ -e /etc/debug ]; then telnetd; fi", "usr/sbin/telnetd": ""}, ""},
		{"a condition that nobody knows", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nif [ \"$(nvram get telnet)\" = 1 ]; then telnetd; fi", "usr/sbin/telnetd": ""}, "telnetd?"},
		{"a file that the boot itself makes", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\ndetect > /tmp/debug\n[ -s /tmp/debug ] && telnetd", "usr/sbin/telnetd": ""}, "telnetd?"},
		{"settings of a shell file", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n. /etc/rc.conf\n[ \"$TELNET\" = YES ] && telnetd\n[ \"$FTP\" = YES ] && vsftpd", "etc/rc.conf": "TELNET=NO\nFTP=YES\n", "usr/sbin/telnetd": "", "usr/sbin/vsftpd": ""}, "vsftpd"},
		{"after the end", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nexit 0\ntelnetd\n", "usr/sbin/telnetd": ""}, ""},
		{"stop is not start", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n/etc/init.d/t stop", "etc/init.d/t": "#!/bin/sh\ncase $1 in start) telnetd;; stop) killall telnetd;; esac", "usr/sbin/telnetd": ""}, ""},
		{"SysV run levels", map[string]string{"etc/inittab": "id:3:initdefault:\nsi::sysinit:/etc/init.d/rcS\nl3:3:wait:/etc/init.d/rc 3\nl5:5:wait:/etc/init.d/rc 5\n", "etc/init.d/rc": "#!/bin/sh\n:", "etc/init.d/ssh": "#!/bin/sh\ncase \"$1\" in\nstart) start-stop-daemon --start --quiet --exec /usr/sbin/sshd -- $OPTS ;;\nesac", "etc/rc3.d/S20ssh": "-> ../init.d/ssh", "etc/rc5.d/S20telnet": "-> ../init.d/telnet", "etc/init.d/telnet": "#!/bin/sh\ntelnetd", "usr/sbin/sshd": "", "usr/sbin/telnetd": ""}, "sshd"},
		{"respawn", map[string]string{"etc/inittab": "::respawn:/usr/sbin/dropbear -F\n::respawn:/opt/app\n# ::respawn:/usr/sbin/telnetd -F\n", "usr/sbin/dropbear": "", "opt/app": "", "usr/sbin/telnetd": ""}, "app dropbear"},
		{"busybox by name", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nnohup busybox telnetd -l /bin/sh &", "usr/sbin/telnetd": "-> ../../bin/busybox"}, "telnetd"},
		{"tcpsvd", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\ntcpsvd -E 0.0.0.0 21 ftpd -w / &", "usr/sbin/ftpd": "-> ../../bin/busybox"}, "ftpd"},
		{"xinetd", map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nxinetd", "usr/sbin/xinetd": "", "usr/sbin/in.telnetd": "", "usr/sbin/in.ftpd": "", "etc/xinetd.d/telnet": "service telnet\n{\n disable = no\n server = /usr/sbin/in.telnetd\n}\nservice ftp\n{\n disable = yes\n server = /usr/sbin/in.ftpd\n}\n"}, "telnetd xinetd"},
		{"no inittab", map[string]string{"sbin/init": "-> ../bin/busybox", "etc/init.d/rcS": "#!/bin/sh\ntelnetd", "usr/sbin/telnetd": ""}, "telnetd"},
		{"init is a script", map[string]string{"init": "#!/bin/sh\nmount -a\ntelnetd\nexec sh", "usr/sbin/telnetd": ""}, "telnetd"},
		{"runit", map[string]string{"etc/runit/2": "#!/bin/sh\nrunsvdir /etc/service", "etc/service/ssh/run": "#!/bin/sh\nexec dropbear -F", "etc/service/telnet/run": "#!/bin/sh\nexec telnetd -F", "etc/service/telnet/down": "x\n", "usr/sbin/dropbear": "", "usr/sbin/telnetd": ""}, "dropbear"},
		{"a unit that needs a file", map[string]string{"lib/systemd/systemd": "", "lib/systemd/system/default.target": "-> multi-user.target", "lib/systemd/system/multi-user.target": "[Unit]\nWants=a.service b.service\n", "lib/systemd/system/a.service": "[Unit]\nConditionPathExists=/etc/a\n[Service]\nExecStart=/usr/sbin/telnetd\n", "lib/systemd/system/b.service": "[Service]\nEnvironmentFile=-/etc/default/b\nExecStart=/usr/sbin/dropbear $OPTS -F\n", "etc/default/b": "OPTS=\"-s -p 2222\"\n", "usr/sbin/telnetd": "", "usr/sbin/dropbear": ""}, "dropbear"},
		{"old OpenWrt", map[string]string{"etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n", "etc/init.d/rcS": "#!/bin/sh\nrun_scripts() {\n\tfor i in /etc/rc.d/$1*; do\n\t\t[ -x $i ] && $i $2 2>&1\n\tdone | logger\n}\nrun_scripts \"$1\" \"$2\"\n", "etc/rc.d/S50telnet": "-> ../init.d/telnet", "etc/init.d/telnet": "#!/bin/sh /etc/rc.common\nSTART=50\nstart() { service_start /usr/sbin/telnetd -l /bin/login.sh; }\n", "usr/sbin/telnetd": ""}, "telnetd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := bootOf(t, tc.files)
			if got := started(g); got != tc.want {
				t.Errorf("started %q, want %q\n%+v\n%+v", got, tc.want, g.Inits, g.Services)
			}
			if g.Inits[0].Kind == "" || g.Inits[0].Problem != "" {
				t.Errorf("init %+v", g.Inits[0])
			}
		})
	}
}

func TestBootSurvivesStoring(t *testing.T) {
	g := bootOf(t, map[string]string{
		"etc/inittab": toRcS + "ttyS0::respawn:/bin/sh\n", "etc/init.d/rcS": "#!/bin/sh\nsshd -p 23\nlighttpd -f /etc/l.conf\ncat <<E | x\nA $1\nE\n",
		"etc/l.conf": "server.port = 81\n", "usr/sbin/sshd": "", "usr/sbin/lighttpd": "",
	})
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var back BootGraph
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(back)
	if !bytes.Equal(b, again) || len(back.Services) != 2 || len(back.SSH) != 1 || len(back.Consoles) != 1 {
		t.Errorf("%s\n%s", b, again)
	}
}

func TestBootIsTheSameEachTime(t *testing.T) {
	files := map[string]string{"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nfor i in /etc/init.d/S*; do $i start; done\n"}
	for _, n := range []string{"S1telnetd", "S2dropbear", "S3httpd", "S4snmpd"} {
		files["etc/init.d/"+n] = "#!/bin/sh\n" + n[2:] + "\n"
		files["usr/sbin/"+n[2:]] = ""
	}
	first := bootOf(t, files)
	for range 5 {
		if again := bootOf(t, files); !reflect.DeepEqual(first, again) {
			t.Fatalf("%+v\n%+v", first, again)
		}
	}
}

func TestBootHostile(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"scripts that call each other": {"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\n/a 1\n/a 2\n", "a": "#!/bin/sh\n/b $1 x\n/b $1 y\n", "b": "#!/bin/sh\n/a $1 $2\n/a $2 $1\n/etc/init.d/rcS\n"},
		"a unit that wants itself":     {"lib/systemd/systemd": "", "etc/systemd/system/default.target": "[Unit]\nWants=default.target a@%i.service\n", "etc/systemd/system/a@.service": "[Unit]\nWants=a@%i%i.service\n[Service]\nExecStart=/bin/sh -c \"sh -c 'sh -c x'\"\n"},
		"settings that include themselves": {
			"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nsshd\nlighttpd -f /etc/l\nnginx\nmosquitto -c /etc/m/m.conf\n",
			"etc/ssh/sshd_config": "Include /etc/ssh/sshd_config\nInclude /etc/ssh/*\n", "etc/l": "include \"/etc/l\"\ninclude \"/etc/*\"\n",
			"etc/nginx/nginx.conf": "include nginx.conf;\n", "etc/m/m.conf": "include_dir /etc/m\n", "usr/sbin/sshd": "", "usr/sbin/lighttpd": "", "usr/sbin/nginx": "", "usr/sbin/mosquitto": "",
		},
	} {
		t.Run(name, func(t *testing.T) { bootOf(t, files) })
	}
}

func TestApplets(t *testing.T) {
	table := "junk\x00[\x00[[\x00acpid\x00ash\x00cat\x00cp\x00date\x00dd\x00df\x00telnetd\x00\x00tail"
	got := appletNames([]byte(table))
	if len(got) != 10 || got[9] != "telnetd" {
		t.Errorf("%q", got)
	}
	if got := appletNames([]byte("a\x00[\x00b\x00a\x00")); got != nil {
		t.Errorf("%q is no table", got)
	}
}

func TestIdentity(t *testing.T) {
	src := firmware.Source{Name: "image", Modes: true, Folder: bootFolder(map[string]string{
		"etc/inittab": toRcS, "usr/sbin/dropbear": "",
		"etc/init.d/rcS": "#!/bin/sh\n[ -s /data/k ] || dropbearkey -t ed25519 -f /data/k\ndropbear -sR\nopenssl req -x509 -newkey rsa:2048 -keyout /data/t -out /data/c\nopenssl dgst -sha256 x\nssh-keygen -l -f /data/k\nssh-keygen -A\n",
	})}
	o, err := Observe(t.Context(), src, firmware.Options{}, Identity)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Identity.Of(o.For("test", []Node{Identity}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range made {
		got = append(got, m.For+" "+m.Program+" "+m.File)
	}
	want := []string{"ssh dropbearkey /data/k", "ssh dropbear ", "tls openssl /data/t", "ssh ssh-keygen "}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
