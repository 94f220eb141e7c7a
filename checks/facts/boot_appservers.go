package facts

import (
	"path"
	"slices"
	"strings"
)

// Web servers that take in a program in Python: gunicorn, uvicorn, flask and others. They
// are told of it by module, and where they wait by flags.

// pythonServer is what is known of one: the address where it waits if nothing is said,
// and the flags that say it.
type pythonServerKind struct {
	known, silent    bool // silent waits for nobody
	address          string
	port             int
	bind, host, tcp  []string
	certificate      []string
	command          string // the word without which it does not serve
	settings, inHere string // the flag that names its settings, and their usual name
}

var pythonServers = map[string]pythonServerKind{
	"gunicorn":       {known: true, address: "127.0.0.1", port: 8000, bind: []string{"-b", "--bind"}, certificate: []string{"--certfile"}, settings: "-c", inHere: "gunicorn.conf.py"},
	"uvicorn":        {known: true, address: "127.0.0.1", port: 8000, host: []string{"--host"}, tcp: []string{"--port"}, certificate: []string{"--ssl-certfile", "--ssl-keyfile"}},
	"hypercorn":      {known: true, address: "127.0.0.1", port: 8000, bind: []string{"-b", "--bind", "--insecure-bind"}, certificate: []string{"--certfile"}, settings: "-c"},
	"daphne":         {known: true, address: "127.0.0.1", port: 8000, host: []string{"-b", "--bind"}, tcp: []string{"-p", "--port"}},
	"waitress-serve": {known: true, port: 8080, bind: []string{"--listen"}, host: []string{"--host"}, tcp: []string{"--port"}},
	"flask":          {known: true, address: "127.0.0.1", port: 5000, host: []string{"--host", "-h"}, tcp: []string{"--port", "-p"}, certificate: []string{"--cert"}, command: "run"},
	"celery":         {known: true, silent: true},
}

// pythonServerOf notes where such a server waits, and follows the program that it takes in.
func pythonServerOf(g *boot, l *launch, called string) bool {
	name := path.Base(l.words[0])
	kind, args := pythonServers[name], l.words[1:]
	args = append(slices.Clone(args), strings.Fields(l.environment()["GUNICORN_CMD_ARGS"].text)...)
	if kind.command != "" && !slices.Contains(args, kind.command) {
		return false
	}
	folders := flagValues(args, "--chdir", "--app-dir", "--pythonpath", "--workdir")
	bound := flagValues(args, kind.bind...)
	tls := len(kind.certificate) > 0 && hasAnyFlag(args, kind.certificate...)
	if kind.settings != "" {
		bound, tls = g.pythonServerSettings(l, kind, args, bound, tls)
	}
	var listens []Listen
	if len(bound) == 0 {
		listen := Listen{Address: kind.address, Port: kind.port}
		for _, h := range flagValues(args, kind.host...) {
			listen.Address = anyAddress(h)
		}
		for _, p := range flagValues(args, kind.tcp...) {
			listen.Port, _ = portNumber(p)
		}
		listens = append(listens, listen)
	}
	for _, b := range bound {
		address, port := parseAddress(strings.TrimPrefix(b, "tcp://"))
		if port == 0 && !Unresolved(b) && !strings.HasPrefix(b, "unix:") && !strings.HasPrefix(b, "fd") {
			port = kind.port
		}
		listens = append(listens, Listen{Address: address, Port: port})
	}
	for i := range listens {
		listens[i].Protocol, listens[i].TLS = "tcp", KnownOf(tls)
	}
	if hasAnyFlag(args, "--uds", "-u", "--unix-socket", "--unix_socket") && len(bound) == 0 && name != "gunicorn" {
		listens = []Listen{{Address: unixSocket, Protocol: "tcp"}}
	}
	if !kind.silent {
		g.servesPages(l, name, called, listens...)
	}
	g.pythonApplication(l, name, args, folders)
	return true
}

var boundInPython = lazy(`(?m)^\s*(bind|certfile)\s*=\s*\[?\s*["']([^"'\n]{1,128})["']`)

// pythonServerSettings reads what settings in Python say where no flag does.
func (g *boot) pythonServerSettings(l *launch, kind pythonServerKind, args, bound []string, tls bool) ([]string, bool) {
	name := strings.TrimPrefix(firstOf(flagValues(args, kind.settings, "--config"), kind.inHere), "file:")
	if name == "" {
		return bound, tls
	}
	t, ok := g.texts.Get(g.root, cleanName(l.abs(name)))
	if !ok {
		if name != kind.inHere {
			g.unjudge(l.cmd.Location, "it is given settings that are not in the image ("+forPeople(name)+")")
		}
		return bound, tls
	}
	g.callsOut(l, t, "python3")
	for _, m := range boundInPython.Get().FindAllStringSubmatch(t.Content, 8) {
		switch {
		case m[1] == "certfile":
			tls = true
		case len(flagValues(args, kind.bind...)) == 0:
			bound = append(bound, m[2])
		}
	}
	return bound, tls
}

var pythonTarget = lazy(`^/?[A-Za-z_][\w./]*(:[\w.()]+)?$`)

// pythonApplication follows the program that a server takes in; where it cannot be read,
// the command may start anything.
func (g *boot) pythonApplication(l *launch, name string, args, folders []string) {
	candidates := flagValues(args, "-A", "--app")
	switch name {
	case "flask":
		candidates = append(candidates, l.environment()["FLASK_APP"].text)
		if firstOf(slices.DeleteFunc(slices.Clone(candidates), func(s string) bool { return s == "" }), "") == "" {
			candidates = []string{"wsgi", "app"}
		}
	case "celery":
	default:
		candidates = append(candidates, args...)
	}
	dirs := g.pythonFolders(l, folders...)
	for _, c := range candidates {
		if !pythonTarget.Get().MatchString(c) {
			continue
		}
		module, _, _ := strings.Cut(c, ":")
		module = strings.TrimSuffix(module, ".py")
		dirs := dirs
		if path.IsAbs(module) {
			dirs = []string{"/"}
		}
		if t, ok := g.pythonModuleFile(dirs, module, ".py", "/__init__.py"); ok {
			if t.Content == "" { // a folder of parts
				if part, ok := g.pythonModuleFile(dirs, module, "/celery.py", "/app.py"); ok {
					t = part
				}
			}
			g.callsOut(l, t, "python3")
			return
		}
	}
	g.unjudge(l.cmd.Location, name+" runs a program that is not in the image or could not be read")
}

// uwsgi reads the flags of uWSGI and the settings that it is given.
func uwsgi(g *boot, l *launch, called string) bool {
	var set []keyValue
	args := l.words[1:]
	for i, a := range args {
		key, value, joined := strings.Cut(a, "=")
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		switch {
		case strings.HasPrefix(key, "--"):
			set = append(set, keyValue{key: strings.TrimPrefix(key, "--"), value: value})
		case key == "-s" || key == "-w":
			set = append(set, keyValue{key: map[string]string{"-s": "socket", "-w": "module"}[key], value: value})
		case strings.HasSuffix(a, ".ini") && (i == 0 || !strings.HasPrefix(args[i-1], "--")):
			set = append(set, keyValue{key: "ini", value: a})
		}
	}
	for _, kv := range slices.Clone(set) {
		if !slices.Contains([]string{"ini", "yaml", "yml", "xml", "json", "emperor", "vassals-dir"}, kv.key) {
			continue
		}
		t, ok := g.texts.Get(g.root, cleanName(l.abs(kv.value)))
		if !ok || kv.key != "ini" {
			g.unjudge(l.cmd.Location, "uwsgi is given settings that are not in the image or could not be read ("+forPeople(kv.value)+")")
			continue
		}
		set = append(set, parseKeyValues(t)...)
	}
	var pages, others []Listen
	var programs, folders []string
	for _, kv := range set {
		where, _, tls := strings.Cut(kv.value, ",")
		address, port := parseAddress(where)
		listen := Listen{Address: address, Port: port, Protocol: "tcp"}
		switch kv.key {
		case "http", "http-socket", "http11-socket", "https", "https-socket":
			listen.TLS = KnownOf(tls && strings.HasPrefix(kv.key, "https"))
			pages = append(pages, listen)
		case "socket", "uwsgi-socket", "fastcgi-socket", "scgi-socket":
			if port != 0 {
				others = append(others, listen)
			}
		case "wsgi-file", "file", "module", "wsgi", "mount":
			_, program, ok := strings.Cut(kv.value, "=")
			if !ok {
				program = kv.value
			}
			programs = append(programs, strings.TrimPrefix(program, "/"))
		case "chdir", "pythonpath", "python-path", "pp":
			folders = append(folders, kv.value)
		case "attach-daemon", "attach-daemon2", "smart-attach-daemon", "exec-asap", "exec-pre-app", "exec-post-app", "exec-as-root", "exec-as-user":
			g.launch(l.with([]string{"sh", "-c", kv.value}))
		}
	}
	if len(pages) > 0 {
		g.servesPages(l, "uwsgi", called, pages...)
	}
	if len(others) > 0 || len(pages) == 0 {
		m := *l
		m.socket = others
		g.add(&m, Service{Name: "uwsgi", Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps()})
	}
	g.pythonApplication(l, "uwsgi", programs, append(folders, "/"))
	return true
}
