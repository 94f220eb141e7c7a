package facts

import (
	"strings"
	"testing"
)

// TestUpdatersInLanguages holds which programs in other languages than the shell's are
// updaters of their own.
func TestUpdatersInLanguages(t *testing.T) {
	const fetch = "import urllib.request, subprocess, os, tarfile, requests, shutil\nurllib.request.urlretrieve('https://u.example.invalid/x', '/tmp/x')\n"
	for name, tc := range map[string]struct{ file, text, want string }{
		"unpacks over itself":             {"opt/gw/a.py", fetch + "tarfile.open('/tmp/x').extractall('/opt/gw')\n", VerifiesUnknown},
		"unpacks over itself, elsewhere":  {"data/gw/a.py", fetch + "tarfile.open('/tmp/x').extractall(path='/data/gw')\n", VerifiesUnknown},
		"unpacks over itself, by name":    {"data/gw/a.py", fetch + "shutil.unpack_archive('/tmp/x', os.path.dirname(__file__))\n", VerifiesUnknown},
		"unpacks over a named folder":     {"opt/a.py", "DEST = '/usr/lib/gw'\n" + fetch + "tarfile.open('/tmp/x').extractall(DEST)\n", VerifiesUnknown},
		"unpacks data":                    {"opt/gw/a.py", fetch + "tarfile.open('/tmp/x').extractall('/data/maps')\n", ""},
		"unpacks for a while":             {"opt/gw/a.py", fetch + "tarfile.open('/tmp/x').extractall('/tmp/y')\ntarfile.open('/tmp/x').extractall()\n", ""},
		"a list of arguments":             {"opt/a.py", fetch + "subprocess.run(['dpkg', '-i', '/tmp/x'])\n", VerifiesUnknown},
		"a list with a variable":          {"opt/a.py", fetch + "subprocess.check_call(['tar', 'xzf', name, '-C', '/opt/app'])\n", VerifiesUnknown},
		"a list of data":                  {"opt/a.py", fetch + "subprocess.check_call(['tar', 'xzf', name, '-C', '/data'])\n", ""},
		"a package by its name":           {"opt/a.py", fetch + "subprocess.run(['pip3', 'install', 'paho-mqtt'])\n", ""},
		"a package by its address":        {"opt/a.py", fetch + "subprocess.run(['pip3', 'install', 'http://u.example.invalid/a.whl'])\n", VerifiesUnknown},
		"packs":                           {"opt/a.py", fetch + "subprocess.check_call(['tar', 'czf', name, '-C', '/opt'])\n", ""},
		"makes it runnable and runs it":   {"opt/a.py", fetch + "os.chmod('/tmp/x', 0o755)\nsubprocess.Popen(['/tmp/x'])\n", VerifiesUnknown},
		"runs another one":                {"opt/a.py", fetch + "os.chmod('/tmp/x', 0o644)\nsubprocess.Popen(['/usr/bin/appd'])\n", ""},
		"runs what it fetches":            {"opt/a.py", "import requests\nexec(requests.get('http://u.example.invalid/p.py').text)\n", VerifiesNot},
		"runs what it fetches, urlopen":   {"opt/a.py", "from urllib.request import urlopen\nexec(urlopen(\"https://u.example.invalid/p.py\").read())\n", VerifiesNot},
		"runs what it fetches, in a pipe": {"opt/a.py", "import os\nos.system('curl -s https://u.example.invalid/p | sh')\n", VerifiesNot},
		"such a line in a comment":        {"opt/a.py", "import requests\n# exec(requests.get('http://u.example.invalid/p.py').text)\n", ""},
		"such a line in a text":           {"opt/a.py", "import requests\nprint('run: curl -s https://u.example.invalid/p | sh')\n", ""},
		"a program's own exec":            {"opt/a.py", fetch + "exec(open('/opt/settings.py').read())\n", ""},
		"a stick":                         {"opt/a.py", "import os, shutil, subprocess\nshutil.copy('/media/usb0/u.bin', '/tmp/u.bin')\nsubprocess.call('dd if=/tmp/u.bin of=/dev/mmcblk0p2 bs=1M', shell=True)\n", VerifiesUnknown},
		"a stick's own program":           {"opt/a.py", "exec(open('/media/usb0/autorun.py').read())\n", VerifiesUnknown},
		"music on a stick":                {"opt/a.py", "import os\nos.system('mpg123 /media/usb0/a.mp3')\n", ""},
		"an upload to Python":             {"www/cgi-bin/up.py", "import cgi, os\nf = cgi.FieldStorage()['fw']\nopen('/tmp/fw','wb').write(f.file.read())\nos.system('flashcp /tmp/fw /dev/mtd3')\n", VerifiesUnknown},
		"an upload to PHP":                {"www/u.php", "<?php\nmove_uploaded_file($_FILES['fw']['tmp_name'], '/tmp/up.tar');\nexec('cd / && tar xpf /tmp/up.tar && /tmp/up/install.sh');\n", VerifiesUnknown},
		"a picture to PHP":                {"www/u.php", "<?php\nmove_uploaded_file($_FILES['logo']['tmp_name'], '/data/logo.png');\nexec('convert /data/logo.png /data/small.png');\n", ""},
		"an upload to Perl":               {"www/fw.pl", "#!/usr/bin/perl\nmy $fh = $q->upload('image');\nsystem(\"flash_eraseall /dev/mtd4; nandwrite -p /dev/mtd4 /tmp/image.bin\");\n", VerifiesUnknown},
		"Node":                            {"opt/ota.js", "const https = require('https'), { execSync } = require('child_process');\nhttps.get('https://u.example.invalid/l.tgz', res => {\n execSync('tar xzf /tmp/l.tgz -C /opt/app');\n});\n", VerifiesUnknown},
		"Lua, put together":               {"usr/bin/ota.lua", "#!/usr/bin/lua\nlocal url = \"https://u.example.invalid/fw.bin\"\nos.execute(\"curl -o /tmp/fw.bin \" .. url)\nos.execute(\"mtd -r write /tmp/fw.bin firmware\")\n", VerifiesUnknown},
		"Lua over TLS":                    {"usr/lib/lua/up.lua", "local https = require \"ssl.https\"\nhttps.request{ url=\"https://u.example.invalid/fw.bin\" }\nos.execute(\"sysupgrade -n /tmp/fw.bin\")\n", VerifiesUnknown},
		"a package of Python":             {"usr/lib/python3/dist-packages/pip/a.py", fetch + "tarfile.open('/tmp/x').extractall('/usr/lib')\n", ""},
	} {
		got := ""
		for _, u := range observed(t, Updaters, map[string]string{tc.file: tc.text, "etc/passwd": "root:x:0:0::/:/bin/sh\n"}) {
			if u.Name == "own" {
				got += u.Verification.State
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestUpdatersInManyLines holds that a long program takes no time to speak of.
func TestUpdatersInManyLines(t *testing.T) {
	var b strings.Builder
	b.WriteString("import os, requests\n")
	for range 20_000 {
		b.WriteString("os.chmod(n, 0o755)\nx.extractall(n)\nos.system('curl -o /tmp/x ' + n)\n")
	}
	observed(t, Updaters, map[string]string{"opt/a.py": b.String()})
}

// TestUpdatersCompiled holds which compiled programs are updaters by the commands in them.
func TestUpdatersCompiled(t *testing.T) {
	for name, tc := range map[string]struct {
		file string
		text []string
		want string
	}{
		"wget and flashcp":             {"app/x", []string{"wget http://fw.example.invalid/a.bin -O /tmp/a.bin", "flashcp -v /tmp/a.bin /dev/mtd2"}, VerifiesUnknown},
		"put together":                 {"app/x", []string{"wget http://fw.example.invalid/%s/a.bin -O /tmp/a.bin", "flashcp -v %s /dev/mtd2"}, VerifiesUnknown},
		"unzip":                        {"app/x", []string{"wget -q http://u.example.invalid/p.zip -O /tmp/p.zip", "unzip -o /tmp/p.zip -d /"}, VerifiesUnknown},
		"tar":                          {"app/x", []string{"wget -q http://u.example.invalid/p.tgz -O /tmp/p.tgz", "cd / && tar xzf /tmp/p.tgz"}, VerifiesUnknown},
		"data":                         {"app/x", []string{"wget -q http://u.example.invalid/p.zip -O /tmp/p.zip", "unzip -o /tmp/p.zip -d /data/maps"}, ""},
		"something else is unpacked":   {"app/x", []string{"wget -q http://u.example.invalid/w.json -O /tmp/w.json", "tar xzf /usr/share/web.tgz -C /usr"}, ""},
		"what feeds have":              {"app/x", []string{"wget -q http://u.example.invalid/w.json -O /tmp/w.json", "opkg install %s"}, ""},
		"a page that writes an upload": {"www/cgi-bin/upgrade.cgi", []string{"/sbin/mtd -r write /tmp/firmware.bin linux"}, VerifiesUnknown},
		"a page that erases":           {"www/cgi-bin/reset.cgi", []string{"/sbin/mtd -r erase rootfs_data"}, ""},
		"no page":                      {"sbin/nvramd", []string{"/sbin/mtd write /tmp/nvram nvram"}, ""},
	} {
		got := ""
		for _, u := range observed(t, Updaters, map[string]string{tc.file: programWith(tc.text...)}) {
			if u.Name == "own" {
				got += u.Verification.State
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
