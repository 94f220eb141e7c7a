package sbom

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
)

// links finds what the parts need: by the package databases, by the libraries
// that their programs are linked with, and by the modules built into them.
type links struct {
	list     []part
	packages map[string][]int         // by kind and name
	byPath   map[string][]int         // parts seen in a file
	programs map[string]facts.Program // by path
	provides map[string]string        // path of a library, by root and name
}

func newLinks(list []part, programs []facts.Program) *links {
	l := &links{list: list, packages: map[string][]int{}, byPath: map[string][]int{}, programs: map[string]facts.Program{}, provides: map[string]string{}}
	for i, p := range list {
		l.packages[p.Kind+"\x00"+strings.ToLower(p.Name)] = append(l.packages[p.Kind+"\x00"+strings.ToLower(p.Name)], i)
		for _, place := range p.Places {
			l.byPath[place.Path] = append(l.byPath[place.Path], i)
		}
	}
	for _, p := range programs {
		l.programs[p.Location.Path] = p
		for _, name := range []string{p.Soname, p.Base()} {
			if key := p.Root + "\x00" + name; name != "" && l.provides[key] == "" {
				l.provides[key] = p.Location.Path
			}
		}
	}
	return l
}

// of gives the parts that one needs, sorted, itself left out.
func (l *links) of(i int) []int {
	p := l.list[i]
	var needs []int
	for _, name := range p.Depends {
		needs = append(needs, l.packages[p.Kind+"\x00"+strings.ToLower(name)]...)
	}
	for _, f := range p.files {
		program := l.programs[f.Path]
		for _, library := range program.Needed {
			if at, ok := l.provides[program.Root+"\x00"+path.Base(library)]; ok {
				needs = append(needs, l.itself(at)...)
			}
		}
		for _, n := range l.byPath[f.Path] {
			if l.list[n].OfLanguage() {
				needs = append(needs, n)
			}
		}
	}
	slices.Sort(needs)
	return slices.DeleteFunc(slices.Compact(needs), func(n int) bool { return n == i })
}

// itself are the parts that a file is, not those that are built into it.
func (l *links) itself(at string) []int {
	return slices.DeleteFunc(slices.Clone(l.byPath[at]), func(n int) bool { return l.list[n].OfLanguage() })
}
