package facts

import (
	"path"
	"slices"
	"strings"
)

// isAccountTarget reports whether a path is that of a passwd or shadow file,
// not of a program, lock or folder of the name.
func isAccountTarget(name string) bool {
	dir, base := path.Split(name)
	if base != "passwd" && base != "shadow" || !strings.Contains(name, "/") {
		return false
	}
	return !slices.Contains([]string{"bin", "sbin", "pam.d", "init.d", "lock", "config", "cracklib", "applets"}, path.Base(dir))
}

// accountFileWrites finds what a command that is no tool for passwords writes
// to passwd and shadow.
func (r *commandReader) accountFileWrites(i int, program string, args []string) {
	for _, d := range r.at(i).Redirects {
		if op := strings.TrimLeft(d.Op, "1"); (op == ">" || op == ">>" || op == ">|") && isAccountTarget(d.Word) {
			text, ok := r.output(i)
			r.accountLines(i, d.Word, text, ok)
		}
	}
	if !slices.ContainsFunc(args, func(a string) bool { return isAccountTarget(strings.TrimPrefix(a, "of=")) }) && !copiesInto(program, args) {
		return
	}
	last := lastOf(args)
	switch program {
	case "tee", "sponge", "dd":
		for _, a := range args {
			if strings.HasPrefix(a, "of=") || program != "dd" && isAccountTarget(a) {
				text, _, ok := r.input(i)
				r.accountLines(i, strings.TrimPrefix(a, "of="), text, ok)
			}
		}
	case "cp", "mv", "install", "ln", "mount":
		r.copied(i, args)
	case "sed":
		if hasFlag(args, "-i", "--in-place") || slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-i") }) {
			r.edited(i, args)
		}
	case "perl", "awk", "gawk", "ed", "ex", "vi", "patch", "python", "python3", "lua":
		if program != "awk" && program != "gawk" || slices.Contains(args, "inplace") {
			r.unclear(i, "", last)
		}
	}
}

// copiesInto reports whether files of accounts are copied into a folder.
func copiesInto(program string, args []string) bool {
	return slices.Contains([]string{"cp", "mv", "install"}, program) && len(args) > 1 &&
		slices.ContainsFunc(args[:len(args)-1], isAccountTarget)
}

// copied looks at the file that becomes passwd or shadow. One that is in the
// image under such a name is among the accounts anyway.
func (r *commandReader) copied(i int, args []string) {
	words := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
	if len(words) < 2 {
		return
	}
	to := lastOf(words)
	for _, from := range words[:len(words)-1] {
		target := to
		if !isAccountTarget(to) {
			if target = path.Join(to, path.Base(from)); !isAccountTarget(from) || !strings.HasSuffix(strings.TrimSuffix(to, "/"), "etc") {
				continue
			}
		}
		content, ok := r.read(from)
		if !ok || accountForm(from) == "" {
			r.accountLines(i, target, content, ok)
		}
	}
}

// accountLines reads lines of a passwd or shadow file that a command writes.
func (r *commandReader) accountLines(i int, file, text string, known bool) {
	if !known {
		r.unclear(i, "", file)
		return
	}
	for line := range strings.Lines(text) {
		field := strings.Split(strings.TrimRight(line, "\r\n"), ":")
		switch {
		case strings.TrimSpace(line) == "" || line[0] == '#':
		case len(field) < 3 || field[0] == "":
			r.unclear(i, "", file)
		default:
			before := len(r.found)
			r.add(i, field[0], field[1], false)
			for j := range r.found[before:] {
				w := &r.found[before+j]
				if w.File = file; path.Base(file) == "passwd" {
					w.UID = atoiOr(field[2])
				}
			}
		}
	}
}

// edited reads the expressions of "sed -i".
func (r *commandReader) edited(i int, args []string) {
	file := lastOf(args)
	var programs []string
	for j, a := range args {
		if (a == "-e" || a == "--expression") && j+1 < len(args) {
			programs = append(programs, args[j+1])
		}
	}
	if programs == nil {
		if j := slices.IndexFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") }); j >= 0 && args[j] != file {
			programs = args[j : j+1]
		}
	}
	if programs == nil {
		r.unclear(i, "", file)
	}
	for _, p := range programs {
		account, field, ok := sedPassword(p)
		switch {
		case ok && account == "":
		case !ok:
			r.unclear(i, "", file)
		default:
			r.add(i, account, field, false)
		}
	}
}

var (
	sedDelete = lazy(`^/[^/]*/d$`)
	sedName   = lazy(`^\^?(?:\\\(|\()?\^?([a-z_][a-z0-9_-]*)`)
)

// sedPassword reads "s/^root:[^:]*:/root::/": the account and its second field.
// The account is empty where no password is changed; ok is false where that is
// not understood.
func sedPassword(program string) (account, field string, ok bool) {
	if sedDelete.Get().MatchString(program) {
		return "", "", true
	}
	if len(program) < 4 || program[0] != 's' {
		return "", "", false
	}
	parts := sedParts(program[1:])
	if len(parts) != 3 || strings.Trim(parts[2], "g0123456789") != "" {
		return "", "", false
	}
	m := sedName.Get().FindStringSubmatch(parts[0])
	name, rest, found := strings.Cut(parts[1], ":")
	if m == nil || !found || name != m[1] && name != `\1` {
		return "", "", false
	}
	field, _, _ = strings.Cut(rest, ":")
	if field == "" && !strings.Contains(rest, ":") && !strings.HasSuffix(strings.TrimSuffix(parts[0], "$"), ":") {
		return "", "", false // what the field becomes depends on what follows
	}
	if strings.Contains(field, `\`) || strings.Contains(field, "&") {
		return "", "", false
	}
	return m[1], field, true
}

// sedParts splits at the delimiter, which is the first character and may stand
// escaped.
func sedParts(s string) []string {
	mark, parts, cur := s[0], []string{}, strings.Builder{}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			if s[i+1] != mark {
				cur.WriteByte('\\')
			}
			i++
			cur.WriteByte(s[i])
		case s[i] == mark:
			parts = append(parts, cur.String())
			cur.Reset()
		default:
			cur.WriteByte(s[i])
		}
	}
	return append(parts, cur.String())
}
