package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Console is a place where a person beside the device gets a prompt: a serial
// line, a screen, or the kernel's own command line.
type Console struct {
	Root      string         `json:"root"`
	Device    string         `json:"device,omitempty"`    // ttyS0, tty2, …; empty is the system console
	Virtual   bool           `json:"virtual"`             // a screen and keyboard, no serial line
	Shell     Known          `json:"shell"`               // a shell without a password
	Program   string         `json:"program"`             // what is run there
	Uncertain bool           `json:"uncertain,omitempty"` // under a condition that was left undecided
	Failsafe  bool           `json:"failsafe,omitempty"`  // in OpenWrt's failsafe mode, which a person calls while the device starts
	Location  assay.Location `json:"location"`
}

// Consoles are the consoles of the image.
var Consoles = &Fact[[]Console]{
	Name:    "consoles",
	Version: 8,
	Doc:     "Serial lines, screens and kernel command lines, and whether they give a shell without a password.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]Console, error) {
		g, err := Boot.Of(o)
		return g.Consoles, err
	},
}

// console reads what init runs on a terminal; false if it is no prompt.
func (g *boot) console(device, process string, at assay.Location) (Console, bool) {
	words := strings.Fields(process)
	if strings.ContainsAny(process, `"'`) {
		words = unitWords(process)
	}
	shell, prompt := g.prompt(words, 0)
	if !prompt {
		return Console{}, false
	}
	if d := terminalOf(words); d != "" {
		device = d
	}
	return Console{
		Root: g.root.Path, Device: device, Virtual: isVirtual(device), Shell: shell,
		Program: strings.Join(words, " "), Location: at,
	}, true
}

// terminalOf finds the terminal among the arguments of a getty.
func terminalOf(words []string) string {
	for _, w := range words[min(1, len(words)):] {
		w = strings.TrimPrefix(w, "/dev/")
		if strings.HasPrefix(w, "tty") || strings.HasPrefix(w, "hvc") || w == "console" {
			return w
		}
	}
	return ""
}

// isVirtual reports whether a terminal is one of the screens tty1, tty2, ….
func isVirtual(device string) bool {
	n, ok := strings.CutPrefix(device, "tty")
	return ok && isNumber(n)
}

var shellNames = []string{"sh", "ash", "bash", "dash", "ksh", "mksh", "zsh", "hush"}

// prompt tells whether a program asks people for something, and whether it
// gives them a shell without a password.
func (g *boot) prompt(words []string, depth int) (shell Known, prompt bool) {
	words = unwrapCommand(words)
	if len(words) > 1 && path.Base(words[0]) == "cttyhack" {
		words = words[1:]
	}
	if len(words) == 0 || depth > 4 {
		return Unknown, false
	}
	args := words[1:]
	switch name := strings.TrimPrefix(path.Base(words[0]), "-"); {
	case slices.Contains(shellNames, name):
		if slices.ContainsFunc(args, func(a string) bool { return a == "-c" || !strings.HasPrefix(a, "-") }) {
			return Unknown, false // it runs a script
		}
		return Yes, true
	case strings.HasSuffix(name, "getty"):
		return g.getty(name, args, depth), true
	case name == "login":
		return KnownOf(skipsPassword(args)), true
	case name == "su":
		return Yes, opensShell(args) // the superuser is asked for nothing
	case name == "sulogin" || name == "systemd-sulogin-shell":
		return KnownOf(hasFlag(args, "-e", "--force") && g.rootIsLocked()), true
	}
	return g.scriptPrompt(words, depth)
}

// opensShell reports whether su is given no command: "su - USER".
func opensShell(args []string) bool {
	names := 0
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case slices.Contains([]string{"-s", "-g", "-G", "-w", "--shell", "--group", "--supp-group", "--whitelist-environment"}, a):
			i++
		case strings.HasPrefix(a, "--command") || isShort(a, 'c'):
			return false
		case !strings.HasPrefix(a, "-"):
			names++
		}
	}
	return names < 2
}

// scriptPrompt looks into a script that stands in for login.
func (g *boot) scriptPrompt(words []string, depth int) (Known, bool) {
	name, ok := g.find(words[0])
	if !ok {
		return Unknown, false
	}
	f, _ := g.root.Lookup(name)
	t, isText := g.texts.Of(f)
	if !isText || shellOf(t.Content) == "" {
		return Unknown, false
	}
	stmts, _ := g.texts.scripts.parse(f.Name, t.Content)
	shell, prompt := Unknown, false
	w := *g.world
	w.left = 2000
	pipeline := 0
	w.run = func(_ *shellRun, c *Command) outcome {
		fed := c.Pipeline != 0 && c.Pipeline == pipeline // by the command before
		if pipeline = c.Pipeline; fed || readsElsewhere(c) {
			return unsure
		}
		if s, ok := g.prompt(append([]string{c.Name}, c.Args...), depth+1); ok {
			switch {
			case !prompt && !c.Conditional:
				shell = s
			case shell != s:
				shell = Unknown
			}
			prompt = true
		}
		return unsure
	}
	newShellRun(&w, t, valuesOf(words[1:]), true).stmts(stmts)
	return shell, prompt
}

// readsElsewhere reports whether a command of a script does not read from the
// terminal of the script.
func readsElsewhere(c *Command) bool {
	for _, d := range c.Redirects {
		if strings.HasPrefix(strings.TrimPrefix(d.Op, "0"), "<") {
			_, terminal := terminalPath(d.Word)
			return !terminal && d.Op != "<&"
		}
	}
	return c.Background
}

// kernelShell finds kernel parameters that turn the first program into a shell.
var kernelShell = lazy(`(?:^|[\s"'=])((?:rd)?init=(?:/\w+)*/(?:sh|ash|bash|dash|ksh|mksh|zsh|hush)|systemd\.debug[-_]shell(?:=(?:1|yes|on|true|(?:/dev/)?(?:tty|hvc)\w+))?)(?:[\s"';]|$)`)

// kernelConsoles reads the kernel command lines of boot loader settings.
func kernelConsoles(img *firmware.Image, set *TextSet) []Console {
	found := []Console{}
	for _, t := range set.Where(func(f *firmware.File) bool { return isLoaderFile(f.Name) || isLoaderEnvironment(f) }) {
		if !strings.Contains(t.Content, "init=") && !strings.Contains(t.Content, "debug") {
			continue
		}
		for line := range t.Lines() {
			s := strings.TrimSpace(line.Text)
			if strings.HasPrefix(s, "#") || strings.HasPrefix(s, ";") {
				continue
			}
			if m := kernelShell.Get().FindStringSubmatch(s); m != nil {
				found = append(found, Console{Root: t.File.Container.Path, Device: "kernel", Shell: Yes, Program: m[1], Location: t.At(line)})
			}
		}
	}
	return found
}

// isLoaderFile names files in which boot loaders find the kernel command line.
func isLoaderFile(name string) bool {
	switch base := path.Base(name); base {
	case "cmdline.txt", "extlinux.conf", "syslinux.cfg", "isolinux.cfg", "grub.cfg", "grub.conf", "menu.lst", "uEnv.txt", "bootargs", "boot.cmd", "boot.txt", "armbianEnv.txt", "nuttx.cfg", "barebox.env":
		return true
	default:
		dir := path.Dir(name)
		return strings.HasSuffix(dir, "loader/entries") && strings.HasSuffix(base, ".conf")
	}
}
