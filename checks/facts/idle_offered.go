package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// OfferedSettings are the settings that a program offers in a folder NAME-available and
// that nothing took up: the folder NAME-enabled beside it has no link to them, and no
// text takes them up. So Debian ships Apache, nginx, lighttpd and FreeRADIUS.
var OfferedSettings = &Fact[[]string]{
	Name:    "offered-settings",
	Version: 3,
	Doc:     "Settings in folders NAME-available that no link in NAME-enabled and no text takes up, by their paths.",
	Needs:   []Node{Tree, Texts},
	Observe: func(o *Observer) ([]string, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		return offeredSettings(img, texts), nil
	},
}

func offeredSettings(img *firmware.Image, texts *TextSet) []string {
	taken := map[string][]string{} // by the container and folder NAME-enabled: what it has, and where its links lead
	for _, f := range img.Files {
		if f.Container == nil {
			continue
		}
		if f.Kind == firmware.Directory && strings.HasSuffix(f.Name, "-enabled") { // empty, it takes up nothing
			at := f.Container.Path + "!" + f.Name
			taken[at] = append(taken[at], "")
		}
		if dir := path.Dir(f.Name); strings.HasSuffix(dir, "-enabled") {
			at := f.Container.Path + "!" + dir
			taken[at] = append(taken[at], path.Base(f.Name), path.Base(f.Link))
		}
	}
	offered := []string{}
	if len(taken) == 0 {
		return offered
	}
	for _, f := range img.Files {
		if f.Kind != firmware.Regular || f.Container == nil {
			continue
		}
		kind, ok := strings.CutSuffix(path.Dir(f.Name), "-available")
		names, sibling := taken[f.Container.Path+"!"+kind+"-enabled"]
		if ok && sibling && !slices.Contains(names, path.Base(f.Name)) {
			offered = append(offered, f.Path)
		}
	}
	if len(offered) == 0 {
		return offered
	}
	named, patterns := map[string]bool{}, map[string]bool{} // "sites-available/x", as settings include it
	for _, t := range texts.Where(func(f *firmware.File) bool {
		return !isFileList(f.Name) && !isReadme(f.Name) && ClassOf(f.Path) == Product
	}) {
		eachTakenUp(t, func(p string) {
			if len(patterns) < maxTakenUp {
				patterns[p] = true
			}
		})
		if !strings.Contains(t.Content, availableFolder) {
			continue
		}
		for l := range t.Lines() {
			if !isComment(l.Text) {
				nameOffered(l.Text, func(name string) {
					if tail(t.File.Name) != name { // its own heading
						named[name] = true
					}
				})
			}
		}
	}
	return slices.DeleteFunc(offered, func(p string) bool {
		if named[tail(p)] {
			return true
		}
		for pattern := range patterns {
			if fits, _ := path.Match(pattern, tail(p)); fits {
				return true
			}
		}
		return false
	})
}

// isReadme reports whether a file tells people how to use what lies beside it.
func isReadme(name string) bool { return strings.HasPrefix(strings.ToLower(path.Base(name)), "readme") }

const availableFolder = "-available/"

// nameOffered calls found with each "NAME-available/x" of a line.
func nameOffered(line string, found func(name string)) {
	const ends = " \t\"'`=<>(){};,|&"
	for {
		at := strings.Index(line, availableFolder)
		if at < 0 {
			return
		}
		past := at + len(availableFolder)
		end := len(line)
		if n := strings.IndexAny(line[past:], ends+"/"); n >= 0 {
			end = past + n
		}
		found(line[strings.LastIndexAny(line[:at], ends+"/")+1 : end])
		line = line[end:]
	}
}

// tail is a path's last folder and name.
func tail(p string) string { return path.Base(path.Dir(p)) + "/" + path.Base(p) }
