package facts

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Pages of a web server that are programs (CGI): whoever reaches the server sets them in
// motion. They belong to the device that runs, not to its boot, so that of all they do
// only what opens the device counts: a shell for others, or Telnet.

// maxPages bounds the pages of one root.
const maxPages = 2048

// pageFolders are what the folders of such pages are called, and pageEndings their names.
var (
	pageFolders = []string{"cgi-bin", "cgi"}
	pageEndings = []string{".cgi", ".sh", ".php"}
)

// pages follows the scripts that a web server runs, where one is started.
func (g *boot) pages() {
	if !slices.ContainsFunc(g.services, func(s Service) bool { return s.Started && s.Kind == KindWeb }) {
		return
	}
	var open []Unjudged
	served := g.served()
	g.aside(func() {
		n := 0
		for _, f := range g.img.Files {
			if f.Container != g.root || f.Kind != firmware.Regular || !served.runs(g, f) || ClassOf(f.Path) != Product {
				continue
			}
			if n++; n > maxPages || g.world.left <= 0 {
				open = append(open, Unjudged{"not all pages of the web server were looked at, as there are too many", At(f)})
				return
			}
			known := len(g.init.Unjudged)
			if t, ok := g.texts.Of(f); ok {
				g.onEvent(func() { g.page(f, t, &open) })
				open = append(open, cutShort(g.init.Unjudged[known:])...)
			} else if g.programs[f.Name].Kind == "" && f.Size > MaxText {
				open = append(open, Unjudged{"it is a page of the web server that is too long to be read", At(f)})
			} else if g.executable(f) {
				g.compiledCalls(g.from(At(f)), f)
				open = append(open, g.init.Unjudged[known:]...)
			}
		}
	})
	for _, u := range open {
		g.unjudge(u.Location, u.Reason)
	}
}

// cutShort are those of some commands that were not followed because of a limit.
func cutShort(all []Unjudged) []Unjudged {
	return slices.DeleteFunc(slices.Clone(all), func(u Unjudged) bool { return u.Reason != tooDeeply })
}

// page follows one page.
func (g *boot) page(f *firmware.File, t Text, open *[]Unjudged) {
	l := g.from(At(f))
	l.words = []string{"/" + f.Name}
	asHaserl := isHaserl(t.Content)
	if asHaserl {
		l.env = haserlVariables(t.Content)
		t.Content = haserlCommands(t.Content)
	}
	if reason, at := g.handsQuery(l, t, asHaserl); reason != "" {
		*open = append(*open, Unjudged{reason, at})
	}
	switch {
	case asHaserl && g.executable(f):
		g.follow(l, t, nil)
	case asHaserl:
	case strings.HasPrefix(t.Content, "#!") && shellOf(t.Content) != "":
		g.scriptText(l, f, t, nil)
	case programLanguage(t) != "":
		g.callsOut(l, t, "")
	}
}

// isPage reports whether a web server runs a file of that name.
func isPage(name string) bool {
	folders := strings.Split(path.Dir(name), "/")
	if slices.ContainsFunc(folders, func(dir string) bool { return slices.Contains(pageFolders, dir) }) {
		return true
	}
	return slices.Contains(pageEndings, path.Ext(name)) && slices.ContainsFunc(folders, func(dir string) bool {
		return slices.Contains([]string{"www", "web", "webroot", "html", "htdocs", "httpd", "webpages"}, dir)
	})
}

// handsQuery notes a page that runs what its visitor writes: RFC 3875 hands that over as
// QUERY_STRING, headers as HTTP_…, and the body as the input. It says why a page may.
func (g *boot) handsQuery(l *launch, t Text, asHaserl bool) (reason string, at assay.Location) {
	how, number := notGiven, 0
	if language := programLanguage(t); asHaserl || isShellPage(t) {
		given, line := g.shellGiven(t, false)
		how, number = given, int(line)
	} else {
		given, offset := languageQuery(language, t.Content, g.sinksOf(t, language))
		how, number = given, 1+strings.Count(t.Content[:min(len(t.Content), offset+1)], "\n")
	}
	at = At(t.File)
	for line := range t.Lines() {
		if line.Number == number {
			at = t.At(line)
		}
	}
	switch how {
	case asGiven:
		m := *l
		m.cmd = &Command{Conditional: true, Location: at}
		g.add(&m, Service{Name: path.Base(t.File.Name), Kind: KindWeb, Program: t.File.Name, Started: true, Via: g.steps(), Shell: true, Visitor: true, Anonymous: Yes})
	case maybeGiven:
		return path.Base(t.File.Name) + " may run what its visitor writes", at
	}
	return "", at
}

// aside follows what only the running device does, and keeps of it what opens the device.
func (g *boot) aside(follow func()) {
	services, commands, consoles, ssh, passwords := len(g.services), len(g.commands), len(g.consoles), len(g.ssh), len(g.passwords)
	problem, unjudged, odd := g.init.Problem, g.init.Unjudged, g.init.Odd
	touched, brought, replaced, mounted := maps.Clone(g.touched), maps.Clone(g.brought), maps.Clone(g.replaced), maps.Clone(g.mounted)
	runnable, memory, written, awaited := maps.Clone(g.runnable), maps.Clone(g.memory), maps.Clone(g.written), maps.Clone(g.awaited)
	places := make([][]assay.Location, services)
	for i := range places {
		places[i] = g.services[i].Places
	}
	follow()
	found := slices.DeleteFunc(slices.Clone(g.services[services:]), func(s Service) bool {
		return !s.Started || !s.Shell && s.Kind != KindTelnet && s.Kind != KindRemote && s.Kind != KindADB
	})
	g.services = append(g.services[:services], found...)
	for i := range places {
		g.services[i].Places = places[i]
	}
	g.commands, g.consoles, g.ssh, g.passwords = g.commands[:commands], g.consoles[:consoles], g.ssh[:ssh], g.passwords[:passwords]
	g.init.Problem, g.init.Unjudged, g.init.Odd = problem, unjudged[:len(unjudged):len(unjudged)], odd
	g.touched, g.brought, g.replaced, g.mounted = touched, brought, replaced, mounted
	g.runnable, g.memory, g.written, g.awaited = runnable, memory, written, awaited
}
