package facts

import (
	"strings"
	"testing"
)

// pageOf says what a page does: run what its visitor writes, perhaps, or not.
func pageOf(t *testing.T, name, page string, more map[string]string) string {
	t.Helper()
	files := map[string]string{
		"etc/inittab": toRcS, "etc/init.d/rcS": "#!/bin/sh\nhttpd -h /www\n", "usr/sbin/httpd": "-> ../../bin/busybox", "www/" + name: page,
	}
	for n, content := range more {
		files[n] = content
	}
	g := bootOf(t, files)
	for _, s := range g.Services {
		if s.Visitor {
			return "runs"
		}
	}
	if len(g.Inits[0].Unjudged) > 0 {
		return "may"
	}
	return ""
}

func TestPagesThatRunWhatIsWritten(t *testing.T) {
	for name, pages := range map[string]map[string]string{
		"cgi-bin/a.cgi": {
			`eval "$QUERY_STRING"`:                                                             "runs",
			`eval $(echo "$QUERY_STRING" | tr "&" ";")`:                                        "runs",
			"eval `echo \"$QUERY_STRING\" | sed 's/&/;/g'`":                                    "runs",
			`sh -c "ping -c1 $QUERY_STRING"`:                                                   "runs",
			`echo "$QUERY_STRING" | sh`:                                                        "runs",
			"CMD=$QUERY_STRING\neval $CMD":                                                     "runs",
			"CMD=${QUERY_STRING#cmd=}\nsh -c \"$CMD\"":                                         "runs",
			"cmd=$(echo \"$QUERY_STRING\" | sed \"s/.*cmd=//\")\nsh -c \"$cmd\"":               "runs",
			"read -n $CONTENT_LENGTH POST\neval \"$POST\"":                                     "runs",
			". /usr/lib/cgi.sh":                                                                "runs",
			"[ \"$(cat /tmp/session)\" = \"$HTTP_COOKIE\" ] || exit 1\neval \"$QUERY_STRING\"": "runs",
			`$QUERY_STRING`: "runs",

			"case $QUERY_STRING in a) ;; *) exit;; esac\neval \"set_$QUERY_STRING\"": "may",
			"POST=$(cat)\nCMD=`echo $POST | cut -d= -f2`\n$CMD":                      "may",
			`eval $(/usr/bin/parse "$QUERY_STRING")`:                                 "may",

			`# eval "$QUERY_STRING"`: "",
			`eval "$(echo "$QUERY_STRING" | sed -n 's/^\([a-z]*\)$/x=\1/p')"`: "",
			"cat <<EOF\n<pre>\neval \"$QUERY_STRING\"\nEOF":                   "",
			`ping -c 3 "$QUERY_STRING"`:                                       "",
			"k=${QUERY_STRING%%=*}\neval \"name=\\$k\"":                       "",
			"k=$QUERY_STRING\nk=7\neval \"x=$k\"":                             "",
			"while read L; do eval \"$L\"; done </etc/list\n# CONTENT_LENGTH": "",
			`echo "$QUERY_STRING" | sh /etc/x.sh`:                             "",
			`eval "$(proccgi $*)"`:                                            "",
		},
		"x.php": {
			`<?php system($_GET["c"]); ?>`:                           "runs",
			`<?php $c=$_GET["c"]; echo shell_exec($c); ?>`:           "runs",
			`<?php echo shell_exec("ping -c1 ".$_POST["h"]); ?>`:     "runs",
			"<?php echo `$_GET[c]`; ?>":                              "runs",
			`<?php $h=$_GET["h"]; exec("ping -c1 $h", $out); ?>`:     "runs",
			`<?php eval($_REQUEST["c"]); ?>`:                         "runs",
			`<?php if($_POST["k"]=="x") passthru($_POST["c"]); ?>`:   "runs",
			`<?php if(isset($_GET["c"])) { system($_GET["c"]); } ?>`: "runs",

			`<?php if(in_array($_GET["a"],["up","down"])) exec("ifconfig eth0 ".$_GET["a"]); ?>`: "may",

			`<?php // system($_GET["c"]) would be bad`:                                                        "",
			"<?php /*\n system($_GET['c']);\n*/ echo 1;":                                                      "",
			`<?php $h=escapeshellarg($_GET["h"]); exec("ping -c1 $h"); ?>`:                                    "",
			`<?php $n=(int)$_GET["n"]; exec("ping -c $n x"); ?>`:                                              "",
			`<?php $stmt->execute($_GET["a"]); $db->exec($_POST["q"]); ?>`:                                    "",
			`<?php exec('echo $h'); $h=$_GET["h"]; ?>`:                                                        "",
			`<?php $c=$_GET["c"]; $c="date"; exec($c); ?>`:                                                    "",
			`<?php system(escapeshellcmd($_GET['cmd'])); if (isset($_GET['x'])) { echo 'system($_GET)'; } ?>`: "",
		},
		"cgi-bin/a.py": {
			"#!/usr/bin/python3\nimport cgi,os\nf=cgi.FieldStorage()\nos.system(f.getvalue(\"cmd\"))\n":         "runs",
			"#!/usr/bin/python3\nimport cgi,os\nf=cgi.FieldStorage()\nc=f['cmd'].value\nos.system('ping '+c)\n": "runs",
			"#!/usr/bin/python3\nimport os\nc=os.environ['QUERY_STRING']\nos.system(f'ping {c}')\n":             "runs",
			"#!/usr/bin/python3\nimport os,shlex\nos.system('ping '+shlex.quote(os.environ['QUERY_STRING']))\n": "",
			"#!/usr/bin/python3\nimport os\nsubprocess.run(['ping', os.environ['QUERY_STRING']])\n":             "",
			"#!/usr/bin/python3\nimport os\n\"\"\"\nos.system(os.environ['QUERY_STRING'])\n\"\"\"\n":            "",
		},
		"cgi-bin/b.cgi": {
			"#!/usr/bin/perl\nuse CGI; my $q=CGI->new; system($q->param(\"cmd\"));\n":                "runs",
			"#!/usr/bin/perl\nmy $c = $ENV{'QUERY_STRING'};\nsystem(\"ping $c\");\n":                 "runs",
			"#!/usr/bin/perl\nmy $c = $ENV{'QUERY_STRING'};\nsystem(\"ping\", $c);\n":                "",
			"#!/usr/bin/lua\nlocal q=os.getenv(\"QUERY_STRING\")\nos.execute(q)\n":                   "runs",
			"#!/usr/bin/lua\nos.execute('ping ' .. os.getenv('QUERY_STRING'))\n":                     "runs",
			"#!/usr/bin/lua\nlocal q=tonumber(os.getenv(\"QUERY_STRING\"))\nos.execute('x ' .. q)\n": "",
		},
	} {
		for page, want := range pages {
			if name == "cgi-bin/a.cgi" {
				page = "#!/bin/sh\necho\n" + page + "\n"
			}
			if got := pageOf(t, name, page, map[string]string{"usr/lib/cgi.sh": "eval \"$QUERY_STRING\"\n", "etc/x.sh": "date\n"}); got != want {
				t.Errorf("%s: %q, want %q", page, got, want)
			}
		}
	}
}

// What of the pages was not looked at leaves open what they do.
func TestPagesThatAreTooMany(t *testing.T) {
	more := map[string]string{}
	for i := range maxPages + 1 {
		more["www/cgi-bin/p"+strings.Repeat("x", i/26)+string(rune('a'+i%26))+".cgi"] = "#!/bin/sh\necho\n"
	}
	if got := pageOf(t, "cgi-bin/zz.cgi", "#!/bin/sh\neval \"$QUERY_STRING\"\n", more); got != "may" {
		t.Errorf("too many: %q", got)
	}
	if got := pageOf(t, "cgi-bin/a.cgi", "#!/bin/sh\n"+strings.Repeat("echo abcdefghijklmnopq\n", MaxText/20)+"eval \"$QUERY_STRING\"\n", nil); got != "may" {
		t.Errorf("too long: %q", got)
	}
}

// A program of the boot that is longer than texts are kept may start anything.
func TestBootLongProgram(t *testing.T) {
	for n, want := range map[int]int{10: 0, MaxText: 0, MaxSettings / 4: 1} {
		g := bootOf(t, startsScript("python3 /opt/a.py", map[string]string{"usr/bin/python3": "", "opt/a.py": strings.Repeat("x=1\n", n) + "print(1)\n"}))
		if got := len(g.Inits[0].Unjudged); got != want {
			t.Errorf("%d lines: %d open, want %d", n, got, want)
		}
	}
}

// What calls too many others is not followed to its end, and that leaves open what it starts.
func TestBootNesting(t *testing.T) {
	functions, scripts := "", map[string]string{}
	for i := range 30 {
		n := strings.Repeat("x", i+1)
		functions += "f" + n + "() { fx" + n + "; }\n"
		scripts["etc/s"+n] = "#!/bin/sh\n/etc/sx" + n + "\n"
	}
	last := "x" + strings.Repeat("x", 30)
	scripts["etc/s"+last] = "#!/bin/sh\ntelnetd -l /bin/sh\n"
	for name, tc := range map[string]struct {
		script string
		open   bool
	}{
		"functions": {functions + "f" + last + "() { telnetd -l /bin/sh; }\nfx", true},
		"scripts":   {"/etc/sx", true},
		"recursion": {"f() { [ \"$1\" = 3 ] && return; f $(($1+1)); }\nf 0", false},
		"endless":   {"f() { g; }\ng() { sleep 1; f; }\nf", false},
	} {
		g := bootOf(t, startsScript(tc.script, scripts))
		if open := g.Inits[0].Problem != "" || len(g.Inits[0].Unjudged) > 0; open != tc.open {
			t.Errorf("%s: open %t: %+v", name, open, g.Inits[0])
		}
	}
}
