package facts

import (
	"path"
	"slices"
	"strings"
)

// languages are those of programs that are texts and no shell scripts.
var languages = map[string]string{".py": "Python", ".lua": "Lua", ".pl": "Perl", ".php": "PHP", ".js": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript", ".rb": "Ruby", ".tcl": "Tcl"}

// interpreters name the languages in a #! line.
var interpreters = []struct{ word, language string }{
	{"python", "Python"}, {"micropython", "Python"}, {"lua", "Lua"}, {"perl", "Perl"}, {"php", "PHP"}, {"node", "JavaScript"}, {"ruby", "Ruby"}, {"tclsh", "Tcl"}, {"ucode", "ucode"},
}

// bringWords fetch in those languages, installWords put software in place.
var (
	bringWords = newLiterals([]string{
		"wget", "curl", "urlretrieve", "urlopen", "urllib", "requests.get", "http.request", "socket.http", "https.get", "http.get", "LWP::", "HTTP::Tiny",
		"file_get_contents", "fetch(", "axios", "Net::HTTP", "ftplib", "paramiko", "luci.http", "uclient",
		"move_uploaded_file", "$_FILES", "php://input", "request.files", "multer", "formidable", // what a page takes in
	})
	installWords = newLiterals([]string{
		"/dev/mtd", "/dev/mmcblk", "/dev/ubi", "/dev/block/", "mtd write", "mtd_write", "flashcp", "flash_write", "nandwrite", "ubiupdatevol", "sysupgrade", "fw_upgrade", "opkg install", "dpkg -i",
	})
)

// otherUpdaters are programs in other languages than the shell's that fetch something
// and name what installs software. They are not followed: what they verify is not known.
func otherUpdaters(v *updateView) []Updater {
	var all []Updater
	for _, t := range v.texts.In(v.root) {
		language := programLanguage(t)
		if language == "" || inPackage(t.File.Name) || ClassOf(t.File.Path) != Product || !installs(t.Content) || !bringWords.In(t.Content) {
			continue
		}
		reason := "it is written in " + language + ", which is not followed"
		u := Updater{Name: "own", Root: v.root.Path, Places: textPlaces([]Text{t}), Verification: Verification{VerifiesUnknown, reason, nil}}
		u.fetchedIn(t)
		all = append(all, u)
	}
	return all
}

// literalAddress matches an address that is a string of a program.
var literalAddress = lazy("[\"'`](https?|ftp)://([A-Za-z0-9.-]+(?::\\d+)?(?:/[^\\s\"'`?#$%{}]*)?)")

// softwareEnds are those of names of files in which software comes.
var softwareEnds = []string{".bin", ".img", ".tgz", ".gz", ".xz", ".zip", ".ipk", ".deb", ".rpm", ".swu", ".raucb", ".squashfs", ".ubi", ".trx", ".sh"}

// fetchedIn takes the addresses that a program in another language fetches from: of the
// lines that fetch, and those of files in which software comes.
func (u *Updater) fetchedIn(t Text) {
	for line := range t.Lines() {
		if isComment(line.Text) || !strings.Contains(line.Text, "://") {
			continue
		}
		for _, m := range literalAddress.Get().FindAllStringSubmatch(line.Text, 8) {
			if bringWords.In(line.Text) || slices.Contains(softwareEnds, path.Ext(m[2])) {
				u.fetch(m[1]+"://"+m[2], t.At(line))
			}
		}
	}
}

// installs asks for a word of an installation, on a line that is no comment.
func installs(text string) bool {
	if !installWords.In(text) {
		return strings.Contains(text, `"mtd"`) && strings.Contains(text, `"write"`) // the words of a list of arguments
	}
	for line := range strings.Lines(text) {
		if !isComment(line) && installWords.In(line) {
			return true
		}
	}
	return false
}

func programLanguage(t Text) string {
	line, _, _ := strings.Cut(t.Content, "\n")
	if strings.HasPrefix(line, "#!") {
		for _, i := range interpreters {
			if strings.Contains(path.Base(strings.Fields(line + " x")[0])+" "+line, i.word) {
				return i.language
			}
		}
		return ""
	}
	return languages[path.Ext(t.File.Name)]
}

// inPackage reports files of packages that others wrote.
func inPackage(name string) bool {
	for _, part := range []string{"-packages/", "node_modules/", "lib/python", "share/perl", "lib/perl", "usr/lib/lua/luci/", "usr/share/lua/", "usr/share/ucode/"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
