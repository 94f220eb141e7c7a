package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// Programs that a web server runs because its settings say so, wherever they lie:
// lighttpd's cgi.assign, scripts behind nginx and fcgiwrap, the handler of uhttpd, and the
// controllers of LuCI that ask for no login.

// maxServed bounds the rules of one root.
const maxServed = 256

// servedRule says which files below a folder are run.
type servedRule struct {
	dir    string // without "/" at its ends
	ending string // of the name; empty if every file is run
	script bool   // only a file that says by what it is run
}

// servedPages are the rules of the web servers that are started.
type servedPages struct {
	rules []servedRule
	luci  bool
}

// served reads the settings of the started web servers.
func (g *boot) served() servedPages {
	var p servedPages
	_, p.luci = g.dirs[luciControllers]
	wrapped := slices.ContainsFunc(g.commands, func(c *BootCommand) bool {
		name, args := c.Effective()
		return path.Base(name) == "fcgiwrap" || path.Base(name) == "spawn-fcgi" && slices.ContainsFunc(args, func(a string) bool { return path.Base(a) == "fcgiwrap" })
	}) || slices.ContainsFunc(g.services, func(s Service) bool { return s.Started && s.Name == "fcgiwrap" })
	for i := range g.services {
		s := g.services[i] // a copy: what is missing the settling notes
		if !s.Started || s.Kind != KindWeb {
			continue
		}
		switch {
		case s.Name == "lighttpd":
			if t, ok := g.settingsOf(&s, flagValues(s.Args, "-f"), "etc/lighttpd/lighttpd.conf"); ok {
				left := maxInclude
				p.rules = append(p.rules, lighttpdPages(g.included(&s, t, lighttpdForm, nil, &left))...)
			}
		case s.Name == "nginx" && wrapped:
			if t, ok := g.settingsOf(&s, flagValues(s.Args, "-c"), "etc/nginx/nginx.conf"); ok {
				left := maxInclude
				p.rules = append(p.rules, wrappedPages(g.included(&s, t, nginxForm, nil, &left))...)
			}
		case s.Name == "uhttpd":
			for _, handler := range flagValues(s.Args, "-L") {
				p.rules = append(p.rules, servedRule{dir: path.Dir(cleanName(handler)), ending: "/" + path.Base(handler)})
			}
		}
	}
	p.rules = p.rules[:min(len(p.rules), maxServed)]
	return p
}

// lighttpdPages are the files that cgi.assign names, by their endings, in the folder of
// pages and those that alias.url puts beside it.
func lighttpdPages(all []statement) (rules []servedRule) {
	var dirs, aliases, endings []string
	everywhere := false // every file is run, whatever the address
	for _, st := range all {
		switch st.key {
		case "server.document-root":
			dirs = append(dirs, strings.Trim(st.value, `"`))
		case "alias.url":
			for _, pair := range quotedPairs.Get().FindAllStringSubmatch(st.value, maxServed) {
				aliases = append(aliases, pair[2])
			}
		case "cgi.assign":
			for _, pair := range quotedPairs.Get().FindAllStringSubmatch(st.value, maxServed) {
				endings = append(endings, pair[1])
				everywhere = everywhere || pair[1] == "" && len(st.blocks) == 0
			}
		}
	}
	for _, e := range endings {
		among := aliases
		if e != "" || everywhere {
			among = slices.Concat(dirs, aliases)
		}
		for _, dir := range among {
			if strings.HasPrefix(dir, "/") && len(rules) < maxServed {
				rules = append(rules, servedRule{dir: cleanName(dir), ending: e, script: e == ""})
			}
		}
	}
	return rules
}

var quotedPairs = lazy(`"([^"]*)"\s*=>\s*"([^"]*)"`)

// wrappedPages are the scripts in the folders of the blocks from which nginx hands on to
// fcgiwrap.
func wrappedPages(all []statement) (rules []servedRule) {
	handsOn := func(blocks []string) bool {
		return slices.ContainsFunc(all, func(st statement) bool {
			return st.key == "fastcgi_pass" && len(st.blocks) >= len(blocks) && slices.Equal(st.blocks[:len(blocks)], blocks)
		})
	}
	for _, st := range all {
		value := st.value
		switch st.key {
		case "root", "alias":
		case "fastcgi_param":
			name, file, _ := strings.Cut(value, " ")
			if name != "SCRIPT_FILENAME" {
				continue
			}
			value, _, _ = strings.Cut(strings.TrimSpace(file), "$")
		default:
			continue
		}
		if dir := cleanName(value); strings.HasPrefix(value, "/") && dir != "" && dir != "." && len(rules) < maxServed && handsOn(st.blocks) {
			rules = append(rules, servedRule{dir: dir, script: true})
		}
	}
	return rules
}

const luciControllers = "usr/lib/lua/luci/controller"

// runs reports whether a started web server runs a file.
func (p *servedPages) runs(g *boot, f *firmware.File) bool {
	if isPage(f.Name) {
		return true
	}
	if p.luci && strings.HasPrefix(f.Name, luciControllers+"/") && strings.HasSuffix(f.Name, ".lua") {
		t, ok := g.texts.Of(f)
		return ok && asksNoLogin(t.Content)
	}
	for _, r := range p.rules {
		if rest, below := strings.CutPrefix(f.Name, r.dir); below && strings.HasPrefix(rest, "/") && strings.HasSuffix(rest, r.ending) {
			if !r.script {
				return true
			}
			if t, ok := g.texts.Of(f); ok && strings.HasPrefix(t.Content, "#!") {
				return true
			}
		}
	}
	return false
}

var (
	luciEntry = lazy(`\bentry\s*\(\s*\{\s*["']([\w-]+)["'][^\n]*`)
	luciOpen  = lazy(`\bsysauth\s*=\s*false\b`)
)

// asksNoLogin reports whether a controller of LuCI has pages for those who did not log
// in: it says so, or its pages do not hang below one of those that ask for a login.
func asksNoLogin(content string) bool {
	if luciOpen.Get().MatchString(content) {
		return true
	}
	for _, m := range luciEntry.Get().FindAllStringSubmatch(content, maxServed) {
		if !slices.Contains([]string{"admin", "mini", "servicectl"}, m[1]) && !strings.Contains(content, "sysauth") {
			return true
		}
	}
	return false
}

// isShellPage reports whether a page is commands of a shell.
func isShellPage(t Text) bool {
	if strings.HasPrefix(t.Content, "#!") {
		return shellOf(t.Content) != ""
	}
	return path.Ext(t.File.Name) == ".sh" || path.Ext(t.File.Name) == ".cgi" && programLanguage(t) == ""
}

// haserlVariables are what a page of haserl takes from its visitor, as known to the
// running page alone.
func haserlVariables(content string) map[string]shellValue {
	vars := map[string]shellValue{}
	for _, m := range haserlVariable.Get().FindAllString(content, maxHaserlVariables) {
		vars[m] = shellValue{text: "$" + m}
	}
	return vars
}
