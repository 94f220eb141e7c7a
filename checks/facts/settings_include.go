package facts

import (
	"path"
	"slices"
	"strings"
)

// includeForm is how the settings of a web server name other files.
type includeForm struct {
	parse  func(Text) []statement
	folder func(Text) string // from which names are meant, with its slash
}

var (
	lighttpdForm = includeForm{parseLighttpd, func(t Text) string { return "/" + strings.TrimSuffix(t.File.Name, path.Base(t.File.Name)) }}
	nginxForm    = includeForm{nginxServers, func(Text) string { return "/etc/nginx/" }}
)

// included puts the statements of included files where they are named. left is
// how many more files it reads.
func (g *boot) included(s *Service, t Text, form includeForm, blocks []string, left *int) []statement {
	var all []statement
	for _, st := range form.parse(t) {
		st.blocks = append(slices.Clone(blocks), st.blocks...)
		if st.key != "include" {
			all = append(all, st)
			continue
		}
		name := st.value
		if !strings.HasPrefix(name, "/") {
			name = form.folder(t) + name
		}
		files := []string{name}
		if strings.ContainsAny(name, "*?[") {
			if files = g.glob(name); len(files) == 0 {
				g.takesIn(s, name)
			}
		}
		for _, f := range files {
			if *left--; *left < 0 || len(all) > maxStatements {
				return all
			}
			if inc, ok := g.takesIn(s, f); ok {
				all = append(all, g.included(s, inc, form, st.blocks, left)...)
			}
		}
	}
	return all
}
