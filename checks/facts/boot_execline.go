package facts

import (
	"path"
	"slices"
	"strings"
)

// execlineWords are the commands of execline and s6 that end in running another
// program, which stands in the same line or below.
var execlineWords = []string{
	"background", "backtick", "cd", "define", "emptyenv", "envfile", "exec", "export", "exportall", "fdblock", "fdclose", "fdmove", "fdreserve", "fdswap",
	"foreground", "forx", "forstdin", "getcwd", "getpid", "heredoc", "if", "ifelse", "ifte", "ifthenelse", "importas", "loopwhilex", "multidefine", "multisubstitute",
	"piperw", "posix-cd", "posix-umask", "redirfd", "runblock", "shift", "tryexec", "umask", "unexport", "wait", "withstdinas",
	"s6-applyuidgid", "s6-clock", "s6-cleanfifodir", "s6-echo", "s6-envdir", "s6-envuidgid", "s6-fghack", "s6-mkfifodir", "s6-notifyoncheck", "s6-setlock", "s6-setsid",
	"s6-setuidgid", "s6-softlimit", "s6-sudo", "s6-log", "s6-tai64n", "with-contenv", "fdmove", "cat", "echo", "true",
}

// execline follows a script of execline as far as its lines name programs: each
// word that is a program starts one with the rest of its line.
func (g *boot) execline(l *launch, t Text) {
	found := false
	for line := range t.Lines() {
		words := unitWords(line.Text)
		for i, w := range words {
			if strings.HasPrefix(w, "#") {
				break
			}
			if slices.Contains(execlineWords, path.Base(w)) || strings.HasPrefix(w, "-") {
				continue
			}
			_, known := daemonOf(path.Base(w), "")
			if _, there := g.find(w); !there && !known {
				continue
			}
			m := *l
			m.words = slices.DeleteFunc(slices.Clone(words[i:]), func(w string) bool { return w == "{" || w == "}" })
			c := *l.cmd
			c.Name, c.Args, c.Location = m.words[0], m.words[1:], t.At(line)
			m.cmd = &c
			g.tell(&c)
			g.launch(&m)
			found = true
			break
		}
	}
	if !found {
		g.unjudge(l.cmd.Location, "it is a script of execline that starts nothing that is known")
	}
}
