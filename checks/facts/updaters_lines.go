package facts

import (
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// lineScripts are the commands that fetch something and stand on a line of a table.
func lineScripts(v *updateView) (texts []Text, scripts []Script) {
	for _, t := range v.texts.Where(func(f *firmware.File) bool { return f.Container == v.root && isTable(f) }) {
		eachTableCommand(t, func(at assay.Location, command string) {
			if fetchWords.In(command) {
				texts = append(texts, Text{File: t.File, Content: shellText(command), place: &at})
			}
		})
	}
	r := scriptReader{texts: v.texts}
	for _, t := range texts {
		scripts = append(scripts, r.read(t))
	}
	return texts, scripts
}

// fetchWords are programs that fetch.
var fetchWords = newLiterals([]string{"wget", "curl", "uclient-fetch", "tftp", "ftpget", "aria2c"})

// shellCommand is the text that a line hands to a shell.
var shellCommand = lazy(`^\S*(?:sh|busybox\s+sh)\s+(?:-[a-z]+\s+)*-[a-z]*c\s+(?:"(.*)"|'(.*)')\s*$`)

// shellText is what a shell is to run: the text in quotes behind sh -c, or the line.
func shellText(command string) string {
	if m := shellCommand.Get().FindStringSubmatch(strings.TrimSpace(command)); m != nil {
		return strings.ReplaceAll(m[1], `\"`, `"`) + m[2]
	}
	return command
}
