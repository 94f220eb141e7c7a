package facts

import "testing"

// secretCases has what a text says, and the names of the passwords that are found.
type secretCases map[string]struct{ file, content, want string }

func (all secretCases) run(t *testing.T) {
	t.Helper()
	for name, tc := range all {
		if got := secretsOf(t, tc.file, tc.content); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestBackDoors(t *testing.T) {
	secretCases{
		"PHP":                {"www/l.php", "<?php\n$p = $_POST['pass'];\nif ($p == 'n@s-backd00r') ok();\n", "password"},
		"PHP, one line":      {"www/l.php", "<?php $p=$_POST['password']; if ($p == 'n@s-b4ckd00r') ok();\n", "password"},
		"Lua":                {"www/l.lua", "local p = luci.http.formvalue(\"pass\")\nif p == \"Zs!upp0rt\" then ok() end\n", "password"},
		"JavaScript":         {"opt/s.js", "const p = req.body.password;\nif (p === 'n0de-b4ckd00r') ok();\n", "password"},
		"Python":             {"opt/s.py", "p = request.form['password']\nif p == 'fl4sk-b4ckd00r': ok()\n", "password"},
		"another field":      {"www/l.php", "<?php\n$p = $_POST['page'];\nif ($p == 'set-p4ssword') show();\n", ""},
		"no visitor":         {"www/l.php", "<?php\n$p = $config['password'];\nif ($p == 'n@s-backd00r') ok();\n", ""},
		"a word":             {"www/l.php", "<?php\n$p = $_POST['password'];\nif ($p == 'unchanged') ok();\n", ""},
		"what is stored":     {"www/l.php", "<?php\n$p = $_POST['password'];\nif ($p == $stored) ok();\n", ""},
		"a comment":          {"www/l.php", "<?php\n$p = $_POST['password'];\n// if ($p == 'n@s-backd00r') ok();\n", ""},
		"a table of users":   {"opt/web.py", "USERS = {'installer': '4711installer', 'admin': 'adm1nadm1n'}\n", "table of users installer, table of users admin"},
		"a table in Lua":     {"app/auth.lua", "local USERS = { admin = \"admin\", service = \"Serv1ce!\" }\n", "table of users service"},
		"a table over lines": {"opt/web.py", "CREDENTIALS = {\n  'admin': 'adm1nadm1n',\n}\n", "table of users admin"},
		"names for people":   {"opt/web.py", "USERS = {'admin': 'Administrator', 'guest': 'Guest user'}\n", ""},
		"roles":              {"opt/web.py", "USERS = {'admin': 'role-15', 'guest': 'level1'}\n", ""},
		"hashes":             {"opt/web.py", "USERS = {'admin': 'pbkdf2:sha256:260000$a1b2c3$0123456789abcdef'}\n", ""},
		"addresses":          {"opt/web.py", "ACCOUNTS = {'admin': 'admin1@acme.example', 'root': '192.168.1.17'}\n", ""},
		"other tables":       {"opt/web.py", "COLOURS = {'admin': 'blue-7788'}\nusers = {'x-api-1': 'v1beta22'}\n", ""},
		"users with fields":  {"opt/web.py", "USERS = {'admin': {'id': 'adm1nadm1n'}}\n", ""},
	}.run(t)
}

func TestFallbacks(t *testing.T) {
	secretCases{
		"environ.get":        {"opt/s.py", "PW = os.environ.get('ADMIN_PASSWORD', 'acme-admin-1')\n", "ADMIN_PASSWORD"},
		"getenv":             {"opt/s.py", "config = {'password': os.getenv('PW', 'Fl33t!env2')}\n", "PW"},
		"getenv or":          {"opt/s.py", "pw2 = os.getenv(\"MQTT_PASS\") or \"mqtt-fleet-1\"\n", "MQTT_PASS"},
		"process.env":        {"opt/s.js", "const PW = process.env.ADMIN_PASSWORD || 'acme-admin-1';\n", "ADMIN_PASSWORD"},
		"PHP":                {"opt/s.php", "<?php $p = getenv('DB_PASS') ?: 'acme-db-77';\n", "DB_PASS"},
		"Laravel":            {"opt/s.php", "<?php return ['p' => env('DB_PASSWORD', 'acme-db-77')];\n", "DB_PASSWORD"},
		"Ruby":               {"opt/s.rb", "pw = ENV['DB_PASSWORD'] || 'acme-db-77'\n", "DB_PASSWORD"},
		"an argument":        {"opt/e.py", "parser.add_argument('--password', default='Fl33t!arg')\n", "password"},
		"an argument's part": {"opt/e.py", "parser.add_argument(\"--mqtt-pass\", default=\"Fl33t!arg2\")\n", "mqtt-pass"},
		"none":               {"opt/s.js", "const PW = process.env.ADMIN_PASSWORD || '';\nconst Q = process.env.ADMIN_PASSWORD || 'password';\n", ""},
		"a place to fill in": {"opt/s.py", "PW = os.environ.get('ADMIN_PASSWORD', 'your-password-1')\nQ = os.getenv('PASSWORD_FILE', '/run/secrets/p1')\n", ""},
		"another argument":   {"opt/e.py", "parser.add_argument('--password-file', default='secrets-1.txt')\nparser.add_argument('--password', help='the p4ssword', default=None)\n", ""},
		"another variable":   {"opt/s.js", "const PW = process.env.PORT || 'tcp-8080-x';\n", ""},
	}.run(t)
}

func TestStatementsOfDatabases(t *testing.T) {
	secretCases{
		"a row":                {"app/init.sql", "INSERT INTO users (id,username,password) VALUES (1,'admin','Adm1n!23');\n", "column password admin"},
		"by the table":         {"app/init.sql", "CREATE TABLE users(id int, username varchar(20), password varchar(60), PRIMARY KEY (id));\n-- the admin's\nINSERT INTO `users` VALUES (1,'admin','admin123'),(2,'bob','Falter77');\n", "column password admin, column password bob"},
		"a digest made":        {"app/init.sql", "INSERT INTO users (name,passwd) VALUES ('admin',MD5('Adm1n!23'));\n", "column passwd"},
		"a user":               {"app/init.sql", "GRANT ALL PRIVILEGES ON *.* TO 'app'@'%' IDENTIFIED BY 'appdbpw!7';\n", "user of a data base"},
		"a user of PostgreSQL": {"app/init.sql", "CREATE ROLE app LOGIN PASSWORD 'appdbpw!7';\n", "user of a data base"},
		"a hash":               {"app/init.sql", "INSERT INTO users (name,password) VALUES ('admin','0f1e2d3c4b5a69788796a5b4c3d2e1f0'),('b','$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu');\n", ""},
		"a manual's word":      {"etc/x/setup.sql", "CREATE USER 'radius'@'localhost' IDENTIFIED BY 'radpass';\n", ""},
		"a place to fill in":   {"etc/x/setup.sql", "CREATE USER 'x' IDENTIFIED BY '@PASSWORD@';\nINSERT INTO users (name,password) VALUES ('admin', ?);\n", ""},
		"a remark":             {"etc/x/setup.sql", "-- GRANT ALL ON *.* TO 'app' IDENTIFIED BY 'appdbpw!7';\nSELECT 1;\n", ""},
		"help of a data base":  {"usr/share/x/help.sql", "insert into help_topic (id,name,example) values (1,'GRANT','GRANT USAGE ON *.* TO ''a''@''b'' IDENTIFIED BY ''appdbpw!7'';');\n", ""},
		"no row of users":      {"app/init.sql", "INSERT INTO settings (password_min, name) VALUES ('Adm1n!23', 'x');\n", ""},
		"an apostrophe":        {"app/init.sql", "-- don't\nINSERT INTO users (name,password) VALUES ('o''neil','Adm1n!23');\n", "column password"},
	}.run(t)
}

func TestUsersOfHaproxy(t *testing.T) {
	secretCases{
		"statistics": {"etc/haproxy.cfg", "listen s\n  stats auth ops:h4pr0xyPw!\n", "user of haproxy ops"},
		"a list":     {"etc/haproxy/haproxy.cfg", "userlist u\n  user ops insecure-password h4pr0xyPw!\n", "user of haproxy ops"},
		"a hash":     {"etc/haproxy.cfg", "userlist u\n  user ops password $5$saltsalt$abcdefghijklmnopqrstuvwx\n# stats auth ops:h4pr0xyPw!\n", ""},
		"a variable": {"etc/haproxy.cfg", "listen s\n  stats auth ops:\"$STATS_PW\"\n", ""},
	}.run(t)
}

func TestLoginOfProxy(t *testing.T) {
	secretCases{
		"a proxy":    {"etc/profile", "export http_proxy=http://devproxy:Pr0xyPw7@proxy.vendor.example:3128\n", "address of http devproxy"},
		"a variable": {"etc/profile", "export http_proxy=http://devproxy:$PW@proxy.vendor.example:3128\n", ""},
	}.run(t)
}
