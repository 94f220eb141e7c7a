package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// isTable reports whether the lines of a file tell commands: of units of systemd, inittab,
// tables of cron, rules of udev.
func isTable(f *firmware.File) bool { return tableReader(f) != nil }

// eachTableCommand gives the commands of such a file, each with its line. One that a
// backslash goes on with stands where it begins.
func eachTableCommand(t Text, found func(at assay.Location, command string)) {
	read := tableReader(t.File)
	goesOn := !isCronTable(t.File.Name)
	var open Line // whose end is still to come
	n := 0
	for l := range t.Lines() {
		if open.Text != "" {
			l = Line{open.Number, open.Offset, open.Text + " " + strings.TrimSpace(l.Text)}
			open = Line{}
		}
		if more, ok := strings.CutSuffix(l.Text, `\`); goesOn && ok && len(more) < maxWord {
			open = Line{l.Number, l.Offset, more}
			continue
		}
		for _, command := range read(l.Text) {
			if n++; n > maxHandedLines {
				return
			}
			found(t.At(l), command)
		}
	}
}

// tableReader says how the lines of a file tell commands; nil for other files.
func tableReader(f *firmware.File) func(line string) []string {
	if f.Kind != firmware.Regular {
		return nil
	}
	switch base := path.Base(f.Name); {
	case strings.HasSuffix(base, ".service"):
		return unitCommand
	case strings.HasSuffix(base, ".rules") && path.Base(path.Dir(f.Name)) == "rules.d":
		return udevCommands
	case base == "inittab":
		return inittabCommand
	case isCronTable(f.Name):
		system := cronFolder(f.Name) == "cron.d" || base == "crontab"
		return func(line string) []string {
			if c, _, ok := cronJob(line, system); ok {
				return []string{c}
			}
			return nil
		}
	}
	return nil
}

// isCronTable knows the tables of cron by where they stand.
func isCronTable(name string) bool {
	if path.Base(name) == "crontab" {
		return path.Base(path.Dir(name)) == "etc"
	}
	switch cronFolder(name) {
	case "crontabs", "cron.d":
		return !strings.HasPrefix(path.Base(name), ".")
	case "cron":
		return strings.HasSuffix(path.Dir(name), "spool/cron")
	}
	return false
}

func cronFolder(name string) string { return path.Base(path.Dir(name)) }

// unitCommand reads ExecStart= and its kin (systemd.service(5)).
func unitCommand(line string) []string {
	name, command, _ := strings.Cut(strings.TrimSpace(line), "=")
	if !strings.HasPrefix(name, "Exec") {
		return nil
	}
	command = strings.TrimLeft(strings.TrimSpace(command), "-@+!:")
	if command == "" {
		return nil
	}
	if strings.IndexByte(command, '%') >= 0 || strings.Contains(command, "$$") {
		command = strings.NewReplacer("%%", "%", "$$", "$").Replace(command)
	}
	return []string{command}
}

func inittabCommand(line string) []string {
	f := strings.SplitN(line, ":", 4)
	if len(f) != 4 || f[3] == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	return []string{strings.TrimLeft(f[3], "-@+ ")}
}

// udevCommands reads what a rule runs; its names for the device are variables that nobody
// knows.
func udevCommands(line string) []string {
	if !strings.Contains(line, "RUN") || strings.HasPrefix(strings.TrimSpace(line), "#") {
		return nil
	}
	var commands []string
	for _, a := range udevActions(line) {
		if !strings.Contains(a.Name, "SYSTEMD_WANTS") && a.Value != "" {
			commands = append(commands, udevNames.Replace(a.Value))
		}
	}
	return commands
}

// isCronTime reports whether a line begins with the five fields of a time, which may be
// stars as a comment has them.
func isCronTime(line string) bool {
	for range 5 {
		field, rest, ok := strings.Cut(line, " ")
		if !ok || strings.Trim(field, "0123456789*,-/") != "" || strings.HasSuffix(field, "*/") {
			return false
		}
		line = strings.TrimLeft(rest, " ")
	}
	return true
}
