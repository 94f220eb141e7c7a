package lifecycle

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed writable_path.md
var writablePathDoc string

// WritablePath fails an image in which everyone may change programs or settings.
var WritablePath = &checks.Check{
	ID:        "lifecycle/writable-path",
	Title:     "nobody but their owner may change programs and settings",
	Doc:       writablePathDoc,
	Remedy:    "Take the write permission for others off (chmod o-w).",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware,
	Severity:  assay.High,
	Provision: []string{"5.6-7"},
	Version:   2,
	Needs:     checks.Needs(facts.WritableTrees, facts.Roots, facts.Boot),
	Run:       writablePath,
}

func writablePath(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	trees := checks.Ask(c, facts.WritableTrees)
	var started map[string]bool
	if len(trees) > 0 {
		boot, _ := checks.Try(c, facts.Boot) // it only makes a finding graver
		started = startedFrom(boot)
	}
	for _, t := range trees {
		severity := assay.Low
		if t.Program || started[t.Root+"!"+t.Name] {
			severity = assay.High
		}
		found = append(found, checks.Observed(severity, writableMessage(t), t.Places...))
	}
	return withModes(c, found)
}

// settingsEndings are those of scripts and settings that a program is given.
var settingsEndings = []string{".sh", ".py", ".lua", ".js", ".php", ".pl", ".conf", ".cfg", ".cnf", ".ini", ".json", ".xml", ".yaml", ".yml", ".toml"}

// startedFrom are the files from which the boot starts something, and the folders above
// them, by container and name: programs, scripts, and the settings that they are given.
func startedFrom(boot facts.BootGraph) map[string]bool {
	started := map[string]bool{}
	note := func(root, name string) {
		for name = path.Clean("/" + name); name != "/"; name = path.Dir(name) {
			if key := root + "!" + name[1:]; !started[key] {
				started[key] = true
				continue
			}
			return
		}
	}
	for _, s := range boot.Services {
		if s.Started {
			note(s.Root, s.Program)
		}
	}
	for _, c := range boot.Commands {
		i := strings.LastIndexByte(c.Location.Path, '!')
		if i < 0 {
			continue
		}
		root := c.Location.Path[:i]
		note(root, c.Location.Path[i+1:]) // that says the command
		if strings.HasPrefix(c.Name, "/") {
			note(root, c.Name)
		}
		for _, a := range c.Args {
			if strings.HasPrefix(a, "/") && slices.Contains(settingsEndings, path.Ext(a)) {
				note(root, a)
			}
		}
	}
	return started
}

func writableMessage(t facts.WritableTree) string {
	switch {
	case t.Name == "":
		return fmt.Sprintf("most of the root file system is writable by everyone: %d files and %d folders", t.Files, t.Folders)
	case !t.Folder:
		return "file " + t.Name + " is writable by everyone"
	case t.Files+t.Folders > 1:
		return fmt.Sprintf("folder %s is writable by everyone, and %d files and folders in it", t.Name, t.Files+t.Folders-1)
	}
	return "folder " + t.Name + " is writable by everyone"
}
