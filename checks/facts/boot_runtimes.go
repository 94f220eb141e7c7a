package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// Programs in other languages are mostly started through something else than their
// file's name: a folder, a module, a package's script, a supervisor, a web server that
// takes them in, an archive of classes. They are followed as far as the image tells what
// is run in the end; where it does not, or nobody here can read it, the command may start
// anything.

// runtimes start programs in other languages. Each says whether nothing is left to do
// with the launch; it may put the program's file in place of what names it.
var runtimes map[string]func(g *boot, l *launch, called string) bool

func init() {
	runtimes = map[string]func(g *boot, l *launch, called string) bool{
		"npm": nodePackage, "yarn": nodePackage, "yarnpkg": nodePackage, "pnpm": nodePackage, "npx": nodeTool, "pnpx": nodeTool,
		"pm2": processManager, "pm2-runtime": processManager, "pm2-docker": processManager, "forever": foreverScript, "nodemon": watchedScript, "node-dev": watchedScript,
		"ts-node": watchedScript, "tsx": watchedScript, "bun": watchedScript, "deno": watchedScript,
		"cross-env": crossEnv, "concurrently": concurrently, "npm-run-all": allScripts, "run-s": allScripts, "run-p": allScripts,
		"node": nodeFile, "nodejs": nodeFile, "python": pythonFile, "micropython": pythonFile,
		"java": javaProgram, "dotnet": dotnetProgram, "mono": dotnetProgram, "mono-sgen": dotnetProgram,
		"gunicorn": pythonServerOf, "uvicorn": pythonServerOf, "hypercorn": pythonServerOf, "daphne": pythonServerOf, "waitress-serve": pythonServerOf, "flask": pythonServerOf,
		"celery": pythonServerOf, "uwsgi": uwsgi,
		"puma": unreadServer, "unicorn": unreadServer, "rackup": unreadServer, "thin": unreadServer, "rails": unreadServer, "plackup": unreadServer, "starman": unreadServer, "hypnotoad": unreadServer, "morbo": unreadServer,
	}
}

// runtime follows what starts a program in another language; done says that nothing is
// left to do.
func (g *boot) runtime(l *launch, name string) (done bool) {
	key := name
	if strings.HasPrefix(name, "python") {
		key = "python"
	}
	start := runtimes[key]
	if start == nil && len(g.bins) == 0 {
		return false
	}
	called, ok := g.find(l.words[0])
	if bin, inBins := g.binOf(l.words[0]); inBins {
		called, ok = bin, true
		if start == nil {
			if l.words[0] = "/" + called; !slices.Contains(buildTools, name) {
				g.unjudge(l.cmd.Location, "it runs "+called+", a tool of Node.js that is not followed whole")
			}
			return false
		}
	}
	if start == nil {
		return false
	}
	if !ok {
		if called, ok = g.elsewhere(l.words[0]); !ok {
			return false
		}
		l.words = append([]string{"/" + called}, l.words[1:]...)
	}
	if len(l.words) > 1 && slices.Contains([]string{"--version", "-version", "-V", "--help", "-h", "version", "help"}, l.words[1]) {
		return false
	}
	return start(g, l, called)
}

// buildTools of packages prepare something and end.
var buildTools = []string{"rimraf", "tsc", "eslint", "webpack", "husky", "prettier", "mkdirp", "copyfiles", "patch-package", "is-ci", "shx", "node-gyp", "prebuild-install", "wait-on", "jest", "mocha", "nyc"}

// binOf finds a program among those of the package whose script runs.
func (g *boot) binOf(name string) (string, bool) {
	if strings.Contains(name, "/") {
		return "", false
	}
	for _, dir := range g.bins {
		if f, ok := g.root.Lookup(dir + "/" + name); ok && f.Kind == firmware.Regular {
			return dir + "/" + name, true
		}
	}
	return "", false
}

// elsewhere finds a program outside of the folders in which init systems search: those
// of languages often stand in a folder of their own, to which scripts set PATH.
func (g *boot) elsewhere(name string) (string, bool) {
	var found []string
	if !strings.Contains(name, "/") {
		for dir, files := range g.dirs {
			if path.Base(dir) == "bin" && !strings.Contains(dir, "node_modules") && slices.ContainsFunc(files, func(f *firmware.File) bool { return path.Base(f.Name) == name }) {
				found = append(found, dir+"/"+name)
			}
		}
	}
	if len(found) == 0 {
		return "", false
	}
	slices.Sort(found)
	f, ok := g.root.Lookup(found[0])
	return found[0], ok && f.Kind == firmware.Regular
}

// freePlace gives the place of the first word that is no flag and no flag's value; -1
// if there is none.
func freePlace(args []string, valued ...string) int {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case slices.Contains(valued, a):
			i++
		case a == "--":
			if i+1 < len(args) {
				return i + 1
			}
			return -1
		case a == "" || len(a) > 1 && a[0] == '-':
		default:
			return i
		}
	}
	return -1
}

// programFile puts the file of a program in place of the word that names it, by the
// first of the names that there is. Where there is none, or nobody here can read it, the
// command may start anything.
func (g *boot) programFile(l *launch, i int, names func(name string) []string) {
	word := l.words[i]
	if Unresolved(word) {
		g.unjudge(l.cmd.Location, "it runs a program that only the running device knows")
		return
	}
	name := l.abs(word)
	if Unresolved(name) {
		g.unjudge(l.cmd.Location, "it stands in a folder that only the running device knows")
		return
	}
	for _, n := range names(cleanName(name)) {
		f, ok := g.root.Lookup(n)
		if !ok || f.Kind != firmware.Regular {
			continue
		}
		l.words = slices.Clone(l.words)
		l.words[i] = "/" + n
		g.unjudgeChanged(l, l.words[i])
		if _, isText := g.texts.Of(f); !isText && f.Size > 0 {
			g.unjudge(l.cmd.Location, "it runs "+n+", which could not be read")
		}
		return
	}
	_, _, written := g.writtenScript(name)
	if clean := cleanName(name); !written && !g.isBrought(clean) && !g.mayHold(clean) { // of these [boot.unjudgeFile] tells
		g.unjudge(l.cmd.Location, "it runs "+forPeople(clean)+", which is not in the image")
	}
}

// nodeFile reads "node [FLAGS] FILE" and "node FOLDER".
func nodeFile(g *boot, l *launch, _ string) bool {
	valued := []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "--env-file", "-C", "--conditions", "--title"}
	if i := freePlace(l.words[1:], append(valued, "-e", "--eval", "-p", "--print", "-pe")...); i >= 0 {
		g.programFile(l, i+1, g.nodeNames)
	} else if code := flagValues(l.words[1:], "-e", "--eval", "-p", "--print", "-pe"); len(code) > 0 {
		g.code(l, code[0], "JavaScript")
	} else {
		g.codeFromInput(l, "JavaScript")
	}
	for _, o := range strings.Fields(l.environment()["NODE_OPTIONS"].text) {
		if strings.HasPrefix(o, "--inspect") {
			l.words = slices.Insert(slices.Clone(l.words), 1, o)
		}
	}
	return false
}

// nodeNames are the files that Node.js takes for a name: package.json's main, for a folder.
func (g *boot) nodeNames(name string) []string {
	names := []string{name, name + ".js", name + ".cjs", name + ".mjs"}
	if p, ok := g.nodePackage(name); ok && p.Main != "" {
		main := path.Join(name, p.Main)
		names = append(names, main, main+".js", main+"/index.js")
	}
	return append(names, name+"/index.js")
}

// ownModules are modules of Python that start nothing.
var ownModules = []string{"json.tool", "compileall", "py_compile", "venv", "ensurepip", "pip", "site", "timeit", "zipfile", "tarfile", "calendar", "base64", "platform", "sysconfig", "uuid", "gzip", "pydoc", "unittest", "virtualenv"}

// pythonFile reads "python [FLAGS] FILE", "-m MODULE" and "-c CODE".
func pythonFile(g *boot, l *launch, called string) bool {
	args := l.words[1:]
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-W" || a == "-X" || a == "-Q":
			i++
		case a == "-":
			g.codeFromInput(l, "Python")
			return false
		case strings.HasPrefix(a, "--"):
		case len(a) > 1 && a[0] == '-' && i+1 < len(args) && strings.HasSuffix(a, "c"):
			g.code(l, args[i+1], "Python")
			return false
		case len(a) > 1 && a[0] == '-' && i+1 < len(args) && strings.HasSuffix(a, "m"):
			return pythonModule(g, l, called, i+1)
		case len(a) > 1 && a[0] == '-' || a == "":
		default:
			g.programFile(l, i+1, func(name string) []string { return []string{name, name + "/__main__.py"} })
			return false
		}
	}
	g.codeFromInput(l, "Python")
	return false
}

// pythonModule follows the module at place i of the arguments.
func pythonModule(g *boot, l *launch, called string, i int) bool {
	module, rest := l.words[i+1], l.words[i+2:]
	switch server := map[string]string{"waitress": "waitress-serve"}[module]; {
	case module == "debugpy":
		if j := freePlace(rest, "--listen", "--connect", "--log-to"); j >= 0 {
			g.programFile(l, i+2+j, func(name string) []string { return []string{name} })
			if t, ok := g.texts.Get(g.root, cleanName(l.abs(l.words[i+2+j]))); ok {
				g.callsOut(l, t, "python3")
			}
		}
		return false
	case module == "http.server" || module == "SimpleHTTPServer" || slices.Contains(ownModules, module):
		return false
	case server != "":
		return pythonServerOf(g, l.with(append([]string{server}, rest...)), called)
	case pythonServers[module].known:
		return pythonServerOf(g, l.with(append([]string{module}, rest...)), called)
	case Unresolved(module):
		g.unjudge(l.cmd.Location, "it runs a module that only the running device knows")
		return false
	}
	if t, ok := g.pythonModuleFile(g.pythonFolders(l), module, "/__main__.py", ".py"); ok {
		l.words = append([]string{l.words[0], "/" + t.File.Name}, rest...)
		return false
	}
	g.unjudge(l.cmd.Location, "it runs the module "+forPeople(module)+", which is not in the image or could not be read")
	return false
}

// pythonFolders are those in which Python looks for modules, the named ones first.
func (g *boot) pythonFolders(l *launch, first ...string) (dirs []string) {
	first = append(first, l.folder())
	first = append(first, strings.Split(l.environment()["PYTHONPATH"].text, ":")...)
	for _, d := range first {
		if d != "" && !Unresolved(d) {
			dirs = append(dirs, cleanName(l.abs(d)))
		}
	}
	for _, lib := range []string{"/usr/lib", "/usr/local/lib"} {
		for _, p := range g.glob(lib + "/python*") {
			dirs = append(dirs, cleanName(p)+"/site-packages", cleanName(p)+"/dist-packages", cleanName(p))
		}
	}
	return dirs
}

// pythonModuleFile finds the text of a module, by what follows its name in that of the file.
func (g *boot) pythonModuleFile(dirs []string, module string, endings ...string) (Text, bool) {
	name := strings.ReplaceAll(module, ".", "/")
	for _, d := range dirs {
		for _, e := range endings {
			if t, ok := g.texts.Get(g.root, path.Join(d, name+e)); ok {
				return t, true
			}
		}
	}
	return Text{}, false
}

// code follows a program that stands in the command itself.
func (g *boot) code(l *launch, text, language string) {
	if strings.HasPrefix(text, "$") || strings.HasPrefix(text, "`") {
		g.unjudge(l.cmd.Location, "it runs a program that only the running device knows")
		return
	}
	g.callsOf(l, Text{File: g.placeFile(l), Content: text, place: &l.cmd.Location}, language)
}

// codeFromInput follows a program that stands in a here-document.
func (g *boot) codeFromInput(l *launch, language string) {
	for _, d := range l.cmd.Redirects {
		if d.Text != "" {
			g.code(l, d.Text, language)
		}
	}
}

// unreadServer notes a web server that takes in a program that nobody here follows.
func unreadServer(g *boot, l *launch, _ string) bool {
	g.unjudge(l.cmd.Location, path.Base(l.words[0])+" runs a program that is not followed")
	return false
}
