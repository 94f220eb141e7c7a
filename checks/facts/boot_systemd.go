package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxUnits bounds the units that are followed.
const maxUnits = 4096

// unitFolders are where systemd looks for units, first one first, in
// systemd.unit(5)'s order; /run is empty in an image.
var unitFolders = []string{
	"etc/systemd/system.control", "etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
}

func (g *boot) systemdFile() (*firmware.File, bool) {
	for _, name := range []string{"lib/systemd/systemd", "usr/lib/systemd/systemd"} {
		if f, ok := g.root.Lookup(name); ok && f.Kind == firmware.Regular {
			return f, true
		}
	}
	return nil, false
}

// reached is a unit on the way, and the file or link that wants it.
type reached struct {
	name   string
	via    string
	place  assay.Location
	unsure bool // only if something happens
}

// unitQueue holds the units that are still to be started, and what enabling
// units adds to those that the image holds.
type unitQueue struct {
	sure, unsure []reached
	wanted       map[string][]reached // by the unit that wants them
	alias        map[string]string
	added        int // services that were noted, new or not
}

func (q *unitQueue) push(all ...reached) {
	for _, r := range all {
		if r.unsure {
			q.unsure = append(q.unsure, r)
		} else {
			q.sure = append(q.sure, r)
		}
	}
}

func (q *unitQueue) pop() (r reached, ok bool) {
	for _, list := range []*[]reached{&q.sure, &q.unsure} {
		if len(*list) > 0 {
			r, *list = (*list)[0], (*list)[1:]
			return r, true
		}
	}
	return r, false
}

// systemd follows default.target through what it wants and requires.
func (g *boot) systemd() {
	g.units = unitQueue{wanted: map[string][]reached{}, alias: map[string]string{}}
	g.applyPresets()
	g.otherGenerators()
	for _, name := range []string{"default.target", "sysinit.target", "basic.target"} { // every service needs the last two
		g.units.push(reached{name: name, via: name, place: g.init.Location})
	}
	g.kernelUnits()
	seen := map[string]int{} // 1 if it may be started, 2 if it is
	generated := false
	for len(seen) < maxUnits {
		if len(g.units.sure) == 0 && !generated {
			g.units.push(g.generatedGettys(seen)...)
			g.udevBySystemd()
			generated = true
		}
		r, ok := g.units.pop()
		if !ok {
			break
		}
		how := 2
		if r.unsure {
			how = 1
		}
		u, ok := g.unit(r.name)
		if ok {
			r.name = u.name
		}
		if seen[r.name] >= how {
			continue
		}
		seen[r.name] = how
		was := g.doubt
		g.doubt = r.unsure
		g.startReached(r, u, ok)
		g.doubt = was
	}
}

func (g *boot) startReached(r reached, u unit, loaded bool) {
	if loaded {
		switch holds := g.conditions(u); {
		case holds == fails:
			return
		case holds == unsure:
			r.unsure, g.doubt = true, true
		}
	}
	for _, next := range g.wanted(r, u, loaded) {
		next.unsure = next.unsure || r.unsure
		g.units.push(next)
	}
	g.sysvScripts(r)
	if !loaded {
		return
	}
	switch u.kind() {
	case "service":
		g.unitService(u, r, nil)
	case "socket":
		g.unitSocket(u, r)
	case "timer", "path":
		name := u.value(strings.ToUpper(u.kind()[:1])+u.kind()[1:], "Unit")
		if name == "" {
			name = strings.TrimSuffix(u.name, "."+u.kind()) + ".service"
		}
		g.units.push(reached{name, r.via + " → " + name, u.place(), r.unsure})
	}
}

// generatedGettys adds the gettys that systemd-getty-generator may start on the
// kernel's console: those for which the image has drop-ins.
func (g *boot) generatedGettys(seen map[string]int) []reached {
	var next []reached
	for _, folder := range unitFolders {
		for _, f := range g.children(folder) {
			name, ok := strings.CutSuffix(path.Base(f.Name), ".d")
			if ok && strings.HasSuffix(name, ".service") && seen[name] == 0 &&
				(strings.HasPrefix(name, "serial-getty@") && instanceOf(name) != "" || name == "console-getty.service") {
				next = append(next, reached{name: name, via: "systemd-getty-generator → " + name, place: At(f)})
			}
		}
	}
	return next
}

func (u unit) place() assay.Location { return At(u.file.File) }

// wanted lists what a unit wants and requires: in its own settings and as links
// in its .wants and .requires folders.
func (g *boot) wanted(r reached, u unit, loaded bool) []reached {
	var next []reached
	if loaded {
		for _, key := range []string{"Wants", "Requires", "Requisite", "BindsTo", "Upholds"} {
			for _, name := range u.words("Unit", key) {
				name = u.specify(name)
				next = append(next, reached{name: name, via: r.via + " → " + name, place: u.place()})
			}
		}
	}
	if loaded {
		for _, key := range []string{"OnFailure", "OnSuccess"} {
			for _, name := range u.words("Unit", key) {
				name = u.specify(name)
				next = append(next, reached{name, r.via + " → " + key + " " + name, u.place(), true})
			}
		}
	}
	next = append(next, g.generated(r)...)
	if r.name == "basic.target" { // also without its file
		for _, name := range []string{"sockets.target", "timers.target", "paths.target", "sysinit.target"} {
			next = append(next, reached{name: name, via: r.via + " → " + name, place: r.place})
		}
	}
	if r.name == "multi-user.target" { // systemd's own units link it there
		next = append(next, reached{name: "getty.target", via: r.via + " → getty.target", place: r.place})
	}
	if r.name == "sysinit.target" {
		next = append(next, reached{name: "local-fs.target", via: r.via + " → local-fs.target", place: r.place})
	}
	names := []string{r.name}
	if loaded && u.instance != "" {
		names = append(names, templateOf(r.name))
	}
	if loaded && path.Base(u.file.File.Name) != r.name {
		names = append(names, path.Base(u.file.File.Name))
	}
	for _, name := range names {
		for _, e := range g.units.wanted[name] {
			e.via = r.via + " → " + e.name + " (" + e.via + ")"
			next = append(next, e)
		}
		for _, suffix := range []string{".wants", ".requires", ".upholds"} {
			for _, folder := range unitFolders {
				for _, f := range g.children(folder + "/" + name + suffix) {
					b := path.Base(f.Name)
					next = append(next, reached{name: b, via: r.via + " → " + b, place: At(f)})
				}
			}
		}
	}
	return next
}

// templateOf gives foo@.service for foo@bar.service.
func templateOf(name string) string {
	before, after, ok := strings.Cut(name, "@")
	if !ok {
		return name
	}
	i := strings.LastIndexByte(after, '.')
	if i < 0 {
		return name
	}
	return before + "@" + after[i:]
}

func instanceOf(name string) string {
	_, after, ok := strings.Cut(name, "@")
	if i := strings.LastIndexByte(after, '.'); ok && i >= 0 {
		return after[:i]
	}
	return ""
}

// unit loads a unit by name. A masked one (a link to /dev/null, or an empty
// file) is none.
func (g *boot) unit(name string) (unit, bool) {
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "/$") {
		return unit{}, false
	}
	for _, want := range slices.Compact([]string{name, templateOf(name)}) {
		for _, folder := range unitFolders {
			entry, ok := g.link(folder, want)
			if !ok {
				continue
			}
			if entry.Kind == firmware.Symlink && path.Clean(entry.Link) == "/dev/null" {
				return unit{}, false
			}
			f, ok := g.root.Lookup(entry.Name)
			if !ok || f.Kind != firmware.Regular || f.Size == 0 {
				return unit{}, false
			}
			t, ok := g.texts.Of(f)
			if !ok {
				return unit{}, false
			}
			return g.load(name, t), true
		}
	}
	if of := g.units.alias[name]; of != "" && of != name {
		delete(g.units.alias, name) // none leads back to itself
		u, ok := g.unit(of)
		g.units.alias[name] = of
		return u, ok
	}
	return unit{}, false
}

// link finds an entry of a folder without following it.
func (g *boot) link(folder, name string) (*firmware.File, bool) {
	for _, f := range g.children(folder) {
		if path.Base(f.Name) == name {
			return f, true
		}
	}
	return nil, false
}

// load applies the drop-ins of a unit. An alias takes the name of its file.
func (g *boot) load(name string, t Text) unit {
	u := unit{name: name, instance: instanceOf(name), file: t, settings: parseUnit(t)}
	if base := path.Base(t.File.Name); u.instance == "" && !strings.Contains(base, "@") && base != name {
		u.name = base
	}
	seen := map[string]bool{}
	var dropIns []*firmware.File
	for _, n := range dropInNames(u) {
		for _, folder := range unitFolders {
			for _, f := range g.children(folder + "/" + n + ".d") {
				if b := path.Base(f.Name); strings.HasSuffix(b, ".conf") && !seen[b] {
					seen[b] = true
					dropIns = append(dropIns, f)
				}
			}
		}
	}
	slices.SortFunc(dropIns, func(a, b *firmware.File) int { return strings.Compare(path.Base(a.Name), path.Base(b.Name)) })
	for _, f := range dropIns {
		if d, ok := g.texts.Get(g.root, f.Name); ok && len(u.settings) < maxUnitLines {
			u.settings = append(u.settings, parseUnit(d)...)
		}
	}
	return u
}

// dropInNames are the names of the folders with drop-ins of a unit: its own, that
// of its template, those of its prefixes that end in a dash, and that of its kind.
func dropInNames(u unit) []string {
	names := []string{u.name, templateOf(u.name)}
	prefix, rest, _ := strings.Cut(u.name, "@")
	if rest != "" {
		rest = "@" + rest
	} else if i := strings.LastIndexByte(prefix, '.'); i >= 0 {
		prefix, rest = prefix[:i], prefix[i:]
	}
	for i := len(prefix) - 1; i > 0 && len(names) < 32; i-- {
		if prefix[i] == '-' && i < len(prefix)-1 {
			names = append(names, prefix[:i+1]+rest)
		}
	}
	return slices.Compact(append(names, u.kind()))
}

// unitSocket notes that a socket waits, and starts its service with it.
func (g *boot) unitSocket(u unit, r reached) {
	var listens []Listen
	for _, key := range []string{"ListenStream", "ListenDatagram"} {
		for _, s := range u.values("Socket", key) {
			address, port := parseAddress(u.specify(s.value))
			if port == 0 || strings.HasPrefix(s.value, "/") {
				continue
			}
			protocol := "tcp"
			if key == "ListenDatagram" {
				protocol = "udp"
			}
			listens = append(listens, Listen{Address: address, Port: port, Protocol: protocol, Location: s.text.At(s.line)})
		}
	}
	name := u.value("Socket", "Service")
	if name == "" {
		name = strings.TrimSuffix(u.name, ".socket") + ".service"
		if strings.EqualFold(u.value("Socket", "Accept"), "yes") || strings.EqualFold(u.value("Socket", "Accept"), "true") {
			name = strings.TrimSuffix(u.name, ".socket") + "@.service"
		}
	}
	if s, ok := g.unit(name); ok && len(listens) > 0 {
		g.unitService(s, reached{name, r.via + " → " + name, r.place, r.unsure}, append(listens, Listen{Location: r.place}))
	}
}

// unitService starts what a service's ExecStart lines name.
func (g *boot) unitService(u unit, r reached, sockets []Listen) {
	environment := g.environment(u)
	for _, s := range slices.Concat(u.values("Service", "ExecStartPre"), u.values("Service", "ExecStart"), u.values("Service", "ExecStartPost")) {
		for _, words := range unitCommands(unitWords(u.specify(s.value))) {
			words[0] = strings.TrimLeft(words[0], "-@:+!")
			l := g.from(s.text.At(s.line))
			l.env, l.words = knownEnvironment(environment), expandUnit(words, environment)
			if len(l.words) == 0 {
				continue // nothing but a variable that is not set
			}
			l.unit, l.user = strings.TrimSuffix(u.name, ".service"), u.value("Service", "User")
			l.once = s.key == "ExecStartPre"
			l.dir, l.newRoot = workingDirectory(u), unitRoot(u)
			l.daemon = s.key == "ExecStart" && u.value("Service", "Type") != "oneshot"
			l.killed = u.value("Service", "Type") == "oneshot" && !isYes(u.value("Service", "RemainAfterExit"))
			if s.key == "ExecStart" {
				l.socket = slices.DeleteFunc(slices.Clone(sockets), func(l Listen) bool { return l.Port == 0 })
			}
			g.through(r.via, func() { g.startUnit(l, u, r, sockets) })
		}
	}
}

// unitCommands parts a line at its lone semicolons (systemd.service(5)).
func unitCommands(words []string) (commands [][]string) {
	for len(words) > 0 {
		i := slices.Index(words, ";")
		if i < 0 {
			i = len(words)
		}
		if i > 0 {
			commands = append(commands, words[:i:i])
		}
		words = words[min(i+1, len(words)):]
	}
	return commands
}

func (g *boot) startUnit(l *launch, u unit, r reached, sockets []Listen) {
	if c, ok := g.console(u.instance, strings.Join(l.words, " "), l.cmd.Location); ok && len(sockets) == 0 {
		c.Uncertain = l.cmd.Conditional
		if isSulogin(l.words) && isYes(l.env["SYSTEMD_SULOGIN_FORCE"].text) && g.rootIsLocked() {
			c.Shell = Yes
		}
		g.consoles = append(g.consoles, c)
		g.consoleScripts(l, strings.Join(l.words, " "), false)
		return
	}
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	if len(g.commands) < maxBootCommands {
		g.commands = append(g.commands, BootCommand{*l.cmd, g.steps()})
	}
	before, added := len(g.services), g.units.added
	g.launch(l)
	if l.daemon && g.units.added == added {
		g.unknownUnit(l)
	}
	if confined(u) && len(sockets) == 0 {
		for i := before; i < len(g.services); i++ {
			g.services[i].confined = true
		}
	}
	for i := before; i < len(g.services); i++ {
		s := &g.services[i]
		s.Unit = l.unit
		if _, known := daemonNamed(s.Name); !known {
			s.Name = l.unit
		}
		s.Places = append(s.Places, u.place(), r.place)
		for _, k := range sockets {
			s.Places = append(s.Places, k.Location)
		}
	}
}

// unknownUnit notes a unit that keeps a program running which is a script.
func (g *boot) unknownUnit(l *launch) {
	called, ok := g.find(l.words[0])
	if !ok {
		return
	}
	if f, _ := g.root.Lookup(called); g.executable(f) && !slices.Contains(shellNames, path.Base(called)) {
		g.add(l, Service{Name: l.unit, Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps()})
	}
}

// environment reads the variables that a unit sets.
func (g *boot) environment(u unit) map[string]string {
	env := map[string]string{}
	put := func(s string) {
		if k, v, ok := strings.Cut(s, "="); ok && len(env) < 1024 {
			env[strings.TrimSpace(k)] = strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	for _, s := range u.values("Service", "Environment") {
		for _, w := range unitWords(s.value) {
			put(w)
		}
	}
	for _, s := range u.values("Service", "EnvironmentFile") {
		if t, ok := g.texts.Get(g.root, strings.TrimPrefix(s.value, "-")); ok {
			for line := range t.Lines() {
				if !strings.HasPrefix(strings.TrimSpace(line.Text), "#") {
					put(line.Text)
				}
			}
		}
	}
	return env
}

// expandUnit replaces $NAME (split at blanks) and ${NAME}; an unset one is empty.
func expandUnit(words []string, env map[string]string) []string {
	var out []string
	for _, w := range words {
		name, ok := strings.CutPrefix(w, "$")
		if ok && !strings.HasPrefix(name, "{") && !strings.ContainsAny(name, "$/ ") {
			out = append(out, strings.Fields(env[name])...)
			continue
		}
		for range 8 {
			i := strings.Index(w, "${")
			j := strings.IndexByte(w[max(i, 0):], '}')
			if i < 0 || j < 0 || len(w) > maxWord {
				break
			}
			w = w[:i] + env[w[i+2:i+j]] + w[i+j+1:]
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out[:min(len(out), maxFields)]
}

// unitWords splits a command line as systemd does: blanks, quotes of both
// kinds, backslashes.
func unitWords(s string) []string {
	var words []string
	var b strings.Builder
	open, quote := false, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			open = true
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteByte(c)
			}
		case c == '"' || c == '\'':
			quote, open = c, true
		case c == ' ' || c == '\t':
			if open {
				words = append(words, b.String())
				b.Reset()
				open = false
			}
		default:
			b.WriteByte(c)
			open = true
		}
	}
	if open {
		words = append(words, b.String())
	}
	return words
}
