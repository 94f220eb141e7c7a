package storages

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/wordsearch"
	"github.com/assay-iot/assay/firmware"
)

// Reset is a way to bring the device back to its state as sold.
type Reset struct {
	Trigger  string         `json:"trigger"`           // button, web, script, program
	How      string         `json:"how"`               // the command or function, as "jffs2reset"
	Wipes    string         `json:"wipes,omitempty"`   // paths, a device, a partition, "overlay", "nvram"; several stand with blanks between
	Files    bool           `json:"files,omitempty"`   // it removes single files, and no folder
	Mention  bool           `json:"mention,omitempty"` // only named in a program; what it does cannot be seen
	Root     string         `json:"root"`
	Location assay.Location `json:"location"`
}

// The triggers of a reset.
const (
	ByButton  = "button"
	ByWeb     = "web"
	ByScript  = "script"
	ByProgram = "program"
)

// Resets are the factory resets of the image: programs that do it, scripts of
// buttons and pages that start it, and what they wipe.
var Resets = &facts.Fact[[]Reset]{
	Name:    "resets",
	Version: 5,
	Doc:     "Factory resets: who starts them and what they wipe.",
	Needs:   []facts.Node{facts.Texts, facts.Scripts, resetNames},
	Observe: func(o *facts.Observer) ([]Reset, error) {
		scripts, err := facts.Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := facts.Texts.Of(o)
		if err != nil {
			return nil, err
		}
		all, err := resetNames.Of(o)
		if err != nil {
			return nil, err
		}
		all = slices.Clone(all)
		for _, s := range scripts {
			named := soundsLikeReset(s.Name)
			var off []string // folders that the script unmounts
			for _, c := range s.Commands.All() {
				how, wipes := resetBy(s, named, &c)
				if how != "" {
					r := Reset{Trigger: triggerOf(s.Name), How: how, Wipes: wipes, Root: s.Root(), Location: c.Location}
					if how == "rm" {
						r.Wipes = stillMounted(wipes, off)
						r.Files = !c.Has("-r", "-R", "--recursive") && !strings.ContainsAny(wipes, " *?$")
					}
					all = append(all, r)
				}
				off = unmounted(off, &c)
			}
		}
		all = append(all, pageResets(texts)...)
		slices.SortStableFunc(all, func(a, b Reset) int { return cmp.Or(a.Location.Compare(b.Location), cmp.Compare(a.How, b.How)) })
		return slices.Compact(all), nil
	},
}

// unmounted adds the folders that a command takes off; whatever is mounted may be any.
func unmounted(off []string, c *facts.Command) []string {
	switch c.Program() {
	case "mount":
		return nil
	case "umount":
		_, args := c.Effective()
		for _, a := range args {
			if strings.HasPrefix(a, "/") {
				off = append(off, path.Clean(a))
			}
		}
	}
	return off
}

// stillMounted leaves out what a removal names below a folder that was unmounted before:
// only an empty folder is there then. Nothing left is not known.
func stillMounted(wipes string, off []string) string {
	if len(off) == 0 {
		return wipes
	}
	kept := slices.DeleteFunc(strings.Fields(wipes), func(w string) bool {
		return slices.ContainsFunc(off, func(dir string) bool { return inFolder(path.Clean(strings.TrimRight(w, "*")), dir) })
	})
	return strings.Join(kept, " ")
}

// triggerOf says by its path who runs a script.
func triggerOf(name string) string {
	switch {
	case strings.HasPrefix(name, "etc/rc.button/"), strings.HasPrefix(name, "etc/hotplug.d/button/"), strings.HasPrefix(name, "etc/acpi/"), strings.Contains(path.Base(name), "button"):
		return ByButton
	case strings.Contains(name, "cgi-bin/"), strings.HasPrefix(name, "www/"), strings.HasPrefix(name, "srv/"), strings.HasPrefix(name, "var/www/"), path.Ext(name) == ".cgi":
		return ByWeb
	}
	return ByScript
}

// soundsLikeReset reports whether a script's name speaks of a reset; commands
// that wipe something are one only there.
func soundsLikeReset(name string) bool {
	return namesReset(path.Base(name)) || facts.ContainsWord(path.Base(name), "default", "erase", "restore", "firstboot")
}

// namesReset is the narrower question for functions and variables.
func namesReset(name string) bool { return facts.ContainsWord(name, "reset", "factory", "wipe") }

// resetBy gives how a command of a script, whose name may speak of a reset, resets the
// device and what it wipes; empty if it does not.
func resetBy(s facts.Script, named bool, c *facts.Command) (how, wipes string) {
	_, args := c.Effective()
	program := c.Program()
	switch program {
	case "firstboot", "jffs2reset":
		if facts.PartOfUpdater(s.Name) {
			return "", ""
		}
		return program, "overlay"
	case "mtd":
		if slices.Contains(args, "erase") {
			if part := args[len(args)-1]; strings.Contains(part, "data") || strings.Contains(part, "overlay") || strings.Contains(part, "config") || strings.Contains(part, "nvram") || named {
				return "mtd erase", part
			}
		}
	case "nvram":
		if containsAny(args, "erase", "restore_defaults", "default", "restore") {
			return "nvram " + args[0], "nvram"
		}
	case "ralink_init":
		if slices.Contains(args, "clear") {
			return "ralink_init clear", "nvram"
		}
	}
	if !named && !namesReset(c.Function) {
		return "", ""
	}
	switch {
	case strings.HasPrefix(program, "mkfs"), strings.HasPrefix(program, "mke2fs"), slices.Contains([]string{"mkfs.ext4", "flash_erase", "flash_eraseall", "ubiformat", "ubimkvol", "ubiupdatevol", "wipefs", "blkdiscard", "mkdosfs"}, program):
		return program, lastPath(args)
	case program == "rm" && c.Has("-r", "-R", "-f"):
		return wipedBy(program, args)
	case program == "dd":
		for _, a := range args {
			if strings.HasPrefix(a, "of=/dev/") && (slices.Contains(args, "if=/dev/zero") || slices.Contains(args, "if=/dev/urandom")) {
				return program, a[3:]
			}
		}
	case program == "fw_setenv":
		for _, a := range args {
			if namesReset(a) {
				return "fw_setenv " + a, ""
			}
		}
	}
	return "", ""
}

// wipedBy lists the paths that a removal names, but those that every start
// empties.
func wipedBy(program string, args []string) (how, wipes string) {
	var paths []string
	for _, a := range args {
		if strings.HasPrefix(a, "/") && !strings.HasPrefix(a, "/tmp") && !strings.HasPrefix(a, "/var/run") && !strings.HasPrefix(a, "/var/lock") {
			paths = append(paths, a)
		}
	}
	if paths == nil {
		return "", ""
	}
	return program, strings.Join(paths, " ")
}

func lastPath(args []string) string {
	for _, a := range slices.Backward(args) {
		if strings.HasPrefix(a, "/") {
			return a
		}
	}
	return ""
}

// pageResets are server pages that are no shell scripts (Lua, PHP) and call one
// of OpenWrt's programs.
func pageResets(texts *facts.TextSet) []Reset {
	var all []Reset
	for _, t := range texts.Where(func(f *firmware.File) bool {
		switch path.Ext(f.Name) {
		case ".lua", ".php", ".js", ".uc", ".htm", ".json":
			return true
		}
		return false
	}) {
		for _, word := range []string{"firstboot", "jffs2reset", "mtd -r erase rootfs_data"} {
			if !strings.Contains(t.Content, word) || path.Ext(t.File.Name) == ".json" && t.DescribesInterface() {
				continue
			}
			for l := range t.Lines() {
				if at := indexProgram(l.Text, word); at >= 0 && !l.Commented(at) {
					all = append(all, Reset{Trigger: ByWeb, How: word, Wipes: "overlay", Root: facts.ContainerPath(t.File), Location: t.At(l)})
				}
			}
		}
	}
	return all
}

// indexProgram is where a line names a program, and no file or setting that is called
// after it; -1 if it does not.
func indexProgram(line, name string) int {
	inName := func(b byte) bool {
		return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '.'
	}
	for at := 0; ; {
		i := strings.Index(line[at:], name)
		if i < 0 {
			return -1
		}
		at += i
		end := at + len(name)
		if (at == 0 || !inName(line[at-1])) && (end == len(line) || !inName(line[end]) && line[end] != '/') {
			return at
		}
		at = end
	}
}

// resetFunctions are functions of SDKs that erase what users left.
var resetFunctions = []string{"nvs_flash_erase", "esp_zb_factory_reset", "zb_factory_reset", "emberLeaveNetwork"}

// resetWords in a program say that it knows of a reset.
var resetWords = []string{"factory_reset", "factory-reset", "factoryreset", "FactoryReset", "factory reset", "Factory reset", "Factory Reset", "restore_defaults"}

var resetLiterals = wordsearch.New(append(slices.Clone(resetFunctions), resetWords...))

// resetNames find the programs firstboot and jffs2reset, functions of SDKs in
// flat code, and programs that name a reset.
var resetNames = &facts.Scan[Reset]{
	Name: "reset-names",
	Doc:  "Programs and flat code that reset the device or name a reset.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Raw || f.Kind == firmware.Regular && f.Size > 0
	},
	Words: resetLiterals,
	Spot: func(f *firmware.File, content []byte, words wordsearch.Sights) []Reset {
		r := Reset{Trigger: ByProgram, Root: facts.ContainerPath(f), Location: facts.At(f)}
		base := path.Base(f.Name)
		if f.Kind == firmware.Regular && (base == "firstboot" || base == "jffs2reset") && strings.Contains(f.Name, "bin/") {
			r.How, r.Wipes = base, "overlay"
			return []Reset{r}
		}
		if f.Kind == firmware.Regular && !bytes.HasPrefix(content, []byte("\x7fELF")) {
			return nil
		}
		words.Each(func(word, at int) bool {
			if mention := word >= len(resetFunctions); r.How == "" || !mention {
				r.How, r.Mention = resetLiterals.Words[word], mention
				r.Location = facts.AtSpan(f, at, at+len(r.How))
			}
			return r.Mention // go on until a function is found
		})
		if r.How == "" {
			return nil
		}
		return []Reset{r}
	},
}
