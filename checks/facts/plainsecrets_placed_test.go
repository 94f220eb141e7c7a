package facts

import "testing"

func TestSecretsByPlace(t *testing.T) {
	const php, py, js, lua, pl = "www/x.php", "opt/x.py", "opt/x.js", "opt/x.lua", "opt/x.pl"
	for name, tc := range map[string]struct{ file, content, want string }{
		"PDO":                    {php, "<?php\n$db = new PDO(\"mysql:host=localhost;dbname=x\",\"root\",\"Tz8kq2pW\");\n", "PDO root"},
		"PDO, over lines":        {php, "<?php\n$db = new \\PDO(\n  'mysql:host=' . $h . ';dbname=x',\n  $user,\n  'Tz8kq2pW',\n  [PDO::ATTR_TIMEOUT => 3]\n);\n", "PDO"},
		"PDO, of settings":       {php, "<?php\n$db = new PDO($dsn, $cfg['user'], $cfg['pass']);\n", ""},
		"PDO, joined":            {php, "<?php\n$db = new PDO($dsn, 'root', 'Tz8kq2' . $x);\n", ""},
		"PDO, a place":           {php, "<?php\n$db = new PDO($dsn, 'username', 'your_password1');\n", ""},
		"PDO, in a comment":      {php, "<?php\n * new PDO($dsn, 'root', 'Tz8kq2pW');\n $x = 1; // new PDO($dsn, 'root', 'Tz8kq2pW')\n", ""},
		"ftp_login":              {php, "<?php ftp_login($c,\"admin\",\"Tz8kq2pW\");\n", "ftp_login admin"},
		"ftp_login, a guest":     {php, "<?php ftp_login($c,'anonymous','me1@acme.invalid');\n", ""},
		"mysqli_connect":         {php, "<?php $c = mysqli_connect($host,'root',\"Tz8kq2pW\",'db');\n", "mysqli root"},
		"mysqli":                 {php, "<?php $c = new mysqli('localhost','root','Tz8kq2pW','db');\n", "mysqli root"},
		"curl":                   {php, "<?php curl_setopt($c, CURLOPT_USERPWD, 'cam:Tz8kq2pW');\ncurl_setopt($c, CURLOPT_USERPWD, \"$u:$p\");\n", "USERPWD cam"},
		"Guzzle":                 {php, "<?php $c->get('/', ['auth' => ['cam', 'Tz8kq2pW', 'digest']]);\n", "auth cam"},
		"requests":               {py, "requests.get(u, auth=(\"admin\",\"Tz8kq2pW\"))\n", "auth admin"},
		"requests, names":        {py, "requests.get(u, auth=(user, password))\nget(u, auth=('user', 'pass'))\nget(u, auth=('user', 'password1'))\n", ""},
		"requests, an example":   {py, "def f():\n  \"\"\"\n  get(u, auth=('cam', 'Tz8kq2pW'))\n  \"\"\"\n", ""},
		"HTTPBasicAuth":          {py, "a = HTTPBasicAuth(\"admin\",\"Tz8kq2pW\")\nb = HTTPDigestAuth(user, 'Tz8kq2pX')\n", "BasicAuth admin, DigestAuth"},
		"pymysql":                {py, "c = pymysql.connect(\"localhost\",\"root\",\"Tz8kq2pW\",\"db\")\n", "pymysql root"},
		"pymysql, by name":       {py, "c = pymysql.connect(host=\"x\", user=\"root\", password=\"Tz8kq2pW\")\n", "password"},
		"ftp.login":              {py, "ftp.login(\"admin\",\"Tz8kq2pW\")\n", "login admin"},
		"smtp.login":             {py, "smtp.login(sender_email, \"Tz8kq2pW\")\nsmtp.login(u, p)\n", "login"},
		"login, a page":          {py, "client.login(\"/index.html\", timeout, 'Tz8kq2pW')\napp.login('Login', 'Log in')\n", ""},
		"username_pw_set":        {py, "client.username_pw_set(\"cam\", \"Tz8kq2pW\")\nclient.username_pw_set(username=u, password='Tz8kq2pX')\n", "username_pw_set cam, password"},
		"Node":                   {js, "http.get({host: h, auth: 'cam:Tz8kq2pW'});\nhttp.get({auth: 'user:pass'});\nx({auth: 'https://acme.invalid/a1'});\n", "auth cam"},
		"Lua":                    {lua, "c = luasql.mysql():connect(\"db\",\"root\",\"Tz8kq2pW\",\"localhost\")\n s:connect(\"h.invalid\", 80)\n", "connect root"},
		"DBI":                    {pl, "my $d = DBI->connect(\"DBI:mysql:db;host=$h\", \"root\", \"Tz8kq2pW\", {RaiseError => 1});\nDBI->connect($dsn, $u, $p);\n", "DBI root"},
		"Net::FTP":               {pl, "$ftp->login('cam', 'Tz8kq2pW');\n$ftp->login('anonymous', '-anonymous@');\n", "login cam"},
		"a call that goes on":    {py, "c = FTP('h.invalid', 'cam', 'Tz8kq2pW'", ""},
		"a setting":              {"etc/x.conf", "auth = (\"cam\", \"Tz8kq2pW\")\n", ""},
		"a manual":               {"usr/share/doc/x/a.md", "requests.get(u, auth=(\"admin\",\"Tz8kq2pW\"))\n", ""},
		"a schema of the scheme": {js, "x = {auth: 'basic:required', oauth: ['scope', 'profile']};\n", ""},
	} {
		if got := secretsOf(t, tc.file, tc.content); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestSecretsByGluedName(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a setting":                {"opt/g.conf", "dbpass = Tz8kq2pW\nbypass = Tz8kq2pX\ncompass: Tz8kq2pY\n", "dbpass"},
		"a script":                 {"opt/h.sh", "#!/bin/sh\nDBPASS=Tz8kq2pW\nexport ROOTPW=Tz8kq2pX\nADMINPASS=Tz8kq2pY\nftppass=Tz8kq2pZ\nPWD=/tmp/Tz8k\nSSHPASS=sshpass\n", "DBPASS, ROOTPW, ADMINPASS, ftppass"},
		"variables of PHP":         {"www/x.php", "<?php $dbpass = 'Tz8kq2pW';\n$pwd = \"Tz8kq2pX\";\n$pwd = getcwd();\n$pwd = '/srv/www1';\n$compass = 'North-1x';\n", "dbpass, pwd"},
		"arrays of PHP":            {"www/x.php", "<?php $db['default']['password'] = 'Tz8kq2pW';\n$cfg['Servers'][$i]['password'] = 'Tz8kq2pX';\n$cfg['Servers'][$i]['password'] = '';\n", "password, password"},
		"words of a page":          {"www/x.php", "<?php $l['password'] = 'Passwort:';\n$r['password'] = 'required|min:6';\n$e['password'] = 'Password is too short!';\n$r['password'] = 'trim|required';\n", ""},
		"words in an include":      {"www/labels.inc", "<?php\n$labels['password'] = 'Passwort';\n$labels['server']['password'] = 'Kennwort2';\n$pw = $labels['password'];\n", "password"},
		"words of settings":        {"etc/x/words.conf", "t['password'] = 'Passwort'\nt['password'] = 'Tz8kq2pW'\n", "password"},
		"a translation":            {"www/localization/de_DE/labels.inc", "<?php\n$labels['password'] = 'Kennwort2';\n", ""},
		"the surroundings":         {"opt/x.py", "os.environ['DB_PASS'] = 'Tz8kq2pW'\nos.environ[\"DB_PASS\"] = pw\nDBPASS='Tz8kq2pX'\nPWD = \"Tz8kq2pY\"\n", "DB_PASS, DBPASS, PWD"},
		"widths":                   {"opt/x.js", "cfg = {maxPw: '12.5px', minpw: '0x1234', ramPW: '12.50em'};\n", ""},
		"a question":               {"opt/g.conf", "ask_dbpass=always1\nchange_rootpw=Yes123\n", ""},
		"user and password":        {"etc/motion.conf", "netcam_userpass myusername:mypassword\n", ""},
		"a real user and password": {"etc/motion.conf", "netcam_userpass cam:Tz8kq2pW\n", "netcam_userpass"},
		"a table of columns":       {"opt/x.sql", "dbpass varchar(64),\n", ""},
	} {
		if got := secretsOf(t, tc.file, tc.content); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestSecretsComparedByAwkAndWithUser(t *testing.T) {
	for script, want := range map[string]string{
		`echo "$password" | awk '$0=="Tz8kq2pW"{print 1}'`:          "password",
		`echo "$password" | awk '{ if ($1 != "Tz8kq2pW") exit 1 }'`: "password",
		`echo "$password" | awk '$0=="disabled"{print 1}'`:          "",
		`echo "$line" | awk '$0=="Tz8kq2pW"{print 1}'`:              "",
		`echo "$password" | awk '{ n = length($0); print n }'`:      "",
		`test "$user:$pass" = "admin:Tz8kq2pW" && sh`:               "pass",
		`[ "$user:$pass" = "$1:Tz8kq2pW" ] && sh`:                   "",
		`[ "$host:$port" = "h.invalid:80808080a" ] && sh`:           "",
		`[ "$user:$pass" = ":" ] && exit`:                           "",
		`[ "$user/$pass" = "admin/Tz8kq2pW" ] && sh`:                "",
	} {
		if got := secretsOf(t, "opt/x.sh", "#!/bin/sh\n"+script+"\n"); got != want {
			t.Errorf("%s: got %q, want %q", script, got, want)
		}
	}
}
