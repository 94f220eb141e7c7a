package facts

import (
	"path"
	"slices"
	"strings"
)

// option is one of a command line with its value, if it takes one.
type option struct{ name, value string }

// gettyValues are the short options of busybox's getty and of agetty that take a value,
// loginValues those of login; its -f stands alone in some, with a name in others.
const (
	gettyValues = "aHIfltor"
	loginValues = "hH"
)

// longValues are the long ones that are read here.
var longValues = []string{"--autologin", "--login-program", "--loginprog", "--login-options"}

// options reads short options, also joined ones and those with their value in the same
// word, and long ones; the rest are the other words.
func options(args []string, valued string) (found []option, rest []string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		next := func() string {
			if i+1 < len(args) {
				i++
				return args[i]
			}
			return ""
		}
		switch {
		case a == "--":
			return found, append(rest, args[i+1:]...)
		case strings.HasPrefix(a, "--"):
			name, value, joined := strings.Cut(a, "=")
			if !joined && slices.Contains(longValues, name) {
				value = next()
			}
			found = append(found, option{name, value})
		case len(a) > 1 && a[0] == '-':
			for j := 1; j < len(a); j++ {
				o := option{name: "-" + a[j:j+1]}
				if strings.IndexByte(valued, a[j]) >= 0 {
					if o.value = a[j+1:]; o.value == "" {
						o.value = next()
					}
					j = len(a)
				}
				found = append(found, o)
			}
		default:
			rest = append(rest, a)
		}
	}
	return found, rest
}

// skipsPassword reports whether login takes the name that it is given (-f) for known.
func skipsPassword(args []string) bool {
	found, _ := options(args, loginValues)
	return slices.ContainsFunc(found, func(o option) bool { return o.name == "-f" })
}

// getty reads the arguments of busybox's getty, agetty and mingetty. The getty of
// HiSilicon's kits takes the name of who is logged in behind -n, where others take none:
// with them -n alone lets login ask.
func (g *boot) getty(name string, args []string, depth int) Known {
	if name == "mgetty" { // its -a means another thing
		return No
	}
	found, rest := options(args, gettyValues)
	program, asks := "", true
	for _, o := range found {
		switch o.name {
		case "-a", "--autologin":
			return Yes
		case "-l", "--login-program", "--loginprog":
			program, asks = o.value, false
		case "-o", "--login-options":
			if skipsPassword(strings.Fields(o.value)) {
				return Yes
			}
		}
	}
	if i := slices.Index(args, "-n"); asks && i >= 0 && i+1 < len(args) && slices.Contains(rest, args[i+1]) && args[i+1] == "root" {
		return Yes
	}
	if asks {
		return No
	}
	words := strings.Fields(program)
	if len(words) > 0 && path.Base(words[0]) == "autologin" && !g.isScriptNamed(words[0]) {
		return Yes
	}
	if shell, ok := g.prompt(words, depth+1); ok {
		return shell
	}
	return Unknown
}

// isScriptNamed reports whether a program is a script of a shell, which can be read.
func (g *boot) isScriptNamed(name string) bool {
	called, ok := g.find(name)
	if !ok {
		return false
	}
	f, ok := g.root.Lookup(called)
	return ok && g.isScript(f)
}
