package facts

import (
	"path"
	"slices"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay/firmware"
)

// jshnFile is the library by which OpenWrt's scripts read and write JSON. It keeps
// a document in variables whose names it puts together, so that each call runs
// hundreds of assignments of its own; followed, they were half of all commands of
// a router's scripts and told nothing, as what a document holds is known on the
// running device alone.
const jshnFile = "jshn.sh"

// jshn gives what a call of the library does for its caller; nil for any other
// function, and for those that run a program or a function of the caller. The
// library's own entry has its commands.
func (r *shellRun) jshn(name string, f shellFunc) func(*shellRun, []shellValue) (outcome, flow) {
	if !strings.HasPrefix(name, "json_") || path.Base(f.src.File.Name) != jshnFile {
		return nil
	}
	known := jshnCalls[name]
	if known == nil || !r.world.texts.jshn.has(*f.src) {
		return nil
	}
	return known
}

// jshnLibraries remembers which files are the library, as it is called often.
type jshnLibraries struct {
	mu   sync.Mutex
	seen map[*firmware.File]jshnLibrary
}

type jshnLibrary struct {
	content string
	is      bool
}

func (l *jshnLibraries) has(t Text) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if got, ok := l.seen[t.File]; ok && got.content == t.Content {
		return got.is
	}
	if l.seen == nil {
		l.seen = map[*firmware.File]jshnLibrary{}
	}
	is := keepsBooks(t.Content)
	l.seen[t.File] = jshnLibrary{t.Content, is}
	return is
}

// keepsBooks reports whether the functions of a file do nothing but set variables,
// those excepted that are followed anyway: a file may have the library's name and
// start a service.
func keepsBooks(content string) bool {
	stmts, problem := parseScript(jshnFile, content)
	own, harmless := map[string]bool{}, problem == ""
	followed := func(name string) bool { return strings.HasPrefix(name, "json_") && jshnCalls[name] == nil }
	for _, s := range stmts {
		if f, ok := s.Cmd.(*syntax.FuncDecl); ok && f.Name != nil {
			own[f.Name.Value] = !followed(f.Name.Value)
		}
	}
	look := func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			harmless = harmless && !n.Background && !slices.ContainsFunc(n.Redirs, func(d *syntax.Redirect) bool { return d.Op != syntax.DplOut })
		case *syntax.CallExpr:
			harmless = harmless && (len(n.Args) == 0 || own[n.Args[0].Lit()] || setsVariables(n.Args))
		}
		return harmless
	}
	for _, s := range stmts {
		if f, ok := s.Cmd.(*syntax.FuncDecl); ok && f.Name != nil && !followed(f.Name.Value) {
			syntax.Walk(f.Body, look)
		}
	}
	return harmless
}

// setsVariables reports whether a command is one of the shell's own that run no
// other. What is evaluated may only begin with the name of a variable.
func setsVariables(words []*syntax.Word) bool {
	switch words[0].Lit() {
	case "local", "export", "unset", "let", "set", "shift", "return", "break", "continue", "echo", "true", "false", ":", "[", "test":
		return true
	case "eval":
		quoted, ok := words[len(words)-1].Parts[0].(*syntax.DblQuoted)
		if len(words) != 2 || !ok || len(quoted.Parts) == 0 {
			return false
		}
		lit, ok := quoted.Parts[0].(*syntax.Lit)
		return !ok || strings.HasPrefix(lit.Value, "export -- ")
	}
	return false
}

var jshnCalls = map[string]func(*shellRun, []shellValue) (outcome, flow){
	"json_init": jshnWrites, "json_cleanup": jshnWrites,
	"json_add_object": jshnWrites, "json_close_object": jshnWrites,
	"json_add_array": jshnWrites, "json_close_array": jshnWrites,
	"json_add_string": jshnWrites, "json_add_int": jshnWrites, "json_add_boolean": jshnWrites,
	"json_add_double": jshnWrites, "json_add_null": jshnWrites,
	"json_select": jshnAsks, "json_is_a": jshnAsks,
	"json_get_type": jshnReads, "json_get_keys": jshnReads, "json_get_values": jshnReads,
	"json_get_index": jshnReads, "json_get_var": jshnReads,
	"json_get_vars": func(r *shellRun, names []shellValue) (outcome, flow) {
		for _, n := range names {
			n.text, _, _ = strings.Cut(n.text, ":") // the value that it has otherwise
			jshnReads(r, []shellValue{n})
		}
		return unsure, goesOn
	},
}

// jshnWrites changes the document, which nobody here looks into.
func jshnWrites(*shellRun, []shellValue) (outcome, flow) { return works, goesOn }

// jshnAsks is a question about the document.
func jshnAsks(*shellRun, []shellValue) (outcome, flow) { return unsure, goesOn }

// jshnReads puts something of the document into the variable that is named first.
func jshnReads(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) > 0 && a[0].known && a[0].text != "" {
		r.assign(a[0].text, shellValue{text: "$" + a[0].text})
	}
	return unsure, goesOn
}
