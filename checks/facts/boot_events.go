package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// eventTable is where a program keeps the commands that events run.
type eventTable struct {
	flags   []string // of the program that name a table or a folder of them
	tables  []string // files and folders without one
	command func(line string) string
}

// commandTables are those of programs that wait for keys, changed files and power.
var commandTables = map[string]eventTable{
	"acpid":              {[]string{"-c", "--confdir"}, []string{"etc/acpi/events"}, assigned("action")},
	"triggerhappy":       {[]string{"--triggers"}, []string{"etc/triggerhappy/triggers.d"}, fromField(2)},
	"thd":                {[]string{"--triggers"}, []string{"etc/triggerhappy/triggers.d"}, fromField(2)},
	"irexec":             {nil, []string{"etc/lirc/lircrc", "etc/lirc/irexec.lircrc", "root/.lircrc"}, assigned("config")},
	"input-event-daemon": {[]string{"-c", "--config"}, []string{"etc/input-event-daemon.conf"}, behindEqual},
	"incrond":            {nil, []string{"etc/incron.d", "var/spool/incron"}, fromField(2)},
	"watchdog":           {[]string{"-c", "--config-file"}, []string{"etc/watchdog.conf"}, assigned("test-binary", "repair-binary")},
}

// assigned takes the value of "KEY = COMMAND".
func assigned(keys ...string) func(string) string {
	return func(line string) string {
		key, value, _ := strings.Cut(line, "=")
		for _, k := range keys {
			if strings.TrimSpace(key) == k {
				return strings.TrimSpace(value)
			}
		}
		return ""
	}
}

func behindEqual(line string) string {
	_, value, _ := strings.Cut(line, "=")
	return strings.TrimSpace(value)
}

// fromField takes the words from the one with that index on.
func fromField(n int) func(string) string {
	return func(line string) string {
		words := strings.Fields(line)
		return strings.Join(words[min(n, len(words)):], " ")
	}
}

// eventTables follows the commands that a program runs on events by its tables.
func (g *boot) eventTables(l *launch, name string, args []string) {
	e, ok := commandTables[name]
	if !ok {
		g.sourcedHooks(name)
		return
	}
	tables := e.tables
	if named := flagValues(args, e.flags...); len(named) > 0 {
		tables = named
	}
	for _, t := range tables {
		t = l.abs(t)
		if Unresolved(t) {
			g.unjudge(l.cmd.Location, "its table of commands is only known to the running device")
			continue
		}
		g.eventTable(l, cleanName(t), e.command)
	}
}

// eventTable follows one table, or those in a folder.
func (g *boot) eventTable(l *launch, name string, command func(string) string) {
	names := []string{name}
	if f, ok := g.root.Lookup(name); ok && f.Kind == firmware.Directory {
		names = g.filesIn(name)
	}
	for _, n := range names {
		parts, known := g.partsOf(n)
		if !known {
			g.unjudge(l.cmd.Location, "its table "+n+" comes from elsewhere")
		}
		for _, p := range parts {
			for line := range p.text.Lines() {
				if text := strings.TrimSpace(line.Text); text != "" && text[0] != '#' && text[0] != '[' {
					g.hookLine(l, p.text, line, command(text))
				}
			}
		}
	}
}

// sourcedHooks follows the hooks that dhclient's script takes in; they need no
// execute bit.
func (g *boot) sourcedHooks(name string) {
	if name != "dhclient" {
		return
	}
	for _, when := range []string{"enter", "exit"} {
		base := "etc/dhcp/dhclient-" + when + "-hooks"
		for _, hook := range append([]string{base, path.Join("etc", path.Base(base))}, g.filesIn(base+".d")...) {
			if f, ok := g.root.Lookup(hook); ok && f.Kind == firmware.Regular {
				g.taken(f)
			}
		}
	}
}
