package facts

import (
	"path"
	"strings"
)

// lineScripts are the commands that fetch something and stand on a line of a file that
// is no script: in units of systemd, in inittab and in tables of cron.
func lineScripts(v *updateView) (texts []Text, scripts []Script) {
	for _, t := range v.texts.In(v.root) {
		read := commandLine(t)
		if read == nil {
			continue
		}
		for l := range t.Lines() {
			command, ok := read(l.Text)
			if !ok || !fetchWords.In(command) {
				continue
			}
			at := t.At(l)
			texts = append(texts, Text{File: t.File, Content: shellText(command), place: &at})
		}
	}
	r := scriptReader{texts: v.texts}
	for _, t := range texts {
		scripts = append(scripts, r.read(t))
	}
	return texts, scripts
}

// fetchWords are programs that fetch.
var fetchWords = newLiterals([]string{"wget", "curl", "uclient-fetch", "tftp", "ftpget", "aria2c"})

// commandLine says how the lines of a file tell commands; nil for other files.
func commandLine(t Text) func(line string) (string, bool) {
	name := "/" + t.File.Name
	switch dir := path.Base(path.Dir(name)); {
	case strings.HasSuffix(name, ".service"):
		return unitCommand
	case strings.HasSuffix(name, "/etc/inittab"):
		return func(line string) (string, bool) {
			f := strings.SplitN(line, ":", 4)
			return f[len(f)-1], len(f) == 4 && !strings.HasPrefix(line, "#")
		}
	case dir == "crontabs":
		return func(line string) (string, bool) { c, _, ok := cronJob(line, false); return c, ok }
	case dir == "cron.d", strings.HasSuffix(name, "/etc/crontab"):
		return func(line string) (string, bool) { c, _, ok := cronJob(line, true); return c, ok }
	}
	return nil
}

// unitCommand reads ExecStart= and its kin (systemd.service(5)).
func unitCommand(line string) (string, bool) {
	name, command, _ := strings.Cut(strings.TrimSpace(line), "=")
	if !strings.HasPrefix(name, "Exec") {
		return "", false
	}
	command = strings.TrimLeft(strings.TrimSpace(command), "-@+!:")
	return strings.NewReplacer("%%", "%", "$$", "$").Replace(command), command != ""
}

// shellCommand is the text that a line hands to a shell.
var shellCommand = lazy(`^\S*(?:sh|busybox\s+sh)\s+(?:-[a-z]+\s+)*-[a-z]*c\s+(?:"(.*)"|'(.*)')\s*$`)

// shellText is what a shell is to run: the text in quotes behind sh -c, or the line.
func shellText(command string) string {
	if m := shellCommand.Get().FindStringSubmatch(strings.TrimSpace(command)); m != nil {
		return strings.ReplaceAll(m[1], `\"`, `"`) + m[2]
	}
	return command
}
