package facts

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// abs makes a name absolute by the folder that the script works in. Where only
// the running device knows the folder, the name is unresolved.
func (r *shellRun) abs(name string) string {
	switch {
	case name == "" || name[0] == '/' || name[0] == '-' || Unresolved(name):
		return name
	case r.dir == "":
		return "$PWD/" + name
	}
	return path.Join(r.dir, name)
}

// changeDir follows "cd FOLDER".
func (r *shellRun) changeDir(args []string) {
	args = skipFlags(append([]string{""}, args...)[1:])
	switch to := lastOf(args); {
	case to == "" || to == "-" || strings.HasPrefix(to, "~") || Unresolved(to):
		r.dir = ""
	default:
		if r.dir = r.abs(to); Unresolved(r.dir) {
			r.dir = ""
		}
	}
	if r.dir != "" {
		r.vars["PWD"] = knownValue(r.dir)
	} else {
		r.vars["PWD"] = shellValue{text: "$PWD"}
	}
}

// globber finds the files that fit a pattern, also a relative one; nil where
// files are not known.
func (r *shellRun) globber() func(string) []string {
	if r.dir == "/" || r.world.glob == nil {
		return r.world.glob
	}
	return r.relativeGlob
}

func (r *shellRun) relativeGlob(pattern string) []string {
	full := r.abs(pattern)
	if full == pattern || Unresolved(full) {
		return r.world.glob(pattern)
	}
	var found []string
	start := strings.TrimSuffix(pattern, strings.TrimPrefix(path.Clean(pattern), "./"))
	for _, f := range r.world.glob(full) {
		if rest, ok := strings.CutPrefix(f, strings.TrimSuffix(r.dir, "/")+"/"); ok {
			found = append(found, start+rest)
		}
	}
	return found
}

// list gives what ls prints of one folder, or of files that are named.
func (r *shellRun) list(args []string) (string, bool) {
	if r.world.glob == nil {
		return "", false
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if strings.Trim(args[0], "-1A") != "" {
			return "", false
		}
		args = args[1:]
	}
	if len(args) > 1 {
		return strings.Join(args, "\n"), true
	}
	dir := r.dir
	if len(args) == 1 {
		dir = r.abs(args[0])
	}
	if dir == "" || Unresolved(dir) {
		return "", false
	}
	if len(args) == 1 && r.world.exists != nil && r.world.exists("-f", dir) == works {
		return args[0], true
	}
	names := r.world.glob(strings.TrimSuffix(dir, "/") + "/*")
	if len(names) == 0 { // perhaps one that the boot makes, or a file
		return "", false
	}
	for i := range names {
		names[i] = path.Base(names[i])
	}
	return strings.Join(names, "\n"), true
}

// workingFolder resolves $(pwd) and "$(cd FOLDER && pwd)".
func (r *shellRun) workingFolder(stmts []*syntax.Stmt) (shellValue, bool) {
	if len(stmts) == 1 {
		if and, ok := stmts[0].Cmd.(*syntax.BinaryCmd); ok && and.Op == syntax.AndStmt {
			stmts = []*syntax.Stmt{and.X, and.Y}
		}
	}
	if len(stmts) == 0 || len(stmts) > 2 || !isCall(stmts[len(stmts)-1], "pwd") {
		return shellValue{}, false
	}
	dir := r.dir
	if len(stmts) == 2 {
		if !isCall(stmts[0], "cd") {
			return shellValue{}, false
		}
		to := lastOf(texts(r.fields(stmts[0].Cmd.(*syntax.CallExpr).Args)))
		dir = r.abs(to)
	}
	return knownValue(dir), dir != "" && !Unresolved(dir) && dir != "cd"
}

// isCall reports whether a statement calls a program by its plain name.
func isCall(s *syntax.Stmt, name string) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) > 0 && call.Args[0].Lit() == name
}

// pattern expands the pattern of ${NAME#PATTERN}. A "!" that a backslash keeps from
// turning a set round goes to the end of the set.
func (r *shellRun) pattern(w *syntax.Word) shellValue {
	if w == nil || len(w.Parts) != 1 {
		return r.word(w)
	}
	lit, ok := w.Parts[0].(*syntax.Lit)
	if !ok {
		return r.word(w)
	}
	before, set, found := strings.Cut(lit.Value, `[\!`)
	inside, after, closed := strings.Cut(set, "]")
	if !found || !closed {
		return r.word(w)
	}
	return knownValue(unescape(before) + "[" + unescape(inside) + "!]" + unescape(after))
}
