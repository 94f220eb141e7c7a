package facts

import (
	"path"
	"slices"
	"strings"
)

// Limits of Apache's settings. Debian keeps two files for each of some 150 modules.
const (
	maxApacheFiles = 512
	maxApacheBytes = 4 << 20
	maxApacheDepth = 16 // files that take in one another
)

// apacheFiles are the usual settings of Apache.
var apacheFiles = []string{"etc/apache2/apache2.conf", "etc/apache2/httpd.conf", "etc/httpd/conf/httpd.conf", "etc/httpd/httpd.conf", "usr/local/apache2/conf/httpd.conf", "opt/apache2/conf/httpd.conf"}

// apacheReader reads Listen and SSLEngine of Apache's files.
type apacheReader struct {
	g       *boot
	s       *Service
	root    string // from which relative names are meant
	modules apacheModules
	ssl     bool
	lost    bool // modules are loaded by files that the image does not hold
	files   int
	bytes   int
}

func settleApache(g *boot, s *Service) {
	a := &apacheReader{g: g, s: s, modules: apacheModules{}}
	if t, ok := g.settingsOf(s, flagValues(s.Args, "-f"), apacheFiles...); ok {
		a.root = firstOf(flagValues(s.Args, "-d"), strings.TrimSuffix("/"+path.Dir(t.File.Name), "/conf"))
		if len(flagValues(s.Args, "-f")) > 0 && path.Dir(t.File.Name) == "etc" {
			a.root = "/etc/apache2"
		}
		a.take(t, 0)
	}
	for i := range s.Listens {
		if l := &s.Listens[i]; l.Port == 443 && !a.ssl {
			if l.TLS = No; a.lost {
				l.TLS = Unknown
			}
		}
	}
	g.settleIfEmpty(s)
}

// unread notes settings that were not seen.
func (a *apacheReader) unread(name string) {
	if a.s.Unread == "" {
		a.s.Unread = cleanName(name)
	}
}

func (a *apacheReader) take(t Text, depth int) {
	a.files, a.bytes = a.files+1, a.bytes+len(t.Content)
	if a.files > maxApacheFiles || a.bytes > maxApacheBytes || depth > maxApacheDepth {
		a.unread(t.File.Name)
		return
	}
	a.s.Places = append(a.s.Places, At(t.File))
	blocks, off := 0, 0 // blocks IfModule, and the one from which nothing counts
	for _, kv := range parseKeyValues(t) {
		switch key := strings.ToLower(kv.key); {
		case key == "<ifmodule":
			if blocks++; off == 0 && !a.modules.holds(kv.value) {
				off = blocks
			}
		case key == "</ifmodule>":
			if blocks--; off > blocks {
				off = 0
			}
		case off == 0:
			a.set(key, kv, depth)
		}
	}
}

func (a *apacheReader) set(key string, kv keyValue, depth int) {
	switch value := strings.Trim(kv.value, `"`); key {
	case "serverroot":
		a.root = value
	case "loadmodule":
		a.modules[strings.ToLower(firstOf(strings.Fields(value), ""))] = true
	case "listen":
		address, port := parseAddress(firstOf(strings.Fields(value), ""))
		a.s.Listens = append(a.s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: KnownOf(port == 443), Location: kv.at})
	case "sslengine":
		a.ssl = a.ssl || strings.EqualFold(value, "on")
	case "include", "includeoptional":
		a.include(value, depth)
	}
}

// include takes in the files of a name, a pattern or a folder. Files that load modules and
// are not there, as the links that a package makes when it is set up, leave open which
// modules there are.
func (a *apacheReader) include(name string, depth int) {
	if !strings.HasPrefix(name, "/") {
		name = path.Join("/", a.root, name)
	}
	files := a.g.glob(name)
	if len(files) == 1 {
		if _, isFolder := a.g.dirs[cleanName(files[0])]; isFolder {
			files = a.g.glob(files[0] + "/*")
		}
	}
	if len(files) == 0 {
		a.g.takesIn(a.s, name)
	}
	found := slices.ContainsFunc(files, func(f string) bool {
		_, ok := a.g.texts.Get(a.g.root, f)
		return ok
	})
	if strings.HasSuffix(name, ".load") && !found {
		a.lost = true
		a.unread(name)
	}
	for _, f := range files {
		if t, ok := a.g.texts.Get(a.g.root, f); ok {
			a.take(t, depth+1)
		}
	}
}

// apacheModules are those that the settings have loaded so far (httpd, mod_so).
type apacheModules map[string]bool

// holds judges the condition of IfModule, a module or the file of its source, with "!"
// for the opposite. Where the settings load none, all may be built in, and any counts.
func (m apacheModules) holds(condition string) bool {
	if len(m) == 0 {
		return true
	}
	name, not := strings.CutPrefix(strings.ToLower(strings.Trim(condition, `> "`)), "!")
	if inner, ok := strings.CutSuffix(strings.TrimPrefix(name, "mod_"), ".c"); ok {
		name = inner + "_module"
	}
	return m[name] != not
}
