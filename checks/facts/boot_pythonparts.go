package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay/checks/facts/packages"
)

// maxImported bounds the names that one import of Python lists.
const maxImported = 32

var (
	// pythonFrom is "from MODULE import NAMES", with the dots of a package's own modules.
	pythonFrom = lazy(`(?m)^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#;]*))`)
	// pythonImport is "import MODULE, MODULE as NAME".
	pythonImport = lazy(`(?m)^[ \t]*import[ \t]+([\w., \t]+)`)
)

// pythonParts are the modules that a program in Python takes in: from its own folder, from
// the package that it belongs to, counted from the package's root, and, if it is nothing
// but the way into a package, from that. Packages of others are not followed.
func (g *boot) pythonParts(t Text) (all []Text) {
	dir := path.Dir(t.File.Name)
	add := func(base, module, names string) {
		name := path.Join(base, strings.ReplaceAll(module, ".", "/"))
		candidates := []string{name + ".py", name + "/__init__.py"}
		for i, n := range strings.FieldsFunc(names, func(c rune) bool { return c == ',' || c == '\n' }) {
			if n, _, _ = strings.Cut(strings.TrimSpace(n), " "); i < maxImported && n != "" && n != "*" {
				candidates = append(candidates, name+"/"+n+".py", name+"/"+n+"/__init__.py")
			}
		}
		for _, c := range candidates {
			if part, ok := g.texts.Get(g.root, c); ok && path.Clean(c) != "__init__.py" {
				all = append(all, part)
			}
		}
	}
	add(dir, "__init__", "")
	absolute := func(module, names string) {
		for _, base := range g.pythonRoots(t, module) {
			add(base, module, names)
		}
	}
	for _, m := range pythonFrom.Get().FindAllStringSubmatch(t.Content, maxCalls) {
		if dots := len(m[1]); dots > 0 {
			add(path.Join(dir, strings.Repeat("../", dots-1)), m[2], m[3]+m[4])
		} else {
			absolute(m[2], m[3]+m[4])
		}
	}
	for _, m := range pythonImport.Get().FindAllStringSubmatch(t.Content, maxCalls) {
		for module := range strings.SplitSeq(m[1], ",") {
			module, _, _ = strings.Cut(strings.TrimSpace(module), " ")
			absolute(module, "")
		}
	}
	return all
}

// pythonRoots are the folders from which a module's name is meant, as far as they hold
// what is the program's own.
func (g *boot) pythonRoots(t Text, module string) (roots []string) {
	top, _, _ := strings.Cut(module, ".")
	if top == "" {
		return nil
	}
	dir := path.Dir(t.File.Name)
	roots = append(roots, dir)
	for d := dir; d != "." && d != "/"; d = path.Dir(d) {
		if path.Base(d) == top {
			roots = append(roots, path.Dir(d))
		}
	}
	if isWayIn(t) {
		for _, lib := range g.pythonFolders(&launch{cmd: &Command{}}) {
			if packages.IsLibraryFolder(path.Base(lib)) {
				roots = append(roots, lib)
			}
		}
	}
	return roots
}

// isWayIn reports whether a program is what pip writes for an entry point of a package: a
// few lines in a folder of programs that call one function and end with what it returns.
func isWayIn(t Text) bool {
	const longest = 1024
	return path.Base(path.Dir(t.File.Name)) == "bin" && len(t.Content) < longest && strings.Contains(t.Content, "sys.exit(")
}
