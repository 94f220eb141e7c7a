package facts

import (
	"fmt"
	"strings"
	"testing"
)

func TestBootRuntimes(t *testing.T) {
	const (
		serves = "const http = require('http');\nhttp.createServer(h).listen(80);\n"
		opens  = "require('child_process').exec('telnetd -l /bin/sh');\n"
		flaskA = "from flask import Flask\napp = Flask(__name__)\n"
	)
	pkg := func(scripts string) map[string]string {
		return map[string]string{"opt/app/package.json": `{"main": "main.js", "scripts": {` + scripts + `}}`, "opt/app/server.js": serves, "opt/app/main.js": opens}
	}
	with := func(files map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	const start = `"start": "node server.js"`
	for _, tc := range []struct {
		script   string
		more     map[string]string
		want     string
		unjudged int
	}{
		// scripts of packages
		{"cd /opt/app && npm start &", pkg(start), "node:80", 0},
		{"npm --prefix /opt/app run start", pkg(start), "node:80", 0},
		{"npm run web --prefix=/opt/app", pkg(`"web": "PORT=1 node server.js"`), "node:80", 0},
		{"yarn --cwd /opt/app start", pkg(start), "node:80", 0},
		{"cd /opt/app; yarn web", pkg(`"web": "node ."`), "telnetd:23?", 0},
		{"cd /opt/app; pnpm run web", pkg(`"preweb": "telnetd -l /bin/sh", "web": "node server.js"`), "node:80 telnetd:23", 0},
		{"cd /opt/app; npm start", pkg(`"start": "telnetd -l /bin/sh"`), "telnetd:23", 0},
		{"cd /opt/app; npm start", pkg(`"x": "y"`), "node:80", 0}, // npm's own default
		{"cd /opt/app; npm start", pkg(`"start": "npm run start"`), "", 0},
		{"cd /opt/app; npm start", pkg(`"start": "cross-env A=1 node server.js"`), "", 0}, // there is no cross-env
		{"cd /opt/app; npm start", with(pkg(`"start": "cross-env A=1 node server.js"`), "opt/app/node_modules/.bin/cross-env", "#!/usr/bin/env node\n"), "node:80", 0},
		{"cd /opt/app; npm start", with(pkg(`"start": "next start"`), "opt/app/node_modules/.bin/next", "#!/usr/bin/env node\n"), "", 1},
		{"cd /opt/app; npm start", with(pkg(`"start": "rimraf tmp"`), "opt/app/node_modules/.bin/rimraf", "#!/usr/bin/env node\n"), "", 0},
		{"cd /opt/app; npm run build; npm ci; npm --version", pkg(start), "", 0},
		{"cd /opt/none; npm start", pkg(start), "", 1},
		{"cd $(x); npm start", pkg(start), "", 1},
		{"cd /opt/app; npx serve -p 80", pkg(start), "", 1},
		// what supervises them
		{"pm2 start /opt/app/server.js --name web", pkg(start), "node:80", 0},
		{"cd /opt/app; pm2 start npm --name web -- start", pkg(start), "node:80", 0},
		{"pm2-runtime /opt/app/eco.json", with(pkg(start), "opt/app/eco.json", `{"apps": [{"name": "a", "script": "server.js", "env": {"A": "b"}}, {"cwd": "/opt/app", "script": "./main.js"}]}`), "node node:80 telnetd:23?", 0},
		{"pm2 start /opt/app/ecosystem.config.js", with(pkg(start), "opt/app/ecosystem.config.js", "module.exports = {\n apps: [{\n  name: 'a',\n  script: 'server.js',\n  env: { A: 'b' },\n }],\n};\n"), "node:80", 0},
		{"pm2 start /opt/app/ecosystem.config.js", with(pkg(start), "opt/app/ecosystem.config.js", "module.exports = { apps: [{ name: 'a', script: path.join(__dirname, x) }] };\n"), "", 1},
		{"pm2 start /opt/app/none.json", pkg(start), "", 1},
		{"pm2 resurrect", pkg(start), "", 1},
		{"pm2 logs; pm2 save", pkg(start), "", 0},
		{"forever start -l /tmp/l /opt/app/server.js", pkg(start), "node:80", 0},
		{"forever list", pkg(start), "", 0},
		{"cd /opt/app; nodemon -w src server.js", pkg(start), "node:80", 0},
		// interpreters
		{"node /opt/app &", pkg(start), "node telnetd:23?", 0},
		{"cd /opt/app; node server", pkg(start), "node:80", 0},
		{"node -e \"require('child_process').exec('telnetd -l sh')\"", nil, "telnetd:23?", 0},
		{"node /opt/app/x.jsc &", map[string]string{"opt/app/x.jsc": "\x00\x01"}, "node", 1},
		{"node $(x) &", nil, "node", 1},
		{"node /opt/none.js &", nil, "node", 1},
		{"node --version", nil, "", 0},
		{"NODE_OPTIONS=\"--inspect=0.0.0.0\" node /opt/t.js &", map[string]string{"opt/t.js": "x()\n"}, "node node-debugger:9229", 0},
		{"NODE_OPTIONS=\"--inspect\" node /opt/t.js &", map[string]string{"opt/t.js": "x()\n"}, "node", 0},
		{"python3 -c \"import os; os.system('telnetd -l /bin/sh')\"", nil, "telnetd:23?", 0},
		{"python3 -c 'import json,sys; print(json.load(sys.stdin))'", nil, "", 0},
		{"python3 -c \"$(x)\"", nil, "python3", 1},
		{"python3 - <<X\nimport os\nos.system('telnetd -l sh')\nX", nil, "python3 telnetd:23?", 0},
		{"cd /opt; python3 -um app.main &", map[string]string{"opt/app/main.py": "import os\nos.system('telnetd')\n"}, "python3 telnetd:23?", 0},
		{"cd /opt; python3 -m app", map[string]string{"opt/app/__main__.py": "import os\nos.system('telnetd')\n"}, "telnetd:23?", 0},
		{"PYTHONPATH=/opt python3 -m app", map[string]string{"opt/app/__main__.py": "import os\nos.system('telnetd')\n"}, "telnetd:23?", 0},
		{"python3 -m debugpy --listen 5678 /opt/t.py &", map[string]string{"opt/t.py": "import os\nos.system('telnetd')\n"}, "python3:5678~ telnetd:23?", 0},
		{"python3 -m none &", nil, "python3", 1},
		{"echo x | python3 -m json.tool", nil, "python3", 0},
		{"python3 /opt/app/main.pyc", map[string]string{"opt/app/main.pyc": "\x00\x01"}, "python3", 1},
		{"python3 -m flask --app /opt/app run --port 80", map[string]string{"opt/app.py": flaskA}, "flask:127.0.0.1:80", 0},
		// servers in Python
		{"cd /opt; gunicorn -w 2 -b 0.0.0.0:80 app:app", map[string]string{"opt/app.py": flaskA + "import os\nos.system('telnetd')\n"}, "gunicorn:80 telnetd:23?", 0},
		{"gunicorn --chdir /opt app:app", map[string]string{"opt/app.py": flaskA, "opt/gunicorn.conf.py": ""}, "gunicorn:127.0.0.1:8000", 0},
		{"cd /opt; gunicorn app:app", map[string]string{"opt/app.py": flaskA, "opt/gunicorn.conf.py": "bind = '0.0.0.0:443'\ncertfile = '/etc/c.pem'\n"}, "gunicorn:443+", 0},
		{"gunicorn -b unix:/run/x.sock none:app", nil, "gunicorn:unix:/run/x.sock", 1},
		{"cd /opt; uvicorn app:app --host 0.0.0.0 --port 8443 --ssl-certfile c.pem", map[string]string{"opt/app.py": flaskA}, "uvicorn:8443+", 0},
		{"cd /opt; FLASK_APP=app flask run -h 0.0.0.0", map[string]string{"opt/app.py": flaskA}, "flask:5000", 0},
		{"cd /opt; flask db upgrade", map[string]string{"opt/app.py": flaskA}, "", 0},
		{"cd /opt; celery -A tasks worker", map[string]string{"opt/tasks.py": "import os\nos.system('telnetd')\n"}, "telnetd:23?", 0},
		{"uwsgi --ini /opt/u.ini", map[string]string{"opt/app.py": flaskA, "opt/u.ini": "[uwsgi]\nhttp = :80\nchdir = /opt\nmodule = app:app\n"}, "uwsgi:80", 0},
		{"uwsgi --https :443,c.pem,k.pem --wsgi-file /opt/app.py", map[string]string{"opt/app.py": flaskA}, "uwsgi:443+", 0},
		{"uwsgi --ini /opt/none.ini", nil, "uwsgi", 2},
		// what nobody follows
		{"java -jar /opt/gw.jar &", map[string]string{"opt/gw.jar": "PK"}, "java", 1},
		{"java -jar /opt/gw.jar --server.port=8443", map[string]string{"opt/gw.jar": "PK"}, "java:8443~", 1},
		{"cd /opt; java -Xmx64m -cp a.jar:b.jar com.vendor.Main", nil, "java", 1},
		{"java -version", nil, "", 0},
		{"dotnet /opt/app.dll --urls http://0.0.0.0:80", nil, "dotnet:80", 1},
		{"dotnet --info", nil, "", 0},
		{"puma -C x", nil, "", 1},
		{"mynode /opt/x.js; npmlike start", nil, "", 0},
	} {
		t.Run(tc.script, func(t *testing.T) {
			files := startsScript(tc.script, tc.more)
			for _, name := range []string{"node", "npm", "npx", "yarn", "pnpm", "pm2", "pm2-runtime", "forever", "nodemon", "python3", "java", "dotnet", "gunicorn", "uvicorn", "flask", "celery", "uwsgi", "puma", "mynode", "npmlike"} {
				files["usr/bin/"+name] = ""
			}
			g := bootOf(t, files)
			var got []string
			for _, s := range g.Services {
				one := s.Name
				for _, l := range s.Listens {
					one += ":" + l.Address
					if l.Port != 0 {
						one = strings.TrimSuffix(one, ":") + fmt.Sprintf(":%d", l.Port)
					}
					if l.TLS == Yes {
						one += "+"
					}
					if l.TLS == Unknown {
						one += "~"
					}
				}
				if !s.Certain {
					one += "?"
				}
				got = append(got, one)
			}
			if g := strings.Join(got, " "); g != tc.want {
				t.Errorf("services %q, want %q", g, tc.want)
			}
			if n := len(g.Inits[0].Unjudged); n != tc.unjudged {
				t.Errorf("%d commands are not known, want %d: %+v", n, tc.unjudged, g.Inits[0].Unjudged)
			}
		})
	}
}

func TestBootRuntimeElsewhere(t *testing.T) {
	g := bootOf(t, startsScript("PATH=/opt/jre/bin:$PATH\njava -jar /opt/gw.jar &", map[string]string{"opt/jre/bin/java": "", "opt/gw.jar": "PK"}))
	if n := len(g.Inits[0].Unjudged); n != 1 {
		t.Errorf("%d commands are not known, want 1", n)
	}
}
