package facts

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// Limits of the settings of supervisors of Node.js.
const (
	maxPackageScripts = 64 // programs of one file
	maxEcosystemDepth = 8  // braces within each other
)

// nodePackageFile is what package.json says of how a package is started.
type nodePackageFile struct {
	Main    string            `json:"main"`
	Scripts map[string]string `json:"scripts"`

	text Text
}

func (g *boot) nodePackage(dir string) (nodePackageFile, bool) {
	t, ok := g.texts.Get(g.root, path.Join(dir, "package.json"))
	p := nodePackageFile{text: t}
	return p, ok && json.Unmarshal([]byte(t.Content), &p) == nil
}

// nodePackage reads "npm start", "npm run SCRIPT" and the same of yarn and pnpm, with the
// folder that flags name.
func nodePackage(g *boot, l *launch, called string) bool {
	args := l.words[1:]
	folderFlags := []string{"--prefix", "-C", "--cwd", "--dir"}
	dir := l.abs(firstOf(flagValues(args, folderFlags...), "."))
	var words []string
	for rest := args; ; {
		i := freePlace(rest, append(folderFlags, "-w", "--workspace", "--filter", "--loglevel")...)
		if i < 0 {
			break
		}
		words, rest = append(words, rest[i]), rest[i+1:]
		if len(words) == 2 || words[0] == "exec" || words[0] == "x" || words[0] == "dlx" || words[0] == "node" {
			words = append(words, rest...)
			break
		}
	}
	if len(words) == 0 {
		return true
	}
	switch verb := words[0]; verb {
	case "start", "restart", "test", "stop":
		g.packageScript(l, dir, verb)
	case "run", "run-script", "rum", "urn":
		if len(words) > 1 {
			g.packageScript(l, dir, words[1])
		}
	case "exec", "x", "dlx":
		return nodeTool(g, l.with(words), called)
	case "node":
		g.launch(l.with(words))
	default:
		if p, ok := g.nodePackage(cleanName(dir)); ok && path.Base(l.words[0]) != "npm" && p.Scripts[verb] != "" {
			g.packageScript(l, dir, verb)
		}
	}
	return true
}

// packageScript runs a script of a package by the shell, and those that stand before and
// after it.
func (g *boot) packageScript(l *launch, dir, name string) {
	if Unresolved(dir) || Unresolved(name) {
		g.unjudge(l.cmd.Location, "it runs a script of a package that only the running device knows")
		return
	}
	clean := cleanName(dir)
	if g.followed(l, "package script", clean, name) {
		return
	}
	p, ok := g.nodePackage(clean)
	if !ok {
		g.unjudge(l.cmd.Location, "it runs a script of "+forPeople(path.Join(clean, "package.json"))+", which is not in the image or could not be read")
		return
	}
	if name == "start" && p.Scripts[name] == "" {
		p.Scripts = map[string]string{name: "node server.js"} // as npm does
	}
	for _, n := range []string{"pre" + name, name, "post" + name} {
		if p.Scripts[n] != "" {
			g.packageLine(l, p.text, "/"+clean, n, p.Scripts[n])
		}
	}
}

// packageLine runs a line of the shell in a package's folder, where its tools are found.
func (g *boot) packageLine(l *launch, t Text, dir, name, text string) {
	from := *l
	from.run, from.dir, from.env, from.tty, from.socket, from.daemon, from.killed = nil, dir, l.environment(), "", nil, false, false
	from.depth++
	at := l.cmd.Location
	for line := range t.Lines() {
		if _, value, ok := strings.Cut(line.Text, `"`+name+`"`); ok && strings.HasPrefix(strings.TrimSpace(value), ":") {
			at = t.At(line)
			break
		}
	}
	from.cmd = &Command{Conditional: l.cmd.Conditional, Background: l.cmd.Background, Location: at}
	was := g.bins
	g.bins = append([]string{path.Join(cleanName(dir), "node_modules/.bin")}, was...)
	g.through(t.File.Name, func() { g.inline(&from, text) })
	g.bins = was
}

// nodeTool reads "npx TOOL ARGS": a tool of the package, or of the device, or one that is
// fetched.
func nodeTool(g *boot, l *launch, _ string) bool {
	args := l.words[1:]
	i := freePlace(args, "-p", "--package", "-c", "--call")
	if i < 0 {
		return true
	}
	was := g.bins
	if dir := l.folder(); dir != "" && !Unresolved(dir) {
		g.bins = append([]string{path.Join(cleanName(dir), "node_modules/.bin")}, was...)
	}
	_, inBins := g.binOf(args[i])
	if _, found := g.find(args[i]); found || inBins {
		g.launch(l.with(args[i:]))
	} else {
		g.unjudge(l.cmd.Location, "it runs "+forPeople(args[i])+", which is fetched where it is not in the package")
	}
	g.bins = was
	return true
}

// processManager reads pm2's "start FILE", "start ecosystem.config.js" and "start npm -- ARGS".
func processManager(g *boot, l *launch, _ string) bool {
	valued := []string{"--name", "-n", "--cwd", "--interpreter", "-i", "--instances", "--user", "-u", "--uid", "--gid", "--log", "-l", "-o", "--output", "-e", "--error", "--env", "--node-args", "--namespace", "--max-memory-restart", "--restart-delay", "--exp-backoff-restart-delay", "--only", "-c", "--cron", "-p", "--pid", "--ignore-watch"}
	args := l.words[1:]
	i := freePlace(args, valued...)
	switch {
	case i < 0:
		return true
	case slices.Contains([]string{"start", "restart", "reload", "startOrRestart", "startOrReload", "startOrGracefulReload"}, args[i]):
		verb := i
		if i = freePlace(args[verb+1:], valued...); i < 0 {
			return true
		}
		i += verb + 1
	case args[i] == "resurrect":
		g.unjudge(l.cmd.Location, "it starts what the device keeps in a list")
		return true
	case path.Base(l.words[0]) == "pm2":
		return true
	}
	target := args[i]
	rest := args[i+1:]
	if j := slices.Index(rest, "--"); j >= 0 {
		rest = rest[j+1:]
	} else if !interpreted(target) && runtimes[target] == nil {
		rest = nil
	}
	m := l.with(l.words)
	if dir := flagValues(args, "--cwd"); len(dir) > 0 {
		m.dir, m.env, m.run = l.abs(dir[0]), l.environment(), nil
	}
	switch ext := path.Ext(target); {
	case isNumber(target) || target == "all":
	case ext == ".json" || ext == ".yml" || ext == ".yaml" || strings.Contains(target, ".config."):
		g.ecosystem(m, target)
	case strings.Contains(target, " "):
		g.launch(m.with([]string{"sh", "-c", target}))
	default:
		g.managed(m, target, firstOf(flagValues(args, "--interpreter"), ""), rest)
	}
	return true
}

// managed starts a file as a supervisor of Node.js does, by the language that its name tells.
func (g *boot) managed(l *launch, file, interpreter string, args []string) {
	byEnding := map[string]string{".py": "python3", ".sh": "sh", ".rb": "ruby", ".pl": "perl", ".php": "php", ".lua": "lua"}
	switch ext := path.Ext(file); {
	case interpreter == "none" || interpreter == "" && (runtimes[file] != nil || interpreted(file)):
		g.launch(l.with(append([]string{file}, args...)))
		return
	case interpreter != "":
	case byEnding[ext] != "":
		interpreter = byEnding[ext]
	default:
		interpreter = "node"
	}
	m := l.with(append([]string{interpreter, file}, args...))
	m.daemon = true
	g.launch(m)
}

var ecosystemKey = lazy("(?m)(?:^|[{,\\s])[\"']?(script|cwd|interpreter|args)[\"']?\\s*:\\s*(?:[\"'`]([^\"'`\n]*)[\"'`]\\s*(?:[,}\n]|$)|(\\.?/?[\\w./ -]+)[ \t]*(?:\n|$))")

// ecosystem starts what a file of pm2's lists, in JSON, JavaScript or YAML.
func (g *boot) ecosystem(l *launch, file string) {
	name := cleanName(l.abs(file))
	t, ok := g.texts.Get(g.root, name)
	if !ok {
		g.unjudge(l.cmd.Location, "it starts what "+forPeople(name)+" lists, which is not in the image or could not be read")
		return
	}
	if g.followed(l, "ecosystem", name) {
		return
	}
	started := 0
	for _, app := range appsOf(t.Content) {
		set := map[string]string{}
		for _, m := range ecosystemKey.Get().FindAllStringSubmatch(app, 16) {
			set[m[1]] = m[2] + strings.TrimSpace(m[3])
		}
		if set["script"] == "" || started >= maxPackageScripts {
			continue
		}
		started++
		m := l.with(l.words)
		m.env, m.run = l.environment(), nil
		m.dir = path.Join("/", path.Dir(name), set["cwd"])
		if path.IsAbs(set["cwd"]) {
			m.dir = set["cwd"]
		}
		g.managed(m, set["script"], set["interpreter"], strings.Fields(set["args"]))
	}
	if named := strings.Count(t.Content, "script"); started == 0 || named > started && strings.Count(t.Content, "script:")+strings.Count(t.Content, `script":`) > started {
		g.unjudge(l.cmd.Location, "it starts what "+name+" lists, which could not be read whole")
	}
}

// appsOf cuts the list of programs into its entries, without what is set within them.
func appsOf(text string) (apps []string) {
	if !strings.Contains(text, "{") {
		return strings.Split(text, "\n  - ")
	}
	for range maxEcosystemDepth {
		var b strings.Builder
		rest, changed := text, false
		for {
			end := strings.IndexByte(rest, '}')
			if end < 0 {
				break
			}
			begin := strings.LastIndexByte(rest[:end], '{')
			if begin < 0 {
				b.WriteString(rest[:end+1])
				rest = rest[end+1:]
				continue
			}
			if app := rest[begin : end+1]; strings.Contains(app, "script") && len(apps) < maxPackageScripts {
				apps = append(apps, app)
			}
			b.WriteString(rest[:begin] + "0")
			rest, changed = rest[end+1:], true
		}
		b.WriteString(rest)
		if text = b.String(); !changed {
			return apps
		}
	}
	return apps
}

// foreverScript reads "forever [start] [FLAGS] FILE".
func foreverScript(g *boot, l *launch, _ string) bool {
	valued := []string{"-l", "-o", "-e", "-p", "-c", "-m", "--pidFile", "--uid", "--sourceDir", "--workingDir", "--minUptime", "--spinSleepTime", "--killSignal", "--id"}
	args := l.words[1:]
	i := freePlace(args, valued...)
	if i >= 0 && (args[i] == "start" || args[i] == "restart") {
		args = args[i+1:]
		i = freePlace(args, valued...)
	} else if i >= 0 && slices.Contains([]string{"stop", "stopall", "list", "logs", "restartall", "cleanlogs", "config", "set", "clear", "columns"}, args[i]) {
		return true
	}
	if i < 0 {
		return true
	}
	file := args[i]
	if dir := flagValues(args, "--sourceDir"); len(dir) > 0 {
		file = path.Join(dir[0], file)
	}
	switch command := firstOf(flagValues(args, "-c"), ""); {
	case path.Ext(file) == ".json":
		g.ecosystem(l, file)
	case command != "":
		g.launch(l.with(append(append(strings.Fields(command), file), args[i+1:]...)))
	default:
		g.managed(l, file, "", args[i+1:])
	}
	return true
}

// watchedScript reads "nodemon [FLAGS] FILE" and what else runs a file as node does.
func watchedScript(g *boot, l *launch, called string) bool {
	args := l.words[1:]
	name := path.Base(l.words[0])
	command := firstOf(flagValues(args, "-x", "--exec"), "")
	i := freePlace(args, "-x", "--exec", "-w", "--watch", "-e", "--ext", "-i", "--ignore", "--delay", "--config", "-P", "--project", "-r", "--require", "--loader")
	if i >= 0 && (name == "deno" || name == "bun") && args[i] == "run" {
		args = args[i+1:]
		i = freePlace(args, "--config", "-c", "--cwd")
		if p, ok := g.nodePackage(cleanName(l.abs("."))); ok && i >= 0 && p.Scripts[args[i]] != "" {
			g.packageScript(l, l.abs("."), args[i])
			return true
		}
	}
	switch {
	case command != "":
		if i >= 0 {
			command += " " + strings.Join(args[i:], " ")
		}
		g.launch(l.with([]string{"sh", "-c", command}))
	case i < 0 && name == "nodemon":
		g.managed(l, ".", "node", nil)
	case i < 0:
	case name == "bun" && slices.Contains([]string{"install", "add", "x", "build", "test", "i"}, args[i]):
	default:
		m := l.with(append([]string{name, args[i]}, args[i+1:]...))
		g.programFile(m, 1, func(n string) []string { return append(g.nodeNames(n), n+".ts") })
		m.words[0] = "node"
		if _, ok := g.find("node"); !ok {
			m.words[0] = "/" + called
			return g.asNode(m, called)
		}
		g.launch(m)
	}
	return true
}

// asNode follows a program that something else than node runs.
func (g *boot) asNode(l *launch, called string) bool {
	if listen, ok := g.nodeServer(l.words[1:]); ok {
		g.servesPages(l, path.Base(called), called, listen)
	} else {
		g.unjudge(l.cmd.Location, path.Base(called)+" runs "+forPeople(cleanName(l.words[1]))+", which is not followed whole")
	}
	if t, ok := g.texts.Get(g.root, cleanName(l.words[1])); ok {
		g.callsOut(l, t, "node")
	}
	return true
}

// crossEnv reads "cross-env NAME=VALUE … COMMAND".
func crossEnv(g *boot, l *launch, _ string) bool {
	i := slices.IndexFunc(l.words[1:], func(a string) bool { return !strings.Contains(a, "=") })
	if i >= 0 {
		m := l.with(l.words[i+1:])
		m.env, m.dir, m.run = l.environment(), l.folder(), nil
		for _, a := range l.words[1 : i+1] {
			key, value, _ := strings.Cut(a, "=")
			m.env[key] = shellValue{text: value, known: true, sure: true}
		}
		g.launch(m)
	}
	return true
}

// concurrently runs each of its words as a line of the shell, or as a script of the package.
func concurrently(g *boot, l *launch, _ string) bool {
	args := l.words[1:]
	for n := 0; n < maxPackageScripts; n++ {
		i := freePlace(args, "-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-s", "--success", "--restart-tries", "--restart-after", "-m", "--max-processes")
		if i < 0 {
			break
		}
		if script, ok := strings.CutPrefix(args[i], "npm:"); ok {
			g.packageScript(l, l.abs("."), script)
		} else {
			g.launch(l.with([]string{"sh", "-c", args[i]}))
		}
		args = args[i+1:]
	}
	return true
}

// allScripts runs several scripts of a package.
func allScripts(g *boot, l *launch, _ string) bool {
	for _, a := range l.words[1:min(len(l.words), maxPackageScripts)] {
		if strings.ContainsAny(a, "*:") {
			g.unjudge(l.cmd.Location, "it runs scripts of a package by a pattern")
		} else if !strings.HasPrefix(a, "-") {
			g.packageScript(l, l.abs("."), a)
		}
	}
	return true
}
